//! `aws-sso-clear`: no role in this shell.

use crate::Result;
use crate::cli::{ClearCli, HookWords};
use crate::context::Context;
use crate::directory::turn::Memory;
use crate::environment::RegionRequest;
use crate::shell::Shell;

use super::answer::{Answer, known};
use super::{Called, read_call, sync};

pub(super) fn run(shell: Shell, call: HookWords, context: &Context) -> Result<String> {
    let mut answer = Answer::new(shell, context, call.shell.memory.as_deref(), call.shell.directories());
    let call: ClearCli = match read_call("aws-sso-clear", call.helper_args.as_deref(), call.words)? {
        Called::With(call) => call,
        Called::Help(text) => return Ok(shell.print(&text)),
    };
    let known = known(context);
    if let Some(known) = &known {
        answer.look_around(context, known.view())?;
        answer.ask(Memory::decide);
    }
    answer.clear(if call.no_region { RegionRequest::Leave } else { RegionRequest::Manage });
    Ok(sync::finish(answer, known.as_ref()))
}
