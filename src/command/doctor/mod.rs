//! `doctor`: what is wrong, and which command mends it. Looks at everything that a command needs, and changes
//! nothing: no file, no lock, no store.
//!
//! Each file has the checks of one subject, a function that answers [`Finding`]s.

mod config;
mod directories;
mod environment;
mod finding;
mod hook;
mod network;
mod path;
mod permissions;
mod profiles;
mod programs;
mod report;
mod session;
mod state;
mod store;

use std::path::PathBuf;

use crate::cli::DoctorArgs;
use crate::config::Config;
use crate::context::Context;
use crate::index::{Index, InstanceRow};
use crate::shell::{self, Shell};
use crate::{Error, Exit, Result, ui};

use finding::{Finding, Status};
use network::Network;

/// What the checks look at, found once.
struct Patient<'a> {
    context: &'a Context,
    /// The config, where there is one that can be used.
    config: Option<Config>,
    /// Where the state file is, or would be.
    state: Option<PathBuf>,
    /// The state file, where it can be read.
    index: Option<Index>,
    /// The instances of the config that the state file knows.
    rows: Vec<InstanceRow>,
    /// The shell that runs this.
    shell: Option<Shell>,
}

pub(super) fn run(args: &DoctorArgs, context: &Context) -> Result<()> {
    let level = context.globals.level.unwrap_or_default();
    ui::start_log(level, context.globals.lines, &context.env);
    let findings = examine(context);
    if args.json {
        ui::print_json(&serde_json::to_string_pretty(&findings).unwrap_or_default())?;
    } else {
        let colour = ui::wants_colour(&std::io::stdout(), &context.env);
        ui::print(&report::text(&findings, colour))?;
    }
    match findings.iter().any(|finding| finding.status == Status::Problem) {
        // The report has said it.
        true => Err(Error::new(Exit::Failed, "")),
        false => Ok(()),
    }
}

fn examine(context: &Context) -> Vec<Finding> {
    let (config, of_config) = config::look(context);
    // The slowest first: the others are done while it waits.
    let shell = shell::detect(&shell::parent_process_names(), context.env.get("SHELL"));
    let network = Network::start(context, config.as_ref(), shell);
    let (state, index, of_state) = state::look(context, config.as_ref());
    let rows = config.as_ref().zip(index.as_ref()).map(|(config, index)| index.instances_of(&config.path));
    let rows = rows.and_then(Result::ok).unwrap_or_default();
    let patient = Patient { context, config, state, index, rows, shell };
    let mut findings = of_config;
    findings.extend(of_state);
    findings.extend(store::look(&patient));
    findings.extend(session::look(&patient));
    findings.extend(permissions::look(&patient));
    findings.extend(directories::look(&patient));
    findings.extend(profiles::look(&patient));
    findings.extend(environment::look(&patient));
    findings.extend(hook::look(&patient));
    findings.extend(path::look(&patient));
    findings.extend(programs::look(&patient));
    findings.extend(network.wait(context));
    if let Some(config) = &context.globals.config {
        let flag = format!("aws-sso --config {} ", patient.quote(&config.to_string_lossy()));
        for command in findings.iter_mut().filter_map(|finding| finding.command.as_mut()) {
            if let Some(rest) = command.strip_prefix("aws-sso ") {
                *command = format!("{flag}{rest}");
            }
        }
    }
    findings
}

impl Patient<'_> {
    /// A word as the person's shell reads it.
    fn quote(&self, word: &str) -> String {
        self.shell.unwrap_or(Shell::Posix).quote(word)
    }

    /// The command that unsets variables in the person's shell.
    fn unset(&self, names: &[&str]) -> String {
        unset(self.shell, names)
    }

    /// A command that speaks of an instance.
    fn command(&self, command: &str, instance: &str) -> String {
        match &self.config {
            Some(config) => config.command(command, instance, self.context.env.get("AWS_SSO")),
            None => format!("aws-sso {command}"),
        }
    }

    fn row(&self, instance: &str) -> Option<&InstanceRow> {
        self.rows.iter().find(|row| row.name == instance)
    }
}

/// The command that unsets variables in a shell.
fn unset(shell: Option<Shell>, names: &[&str]) -> String {
    match shell {
        Some(Shell::Fish) => format!("set -e {}", names.join(" ")),
        Some(Shell::PowerShell) => {
            let names: Vec<String> = names.iter().map(|name| format!("Env:{name}")).collect();
            format!("Remove-Item {}", names.join(", "))
        }
        _ => format!("unset {}", names.join(" ")),
    }
}

/// Some names in a sentence: the first few, and how many more there are.
fn some_of(names: &[String]) -> String {
    const SHOWN: usize = 3;
    let shown = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
