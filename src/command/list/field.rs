//! The columns of a list.

use crate::config::suggest;
use crate::role::Role;
use crate::{Error, Result, ui};

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Id,
    AccountId,
    AccountIdPad,
    AccountAlias,
    AccountName,
    Arn,
    DefaultRegion,
    EmailAddress,
    Expires,
    ExpiresEpoch,
    Profile,
    RoleName,
    Sso,
    SsoRegion,
    StartUrl,
    Via,
}

/// Every column with its name and meaning, by name.
pub(super) const FIELDS: [(Field, &str, &str); 16] = [
    (Field::AccountAlias, "AccountAlias", "Account name in AWS"),
    (Field::AccountId, "AccountId", "Account id as a number"),
    (Field::AccountIdPad, "AccountIdPad", "Account id with 12 digits"),
    (Field::AccountName, "AccountName", "Account name in config.yaml"),
    (Field::Arn, "Arn", "ARN of the role"),
    (Field::DefaultRegion, "DefaultRegion", "Region configured for the role"),
    (Field::EmailAddress, "EmailAddress", "Root e-mail address of the account"),
    (Field::Expires, "Expires", "Time until the stored credentials end"),
    (Field::ExpiresEpoch, "ExpiresEpoch", "Unix time when the stored credentials end"),
    (Field::Id, "Id", "Number of the row"),
    (Field::Profile, "Profile", "Profile name"),
    (Field::RoleName, "RoleName", "Role name"),
    (Field::Sso, "SSO", "SSO instance in config.yaml"),
    (Field::SsoRegion, "SSORegion", "Region of the SSO instance"),
    (Field::StartUrl, "StartUrl", "Start URL of the SSO instance"),
    (Field::Via, "Via", "Role to hold first (role chaining)"),
];

/// Every column's name and meaning.
pub fn fields() -> impl Iterator<Item = (&'static str, &'static str)> {
    FIELDS.iter().map(|(_, name, meaning)| (*name, *meaning))
}

impl Field {
    pub fn parse(name: &str) -> Result<Self> {
        // Spellings of earlier versions.
        let name = match name {
            "ExpiresStr" => "Expires",
            "AccountIdStr" => "AccountIdPad",
            other => other,
        };
        let found = FIELDS.iter().find(|(_, known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(field, ..)| *field).ok_or_else(|| {
            let near = suggest(name, FIELDS.iter().map(|(_, known, _)| *known));
            let near = near.map(|near| format!("did you mean {near}? ")).unwrap_or_default();
            Error::usage(format!("there is no field '{name}': {near}'aws-sso list -f' shows all"))
        })
    }

    pub fn name(self) -> &'static str {
        FIELDS.iter().find(|(field, ..)| *field == self).map_or("", |(_, name, _)| name)
    }

    /// The value as it is compared with a prefix and shown. `row` counts from 1.
    pub fn text(self, role: &Role, row: usize, now: i64) -> String {
        match self {
            Self::Id => row.to_string(),
            Self::AccountId => role.account_id.number().to_string(),
            Self::AccountIdPad => role.account_id.to_string(),
            Self::AccountAlias => role.account_alias.clone(),
            Self::AccountName => role.account_name.clone(),
            Self::Arn => role.arn.to_string(),
            Self::DefaultRegion => role.region.clone().unwrap_or_default(),
            Self::EmailAddress => role.email.clone(),
            Self::Expires => role.expires_at.map(|at| ui::time_left(at, now)).unwrap_or_default(),
            Self::ExpiresEpoch => live(role, now).unwrap_or_default().to_string(),
            Self::Profile => role.profile.clone(),
            Self::RoleName => role.role_name.clone(),
            Self::Sso => role.sso.clone(),
            Self::SsoRegion => role.sso_region.clone(),
            Self::StartUrl => role.start_url.clone(),
            Self::Via => role.via.as_ref().map(ToString::to_string).unwrap_or_default(),
        }
    }

    pub fn is_time(self) -> bool {
        matches!(self, Self::Expires | Self::ExpiresEpoch)
    }
}

/// When the stored credentials of a role end, if they have not.
pub(super) fn live(role: &Role, now: i64) -> Option<i64> {
    role.expires_at.filter(|at| *at > now)
}
