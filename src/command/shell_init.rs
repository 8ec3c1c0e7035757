//! `shell-init`: the script that puts the suite into a shell. Evaluated at every start of one, so it says
//! nothing on standard error, whatever is missing.

use crate::cli::ShellInitArgs;
use crate::context::Context;
use crate::shell::{self, Parts, Shell};
use crate::{Error, Result, ui};

use super::hook;
use super::program::running_program;

pub(super) fn run(args: &ShellInitArgs, context: &Context) -> Result<()> {
    let shell = Shell::from_name(&args.shell).ok_or_else(|| no_suite(&args.shell))?;
    let parts = Parts { prompt: !args.no_prompt, completion: !args.no_completion, directories: !args.no_directory };
    let program = running_program(context)?;
    let script = shell::script(shell, &program, parts, &hook::known_state(shell, context));
    ui::print(&script.ok_or_else(|| no_suite(&args.shell))?)
}

fn no_suite(name: &str) -> Error {
    Error::usage(format!(
        "there is no aws-sso-use for the shell '{name}': name bash, zsh, fish or powershell; elsewhere use 'aws-sso eval'"
    ))
}
