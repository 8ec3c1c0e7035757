//! `process`: the answer to an AWS SDK's `credential_process`. Asks nothing, opens no browser.

use secrecy::ExposeSecret;

use crate::cli::ProcessArgs;
use crate::config::ShellSettings;
use crate::context::Context;
use crate::role::{RoleCredentials, RoleFlags};
use crate::session::Manners;
use crate::{Result, ui};

use super::ruling::{self, View};
use super::{freshness, load_config, open_session, role};

pub(super) fn run(args: &ProcessArgs, context: &Context) -> Result<()> {
    let config = load_config(context)?;
    let settings = ShellSettings::of(&config);
    let here = args.here.then(|| ruling::file_here(context, &config)).transpose()?;
    let around = here.as_ref().map_or(context, |(_, around)| around);
    let mut session = open_session(around, &config, Manners::Silent)?;
    let role = if let Some((file, _)) = &here {
        ruling::permitted(file, View::new(&session.index, &session.row, &config, &settings))?
    } else {
        let role = role::resolve(&mut session, &config, &RoleFlags::from(&args.role), None)?;
        ruling::refuse_elsewhere(context, View::new(&session.index, &session.row, &config, &settings), &role)?;
        role
    };
    ui::print(&document(&session.credentials(&role, freshness(context))?))
}

/// The shape that the SDKs ask for: version 1, times in RFC 3339.
fn document(credentials: &RoleCredentials) -> String {
    let document = serde_json::json!({
        "Version": 1,
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key.expose_secret(),
        "SessionToken": credentials.session_token.expose_secret(),
        "Expiration": crate::environment::rfc3339(credentials.expires_at),
    });
    document.to_string() + "\n"
}
