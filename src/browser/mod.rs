//! What happens to a URL: shown, opened, copied, or handed to a command.

mod clipboard;
mod container;
mod program;

use crate::config::{Config, UrlAction};
use crate::context::Context;
use crate::role::Container;
use crate::{Error, Result, ui};

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

/// Handles a URL that the person asked for by way of `action`. A browser or a command that is missing is named,
/// and the URL is shown instead.
pub fn handle_url(config: &Config, context: &Context, action: UrlAction, page: &Page<'_>) -> Result<()> {
    let url = web_url(page.url)?;
    let url = url.as_str();
    let purpose = page.purpose;
    let opened = format!("Opened a browser to {purpose}");
    let outcome = match action {
        UrlAction::Print => {
            ui::tell(&format!("Open this URL in a browser to {purpose}:\n\n{url}\n"));
            return Ok(());
        }
        UrlAction::PrintUrl => {
            ui::tell(url);
            return Ok(());
        }
        UrlAction::Open => program::open(config, context, url).map(|()| opened),
        UrlAction::Exec => program::exec(&config.url_exec_command, context, url).map(|()| opened),
        UrlAction::GrantedContainers | UrlAction::OpenUrlInContainer => {
            let special = container::address(action, url, page.container);
            container::open(config, context, &special)
                .map(|()| format!("Opened the container {} of Firefox to {purpose}", page.container.name))
        }
        UrlAction::Clip => clipboard::copy(context, url)
            .map(|()| format!("Copied the URL to the clipboard: paste it into a browser to {purpose}")),
        UrlAction::AnsiOsc52 => ui::copy_to_terminal(url, &context.env)
            .map(|()| format!("Sent the URL to your terminal's clipboard: paste it into a browser to {purpose}")),
    };
    match outcome {
        Ok(done) if context.interactive => ui::tell(&done),
        Ok(_) => {}
        Err(error) => ui::tell(&format!("aws-sso: {error}; open this URL in a browser to {purpose}:\n\n{url}\n")),
    }
    Ok(())
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
