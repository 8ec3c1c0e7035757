//! `credentials`: keys of roles as a file of credentials, for programs that can do nothing else.

use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;

use crate::cli::CredentialsArgs;
use crate::config::{Config, discover};
use crate::context::Context;
use crate::environment::rfc3339;
use crate::role::{Role, RoleCredentials, Selection};
use crate::session::{Manners, Session};
use crate::user_file::UserFile;
use crate::user_file::aws_config::can_be_header;
use crate::user_file::sections::{self, Conflict};
use crate::{Error, Result, ui};

use super::{find_path, freshness, load_config, open_session, role};

/// The comment by which a section is known to be ours. The Go tool writes it as well.
const MARK: &str = "# Expires: ";

pub(super) fn run(args: &CredentialsArgs, context: &Context) -> Result<()> {
    let config = load_config(context)?;
    let mut session = open_session(context, &config, Manners::MayAsk)?;
    session.fetch_if_never()?;
    let roles = roles(&session, &config, &args.profile)?;
    let file = path(args, context)?.map(|path| UserFile::read(&path)).transpose()?;
    let names: Vec<&str> = roles.iter().map(|role| role.profile.as_str()).collect();
    // Nothing is fetched for a file that will not be written.
    let around = file.as_ref().map(|file| around(file, &names, args.append)).transpose()?;
    let mut text = around.unwrap_or_default();
    let mut ends = i64::MAX;
    for role in &roles {
        let credentials = session.credentials(role, freshness(context))?;
        ends = ends.min(credentials.expires_at);
        text.extend(section(&role.profile, &credentials).into_bytes());
    }
    let Some(file) = file else {
        ui::print(&String::from_utf8_lossy(&text))?;
        ui::tell(&warning("these are keys in clear text", ends));
        return Ok(());
    };
    file.stage_private(&text)?.commit()?;
    ui::tell(&warning(&format!("{} now holds keys in clear text", file.path().display()), ends));
    Ok(())
}

/// The roles that were named, each once. A name may hold commas, which otherwise stand between names.
fn roles(session: &Session<'_>, config: &Config, asked: &[String]) -> Result<Vec<Role>> {
    let mut roles: Vec<Role> = Vec::new();
    let mut add = |role: Role| {
        if !roles.iter().any(|known| known.arn == role.arn) {
            roles.push(role);
        }
    };
    for text in asked {
        let whole = Selection::Profile(text.clone());
        match session.index.find(session.row.id, &whole)?.pop() {
            Some(role) => add(role),
            None => {
                for name in text.split(',').map(str::trim).filter(|name| !name.is_empty()) {
                    add(role::find(session, config, &Selection::Profile(name.to_owned()))?);
                }
            }
        }
    }
    for role in &roles {
        if !can_be_header(&role.profile) {
            return Err(Error::failed(format!(
                "'{}' cannot be the name of an AWS profile: set another Profile for {} in {}",
                role.profile,
                role.arn,
                config.path.display()
            )));
        }
    }
    if roles.is_empty() {
        return Err(Error::usage("which role? Name one with -p PROFILE; 'aws-sso list' shows them"));
    }
    Ok(roles)
}

/// The file to write; none: standard output.
fn path(args: &CredentialsArgs, context: &Context) -> Result<Option<PathBuf>> {
    let variable = context.env.get("AWS_SHARED_CREDENTIALS_FILE").map(Path::new);
    let Some(path) = args.file.as_deref().or(variable) else {
        return match args.append {
            true => Err(Error::usage("--append needs a file: name it with --file")),
            false => Ok(None),
        };
    };
    find_path(context, |around| discover::expand_tilde(path, around)).map(Some)
}

/// What stays of the file around the sections `names`.
fn around(file: &UserFile, names: &[&str], append: bool) -> Result<Vec<u8>> {
    let text = file.content().unwrap_or_default();
    sections::without(text, names, MARK.as_bytes(), append).map_err(|conflict| {
        let place = file.path().display();
        match conflict {
            Conflict::Foreign { line, name } => Error::failed(format!(
                "{place}:{line}: the keys of '{name}' were not written by aws-sso: rename them, or name another file"
            )),
            Conflict::Text { line } => Error::failed(format!(
                "{place}:{line}: this was not written by aws-sso and would be lost: keep it with --append, or name another file"
            )),
            Conflict::Others { line, name } => Error::failed(format!(
                "{place}:{line}: '{name}' was not written by aws-sso and would be lost: keep it with --append, or name another file"
            )),
        }
    })
}

/// The shape of ledger §1.5.
fn section(name: &str, credentials: &RoleCredentials) -> String {
    format!(
        "\n[{name}]\n{MARK}{}\naws_access_key_id = {}\naws_secret_access_key = {}\naws_session_token = {}\n",
        rfc3339(credentials.expires_at),
        credentials.access_key_id,
        credentials.secret_access_key.expose_secret(),
        credentials.session_token.expose_secret(),
    )
}

fn warning(what: &str, ends: i64) -> String {
    let left = ui::time_left(ends, jiff::Timestamp::now().as_second());
    format!("aws-sso: {what}, of use to whoever reads them, until {} ({left})", rfc3339(ends))
}
