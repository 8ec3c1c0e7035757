//! What a TAB asks: one bounded, indexed query, whatever the number of roles. Reads only.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, ToSql, params};

use crate::role::AccountId;

use super::derive::account_id;
use super::{Index, IndexError};

/// More candidates than this help nobody; a longer word does.
pub(super) const MOST: usize = 1000;

/// What may stand at the cursor.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Candidate {
    /// The value.
    pub value: String,
    /// What a shell may show beside it.
    pub description: String,
}

/// What else the command line says about the role.
#[derive(Debug, Clone, Default)]
pub struct RoleFilter {
    /// `--account`
    pub account: Option<AccountId>,
    /// `--role`
    pub role: Option<String>,
}

const DESCRIBED: &str = "coalesce(nullif(account.name, ''), account.alias, ''), role.name, expires_at
     FROM role LEFT JOIN account ON account.instance_id = role.instance_id AND account.id = role.account_id
     LEFT JOIN expiry ON expiry.instance_id = role.instance_id AND expiry.arn = role.arn
     WHERE role.instance_id = ?1 AND (?2 IS NULL OR role.account_id = ?2) AND (?3 IS NULL OR role.name = ?3)";

/// One instance, asked by a shell.
pub struct Completions<'a> {
    pub(super) index: &'a Index,
    pub(super) instance_id: i64,
    pub(super) filter: RoleFilter,
    /// Writes what is left until a Unix time.
    left: &'a dyn Fn(i64) -> String,
}

impl Index {
    /// The names of the SSO instances of a config file.
    pub fn complete_instances(&self, config: &Path) -> Result<Vec<Candidate>, IndexError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT name, start_url FROM instance JOIN config ON config.id = config_id WHERE path = ?1 ORDER BY name",
            )?;
            let rows = statement.query_map([config.to_string_lossy()], |row| {
                Ok(Candidate { value: row.get(0)?, description: row.get(1)? })
            })?;
            rows.collect()
        })
    }

    /// The instance that a command line means, as far as the state file knows: `wanted`, else the default.
    pub fn instance_id(&self, config: &Path, wanted: Option<&str>) -> Result<Option<i64>, IndexError> {
        self.read(|connection| {
            let sql = "SELECT instance.id FROM instance JOIN config ON config.id = config_id
                       WHERE path = ?1 AND name = coalesce(?2, default_instance)";
            connection
                .prepare_cached(sql)?
                .query_row(params![config.to_string_lossy(), wanted], |row| row.get(0))
                .optional()
        })
    }

    /// Questions about one instance. `left` writes what is left until a Unix time in seconds.
    pub fn completions<'a>(
        &'a self,
        instance_id: i64,
        filter: RoleFilter,
        left: &'a dyn Fn(i64) -> String,
    ) -> Completions<'a> {
        Completions { index: self, instance_id, filter, left }
    }
}

