//! Credentials that end soon, replaced before a command can meet their end. Asks nothing, opens no
//! browser, and waits for AWS no longer than a person waits for a command to start.

use crate::Result;
use crate::config::LogLevel;
use crate::context::{Context, Globals};
use crate::environment::{foreign_credentials, renewal_changes};
use crate::role::Selection;
use crate::session::{Freshness, Manners};
use crate::shell::{HookState, Shell};

use super::super::{load_config, open_session, role};
use super::state;

pub(super) fn run(shell: Shell, context: &Context) -> Result<String> {
    let arn = match context.env.get("AWS_SSO_ROLE_ARN") {
        Some(arn) if foreign_credentials(&context.env).is_none() => arn.to_owned(),
        // Somebody else's credentials are none of ours to renew.
        _ => return Ok(HookState::default().statements(shell)),
    };
    // What is odd about the config is not for a moment in which a person waits for another command.
    let globals = Globals { level: context.globals.level.or(Some(LogLevel::Error)), ..context.globals.clone() };
    renewed(shell, &arn, &super::surroundings(context, globals)).map_err(|error| {
        let profile = context.env.get("AWS_SSO_PROFILE").unwrap_or(&arn);
        error.context(format!("the credentials of {profile} could not be renewed"))
    })
}

fn renewed(shell: Shell, arn: &str, context: &Context) -> Result<String> {
    let config = load_config(context)?;
    let mut session = open_session(context, &config, Manners::Brief)?;
    let role = role::find(&session, &config, &Selection::Arn(arn.to_owned()))?;
    // A shell that renews early would gain nothing from keys that end when its own do.
    let lasting = config.refresh_before.max(state::time_left(context).unwrap_or_default());
    let credentials = session.credentials(&role, Freshness::Lasting(lasting))?;
    let hook = state::with_keys(state::of_role(context, Some(&config), &role), credentials.expires_at, &config);
    Ok(shell.guarded_statements(&renewal_changes(&credentials)) + &hook.statements(shell))
}
