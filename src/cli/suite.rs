//! The suite of a shell: `shell-init`, the functions that it defines, and what they ask the program.

use clap::{Args, Parser, Subcommand};

use crate::role::AccountId;

use super::{GlobalArgs, RegionArgs};

/// `shell-init`
#[derive(Debug, Args)]
#[command(after_help = "\
One line in the file that your shell reads when it starts, as the last one.

Examples:
  ~/.bashrc                     eval \"$(aws-sso shell-init bash)\"
  ~/.zshrc                      eval \"$(aws-sso shell-init zsh)\"
  ~/.config/fish/config.fish    aws-sso shell-init fish | source
  $PROFILE (PowerShell)         aws-sso shell-init powershell | Out-String | Invoke-Expression

Then, in a new shell:
  aws-sso-use payments-dev      take a role; TAB completes its name
  aws-sso-use -                 go back to the one before
  aws-sso-clear                 leave it")]
pub struct ShellInitArgs {
    /// The shell: bash, zsh, fish or powershell
    #[arg(value_name = "SHELL")]
    pub shell: String,
    /// Leave the prompt alone; AWS_SSO_SEGMENT is kept all the same
    #[arg(long)]
    pub no_prompt: bool,
    /// Leave completion alone
    #[arg(long)]
    pub no_completion: bool,
    /// Do not follow .aws-sso-role files
    #[arg(long)]
    pub no_directory: bool,
}

/// `aws-sso-use`, the function of the shell.
#[derive(Debug, Parser)]
#[command(
    name = "aws-sso-use",
    about = "Take an AWS role in this shell",
    disable_version_flag = true,
    args_override_self = true,
    max_term_width = 100,
    after_help = "\
Examples:
  aws-sso-use                           choose one: those used lately come first
  aws-sso-use payments-dev:ReadOnly     the role with this profile name
  aws-sso-use pay dev read              the one role that fits these words
  aws-sso-use Env=prod Team=payments    by tags
  aws-sso-use -A 123456789012 -R Admin  by account and role name
  aws-sso-use -S Other prod             in another SSO instance
  aws-sso-use -                         the role before this one
  aws-sso-clear                         no role

A word fits the profile name, the account's name, id or e-mail address, the role's name or the value of a tag.
Where more than one role fits you choose among them; with --no-input, or without a terminal, that is an error
which lists them."
)]
pub struct UseCli {
    /// Flags of every command.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// Profile name, or words and Key=value that one role fits; '-' for the role before
    #[arg(value_name = "QUERY")]
    pub query: Vec<String>,
    /// Profile name
    #[arg(help_heading = "Role", short, long, value_name = "PROFILE", allow_hyphen_values = true, conflicts_with_all = ["query", "arn"])]
    pub profile: Option<String>,
    /// Role ARN, or ACCOUNT:ROLE
    #[arg(help_heading = "Role", short, long, value_name = "ARN", conflicts_with_all = ["query", "account", "role"])]
    pub arn: Option<String>,
    /// Only roles of this account
    #[arg(help_heading = "Role", short = 'A', long, value_name = "ID")]
    pub account: Option<AccountId>,
    /// Only roles of this name
    #[arg(help_heading = "Role", short = 'R', long, value_name = "NAME")]
    pub role: Option<String>,
    /// Give the shell back to its directory: the role that was taken by hand goes
    #[arg(long, conflicts_with_all = ["query", "profile", "arn", "account", "role"])]
    pub auto: bool,
    /// Set AWS_PROFILE in place of keys (UseWith: profile)
    #[arg(long, conflicts_with = "as_keys")]
    pub as_profile: bool,
    /// Set keys in place of AWS_PROFILE (UseWith: keys)
    #[arg(long)]
    pub as_keys: bool,
    /// What the command line says about the region.
    #[command(flatten)]
    pub region: RegionArgs,
    /// Replace credentials in this shell that are not of aws-sso
    #[arg(long)]
    pub overwrite_env: bool,
}

/// `aws-sso-clear`, the function of the shell.
#[derive(Debug, Parser)]
#[command(
    name = "aws-sso-clear",
    about = "Leave the AWS role of this shell: unset what it has set, and only that",
    disable_version_flag = true,
    args_override_self = true,
    max_term_width = 100
)]
pub struct ClearCli {
    /// Flags of every command.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// Leave the region as it is
    #[arg(short, long)]
    pub no_region: bool,
}

/// `aws-sso hook`: what the scripts of `shell-init` call. Apart from the other commands, so that a TAB does
/// not wait until all of them are laid out.
#[derive(Debug, Parser)]
#[command(name = "aws-sso hook")]
pub struct HookCli {
    /// The shell that evaluates the answer.
    pub shell: String,
    /// What it asks.
    #[command(subcommand)]
    pub call: HookCall,
}

/// What a shell's script asks.
#[derive(Debug, Subcommand)]
pub enum HookCall {
    /// `aws-sso-use`
    Use(HookUse),
    /// `aws-sso-clear`
    Clear(HookWords),
    /// The directory, or the role in the environment, is another one than the script knows
    Sync(HookSync),
    /// The credentials in the environment end soon, or are still to come
    Renew(HookShell),
    /// TAB
    Complete(HookComplete),
}

/// What the script of a shell hands over at every call.
#[derive(Debug, Args)]
pub struct HookShell {
    /// `__aws_sso_memory`: what the last answer left there.
    #[arg(long)]
    pub memory: Option<String>,
    /// `__aws_sso_directories`: empty where role files are not looked at.
    #[arg(long)]
    pub directories: Option<String>,
}

impl HookShell {
    /// Whether role files are looked at.
    pub fn directories(&self) -> bool {
        self.directories.as_deref() != Some("")
    }
}

/// `sync`
#[derive(Debug, Args)]
pub struct HookSync {
    /// The shell.
    #[command(flatten)]
    pub shell: HookShell,
    /// The shell is starting: nothing is said yet.
    #[arg(long)]
    pub start: bool,
}

/// A function of the shell, as it was called.
#[derive(Debug, Args)]
pub struct HookWords {
    /// The shell.
    #[command(flatten)]
    pub shell: HookShell,
    /// `AWS_SSO_HELPER_ARGS`: arguments to put in front.
    #[arg(long)]
    pub helper_args: Option<String>,
    /// The words after `--`
    #[arg(last = true)]
    pub words: Vec<std::ffi::OsString>,
}

/// `aws-sso-use`, as it was called.
#[derive(Debug, Args)]
pub struct HookUse {
    /// The call.
    #[command(flatten)]
    pub call: HookWords,
    /// Record nothing of it.
    #[arg(long)]
    pub private: bool,
}

/// A command line to complete.
#[derive(Debug, Args)]
pub struct HookComplete {
    /// bash: the line up to the cursor.
    #[arg(long, allow_hyphen_values = true)]
    pub line: Option<String>,
    /// bash: `COMP_WORDBREAKS`.
    #[arg(long, allow_hyphen_values = true, default_value = "")]
    pub breaks: String,
    /// bash: `COMP_TYPE`.
    #[arg(long = "type", default_value_t = 9)]
    pub kind: u8,
    /// Other shells: the words up to the cursor, as the command would see them.
    #[arg(last = true)]
    pub words: Vec<std::ffi::OsString>,
}
