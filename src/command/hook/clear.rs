//! `aws-sso-clear`: no role in this shell.

use crate::Result;
use crate::cli::{ClearCli, HookWords};
use crate::context::Context;
use crate::environment::{RegionRequest, clear_changes};
use crate::shell::{HookState, Shell};

use super::{Called, read_call, take};

pub(super) fn run(shell: Shell, call: HookWords, context: &Context) -> Result<String> {
    let call: ClearCli = match read_call("aws-sso-clear", call.helper_args.as_deref(), call.words)? {
        Called::With(call) => call,
        Called::Help(text) => return Ok(shell.print(&text)),
    };
    Ok(statements(shell, context, if call.no_region { RegionRequest::Leave } else { RegionRequest::Manage }))
}

/// The statements that leave the role of the shell.
pub(super) fn statements(shell: Shell, context: &Context, region: RegionRequest) -> String {
    let changes = shell.guarded_statements(&clear_changes(&context.env, region));
    changes + &HookState::default().statements(shell) + &take::remember_previous(shell, context, None)
}
