//! Completion of tags, without a look at the tags of every role: what comes of `config.yaml` is kept apart, once for
//! all roles of a name, and what comes of accounts and role names is asked where those are.

use rusqlite::{Connection, ToSql, params};

use crate::config::{Config, Instance};

use super::IndexError;
use super::complete::{Candidate, Completions, MOST, like};

/// Tags for which the tables of accounts and roles answer.
const ACCOUNT_ID: &str = "AccountID";
const ROLE: &str = "Role";
const OF_ACCOUNTS: [(&str, &str); 3] = [("AccountAlias", "alias"), ("AccountName", "name"), ("Email", "email")];

/// Keeps what the roles of an instance are tagged with by `config.yaml`. A part of every derivation.
pub(super) fn store_choices(
    connection: &Connection,
    instance_id: i64,
    config: &Config,
    instance: &Instance,
) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM tag_choice WHERE instance_id = ?1", [instance_id])?;
    if let Some(region) = instance.default_region.as_ref().or(config.default_region.as_ref()) {
        let sql = "INSERT INTO tag_choice VALUES (?1, 'DefaultRegion', ?2, '')";
        connection.execute(sql, params![instance_id, region])?;
    }
    let mut of_account = connection.prepare_cached(
        "INSERT OR IGNORE INTO tag_choice SELECT ?1, key, value, role.name FROM role JOIN tag ON role_id = role.id
         WHERE role.instance_id = ?1 AND account_id = ?2
         AND key NOT IN ('AccountID', 'Role', 'AccountAlias', 'AccountName', 'Email')",
    )?;
    for account in instance.accounts.keys() {
        of_account.execute(params![instance_id, account.number().cast_signed()])?;
    }
    Ok(())
}

