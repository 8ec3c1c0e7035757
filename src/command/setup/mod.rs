//! `setup`: what is written into the person's own files.

pub(super) mod completions;
mod store;

use std::path::Path;

use crate::Result;
use crate::cli::{SetupArgs, SetupCommand};
use crate::context::Context;
use crate::error::one_line;

pub(super) fn run(args: &SetupArgs, context: &Context) -> Result<()> {
    match &args.command {
        SetupCommand::Completions(args) => completions::run(args, context),
        SetupCommand::Store(args) => store::run(args, context),
    }
}

/// A path as the person would type it, safe for a terminal.
pub(super) fn shown(path: &Path, context: &Context) -> String {
    let below = context.home().and_then(|home| Some(Path::new("~").join(path.strip_prefix(home).ok()?)));
    one_line(&below.as_deref().unwrap_or(path).to_string_lossy())
}
