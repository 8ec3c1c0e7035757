//! The course of the questions, without a terminal and without AWS.

use std::path::Path;

use crate::config::{self, Config};
use crate::context::Context;
use crate::ui::question::{Answer, Ask, Question};
use crate::{Error, Result};

use super::changes::Changes;
use super::course::{self, Outcome, Talk};
use super::import::Known;
use super::names::Roles;
use super::portal::{Portals, Reply, Search};
use super::settings::Around;
use super::stores;

/// Somebody who answers some questions, and takes what is offered at the others.
struct Script {
    answers: Vec<(&'static str, &'static str)>,
    asked: Vec<String>,
    told: Vec<String>,
}

impl Script {
    fn new(answers: &[(&'static str, &'static str)]) -> Self {
        Self { answers: answers.to_vec(), asked: Vec::new(), told: Vec::new() }
    }
}

impl Ask for Script {
    fn ask(&mut self, question: &Question<'_>) -> Result<Answer> {
        self.asked.push(question.title.clone());
        let scripted = self.answers.iter().position(|(title, _)| question.title.contains(title));
        let answer = scripted.map(|at| self.answers.remove(at).1);
        let label = |text: &str| question.choices.iter().position(|choice| choice.label == text);
        let number = |text: &str| label(text).unwrap_or_else(|| panic!("{}: no answer {text}", question.title));
        Ok(match answer {
            Some("leave") => return Err(Error::cancelled()),
            Some(text) if question.several => Answer::Several(text.split('|').map(number).collect()),
            Some(text) => match (label(text), question.typed) {
                (Some(n), _) => Answer::Choice(n),
                (None, Some(check)) => Answer::Text(check(text).map_err(Error::failed)?),
                (None, None) => panic!("{}: no answer {text}", question.title),
            },
            None if question.several => Answer::Several(vec![0]),
            None if !question.choices.is_empty() => Answer::Choice(question.start),
            None => {
                Answer::Text(question.default.clone().unwrap_or_else(|| panic!("{} needs an answer", question.title)))
            }
        })
    }

    fn tell(&mut self, text: &str) {
        self.told.push(text.to_owned());
    }
}

