//! The fields of a format: what it may say about a role, by the names that `list` uses too.

use std::sync::Arc;

use jiff::Timestamp;
use minijinja::value::{Object, Value};

use crate::role::Role;

/// What a field holds, as far as a format can be checked without a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Number,
    Map,
    Unknown,
}

/// One field: its name, its kind and where its value comes from.
#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
    value: fn(&Role) -> Value,
}

const fn text(name: &'static str, value: fn(&Role) -> Value) -> Field {
    Field { name, kind: Kind::Text, value }
}

const fn number(name: &'static str, value: fn(&Role) -> Value) -> Field {
    Field { name, kind: Kind::Number, value }
}

/// What stands in a prompt for the time that is left: it changes while nothing is rendered, so the shell
/// puts it in. No name holds this character: control characters are taken out of names.
pub const LEFT: char = '\u{1f}';

/// The one field that only a prompt has.
pub const LEFT_FIELD: &str = "Left";

/// Every field of a format.
pub static FIELDS: [Field; 18] = [
    // The row number of old lists; a format is rendered outside of any list.
    number("Id", |_| Value::from(0)),
    number("AccountId", |role| Value::from(role.account_id.number())),
    text("AccountIdPad", |role| Value::from(role.account_id.to_string())),
    text("AccountName", |role| Value::from(role.account_name.as_str())),
    text("AccountAlias", |role| Value::from(role.account_alias.as_str())),
    text("EmailAddress", |role| Value::from(role.email.as_str())),
    number("ExpiresEpoch", |role| Value::from(role.expires_at.unwrap_or(0))),
    text("Expires", |role| Value::from(expires(role))),
    text("Arn", |role| Value::from(role.arn.to_string())),
    text("RoleName", |role| Value::from(role.role_name.as_str())),
    text("Profile", |role| Value::from(role.profile.as_str())),
    text("DefaultRegion", |role| Value::from(role.region.as_deref().unwrap_or_default())),
    text("SSO", |role| Value::from(role.sso.as_str())),
    text("SSORegion", |role| Value::from(role.sso_region.as_str())),
    text("StartUrl", |role| Value::from(role.start_url.as_str())),
    Field { name: "Tags", kind: Kind::Map, value: |role| Value::from(role.tags.clone()) },
    text(LEFT_FIELD, |_| Value::from(LEFT.to_string())),
    text("Via", |role| Value::from(role.via.as_ref().map(ToString::to_string).unwrap_or_default())),
];

/// The time when credentials end, in RFC 3339 and UTC: the same text whenever it is rendered.
fn expires(role: &Role) -> String {
    let time = role.expires_at.and_then(|seconds| Timestamp::from_second(seconds).ok());
    time.map(|time| time.to_string()).unwrap_or_default()
}

/// The field of that name.
pub fn find(name: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.name == name)
}

/// What a format may say about one role.
#[derive(Debug, Clone, Copy)]
pub struct ProfileFields<'a> {
    role: &'a Role,
}

impl<'a> ProfileFields<'a> {
    /// The fields of `role`; nothing is copied before a format asks for it.
    pub fn of(role: &'a Role) -> Self {
        Self { role }
    }

    /// The fields `wanted` as a template's context.
    pub(super) fn record(self, wanted: &[&'static Field]) -> Value {
        Value::from_object(Record(wanted.iter().map(|field| (field.name, (field.value)(self.role))).collect()))
    }
}

/// The context of a template: a handful of fields, for which a search is cheaper than a map.
#[derive(Debug)]
struct Record(Vec<(&'static str, Value)>);

impl Object for Record {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.0.iter().find(|(name, _)| *name == key).map(|(_, value)| value.clone())
    }
}
