//! The questions about everything but the SSO instances. Their defaults are what `config.yaml` says now.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::Result;
use crate::config::edit::Value;
use crate::config::{AuthWorkflow, Config, LogLevel, SecureStore};
use crate::role::Partition;
use crate::ui::question::{Answer, Ask, Choice, Question};

use super::changes::Changes;
use super::instance::{choice, region_question, text};
use super::names::{self, Roles};
use super::stores::{self, Candidate};
use super::urls;

/// What the questions need to know of the world.
pub struct Around<'a> {
    /// What the file says, with the defaults.
    pub config: &'a Config,
    /// The roles whose names are shown.
    pub roles: &'a Roles,
    /// The stores to choose from; none where secrets lie in the present one.
    pub stores: Option<&'a [Candidate]>,
    /// Finds a program on this computer.
    pub finds: &'a dyn Fn(&str) -> bool,
    /// Whether to ask for more than most people need.
    pub advanced: bool,
}

/// Asks for the settings, and notes what is to change.
pub fn ask(ask: &mut dyn Ask, around: &Around<'_>, changes: &mut Changes) -> Result<()> {
    let config = around.config;
    let format = names::ask_format(ask, &config.profile_format, around.roles)?;
    changes.note(&["ProfileFormat"], Value::Text(format), &Value::Text(config.profile_format.clone()));
    ask_store(ask, around, changes)?;
    urls::ask(ask, around, changes)?;
    if around.advanced {
        ask_region(ask, config, changes)?;
        ask_refresh(ask, config, changes)?;
        ask_workflow(ask, config, changes)?;
        ask_numbers(ask, config, changes)?;
        ask_log_level(ask, config, changes)?;
    }
    Ok(())
}

fn ask_store(ask: &mut dyn Ask, around: &Around<'_>, changes: &mut Changes) -> Result<()> {
    let present = around.config.secure_store;
    let Some(stores) = around.stores else {
        ask.tell(&format!("\nYour secrets are kept by {present}: 'aws-sso setup store' moves them elsewhere"));
        return Ok(());
    };
    let store = stores::ask_store(ask, present, stores)?;
    changes.note(&["SecureStore"], word(store.as_str()), &word(present.as_str()));
    if store == SecureStore::Json {
        ask.tell("json keeps every secret in clear text: it is for debugging only");
    }
    Ok(())
}

fn ask_region(ask: &mut dyn Ask, config: &Config, changes: &mut Changes) -> Result<()> {
    const NONE: &str = "none";
    let present = config.default_region.as_deref();
    let sso_region = config.instance(None).map(|instance| instance.sso_region.as_str()).unwrap_or_default();
    let partition = Partition::of_region(present.unwrap_or(sso_region));
    let regions = region_question(partition, present);
    let none = Choice::new(NONE, "leave the region of a shell as it is");
    let question = Question {
        title: "Region of your roles (DefaultRegion)".to_owned(),
        about: "For AWS_REGION; accounts, roles and SSO instances can have their own in config.yaml.".to_owned(),
        choices: std::iter::once(none).chain(regions.choices).collect(),
        start: if present.is_some() { regions.start + 1 } else { 0 },
        ..regions
    };
    let region = text(ask, &question)?;
    let region = if region == NONE { String::new() } else { region };
    changes.note(&["DefaultRegion"], Value::Text(region), &Value::Text(present.unwrap_or_default().to_owned()));
    Ok(())
}

fn ask_refresh(ask: &mut dyn Ask, config: &Config, changes: &mut Changes) -> Result<()> {
    let present = units(config.cache_refresh, 3600);
    let about = "Hours after which 'aws-sso login' fetches accounts and roles anew; 0 is never.";
    let hours = number(ask, "Age of the list of roles (CacheRefresh)", about, 0..=100_000, present)?;
    note_number(changes, "CacheRefresh", hours, present);
    if hours > 0 {
        let title = "Rewrite AWS profiles when roles change? (AutoConfigCheck)";
        note_yes(ask, changes, "AutoConfigCheck", title, "", config.auto_config_check)?;
    }
    let title = "Match inside words when you search? (FullTextSearch)";
    note_yes(ask, changes, "FullTextSearch", title, "No matches at the start of words alone.", config.full_text_search)
}

