//! The course of the questions, from what there is to what is to change. Knows no terminal, no file and no network.

use crate::Result;
use crate::config::Config;
use crate::config::edit::Value;
use crate::ui::question::{Answer, Ask, Choice, Question};

use super::changes::Changes;
use super::import::Known;
use super::instance::{self, Place, choice};
use super::portal::Portals;
use super::settings::{self, Around};

/// What is to become of it all.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What to write.
    pub changes: Changes,
    /// The SSO instance that somebody may want to sign in to now.
    pub sign_in: Option<String>,
}

/// Who is asked, and who knows about portals.
pub struct Talk<'a> {
    pub ask: &'a mut dyn Ask,
    pub portals: &'a mut dyn Portals,
}

/// The questions where there is no configuration yet. `name` is the instance that the command line speaks of.
pub fn first(talk: &mut Talk<'_>, around: &Around<'_>, known: &[Known], name: Option<&str>) -> Result<Outcome> {
    let mut changes = Changes::default();
    let places = ask_places(talk, known)?;
    let wanted = name.filter(|name| instance::name(name).is_ok()).unwrap_or(Config::DEFAULT_SSO);
    let mut names: Vec<String> = Vec::new();
    for (suggested, _) in &places {
        let name = match (places.len(), suggested) {
            (1, _) if around.advanced => instance::ask_name(talk.ask, Some(wanted), &names)?,
            (1, _) => wanted.to_owned(),
            (_, Some(name)) if !around.advanced && is_free(name, &names) => name.clone(),
            (_, suggested) => instance::ask_name(talk.ask, suggested.as_deref(), &names)?,
        };
        names.push(name);
    }
    for (name, (_, place)) in names.iter().zip(&places) {
        set_place(&mut changes, name, place);
    }
    let default = match names.len() {
        0 | 1 => 0,
        _ => ask_default(talk.ask, &names)?,
    };
    if names.len() > 1 && names[default] != Config::DEFAULT_SSO {
        changes.set(&["DefaultSSO"], Value::Text(names[default].clone()));
    }
    settings::ask(talk.ask, around, &mut changes)?;
    Ok(Outcome { changes, sign_in: names.get(default).cloned() })
}

/// The questions where there is a configuration.
pub fn again(talk: &mut Talk<'_>, around: &Around<'_>, known: &[Known], name: Option<&str>) -> Result<Outcome> {
    let question = Question {
        title: "What do you want to do?".to_owned(),
        choices: vec![
            Choice::new("Change the settings", "names of profiles, browser and the like"),
            Choice::new("Add an SSO instance", "another Identity Center, or another user of one"),
            Choice::new("Change an SSO instance", "its start URL or its region"),
        ],
        ..Question::default()
    };
    match choice(talk.ask, &question)? {
        0 => {
            let mut changes = Changes::default();
            settings::ask(talk.ask, around, &mut changes)?;
            Ok(Outcome { changes, sign_in: None })
        }
        1 => add(talk, around.config, known, name),
        _ => change(talk, around.config, name),
    }
}

fn add(talk: &mut Talk<'_>, config: &Config, known: &[Known], name: Option<&str>) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let mut taken: Vec<String> = config.instances.keys().cloned().collect();
    let is_new = |known: &&Known| !config.instances.values().any(|instance| instance.start_url == known.url);
    let new: Vec<Known> = known.iter().filter(is_new).cloned().collect();
    for (suggested, place) in ask_places(talk, &new)? {
        let suggested = suggested.as_deref().or(name);
        let name = instance::ask_name(talk.ask, suggested, &taken)?;
        set_place(&mut outcome.changes, &name, &place);
        outcome.sign_in.get_or_insert_with(|| name.clone());
        taken.push(name);
    }
    // The only instance was the default without a word; with a second one it would no longer be.
    if let (None, [only, ..]) = (&config.default_sso, taken.as_slice())
        && config.instances.len() == 1
        && !taken.iter().any(|name| name == Config::DEFAULT_SSO)
    {
        outcome.changes.set(&["DefaultSSO"], Value::Text(only.clone()));
    }
    Ok(outcome)
}

