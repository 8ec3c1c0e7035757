//! `cache`: the index is brought up to what AWS lists now.

use crate::cli::CacheArgs;
use crate::context::Context;
use crate::error::one_line;
use crate::session::Manners;
use crate::{Result, ui};

use super::aws_profiles::after_refresh;
use super::{load_config, open_session, refresh_sentence};

pub(super) fn run(args: &CacheArgs, context: &Context) -> Result<()> {
    let config = load_config(context)?;
    let mut session = open_session(context, &config, Manners::MayAsk)?;
    let changes = session.refresh()?;
    if !args.silent {
        ui::tell(&refresh_sentence(&session.row.name, &changes));
    }
    after_refresh(context, &config, args.silent);
    if args.silent {
        return Ok(());
    }
    let added = changes.added.iter().map(|arn| format!("+ {}\n", one_line(arn)));
    let removed = changes.removed.iter().map(|arn| format!("- {}\n", one_line(arn)));
    ui::print(&added.chain(removed).collect::<String>())
}