impl Completions<'_> {
    /// Profile names that start with `typed`; where none does, those that hold it.
    pub fn profiles(&self, typed: &str) -> Result<Vec<Candidate>, IndexError> {
        self.roles("profile", typed)
    }

    /// Role ARNs that start with `typed`; where none does, those that hold it.
    pub fn arns(&self, typed: &str) -> Result<Vec<Candidate>, IndexError> {
        self.roles("role.arn", typed)
    }

    /// Ids of accounts that start with `typed`, zeros in front or not; where none does, those of accounts
    /// whose name holds it.
    pub fn accounts(&self, typed: &str) -> Result<Vec<Candidate>, IndexError> {
        let has_role = "EXISTS (SELECT 1 FROM role WHERE role.instance_id = account.instance_id
             AND account_id = account.id AND (?2 IS NULL OR role.name = ?2))";
        let sql = |condition: &str| {
            format!(
                "SELECT id, coalesce(nullif(name, ''), alias) FROM account
                 WHERE instance_id = ?1 AND {condition} AND {has_role} ORDER BY id LIMIT {MOST}"
            )
        };
        self.index.read(|connection| {
            let found = match id_range(typed) {
                Some((first, last)) => {
                    let by: [&dyn ToSql; 4] = [&self.instance_id, &self.filter.role, &first, &last];
                    accounts(connection, &sql("id BETWEEN ?3 AND ?4"), &by)?
                }
                None => Vec::new(),
            };
            if !found.is_empty() || typed.is_empty() {
                return Ok(found);
            }
            let pattern = like(typed);
            let by: [&dyn ToSql; 3] = [&self.instance_id, &self.filter.role, &pattern];
            accounts(connection, &sql("(alias LIKE ?3 ESCAPE '\\' OR name LIKE ?3 ESCAPE '\\')"), &by)
        })
    }

    /// Names of roles that start with `typed`; where none does, those that hold it.
    pub fn role_names(&self, typed: &str) -> Result<Vec<Candidate>, IndexError> {
        let account = self.filter.account.map(|account| account.number().cast_signed());
        // From name to name through the index: ten thousand accounts share a handful of them.
        let next = |than: &str| {
            format!(
                "SELECT min(name) FROM role WHERE instance_id = ?1 AND (?2 IS NULL OR account_id = ?2) AND name > {than}"
            )
        };
        let sql = format!(
            "WITH RECURSIVE names (name) AS (
                 {} UNION ALL SELECT ({}) FROM names WHERE names.name IS NOT NULL
             ) SELECT name FROM names WHERE name IS NOT NULL LIMIT {MOST}",
            next("''"),
            next("names.name")
        );
        self.index.read(|connection| {
            let mut statement = connection.prepare_cached(&sql)?;
            let names: Vec<String> =
                statement.query_map(params![self.instance_id, account], |row| row.get(0))?.collect::<Result<_, _>>()?;
            let matching = |fits: &dyn Fn(&str) -> bool| -> Vec<Candidate> {
                let names = names.iter().filter(|name| fits(name));
                names.map(|name| Candidate { value: name.clone(), description: String::new() }).collect()
            };
            let found = matching(&|name| name.starts_with(typed));
            let typed = typed.to_lowercase();
            Ok(if found.is_empty() { matching(&|name| name.to_lowercase().contains(&typed)) } else { found })
        })
    }

    fn roles(&self, column: &str, typed: &str) -> Result<Vec<Candidate>, IndexError> {
        let account = self.filter.account.map(|account| account.number().cast_signed());
        let sql = |condition: &str, order: &str, limit: usize| {
            format!("SELECT {column}, {DESCRIBED} AND {condition} ORDER BY {column} {order} LIMIT {limit}")
        };
        let starts = format!("{column} >= ?4 AND {column} < ?5");
        let end = format!("{typed}\u{10ffff}");
        let range: [&dyn ToSql; 5] = [&self.instance_id, &account, &self.filter.role, &typed, &end];
        self.index.read(|connection| {
            let mut found = self.described(connection, &sql(&starts, "ASC", MOST), &range)?;
            if found.len() == MOST {
                // A shell completes as far as all candidates agree. With the last one among them that is
                // as far as all that were left out agree too.
                found.extend(self.described(connection, &sql(&starts, "DESC", 1), &range)?);
                found.dedup();
            }
            if !found.is_empty() || typed.is_empty() {
                return Ok(found);
            }
            let pattern = like(typed);
            let inner: [&dyn ToSql; 4] = [&self.instance_id, &account, &self.filter.role, &pattern];
            self.described(connection, &sql(&format!("{column} LIKE ?4 ESCAPE '\\'"), "ASC", MOST), &inner)
        })
    }

    fn described(&self, connection: &Connection, sql: &str, by: &[&dyn ToSql]) -> rusqlite::Result<Vec<Candidate>> {
        let mut statement = connection.prepare_cached(sql)?;
        let rows = statement.query_map(by, |row| {
            let (account, role): (String, String) = (row.get(1)?, row.get(2)?);
            let expires_at: Option<i64> = row.get(3)?;
            let left = expires_at.map(|at| format!(", {}", (self.left)(at))).unwrap_or_default();
            Ok(Candidate { value: row.get(0)?, description: format!("{account} {role}{left}") })
        })?;
        rows.collect()
    }
}

fn accounts(connection: &Connection, sql: &str, by: &[&dyn ToSql]) -> rusqlite::Result<Vec<Candidate>> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement
        .query_map(by, |row| Ok(Candidate { value: account_id(row.get(0)?).to_string(), description: row.get(1)? }))?;
    rows.collect()
}

/// The ids, as numbers, that start with some digits when they are written with twelve.
fn id_range(typed: &str) -> Option<(i64, i64)> {
    if typed.len() > 12 || !typed.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let width = 10_i64.pow(u32::try_from(12 - typed.len()).ok()?);
    let first = if typed.is_empty() { 0 } else { typed.parse::<i64>().ok()? * width };
    Some((first, first + width - 1))
}

/// A pattern for LIKE that finds `text` anywhere.
pub(super) fn like(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_a_range_of_accounts() {
        assert_eq!(id_range(""), Some((0, 999_999_999_999)));
        assert_eq!(id_range("0"), Some((0, 99_999_999_999)));
        assert_eq!(id_range("12"), Some((120_000_000_000, 129_999_999_999)));
        assert_eq!(id_range("000000000001"), Some((1, 1)));
        assert_eq!(id_range("0000000000012"), None);
        assert_eq!(id_range("1x"), None);
    }

    #[test]
    fn patterns_are_literal() {
        assert_eq!(like(r"50%_\"), r"%50\%\_\\%");
    }
}
