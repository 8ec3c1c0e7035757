//! `aws-sso-use`: a role in this shell, in the place of the one that is there.

use crate::cli::{HookUse, UseCli};
use crate::config::{Config, ShellSettings, UseWith};
use crate::context::{Context, Globals};
use crate::directory::turn::{Choice, Memory};
use crate::environment::{Delivery, Means, foreign_credentials, without_foreign};
use crate::finder::Query;
use crate::role::{Role, Selection};
use crate::session::{Freshness, Manners, Session};
use crate::shell::Shell;
use crate::user_file::aws_config::{Kind, find_profile};
use crate::{Error, Result};

use super::super::eval::region_request;
use super::super::ruling::View;
use super::super::{aws_profiles, choose, fetch_if_never, load_config, open_session, role};
use super::answer::{Answer, known};
use super::{Called, read_call, state, surroundings, sync};

pub(super) fn run(shell: Shell, call: HookUse, context: &Context) -> Result<String> {
    let words = call.call;
    let mut answer = Answer::new(shell, context, words.shell.memory.as_deref(), words.shell.directories());
    let args: UseCli = match read_call("aws-sso-use", words.helper_args.as_deref(), words.words)? {
        Called::With(args) => args,
        Called::Help(text) => return Ok(shell.print(&text)),
    };
    if args.auto {
        return automatic(answer, &args, context);
    }
    let mut context = surroundings(context, Globals::from(&args.global));
    if let Some(variable) = foreign_credentials(&context.env) {
        if !args.overwrite_env {
            return Err(Error::failed(format!(
                "{variable} is set and was not set by aws-sso, so it would be in the way of the role: unset it, or \
                 replace it with --overwrite-env"
            )));
        }
        answer.change(without_foreign(&context.env).1);
        context.env = answer.env.clone();
    }
    let before = (args.query == ["-"]).then(|| previous(&answer)).transpose()?;
    if let Some(choice) = &before {
        context.globals.sso = Some(choice.sso.clone());
    }
    let config = load_config(&context)?;
    let mut session = open_session(&context, &config, Manners::MayAsk)?;
    let role = match before {
        Some(choice) => role::find(&session, &config, &Selection::Arn(choice.arn))?,
        None => role_of(&mut session, &config, &context, &args)?,
    };
    let settings = ShellSettings::of(&config);
    let hook = state::of_role(&context.env, settings.prompt_format.as_deref(), &role);
    let (credentials, hook) = match delivery(&args, &config) {
        UseWith::Keys => {
            let freshness =
                if context.globals.sts_refresh { Freshness::New } else { Freshness::Lasting(config.refresh_before) };
            let credentials = session.credentials(&role, freshness)?;
            let hook = state::with_keys(hook, credentials.expires_at, config.refresh_before);
            (Some(credentials), hook)
        }
        UseWith::Profile => {
            ensure_profile(&context, &role.profile)?;
            (None, hook)
        }
    };
    if !call.private {
        session.record_use(&role);
    }
    answer.look_around(&context, View::new(&session.index, &session.row, &config, &settings))?;
    answer.ask(Memory::decide);
    let means = credentials.as_ref().map_or(Means::Profile, Means::Keys);
    let region = region_request(&args.region);
    answer.take(&Delivery { role: &role, means, directory: None, env_var_tags: &config.env_var_tags, region });
    answer.memory.pending = None;
    Ok(answer.statements(&hook, Some(&settings)))
}

/// `--auto`: what was decided by hand is taken back, and the directory has its say again.
fn automatic(mut answer: Answer, args: &UseCli, context: &Context) -> Result<String> {
    let known = known(context);
    match &known {
        Some(known) => {
            answer.look_around(context, known.view())?;
            if let Some(variable) = foreign_credentials(&answer.env) {
                sync::give_way(&mut answer, variable);
                return Ok(sync::finish(answer, Some(known)));
            }
            let turn = answer.ask(Memory::undecide);
            answer.obey(turn, known.view())?;
            answer.tell_refusal();
        }
        None => answer.clear(region_request(&args.region)),
    }
    Ok(sync::finish(answer, known.as_ref()))
}

/// The role that the shell had before.
fn previous(answer: &Answer) -> Result<Choice> {
    answer.memory.previous.clone().ok_or_else(|| {
        Error::no_such_role("there was no other role in this shell: name one, as in 'aws-sso-use PROFILE'")
    })
}

fn delivery(args: &UseCli, config: &Config) -> UseWith {
    match (args.as_profile, args.as_keys) {
        (true, _) => UseWith::Profile,
        (_, true) => UseWith::Keys,
        _ => config.use_with,
    }
}

/// The one role that is meant.
fn role_of(session: &mut Session<'_>, config: &Config, context: &Context, args: &UseCli) -> Result<Role> {
    fetch_if_never(session)?;
    if let Some(arn) = &args.arn {
        return role::find(session, config, &Selection::Arn(arn.clone()));
    }
    if let Some(profile) = &args.profile {
        return role::find(session, config, &Selection::Profile(profile.clone()));
    }
    let words = Query::of_words(args.query.iter().map(String::as_str));
    let query = Query { account: args.account, role: args.role.clone(), ..words };
    choose::choose(session, config, context, &args.query.join(" "), &query)
}

/// Whether the SDKs will find the profile that AWS_PROFILE is to name.
fn ensure_profile(context: &Context, profile: &str) -> Result<()> {
    let path = aws_profiles::config_path(context)?;
    if find_profile(&std::fs::read(&path).unwrap_or_default(), Kind::Config, profile).is_some() {
        return Ok(());
    }
    Err(Error::failed(format!(
        "AWS_PROFILE could not work: {} has no profile '{profile}'; write one for every role with 'aws-sso setup \
         profiles', or take keys with --as-keys",
        path.display()
    )))
}