impl Completions<'_> {
    /// Keys of tags that start with `typed`, in any case.
    pub fn tag_keys(&self, typed: &str) -> Result<Vec<Candidate>, IndexError> {
        let mut keys = self.keys()?;
        let typed = typed.to_lowercase();
        keys.retain(|key| key.to_lowercase().starts_with(&typed));
        Ok(plain(keys))
    }

    /// Values of a tag that start with `typed`; where none does, those that hold it.
    pub fn tag_values(&self, key: &str, typed: &str) -> Result<Vec<Candidate>, IndexError> {
        if self.filter.account.is_some() {
            return self.values_in_account(key, typed);
        }
        let mut found = if key.eq_ignore_ascii_case(ACCOUNT_ID) {
            self.accounts(typed)?
        } else if key.eq_ignore_ascii_case(ROLE) {
            let mut names = self.role_names(typed)?;
            names.retain(|name| self.filter.role.as_ref().is_none_or(|role| *role == name.value));
            names
        } else if let Some((_, column)) = OF_ACCOUNTS.iter().find(|(known, _)| known.eq_ignore_ascii_case(key)) {
            plain(self.account_texts(column, typed)?)
        } else {
            Vec::new()
        };
        for own in self.keys()?.into_iter().filter(|own| own.to_lowercase() == key.to_lowercase()) {
            found.extend(plain(self.chosen_values(&own, typed)?));
        }
        Ok(found)
    }

    /// All keys, in order.
    fn keys(&self) -> Result<Vec<String>, IndexError> {
        let (account, role) = (self.account_number(), &self.filter.role);
        self.index.read(|connection| {
            if account.is_some() {
                let sql = "SELECT DISTINCT key FROM role JOIN tag ON role_id = role.id
                     WHERE role.instance_id = ?1 AND account_id = ?2 AND (?3 IS NULL OR role.name = ?3) ORDER BY key";
                return texts(connection, sql, &[&self.instance_id, &account, role]);
            }
            let any_role = "SELECT EXISTS (SELECT 1 FROM role WHERE instance_id = ?1 AND (?2 IS NULL OR name = ?2))";
            let any_role: bool =
                connection.prepare_cached(any_role)?.query_row(params![self.instance_id, role], |row| row.get(0))?;
            if !any_role {
                return Ok(Vec::new());
            }
            let mut keys = texts(connection, &next_key(), &[&self.instance_id, role])?;
            keys.extend([ACCOUNT_ID, ROLE].map(str::to_owned));
            for (key, column) in OF_ACCOUNTS {
                let sql = format!("SELECT EXISTS (SELECT 1 FROM account WHERE instance_id = ?1 AND {column} <> '')");
                if connection.prepare_cached(&sql)?.query_row([self.instance_id], |row| row.get(0))? {
                    keys.push(key.to_owned());
                }
            }
            keys.sort();
            keys.dedup();
            Ok(keys)
        })
    }

    /// The few roles of an account are looked at one by one.
    fn values_in_account(&self, key: &str, typed: &str) -> Result<Vec<Candidate>, IndexError> {
        let (account, role) = (self.account_number(), &self.filter.role);
        self.index.read(|connection| {
            let sql = "SELECT DISTINCT value FROM role JOIN tag ON role_id = role.id WHERE role.instance_id = ?1
                 AND account_id = ?2 AND (?3 IS NULL OR role.name = ?3) AND key = ?4 COLLATE NOCASE ORDER BY value";
            let all = texts(connection, sql, &[&self.instance_id, &account, role, &key])?;
            Ok(plain(matching(all, typed)))
        })
    }

    /// A column of the accounts that have a role of the name that was asked for.
    fn account_texts(&self, column: &str, typed: &str) -> Result<Vec<String>, IndexError> {
        let select = format!(
            "SELECT DISTINCT {column} AS value FROM account WHERE instance_id = ?1 AND {column} <> '' AND EXISTS (
                 SELECT 1 FROM role WHERE role.instance_id = account.instance_id AND account_id = account.id
                 AND (?2 IS NULL OR role.name = ?2))"
        );
        self.matching(&select, &[&self.instance_id, &self.filter.role], typed)
    }

    fn chosen_values(&self, key: &str, typed: &str) -> Result<Vec<String>, IndexError> {
        let select = "SELECT DISTINCT value FROM tag_choice WHERE instance_id = ?1
             AND (?2 IS NULL OR role_name IN ('', ?2)) AND key = ?3";
        self.matching(select, &[&self.instance_id, &self.filter.role, &key], typed)
    }

    /// Of the values that a query has, those that start with `typed`; where none does, those that hold it.
    fn matching(&self, select: &str, by: &[&dyn ToSql], typed: &str) -> Result<Vec<String>, IndexError> {
        let next = by.len() + 1;
        let starts = format!("value >= ?{next} AND value < ?{}", next + 1);
        let sql = |condition: &str, order: &str, limit: usize| {
            format!("{select} AND {condition} ORDER BY value {order} LIMIT {limit}")
        };
        let end = format!("{typed}\u{10ffff}");
        let range: Vec<&dyn ToSql> = by.iter().copied().chain([&typed as &dyn ToSql, &end]).collect();
        self.index.read(|connection| {
            let mut found = texts(connection, &sql(&starts, "ASC", MOST), &range)?;
            if found.len() == MOST {
                // A shell completes as far as all agree: with the last one as far as those left out agree too.
                found.extend(texts(connection, &sql(&starts, "DESC", 1), &range)?);
                found.dedup();
            }
            if !found.is_empty() || typed.is_empty() {
                return Ok(found);
            }
            let pattern = like(typed);
            let inner: Vec<&dyn ToSql> = by.iter().copied().chain([&pattern as &dyn ToSql]).collect();
            texts(connection, &sql(&format!("value LIKE ?{next} ESCAPE '\\'"), "ASC", MOST), &inner)
        })
    }

    fn account_number(&self) -> Option<i64> {
        self.filter.account.map(|account| account.number().cast_signed())
    }
}

/// From key to key through the index: a thousand values share one.
fn next_key() -> String {
    let next = |than: &str| {
        format!(
            "SELECT min(key) FROM tag_choice
             WHERE instance_id = ?1 AND key > {than} AND (?2 IS NULL OR role_name IN ('', ?2))"
        )
    };
    format!(
        "WITH RECURSIVE keys (key) AS ({} UNION ALL SELECT ({}) FROM keys WHERE keys.key IS NOT NULL)
         SELECT key FROM keys WHERE key IS NOT NULL LIMIT {MOST}",
        next("''"),
        next("keys.key")
    )
}

/// The same of a few texts.
fn matching(texts: Vec<String>, typed: &str) -> Vec<String> {
    let lower = typed.to_lowercase();
    let starts = |text: &String| text.starts_with(typed);
    let holds = |text: &String| text.to_lowercase().contains(&lower);
    let any = texts.iter().any(starts);
    texts.into_iter().filter(|text| if any { starts(text) } else { holds(text) }).collect()
}

fn plain(texts: Vec<String>) -> Vec<Candidate> {
    texts.into_iter().map(|value| Candidate { value, description: String::new() }).collect()
}

fn texts(connection: &Connection, sql: &str, by: &[&dyn ToSql]) -> rusqlite::Result<Vec<String>> {
    connection.prepare_cached(sql)?.query_map(by, |row| row.get(0))?.collect()
}
