//! The programs that the config asks for: a browser, `UrlExecCommand`, something to copy with.

use crate::browser::{chosen_browser, clipboard_programs, expand, firefox};
use crate::config::{Config, UrlAction};

use super::Patient;
use super::finding::Finding;

const CHECK: &str = "programs";

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let Some(config) = &patient.config else { return Vec::new() };
    let mut actions = vec![patient.context.globals.url_action.unwrap_or(config.url_action)];
    actions.extend(config.instances.values().filter_map(|instance| instance.auth_url_action));
    actions.dedup();
    let mut findings: Vec<Finding> =
        actions.into_iter().filter_map(|action| of_action(patient, config, action)).collect();
    findings.dedup();
    findings
}

fn of_action(patient: &Patient<'_>, config: &Config, action: UrlAction) -> Option<Finding> {
    match action {
        UrlAction::Print | UrlAction::PrintUrl | UrlAction::AnsiOsc52 => None,
        UrlAction::Open => Some(browser(patient, config)),
        UrlAction::Clip => Some(clipboard(patient)),
        UrlAction::Exec => Some(named(patient, config.url_exec_command.first()?, "UrlExecCommand")),
        UrlAction::GrantedContainers | UrlAction::OpenUrlInContainer => Some(container(patient, config)),
    }
}

fn clipboard(patient: &Patient<'_>) -> Finding {
    let programs: Vec<&str> =
        clipboard_programs(&patient.context.env).into_iter().filter_map(|command| command.first().copied()).collect();
    match programs.iter().find(|program| is_there(program)) {
        Some(program) => Finding::ok(CHECK, format!("UrlAction clip copies with {program}")),
        None if programs.is_empty() => {
            Finding::note(CHECK, "UrlAction clip needs a desktop, and there is none: URLs are shown, or use ansi-osc52")
        }
        None => missing(format!("UrlAction clip needs one of {}, and none is on PATH", programs.join(", "))),
    }
}

fn container(patient: &Patient<'_>, config: &Config) -> Finding {
    if let Some(program) = config.url_exec_command.first() {
        return named(patient, program, "UrlExecCommand");
    }
    if let Some(browser) = chosen_browser(config, patient.context) {
        return named(patient, browser, "Browser");
    }
    match firefox() {
        Some(path) => Finding::ok(CHECK, format!("containers are opened by {}", path.display())),
        None => missing("no Firefox was found, which containers need: name it as Browser in config.yaml".to_owned()),
    }
}

fn browser(patient: &Patient<'_>, config: &Config) -> Finding {
    let context = patient.context;
    if let Some(browser) = chosen_browser(config, context) {
        return named(patient, browser, "Browser");
    }
    // Any URL: which programs would be tried does not depend on it.
    let openers = open::commands("https://aws.amazon.com");
    let programs: Vec<String> =
        openers.iter().map(|opener| opener.get_program().to_string_lossy().into_owned()).collect();
    match programs.iter().find(|program| is_there(program)) {
        Some(_) if !context.has_desktop() => {
            let blind = "UrlAction open needs a desktop, and there is none: URLs are shown, or write UrlAction: print";
            Finding::note(CHECK, blind)
        }
        Some(program) => Finding::ok(CHECK, format!("UrlAction open uses {program}")),
        None if !context.has_desktop() => {
            Finding::note(CHECK, "no program that opens a browser was found: URLs are shown, or write UrlAction: print")
        }
        None => missing("no program that opens a browser was found: name one as Browser in config.yaml".to_owned()),
    }
}

fn named(patient: &Patient<'_>, program: &str, key: &str) -> Finding {
    match is_there(&expand(program, patient.context)) {
        true => Finding::ok(CHECK, format!("{key} {program} is there")),
        false => missing(format!("the program {program} ({key} in config.yaml) was not found")),
    }
}

/// A URL is shown where it cannot be opened, so nobody is stuck; but what was asked for does not work.
fn missing(message: String) -> Finding {
    Finding::problem(CHECK, message).mended_by("aws-sso login -u print")
}

fn is_there(program: &str) -> bool {
    which::which(program).is_ok()
}
