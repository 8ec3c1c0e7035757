//! `login`: a session with IAM Identity Center, and an index that is not too old.

use crate::cli::LoginArgs;
use crate::context::Context;
use crate::session::{Manners, Session};
use crate::{Result, ui};

use super::aws_profiles::after_refresh;
use super::{load_config, open_session, refresh_sentence, setup};

pub(super) fn run(args: &LoginArgs, context: &Context) -> Result<()> {
    setup::wizard::before_login(context)?;
    let config = load_config(context)?;
    let mut session = open_session(context, &config, Manners::MayAsk)?;
    let existing = session.session_end()?;
    match existing {
        Some(ends) if !args.force => {
            let left = ui::time_left(ends, jiff::Timestamp::now().as_second());
            ui::tell(&format!("Already signed in to {} ({left} left)", session.row.name));
        }
        _ => {
            if existing.is_some()
                && let Some(why) = session.make_way()?
            {
                tracing::warn!("AWS was not told that the old session ends: {why}");
            }
            session.sign_in()?;
            ui::tell(&format!("Signed in to {}", session.row.name));
        }
    }
    if args.no_refresh || !session.is_stale() {
        return Ok(());
    }
    refresh(&mut session)?;
    after_refresh(context, &config, false);
    Ok(())
}

fn refresh(session: &mut Session<'_>) -> Result<()> {
    let changes = session.refresh().map_err(|error| error.context("signed in, but the roles could not be fetched"))?;
    ui::tell(&refresh_sentence(&session.row.name, &changes));
    Ok(())
}
