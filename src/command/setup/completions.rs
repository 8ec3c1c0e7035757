//! `setup completions`: the line in a shell's start-up file that loads the hook.

use crate::cli::CompletionsArgs;
use crate::command::asking_shell::asking_shell;
use crate::command::aws_profiles::GO_TOOL;
use crate::command::{find_path, surrounded};
use crate::config::discover::expand_tilde;
use crate::context::Context;
use crate::shell::{self, Shell, System};
use crate::user_file::UserFile;
use crate::user_file::block::{self, Markers};
use crate::{Error, Result, ui};

use super::shown;
use crate::command::program::running_program;

const OURS: Markers<'_> = Markers { begin: "# >>> aws-sso >>>", end: "# <<< aws-sso <<<" };

/// How one file changes.
struct Change {
    file: UserFile,
    new: Option<Vec<u8>>,
    /// What is ours goes into it or out of it.
    ours: bool,
    /// The Go tool's block goes out of it.
    go_tool: bool,
}

pub(in crate::command) fn run(args: &CompletionsArgs, context: &Context) -> Result<()> {
    let shell = asking_shell(args.shell.as_deref(), &shell::WITH_HOOK, context)?;
    if args.source {
        let line = shell::hook_line(shell, &running_program(context)?)?;
        return ui::print(&block::render(OURS, &line));
    }
    let path = find_path(context, |around| match &args.shell_script {
        Some(path) => expand_tilde(path, around),
        None => shell::rc_file(shell, System::here(), around),
    })?;
    let file = UserFile::read(&path).map_err(|error| way_out(&error, true))?;
    let (changes, unchanged) = match args.install {
        true => (installation(shell, file, context)?, "already installed in"),
        false => (removal(file)?.into_iter().collect(), "not installed in"),
    };
    if !changes.iter().any(|change| change.ours) {
        ui::tell(&format!("{unchanged} {}", shown(&path, context)));
    }
    if changes.is_empty() {
        return Ok(());
    }
    if !agreed(args, &changes, context)? {
        ui::tell("nothing was changed");
        return Ok(());
    }
    apply(args, shell, &changes, context)
}

/// Our block in `file`, and the Go tool's nowhere.
fn installation(shell: Shell, file: UserFile, context: &Context) -> Result<Vec<Change>> {
    let line = shell::hook_line(shell, &running_program(context)?)?;
    let damaged = |damage| file.damaged(damage);
    let stripped = file.content().map(|text| block::strip(text, GO_TOOL)).transpose().map_err(damaged)?;
    let new = block::install(stripped.as_deref(), OURS, &line).map_err(damaged)?;
    let go_tool = stripped.as_deref() != file.content();
    let ours = stripped.as_ref() != Some(&new);
    let mut seen = vec![file.target().to_path_buf()];
    let mut changes = vec![Change { file, new: Some(new), ours, go_tool }];
    changes.retain(|change| change.ours || change.go_tool);
    for path in surrounded(context, |around| shell::go_tool_files(shell, around)) {
        // What is no file holds no block.
        if !path.is_file() {
            continue;
        }
        let file = UserFile::read(&path).map_err(|error| way_out(&error, false))?;
        let Some(text) = file.content().filter(|_| !seen.iter().any(|target| target == file.target())) else {
            continue;
        };
        let rest = block::strip(text, GO_TOOL).map_err(|damage| file.damaged(damage))?;
        if rest == text {
            continue;
        }
        // fish's files were made for the block, those of the other shells are the person's.
        let new = Some(rest).filter(|rest| shell != Shell::Fish || !rest.trim_ascii().is_empty());
        seen.push(file.target().to_path_buf());
        changes.push(Change { file, new, ours: false, go_tool: true });
    }
    Ok(changes)
}

/// The file as it was before our block came into it; none if it is.
fn removal(file: UserFile) -> Result<Option<Change>> {
    let Some(text) = file.content() else { return Ok(None) };
    let new = block::uninstall(text, OURS).map_err(|damage| file.damaged(damage))?;
    let changed = new.as_deref() != Some(text);
    Ok(changed.then_some(Change { file, new, ours: true, go_tool: false }))
}

/// Shows the changes to whoever is at the terminal, and asks.
fn agreed(args: &CompletionsArgs, changes: &[Change], context: &Context) -> Result<bool> {
    let names: Vec<String> = changes.iter().map(|change| shown(change.file.path(), context)).collect();
    if context.interactive {
        for (change, name) in changes.iter().zip(&names) {
            if change.go_tool {
                ui::tell(&format!("{name} holds the block of the Go tool, which this takes out:"));
            }
            ui::show_diff(name, change.file.content(), change.new.as_deref(), &context.env);
        }
    }
    if args.yes {
        return Ok(true);
    }
    if !context.interactive {
        return Err(Error::usage(format!(
            "nobody can be asked whether to write {}: add --yes to do it without a question",
            names.join(", ")
        )));
    }
    ui::confirm(&match changes {
        [Change { new: None, .. }] => format!("Remove {}?", names[0]),
        [_] => format!("Write this to {}?", names[0]),
        _ => format!("Make these changes to {}?", names.join(", ")),
    })
}

/// Makes the changes: none is made before all are known to be possible.
fn apply(args: &CompletionsArgs, shell: Shell, changes: &[Change], context: &Context) -> Result<()> {
    let mut staged = Vec::with_capacity(changes.len());
    for Change { file, new, ours, .. } in changes {
        // What goes with our block was made for it and holds nothing else.
        let with_backup = new.is_some() || !ours;
        staged.push(file.stage(new.as_deref(), with_backup).map_err(|error| way_out(&error, *ours))?);
    }
    for (change, staged) in changes.iter().zip(staged) {
        let backup = staged.commit()?;
        let name = shown(change.file.path(), context);
        let backup = backup.map(|path| format!(" (backup: {})", shown(&path, context))).unwrap_or_default();
        let done = match (change.ours, args.install) {
            (true, true) if change.go_tool => format!("installed in {name}, and took the Go tool's block out{backup}"),
            (true, true) => format!("installed in {name}{backup}"),
            (true, false) if change.new.is_none() => format!("removed {name}, which held nothing else{backup}"),
            (true, false) => format!("removed from {name}{backup}"),
            (false, _) if change.new.is_none() => format!("removed {name} of the Go tool{backup}"),
            (false, _) => format!("took the Go tool's block out of {name}{backup}"),
        };
        ui::tell(&if change.ours { format!("{done}: {}", next(shell)) } else { done });
    }
    Ok(())
}

/// What to do for a shell to notice.
fn next(shell: Shell) -> String {
    match shell {
        Shell::PowerShell => "now open a new PowerShell".to_owned(),
        _ => format!("now type 'exec {}'", shell.name()),
    }
}

/// What to do when a file cannot be used: for ours there is another choice.
fn way_out(error: &Error, ours: bool) -> Error {
    let next = if ours { "or name another file with --shell-script" } else { "then run this again" };
    Error::new(error.exit(), format!("{}; mend that, {next}", error.message()))
}
