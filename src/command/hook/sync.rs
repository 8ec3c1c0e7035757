//! The shell stands elsewhere, the role file there has changed, or the role in the environment is not the
//! one that the script knows: what the shell is to hold now.

use crate::Result;
use crate::cli::HookSync;
use crate::context::Context;
use crate::directory::turn::{Holding, Memory};
use crate::environment::{Change, RegionRequest, foreign_credentials, withdrawal_changes};
use crate::shell::Shell;

use super::super::ruling::{Known, View};
use super::answer::{Answer, known};
use super::state;

pub(super) fn run(shell: Shell, call: &HookSync, context: &Context) -> Result<String> {
    if let Some(known) = Known::open_at_once(context)
        && let Ok(answer) = answer(shell, call, context, Some(&known))
    {
        return Ok(answer);
    }
    answer(shell, call, context, known(context).as_ref())
}

fn answer(shell: Shell, call: &HookSync, context: &Context, known: Option<&Known>) -> Result<String> {
    let mut answer = Answer::new(shell, context, call.shell.memory.as_deref(), call.shell.directories());
    if call.start {
        answer.silence();
    }
    match known {
        Some(known) => settle(&mut answer, context, known.view(), call.start)?,
        // Without a state file nobody can say that a directory still rules.
        None if answer.holding() == Holding::Directory => answer.clear(RegionRequest::Manage),
        None => {}
    }
    Ok(finish(answer, known))
}

/// The answer with the state of the role that is now in the environment.
pub(super) fn finish(answer: Answer, known: Option<&Known>) -> String {
    let hook = state::of_environment(&answer.env, known, &answer.memory, answer.taken.as_ref());
    answer.statements(&hook, known.map(|known| &known.config.settings))
}

/// Brings a shell to the role that its directory, and what its person has decided, give it.
pub(super) fn settle(answer: &mut Answer, context: &Context, view: View<'_>, start: bool) -> Result<()> {
    answer.look_around(context, view)?;
    exorcise(answer);
    let foreign = foreign_credentials(&answer.env).or_else(|| answer.key_was_replaced().then_some("AWS_ACCESS_KEY_ID"));
    if let Some(variable) = foreign {
        give_way(answer, variable);
        return Ok(());
    }
    let decided = answer.role_changed_since();
    let turn = match start {
        true => answer.ask(Memory::start),
        false => answer.ask(|memory, holding, place| memory.arrive(holding, place, decided)),
    };
    answer.obey(turn, view)?;
    answer.tell_refusal();
    Ok(())
}

/// Leaves the shell to credentials that are not ours.
pub(super) fn give_way(answer: &mut Answer, variable: &'static str) {
    let direnv = answer.env.get("DIRENV_DIFF").is_some();
    let who = if direnv && variable == "AWS_PROFILE" { "direnv has set" } else { "somebody else has set" };
    if answer.holding() == Holding::Directory {
        if direnv && variable == "AWS_PROFILE" {
            // It has kept our profile, and will put it back when it leaves the directory.
            answer.memory.ghost = answer.env.get("AWS_SSO_PROFILE").map(str::to_owned);
        }
        let changes = withdrawal_changes(&answer.env, variable);
        answer.change(changes);
    }
    answer.memory.give_way();
    if let Some(ruled) = answer.here.ruled() {
        let text = format!(
            "{who} {variable}, which wins over {} ({}): unset it to follow the directory",
            ruled.file, ruled.role.profile
        );
        answer.tell(&format!("{variable} {}", ruled.file), &text);
    }
}

/// Takes away a profile of ours that direnv has put back after we had left it.
fn exorcise(answer: &mut Answer) {
    let Some(ghost) = answer.memory.ghost.clone() else { return };
    let back = answer.env.get("AWS_PROFILE") == Some(&ghost) && answer.env.get("AWS_SSO_ROLE_ARN").is_none();
    if back && answer.env.get("DIRENV_DIFF").is_none() {
        answer.memory.ghost = None;
        answer.change(vec![Change::unset("AWS_PROFILE")]);
    }
}
