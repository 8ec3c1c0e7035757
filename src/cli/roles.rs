//! What shows the roles: `list` and `tags`.

use clap::Args;

use crate::role::AccountId;

/// `list`
#[derive(Debug, Args, Default)]
#[command(after_help = "\
Examples:
  aws-sso list                                the columns of ListFields
  aws-sso list Profile Arn Expires            these columns
  aws-sso list --tree                         the roles of each account below it
  aws-sso list --prefix RoleName=Admin        roles whose name starts with Admin
  aws-sso list --json | jq -r '.[].profile'

On a terminal a column that is too wide ends with '…', and colours are those of the Color tag and of the time that is left.")]
pub struct ListArgs {
    /// Columns to show [env: AWS_SSO_FIELDS]
    #[arg(value_name = "FIELD")]
    pub fields: Vec<String>,
    /// Show which fields there are
    #[arg(short = 'f', long, conflicts_with_all = ["csv", "json", "tree", "fields"])]
    pub list_fields: bool,
    /// Print CSV (RFC 4180) with a header
    #[arg(long, conflicts_with_all = ["json", "tree"])]
    pub csv: bool,
    /// Print JSON with all fields and tags
    #[arg(long, conflicts_with_all = ["fields", "tree"])]
    pub json: bool,
    /// Show each account with its roles below it
    #[arg(long, conflicts_with = "fields")]
    pub tree: bool,
    /// Only roles whose FIELD starts with PREFIX, in any case
    #[arg(short = 'P', long, value_name = "FIELD=PREFIX", alias = "profile-prefix")]
    pub prefix: Option<String>,
    /// Field to sort by [env: AWS_SSO_FIELD_SORT] [default: AccountId]
    #[arg(short, long, value_name = "FIELD")]
    pub sort: Option<String>,
    /// Sort the other way round [env: AWS_SSO_FIELD_SORT_REVERSE]
    #[arg(long)]
    pub reverse: bool,
    /// Fetch accounts and roles first
    #[arg(long, hide = true)]
    pub no_cache: bool,
}

/// `tags`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  aws-sso tags                                all roles
  aws-sso tags -A 123456789012 -R ReadOnly    one of them
  aws-sso tags Team=payments Stage=           roles of that team that have a Stage
  aws-sso tags --json | jq -r '.[] | select(.tags.Stage == \"prod\") | .arn'

Of several filters all must fit. Where no role fits them the status is 4.")]
pub struct TagsArgs {
    /// Only roles with this tag, whole and in any case; without a VALUE, with any value
    #[arg(value_name = "KEY=VALUE")]
    pub tags: Vec<String>,
    /// Only the role with this profile name
    #[arg(
        help_heading = "Role",
        short,
        long,
        value_name = "PROFILE",
        allow_hyphen_values = true,
        conflicts_with = "arn"
    )]
    pub profile: Option<String>,
    /// Only the role with this ARN, or ACCOUNT:ROLE
    #[arg(help_heading = "Role", short, long, value_name = "ARN")]
    pub arn: Option<String>,
    /// Only roles of this account
    #[arg(help_heading = "Role", short = 'A', long, value_name = "ID")]
    pub account: Option<AccountId>,
    /// Only roles of this name
    #[arg(help_heading = "Role", short = 'R', long, value_name = "NAME")]
    pub role: Option<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Fetch accounts and roles first
    #[arg(long, hide = true)]
    pub force_update: bool,
}
