//! What happens to a URL: shown, opened, or handed to a command.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::config::{Config, UrlAction};
use crate::context::Context;
use crate::{Error, Result, ui};

/// Handles a URL that the person asked for by way of `action`. `why` is what it is for ("sign in to
/// AWS"). A browser or a command that is missing is named, and the URL is shown instead.
pub fn handle_url(config: &Config, context: &Context, action: UrlAction, url: &str, why: &str) -> Result<()> {
    let url = web_url(url)?;
    let url = url.as_str();
    let outcome = match action {
        UrlAction::Print => {
            ui::tell(&format!("Open this URL in a browser to {why}:\n\n{url}\n"));
            return Ok(());
        }
        UrlAction::PrintUrl => {
            ui::tell(url);
            return Ok(());
        }
        UrlAction::Open => open(config, context, url),
        UrlAction::Exec => exec(&config.url_exec_command, context, url),
        later => Err(Error::failed(format!("UrlAction {} is not built yet", later.as_str()))),
    };
    match outcome {
        Ok(()) if context.interactive => ui::tell(&format!("Opened a browser to {why}")),
        Ok(()) => {}
        Err(error) => ui::tell(&format!("aws-sso: {error}; open this URL in a browser to {why}:\n\n{url}\n")),
    }
    Ok(())
}

/// A URL that came from a server, as one that can be shown and opened: http or https, and, once parsed,
/// without a character that could move the cursor or start a flag.
fn web_url(url: &str) -> Result<url::Url> {
    let parsed = url::Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    parsed.ok_or_else(|| Error::failed(format!("AWS answered with '{url}', which is no web address and is not opened")))
}

fn open(config: &Config, context: &Context, url: &str) -> Result<()> {
    let browser = context.globals.browser.as_deref().or(context.env.get("AWS_SSO_BROWSER"));
    if let Some(browser) = browser.or(config.browser.as_deref()) {
        return spawn(&expand(browser, context), &[url.to_owned()]);
    }
    let started = open::commands(url).into_iter().any(|opener| start(opener).is_ok());
    started.then_some(()).ok_or_else(|| Error::failed("no program that opens a browser was found (Browser)"))
}

/// `UrlExecCommand` with the URL in place of its `%s`. No shell is involved: the URL stays one argument.
fn exec(command: &[String], context: &Context, url: &str) -> Result<()> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(Error::failed("UrlAction exec needs a UrlExecCommand in config.yaml"));
    };
    let arguments: Vec<String> =
        arguments.iter().map(|part| expand(&part.replace("%s", "\0"), context).replace('\0', url)).collect();
    spawn(&expand(program, context), &arguments)
}

fn spawn(program: &str, arguments: &[String]) -> Result<()> {
    let path: PathBuf = which::which(program)
        .map_err(|_| Error::failed(format!("the program {program} was not found (Browser, UrlExecCommand)")))?;
    let mut command = Command::new(path);
    command.args(arguments);
    start(command).map_err(|error| Error::failed(format!("could not start {program}: {error}")))
}

/// Starts a command and does not wait: a browser may stay in the foreground.
fn start(mut command: Command) -> std::io::Result<()> {
    // What is unlocked with the password is nothing for a browser.
    command.env_remove("AWS_SSO_FILE_PASSWORD");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    #[cfg(unix)]
    {
        // In a group of its own, so that Ctrl-C in the terminal does not close the browser.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
    }
    command.spawn().map(drop)
}

/// A leading `~` and `$HOME`, as people write paths in config.yaml.
pub(crate) fn expand(text: &str, context: &Context) -> String {
    let Some(home) = context.env.get("HOME") else { return text.to_owned() };
    let text = if text == "~" || text.starts_with("~/") { text.replacen('~', home, 1) } else { text.to_owned() };
    text.replace("${HOME}", home).replace("$HOME", home)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_opened() {
        for url in ["file:///etc/passwd", "javascript:alert(1)", "--new-window", "", "ext+container:x", "/usr/bin/x"] {
            assert!(web_url(url).is_err(), "{url}");
        }
        assert_eq!(web_url("https://a.b/c?d=\u{1b}[31m e").unwrap().as_str(), "https://a.b/c?d=%1B[31m%20e");
    }
}
