//! Which role rules the working directory: the nearest role file, the trust in it, and the role that it
//! names, without a look at YAML of the config, at a key store or at the network.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::config::{self, Config, ShellSettings, discover};
use crate::context::Context;
use crate::directory::turn::Place;
use crate::directory::{self, FILE_NAME, Mark, Problem, RoleFile, Wish};
use crate::environment::DIRECTORY;
use crate::index::{Allowed, Index, InstanceRow, KnownConfig, Trust};
use crate::private::fingerprint;
use crate::role::{Role, Selection};
use crate::{Error, Result};

use super::{find_path, open_state};

/// Characters of a refusal; paths are long, and names are as long as their writers like.
const MOST_SAID: usize = 1000;

/// The state file beside the config that it knows, as it is now.
pub(super) struct Known {
    pub index: Index,
    pub config: KnownConfig,
    path: PathBuf,
}

impl Known {
    /// Opens the state file. YAML is read only where the config has changed since it was read last.
    pub fn open(context: &Context) -> Result<Self> {
        let (path, state) = paths(context)?;
        if let Ok(Some(index)) = Index::open_read_only(&state)
            && let Some(config) = index.known_config(&path)?
        {
            return Ok(Self { index, config, path });
        }
        let config = config::load(&path)?.config;
        // Whichever instance is opened, all are brought up to date.
        let first = config.instances.values().next().map_or_else(|| config.instance(None), Ok)?;
        let (index, _) = open_state(context, &config, first)?;
        let known = index.known_config(&path)?;
        let known = known.ok_or_else(|| Error::failed(format!("{} changed while it was read", path.display())))?;
        Ok(Self { index, config: known, path })
    }

    /// The same as it lies there, for a shell that waits at a `cd`; none where that is not possible. A
    /// writer that comes in between makes a query fail, and then it is for [`Known::open`] to try.
    pub fn open_at_once(context: &Context) -> Option<Self> {
        let (path, state) = paths(context).ok()?;
        let index = Index::open_at_once(&state).ok()??;
        let config = index.known_config(&path).ok()??;
        Some(Self { index, config, path })
    }

    /// What a look around needs.
    pub fn view(&self) -> View<'_> {
        View { index: &self.index, config_id: self.config.id, config: &self.path, settings: &self.config.settings }
    }
}

/// The config file and the state file.
fn paths(context: &Context) -> Result<(PathBuf, PathBuf)> {
    let config = find_path(context, |around| discover::config_path(context.globals.config.as_deref(), around))?;
    Ok((config, find_path(context, discover::state_path)?))
}

/// The state file and the settings, however they came to be known.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub index: &'a Index,
    pub config_id: i64,
    config: &'a Path,
    pub settings: &'a ShellSettings,
}

impl<'a> View<'a> {
    /// The view of a command that has read its config, and opened the state file.
    pub fn new(index: &'a Index, row: &InstanceRow, config: &'a Config, settings: &'a ShellSettings) -> Self {
        Self { index, config_id: row.config_id, config: &config.path, settings }
    }

    /// The role of an instance (none: the default one), if there is just one that fits.
    pub fn role(&self, sso: Option<&str>, selection: &Selection) -> Result<Option<Role>> {
        let Some(instance) = self.index.instance_id(self.config, sso)? else { return Ok(None) };
        let mut found = self.index.find(instance, selection)?;
        Ok(if found.len() == 1 { found.pop() } else { None })
    }
}

/// A role that a file may choose.
pub(super) struct Ruled {
    /// Path of the file.
    pub file: String,
    pub role: Role,
}

/// Why a file has no say.
pub(super) struct Refusal {
    /// For a person, in one line; none for a file that was denied.
    pub text: Option<String>,
}

impl Refusal {
    fn because(text: String) -> Self {
        Self { text: Some(bounded(text)) }
    }

    /// A few characters that tell this refusal from others.
    pub fn key(&self) -> String {
        fingerprint(self.text.as_deref().unwrap_or_default(), 4)
    }
}

/// A file quoted whole would fill the screen of whoever comes by.
fn bounded(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(MOST_SAID) {
        text.truncate(end);
        text.push('…');
    }
    text
}

/// What a look around the working directory found.
pub(super) struct Here {
    /// The physical working directory; none where it was deleted.
    pub directory: Option<PathBuf>,
    /// The directory of the nearest role file.
    pub tree: Option<PathBuf>,
    modified: Option<SystemTime>,
    pub verdict: Option<Result<Ruled, Refusal>>,
}

