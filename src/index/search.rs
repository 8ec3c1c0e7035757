//! Which roles a person means by some words.

use std::collections::HashSet;

use rusqlite::{Connection, params};

use crate::role::AccountId;

use super::derive::account_id;
use super::{Index, IndexError};

/// What roles are asked for. Everything that is given must fit.
#[derive(Debug, Clone, Default)]
pub struct RoleQuery {
    /// The account.
    pub account: Option<AccountId>,
    /// The name of the role, as it is.
    pub role: Option<String>,
    /// Words, in any order: each is a part of the profile name, the account's names or id, the role's
    /// name, or a tag (`Key=value`), whatever the case.
    pub words: Vec<String>,
}

/// A role that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundRole {
    /// Profile name.
    pub profile: String,
    /// ARN, by which [`Index::find`] has the whole role.
    pub arn: String,
    /// Account.
    pub account_id: AccountId,
    /// The account's name: that of `config.yaml`, else AWS's.
    pub account: String,
}

impl Index {
    /// The roles that fit a query: those used lately first, then by profile name.
    pub fn search(&self, instance_id: i64, query: &RoleQuery) -> Result<Vec<FoundRole>, IndexError> {
        let words: Vec<String> = query.words.iter().map(|word| word.to_lowercase()).collect();
        self.read(|connection| {
            let by_tag = tagged(connection, instance_id, &words)?;
            let mut statement = connection.prepare_cached(
                "SELECT role.id, profile, role.arn, role.account_id, coalesce(alias, ''), coalesce(account.name, ''), role.name
                 FROM role LEFT JOIN account ON account.instance_id = role.instance_id AND account.id = role.account_id
                 LEFT JOIN history ON history.instance_id = role.instance_id AND history.arn = role.arn
                 WHERE role.instance_id = ?1 AND (?2 IS NULL OR role.account_id = ?2) AND (?3 IS NULL OR role.name = ?3)
                 ORDER BY last_used DESC NULLS LAST, profile",
            )?;
            let account = query.account.map(|account| account.number().cast_signed());
            let mut rows = statement.query(params![instance_id, account, query.role])?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                let id: i64 = row.get(0)?;
                let (alias, name): (String, String) = (row.get(4)?, row.get(5)?);
                let role = FoundRole {
                    profile: row.get(1)?,
                    arn: row.get(2)?,
                    account_id: account_id(row.get(3)?),
                    account: if name.is_empty() { alias.clone() } else { name.clone() },
                };
                let role_name: String = row.get(6)?;
                let text = [&role.profile, &alias, &name, &role.account_id.to_string(), &role_name].map(|s| s.to_lowercase());
                let fits = |(word, tagged): (&String, &HashSet<i64>)| {
                    text.iter().any(|text| text.contains(word)) || tagged.contains(&id)
                };
                if words.iter().zip(&by_tag).all(fits) {
                    found.push(role);
                }
            }
            Ok(found)
        })
    }
}

/// For each word, the roles with a tag that holds it.
fn tagged(connection: &Connection, instance_id: i64, words: &[String]) -> rusqlite::Result<Vec<HashSet<i64>>> {
    let mut found = vec![HashSet::new(); words.len()];
    if words.is_empty() {
        return Ok(found);
    }
    // Most automatic tags say again what is compared anyhow; only a word that names a tag asks for them.
    let own = if words.iter().any(|word| word.contains('=')) {
        ""
    } else {
        "AND key NOT IN ('AccountID', 'AccountAlias', 'AccountName', 'Role', 'Profile')"
    };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT role_id, key, value FROM tag WHERE role_id IN (SELECT id FROM role WHERE instance_id = ?1) {own}"
    ))?;
    let mut rows = statement.query([instance_id])?;
    while let Some(row) = rows.next()? {
        let (key, value): (String, String) = (row.get(1)?, row.get(2)?);
        let tag = format!("{}={}", key.to_lowercase(), value.to_lowercase());
        for (word, found) in words.iter().zip(&mut found) {
            // Between key and value only what names both, so that `role` does not fit everything.
            let fits = if word.contains('=') { tag.contains(word) } else { tag[key.len()..].contains(word) };
            if fits {
                found.insert(row.get(0)?);
            }
        }
    }
    Ok(found)
}
