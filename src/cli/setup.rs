//! `setup`: what is written into the person's own files.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::config::SecureStore;

/// `setup`
#[derive(Debug, Args)]
#[command(
    arg_required_else_help = false,
    after_help = "\
Examples:
  aws-sso setup wizard                          answer a few questions, get a config.yaml
  aws-sso setup completions --install           let your shell load aws-sso when it starts
  aws-sso setup completions --uninstall         take that back
  aws-sso setup profiles                        let the AWS CLI and SDKs find your roles by --profile
  aws-sso setup store                           show who keeps the secrets, and who could
  aws-sso setup store secret-service            move them there"
)]
pub struct SetupArgs {
    /// What to set up.
    #[command(subcommand)]
    pub command: SetupCommand,
}

/// What can be set up.
#[derive(Debug, Subcommand)]
pub enum SetupCommand {
    /// Make config.yaml, or change it, by answering questions
    Wizard(WizardArgs),
    /// Load commands, completions and prompt when your shell starts
    Completions(CompletionsArgs),
    /// Write a profile for every role into ~/.aws/config
    Profiles(ProfilesArgs),
    /// Show who keeps the secrets, or have another one keep them
    Store(StoreArgs),
}

/// `setup store`
#[derive(Debug, Args)]
#[command(after_help = "\
Moves the session and all credentials of every SSO instance of the config to another secure store,
without a sign-in, then writes SecureStore into config.yaml: the change is shown first, and a
backup stays beside the file.

--new-password asks for the old password where it is not unlocked (or takes AWS_SSO_FILE_PASSWORD),
then for the new one, twice (or takes AWS_SSO_NEW_FILE_PASSWORD).

Examples:
  aws-sso setup store                           the stores of this system; * is in use
  aws-sso setup store pass                      keep the key in pass(1) from now on
  aws-sso setup store file --yes                back to a password, without a question
  aws-sso setup store --new-password            another password for the file store")]
pub struct StoreArgs {
    /// Secure store to move the secrets to
    #[arg(value_name = "STORE")]
    pub store: Option<SecureStore>,
    /// Give the file store another password
    #[arg(long)]
    pub new_password: bool,
    /// Do not ask before config.yaml is written
    #[arg(short, long)]
    pub yes: bool,
}

/// `setup completions`
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("action").required(true), after_help = "\
Writes one line between two markers into ~/.bashrc (macOS: ~/.bash_profile), ~/.zshrc, config.fish
or profile.ps1. Shows the change first, asks, and leaves a backup beside the file. Takes out what
the Go tool of the same name wrote there. --uninstall gives the file back as it was.

Examples:
  aws-sso setup completions --install                     for the shell that runs this
  aws-sso setup completions --install --shell fish --yes  for fish, without a question
  aws-sso setup completions --source                      show the lines, for dotfiles of your own
  aws-sso setup completions --uninstall")]
pub struct CompletionsArgs {
    /// Write the line that loads aws-sso into your shell's start-up file
    #[arg(short = 'I', long, group = "action")]
    pub install: bool,
    /// Take it out again
    #[arg(short = 'U', long, group = "action")]
    pub uninstall: bool,
    /// Print what --install would write
    #[arg(long, group = "action")]
    pub source: bool,
    /// bash, zsh, fish or powershell, instead of the shell that runs this
    #[arg(long, value_name = "SHELL")]
    pub shell: Option<String>,
    /// Start-up file to change, instead of the shell's own
    #[arg(long, value_name = "FILE")]
    pub shell_script: Option<PathBuf>,
    /// Do not ask
    #[arg(short, long, alias = "force")]
    pub yes: bool,
}

/// `setup profiles`
#[derive(Debug, Args)]
#[command(after_help = "\
Writes one block between two markers into ~/.aws/config, with a profile for every role of every SSO
instance of config.yaml, chained ones too. All else in the file stays as it is, byte for byte; what
was there before is kept in a backup beside it. Shows the change first and asks. Blocks that the Go
tool of the same name wrote for these instances are taken out.

Examples:
  aws-sso setup profiles                        show what would change, and ask
  aws-sso setup profiles --force                without a question, as in a script
  aws-sso setup profiles --diff                 show it, and leave it at that
  aws-sso setup profiles --print                the block, for dotfiles of your own
  aws-sso setup profiles --remove               take the block out again
  aws s3 ls --profile 123456789012:ReadOnly     use one

With 'AutoConfigCheck: true' in config.yaml the profiles follow whenever roles are fetched.")]
pub struct ProfilesArgs {
    /// Show how the file would change, and change nothing
    #[arg(long, conflicts_with_all = ["print", "force"])]
    pub diff: bool,
    /// Print the block, and change nothing
    #[arg(long, conflicts_with_all = ["force", "remove"])]
    pub print: bool,
    /// Do not ask
    #[arg(short = 'y', long, visible_alias = "yes")]
    pub force: bool,
    /// Take the block out again
    #[arg(long)]
    pub remove: bool,
    /// File to write, instead of ~/.aws/config [env: AWS_CONFIG_FILE]
    #[arg(long, value_name = "FILE")]
    pub aws_config: Option<PathBuf>,
    /// Fetch accounts and roles first
    #[arg(long, hide = true, conflicts_with = "remove")]
    pub no_cache: bool,
    /// Accepted for old command lines
    #[arg(long, hide = true, num_args = 0..=1)]
    pub open: Option<Option<String>>,
}

/// `setup wizard`
#[derive(Debug, Args)]
#[command(after_help = "\
Asks where your Identity Center is (start URLs that ~/.aws/config knows are offered), has AWS
confirm it, and asks for the names of your profiles, your secure store and your browser. Shows what
it would write into config.yaml, asks, and offers to sign in. With a config.yaml, it changes the
settings, or adds or changes an SSO instance; your comments stay, and what you leave as it is.

Ctrl-C and Esc leave at any question, with everything as it was.

Examples:
  aws-sso setup wizard                          the questions that everybody has to answer
  aws-sso setup wizard --advanced               all of them
  aws-sso setup wizard --config work.yaml       for another config file")]
pub struct WizardArgs {
    /// Ask for more than most people need
    #[arg(long)]
    pub advanced: bool,
}
