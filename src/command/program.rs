//! The path of this program, as it is to be written into a file that outlives it.

use std::path::{Path, PathBuf};

use crate::context::Context;
use crate::{Error, Result};

/// The path by which PATH finds this program, else where it lies. The former is often a link of a package
/// manager, which still leads here after an upgrade.
pub(super) fn running_program(context: &Context) -> Result<String> {
    let failed = |why: &dyn std::fmt::Display| Error::failed(format!("could not tell where this program is: {why}"));
    let program = std::env::current_exe().map_err(|error| failed(&error))?;
    let itself = program.canonicalize().map_err(|error| failed(&error))?;
    let path = on_path(&itself, context).unwrap_or(program);
    path.into_os_string().into_string().map_err(|path| {
        Error::failed(format!("{} is no path in UTF-8: move the program to another folder", path.display()))
    })
}

fn on_path(itself: &Path, context: &Context) -> Option<PathBuf> {
    let directory = std::env::current_dir().ok()?;
    let mut found = which::which_in_all("aws-sso", context.env.get("PATH"), directory).ok()?;
    found.find(|path| path.canonicalize().is_ok_and(|path| path == itself))
}
