//! `list`: the roles, as a table, CSV or JSON. Answered by the index alone.

use std::collections::BTreeMap;
use std::io::IsTerminal;

use serde::Serialize;

use crate::cli::ListArgs;
use crate::config::{Config, suggest};
use crate::context::Context;
use crate::error::one_line;
use crate::role::{AccountId, Role, RoleArn};
use crate::{Error, Result, ui};

use super::{load_config, open_session, open_state};
use crate::session::Manners;

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Id,
    AccountId,
    AccountIdPad,
    AccountAlias,
    AccountName,
    Arn,
    DefaultRegion,
    EmailAddress,
    Expires,
    ExpiresEpoch,
    Profile,
    RoleName,
    Sso,
    SsoRegion,
    StartUrl,
    Via,
}

/// Every column with its name and meaning, by name.
const FIELDS: [(Field, &str, &str); 16] = [
    (Field::AccountAlias, "AccountAlias", "Account name in AWS"),
    (Field::AccountId, "AccountId", "Account id as a number"),
    (Field::AccountIdPad, "AccountIdPad", "Account id with 12 digits"),
    (Field::AccountName, "AccountName", "Account name in config.yaml"),
    (Field::Arn, "Arn", "ARN of the role"),
    (Field::DefaultRegion, "DefaultRegion", "Region configured for the role"),
    (Field::EmailAddress, "EmailAddress", "Root e-mail address of the account"),
    (Field::Expires, "Expires", "Time until the stored credentials end"),
    (Field::ExpiresEpoch, "ExpiresEpoch", "Unix time when the stored credentials end"),
    (Field::Id, "Id", "Number of the row"),
    (Field::Profile, "Profile", "Profile name"),
    (Field::RoleName, "RoleName", "Role name"),
    (Field::Sso, "SSO", "SSO instance in config.yaml"),
    (Field::SsoRegion, "SSORegion", "Region of the SSO instance"),
    (Field::StartUrl, "StartUrl", "Start URL of the SSO instance"),
    (Field::Via, "Via", "Role to hold first (role chaining)"),
];

/// Every column's name and meaning.
pub(super) fn fields() -> impl Iterator<Item = (&'static str, &'static str)> {
    FIELDS.iter().map(|(_, name, meaning)| (*name, *meaning))
}

impl Field {
    fn parse(name: &str) -> Result<Self> {
        // Spellings of earlier versions.
        let name = match name {
            "ExpiresStr" => "Expires",
            "AccountIdStr" => "AccountIdPad",
            other => other,
        };
        let found = FIELDS.iter().find(|(_, known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(field, ..)| *field).ok_or_else(|| {
            let near = suggest(name, FIELDS.iter().map(|(_, known, _)| *known));
            let near = near.map(|near| format!("did you mean {near}? ")).unwrap_or_default();
            Error::usage(format!("there is no field '{name}': {near}'aws-sso list -f' shows all"))
        })
    }

    fn name(self) -> &'static str {
        FIELDS.iter().find(|(field, ..)| *field == self).map_or("", |(_, name, _)| name)
    }

    /// The value as it is compared with a prefix and shown. `row` counts from 1.
    fn text(self, role: &Role, row: usize, now: i64) -> String {
        match self {
            Self::Id => row.to_string(),
            Self::AccountId => role.account_id.number().to_string(),
            Self::AccountIdPad => role.account_id.to_string(),
            Self::AccountAlias => role.account_alias.clone(),
            Self::AccountName => role.account_name.clone(),
            Self::Arn => role.arn.to_string(),
            Self::DefaultRegion => role.region.clone().unwrap_or_default(),
            Self::EmailAddress => role.email.clone(),
            Self::Expires => role.expires_at.map(|at| ui::time_left(at, now)).unwrap_or_default(),
            Self::ExpiresEpoch => live(role, now).unwrap_or_default().to_string(),
            Self::Profile => role.profile.clone(),
            Self::RoleName => role.role_name.clone(),
            Self::Sso => role.sso.clone(),
            Self::SsoRegion => role.sso_region.clone(),
            Self::StartUrl => role.start_url.clone(),
            Self::Via => role.via.as_ref().map(ToString::to_string).unwrap_or_default(),
        }
    }

    fn is_time(self) -> bool {
        matches!(self, Self::Expires | Self::ExpiresEpoch)
    }
}

/// When the stored credentials of a role end, if they have not.
fn live(role: &Role, now: i64) -> Option<i64> {
    role.expires_at.filter(|at| *at > now)
}

/// What to list and how, once flags, environment and config are weighed.
struct Plan {
    fields: Vec<Field>,
    sort: Field,
    reverse: bool,
    prefix: Option<(Field, String)>,
}

