//! `flush`: the name that logging out had before, and a way to forget only the role credentials.

use crate::cli::{FlushArgs, LogoutArgs};
use crate::context::Context;
use crate::session::Manners;
use crate::{Result, ui};

use super::{load_config, logout, open_session};

pub(super) fn run(args: &FlushArgs, context: &Context) -> Result<()> {
    if args.what != "sts" {
        return logout::run(&LogoutArgs { all: false }, context);
    }
    let config = load_config(context)?;
    let mut session = open_session(context, &config, Manners::MayAsk)?;
    session.forget_credentials()?;
    ui::tell(&format!("Forgot the role credentials of {}", session.row.name));
    Ok(())
}
