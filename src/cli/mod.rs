//! Every command, flag and help text. Data only: what a command does is in [`command`](crate::command).

mod directory;
mod out;
mod roles;
mod setup;
mod suite;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::{LogLevel, UrlAction};
use crate::context::Globals;
use crate::role::{AccountId, RoleFlags};

pub use directory::{AllowArgs, DenyArgs};
pub use out::{ConsoleArgs, CredentialsArgs};
pub use roles::{ListArgs, TagsArgs};
pub use setup::{CompletionsArgs, ProfilesArgs, SetupArgs, SetupCommand, StoreArgs, WizardArgs};
pub use suite::{
    ClearCli, HookCall, HookCli, HookComplete, HookShell, HookSync, HookUse, HookWords, ShellInitArgs, UseCli,
};

const AFTER_HELP: &str = "\
Examples:
  aws-sso setup wizard                              make config.yaml, by answering questions
  aws-sso login                                     sign in, fetch the roles
  aws-sso                                           list them
  eval \"$(aws-sso shell-init bash)\"                 in ~/.bashrc: aws-sso-use, prompt, completion
  eval \"$(aws-sso eval -p PROFILE)\"                a role in this shell (bash, zsh)
  aws-sso exec -p PROFILE -- aws s3 ls              one command as a role

Exit status:
  0  done                       4  no such role, or an ambiguous one
  1  failed                     5  secure store locked or unreachable
  2  wrong usage              130  interrupted
  3  sign-in needed

'exec' answers with the status of the command it runs.";

const TIME_EXAMPLES: &str = "\
Examples:
  aws-sso time                  52m, or Expired; nothing where no role is loaded
  [ \"$(aws-sso time)\" != Expired ] || eval \"$(aws-sso eval --refresh)\"";

/// The right AWS credentials in the right shell, from AWS IAM Identity Center.
#[derive(Debug, Parser)]
#[command(name = "aws-sso", version, propagate_version = true, max_term_width = 100, after_help = AFTER_HELP)]
pub struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// The command; none lists the roles.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Flags that may stand before or after the command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// SSO instance of config.yaml to use [env: AWS_SSO]
    #[arg(short = 'S', long, global = true, value_name = "NAME")]
    pub sso: Option<String>,
    /// Config file [env: AWS_SSO_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Program that opens URLs [env: AWS_SSO_BROWSER]
    #[arg(short, long, global = true, value_name = "PATH")]
    pub browser: Option<String>,
    /// What happens to a URL: open, clip, ansi-osc52, print, printurl, exec, granted-containers, open-url-in-container
    #[arg(short, long, global = true, value_name = "ACTION")]
    pub url_action: Option<UrlAction>,
    /// How much to log: error, warn, info, debug, trace
    #[arg(short = 'L', long, global = true, value_name = "LEVEL")]
    pub level: Option<LogLevel>,
    /// Log where in the source each message comes from
    #[arg(long, global = true)]
    pub lines: bool,
    /// Ask nothing, whatever the terminal
    #[arg(long, global = true)]
    pub no_input: bool,
    /// Portal calls in flight at most
    #[arg(long, global = true, value_name = "N", hide = true, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub threads: Option<u16>,
    /// Fetch credentials anew though the stored ones are valid
    #[arg(long, global = true, hide = true)]
    pub sts_refresh: bool,
    /// Leave ~/.aws/config alone, whatever AutoConfigCheck says
    #[arg(long, global = true, hide = true)]
    pub no_config_check: bool,
}