fn ask_workflow(ask: &mut dyn Ask, config: &Config, changes: &mut Changes) -> Result<()> {
    let name = |workflow: Option<AuthWorkflow>| workflow.map_or("", AuthWorkflow::as_str);
    let all = [None, Some(AuthWorkflow::Pkce), Some(AuthWorkflow::DeviceCode)];
    let question = Question {
        title: "How to sign in (AuthWorkflow)".to_owned(),
        choices: vec![
            Choice::new(
                "automatic",
                "by a code in SSH and WSL sessions, through the browser of this computer elsewhere",
            ),
            Choice::new(name(all[1]), "through the browser of this computer"),
            Choice::new(name(all[2]), "by a code that you compare, in a browser anywhere"),
        ],
        start: all.iter().position(|workflow| *workflow == config.auth_workflow).unwrap_or_default(),
        ..Question::default()
    };
    let chosen = all[choice(ask, &question)?];
    let value = |workflow| Value::Text(name(workflow).to_owned());
    changes.note(&["AuthWorkflow"], value(chosen), &value(config.auth_workflow));
    Ok(())
}

fn ask_numbers(ask: &mut dyn Ask, config: &Config, changes: &mut Changes) -> Result<()> {
    let limit = i64::try_from(config.history_limit).unwrap_or(i64::MAX);
    for (key, title, about, range, present) in [
        (
            "ConsoleDuration",
            "Minutes that a console session lasts (ConsoleDuration)",
            "15 to 720.",
            15..=720,
            units(Some(config.console_duration), 60),
        ),
        ("HistoryLimit", "Roles that are remembered as recent (HistoryLimit)", "0 remembers none.", 0..=1000, limit),
        (
            "HistoryMinutes",
            "Minutes for which a role is recent (HistoryMinutes)",
            "0 is for ever.",
            0..=10_000_000,
            units(config.history_age, 60),
        ),
    ] {
        let answer = number(ask, title, about, range, present)?;
        note_number(changes, key, answer, present);
    }
    Ok(())
}

fn ask_log_level(ask: &mut dyn Ask, config: &Config, changes: &mut Changes) -> Result<()> {
    let about = |level: &LogLevel| match level {
        LogLevel::Error => "only what made a command fail",
        LogLevel::Warn => "what may surprise",
        LogLevel::Info => "what is being done",
        LogLevel::Debug => "why it is done that way",
        LogLevel::Trace => "everything",
    };
    let question = Question {
        title: "What to log (LogLevel)".to_owned(),
        choices: LogLevel::ALL.iter().map(|level| Choice::new(level.as_str(), about(level))).collect(),
        start: LogLevel::ALL.iter().position(|level| *level == config.log_level).unwrap_or_default(),
        ..Question::default()
    };
    let level = LogLevel::ALL[choice(ask, &question)?];
    changes.note(&["LogLevel"], word(level.as_str()), &word(config.log_level.as_str()));
    Ok(())
}

/// A duration in whole units; none is 0.
fn units(duration: Option<Duration>, seconds: u64) -> i64 {
    duration.map_or(0, |duration| i64::try_from(duration.as_secs() / seconds).unwrap_or(i64::MAX))
}

fn number(ask: &mut dyn Ask, title: &str, about: &str, range: RangeInclusive<i64>, present: i64) -> Result<i64> {
    let read = |text: &str| text.trim().parse().ok().filter(|number| range.contains(number) || *number == present);
    let check = |text: &str| match read(text) {
        Some(number) => Ok(number.to_string()),
        None => Err(format!("write a whole number from {} to {}", range.start(), range.end())),
    };
    let question = Question {
        title: title.to_owned(),
        about: about.to_owned(),
        default: Some(present.to_string()),
        typed: Some(&check),
        ..Question::default()
    };
    match ask.ask(&question)? {
        Answer::Text(text) => Ok(read(&text).unwrap_or(present)),
        _ => Ok(present),
    }
}

fn note_number(changes: &mut Changes, key: &str, answer: i64, present: i64) {
    changes.note(&[key], word(&answer.to_string()), &word(&present.to_string()));
}

fn note_yes(
    ask: &mut dyn Ask,
    changes: &mut Changes,
    key: &str,
    title: &str,
    about: &str,
    present: bool,
) -> Result<()> {
    let answer = yes(ask, title, about, present)?;
    changes.note(&[key], word(&answer.to_string()), &word(&present.to_string()));
    Ok(())
}

/// Asks a yes-or-no question.
pub fn yes(ask: &mut dyn Ask, title: &str, about: &str, default: bool) -> Result<bool> {
    let question = Question {
        title: title.to_owned(),
        about: about.to_owned(),
        choices: vec![Choice::new("Yes", ""), Choice::new("No", "")],
        start: usize::from(!default),
        ..Question::default()
    };
    Ok(choice(ask, &question)? == 0)
}

pub fn word(text: &str) -> Value {
    Value::Word(text.to_owned())
}
