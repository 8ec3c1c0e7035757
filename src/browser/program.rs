//! Programs that are started with a URL, and whether they get anywhere.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::config::Config;
use crate::context::Context;
use crate::{Error, Result};

/// It is looked whether a program has ended after the first of these, then less and less often.
const LOOKS: [Duration; 2] = [Duration::from_millis(5), Duration::from_millis(200)];

/// A program that was started, and may end at any time.
pub(super) struct Started {
    name: String,
    child: Child,
}

impl Started {
    pub(super) fn new(name: impl Into<String>, child: Child) -> Self {
        Self { name: name.into(), child }
    }

    /// How the program failed, where it has done so by `deadline` and for as long as somebody is `waiting`. One that
    /// ends well has handed the URL to a browser that was running already.
    pub(super) fn failure(&mut self, deadline: Option<Instant>, waiting: impl Fn() -> bool) -> Option<Error> {
        let status = self.bad_end(deadline, waiting)?;
        Some(Error::failed(format!("{} failed ({status})", self.name)))
    }

    /// The status with which it ended, where that is not success.
    pub(super) fn bad_end(&mut self, deadline: Option<Instant>, waiting: impl Fn() -> bool) -> Option<ExitStatus> {
        let mut pause = LOOKS[0];
        while waiting() {
            match self.child.try_wait() {
                Ok(None) => {}
                Ok(Some(status)) if !status.success() => return Some(status),
                _ => return None,
            }
            let left = deadline.map_or(pause, |deadline| deadline.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return None;
            }
            std::thread::sleep(pause.min(left));
            pause = (pause * 2).min(LOOKS[1]);
        }
        None
    }
}

/// Opens a URL in the browser that was chosen, else in the system's own.
pub(super) fn open(config: &Config, context: &Context, url: &str) -> Result<Started> {
    if let Some(browser) = chosen_browser(config, context) {
        return start_browser(browser, context, url);
    }
    let started = open::commands(url).into_iter().find_map(|opener| {
        let name = opener.get_program().to_string_lossy().into_owned();
        quiet(opener).spawn().ok().map(|child| Started::new(name, child))
    });
    started.ok_or_else(|| Error::failed("no program that opens a browser was found (Browser)"))
}

/// `-b`, `$AWS_SSO_BROWSER`, `Browser`: the first that is there.
pub(crate) fn chosen_browser<'a>(config: &'a Config, context: &'a Context) -> Option<&'a str> {
    let asked_for = context.globals.browser.as_deref().or(context.env.get("AWS_SSO_BROWSER"));
    asked_for.or(config.browser.as_deref())
}

/// Starts a browser by its path or name.
pub(super) fn start_browser(browser: &str, context: &Context, url: &str) -> Result<Started> {
    let browser = expand(browser, context);
    let url = url.to_owned();
    // A bundle is a directory, which only macOS's own opener can start.
    if cfg!(target_os = "macos") && Path::new(&browser).extension().is_some_and(|kind| kind == "app") {
        return spawn("open", &["-a".to_owned(), browser, url]);
    }
    spawn(&browser, &[url])
}

/// `UrlExecCommand` with the URL in place of its `%s`. No shell is involved: the URL stays one argument.
pub(super) fn exec(command: &[String], context: &Context, url: &str) -> Result<Started> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(Error::failed("UrlAction exec needs a UrlExecCommand in config.yaml"));
    };
    let arguments: Vec<String> =
        arguments.iter().map(|part| expand(&part.replace("%s", "\0"), context).replace('\0', url)).collect();
    spawn(&expand(program, context), &arguments)
}

/// Starts a program and does not wait: a browser may stay in the foreground.
pub(super) fn spawn(program: &str, arguments: &[String]) -> Result<Started> {
    let path = which::which(program)
        .map_err(|_| Error::failed(format!("the program {program} was not found (Browser, UrlExecCommand)")))?;
    let started = detached(&path).args(arguments).spawn();
    let child = started.map_err(|error| Error::failed(format!("could not start {program}: {error}")))?;
    Ok(Started::new(program, child))
}

/// A program that neither reads nor writes here, and that outlives the terminal.
pub(super) fn detached(program: impl AsRef<OsStr>) -> Command {
    quiet(Command::new(program))
}

fn quiet(mut command: Command) -> Command {
    // What is unlocked with the password is nothing for a browser.
    command.env_remove("AWS_SSO_FILE_PASSWORD");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    #[cfg(unix)]
    {
        // In a group of its own, so that neither Ctrl-C in the terminal nor the terminal's end closes it.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
    }
    command
}

/// A leading `~` and `$HOME`, as people write paths in config.yaml.
pub(crate) fn expand(text: &str, context: &Context) -> String {
    let Some(home) = context.env.get("HOME") else { return text.to_owned() };
    let text = if text == "~" || text.starts_with("~/") { text.replacen('~', home, 1) } else { text.to_owned() };
    text.replace("${HOME}", home).replace("$HOME", home)
}
