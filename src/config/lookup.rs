//! Questions that commands ask a configuration.

use crate::role::AccountId;
use crate::{Error, Result};

use super::suggest::did_you_mean;
use super::{Config, Instance, UrlAction};

impl Config {
    /// `DefaultSSO` where the file does not set it.
    pub const DEFAULT_SSO: &'static str = "Default";

    /// The instance that a command means: `wanted` (`--sso`, `$AWS_SSO`), else `DefaultSSO`, else the
    /// only one there is.
    pub fn instance(&self, wanted: Option<&str>) -> Result<&Instance> {
        if let Some(wanted) = wanted.filter(|name| !name.is_empty()) {
            return self.instances.get(wanted).ok_or_else(|| {
                let near = did_you_mean(wanted, self.instances.keys().map(String::as_str));
                Error::usage(format!(
                    "{} has no SSO instance '{wanted}': use one of {}{near}",
                    self.path.display(),
                    self.instance_names()
                ))
            });
        }
        let default = self.default_sso.as_deref().unwrap_or(Self::DEFAULT_SSO);
        let mut all = self.instances.values();
        match (self.instances.get(default), all.next(), all.next()) {
            (Some(instance), ..) | (None, Some(instance), None) => Ok(instance),
            _ => Err(Error::failed(format!(
                "{} has several SSO instances and none is named '{default}': choose one of {} with -S, or set DefaultSSO",
                self.path.display(),
                self.instance_names()
            ))),
        }
    }

    /// A command such as `aws-sso login`, with the instance named where the command alone would choose another one.
    /// `variable` is `$AWS_SSO`.
    pub fn command(&self, command: &str, instance: &str, variable: Option<&str>) -> String {
        match self.instance(variable) {
            Ok(chosen) if chosen.name == instance => format!("aws-sso {command}"),
            _ => format!("aws-sso {command} -S {}", shell_words::quote(instance)),
        }
    }

    /// The region configured for a role: its own, its account's, its instance's, the top level's.
    pub fn region<'a>(&'a self, instance: &'a Instance, account: AccountId, role: &str) -> Option<&'a str> {
        let account = instance.accounts.get(&account);
        let role = account.and_then(|account| account.roles.get(role));
        role.and_then(|role| role.default_region.as_deref())
            .or_else(|| account?.default_region.as_deref())
            .or(instance.default_region.as_deref())
            .or(self.default_region.as_deref())
    }

    /// What happens to the URL of a sign-in: `AuthUrlAction`, else `UrlAction`.
    pub fn auth_url_action(&self, instance: &Instance) -> UrlAction {
        instance.auth_url_action.unwrap_or(self.url_action)
    }

    fn instance_names(&self) -> String {
        self.instances.keys().map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// The variable that a tag of `EnvVarTags` becomes: `AWS_SSO_TAG_` and the tag in upper case, with `_`
/// for every character that the name of a variable cannot have.
pub fn env_var_of_tag(tag: &str) -> String {
    let name = tag.chars().map(|c| match c.to_ascii_uppercase() {
        c @ ('A'..='Z' | '0'..='9' | '_') => c,
        _ => '_',
    });
    "AWS_SSO_TAG_".chars().chain(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Account, RoleConfig};
    use proptest::prelude::*;

    fn config(names: &[&str], default: Option<&str>) -> Config {
        let instances =
            names.iter().map(|name| ((*name).to_owned(), Instance { name: (*name).to_owned(), ..Instance::default() }));
        Config { instances: instances.collect(), default_sso: default.map(str::to_owned), ..Config::default() }
    }

    #[test]
    fn an_instance_is_chosen_by_name_default_or_lack_of_choice() {
        for (names, default, wanted, chosen) in [
            (&["A", "B"][..], Some("B"), Some("A"), Some("A")),
            (&["A", "B"], Some("B"), None, Some("B")),
            (&["A", "B"], Some("B"), Some(""), Some("B")),
            (&["A", "Default"], None, None, Some("Default")),
            (&["A"], None, None, Some("A")),
            (&["A"], Some("gone"), None, Some("A")),
            (&["A"], None, Some("gone"), None),
            (&["A", "B"], None, None, None),
            (&["A", "B"], Some("gone"), None, None),
        ] {
            let config = config(names, default);
            let found = config.instance(wanted).ok().map(|instance| instance.name.as_str());
            assert_eq!(found, chosen, "{names:?} {default:?} {wanted:?}");
        }
    }

    #[test]
    fn a_wrong_instance_is_told_the_right_ones() {
        let config = config(&["Main", "Gov"], None);
        let error = config.instance(Some("Mian")).unwrap_err().to_string();
        assert!(error.ends_with("no SSO instance 'Mian': use one of Gov, Main (did you mean Main?)"), "{error}");
        let error = config.instance(None).unwrap_err().to_string();
        assert!(error.contains("Gov, Main") && error.contains("DefaultSSO"), "{error}");
    }

    #[test]
    fn the_most_specific_region_wins() {
        let id = "1".parse().unwrap();
        let region = |name: &str| (!name.is_empty()).then(|| name.to_owned());
        for (role, account, instance, top, expected) in [
            ("r", "a", "i", "t", Some("r")),
            ("", "a", "i", "t", Some("a")),
            ("", "", "i", "t", Some("i")),
            ("", "", "", "t", Some("t")),
            ("", "", "", "", None),
        ] {
            let roles = [("R".to_owned(), RoleConfig { default_region: region(role), ..RoleConfig::default() })].into();
            let account = Account { default_region: region(account), roles, ..Account::default() };
            let accounts = [(id, account)].into();
            let instance = Instance { default_region: region(instance), accounts, ..Instance::default() };
            let config = Config { default_region: region(top), ..Config::default() };
            assert_eq!(config.region(&instance, id, "R"), expected);
        }
        let config = Config { default_region: region("t"), ..Config::default() };
        assert_eq!(config.region(&Instance::default(), id, "R"), Some("t"), "an account that the file does not name");
    }

    #[test]
    fn a_tag_becomes_the_name_of_a_variable() {
        for (tag, variable) in [
            ("Environment", "AWS_SSO_TAG_ENVIRONMENT"),
            ("Cost-Center 1", "AWS_SSO_TAG_COST_CENTER_1"),
            ("é=$(x)", "AWS_SSO_TAG_____X_"),
        ] {
            assert_eq!(env_var_of_tag(tag), variable);
        }
    }

    proptest! {
        #[test]
        fn every_tag_makes_a_sound_variable(tag in ".*") {
            let variable = env_var_of_tag(&tag);
            prop_assert!(variable.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'));
        }
    }
}