/// Portals that are in one region.
struct In(&'static str);

impl Portals for In {
    fn ask(&mut self, _: &str, region: &str) -> Result<Reply> {
        Ok(if region == self.0 { Reply::Known } else { Reply::Unknown })
    }

    fn search(&mut self, _: &str, regions: &[&str]) -> Result<Search> {
        Ok(if regions.contains(&self.0) { Search::Found(self.0.to_owned()) } else { Search::Nowhere(0) })
    }
}

const URL: &str = "https://d-1234567890.awsapps.com/start";

fn run(
    config: Option<&Config>,
    advanced: bool,
    known: &[Known],
    script: &mut Script,
    region: &'static str,
) -> Result<Outcome> {
    let defaults = Config::default();
    let candidates = stores::candidates(&Context::default());
    let around = Around {
        config: config.unwrap_or(&defaults),
        roles: &Roles::new(Vec::new()),
        stores: Some(&candidates),
        finds: &|program| program != "missing",
        advanced,
    };
    let mut talk = Talk { ask: script, portals: &mut In(region) };
    match config {
        Some(_) => course::again(&mut talk, &around, known, None),
        None => course::first(&mut talk, &around, known, None),
    }
}

fn lines(changes: &Changes) -> Vec<String> {
    let text = changes.apply(Some("")).unwrap();
    config::parse(&text, Path::new("config.yaml")).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn read(yaml: &str) -> Config {
    config::parse(yaml, Path::new("config.yaml")).unwrap().config
}

fn minimal(more: &str) -> Config {
    read(&format!("SSOConfig: {{Default: {{SSORegion: us-east-1, StartUrl: '{URL}'}}}}\n{more}"))
}

#[test]
fn few_questions_are_asked_of_everybody() {
    let mut script = Script::new(&[("Start URL", "d-1234567890"), ("Region of the Identity", "eu-west-1")]);
    let outcome = run(None, false, &[], &mut script, "eu-west-1").unwrap();
    assert_eq!(
        script.asked,
        [
            "Which AWS?",
            "Start URL",
            "Region of the Identity Center",
            "Names of your profiles (ProfileFormat)",
            "Who keeps your secrets? (SecureStore)",
            "What happens to the address of a sign-in? (UrlAction)"
        ]
    );
    assert_eq!(outcome.sign_in.as_deref(), Some("Default"));
    let expected = [
        "SSOConfig:",
        "  Default:",
        "    SSORegion: eu-west-1",
        "    StartUrl: https://d-1234567890.awsapps.com/start",
    ];
    assert_eq!(lines(&outcome.changes), expected, "no default is baked in");
}

#[test]
fn advanced_asks_for_all() {
    let mut script = Script::new(&[
        ("Start URL", URL),
        ("Name of the SSO instance", "Work"),
        ("(Browser)", "chromium"),
        ("DefaultRegion", "us-west-2"),
        ("CacheRefresh", "0"),
        ("FullTextSearch", "No"),
        ("AuthWorkflow", "device_code"),
        ("ConsoleDuration", "720"),
        ("HistoryLimit", "0"),
        ("HistoryMinutes", "0"),
        ("LogLevel", "trace"),
    ]);
    let outcome = run(None, true, &[], &mut script, "us-east-1").unwrap();
    assert_eq!(
        lines(&outcome.changes)[4..],
        [
            "Browser: chromium",
            "DefaultRegion: us-west-2",
            "CacheRefresh: 0",
            "FullTextSearch: false",
            "AuthWorkflow: device_code",
            "ConsoleDuration: 720",
            "HistoryLimit: 0",
            "HistoryMinutes: 0",
            "LogLevel: trace"
        ]
    );
    assert!(!script.asked.iter().any(|title| title.contains("AutoConfigCheck")), "there is no refresh to check at");
}

#[test]
fn what_is_out_of_range_is_refused() {
    for (title, answer) in [
        ("ConsoleDuration", "14"),
        ("ConsoleDuration", "721"),
        ("HistoryLimit", "-1"),
        ("CacheRefresh", "many"),
        ("(Browser)", "missing"),
        ("Name of the SSO", "a b"),
        ("Name of the SSO", ""),
        ("DefaultRegion", "US East"),
        ("Start URL", "https://"),
    ] {
        let mut script = Script::new(&[(title, answer), ("Start URL", URL)]);
        assert!(run(None, true, &[], &mut script, "us-east-1").is_err(), "{title} takes {answer:?}");
    }
}

#[test]
fn the_present_values_are_the_defaults_however_odd() {
    for more in [
        "",
        "DefaultRegion: mars-north-1\nProfileFormat: '{{ .Arn }}'\nSecureStore: keychain\nUrlAction: clip\nBrowser: missing\n",
        "CacheRefresh: -5\nHistoryMinutes: 0\nHistoryLimit: 5000\nLogLevel: warning\nFullTextSearch: 'F'\nAutoConfigCheck: 1\n",
        "UrlAction: exec\nUrlExecCommand: 'missing,--x,%s'\nAuthWorkflow: PKCE\nConsoleDuration: 0\n",
        "UrlAction: open-url-in-container\nUrlExecCommand: [missing, --new, '%s']\nDefaultRegion: cn-north-1\n",
        "UrlAction: open-url-in-container\nUrlExecCommand: [/usr/bin/firefox, '%s']\n",
        "FirefoxOpenUrlInContainer: true\nUrlExecCommand: ['/opt/my fox', '%s']\n",
    ] {
        for advanced in [false, true] {
            let mut script = Script::new(&[]);
            let outcome = run(Some(&minimal(more)), advanced, &[], &mut script, "us-east-1").unwrap();
            assert_eq!(outcome, Outcome::default(), "{more}");
        }
    }
    for (url, region) in [
        (URL, "us-east-1"),
        (URL, "us-mars-1"),
        ("https://start.iso.example/directory/d-1", "us-iso-east-1"),
        ("https://start.us-gov-home.awsapps.com/directory/d-1234567890", "us-gov-east-1"),
        ("https://start.home.awsapps.cn/directory/d-1234567890", "cn-northwest-1"),
        ("https://ssoins-1.portal.eu-west-1.app.aws", "eu-west-2"),
    ] {
        let config = read(&format!("SSOConfig: {{Default: {{SSORegion: {region}, StartUrl: '{url}'}}}}\n"));
        let mut script = Script::new(&[("What do you want", "Change an SSO instance")]);
        assert_eq!(run(Some(&config), false, &[], &mut script, region).unwrap(), Outcome::default(), "{url}");
    }
}

#[test]
fn a_setting_can_be_taken_back() {
    let config = minimal("DefaultRegion: us-west-2\nBrowser: chromium\nAuthWorkflow: pkce\n");
    let mut script =
        Script::new(&[("DefaultRegion", "none"), ("(Browser)", "the system's"), ("AuthWorkflow", "automatic")]);
    let changes = run(Some(&config), true, &[], &mut script, "us-east-1").unwrap().changes;
    let text = changes.apply(Some("SSOConfig:\n  D:\n    SSORegion: us-east-1\n    StartUrl: https://x/start\nDefaultRegion: us-west-2\nBrowser: chromium\nAuthWorkflow: pkce\n"));
    let config = read(&text.unwrap());
    assert_eq!((config.default_region, config.browser, config.auth_workflow), (None, None, None));
}

#[test]
fn an_address_can_say_more_than_was_asked() {
    let gov = "https://start.us-gov-east-1.us-gov-home.awsapps.com/directory/corp";
    let mut script = Script::new(&[("Start URL", gov)]);
    let outcome = run(None, false, &[], &mut script, "us-gov-east-1").unwrap();
    assert!(!script.asked.iter().any(|title| title.starts_with("Region of the Identity")));
    assert!(script.told.iter().any(|told| told.contains("GovCloud")), "{:?}", script.told);
    assert_eq!(lines(&outcome.changes)[2], "    SSORegion: us-gov-east-1");
}

#[test]
fn a_region_is_searched_only_where_that_is_wanted() {
    let mut script = Script::new(&[("Start URL", URL)]);
    let outcome = run(None, false, &[], &mut script, "ap-south-2").unwrap();
    assert_eq!(lines(&outcome.changes)[2], "    SSORegion: ap-south-2");
    let mut script = Script::new(&[("Start URL", URL), ("does not know", "Go on without the check")]);
    let outcome = run(None, false, &[], &mut script, "ap-south-2").unwrap();
    assert_eq!(lines(&outcome.changes)[2], "    SSORegion: us-east-1");
}

#[test]
fn who_leaves_decides_nothing() {
    for title in ["Which AWS?", "Start URL", "does not know", "ProfileFormat", "SecureStore", "UrlAction"] {
        let mut script = Script::new(&[(title, "leave"), ("Start URL", URL)]);
        let error = run(None, false, &[], &mut script, "ap-south-2").unwrap_err();
        assert_eq!(error.exit(), crate::Exit::Interrupted, "{title}");
    }
}

fn known(name: Option<&str>, url: &str) -> Known {
    Known { name: name.map(str::to_owned), url: url.to_owned(), region: "us-east-1".to_owned() }
}

#[test]
fn several_can_be_imported_and_one_is_the_default() {
    let all = [known(Some("work"), URL), known(None, "https://d-2222222222.awsapps.com/start")];
    let several = "https://d-1234567890.awsapps.com/start|https://d-2222222222.awsapps.com/start";
    let mut script =
        Script::new(&[("Your AWS config", several), ("Name of the SSO instance", "home"), ("DefaultSSO", "home")]);
    let outcome = run(None, false, &all, &mut script, "us-east-1").unwrap();
    assert_eq!(outcome.sign_in.as_deref(), Some("home"));
    let written = lines(&outcome.changes);
    assert_eq!((&*written[1], &*written[4], &*written[7]), ("  work:", "  home:", "DefaultSSO: home"));
    // One alone is the default without a word.
    let outcome = run(None, false, &all, &mut Script::new(&[]), "us-east-1").unwrap();
    assert_eq!(lines(&outcome.changes)[1], "  Default:");
    // What the file has already is not offered again.
    let mut script = Script::new(&[
        ("What do you want", "Add an SSO instance"),
        ("Your AWS config", "Another one"),
        ("Start URL", "d-3333333333"),
        ("Name of the SSO instance", "third"),
    ]);
    let outcome = run(Some(&minimal("")), false, &all, &mut script, "us-east-1").unwrap();
    assert_eq!(outcome.sign_in.as_deref(), Some("third"));
    assert_eq!(lines(&outcome.changes)[1], "  third:");
}
