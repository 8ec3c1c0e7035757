//! What `config.yaml` says, typed, with every default filled in.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use crate::role::{AccountId, RoleRef};

use super::{AuthWorkflow, DirectoryMode, FileIdentity, LogLevel, PromptColors, SecureStore, UrlAction, UseWith};

/// What people type all day and what has no use for AWS credentials: the default of `LazySkip`.
pub const LAZY_SKIP: &[&str] = &[
    "awk", "bat", "cat", "chmod", "chown", "cp", "cut", "date", "df", "diff", "direnv", "du", "egrep", "emacs", "eza",
    "fd", "fgrep", "file", "find", "fzf", "git", "grep", "head", "htop", "id", "jq", "kill", "less", "ln", "ls", "man",
    "mkdir", "more", "mv", "nano", "nvim", "pgrep", "pkill", "ps", "readlink", "realpath", "rg", "rm", "rmdir", "sed",
    "sleep", "sort", "stat", "tail", "tar", "tee", "tig", "top", "touch", "tr", "tree", "uname", "uniq", "vi", "vim",
    "wc", "which", "whoami", "yq", "z", "zi", "zoxide",
];

/// A whole `config.yaml`. Each field names its key.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The file it was read from.
    pub path: PathBuf,
    /// What tells that file from a later state of it.
    pub identity: FileIdentity,

    /// `SSOConfig`: the SSO instances by name, at least one.
    pub instances: BTreeMap<String, Instance>,
    /// `DefaultSSO`: the instance for commands that name none; see [`Config::instance`].
    pub default_sso: Option<String>,
    /// `DefaultRegion` of all instances; there is no built-in region.
    pub default_region: Option<String>,

    /// `AutoLogin`: sign in without a question where a session is needed. Default false.
    pub auto_login: bool,
    /// `AuthWorkflow`; none leaves it to what the session allows (PKCE, or a device code over SSH).
    pub auth_workflow: Option<AuthWorkflow>,

    /// `SecureStore`; the default depends on the operating system.
    pub secure_store: SecureStore,
    /// `SecretServiceCollection`: the collection of the Secret Service to use.
    pub secret_service_collection: Option<String>,
    /// `JsonStore`: the clear-text file of the `json` store, with its `~` as written.
    pub json_store: Option<PathBuf>,
    /// `UnlockMinutes`: how long an unlocked `file` store stays unlocked, 60 minutes; none (written 0)
    /// means that it does not.
    pub unlock_for: Option<Duration>,

    /// `UrlAction`, default `open`.
    pub url_action: UrlAction,
    /// `Browser`: a program in place of the system's default browser, as written.
    pub browser: Option<String>,
    /// `UrlExecCommand`: program and arguments, `%s` for the URL, `~` and `$HOME` as written. Sound
    /// whenever an action is `exec`, otherwise possibly empty.
    pub url_exec_command: Vec<String>,
    /// `ConfigProfilesUrlAction`: what the Go tool's AWS profiles do with a URL. Ours open none.
    pub config_profiles_url_action: Option<UrlAction>,
    /// `ConfigProfilesBinaryPath`: the program that written AWS profiles call, as written.
    pub config_profiles_binary_path: Option<PathBuf>,
    /// `ConfigVariables`: settings to add to every written AWS profile.
    pub config_variables: BTreeMap<String, String>,
    /// `ConsoleDuration`: how long a console session lasts, 15 to 720 minutes, default 60.
    pub console_duration: Duration,

    /// `LogLevel`, default `warn`.
    pub log_level: LogLevel,
    /// `LogLines`: name the source line of each log message. Default false.
    pub log_lines: bool,

    /// `HistoryLimit`: how many recent roles are kept, default 10; 0 keeps none.
    pub history_limit: usize,
    /// `HistoryMinutes`: how long a role stays recent, default 1440 minutes; none is without limit.
    pub history_age: Option<Duration>,
    /// `CacheRefresh`: the age at which the list of roles is fetched anew, default 168 hours; none
    /// (written 0 or less) is never.
    pub cache_refresh: Option<Duration>,
    /// `AutoConfigCheck`: rewrite the AWS profiles when roles change. Default false.
    pub auto_config_check: bool,
    /// `Threads`: how many requests may be under way at once, at least 1, default 5.
    pub threads: usize,
    /// `RateLimit`: requests a second to the access portal, above 0, default 20.
    pub rate_limit: f64,
    /// `MaxRetry`: attempts per request, at least 1, default 10.
    pub max_retry: u32,
    /// `MaxBackoff`: the longest pause between two attempts, default 5 seconds.
    pub max_backoff: Duration,

    /// `ProfileFormat`: the template of profile names, as written, default
    /// [`crate::profile::DEFAULT_FORMAT`].
    pub profile_format: String,
    /// `FirstTag`: the tag that the picker offers first.
    pub first_tag: Option<String>,
    /// `FullTextSearch`: match inside words, not only at their start. Default true.
    pub full_text_search: bool,
    /// `AccountPrimaryTag`: the first of these that a role has describes it, default `AccountName`,
    /// `AccountAlias`, `Email`; empty for no description.
    pub account_primary_tag: Vec<String>,
    /// `PromptColors`: the colours of the picker.
    pub prompt_colors: PromptColors,
    /// `ListFields`: the columns of a list, in today's spelling; whether they exist is for the list to
    /// say. Default `AccountIdPad`, `AccountAlias`, `RoleName`, `Profile`, `Expires`.
    pub list_fields: Vec<String>,

    /// `EnvVarTags`: tags that become variables; see [`super::env_var_of_tag`]. No two have the same.
    pub env_var_tags: Vec<String>,
    /// `PromptFormat`: the template of the shell prompt's segment, as written.
    pub prompt_format: Option<String>,
    /// `DirectoryRoles.Mode`, default `profile`.
    pub directory_mode: DirectoryMode,
    /// `UseWith`, default `keys`.
    pub use_with: UseWith,
    /// `LazySkip`: commands that never make a shell load credentials, default `LAZY_SKIP` in this file.
    pub lazy_skip: Vec<String>,
    /// `RefreshBefore`: how long before they end a shell renews its credentials, default 5 minutes.
    pub refresh_before: Duration,
}

