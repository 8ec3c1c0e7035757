//! The domain types: what an account, a partition, a role and its ARN are, and which role a command
//! line means. No SQL, no AWS SDK, no terminal.

mod account_id;
mod arn;
mod color;
mod container;
mod credentials;
mod partition;
pub mod regions;
mod selection;

pub use account_id::{AccountId, AccountIdError};
pub use arn::{ArnError, RoleArn, RoleRef};
pub use color::TagColor;
pub use container::{Container, TagIcon};
pub use credentials::{ClientRegistration, RoleCredentials, StaticKeys, Token};
pub use partition::Partition;
pub use selection::{RoleFlags, Selection};

use std::collections::BTreeMap;

/// A role that a person may use, as the index keeps it: what AWS said, joined with what
/// `config.yaml` adds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Role {
    /// Name of the SSO instance in `config.yaml`.
    pub sso: String,
    /// `SSORegion` of the instance: where its Identity Center lives.
    pub sso_region: String,
    /// Start URL of the instance.
    pub start_url: String,
    /// The account that the role is in.
    pub account_id: AccountId,
    /// The name that AWS has for the account (sso:ListAccounts `accountName`). Called `AccountAlias`
    /// in templates and lists; it is not the IAM account alias.
    pub account_alias: String,
    /// `Name` of the account in `config.yaml`, empty without one.
    pub account_name: String,
    /// Root e-mail address of the account, empty for an account that AWS did not list.
    pub email: String,
    /// The permission set's name, or the IAM role's name for a role with `via`.
    pub role_name: String,
    /// ARN in IAM form, with the partition of the instance or of the chain.
    pub arn: RoleArn,
    /// Name of the profile: unique in its instance.
    pub profile: String,
    /// The region configured for the role: its own, its account's, its instance's or the top level's.
    pub region: Option<String>,
    /// The role to hold first (role chaining).
    pub via: Option<RoleArn>,
    /// Unix time in seconds when credentials in the vault end; none when there are none.
    pub expires_at: Option<i64>,
    /// Tags by key: automatic ones, the account's and the role's.
    pub tags: BTreeMap<String, String>,
}

/// An account as sso:ListAccounts names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedAccount {
    /// `accountId`
    pub id: AccountId,
    /// `accountName`
    pub name: String,
    /// `emailAddress`
    pub email: String,
}
