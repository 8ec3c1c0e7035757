//! Firefox containers: a URL is wrapped into an address that an extension of Firefox opens.

use std::path::{Path, PathBuf};

use url::form_urlencoded;

use crate::config::{Config, UrlAction};
use crate::context::Context;
use crate::role::Container;
use crate::{Error, Result};

use super::program::{Started, chosen_browser, exec, spawn, start_browser};

/// The address by which the extension opens `url` in a container. Whatever is in a name, `&` and `#` among it,
/// stays in the name: the extensions read the parts as those of a form.
pub(super) fn address(action: UrlAction, url: &str, container: &Container) -> String {
    let scheme = match action {
        UrlAction::GrantedContainers => "ext+granted-containers",
        _ => "ext+container",
    };
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("name", &container.name)
        .append_pair("url", url)
        .append_pair("color", container.color.as_str())
        .append_pair("icon", container.icon.as_str())
        .finish();
    format!("{scheme}:{query}")
}

/// Has Firefox open such an address: by `UrlExecCommand` where there is one, else by the browser that was
/// chosen, else by a Firefox that is found.
pub(super) fn open(config: &Config, context: &Context, address: &str) -> Result<Started> {
    if !config.url_exec_command.is_empty() {
        return exec(&config.url_exec_command, context, address);
    }
    if let Some(browser) = chosen_browser(config, context) {
        return start_browser(browser, context, address);
    }
    let firefox = firefox().ok_or_else(|| Error::failed("Firefox was not found (Browser, UrlExecCommand)"))?;
    spawn(&firefox.to_string_lossy(), &[address.to_owned()])
}

/// A Firefox on this computer.
pub fn firefox() -> Option<PathBuf> {
    let on_path = ["firefox", "firefox-esr", "firefox-developer-edition", "librewolf"];
    let installed =
        ["/Applications/Firefox.app/Contents/MacOS/firefox", r"C:\Program Files\Mozilla Firefox\firefox.exe"];
    let found = on_path.iter().find_map(|name| which::which(name).ok());
    found.or_else(|| installed.iter().map(Path::new).find(|path| path.is_file()).map(Path::to_path_buf))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts(address: &str) -> Vec<(String, String)> {
        let (_, query) = address.split_once(':').unwrap();
        form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    #[test]
    fn an_address_has_the_parts_in_their_order() {
        let container = Container::of_instance("Default");
        let address = address(UrlAction::OpenUrlInContainer, "https://a.b/c?d=e f&g", &container);
        assert_eq!(
            address,
            "ext+container:name=Default&url=https%3A%2F%2Fa.b%2Fc%3Fd%3De+f%26g&color=blue&icon=fingerprint"
        );
        let granted = super::address(UrlAction::GrantedContainers, "https://a.b/", &container);
        assert!(granted.starts_with("ext+granted-containers:name=Default&url="), "{granted}");
    }

    proptest! {
        #[test]
        fn any_name_stays_a_name(name in ".*", url in "https://[a-z]{1,5}/[ -~]{0,20}") {
            let address = address(UrlAction::GrantedContainers, &url, &Container::named(&name));
            let parts = parts(&address);
            prop_assert!(address.is_ascii() && !address.contains([' ', '"', '#']));
            prop_assert_eq!(parts.len(), 4);
            prop_assert_eq!(&parts[0], &("name".to_owned(), name));
            prop_assert_eq!(&parts[1], &("url".to_owned(), url));
        }
    }
}