pub(super) fn run(args: &ListArgs, context: &Context) -> Result<()> {
    if args.list_fields {
        let rows = FIELDS.iter().map(|(_, name, meaning)| vec![(*name).to_owned(), (*meaning).to_owned()]);
        return ui::print(&ui::table(&["Field", "Description"], rows));
    }
    let config = load_config(context)?;
    let plan = Plan::of(args, context, &config)?;
    if args.no_cache {
        open_session(context, &config, Manners::MayAsk)?.refresh()?;
    }
    let instance = config.instance(context.wanted_instance())?;
    let (index, row) = open_state(context, &config, instance)?;
    let now = jiff::Timestamp::now().as_second();
    let mut roles = index.roles(row.id)?;
    plan.arrange(&mut roles, now);

    if args.json {
        let mut tags = index.tags(row.id)?;
        for role in &mut roles {
            role.tags = tags.remove(&role.arn.to_string()).unwrap_or_default();
        }
        let objects: Vec<Object<'_>> = roles.iter().map(|role| Object::of(role, now)).collect();
        return ui::print_json(&serde_json::to_string(&objects).unwrap_or_default());
    }
    if args.csv {
        return ui::print(&csv(&plan, &roles, now)?);
    }
    header(&config, &row, now);
    let names: Vec<&str> = plan.fields.iter().map(|field| field.name()).collect();
    if roles.is_empty() {
        return Ok(());
    }
    ui::print(&ui::table(&names, plan.rows(&roles, now)))
}

/// For the person: standard output is the table alone.
fn header(config: &Config, row: &crate::index::InstanceRow, now: i64) {
    let session = match row.session_expires_at {
        Some(at) => format!(" [session: {}]", ui::time_left(at, now)),
        None => " [not signed in]".to_owned(),
    };
    ui::tell(&format!("AWS roles of the SSO instance {}{session}\n", row.name));
    match (&row.problem, row.refreshed_at) {
        (Some(problem), _) => ui::tell(&format!("aws-sso: {problem}")),
        (None, None) => ui::tell("No roles were fetched yet: run 'aws-sso login'"),
        (None, Some(_)) if row.is_stale(config.cache_refresh, now) => {
            tracing::warn!("this list is older than CacheRefresh: run 'aws-sso cache'");
        }
        _ => {}
    }
}

impl Plan {
    fn of(args: &ListArgs, context: &Context, config: &Config) -> Result<Self> {
        let from_env: Vec<String> =
            context.env.get("AWS_SSO_FIELDS").unwrap_or_default().split([',', ' ']).map(str::to_owned).collect();
        let wanted = [&args.fields, &from_env, &config.list_fields];
        let wanted = wanted.into_iter().find(|fields| fields.iter().any(|name| !name.is_empty()));
        let wanted = wanted.into_iter().flatten().filter(|name| !name.is_empty());
        let fields = wanted.map(|name| Field::parse(name)).collect::<Result<_>>()?;
        let sort = args.sort.as_deref().or(context.env.get("AWS_SSO_FIELD_SORT")).unwrap_or("AccountId");
        let prefix = args.prefix.as_deref().map(parse_prefix).transpose()?;
        let reverse = args.reverse || context.env.flag("AWS_SSO_FIELD_SORT_REVERSE");
        Ok(Self { fields, sort: Field::parse(sort)?, reverse, prefix })
    }

    fn arrange(&self, roles: &mut Vec<Role>, now: i64) {
        if let Some((field, prefix)) = &self.prefix {
            roles.retain(|role| field.text(role, 0, now).starts_with(prefix.as_str()));
        }
        // The index answers by account and role: what is equal here keeps that order, in reverse too.
        if self.reverse {
            roles.reverse();
        }
        match self.sort {
            Field::Id | Field::AccountId | Field::AccountIdPad => roles.sort_by_key(|role| role.account_id),
            field if field.is_time() => roles.sort_by_key(|role| live(role, now).unwrap_or(i64::MAX)),
            field => roles.sort_by_cached_key(|role| field.text(role, 0, now)),
        }
        if self.reverse {
            roles.reverse();
        }
    }

    fn rows(&self, roles: &[Role], now: i64) -> impl Iterator<Item = Vec<String>> {
        roles
            .iter()
            .enumerate()
            .map(move |(n, role)| self.fields.iter().map(|field| field.text(role, n + 1, now)).collect())
    }
}

/// `FIELD=PREFIX`; a further `=` belongs to the prefix.
fn parse_prefix(text: &str) -> Result<(Field, String)> {
    let (name, prefix) = text.split_once('=').ok_or_else(|| {
        Error::usage(format!("'{text}' is no prefix filter: write --prefix FIELD=PREFIX, such as RoleName=Admin"))
    })?;
    let field = Field::parse(name)?;
    if field.is_time() || field == Field::Id {
        return Err(Error::usage(format!("{} cannot be filtered by prefix: use another field", field.name())));
    }
    Ok((field, prefix.to_owned()))
}

fn csv(plan: &Plan, roles: &[Role], now: i64) -> Result<String> {
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
