//! `setup`: what is written into the person's own files.

pub(super) mod completions;

use crate::Result;
use crate::cli::{SetupArgs, SetupCommand};
use crate::context::Context;

pub(super) fn run(args: &SetupArgs, context: &Context) -> Result<()> {
    match &args.command {
        SetupCommand::Completions(args) => completions::run(args, context),
    }
}
