//! `allow` and `deny`: whether a role file may choose the role of a shell.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use crate::cli::{AllowArgs, DenyArgs};
use crate::config::{Config, DirectoryMode, ShellSettings};
use crate::context::Context;
use crate::directory::{FILE_NAME, Mark, RoleFile, Wish};
use crate::error::one_line;
use crate::index::{Allowed, Trust};
use crate::role::{Role, RoleFlags, Selection};
use crate::session::{Manners, Session};
use crate::{Error, Exit, Result, ui};

use super::ruling::{Known, View, description, in_instance, judge, nearest};
use super::{aws_profiles, fetch_if_never, load_config, open_session, open_writable, role};

pub(super) fn allow(args: &AllowArgs, context: &Context) -> Result<()> {
    let config = load_config(context)?;
    if args.list {
        return list(context);
    }
    let named = RoleFlags::from(&args.role) != RoleFlags::default();
    if named && !args.init {
        return Err(Error::usage("the role is what the file says: add --init to write one for another role"));
    }
    if !args.init {
        return allow_file(args, &config, context);
    }
    let written = write_file(args, &config, context)?;
    allow_file(args, &config, context).inspect_err(|_| {
        // It was written to be allowed. Who cannot remove it sees it there.
        let _ = std::fs::remove_file(written);
    })
}

fn allow_file(args: &AllowArgs, config: &Config, context: &Context) -> Result<()> {
    let tree = tree(args.path.as_deref(), context, args.init)?;
    let path = tree.join(FILE_NAME);
    let file = RoleFile::read(&tree).map_err(|problem| Error::failed(problem.at(&path)))?;
    let wish = file.wish.clone().map_err(|problem| Error::failed(problem.at(&path)))?;
    // Whatever it is, the command line is not what is wrong.
    let refused = |error: Error| {
        let exit = if error.exit() == Exit::Usage { Exit::Failed } else { error.exit() };
        Error::new(exit, format!("{} cannot be allowed: {}", file.path, error.message()))
    };
    let around = in_instance(context, config, &wish).map_err(refused)?;
    let mut session = open_session(&around, config, Manners::MayAsk).map_err(refused)?;
    fetch_if_never(&mut session)?;
    let role = match role::find(&session, config, &wish.selection) {
        Ok(role) => role,
        Err(error) => match role::elsewhere(&session, config, &wish.selection)?.filter(|_| wish.sso.is_none()) {
            Some(other) => {
                let why = format!("it names a role of the SSO instance {other}: write a mapping with 'sso: {other}'");
                return Err(refused(Error::no_such_role(why)));
            }
            None => return Err(refused(error)),
        },
    };
    permit(&file, &role, config, &session, context)
}

fn permit(file: &RoleFile, role: &Role, config: &Config, session: &Session<'_>, context: &Context) -> Result<()> {
    let config_id = session.row.config_id;
    let allowed = Allowed {
        path: file.path.clone(),
        hash: file.hash,
        owner: file.owner,
        sso: role.sso.clone(),
        arn: role.arn.to_string(),
        profile: role.profile.clone(),
    };
    let mut index = open_writable(session.index.path())?;
    let already = index.trust(config_id, &file.path)? == Some(Trust::Allowed(allowed.clone()));
    let mut all = index.allowed(config_id)?;
    all.retain(|other| other.path != file.path);
    all.push(allowed.clone());
    if let Some(planned) = aws_profiles::plan(context, config, &all)? {
        planned.carry_out(context)?;
    }
    index.allow(config_id, &allowed)?;
    Mark::of(index.path(), Path::new(&file.path)).remove();
    let may = if already { "may choose, as before," } else { "may now choose" };
    ui::tell(&format!("aws-sso: {} {may} {}", file.path, description(role)));
    if config.directory_mode == DirectoryMode::Off {
        ui::tell(&format!(
            "aws-sso: no shell looks at it, because DirectoryRoles has 'Mode: off' in {}",
            config.path.display()
        ));
    }
    Ok(())
}

pub(super) fn deny(args: &DenyArgs, context: &Context) -> Result<()> {
    let config = load_config(context)?;
    let known = Known::open(context)?;
    let path = match &args.path {
        Some(path) => directory_of(path).join(FILE_NAME),
        None => nearest(context).ok_or_else(nothing_here)?.join(FILE_NAME),
    };
    let text = path.to_str().ok_or_else(|| Error::usage(format!("{} is not UTF-8", path.display())))?;
    let mut index = open_writable(known.index.path())?;
    index.deny(known.config.id, text)?;
    Mark::of(index.path(), &path).remove();
    ui::tell(&format!("aws-sso: {text} may not choose a role, whatever is in it: 'aws-sso allow' takes that back"));
    // What is left over there does no harm: it was of no use to this file.
    match aws_profiles::plan(context, &config, &index.allowed(known.config.id)?) {
        Ok(planned) => planned.map_or(Ok(()), |planned| planned.carry_out(context)),
        Err(error) => {
            ui::tell(&format!("aws-sso: its profiles were left as they are: {error}"));
            Ok(())
        }
    }
}

