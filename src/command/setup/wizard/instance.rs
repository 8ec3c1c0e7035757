//! The questions about an SSO instance: partition, start URL, region, and whether AWS agrees.

use crate::Result;
use crate::config::checked_region;
use crate::role::Partition;
use crate::role::regions::{self, PARTITIONS};
use crate::ui::question::{Answer, Ask, Choice, Question};

use super::portal::{Portals, Reply, Search};
use super::start_url::{self, StartUrl};

/// Where an Identity Center is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its start URL.
    pub url: String,
    /// Its region.
    pub region: String,
}

/// The longest name of an SSO instance.
const LONGEST: usize = 64;

/// A name that an SSO instance may have.
pub fn name(text: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_@:".contains(c);
    match text.trim() {
        "" => Err("write a name".to_owned()),
        text if text.len() > LONGEST => Err(format!("write {LONGEST} characters at most")),
        text if !text.chars().all(fits) => Err("write letters, digits and - _ @ : alone".to_owned()),
        text => Ok(text.to_owned()),
    }
}

/// Asks for a name that no other instance has.
pub fn ask_name(ask: &mut dyn Ask, default: Option<&str>, taken: &[String]) -> Result<String> {
    let free = |text: &str| {
        let text = name(text)?;
        // Names that differ by their case alone would be mistaken for each other.
        match taken.iter().find(|other| other.eq_ignore_ascii_case(&text)) {
            Some(other) => Err(format!("there is an SSO instance {other} already")),
            None => Ok(text),
        }
    };
    let question = Question {
        title: "Name of the SSO instance".to_owned(),
        about: "For -S and AWS_SSO. Letters, digits and - _ @ :".to_owned(),
        default: default.filter(|default| free(default).is_ok()).map(str::to_owned),
        typed: Some(&free),
        ..Question::default()
    };
    text(ask, &question)
}

/// Asks where an Identity Center is, until AWS knows it or the person wants to go on regardless.
pub fn ask_place(ask: &mut dyn Ask, portals: &mut dyn Portals, present: Option<&Place>) -> Result<Place> {
    let region = present.map_or("", |place| place.region.as_str());
    let partition = ask_partition(ask, Partition::of_region(region))?;
    let url = ask_url(ask, partition, present.map(|place| place.url.as_str()))?;
    let place = locate(ask, partition, url, present)?;
    confirm(ask, portals, place)
}

fn ask_partition(ask: &mut dyn Ask, present: Partition) -> Result<Partition> {
    let mut partitions = PARTITIONS.to_vec();
    if !partitions.iter().any(|(partition, ..)| *partition == present) {
        partitions.insert(0, (present, present.as_str(), "as it is"));
    }
    let question = Question {
        title: "Which AWS?".to_owned(),
        choices: partitions.iter().map(|(_, name, about)| Choice::new(*name, *about)).collect(),
        start: partitions.iter().position(|(partition, ..)| *partition == present).unwrap_or_default(),
        ..Question::default()
    };
    Ok(partitions[choice(ask, &question)?].0)
}

fn ask_url(ask: &mut dyn Ask, partition: Partition, present: Option<&str>) -> Result<StartUrl> {
    let check = |text: &str| start_url::parse(text, partition).map(|url| url.url);
    let question = Question {
        title: "Start URL".to_owned(),
        about: "The address of your AWS access portal, pasted as it is; or the d-... in it.".to_owned(),
        default: present.map(str::to_owned),
        typed: Some(&check),
        ..Question::default()
    };
    // The text that its own check has answered; what it says besides is read again.
    let url = text(ask, &question)?;
    start_url::parse(&url, partition).map_err(crate::Error::failed)
}

/// The region: the address says it, or else the person does.
fn locate(ask: &mut dyn Ask, partition: Partition, url: StartUrl, present: Option<&Place>) -> Result<Place> {
    let actual = url.partition.unwrap_or(partition);
    if actual != partition {
        let name = PARTITIONS.iter().find(|(known, ..)| *known == actual).map_or(actual.as_str(), |(_, name, _)| name);
        ask.tell(&format!("This address is of another AWS: {name}"));
    }
    let is_new = present.is_none_or(|present| present.url != url.url);
    let region = match url.region {
        Some(region) if is_new => {
            ask.tell(&format!("Its region is {region}, as the address says"));
            region
        }
        _ => ask_region(ask, actual, present.map(|place| place.region.as_str()))?,
    };
    Ok(Place { url: url.url, region })
}

fn ask_region(ask: &mut dyn Ask, partition: Partition, present: Option<&str>) -> Result<String> {
    let question = Question {
        title: "Region of the Identity Center".to_owned(),
        about:
            "Not that of your resources. The settings page of IAM Identity Center shows it, whoever runs it knows it; \
                a wrong one is found out."
                .to_owned(),
        ..region_question(partition, present)
    };
    region(ask, &question)
}

