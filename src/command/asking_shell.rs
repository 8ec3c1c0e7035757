//! The shell that a command writes for.

use crate::context::Context;
use crate::shell::{self, Shell};
use crate::{Error, Result};

/// The shell that was named, else the one that runs us; `known` are those that the command writes for.
pub(super) fn asking_shell(named: Option<&str>, known: &[Shell], context: &Context) -> Result<Shell> {
    let choice = known.iter().map(|shell| shell.name()).collect::<Vec<_>>().join(", ");
    if let Some(name) = named {
        let shell = Shell::from_name(name).filter(|shell| known.contains(shell));
        return shell
            .ok_or_else(|| Error::usage(format!("'{name}' is no shell that aws-sso writes for: use one of {choice}")));
    }
    match shell::detect(&shell::parent_process_names(), context.env.get("SHELL")) {
        Some(shell) if known.contains(&shell) => Ok(shell),
        Some(shell) => Err(Error::usage(format!(
            "{} runs aws-sso, and this is not for it: name another shell with --shell ({choice})",
            shell.name()
        ))),
        None => {
            Err(Error::usage(format!("the shell that runs aws-sso could not be told: name it with --shell ({choice})")))
        }
    }
}
