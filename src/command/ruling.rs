//! Which role rules the working directory: the nearest role file, the trust in it, and the role that it
//! names, without a look at YAML of the config, at a key store or at the network.

use std::path::{Path, PathBuf};

use crate::config::{self, Config, ShellSettings, discover};
use crate::context::Context;
use crate::directory::turn::Place;
use crate::directory::{self, FILE_NAME, Mark, Problem, RoleFile, Wish};
use crate::environment::DIRECTORY;
use crate::index::{Allowed, Index, KnownConfig, Trust};
use crate::private::fingerprint;
use crate::role::{Role, Selection};
use crate::session::Session;
use crate::{Error, Result};

use super::find_path;

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
        let path = find_path(context, |around| discover::config_path(context.globals.config.as_deref(), around))?;
        let state = find_path(context, discover::state_path)?;
        if let Ok(Some(index)) = Index::open_read_only(&state)
            && let Some(config) = index.known_config(&path)?
        {
            return Ok(Self { index, config, path });
        }
        let config = config::load(&path)?.config;
        let instance = config.instance(None).ok().or_else(|| config.instances.values().next());
        let (mut index, _) = Index::open(&state)?;
        if let Some(instance) = instance {
            index.instance(&config, instance)?;
        }
        let known = index.known_config(&path)?;
        let known = known.ok_or_else(|| Error::failed(format!("{} changed while it was read", path.display())))?;
        Ok(Self { index, config: known, path })
    }

    /// The same as it lies there, for a shell that waits at a `cd`; none where that is not possible. A
    /// writer that comes in between makes a query fail, and then it is for [`Known::open`] to try.
    pub fn open_at_once(context: &Context) -> Option<Self> {
        let path =
            find_path(context, |around| discover::config_path(context.globals.config.as_deref(), around)).ok()?;
        let state = find_path(context, discover::state_path).ok()?;
        let index = Index::open_at_once(&state).ok()??;
        let config = index.known_config(&path).ok()??;
        Some(Self { index, config, path })
    }

    /// What a look around needs.
    pub fn view(&self) -> View<'_> {
        View { index: &self.index, config_id: self.config.id, config: &self.path, settings: &self.config.settings }
    }
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
    /// The view of a command that has read its config.
    pub fn of(session: &'a Session<'_>, config: &'a Config, settings: &'a ShellSettings) -> Self {
        Self { index: &session.index, config_id: session.row.config_id, config: &config.path, settings }
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
    /// The directory of the nearest role file. Not for one whose path is not UTF-8: it has no say.
    pub tree: Option<String>,
    /// What the shell compares the role file with.
    pub mark: Option<String>,
    pub verdict: Option<Result<Ruled, Refusal>>,
}

impl Here {
    /// Nothing rules.
    pub fn nowhere() -> Self {
        Self { directory: directory::here(), tree: None, mark: None, verdict: None }
    }

    /// Looks around.
    pub fn look(context: &Context, view: View<'_>) -> Result<Self> {
        let mut here = Self::nowhere();
        let Some(tree) = nearest(context) else { return Ok(here) };
        here.tree = tree.to_str().map(str::to_owned);
        let read = RoleFile::read(&tree);
        let path = tree.join(FILE_NAME);
        let modified = match &read {
            Ok(file) => file.modified,
            Err(_) => std::fs::metadata(&path).and_then(|metadata| metadata.modified()).ok(),
        };
        let mark = modified.and_then(|time| Mark::of(view.index.path(), &path).leave(time));
        // Where there can be none, the file is compared with itself, and seems never to change.
        here.mark = mark.or_else(|| path.to_str().map(str::to_owned));
        here.verdict = Some(match read {
            Ok(file) => judge(&file, view)?,
            Err(_) if is_denied(&path, view)? => Err(Refusal { text: None }),
            Err(problem) => Err(refused(&problem, &path)),
        });
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

    /// The same for the rules of turning.
    pub fn place(&self) -> Place<'_> {
        Place { directory: self.directory.as_deref(), tree: self.tree.as_deref(), allowed: self.ruled().is_some() }
    }

    /// The role that rules, for a command with `--here`, and the surroundings in which that command finds
    /// the role's instance.
    pub fn for_command(context: &Context) -> Result<(Ruled, Context)> {
        let known = Known::open(context)?;
        let ruled = Self::look(context, known.view())?.role()?;
        let mut context = context.clone();
        context.globals.sso = Some(ruled.role.sso.clone());
        Ok((ruled, context))
    }

    /// The role that rules, or an error that says what to do.
    pub fn role(self) -> Result<Ruled> {
        match self.verdict {
            Some(Ok(ruled)) => Ok(ruled),
            Some(Err(Refusal { text: Some(text) })) => Err(Error::failed(text)),
            Some(Err(Refusal { text: None })) => Err(Error::failed(format!(
                "{}/{FILE_NAME} was denied: 'aws-sso allow' permits it",
                self.tree.unwrap_or_default()
            ))),
            None => Err(Error::usage(format!(
                "no {FILE_NAME} rules {}: write one with 'aws-sso allow --init -p PROFILE'",
                self.directory
                    .map_or_else(|| "this directory, which is gone".to_owned(), |path| path.display().to_string())
            ))),
        }
    }
}

/// The directory of the role file that rules the working directory.
pub(super) fn nearest(context: &Context) -> Option<PathBuf> {
    directory::nearest(&directory::here()?, context.home().as_deref())
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
pub(super) fn no_role(file: &RoleFile, wish: &Wish, settings: &ShellSettings) -> String {
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
        Ok(file) => match (judge(&file, view)?, &file.wish) {
            (Ok(ruled), _) => Ok(ruled.role),
            (Err(_), Ok(wish)) => {
                let role = view.role(wish.sso.as_deref(), &wish.selection)?;
                role.ok_or_else(|| no_role(&file, wish, view.settings))
            }
            (Err(_), Err(problem)) => Err(problem.at(&path)),
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