/// The directory whose role file is meant, as a physical path.
fn tree(path: Option<&Path>, context: &Context, just_here: bool) -> Result<PathBuf> {
    match path {
        Some(path) => Ok(directory_of(path)),
        None if just_here => Ok(directory_of(Path::new("."))),
        None => nearest(context).ok_or_else(nothing_here),
    }
}

fn nothing_here() -> Error {
    Error::usage(format!(
        "there is no {FILE_NAME} here or above: write one with 'aws-sso allow --init -p PROFILE', or name its directory"
    ))
}

/// A role file may be named by its directory or by itself; it need not be there any more.
fn directory_of(path: &Path) -> PathBuf {
    let directory = match path.file_name() {
        Some(name) if name == FILE_NAME => path.parent().filter(|parent| !parent.as_os_str().is_empty()),
        _ => Some(path),
    };
    physical(directory.unwrap_or(Path::new(".")))
}

/// A path without links. What is not there any more keeps its name below what still is.
fn physical(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let found = path.ancestors().find_map(|there| Some((there.canonicalize().ok()?, path.strip_prefix(there).ok()?)));
    match found {
        // To join nothing would add a slash.
        Some((there, gone)) if gone.as_os_str().is_empty() => there,
        Some((there, gone)) => there.join(gone),
        None => path,
    }
}

/// `--init`: a role file for the role that is named, or in use.
fn write_file(args: &AllowArgs, config: &Config, context: &Context) -> Result<PathBuf> {
    let mut session = open_session(context, config, Manners::MayAsk)?;
    let variables = context.role_variables();
    let role = role::resolve(&mut session, config, &RoleFlags::from(&args.role), Some(&variables))?;
    let settings = ShellSettings::of(config);
    let view = View::new(&session.index, &session.row, config, &settings);
    let directory = directory_of(args.path.as_deref().unwrap_or(Path::new(".")));
    let path = directory.join(FILE_NAME);
    let text = file_text(&role, view, args.region.as_deref())?;
    Wish::parse(text.as_bytes()).map_err(|problem| Error::usage(problem.to_string()))?;
    let mut options = OpenOptions::new();
    // Whatever the umask: what others can write is refused.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o644);
    let mut file = options.write(true).create_new(true).open(&path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Error::failed(format!(
            "{} is there already: edit it and run 'aws-sso allow', or remove it first",
            path.display()
        )),
        _ => Error::failed(format!("could not write {}: {error}", path.display())),
    })?;
    file.write_all(text.as_bytes())
        .map_err(|error| Error::failed(format!("could not write {}: {error}", path.display())))?;
    Ok(path)
}

/// By account and role name, which mean the same to everybody who has this role, whatever their profile
/// names are; by ARN where that is not enough.
fn file_text(role: &Role, view: View<'_>, region: Option<&str>) -> Result<String> {
    let default = view.settings.default_instance.as_deref() == Some(&role.sso);
    let sso = (!default).then_some(role.sso.as_str());
    let by_name = Selection::AccountRole(role.account_id, role.role_name.clone());
    let unique = view.role(Some(&role.sso), &by_name)?.is_some_and(|found| found.arn == role.arn);
    let quote = |text: &str| serde_yaml::to_string(text).unwrap_or_default().trim_end().to_owned();
    let account = if role.account_name.is_empty() { &role.account_alias } else { &role.account_name };
    let mut text = "# The AWS role of this directory, for aws-sso: 'aws-sso allow' lets it choose.\n".to_owned();
    if unique {
        let comment = if account.is_empty() { String::new() } else { format!(" # {}", one_line(account)) };
        text += &format!("account: \"{}\"{comment}\nrole: {}\n", role.account_id, quote(&role.role_name));
    } else {
        text += &format!("arn: {}\n", quote(&role.arn.to_string()));
    }
    if let Some(sso) = sso {
        text += &format!("sso: {}\n", quote(sso));
    }
    if let Some(region) = region {
        text += &format!("region: {}\n", quote(region));
    }
    Ok(text)
}

/// `--list`: what was decided, a line each: what the file may do now, profile, path.
fn list(context: &Context) -> Result<()> {
    let known = Known::open(context)?;
    let mut text = String::new();
    for (path, profile) in known.index.decided(known.config.id)? {
        let directory = Path::new(&path).parent().unwrap_or(Path::new("/"));
        let state = match (&profile, RoleFile::read(directory)) {
            (None, _) => "denied",
            (_, Ok(file)) if judge(&file, known.view())?.is_ok() => "allowed",
            (_, Ok(_)) => "changed",
            (_, Err(_)) if !Path::new(&path).exists() => "gone",
            (_, Err(_)) => "unusable",
        };
        text += &format!("{state}\t{}\t{}\n", one_line(&profile.unwrap_or_default()), one_line(&path));
    }
    ui::print(&text)
}