impl Here {
    /// Nothing rules.
    pub fn nowhere() -> Self {
        Self { directory: directory::here(), tree: None, modified: None, verdict: None }
    }

    /// Looks around.
    pub fn look(context: &Context, view: View<'_>) -> Result<Self> {
        let mut here = Self::nowhere();
        let Some(tree) = here.directory.as_deref().and_then(|directory| nearest_from(directory, context)) else {
            return Ok(here);
        };
        let path = tree.join(FILE_NAME);
        let read = RoleFile::read(&tree);
        here.modified = match &read {
            Ok(file) => file.modified,
            Err(_) => std::fs::metadata(&path).and_then(|metadata| metadata.modified()).ok(),
        };
        here.verdict = Some(match read {
            Ok(file) => judge(&file, view)?,
            Err(_) if is_denied(&path, view)? => Err(Refusal { text: None }),
            Err(problem) => Err(refused(&problem, &path)),
        });
        here.tree = Some(tree);
        Ok(here)
    }

    /// The role that rules.
    pub fn ruled(&self) -> Option<&Ruled> {
        self.verdict.as_ref()?.as_ref().ok()
    }

    /// Why the nearest file does not.
    pub fn refusal(&self) -> Option<&Refusal> {
        self.verdict.as_ref()?.as_ref().err()
    }

    /// The directory of the nearest role file, for a shell. Not where its path is not UTF-8: it has no say.
    pub fn tree_text(&self) -> Option<&str> {
        self.tree.as_deref()?.to_str()
    }

    /// What a shell compares the role file with, to see that it has changed. Where there can be no mark, the
    /// file is compared with itself, and seems never to change.
    pub fn leave_mark(&self, state: &Path) -> Option<String> {
        let path = self.tree.as_deref()?.join(FILE_NAME);
        let mark = self.modified.and_then(|time| Mark::of(state, &path).leave(time));
        mark.or_else(|| path.to_str().map(str::to_owned))
    }

    /// The same for the rules of turning.
    pub fn place(&self) -> Place<'_> {
        Place { directory: self.directory.as_deref(), tree: self.tree_text(), allowed: self.ruled().is_some() }
    }
}

/// The role file of the working directory, for a command with `--here`, and the surroundings in which the
/// SSO instance that it names is opened.
pub(super) fn file_here(context: &Context, config: &Config) -> Result<(RoleFile, Context)> {
    let gone = || Error::usage("the working directory is gone: go to another one");
    let directory = directory::here().ok_or_else(gone)?;
    let tree = nearest_from(&directory, context).ok_or_else(|| {
        Error::usage(format!(
            "no {FILE_NAME} rules {}: write one with 'aws-sso allow --init -p PROFILE'",
            directory.display()
        ))
    })?;
    let file = RoleFile::read(&tree).map_err(|problem| Error::failed(problem.at(&tree.join(FILE_NAME))))?;
    // What is wrong with its content is for the judge to say.
    let around = match &file.wish {
        Ok(wish) => in_instance(context, config, wish)
            .map_err(|error| Error::failed(format!("{}: {}", file.path, error.message())))?,
        Err(_) => context.clone(),
    };
    Ok((file, around))
}

/// Surroundings in which the SSO instance of a role file is opened. The role of the shell is no reason to
/// look elsewhere than the file says.
pub(super) fn in_instance(context: &Context, config: &Config, wish: &Wish) -> Result<Context> {
    let mut around = context.clone();
    around.env.put("AWS_SSO", None);
    around.globals.sso.clone_from(&wish.sso);
    config.instance(around.wanted_instance())?;
    Ok(around)
}

/// The role that a file may choose, or an error that says what to do.
pub(super) fn permitted(file: &RoleFile, view: View<'_>) -> Result<Role> {
    judge(file, view)?.map(|ruled| ruled.role).map_err(|refusal| {
        let denied = || format!("{} was denied: 'aws-sso allow' permits it", file.path);
        Error::failed(refusal.text.unwrap_or_else(denied))
    })
}

/// The directory of the role file that rules the working directory.
pub(super) fn nearest(context: &Context) -> Option<PathBuf> {
    nearest_from(&directory::here()?, context)
}

fn nearest_from(directory: &Path, context: &Context) -> Option<PathBuf> {
    directory::nearest(directory, context.home().as_deref())
}

fn refused(problem: &Problem, path: &Path) -> Refusal {
    Refusal::because(problem.at(path))
}

fn is_denied(path: &Path, view: View<'_>) -> Result<bool> {
    let Some(path) = path.to_str() else { return Ok(false) };
    Ok(view.index.trust(view.config_id, path)? == Some(Trust::Denied))
}

