//! The state file: readable, sound, of a version that is known, and as new as its config.

use std::path::PathBuf;

use crate::command::find_path;
use crate::command::setup::shown;
use crate::config::{Config, discover};
use crate::context::Context;
use crate::index::{Index, IndexError, Look};
use crate::shell::Shell;

use super::finding::Finding;

const CHECK: &str = "state";

/// Where the state file is, the file where it can be read, and what there is to say of it.
pub(super) fn look(context: &Context, config: Option<&Config>) -> (Option<PathBuf>, Option<Index>, Vec<Finding>) {
    let path = match find_path(context, discover::state_path) {
        Ok(path) => path,
        Err(error) => return (None, None, vec![Finding::of_error(CHECK, &error)]),
    };
    let name = shown(&path, context);
    let (index, finding) = match Index::look(&path) {
        Ok(Look::Whole(index)) => match index.damage() {
            Ok(None) => {
                let finding = sound(&index, config, &name);
                (Some(index), finding)
            }
            Ok(Some(damage)) => (None, damaged(&name, &damage)),
            Err(error) => (None, unusable(&error, &name)),
        },
        Ok(Look::Missing) => (None, Finding::note(CHECK, format!("there is no {name} yet")).mended_by("aws-sso login")),
        Ok(Look::Older) => {
            let older = format!("{name} was written by an older aws-sso: the next command brings it up to date");
            (None, Finding::note(CHECK, older).mended_by("aws-sso list"))
        }
        Err(error) => (None, unusable(&error, &name)),
    };
    (Some(path), index, vec![finding])
}

fn sound(index: &Index, config: Option<&Config>, name: &str) -> Finding {
    let behind = config.is_some_and(|config| {
        let current = |instance| matches!(index.current_instance(config, instance), Ok(Some(_)));
        !config.instances.values().all(current)
    });
    match behind {
        true => Finding::note(CHECK, format!("{name} is older than the config: the next command brings it up to date")),
        false => Finding::ok(CHECK, format!("{name} is sound")),
    }
}

fn unusable(error: &IndexError, name: &str) -> Finding {
    match error {
        IndexError::Damaged { reason, .. } => damaged(name, reason),
        IndexError::Denied(path) => {
            let directory = path.parent().unwrap_or(path);
            let paths = [directory, path.as_path()].map(|path| Shell::Posix.quote(&path.to_string_lossy()));
            Finding::problem(CHECK, format!("{name} may not be opened"))
                .mended_by(format!("chmod u+rwX {}", paths.join(" ")))
        }
        other => Finding::of_error(CHECK, other),
    }
}

/// The next command that writes sets it aside and makes a new one.
fn damaged(name: &str, reason: &str) -> Finding {
    let message = format!("{name} is damaged ({reason}): signing in sets it aside and makes a new one");
    Finding::problem(CHECK, message).mended_by("aws-sso login")
}