impl From<&GlobalArgs> for Globals {
    fn from(args: &GlobalArgs) -> Self {
        Self {
            sso: args.sso.clone(),
            config: args.config.clone(),
            browser: args.browser.clone(),
            url_action: args.url_action,
            level: args.level,
            lines: args.lines,
            threads: args.threads.map(usize::from),
            sts_refresh: args.sts_refresh,
            no_input: args.no_input,
            no_config_check: args.no_config_check,
        }
    }
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Sign in to IAM Identity Center
    Login(LoginArgs),
    /// End the session and forget its secrets
    Logout(LogoutArgs),
    /// Fetch accounts and roles anew
    Cache(CacheArgs),
    /// List the roles (the default command)
    List(ListArgs),
    /// Print the tags of roles
    Tags(TagsArgs),
    /// Print the variables of a role for your shell
    Eval(EvalArgs),
    /// Run a command as a role
    Exec(ExecArgs),
    /// Answer an AWS SDK's credential_process
    Process(ProcessArgs),
    /// Open the AWS console as a role
    Console(ConsoleArgs),
    /// Write the credentials of roles into a file, in clear text
    Credentials(CredentialsArgs),
    /// Print how long the credentials in this shell last
    #[command(after_help = TIME_EXAMPLES)]
    Time,
    /// Print the script that puts aws-sso-use, the prompt and completion into your shell
    ShellInit(ShellInitArgs),
    /// Let a .aws-sso-role choose the role of its directory
    Allow(AllowArgs),
    /// Do not let a .aws-sso-role choose
    Deny(DenyArgs),
    /// Explain this shell: its role, credentials, region and session
    Status(StatusArgs),
    /// Find what is wrong, and say what mends it
    Doctor(DoctorArgs),
    /// Forget cached role credentials
    Flush(FlushArgs),
    /// Set up the config, your shell and the secure store
    Setup(SetupArgs),
    /// The same as 'setup completions', for old command lines
    #[command(hide = true)]
    Completions(CompletionsArgs),
    /// The same as 'setup profiles', for old command lines
    #[command(hide = true)]
    ConfigProfiles(ProfilesArgs),
    /// The same as 'setup wizard', for old command lines
    #[command(hide = true)]
    Config(WizardArgs),
    /// Print the version
    Version(VersionArgs),
}

/// The commands that SDKs and shells call again and again, laid out by themselves: to lay out all of them would take
/// longer than what these do. Whatever is no plain call of one of them is for [`Cli`] to read.
#[derive(Debug, Parser)]
#[command(name = "aws-sso", disable_help_flag = true)]
pub struct FrequentCli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    command: FrequentCommand,
}

#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
enum FrequentCommand {
    Process(ProcessArgs),
    Eval(EvalArgs),
    Status(StatusArgs),
    Time,
}

impl FrequentCli {
    /// The words that one of its commands stands behind.
    pub const COMMANDS: [&str; 4] = ["process", "eval", "status", "time"];
}

impl From<FrequentCli> for Cli {
    fn from(FrequentCli { global, command }: FrequentCli) -> Self {
        let command = match command {
            FrequentCommand::Process(args) => Command::Process(args),
            FrequentCommand::Eval(args) => Command::Eval(args),
            FrequentCommand::Status(args) => Command::Status(args),
            FrequentCommand::Time => Command::Time,
        };
        Self { global, command: Some(command) }
    }
}

/// Which role.
#[derive(Debug, Args, Default, Clone)]
pub struct RoleArgs {
    /// Profile name, as 'aws-sso list' shows it
    #[arg(help_heading = "Role", short, long, value_name = "PROFILE", allow_hyphen_values = true, conflicts_with_all = ["arn", "account", "role"])]
    pub profile: Option<String>,
    /// Role ARN, or ACCOUNT:ROLE
    #[arg(help_heading = "Role", short, long, value_name = "ARN", conflicts_with_all = ["account", "role"])]
    pub arn: Option<String>,
    /// Account id, together with --role
    #[arg(help_heading = "Role", short = 'A', long, value_name = "ID")]
    pub account: Option<AccountId>,
    /// Role name, together with --account
    #[arg(help_heading = "Role", short = 'R', long, value_name = "NAME")]
    pub role: Option<String>,
}

impl From<&RoleArgs> for RoleFlags {
    fn from(args: &RoleArgs) -> Self {
        Self { profile: args.profile.clone(), arn: args.arn.clone(), account: args.account, role: args.role.clone() }
    }
}

/// `login`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  aws-sso login                 sign in where there is no session yet
  aws-sso login --force         end the session and sign in anew
  aws-sso login -u print        show the URL, for a browser elsewhere")]
pub struct LoginArgs {
    /// Sign in anew though there is a session
    #[arg(short, long)]
    pub force: bool,
    /// Do not fetch accounts and roles afterwards
    #[arg(long)]
    pub no_refresh: bool,
}

/// `logout`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  aws-sso logout                end the session of the default SSO instance
  aws-sso logout -S Work        end that of another one
  aws-sso logout --all          end them all")]
pub struct LogoutArgs {
    /// All SSO instances of the config file
    #[arg(long)]
    pub all: bool,
}

/// `cache`
#[derive(Debug, Args)]
#[command(after_help = "\
Prints one line for each role that came (+ ARN) or went (- ARN) on standard output.

Examples:
  aws-sso cache                 fetch accounts and roles, show what changed
  aws-sso cache --silent        the same in a cron job")]
pub struct CacheArgs {
    /// Print nothing but errors
    #[arg(long)]
    pub silent: bool,
}

/// `eval`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  eval \"$(aws-sso eval -p payments-dev)\"       bash, zsh
  aws-sso eval -p payments-dev | source        fish
  aws-sso eval -p payments-dev | Out-String | Invoke-Expression
  eval \"$(aws-sso eval --clear)\"               take it all back
  aws-sso eval -p payments-dev --format dotenv > .env")]
