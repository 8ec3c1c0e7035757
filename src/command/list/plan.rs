//! What to list, in which order.

use crate::cli::ListArgs;
use crate::config::{Color, Config};
use crate::context::Context;
use crate::role::{Role, TagColor};
use crate::ui::{self, Cell};
use crate::{Error, Result};

use super::field::{Field, live};

/// What to list and how, once flags, environment and config are weighed.
pub(super) struct Plan {
    pub fields: Vec<Field>,
    sort: Field,
    reverse: bool,
    prefix: Option<(Field, String)>,
}

impl Plan {
    /// Weighs them; a word that names no field is an error.
    pub fn of(args: &ListArgs, context: &Context, config: &Config) -> Result<Self> {
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

    /// Leaves out what was not asked for, and sorts the rest.
    pub fn arrange(&self, roles: &mut Vec<Role>, now: i64) {
        if let Some((field, prefix)) = &self.prefix {
            let prefix = prefix.to_lowercase();
            roles.retain(|role| field.text(role, 0, now).to_lowercase().starts_with(&prefix));
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

    /// The rows of a table. The first column that names the role has its colour.
    pub fn cells(&self, roles: &[Role], look: &Look) -> impl Iterator<Item = Vec<Cell>> {
        let naming = [Field::Profile, Field::RoleName, Field::Arn];
        let named = naming.into_iter().find(|field| self.fields.contains(field));
        let cell = move |field: Field, role: &Role, row: usize| match field {
            Field::Expires => look.left(role),
            field if Some(field) == named => Look::name(role, field.text(role, row, look.now)),
            field => Cell::from(field.text(role, row, look.now)),
        };
        let numbered = roles.iter().enumerate();
        numbered.map(move |(n, role)| self.fields.iter().map(|field| cell(*field, role, n + 1)).collect())
    }

    /// The rows as text.
    pub fn rows(&self, roles: &[Role], now: i64) -> impl Iterator<Item = Vec<String>> {
        roles
            .iter()
            .enumerate()
            .map(move |(n, role)| self.fields.iter().map(|field| field.text(role, n + 1, now)).collect())
    }
}

/// What a role looks like on a terminal.
pub(super) struct Look {
    /// Unix time in seconds.
    pub now: i64,
    /// `RefreshBefore`, in seconds: what has less left is renewed.
    pub soon: i64,
}

impl Look {
    /// Less than this is left: not much.
    const SHORT: i64 = 900;

    /// The name of a role in the colour of its tags.
    pub fn name(role: &Role, text: String) -> Cell {
        Cell::of(text, TagColor::of(role).map_or(Color::DefaultColor, ui::color_of))
    }

    /// What is left of its credentials: green, yellow, red.
    pub fn left(&self, role: &Role) -> Cell {
        let Some(at) = role.expires_at else { return Cell::from(String::new()) };
        let color = match at - self.now {
            left if left <= self.soon => Color::Red,
            ..Self::SHORT => Color::Yellow,
            _ => Color::Green,
        };
        Cell::of(ui::time_left(at, self.now), color)
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
