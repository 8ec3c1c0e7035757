//! What surrounds a command: environment, home, terminal and global flags, taken once at the start.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;

use crate::config::{LogLevel, UrlAction};
use crate::role::{AccountId, RoleFlags};

/// A snapshot of the environment. An empty value counts as unset, as AWS's own tools have it.
/// It holds passwords and keys, so it has no `Debug`.
#[derive(Clone, Default)]
pub struct Env(BTreeMap<String, String>);

impl Env {
    /// The environment of this process. Values that are not UTF-8 are no settings of ours.
    pub fn of_process() -> Self {
        let text = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value.into_string().ok()?));
        Self(std::env::vars_os().filter_map(text).collect())
    }

    /// The value of a variable that is set and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// The names and values of all variables whose name starts with `prefix`, in order.
    pub fn with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0
            .range(prefix.to_owned()..)
            .take_while(move |(name, _)| name.starts_with(prefix))
            .map(|(n, v)| (&**n, &**v))
    }

    /// The same without some variables.
    #[must_use]
    pub fn without(&self, names: &[&str]) -> Self {
        let kept = self.0.iter().filter(|(name, _)| !names.contains(&name.as_str()));
        Self(kept.map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    /// Sets a variable, or unsets it.
    pub fn put(&mut self, name: &str, value: Option<&str>) {
        match value {
            Some(value) => self.0.insert(name.to_owned(), value.to_owned()),
            None => self.0.remove(name),
        };
    }

    /// Whether a variable says yes, in the spellings that AWS's SDKs take for a boolean.
    pub fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| matches!(value, "1" | "t" | "T" | "true" | "TRUE" | "True"))
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Env {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        Self(variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

/// The flags that every command takes, as typed.
#[derive(Debug, Clone, Default)]
pub struct Globals {
    /// `-S`: the SSO instance.
    pub sso: Option<String>,
    /// `--config`
    pub config: Option<PathBuf>,
    /// `-b`: the program that opens URLs.
    pub browser: Option<String>,
    /// `-u`: what happens to a URL.
    pub url_action: Option<UrlAction>,
    /// `-L`
    pub level: Option<LogLevel>,
    /// `--lines`
    pub lines: bool,
    /// `--threads`: portal calls in flight at most.
    pub threads: Option<usize>,
    /// `--sts-refresh`: fetch credentials anew though the stored ones are valid.
    pub sts_refresh: bool,
    /// `--no-input`: ask nothing.
    pub no_input: bool,
    /// `--no-config-check`: leave `~/.aws/config` alone, whatever `AutoConfigCheck` says.
    pub no_config_check: bool,
}

/// What a command is given beside its own arguments.
#[derive(Clone, Default)]
pub struct Context {
    /// The environment.
    pub env: Env,
    /// The global flags.
    pub globals: Globals,
    /// Whether a person can be asked: standard input and standard error are terminals.
    pub interactive: bool,
}

impl Context {
    /// The surroundings of this process.
    pub fn of_process(globals: Globals) -> Self {
        let interactive = !globals.no_input && std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        Self { env: Env::of_process(), globals, interactive }
    }

    /// The home directory, where the environment names it.
    pub fn home(&self) -> Option<PathBuf> {
        let home = self.env.get("HOME").or_else(|| self.env.get("USERPROFILE").filter(|_| cfg!(windows)));
        home.map(PathBuf::from)
    }

    /// Whether programs can show a window: always where the system is a desktop, else in a session of X11 or
    /// Wayland.
    pub fn has_desktop(&self) -> bool {
        cfg!(any(windows, target_os = "macos"))
            || ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| self.env.get(name).is_some())
    }

    /// The SSO instance that was asked for: `-S`, else `$AWS_SSO`.
    pub fn wanted_instance(&self) -> Option<&str> {
        self.globals.sso.as_deref().or_else(|| self.env.get("AWS_SSO"))
    }

    /// The role that the environment names, for the commands that look there.
    pub fn role_variables(&self) -> RoleFlags {
        let variable = |name| self.env.get(name).map(str::to_owned);
        RoleFlags {
            profile: None,
            arn: variable("AWS_SSO_ROLE_ARN"),
            account: self.env.get("AWS_SSO_ACCOUNT_ID").and_then(|id| id.parse::<AccountId>().ok()),
            role: variable("AWS_SSO_ROLE_NAME"),
        }
    }
}
