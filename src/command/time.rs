//! `time`: how long the credentials in this shell last. Needs no config and no store.

use crate::context::Context;
use crate::{Error, Result, ui};

pub(super) fn run(context: &Context) -> Result<()> {
    let Some(text) = context.env.get("AWS_SSO_SESSION_EXPIRATION") else { return Ok(()) };
    let expires: jiff::Timestamp = text.parse().map_err(|_| {
        Error::failed(format!(
            "AWS_SSO_SESSION_EXPIRATION is '{text}', which is no RFC 3339 time such as 2026-01-02T03:04:05Z: load the role again with 'aws-sso eval'"
        ))
    })?;
    ui::print(&format!("{}\n", ui::time_left(expires.as_second(), jiff::Timestamp::now().as_second())))
}