fn change(talk: &mut Talk<'_>, config: &Config, name: Option<&str>) -> Result<Outcome> {
    let instances: Vec<_> = config.instances.values().collect();
    let present = config.instance(name).map(|instance| instance.name.as_str()).unwrap_or_default();
    let chosen = if instances.len() == 1 {
        instances[0]
    } else {
        let question = Question {
            title: "Which SSO instance?".to_owned(),
            choices: instances
                .iter()
                .map(|instance| {
                    Choice::new(&*instance.name, format!("{} in {}", instance.start_url, instance.sso_region))
                })
                .collect(),
            start: instances.iter().position(|instance| instance.name == present).unwrap_or_default(),
            ..Question::default()
        };
        instances[choice(talk.ask, &question)?]
    };
    let present = Place { url: chosen.start_url.clone(), region: chosen.sso_region.clone() };
    let place = instance::ask_place(talk.ask, talk.portals, Some(&present))?;
    let mut changes = Changes::default();
    let text = |text: &str| Value::Text(text.to_owned());
    changes.note(&["SSOConfig", &chosen.name, "SSORegion"], text(&place.region), &text(&present.region));
    changes.note(&["SSOConfig", &chosen.name, "StartUrl"], text(&place.url), &text(&present.url));
    let sign_in = (!changes.is_empty()).then(|| chosen.name.clone());
    Ok(Outcome { changes, sign_in })
}

/// Identity Centers: some that are known already, or one that is typed.
fn ask_places(talk: &mut Talk<'_>, known: &[Known]) -> Result<Vec<(Option<String>, Place)>> {
    let mut chosen = Vec::new();
    let mut typed = true;
    if !known.is_empty() {
        let mut choices: Vec<Choice> = known
            .iter()
            .map(|known| {
                let name = known.name.as_deref().map(|name| format!("{name}, ")).unwrap_or_default();
                Choice::new(&*known.url, format!("{name}{}", known.region))
            })
            .collect();
        choices.push(Choice::new("Another one", "whose address you paste"));
        let question = Question {
            title: "Your AWS config knows these Identity Centers: which ones do you want to use here?".to_owned(),
            choices,
            several: true,
            ..Question::default()
        };
        let Answer::Several(answer) = talk.ask.ask(&question)? else { return Ok(Vec::new()) };
        typed = answer.contains(&known.len());
        chosen.extend(answer.into_iter().filter_map(|n| known.get(n)));
    }
    let mut places = Vec::new();
    for known in chosen {
        let place = Place { url: known.url.clone(), region: known.region.clone() };
        places.push((known.name.clone(), instance::confirm(talk.ask, talk.portals, place)?));
    }
    if typed {
        places.push((None, instance::ask_place(talk.ask, talk.portals, None)?));
    }
    Ok(places)
}

fn ask_default(ask: &mut dyn Ask, names: &[String]) -> Result<usize> {
    let question = Question {
        title: "Which one do commands mean that name none? (DefaultSSO)".to_owned(),
        choices: names.iter().map(|name| Choice::new(&**name, "")).collect(),
        start: names.iter().position(|name| name == Config::DEFAULT_SSO).unwrap_or_default(),
        ..Question::default()
    };
    choice(ask, &question)
}

fn is_free(name: &str, taken: &[String]) -> bool {
    !taken.iter().any(|other| other.eq_ignore_ascii_case(name))
}

fn set_place(changes: &mut Changes, name: &str, place: &Place) {
    changes.set(&["SSOConfig", name, "SSORegion"], Value::Text(place.region.clone()));
    changes.set(&["SSOConfig", name, "StartUrl"], Value::Text(place.url.clone()));
}
