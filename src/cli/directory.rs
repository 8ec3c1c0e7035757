//! `allow` and `deny`.

use std::path::PathBuf;

use clap::Args;

use super::RoleArgs;

/// `allow`
#[derive(Debug, Args)]
#[command(after_help = "\
A .aws-sso-role gives its directory, and what lies below it, a role: one line with a profile name or
an ARN, or a YAML mapping with account and role (or profile, or arn), and sso and region if need be.
It has no say before it is allowed, nor after it has changed.

Examples:
  aws-sso allow                             the nearest .aws-sso-role, from here upwards
  aws-sso allow ~/src/payments              the one of that directory
  aws-sso allow --init                      write one here for the role in use, and allow it
  aws-sso allow --init -p payments-dev      the same for another role
  aws-sso allow --list                      what was allowed and denied")]
pub struct AllowArgs {
    /// Directory, or the file itself
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
    /// Write the file first, for the role in use or the one that is named
    #[arg(long)]
    pub init: bool,
    /// The role for --init.
    #[command(flatten)]
    pub role: RoleArgs,
    /// Region for --init, in place of the one that is configured
    #[arg(long, value_name = "REGION", requires = "init")]
    pub region: Option<String>,
    /// Show what was allowed and denied: state, profile and path, a line each
    #[arg(short, long, conflicts_with_all = ["path", "init"])]
    pub list: bool,
}

/// `deny`
#[derive(Debug, Args)]
#[command(after_help = "\
Whatever is in the file, it has no say until 'aws-sso allow', and nothing is said about it.

Examples:
  aws-sso deny                              the nearest .aws-sso-role, from here upwards
  aws-sso deny ~/src/payments               the one of that directory")]
pub struct DenyArgs {
    /// Directory, or the file itself
    #[arg(value_name = "PATH")]
    pub path: Option<PathBuf>,
}
