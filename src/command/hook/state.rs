//! What the hook of a shell keeps of the role in its environment.

use std::time::Duration;

use crate::context::{Context, Env};
use crate::directory::turn::Memory;
use crate::environment::foreign_credentials;
use crate::role::{Role, Selection};
use crate::shell::{HookState, Shell, segment_text};

use super::super::ruling::Known;
use super::answer::{first_memory, known};

/// The variables that tell one role in an environment from another, joined as the scripts join them.
const LOOKED_AT: [&str; 5] =
    ["AWS_SSO", "AWS_SSO_ROLE_ARN", "AWS_SSO_SESSION_EXPIRATION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID"];

/// The statements with which a shell starts: the state of the role that it has inherited, and of which
/// environment that is the state.
pub(in crate::command) fn known_state(shell: Shell, context: &Context) -> String {
    let seen: Vec<&str> = LOOKED_AT.iter().map(|name| context.env.get(name).unwrap_or_default()).collect();
    let memory = Memory::default();
    let known = context.env.get("AWS_SSO_ROLE_ARN").and_then(|_| known(context));
    let mut statements = of_environment(&context.env, known.as_ref(), &memory, None).statements(shell);
    for (name, value) in [("__aws_sso_seen", seen.join("|")), ("__aws_sso_first", first_memory(&context.env))] {
        statements += &(shell.assign(name, &value) + "\n");
    }
    statements
}

/// The state of the role in the environment (`taken`, where that is known already): none where there is none, or where somebody else's
/// credentials are. Says nothing, whatever is missing.
pub(super) fn of_environment(env: &Env, known: Option<&Known>, memory: &Memory, taken: Option<&Role>) -> HookState {
    let Some(arn) = env.get("AWS_SSO_ROLE_ARN") else { return HookState::default() };
    if foreign_credentials(env).is_some() {
        return HookState::default();
    }
    let taken = taken.filter(|role| role.arn.to_string() == arn).cloned();
    let role = taken.or_else(|| {
        let found = known?.view().role(env.get("AWS_SSO"), &Selection::Arn(arn.to_owned()));
        found.ok().flatten()
    });
    let settings = known.map(|known| &known.config.settings);
    let format = settings.and_then(|settings| settings.prompt_format.as_deref());
    let state = of_role(env, format, &role.unwrap_or_else(|| named_role(env)));
    match end(env).filter(|_| env.get("AWS_ACCESS_KEY_ID").is_some()) {
        Some(end) => {
            let refresh_before = settings.map_or(Duration::from_mins(5), |settings| settings.refresh_before);
            with_keys(state, end.as_second(), refresh_before)
        }
        None if memory.pending.as_deref() == Some(arn) => state.without_keys_yet(),
        None => state,
    }
}

/// When the keys in the environment end.
pub(super) fn end(env: &Env) -> Option<jiff::Timestamp> {
    env.get("AWS_SSO_SESSION_EXPIRATION")?.parse().ok()
}

/// How long the keys in the environment will be good.
pub(super) fn time_left(env: &Env) -> Option<Duration> {
    end(env)?.duration_since(jiff::Timestamp::now()).try_into().ok()
}

/// The state for a role, whatever becomes of its credentials. `format` is `PromptFormat`.
pub(super) fn of_role(env: &Env, format: Option<&str>, role: &Role) -> HookState {
    let plain = env.get("NO_COLOR").is_some() || env.get("TERM") == Some("dumb");
    HookState {
        text: segment_text(format, role),
        color: crate::role::TagColor::of(role).filter(|_| !plain),
        ..HookState::default()
    }
}

/// The state with the end of the credentials in it.
pub(super) fn with_keys(state: HookState, expires_at: i64, refresh_before: Duration) -> HookState {
    let refresh_before = refresh_before.as_secs().cast_signed();
    state.with_keys(expires_at, refresh_before, jiff::Timestamp::now().as_second())
}

/// A role that the index does not know, as far as the environment tells.
fn named_role(env: &Env) -> Role {
    let variable = |name: &str| env.get(name).unwrap_or_default().to_owned();
    Role {
        profile: variable("AWS_SSO_PROFILE"),
        sso: variable("AWS_SSO"),
        role_name: variable("AWS_SSO_ROLE_NAME"),
        account_id: variable("AWS_SSO_ACCOUNT_ID").parse().unwrap_or_default(),
        ..Role::default()
    }
}
