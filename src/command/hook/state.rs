//! What the hook of a shell keeps of the role in its environment.

use std::time::Duration;

use crate::config::{self, Config, discover};
use crate::context::Context;
use crate::environment::foreign_credentials;
use crate::role::{Role, Selection};
use crate::shell::{HookState, Shell, segment_text};

use super::super::{find_path, open_state};

/// The variables that tell one role in an environment from another, joined as the scripts join them.
const LOOKED_AT: [&str; 5] =
    ["AWS_SSO", "AWS_SSO_ROLE_ARN", "AWS_SSO_SESSION_EXPIRATION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID"];

/// The statements with which a shell starts: the state of the role that it has inherited, and of which
/// environment that is the state.
pub(in crate::command) fn known_state(shell: Shell, context: &Context) -> String {
    let seen: Vec<&str> = LOOKED_AT.iter().map(|name| context.env.get(name).unwrap_or_default()).collect();
    of_environment(context).statements(shell) + &shell.assign("__aws_sso_seen", &seen.join("|")) + "\n"
}

/// The state of the role in the environment: none where there is none, or where somebody else's
/// credentials are. Says nothing, whatever is missing.
pub(super) fn of_environment(context: &Context) -> HookState {
    if context.env.get("AWS_SSO_ROLE_ARN").is_none() || foreign_credentials(&context.env).is_some() {
        return HookState::default();
    }
    let config = quiet_config(context);
    let role = config.as_ref().and_then(|config| known_role(context, config)).unwrap_or_else(|| named_role(context));
    let state = of_role(context, config.as_ref(), &role);
    match end(context).filter(|_| context.env.get("AWS_ACCESS_KEY_ID").is_some()) {
        Some(end) => with_keys(state, end.as_second(), &config.unwrap_or_default()),
        None => state,
    }
}

/// When the keys in the environment end.
fn end(context: &Context) -> Option<jiff::Timestamp> {
    context.env.get("AWS_SSO_SESSION_EXPIRATION")?.parse().ok()
}

/// How long the keys in the environment will be good.
pub(super) fn time_left(context: &Context) -> Option<Duration> {
    end(context)?.duration_since(jiff::Timestamp::now()).try_into().ok()
}

/// The state for a role, whatever becomes of its credentials.
pub(super) fn of_role(context: &Context, config: Option<&Config>, role: &Role) -> HookState {
    let plain = context.env.get("NO_COLOR").is_some() || context.env.get("TERM") == Some("dumb");
    HookState {
        text: segment_text(config.and_then(|config| config.prompt_format.as_deref()), role),
        color: crate::role::TagColor::of(role).filter(|_| !plain),
        ..HookState::default()
    }
}

/// The state with the end of the credentials in it.
pub(super) fn with_keys(state: HookState, expires_at: i64, config: &Config) -> HookState {
    let refresh_before = config.refresh_before.as_secs().cast_signed();
    state.with_keys(expires_at, refresh_before, jiff::Timestamp::now().as_second())
}

fn quiet_config(context: &Context) -> Option<Config> {
    let path = find_path(context, |around| discover::config_path(context.globals.config.as_deref(), around)).ok()?;
    Some(config::load(&path).ok()?.config)
}

fn known_role(context: &Context, config: &Config) -> Option<Role> {
    let instance = config.instance(context.wanted_instance()).ok()?;
    let (index, row) = open_state(context, config, instance).ok()?;
    let arn = context.env.get("AWS_SSO_ROLE_ARN")?.to_owned();
    index.find(row.id, &Selection::Arn(arn)).ok()?.into_iter().next()
}

/// A role that the index does not know, as far as the environment tells.
fn named_role(context: &Context) -> Role {
    let variable = |name: &str| context.env.get(name).unwrap_or_default().to_owned();
    Role {
        profile: variable("AWS_SSO_PROFILE"),
        sso: variable("AWS_SSO"),
        role_name: variable("AWS_SSO_ROLE_NAME"),
        account_id: variable("AWS_SSO_ACCOUNT_ID").parse().unwrap_or_default(),
        ..Role::default()
    }
}