/// One AWS IAM Identity Center, or one person's view of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Instance {
    /// Its name under `SSOConfig`.
    pub name: String,
    /// `SSORegion`: the region of the Identity Center.
    pub sso_region: String,
    /// `StartUrl`: https (http on this computer only), without fragment and closing slash.
    pub start_url: String,
    /// `DefaultRegion` of its roles.
    pub default_region: Option<String>,
    /// `AuthUrlAction`: what happens to the sign-in URL; see [`Config::auth_url_action`].
    pub auth_url_action: Option<UrlAction>,
    /// `Accounts`: what the file adds to accounts.
    pub accounts: BTreeMap<AccountId, Account>,
}

/// What the file adds to an account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Account {
    /// `Name`: a name in place of the one that AWS has.
    pub name: Option<String>,
    /// `DefaultRegion` of its roles.
    pub default_region: Option<String>,
    /// `Tags` of all its roles.
    pub tags: BTreeMap<String, String>,
    /// `Roles`: what the file adds to roles, by role name.
    pub roles: BTreeMap<String, RoleConfig>,
}

/// What the file adds to a role.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RoleConfig {
    /// `Profile`: a profile name in place of the computed one, on one line.
    pub profile: Option<String>,
    /// `DefaultRegion` of the role.
    pub default_region: Option<String>,
    /// `Tags` of the role.
    pub tags: BTreeMap<String, String>,
    /// The IAM path that the key has in front of the name, without outer slashes; empty for a permission set.
    pub path: String,
    /// `Via`: the role to assume first (role chaining). No chain leads back to itself.
    pub via: Option<RoleRef>,
    /// `SourceIdentity` of sts:AssumeRole, 2 to 64 characters.
    pub source_identity: Option<String>,
    /// `ExternalId` of sts:AssumeRole, 2 to 1224 characters.
    pub external_id: Option<String>,
}

impl Default for Config {
    /// What a file without any key would say; it has no instance, so no file that loads is like it.
    fn default() -> Self {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Self {
            path: PathBuf::new(),
            identity: FileIdentity::default(),
            instances: BTreeMap::new(),
            default_sso: None,
            default_region: None,
            auto_login: false,
            auth_workflow: None,
            secure_store: SecureStore::default(),
            secret_service_collection: None,
            json_store: None,
            unlock_for: Some(Duration::from_hours(1)),
            url_action: UrlAction::default(),
            browser: None,
            url_exec_command: Vec::new(),
            config_profiles_url_action: None,
            config_profiles_binary_path: None,
            config_variables: BTreeMap::new(),
            console_duration: Duration::from_hours(1),
            log_level: LogLevel::default(),
            log_lines: false,
            history_limit: 10,
            history_age: Some(Duration::from_hours(24)),
            cache_refresh: Some(Duration::from_hours(168)),
            auto_config_check: false,
            threads: 5,
            rate_limit: 20.0,
            max_retry: 10,
            max_backoff: Duration::from_secs(5),
            profile_format: crate::profile::DEFAULT_FORMAT.to_owned(),
            first_tag: None,
            full_text_search: true,
            account_primary_tag: texts(&["AccountName", "AccountAlias", "Email"]),
            prompt_colors: PromptColors::default(),
            list_fields: texts(&["AccountIdPad", "AccountAlias", "RoleName", "Profile", "Expires"]),
            env_var_tags: Vec::new(),
            prompt_format: None,
            directory_mode: DirectoryMode::default(),
            use_with: UseWith::default(),
            lazy_skip: texts(LAZY_SKIP),
            refresh_before: Duration::from_mins(5),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_the_documented_ones() {
        let config = Config::default();
        assert_eq!(config.cache_refresh, Some(Duration::from_hours(168)));
        assert_eq!(config.history_age, Some(Duration::from_hours(24)));
        assert_eq!(config.default_region, None, "no region is built in");
        assert_eq!(config.prompt_colors.prefix_text, crate::config::Color::Blue);
        #[cfg(target_os = "linux")]
        assert_eq!(config.secure_store, SecureStore::File);
    }
}
