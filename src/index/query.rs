//! What commands ask the state file.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Connection, OptionalExtension, Row, ToSql, params};

use crate::role::{AccountId, Partition, Role, RoleArn, RoleRef, Selection};

use super::derive::account_id;
use super::{Index, IndexError};

pub(super) const ROLES: &str =
    "SELECT role.id, instance.name, sso_region, start_url, role.account_id, alias, account.name, email, \
     role.name, partition, path, profile, region, via, expires_at
     FROM role JOIN instance ON instance.id = role.instance_id
     LEFT JOIN account ON account.instance_id = role.instance_id AND account.id = role.account_id
     LEFT JOIN expiry ON expiry.instance_id = role.instance_id AND expiry.arn = role.arn";

/// Tags of roles, by ARN.
type TagsByArn = HashMap<String, BTreeMap<String, String>>;

impl Index {
    /// All roles of an instance, by account and role name, without their tags.
    pub fn roles(&self, instance_id: i64) -> Result<Vec<Role>, IndexError> {
        Ok(self.numbered_roles(instance_id)?.into_iter().map(|(_, role)| role).collect())
    }

    /// The same with the keys of their rows.
    pub(super) fn numbered_roles(&self, instance_id: i64) -> Result<Vec<(i64, Role)>, IndexError> {
        self.read(|connection| {
            let sql = format!("{ROLES} WHERE role.instance_id = ?1 ORDER BY role.account_id, role.name");
            connection.prepare_cached(&sql)?.query_map([instance_id], read_role)?.collect()
        })
    }

    /// The tags of every role of an instance, by ARN.
    pub fn tags(&self, instance_id: i64) -> Result<TagsByArn, IndexError> {
        self.collect_tags("", params![instance_id])
    }

    /// Those with one of four keys, in any case.
    pub fn tags_named(&self, instance_id: i64, keys: [&str; 4]) -> Result<TagsByArn, IndexError> {
        let [a, b, c, d] = keys;
        self.collect_tags("AND key COLLATE NOCASE IN (?2, ?3, ?4, ?5)", params![instance_id, a, b, c, d])
    }

    fn collect_tags(&self, condition: &str, by: &[&dyn ToSql]) -> Result<TagsByArn, IndexError> {
        self.read(|connection| {
            let sql = format!(
                "SELECT arn, key, value FROM role JOIN tag ON role_id = role.id WHERE instance_id = ?1 {condition}"
            );
            let mut statement = connection.prepare_cached(&sql)?;
            let mut rows = statement.query(by)?;
            let mut tags = TagsByArn::new();
            while let Some(row) = rows.next()? {
                tags.entry(row.get(0)?).or_default().insert(row.get(1)?, row.get(2)?);
            }
            Ok(tags)
        })
    }

    /// The roles of an account, by name, with their tags.
    pub fn roles_of_account(&self, instance_id: i64, account: AccountId) -> Result<Vec<Role>, IndexError> {
        self.read(|connection| {
            let sql = format!("{ROLES} WHERE role.instance_id = ?1 AND role.account_id = ?2 ORDER BY role.name");
            let mut statement = connection.prepare_cached(&sql)?;
            let found: Vec<(i64, Role)> = statement
                .query_map(params![instance_id, account.number().cast_signed()], read_role)?
                .collect::<Result<_, _>>()?;
            found.into_iter().map(|(id, role)| with_tags(connection, id, role)).collect()
        })
    }

    /// The role that a selection names, with its tags. Several fit only where one account has roles of
    /// one name under different paths.
    pub fn find(&self, instance_id: i64, selection: &Selection) -> Result<Vec<Role>, IndexError> {
        self.read(|connection| match selection {
            Selection::Profile(profile) => by_text(connection, instance_id, "profile", profile),
            Selection::AccountRole(account, role) => by_account(connection, instance_id, *account, role),
            Selection::Arn(text) => {
                let found = by_text(connection, instance_id, "role.arn", text)?;
                match text.parse() {
                    _ if !found.is_empty() => Ok(found),
                    Ok(RoleRef::Short(account, role)) => by_account(connection, instance_id, account, &role),
                    // `000123:Admin` and `123:Admin` are one role; so are ARNs that differ in that.
                    Ok(RoleRef::Arn(arn)) => by_arn(connection, instance_id, &arn),
                    Err(_) => Ok(Vec::new()),
                }
            }
        })
    }