/// The regions of a partition, the present one among them.
pub fn region_question(partition: Partition, present: Option<&str>) -> Question<'static> {
    let mut choices: Vec<Choice> =
        regions::of(partition).iter().map(|(region, about)| Choice::new(*region, *about)).collect();
    let same = |region: &&str| Partition::of_region(region) == partition;
    let start = match present.filter(same) {
        Some(present) => choices.iter().position(|choice| choice.label == present).unwrap_or_else(|| {
            choices.insert(0, Choice::new(present, ""));
            0
        }),
        None => 0,
    };
    Question { choices, start, typed: Some(&any_region), ..Question::default() }
}

fn any_region(text: &str) -> Result<String, String> {
    checked_region(&text.trim().to_lowercase()).map_err(str::to_owned)
}

/// Asks for a region; the text of the choice.
pub fn region(ask: &mut dyn Ask, question: &Question<'_>) -> Result<String> {
    match ask.ask(question)? {
        Answer::Choice(n) => Ok(question.choices[n].label.clone()),
        Answer::Text(text) => Ok(text),
        Answer::Several(_) => Err(crate::Error::failed("one region was asked for")),
    }
}

/// What to do where AWS does not agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Search,
    Region,
    Address,
    Again,
    Keep,
}

impl Next {
    fn choice(self) -> Choice {
        match self {
            Self::Search => Choice::new("Look for it in the other regions", "of the same AWS"),
            Self::Region => Choice::new("Choose another region", ""),
            Self::Address => Choice::new("Write another start URL", ""),
            Self::Again => Choice::new("Try again", ""),
            Self::Keep => Choice::new("Go on without the check", "a sign-in will show whether it is right"),
        }
    }
}

/// Has AWS confirm a place, or the person insist on it.
pub fn confirm(ask: &mut dyn Ask, portals: &mut dyn Portals, place: Place) -> Result<Place> {
    let mut place = place;
    loop {
        let partition = Partition::of_region(&place.region);
        let (title, nexts) = match portals.ask(&place.url, &place.region)? {
            Reply::Known => {
                ask.tell(&format!("{} knows {}", place.region, place.url));
                return Ok(place);
            }
            Reply::Unknown => (
                format!("{} does not know {}: the region is another one, or the start URL is", place.region, place.url),
                vec![Next::Search, Next::Region, Next::Address, Next::Keep],
            ),
            Reply::Unreachable(why) => {
                (format!("AWS could not be asked: {why}"), vec![Next::Again, Next::Keep, Next::Region, Next::Address])
            }
        };
        let question =
            Question { title, choices: nexts.iter().map(|next| next.choice()).collect(), ..Question::default() };
        match nexts[choice(ask, &question)?] {
            Next::Keep => return Ok(place),
            Next::Again => {}
            Next::Region => place.region = ask_region(ask, partition, Some(&place.region))?,
            Next::Address => {
                let url = ask_url(ask, partition, Some(&place.url))?;
                place = locate(ask, partition, url, Some(&place))?;
            }
            Next::Search => {
                let others: Vec<&str> = regions::of(partition)
                    .iter()
                    .map(|(region, _)| *region)
                    .filter(|other| *other != place.region)
                    .collect();
                match portals.search(&place.url, &others)? {
                    Search::Found(region) => {
                        ask.tell(&format!("It is in {region}"));
                        place.region = region;
                        return Ok(place);
                    }
                    Search::Nowhere(0) => ask.tell("No other region knows it: check the start URL"),
                    Search::Nowhere(silent) => {
                        ask.tell(&format!(
                            "No region that answered knows it, {silent} did not answer: check the start URL"
                        ));
                    }
                    Search::GivenUp(why) => ask.tell(&format!("The search was given up: {why}")),
                }
            }
        }
    }
}

/// The number of a choice.
pub fn choice(ask: &mut dyn Ask, question: &Question<'_>) -> Result<usize> {
    match ask.ask(question)? {
        Answer::Choice(n) => Ok(n),
        Answer::Several(chosen) => Ok(chosen.first().copied().unwrap_or_default()),
        Answer::Text(_) => Err(crate::Error::failed("one of the answers was asked for")),
    }
}

/// A text.
pub fn text(ask: &mut dyn Ask, question: &Question<'_>) -> Result<String> {
    match ask.ask(question)? {
        Answer::Text(text) => Ok(text),
        Answer::Choice(n) => Ok(question.choices[n].label.clone()),
        Answer::Several(_) => Err(crate::Error::failed("one answer was asked for")),
    }
}
