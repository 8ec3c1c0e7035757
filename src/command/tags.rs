//! `tags`: what roles are tagged with. Answered by the index alone.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::cli::TagsArgs;
use crate::config::Config;
use crate::context::Context;
use crate::error::one_line;
use crate::role::{AccountId, Role, RoleArn, Selection};
use crate::session::Manners;
use crate::{Error, Result, ui};

use super::list::tell_what_is_missing;
use super::{load_config, open_session, open_state, refresh_first, role, tagged};

pub(super) fn run(args: &TagsArgs, context: &Context) -> Result<()> {
    let config = load_config(context)?;
    let filter = Filter::of(args)?;
    if args.force_update {
        refresh_first(context, &config)?;
    }
    let instance = config.instance(context.wanted_instance())?;
    let (index, row) = open_state(context, &config, instance)?;
    let now = jiff::Timestamp::now().as_second();
    let mut roles = match (&filter.selection, filter.account) {
        (Some(selection), _) => index.find(row.id, selection)?,
        (None, Some(account)) => index.roles_of_account(row.id, account)?,
        (None, None) => {
            let mut all = index.roles(row.id)?;
            tagged::add_tags(&mut all, &index, &row)?;
            all
        }
    };
    tagged::add_history(&mut roles, &index, &row, &config, now)?;
    roles.retain(|role| filter.fits(role));
    if roles.is_empty() && !filter.is_empty() {
        return Err(filter.nothing_fits(context, &config)?);
    }
    if args.json {
        let objects: Vec<Object<'_>> = roles.iter().map(Object::of).collect();
        return ui::print_json(&serde_json::to_string(&objects).unwrap_or_default());
    }
    tell_what_is_missing(context, &config, &row, now);
    ui::print(&roles.iter().map(lines).collect::<String>())
}

/// Which roles were asked for. Everything that is given must fit.
struct Filter {
    /// One role.
    selection: Option<Selection>,
    account: Option<AccountId>,
    role: Option<String>,
    /// Keys with values in lower case; an empty value is any.
    tags: Vec<(String, String)>,
}

impl Filter {
    fn of(args: &TagsArgs) -> Result<Self> {
        let profile = args.profile.clone().map(Selection::Profile);
        Ok(Self {
            selection: profile.or_else(|| args.arn.clone().map(Selection::Arn)),
            account: args.account,
            role: args.role.clone(),
            tags: args.tags.iter().map(|term| parse_tag(term)).collect::<Result<_>>()?,
        })
    }

    fn is_empty(&self) -> bool {
        self.selection.is_none() && self.account.is_none() && self.role.is_none() && self.tags.is_empty()
    }

    fn fits(&self, role: &Role) -> bool {
        let has = |(key, value): &(String, String)| {
            role.tags.iter().any(|(k, v)| k.to_lowercase() == *key && (value.is_empty() || v.to_lowercase() == *value))
        };
        self.account.is_none_or(|account| account == role.account_id)
            && self.role.as_ref().is_none_or(|name| *name == role.role_name)
            && self.tags.iter().all(has)
    }

    /// Why there is no role to show.
    fn nothing_fits(&self, context: &Context, config: &Config) -> Result<Error> {
        let session = open_session(context, config, Manners::Silent)?;
        let selection = match (&self.selection, self.account, &self.role) {
            (None, Some(account), Some(role)) => Some(Selection::AccountRole(account, role.clone())),
            (selection, ..) => selection.clone(),
        };
        // What is wrong with a name is more than that nothing fits.
        if let Some(selection) = &selection
            && let Err(error) = role::find(&session, config, selection)
        {
            return Ok(error);
        }
        let account = self.account.map(|account| format!("-A {account}"));
        let role = self.role.as_ref().map(|role| format!("-R {role}"));
        let tags = self.tags.iter().map(|(key, value)| format!("{key}={value}"));
        let asked: Vec<String> = account.into_iter().chain(role).chain(tags).collect();
        Ok(role::none_fits(&session, &asked.join(" ")))
    }
}

/// `KEY=VALUE`; a further `=` belongs to the value.
fn parse_tag(term: &str) -> Result<(String, String)> {
    match term.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_lowercase(), value.to_lowercase())),
        _ => Err(Error::usage(format!(
            "'{term}' is no tag: write KEY=VALUE, or KEY= for any value; a role is named by -p, -a, or -A and -R"
        ))),
    }
}

/// A role and its tags, by key. What could be taken for another line is made visible.
fn lines(role: &Role) -> String {
    let tags = role.tags.iter().map(|(key, value)| format!("  {}: {}\n", one_line(key), one_line(value)));
    format!("{}\n{}\n", one_line(&role.arn.to_string()), tags.collect::<String>())
}

/// A role as `--json` shows it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Object<'a> {
    profile: &'a str,
    arn: &'a RoleArn,
    account_id: AccountId,
    role_name: &'a str,
    tags: &'a BTreeMap<String, String>,
}

impl<'a> Object<'a> {
    fn of(role: &'a Role) -> Self {
        Self {
            profile: &role.profile,
            arn: &role.arn,
            account_id: role.account_id,
            role_name: &role.role_name,
            tags: &role.tags,
        }
    }
}