    /// Names of profiles that look like `wanted`, the nearest first, three at most.
    pub fn similar_profiles(&self, instance_id: i64, wanted: &str) -> Result<Vec<String>, IndexError> {
        let names: Vec<String> = self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT profile FROM role WHERE instance_id = ?1")?;
            statement.query_map([instance_id], |row| row.get(0))?.collect()
        })?;
        let wanted = wanted.to_lowercase();
        let mut scored: Vec<(f64, String)> = names
            .into_iter()
            .map(|name| {
                let lower = name.to_lowercase();
                let contains = !wanted.is_empty() && lower.contains(&wanted);
                (if contains { 2.0 } else { strsim::jaro_winkler(&lower, &wanted) }, name)
            })
            .filter(|(score, _)| *score > 0.85)
            .collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        Ok(scored.into_iter().take(3).map(|(_, name)| name).collect())
    }
}

/// A role by the key of its row, with its tags.
pub(super) fn by_id(connection: &Connection, id: i64) -> rusqlite::Result<Option<Role>> {
    let mut statement = connection.prepare_cached(&format!("{ROLES} WHERE role.id = ?1"))?;
    let found = statement.query_row([id], read_role).optional()?;
    found.map(|(id, role)| with_tags(connection, id, role)).transpose()
}

fn by_text(connection: &Connection, instance_id: i64, column: &str, value: &str) -> rusqlite::Result<Vec<Role>> {
    let mut statement = connection.prepare_cached(&format!("{ROLES} WHERE role.instance_id = ?1 AND {column} = ?2"))?;
    let found = statement.query_row(params![instance_id, value], read_role).optional()?;
    found.map(|(id, role)| with_tags(connection, id, role)).into_iter().collect()
}

/// The role of an ARN that is written in another way than ours: `arn:aws:iam::123:…` without the zeros, without its path,
/// or as IAM calls the role of a permission set. Within an account a role's name is unique whatever its path.
fn by_arn(connection: &Connection, instance_id: i64, arn: &RoleArn) -> rusqlite::Result<Vec<Role>> {
    let exact = by_text(connection, instance_id, "role.arn", &arn.to_string())?;
    if !exact.is_empty() {
        return Ok(exact);
    }
    let mut named = by_account(connection, instance_id, arn.account_id, arn.permission_set().unwrap_or(&arn.name))?;
    named.retain(|role| role.arn.partition == arn.partition);
    Ok(named)
}

fn by_account(
    connection: &Connection,
    instance_id: i64,
    account: AccountId,
    name: &str,
) -> rusqlite::Result<Vec<Role>> {
    let mut statement = connection
        .prepare_cached(&format!("{ROLES} WHERE role.instance_id = ?1 AND role.account_id = ?2 AND role.name = ?3"))?;
    let found: Vec<(i64, Role)> = statement
        .query_map(params![instance_id, account.number().cast_signed(), name], read_role)?
        .collect::<Result<_, _>>()?;
    found.into_iter().map(|(id, role)| with_tags(connection, id, role)).collect()
}

fn with_tags(connection: &Connection, role_id: i64, mut role: Role) -> rusqlite::Result<Role> {
    let mut statement = connection.prepare_cached("SELECT key, value FROM tag WHERE role_id = ?1")?;
    role.tags = statement.query_map([role_id], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    Ok(role)
}

pub(super) fn read_role(row: &Row<'_>) -> rusqlite::Result<(i64, Role)> {
    let account_id = account_id(row.get(4)?);
    let name: String = row.get(8)?;
    let partition: String = row.get(9)?;
    let via: Option<String> = row.get(13)?;
    let role = Role {
        sso: row.get(1)?,
        sso_region: row.get(2)?,
        start_url: row.get(3)?,
        account_id,
        account_alias: row.get::<_, Option<String>>(5)?.unwrap_or_default(),
        account_name: row.get::<_, Option<String>>(6)?.unwrap_or_default(),
        email: row.get::<_, Option<String>>(7)?.unwrap_or_default(),
        role_name: name.clone(),
        arn: RoleArn {
            partition: Partition::from_name(&partition).unwrap_or_default(),
            account_id,
            path: row.get(10)?,
            name,
        },
        profile: row.get(11)?,
        region: row.get(12)?,
        via: via.and_then(|via| via.parse().ok()),
        expires_at: row.get(14)?,
        tags: BTreeMap::new(),
    };
    Ok((row.get(0)?, role))
}
