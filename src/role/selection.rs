//! Which role a command line means.

use crate::{Error, Result};

use super::AccountId;

/// The four ways to name a role: what was typed as flags, or what `AWS_SSO_*` variables hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoleFlags {
    /// `--profile`
    pub profile: Option<String>,
    /// `--arn` or `AWS_SSO_ROLE_ARN`: a whole ARN or `ACCOUNT:ROLE`.
    pub arn: Option<String>,
    /// `--account` or `AWS_SSO_ACCOUNT_ID`
    pub account: Option<AccountId>,
    /// `--role` or `AWS_SSO_ROLE_NAME`
    pub role: Option<String>,
}

/// One role, named in one way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// By profile name.
    Profile(String),
    /// By ARN, or by `ACCOUNT:ROLE`.
    Arn(String),
    /// By account and role name.
    AccountRole(AccountId, String),
}

impl RoleFlags {
    /// The role that is named, none where nothing is.
    ///
    /// What was typed beats the environment, and the two are never mixed into one role: `--role X`
    /// beside an `AWS_SSO_ACCOUNT_ID` that an earlier role left in the shell is an error, not a guess.
    pub fn select(&self, environment: Option<&Self>) -> Result<Option<Selection>> {
        if let Some(selection) = self.selection()? {
            return Ok(Some(selection));
        }
        match environment {
            // A half-set environment names no role; it is no reason to refuse a command.
            Some(environment) => Ok(environment.selection().ok().flatten()),
            None => Ok(None),
        }
    }

    fn selection(&self) -> Result<Option<Selection>> {
        if let Some(profile) = &self.profile {
            return Ok(Some(Selection::Profile(profile.clone())));
        }
        if let Some(arn) = &self.arn {
            return Ok(Some(Selection::Arn(arn.clone())));
        }
        match (self.account, &self.role) {
            (Some(account), Some(role)) => Ok(Some(Selection::AccountRole(account, role.clone()))),
            (None, None) => Ok(None),
            (Some(account), None) => {
                Err(Error::usage(format!("--account {account} needs --role as well: add -R ROLE, or use -p PROFILE")))
            }
            (None, Some(role)) => {
                Err(Error::usage(format!("--role {role} needs --account as well: add -A ACCOUNT, or use -p PROFILE")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(profile: &str, arn: &str, account: &str, role: &str) -> RoleFlags {
        let text = |s: &str| (!s.is_empty()).then(|| s.to_owned());
        RoleFlags { profile: text(profile), arn: text(arn), account: account.parse().ok(), role: text(role) }
    }

    #[test]
    fn typed_flags_beat_the_environment_and_never_mix_with_it() {
        let environment = flags("", "arn:aws:iam::000000000001:role/Old", "1", "Old");
        let selected = |typed: &RoleFlags| typed.select(Some(&environment));

        let typed = flags("", "", "2", "New");
        assert_eq!(selected(&typed).unwrap(), Some(Selection::AccountRole("2".parse().unwrap(), "New".into())));
        assert!(selected(&flags("", "", "", "New")).is_err(), "an account from the environment completes nothing");
        assert_eq!(
            selected(&flags("", "", "", "")).unwrap(),
            Some(Selection::Arn("arn:aws:iam::000000000001:role/Old".into()))
        );
    }

    #[test]
    fn half_an_environment_names_nothing() {
        assert_eq!(flags("", "", "", "").select(Some(&flags("", "", "1", ""))).unwrap(), None);
        assert_eq!(flags("", "", "", "").select(None).unwrap(), None);
    }
}
