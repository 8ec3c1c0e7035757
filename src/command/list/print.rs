//! Lists for other programs.

use std::collections::BTreeMap;
use std::io::IsTerminal;

use serde::Serialize;

use crate::error::one_line;
use crate::role::{AccountId, Role, RoleArn};
use crate::{Error, Result};

use super::field::live;
use super::plan::Plan;

/// RFC 4180 with a header.
pub fn csv(plan: &Plan, roles: &[Role], now: i64) -> Result<String> {
    let failed = |error: &dyn std::fmt::Display| Error::failed(format!("could not write CSV: {error}"));
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(plan.fields.iter().map(|field| field.name())).map_err(|error| failed(&error))?;
    // A script gets every byte of a name; a terminal gets none that it would obey.
    let shown = std::io::stdout().is_terminal();
    for row in plan.rows(roles, now) {
        let row = row.into_iter().map(|cell| if shown { one_line(&cell) } else { cell });
        writer.write_record(row).map_err(|error| failed(&error))?;
    }
    let bytes = writer.into_inner().map_err(|error| failed(&error))?;
    String::from_utf8(bytes).map_err(|error| failed(&error))
}

/// One array with all that is known.
pub fn json(roles: &[Role], now: i64) -> String {
    let objects: Vec<Object<'_>> = roles.iter().map(|role| Object::of(role, now)).collect();
    serde_json::to_string(&objects).unwrap_or_default()
}

/// A role as `--json` shows it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Object<'a> {
    profile: &'a str,
    arn: &'a RoleArn,
    account_id: AccountId,
    account_alias: &'a str,
    account_name: &'a str,
    email_address: &'a str,
    role_name: &'a str,
    region: Option<&'a str>,
    sso: &'a str,
    sso_region: &'a str,
    start_url: &'a str,
    via: Option<&'a RoleArn>,
    expires: Option<String>,
    tags: &'a BTreeMap<String, String>,
}

impl<'a> Object<'a> {
    fn of(role: &'a Role, now: i64) -> Self {
        Self {
            profile: &role.profile,
            arn: &role.arn,
            account_id: role.account_id,
            account_alias: &role.account_alias,
            account_name: &role.account_name,
            email_address: &role.email,
            role_name: &role.role_name,
            region: role.region.as_deref(),
            sso: &role.sso,
            sso_region: &role.sso_region,
            start_url: &role.start_url,
            via: role.via.as_ref(),
            expires: live(role, now).map(crate::environment::rfc3339),
            tags: &role.tags,
        }
    }
}
