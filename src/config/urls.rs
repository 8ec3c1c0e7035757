//! The keys that decide what happens to a URL, which depend on each other.

use super::report::KeyPath;
use super::section::Section;
use super::{Config, UrlAction, exec_command};

/// Reads them into `config`, whose instances are there already.
pub(super) fn read(top: &Section<'_>, config: &mut Config) {
    config.url_action = top.choice("UrlAction").unwrap_or_default();
    config.browser = top.text("Browser");
    config.url_exec_command = top.list_by("UrlExecCommand", exec_command::split).unwrap_or_default();
    config.config_profiles_url_action = top.choice("ConfigProfilesUrlAction");
    read_deprecated(top, config);
    check_profiles(top, config);
    check_command(top, config);
}

fn read_deprecated(top: &Section<'_>, config: &mut Config) {
    let warn = |key, message: &str| top.report.warning(&top.path_of(key), format!("{key} is an old key: {message}"));
    if top.boolean("FirefoxOpenUrlInContainer") == Some(true) {
        config.url_action = UrlAction::OpenUrlInContainer;
        warn("FirefoxOpenUrlInContainer", "write UrlAction: open-url-in-container");
    }
    if top.has("ConfigUrlAction") {
        let old = top.choice("ConfigUrlAction");
        if config.config_profiles_url_action.is_none() {
            config.config_profiles_url_action = old;
        }
        warn("ConfigUrlAction", "write ConfigProfilesUrlAction");
    }
}

/// A profile's URL and all others must agree on containers as soon as a command opens one of them:
/// the command gets either plain or rewritten URLs.
fn check_profiles(top: &Section<'_>, config: &Config) {
    let Some(own) = config.config_profiles_url_action else { return };
    let general = config.url_action;
    let key = if top.has("ConfigProfilesUrlAction") { "ConfigProfilesUrlAction" } else { "ConfigUrlAction" };
    let path = top.path_of(key);
    if own.is_container() != general.is_container() && (own == UrlAction::Exec || general == UrlAction::Exec) {
        let message = format!("{path} is {own} while UrlAction is {general}: use a container for both or for neither");
        top.report.error(&path, message);
    }
}

fn check_command(top: &Section<'_>, config: &Config) {
    let instances = config.instances.values().filter_map(|instance| instance.auth_url_action);
    let actions: Vec<UrlAction> =
        instances.chain([config.url_action]).chain(config.config_profiles_url_action).collect();
    let exec = actions.contains(&UrlAction::Exec);
    // Containers are opened by the command too where there is one.
    let used = exec || !config.url_exec_command.is_empty() && actions.iter().any(|action| action.is_container());
    if let Some(problem) = exec_command::problem(&config.url_exec_command).filter(|_| used) {
        let path = if top.has("UrlExecCommand") { top.path_of("UrlExecCommand") } else { path_of_exec(top, config) };
        top.report.error(&path, format!("UrlExecCommand {problem} (for example [firefox, \"%s\"])"));
    }
}

/// The key that asks for a command.
fn path_of_exec(top: &Section<'_>, config: &Config) -> KeyPath {
    let exec = Some(UrlAction::Exec);
    if Some(config.url_action) == exec {
        return top.path_of("UrlAction");
    }
    match config.instances.values().find(|instance| instance.auth_url_action == exec) {
        Some(instance) => top.path_of("SSOConfig").join(instance.name.as_str()).join("AuthUrlAction"),
        None => top.path_of("ConfigProfilesUrlAction"),
    }
}
