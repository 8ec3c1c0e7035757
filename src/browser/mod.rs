//! What happens to a URL: shown, opened, copied, or handed to a command.

mod clipboard;
mod container;
mod program;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::config::{Config, UrlAction};
use crate::context::Context;
use crate::role::Container;
use crate::{Error, Result, ui};

use program::Started;

pub use clipboard::clipboard_programs;
pub use container::firefox;
pub(crate) use program::{chosen_browser, expand};

/// A page that a person wants to see.
pub struct Page<'a> {
    /// Its address. It may sign in whoever has it: it goes where the person said, and into no log.
    pub url: &'a str,
    /// What it is for: "sign in to Default", "open the console as payments-dev".
    pub purpose: &'a str,
    /// The container of Firefox that it belongs to.
    pub container: &'a Container,
}

/// How long a program that was started gets to fail.
const PATIENCE: Duration = Duration::from_millis(300);

/// Handles a URL that the person asked for by way of `action`. A browser or a command that is missing, or that fails
/// at once, is named, and the URL is shown instead.
pub fn handle_url(config: &Config, context: &Context, action: UrlAction, page: &Page<'_>) -> Result<()> {
    let url = web_url(page.url)?;
    match hand_over(config, context, action, page, url.as_str()) {
        Ok(Handed { done, started: Some(mut program) }) => {
            match program.failure(Some(Instant::now() + PATIENCE), || true) {
                Some(error) => show(&error, page.purpose, url.as_str()),
                None => tell_done(context, done.as_deref()),
            }
        }
        Ok(Handed { done, started: None }) => tell_done(context, done.as_deref()),
        Err(error) => show(&error, page.purpose, url.as_str()),
    }
    Ok(())
}

/// The same for a page whose outcome somebody waits for: it is handed over at once, and a program that fails is
/// noticed for as long as the [`Watch`] is kept.
pub fn handle_and_watch(config: &Config, context: &Context, action: UrlAction, page: &Page<'_>) -> Result<Watch> {
    let url = web_url(page.url)?;
    let watch = Watch::default();
    match hand_over(config, context, action, page, url.as_str()) {
        Ok(Handed { done, started }) => {
            tell_done(context, done.as_deref());
            if let Some(mut program) = started {
                let (over, purpose) = (Arc::clone(&watch.over), page.purpose.to_owned());
                std::thread::spawn(move || {
                    if let Some(error) = program.failure(None, || !over.load(Ordering::Relaxed)) {
                        show(&error, &purpose, url.as_str());
                    }
                });
            }
        }
        Err(error) => show(&error, page.purpose, url.as_str()),
    }
    Ok(watch)
}

/// Has an eye on the program that a page was handed to, until it is dropped.
#[derive(Default)]
pub struct Watch {
    over: Arc<AtomicBool>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

/// A page that is on its way to the person.
struct Handed {
    /// What was done, in words; none where the person sees it.
    done: Option<String>,
    /// The program that it was handed to.
    started: Option<Started>,
}

fn hand_over(config: &Config, context: &Context, action: UrlAction, page: &Page<'_>, url: &str) -> Result<Handed> {
    let purpose = page.purpose;
    let shown = || Handed { done: None, started: None };
    let copied = |done: String| Handed { done: Some(done), started: None };
    let opened = |done: String, program| Handed { done: Some(done), started: Some(program) };
    match action {
        UrlAction::Print => {
            ui::tell(&format!("Open this URL in a browser to {purpose}:\n\n{url}\n"));
            Ok(shown())
        }
        UrlAction::PrintUrl => {
            ui::tell(url);
            Ok(shown())
        }
        UrlAction::Open => {
            let program = program::open(config, context, url)?;
            Ok(opened(format!("Opened a browser to {purpose}"), program))
        }
        UrlAction::Exec => {
            let program = program::exec(&config.url_exec_command, context, url)?;
            Ok(opened(format!("Opened a browser to {purpose}"), program))
        }
        UrlAction::GrantedContainers | UrlAction::OpenUrlInContainer => {
            let program = container::open(config, context, &container::address(action, url, page.container))?;
            Ok(opened(format!("Opened the container {} of Firefox to {purpose}", page.container.name), program))
        }
        UrlAction::Clip => {
            clipboard::copy(context, url)?;
            Ok(copied(format!("Copied the URL to the clipboard: paste it into a browser to {purpose}")))
        }
        UrlAction::AnsiOsc52 => {
            ui::copy_to_terminal(url, &context.env)?;
            Ok(copied(format!("Sent the URL to your terminal's clipboard: paste it into a browser to {purpose}")))
        }
    }
}

fn tell_done(context: &Context, done: Option<&str>) {
    if let Some(done) = done.filter(|_| context.interactive) {
        ui::tell(done);
    }
}

/// The way without a program that did not do it.
fn show(error: &Error, purpose: &str, url: &str) {
    ui::tell(&format!("aws-sso: {error}; open this URL in a browser to {purpose}:\n\n{url}\n"));
}

/// A URL that came from a server, as one that can be shown and opened: http or https, and, once parsed,
/// without a character that could move the cursor or start a flag.
fn web_url(url: &str) -> Result<url::Url> {
    let parsed = url::Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    parsed.ok_or_else(|| Error::failed(format!("AWS answered with '{url}', which is no web address and is not opened")))
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
