//! `process`: the answer to an AWS SDK's `credential_process`. Asks nothing, opens no browser.

use secrecy::ExposeSecret;

use crate::cli::ProcessArgs;
use crate::config::ShellSettings;
use crate::context::Context;
use crate::role::{RoleCredentials, RoleFlags};
use crate::session::Manners;
use crate::{Result, ui};

use super::ruling::{self, Here, View};
use super::{freshness, load_config, open_session, role};

pub(super) fn run(args: &ProcessArgs, context: &Context) -> Result<()> {
    let config = load_config(context)?;
    if args.here {
        let (ruled, context) = Here::for_command(context)?;
        let mut session = open_session(&context, &config, Manners::Silent)?;
        return answer(&session.credentials(&ruled.role, freshness(&context))?);
    }
    let mut session = open_session(context, &config, Manners::Silent)?;
    let role = role::resolve(&mut session, &config, &RoleFlags::from(&args.role), None)?;
    let settings = ShellSettings::of(&config);
    ruling::refuse_elsewhere(context, View::of(&session, &config, &settings), &role)?;
    answer(&session.credentials(&role, freshness(context))?)
}

fn answer(credentials: &RoleCredentials) -> Result<()> {
    ui::print(&document(credentials))
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
