//! The programs that the config asks for: a browser, `UrlExecCommand`, something to copy with.

use crate::browser::expand;
use crate::config::{Config, UrlAction};

use super::Patient;
use super::finding::Finding;

const CHECK: &str = "programs";

/// Programs that copy what they read.
const COPIERS: &[&str] = if cfg!(windows) {
    &["clip"]
} else if cfg!(target_os = "macos") {
    &["pbcopy"]
} else {
    &["wl-copy", "xclip", "xsel", "clip.exe"]
};

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
        UrlAction::Clip => Some(match COPIERS.iter().find(|program| is_there(program)) {
            Some(program) => Finding::ok(CHECK, format!("UrlAction clip copies with {program}")),
            None => missing(format!("UrlAction clip needs one of {}, and none is on PATH", COPIERS.join(", "))),
        }),
        UrlAction::Exec | UrlAction::GrantedContainers | UrlAction::OpenUrlInContainer => {
            let program = config.url_exec_command.first()?;
            Some(named(patient, program, "UrlExecCommand"))
        }
    }
}

fn browser(patient: &Patient<'_>, config: &Config) -> Finding {
    let context = patient.context;
    let own = context.globals.browser.as_deref().or(context.env.get("AWS_SSO_BROWSER")).or(config.browser.as_deref());
    if let Some(browser) = own {
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
