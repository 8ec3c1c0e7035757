//! From a selection to one role, or to a message that says how to name one.

use crate::config::Config;
use crate::role::{Role, RoleFlags, Selection};
use crate::session::Session;
use crate::{Error, Exit, Result};

use super::fetch_if_never;

/// The one role that the flags, or else the environment, name.
///
/// Where no roles were fetched yet and the person can be asked, they are fetched now.
pub(super) fn resolve(
    session: &mut Session<'_>,
    config: &Config,
    typed: &RoleFlags,
    environment: Option<&RoleFlags>,
) -> Result<Role> {
    let selection = typed.select(environment)?.ok_or_else(|| {
        Error::usage("which role? Name it with -p PROFILE, -a ARN, or -A ACCOUNT -R ROLE; 'aws-sso list' shows them")
    })?;
    fetch_if_never(session)?;
    match typed.select(None)? {
        Some(_) => find(session, config, &selection),
        None => find_of_shell(session, config, &selection),
    }
}

/// The role that this shell speaks of, which may be gone since.
pub(super) fn find_of_shell(session: &Session<'_>, config: &Config, selection: &Selection) -> Result<Role> {
    let variables = match selection {
        Selection::AccountRole(..) => "AWS_SSO_ACCOUNT_ID and AWS_SSO_ROLE_NAME",
        _ => "AWS_SSO_ROLE_ARN",
    };
    find(session, config, selection).map_err(|error| match error.exit() {
        Exit::NoSuchRole => Error::no_such_role(format!(
            "{}; this shell has it from {variables}: 'aws-sso-clear' takes it out, -p PROFILE names another",
            error.message()
        )),
        _ => error,
    })
}

pub(super) fn find(session: &Session<'_>, config: &Config, selection: &Selection) -> Result<Role> {
    let mut found = session.index.find(session.row.id, selection)?;
    match found.len() {
        0 if session.row.refreshed_at.is_none() && session.row.session_expires_at.is_none() => {
            Err(Error::sign_in_needed(no_role(session, config, selection, &describe(selection))?))
        }
        0 => Err(Error::no_such_role(no_role(session, config, selection, &describe(selection))?)),
        1 => Ok(found.remove(0)),
        _ => {
            let arns: Vec<String> = found.iter().map(|role| role.arn.to_string()).collect();
            Err(Error::no_such_role(format!(
                "{} fits several roles: choose one with -a: {}",
                describe(selection),
                arns.join(", ")
            )))
        }
    }
}

/// Why no role fits some words.
pub(super) fn nothing_fits(session: &Session<'_>, config: &Config, words: &str) -> Result<Error> {
    if session.row.refreshed_at.is_some() && words.is_empty() {
        return Ok(Error::no_such_role(format!(
            "no role of the SSO instance {} fits: '{}' shows what there is",
            session.row.name,
            session.command("list")
        )));
    }
    let selection = Selection::Profile(words.to_owned());
    Ok(Error::no_such_role(no_role(session, config, &selection, &format!("'{words}'"))?))
}

/// Why no role fits what was asked for.
pub(super) fn none_fits(session: &Session<'_>, asked: &str) -> Error {
    let instance = &session.row.name;
    if let Some(problem) = &session.row.problem {
        return Error::failed(problem.clone());
    }
    if session.row.refreshed_at.is_none() {
        let message = format!("no roles of {instance} were fetched yet: run '{}'", fetching(session));
        let signed_in = session.row.session_expires_at.is_some();
        return if signed_in { Error::no_such_role(message) } else { Error::sign_in_needed(message) };
    }
    let list = session.command("list");
    Error::no_such_role(format!("no role of the SSO instance {instance} fits {asked}: '{list}' shows what there is"))
}

/// The command that fetches roles for the first time.
fn fetching(session: &Session<'_>) -> String {
    session.command(if session.row.session_expires_at.is_some() { "cache" } else { "login" })
}

/// Why there is no such role; `what` names it in the message.
fn no_role(session: &Session<'_>, config: &Config, selection: &Selection, what: &str) -> Result<String> {
    let instance = &session.row.name;
    if let Some(problem) = &session.row.problem {
        return Ok(format!("{what} is not known, because the profile names could not be made: {problem}"));
    }
    if session.row.refreshed_at.is_none() {
        let command = fetching(session);
        return Ok(format!("{what} is not known yet, no roles of {instance} were fetched: run '{command}'"));
    }
    if let Some(other) = elsewhere(session, config, selection)? {
        return Ok(format!("{what} is no role of the SSO instance {instance}, but one of {other}: add -S '{other}'"));
    }
    let wanted = match selection {
        Selection::Profile(name) | Selection::Arn(name) => name.clone(),
        Selection::AccountRole(account, role) => format!("{account}:{role}"),
    };
    let similar = session.index.similar_profiles(session.row.id, &wanted)?;
    let hint = match similar.as_slice() {
        [] => format!("'{}' shows what there is", session.command("list")),
        names => format!("did you mean {}?", names.join(", ")),
    };
    Ok(format!(
        "{what} is no role of the SSO instance {instance}: {hint} (a new one: run '{}')",
        session.command("cache")
    ))
}

/// Another instance of the config that has the role.
pub(super) fn elsewhere(session: &Session<'_>, config: &Config, selection: &Selection) -> Result<Option<String>> {
    for instance in config.instances.values().filter(|instance| instance.name != session.row.name) {
        let row = session.index.current_instance(config, instance)?;
        if let Some(row) = row
            && !session.index.find(row.id, selection)?.is_empty()
        {
            return Ok(Some(instance.name.clone()));
        }
    }
    Ok(None)
}

fn describe(selection: &Selection) -> String {
    match selection {
        Selection::Profile(name) => format!("the profile '{name}'"),
        Selection::Arn(arn) => format!("the role '{arn}'"),
        Selection::AccountRole(account, role) => format!("the role '{role}' of account {account}"),
    }
}
