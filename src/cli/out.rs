//! What takes a role out of the shell: into the browser, or into a file of credentials.

use std::path::PathBuf;

use clap::Args;

use super::RoleArgs;

/// `console`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  aws-sso console                             the console as the role of this shell
  aws-sso console -p payments-dev             as another one
  aws-sso console --prompt                    as one that you choose
  aws-sso console -p payments-dev --destination s3
  aws-sso console -p payments-dev --destination 'cloudwatch/home#logsV2:log-groups' -r eu-west-1
  aws-sso console -u clip                     the URL into the clipboard; it is good for 15 minutes

Without role flags it is the role of this shell (AWS_SSO_ROLE_ARN), else whose keys are in the environment, else
the profile in AWS_PROFILE; else you choose one. The URL signs in whoever opens it.")]
pub struct ConsoleArgs {
    /// The role to open it as.
    #[command(flatten)]
    pub role: RoleArgs,
    /// The role of the working directory (.aws-sso-role)
    #[arg(help_heading = "Role", long, conflicts_with_all = ["profile", "arn", "account", "role", "prompt"])]
    pub here: bool,
    /// Choose the role on the terminal, whatever this shell has
    #[arg(help_heading = "Role", short = 'P', long, conflicts_with_all = ["profile", "arn"])]
    pub prompt: bool,
    /// How long the session lasts: 15 to 720 minutes [default: ConsoleDuration of config.yaml, 60]
    #[arg(short, long, value_name = "MINUTES", value_parser = clap::value_parser!(u16).range(15..=720))]
    pub duration: Option<u16>,
    /// Region of the console, else the one that you set in this shell, else that of the role
    #[arg(short, long, value_name = "REGION")]
    pub region: Option<String>,
    /// Page to open: a service (s3), the path of a page, or its address
    #[arg(long, value_name = "PAGE")]
    pub destination: Option<String>,
}

/// `credentials`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  aws-sso credentials -p payments-dev                         print them
  aws-sso credentials -p payments-dev -p audit --file ~/keys  a file of its own, for you alone
  aws-sso credentials -p payments-dev -f ~/.aws/credentials --append

This is for programs that can do nothing else: the keys are in clear text, and end within hours. What reads
~/.aws/config gets them unasked and never stored: see 'aws-sso setup profiles'.")]
pub struct CredentialsArgs {
    /// Profile names, as 'aws-sso list' shows them; several with commas, or with several -p
    #[arg(
        short,
        long = "profile",
        alias = "profiles",
        value_name = "PROFILE",
        required = true,
        allow_hyphen_values = true
    )]
    pub profile: Vec<String>,
    /// File to write, instead of standard output [env: AWS_SHARED_CREDENTIALS_FILE]
    #[arg(short, long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Keep what else is in the file
    #[arg(short, long)]
    pub append: bool,
}
