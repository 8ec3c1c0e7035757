//! `eval`: the variables of a role, written for the shell that will read them.

use crate::cli::{EvalArgs, Format, RegionArgs};
use crate::context::Context;
use crate::environment::{Change, Delivery, Means, RegionRequest, clear_changes, foreign_credentials, role_changes};
use crate::role::{RoleFlags, Selection};
use crate::session::{Freshness, Manners};
use crate::shell::Shell;
use crate::{Error, Result, ui};

use super::asking_shell::asking_shell;
use super::{freshness, load_config, open_session, role};

/// Every shell has its way to set a variable.
const SHELLS: [Shell; 6] = [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell, Shell::Posix, Shell::Xonsh];

pub(super) fn run(args: &EvalArgs, context: &Context) -> Result<()> {
    let writer = Writer::of(args, context)?;
    let changes =
        if args.clear { clear_changes(&context.env, region_request(&args.region)) } else { load_role(args, context)? };
    let text = writer.write(&changes)?;
    match writer {
        Writer::Json => ui::print_json(text.trim_end()),
        _ => ui::print(&text),
    }
}

pub(super) fn region_request(args: &RegionArgs) -> RegionRequest {
    match args {
        RegionArgs { no_region: true, .. } => RegionRequest::Leave,
        RegionArgs { overwrite_region: true, .. } => RegionRequest::Overwrite,
        _ => RegionRequest::Manage,
    }
}

fn load_role(args: &EvalArgs, context: &Context) -> Result<Vec<Change>> {
    let config = load_config(context)?;
    if let Some(variable) = foreign_credentials(&context.env) {
        tracing::warn!(
            "{variable} was set by someone else and may win over the role: unset it if the wrong one answers"
        );
    }
    let mut session = open_session(context, &config, Manners::MayAsk)?;
    let role = match args.refresh {
        true => role::find(&session, &config, &role_in_shell(context)?)?,
        false => role::resolve(&mut session, &config, &RoleFlags::from(&args.role), None)?,
    };
    let freshness = if args.refresh { Freshness::New } else { freshness(context) };
    let credentials = session.credentials(&role, freshness)?;
    if !args.refresh {
        session.record_use(&role);
    }
    let delivery = Delivery {
        role: &role,
        means: Means::Keys(&credentials),
        directory: None,
        env_var_tags: &config.env_var_tags,
        region: region_request(&args.region),
    };
    Ok(role_changes(&delivery, &context.env))
}

fn role_in_shell(context: &Context) -> Result<Selection> {
    let arn = context.env.get("AWS_SSO_ROLE_ARN");
    arn.map(|arn| Selection::Arn(arn.to_owned())).ok_or_else(|| {
        Error::usage(
            "there is no role in this shell to refresh (AWS_SSO_ROLE_ARN is not set): name one with -p PROFILE",
        )
    })
}

/// How the changes become text.
enum Writer {
    Shell(Shell),
    Env,
    Json,
    Dotenv,
}

impl Writer {
    fn of(args: &EvalArgs, context: &Context) -> Result<Self> {
        Ok(match args.format {
            Format::Shell => Self::Shell(asking_shell(args.shell.as_deref(), &SHELLS, context)?),
            Format::Env => Self::Env,
            Format::Json => Self::Json,
            Format::Dotenv => Self::Dotenv,
        })
    }

    fn write(&self, changes: &[Change]) -> Result<String> {
        match self {
            Self::Shell(shell) => Ok(shell.statements(changes)),
            Self::Env => changes.iter().filter_map(|change| Some((change, change.value()?))).map(env_line).collect(),
            Self::Dotenv => {
                Ok(changes.iter().filter_map(|change| Some(dotenv_line(&change.name, change.value()?))).collect())
            }
            Self::Json => {
                let object: serde_json::Map<String, serde_json::Value> =
                    changes.iter().map(|change| (change.name.clone(), change.value().into())).collect();
                Ok(serde_json::Value::from(object).to_string() + "\n")
            }
        }
    }
}

/// What env(1) would print; a line break has no form there.
fn env_line((change, value): (&Change, &str)) -> Result<String> {
    if value.contains(['\n', '\r']) {
        return Err(Error::failed(format!(
            "{} holds a line break, which '--format env' cannot write: use '--format json'",
            change.name
        )));
    }
    Ok(format!("{}={value}\n", change.name))
}

/// Double quotes with backslash escapes, as the common readers of `.env` files take them.
fn dotenv_line(name: &str, value: &str) -> String {
    let mut quoted = String::new();
    for c in value.chars() {
        match c {
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '"' | '\\' | '$' | '`' => quoted.extend(['\\', c]),
            other => quoted.push(other),
        }
    }
    format!("{name}=\"{quoted}\"\n")
}