pub struct EvalArgs {
    /// The role to load.
    #[command(flatten)]
    pub role: RoleArgs,
    /// Unset what a role has set, and only that
    #[arg(short, long, conflicts_with_all = ["profile", "arn", "account", "role", "refresh"])]
    pub clear: bool,
    /// Fetch new credentials for the role in this shell (AWS_SSO_ROLE_ARN)
    #[arg(short, long, conflicts_with_all = ["profile", "arn", "account", "role"])]
    pub refresh: bool,
    /// What the command line says about the region.
    #[command(flatten)]
    pub region: RegionArgs,
    /// How to write the variables
    #[arg(long, value_enum, default_value_t = Format::Shell)]
    pub format: Format,
    /// Shell to write for, instead of the one that runs this
    #[arg(long, value_name = "SHELL")]
    pub shell: Option<String>,
}

/// The region flags of `eval` and `exec`.
#[derive(Debug, Args, Default)]
pub struct RegionArgs {
    /// Leave the region as it is
    #[arg(short, long)]
    pub no_region: bool,
    /// Set the region of the role though you set another one
    #[arg(short = 'O', long, conflicts_with = "no_region")]
    pub overwrite_region: bool,
}

/// How `eval` writes variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Statements for the shell
    Shell,
    /// NAME=VALUE lines, as env(1) prints them
    Env,
    /// One object; null stands for a variable to unset
    Json,
    /// A .env file
    Dotenv,
}

/// `exec`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  aws-sso exec -p payments-dev -- aws s3 ls
  aws-sso exec -A 123456789012 -R ReadOnly        a shell as this role
  aws-sso exec -- terraform plan                  as a role that you choose

Without role flags, AWS_SSO_ROLE_ARN or AWS_SSO_ACCOUNT_ID and AWS_SSO_ROLE_NAME name the role; where they do
not either, or with -A or -R alone, you choose one on the terminal.")]
pub struct ExecArgs {
    /// The role to run as.
    #[command(flatten)]
    pub role: RoleArgs,
    /// The role of the working directory (.aws-sso-role)
    #[arg(help_heading = "Role", long, conflicts_with_all = ["profile", "arn", "account", "role"])]
    pub here: bool,
    /// Leave the region as it is
    #[arg(short, long)]
    pub no_region: bool,
    /// Replace other AWS credentials and the region in the environment
    #[arg(short = 'O', long, alias = "overwrite-region", conflicts_with = "no_region")]
    pub overwrite_env: bool,
    /// The command and its arguments; none starts your shell
    #[arg(value_name = "COMMAND", trailing_var_arg = true)]
    pub command: Vec<std::ffi::OsString>,
}

/// `process`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  aws-sso process -p payments-dev

In ~/.aws/config:
  [profile payments-dev]
  credential_process = aws-sso process --profile payments-dev

Never asks and never opens a browser: without a session it ends with status 3.")]
pub struct ProcessArgs {
    /// The role to answer for.
    #[command(flatten)]
    pub role: RoleArgs,
    /// The role of the working directory (.aws-sso-role)
    #[arg(help_heading = "Role", long, conflicts_with_all = ["profile", "arn", "account", "role"])]
    pub here: bool,
    /// Accepted for old profiles
    #[arg(long, hide = true)]
    pub open: Option<String>,
}

/// `status`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  aws-sso status                what a person wants to know
  aws-sso status --json | jq -r .arn")]
pub struct StatusArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `doctor`
#[derive(Debug, Args)]
#[command(after_help = "\
Looks at config, state file, secure store, sessions, clock, the way to AWS, the hook of your shell,
PATH, AWS profiles, environment, permissions, role files and programs. Changes nothing, unlocks
nothing and signs nobody in. Ends with status 1 where something is wrong.

Examples:
  aws-sso doctor                what is wrong first, with the command that mends it
  aws-sso doctor --json | jq -r '.[] | select(.status == \"problem\") | .command'")]
pub struct DoctorArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// `flush`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  aws-sso flush                 the next use of a role fetches new credentials
  aws-sso flush -t all          the same as 'aws-sso logout'")]
pub struct FlushArgs {
    /// What to forget: sts (role credentials), sso (the session), all
    #[arg(short = 't', long = "type", value_name = "WHAT", default_value = "sts", value_parser = ["sts", "sso", "all"])]
    pub what: String,
}

/// `version`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  aws-sso version
  aws-sso version --json | jq -r .version")]
pub struct VersionArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}
