//! `logout`: the session ends at AWS, and what was kept of it is gone.

use crate::cli::LogoutArgs;
use crate::context::Context;
use crate::session::{Farewell, Manners, Session};
use crate::{Result, ui};

use super::{load_config, open_state};

pub(super) fn run(args: &LogoutArgs, context: &Context) -> Result<()> {
    let config = load_config(context)?;
    let instances = match args.all {
        true => config.instances.values().collect(),
        false => vec![config.instance(context.wanted_instance())?],
    };
    for instance in instances {
        let state = open_state(context, &config, instance)?;
        let mut session = Session::new(context, &config, instance, state, Manners::MayAsk)?;
        let Farewell { at_aws, key } = session.sign_out()?;
        match at_aws {
            None => ui::tell(&format!("Signed out of {}", instance.name)),
            Some(why) => ui::tell(&format!(
                "Signed out of {} here; AWS could not be told ({why}): its session ends by itself",
                instance.name
            )),
        }
        if let Some(left) = key {
            tracing::warn!("{left}");
        }
    }
    if let Some(profile) = context.env.get("AWS_SSO_PROFILE") {
        ui::tell(&format!(
            "This shell still holds credentials of {profile}: take them out with eval \"$(aws-sso eval --clear)\""
        ));
    }
    Ok(())
}
