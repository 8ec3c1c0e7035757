//! The questions about what happens to a URL.

use crate::Result;
use crate::config::edit::Value;
use crate::config::{Config, UrlAction, exec_command_problem};
use crate::ui::question::{Ask, Choice, Question};

use super::changes::Changes;
use super::instance::{choice, text};
use super::settings::{Around, word};

/// Asks for `UrlAction`, and for what it needs.
pub fn ask(ask: &mut dyn Ask, around: &Around<'_>, changes: &mut Changes) -> Result<()> {
    let config = around.config;
    let present = config.url_action;
    let question = Question {
        title: "What happens to the address of a sign-in? (UrlAction)".to_owned(),
        choices: UrlAction::ALL.iter().map(|action| Choice::new(action.as_str(), about(*action))).collect(),
        start: UrlAction::ALL.iter().position(|action| *action == present).unwrap_or_default(),
        ..Question::default()
    };
    let action = UrlAction::ALL[choice(ask, &question)?];
    changes.note(&["UrlAction"], word(action.as_str()), &word(present.as_str()));
    match action {
        UrlAction::Exec => ask_command(ask, around, changes),
        _ if action.is_container() && around.advanced => ask_firefox(ask, around, changes),
        UrlAction::Open if around.advanced => ask_browser(ask, around, changes),
        _ => Ok(()),
    }
}

fn about(action: UrlAction) -> &'static str {
    match action {
        UrlAction::Clip => "it is copied to the clipboard",
        UrlAction::Exec => "a program of your choice gets it",
        UrlAction::Open => "a browser opens it",
        UrlAction::Print => "it is printed with a sentence around it",
        UrlAction::PrintUrl => "it is printed alone",
        UrlAction::GrantedContainers => "Firefox opens it in a container of its own, with the extension of Granted",
        UrlAction::OpenUrlInContainer => {
            "Firefox opens it in a container of its own, with the extension \"Open external links in a container\""
        }
        UrlAction::AnsiOsc52 => "it is copied to the clipboard by the terminal, over SSH too",
    }
}

/// Notes a command, unless it is the present one.
fn note_command(changes: &mut Changes, config: &Config, command: Vec<String>) {
    changes.note(&["UrlExecCommand"], Value::List(command), &Value::List(config.url_exec_command.clone()));
}

fn ask_command(ask: &mut dyn Ask, around: &Around<'_>, changes: &mut Changes) -> Result<()> {
    let present = &around.config.url_exec_command;
    let check = |text: &str| command(text, around.finds).map(|_| text.to_owned());
    let question = Question {
        title: "Command that gets the URL (UrlExecCommand)".to_owned(),
        about: "A program and its arguments, with %s for the URL; quotes as in a shell. No shell runs it.".to_owned(),
        default: (!present.is_empty()).then(|| shell_words::join(present)),
        typed: Some(&check),
        ..Question::default()
    };
    let answer = text(ask, &question)?;
    // The present one is not checked again: it may be of another computer.
    let command = if question.default.as_ref() == Some(&answer) {
        present.clone()
    } else {
        command(&answer, around.finds).map_err(crate::Error::failed)?
    };
    note_command(changes, around.config, command);
    Ok(())
}

/// A command as its words.
fn command(text: &str, finds: &dyn Fn(&str) -> bool) -> Result<Vec<String>, String> {
    let words = shell_words::split(text).map_err(|_| "its quotes do not match".to_owned())?;
    if let Some(problem) = exec_command_problem(&words) {
        return Err(format!("this {problem}, for example: firefox %s"));
    }
    match words.first() {
        Some(program) if !finds(program) => Err(format!("there is no program {program} here")),
        _ => Ok(words),
    }
}

fn ask_firefox(ask: &mut dyn Ask, around: &Around<'_>, changes: &mut Changes) -> Result<()> {
    let present = &around.config.url_exec_command;
    let usual = if cfg!(target_os = "macos") {
        "/Applications/Firefox.app/Contents/MacOS/firefox"
    } else if cfg!(windows) {
        r"C:\Program Files\Mozilla Firefox\firefox.exe"
    } else {
        "/usr/bin/firefox"
    };
    let title = "Path of Firefox";
    let program = ask_program(ask, title, "", present.first().map_or(usual, String::as_str), around)?;
    let arguments = if present.len() > 1 { present[1..].to_vec() } else { vec!["%s".to_owned()] };
    note_command(changes, around.config, std::iter::once(program).chain(arguments).collect());
    Ok(())
}

fn ask_browser(ask: &mut dyn Ask, around: &Around<'_>, changes: &mut Changes) -> Result<()> {
    const SYSTEM: &str = "the system's";
    let present = around.config.browser.as_deref();
    let about = "A program, or the default browser of this system.";
    let browser = ask_program(ask, "Browser (Browser)", about, present.unwrap_or(SYSTEM), around)?;
    let browser = if browser == SYSTEM { String::new() } else { browser };
    changes.note(&["Browser"], Value::Text(browser), &Value::Text(present.unwrap_or_default().to_owned()));
    Ok(())
}

fn ask_program(ask: &mut dyn Ask, title: &str, about: &str, default: &str, around: &Around<'_>) -> Result<String> {
    let check = |text: &str| match text.trim() {
        "" => Err("write the path or the name of a program".to_owned()),
        program if program == default || (around.finds)(program) => Ok(program.to_owned()),
        program => Err(format!("there is no program {program} here")),
    };
    let question = Question {
        title: title.to_owned(),
        about: about.to_owned(),
        default: Some(default.to_owned()),
        typed: Some(&check),
        ..Question::default()
    };
    text(ask, &question)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_needs_a_program_and_a_place_for_the_url() {
        let finds = |program: &str| program == "firefox" || program == "/opt/my browser";
        for (text, words) in [
            ("firefox %s", &["firefox", "%s"][..]),
            ("'/opt/my browser' --new-tab %s", &["/opt/my browser", "--new-tab", "%s"]),
            ("firefox 'a,b' %s", &["firefox", "a,b", "%s"]),
        ] {
            assert_eq!(command(text, &finds).unwrap(), words);
        }
        for (text, problem) in [
            ("", "needs"),
            ("firefox", "%s"),
            ("firefox 'x", "quotes"),
            ("chrome %s", "no program chrome"),
            ("%s", "%s"),
        ] {
            assert!(command(text, &finds).unwrap_err().contains(problem), "{text}");
        }
    }
}
