//! Credentials for the role in the environment: new ones before the old ones end, or the first ones of a
//! role that waits for them. Asks nothing, opens no browser, and waits for AWS no longer than a person
//! waits for a command to start.

use crate::Result;
use crate::cli::HookShell;
use crate::config::{LogLevel, ShellSettings};
use crate::context::{Context, Globals};
use crate::environment::{foreign_credentials, our_profile, renewal_changes};
use crate::role::Selection;
use crate::session::{Freshness, Manners};
use crate::shell::{HookState, Shell};

use super::super::{load_config, open_session, role};
use super::answer::{Answer, known};
use super::{state, sync};

/// How long to wait after a failure, in seconds.
const PAUSE: i64 = 30;

pub(super) fn run(shell: Shell, call: &HookShell, context: &Context) -> Result<String> {
    let mut answer = Answer::new(shell, context, call.memory.as_deref(), call.directories());
    let known = known(context);
    let before = answer.env.get("AWS_SSO_ROLE_ARN").map(str::to_owned);
    if let Some(known) = &known {
        // The command may stand behind a `cd`: what is loaded is the role of where it will run.
        sync::settle(&mut answer, context, known.view(), false)?;
    }
    let arn = match answer.env.get("AWS_SSO_ROLE_ARN") {
        Some(arn) if foreign_credentials(&answer.env).is_none() => arn.to_owned(),
        // Somebody else's credentials are none of ours to renew.
        _ => return Ok(sync::finish(answer, known.as_ref())),
    };
    if our_profile(&answer.env).is_some() && answer.memory.pending.as_deref() != Some(&arn) {
        // It has no keys, and is to have none.
        return Ok(sync::finish(answer, known.as_ref()));
    }
    // What is odd about the config is not for a moment in which a person waits for another command.
    let globals = Globals { level: context.globals.level.or(Some(LogLevel::Error)), ..context.globals.clone() };
    let surroundings = Context { env: answer.env.clone(), globals, interactive: context.interactive };
    let failed = |error: crate::Error| {
        let profile = surroundings.env.get("AWS_SSO_PROFILE").unwrap_or(&arn).to_owned();
        let what =
            if before.is_some() && surroundings.env.get("AWS_ACCESS_KEY_ID").is_some() { "renewed" } else { "loaded" };
        error.context(format!("the credentials of {profile} could not be {what}"))
    };
    match load(&mut answer, &arn, &surroundings).map_err(failed) {
        Ok((hook, settings)) => Ok(answer.statements(&hook, Some(&settings))),
        Err(error) if before.as_deref() == Some(&arn) => Err(error),
        Err(error) => {
            // The role is another one than before, and that must be known, with or without its keys.
            answer.say(&error.to_string());
            let hook = state::of_environment(&answer.env, known.as_ref(), &answer.memory, answer.taken.as_ref());
            let hook = hook.not_before(jiff::Timestamp::now().as_second() + PAUSE);
            Ok(answer.statements(&hook, known.as_ref().map(|known| &known.config.settings)))
        }
    }
}

fn load(answer: &mut Answer, arn: &str, context: &Context) -> Result<(HookState, ShellSettings)> {
    let config = load_config(context)?;
    let mut session = open_session(context, &config, Manners::Brief)?;
    let role = role::find(&session, &config, &Selection::Arn(arn.to_owned()))?;
    // A shell that renews early would gain nothing from keys that end when its own do.
    let lasting = config.refresh_before.max(state::time_left(&context.env).unwrap_or_default());
    let credentials = session.credentials(&role, Freshness::Lasting(lasting))?;
    let settings = ShellSettings::of(&config);
    let hook = state::of_role(&context.env, settings.prompt_format.as_deref(), &role);
    answer.change(renewal_changes(&credentials, &answer.env));
    Ok((state::with_keys(hook, credentials.expires_at, settings.refresh_before), settings))
}
