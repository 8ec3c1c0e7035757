//! `shell-init`: the script that puts the suite into a shell. Evaluated at every start of one, so it says
//! nothing on standard error, whatever is missing.

use crate::cli::ShellInitArgs;
use crate::context::Context;
use crate::shell::{self, Parts, Shell};
use crate::{Error, Result, ui};

use super::hook;

pub(super) fn run(args: &ShellInitArgs, context: &Context) -> Result<()> {
    let shell = Shell::from_name(&args.shell).ok_or_else(|| no_suite(&args.shell))?;
    let parts = Parts { prompt: !args.no_prompt, completion: !args.no_completion };
    let program = program()?;
    let script = shell::script(shell, &program, parts, &hook::known_state(shell, context));
    ui::print(&script.ok_or_else(|| no_suite(&args.shell))?)
}

fn no_suite(name: &str) -> Error {
    Error::usage(format!(
        "there is no aws-sso-use for the shell '{name}': name bash, zsh, fish or powershell; elsewhere use 'aws-sso eval'"
    ))
}

/// The path of this program for scripts that outlive it. What PATH leads to is preferred where it is this
/// program: its name stays when a package manager puts a new version beside the old one.
pub(super) fn program() -> Result<String> {
    let itself = std::env::current_exe()
        .map_err(|error| Error::failed(format!("could not find the path of aws-sso itself: {error}")))?;
    let same = |path: &std::path::PathBuf| path.canonicalize().ok() == itself.canonicalize().ok();
    let program = which::which("aws-sso").ok().filter(same).unwrap_or(itself);
    program.into_os_string().into_string().map_err(|path| {
        Error::failed(format!("the path of aws-sso is not UTF-8: move it from {}", path.to_string_lossy()))
    })
}