/// Whether a file may choose, and what.
pub(super) fn judge(file: &RoleFile, view: View<'_>) -> Result<Result<Ruled, Refusal>> {
    let trust = view.index.trust(view.config_id, &file.path)?;
    if trust == Some(Trust::Denied) {
        return Ok(Err(Refusal { text: None }));
    }
    let wish = match &file.wish {
        Ok(wish) => wish,
        Err(problem) => return Ok(Err(refused(problem, Path::new(&file.path)))),
    };
    let Some(role) = view.role(wish.sso.as_deref(), &wish.selection)? else {
        return Ok(Err(Refusal::because(no_role(file, wish, view.settings))));
    };
    let why = match trust {
        Some(Trust::Allowed(allowed)) => match changed(&allowed, file, &role) {
            None => {
                let region = wish.region.clone().or(role.region);
                return Ok(Ok(Ruled { file: file.path.clone(), role: Role { region, ..role } }));
            }
            Some(what) => format!(", whose {what} changed since it was allowed,"),
        },
        _ => String::new(),
    };
    Ok(Err(Refusal::because(format!("{}{why} asks for {}: 'aws-sso allow' permits it", file.path, description(&role)))))
}

fn changed(allowed: &Allowed, file: &RoleFile, role: &Role) -> Option<&'static str> {
    if allowed.hash != file.hash {
        Some("content")
    } else if allowed.owner != file.owner {
        Some("owner")
    } else if allowed.arn != role.arn.to_string() || allowed.sso != role.sso || allowed.profile != role.profile {
        // A role of another name needs another profile in ~/.aws/config.
        Some("role")
    } else {
        None
    }
}

/// A role for a person who decides about it.
pub(super) fn description(role: &Role) -> String {
    let account = if role.account_name.is_empty() { &role.account_alias } else { &role.account_name };
    let account = if account.is_empty() { String::new() } else { format!(" ({account})") };
    format!("{}, the role {} in account {}{account}", role.profile, role.role_name, role.account_id)
}

/// A file that names no role that is known.
fn no_role(file: &RoleFile, wish: &Wish, settings: &ShellSettings) -> String {
    let wanted = match &wish.selection {
        Selection::Profile(name) | Selection::Arn(name) => format!("'{name}'"),
        Selection::AccountRole(account, role) => format!("the role '{role}' of account {account}"),
    };
    let instance = wish.sso.as_deref().or(settings.default_instance.as_deref());
    let instance = instance.map_or_else(
        || "no SSO instance that is known".to_owned(),
        |name| format!("no role of the SSO instance {name}"),
    );
    format!("{} asks for {wanted}, which is {instance}: correct it, or run 'aws-sso cache' for a new role", file.path)
}

/// Refuses credentials of the role that a shell has from one directory to a program that runs in another
/// one, ruled by another file: the role that was just left must not answer there.
pub(super) fn refuse_elsewhere(context: &Context, view: View<'_>, asked: &Role) -> Result<()> {
    let Some(shell_file) = context.env.get(DIRECTORY) else { return Ok(()) };
    let in_shell = context.env.get("AWS_SSO_ROLE_ARN");
    if in_shell.is_some_and(|arn| arn != asked.arn.to_string()) {
        // Named by the program itself, not handed on by the shell.
        return Ok(());
    }
    let Some(tree) = nearest(context) else { return Ok(()) };
    let path = tree.join(FILE_NAME);
    let wants = match RoleFile::read(&tree) {
        Ok(file) => match &file.wish {
            // Whether it was allowed does not matter: it says what this place is for.
            Ok(wish) => {
                let role = view.role(wish.sso.as_deref(), &wish.selection)?;
                role.ok_or_else(|| no_role(&file, wish, view.settings))
            }
            Err(problem) => Err(problem.at(&path)),
        },
        Err(problem) => Err(problem.at(&path)),
    };
    let from = if Path::new(shell_file) == path { "it had before".to_owned() } else { format!("of {shell_file}") };
    match wants {
        Ok(role) if role.arn == asked.arn => Ok(()),
        Ok(role) => Err(Error::failed(format!(
            "refused: {} asks for {}, and this shell has {} {from}: run the command from a prompt there, or with \
             'aws-sso exec --here -- COMMAND'",
            path.display(),
            role.profile,
            asked.profile
        ))),
        Err(problem) => {
            Err(Error::failed(bounded(format!("refused: this shell has {} {from}, and {problem}", asked.profile))))
        }
    }
}
