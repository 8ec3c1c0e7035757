//! Which role files may choose the role of a shell.

use rusqlite::{OptionalExtension, Row, params};

use super::{Index, IndexError};

/// A role file that was allowed, as it was then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// Physical path of the file.
    pub path: String,
    /// SHA-256 of its content.
    pub hash: [u8; 32],
    /// User id of its owner.
    pub owner: u32,
    /// SSO instance of the role that it named.
    pub sso: String,
    /// ARN of that role.
    pub arn: String,
    /// Profile name of that role.
    pub profile: String,
}

/// What was decided about a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trust {
    /// This content may choose this role.
    Allowed(Allowed),
    /// No content may.
    Denied,
}

impl Index {
    /// What was decided about the role file at `path`; none where nothing was.
    pub fn trust(&self, config_id: i64, path: &str) -> Result<Option<Trust>, IndexError> {
        self.read(|connection| {
            let sql = "SELECT path, hash, owner, sso, arn, profile FROM trusted_directory
                 WHERE config_id = ?1 AND path = ?2";
            connection.prepare_cached(sql)?.query_row(params![config_id, path], read_trust).optional()
        })
    }

    /// All role files that were allowed, by path.
    pub fn allowed(&self, config_id: i64) -> Result<Vec<Allowed>, IndexError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT path, hash, owner, sso, arn, profile FROM trusted_directory
                 WHERE config_id = ?1 AND hash IS NOT NULL ORDER BY path",
            )?;
            statement.query_map([config_id], read_allowed)?.collect()
        })
    }

    /// Every path that something was decided about, with the profile that was allowed; none: denied.
    pub fn decided(&self, config_id: i64) -> Result<Vec<(String, Option<String>)>, IndexError> {
        self.read(|connection| {
            let sql = "SELECT path, profile FROM trusted_directory WHERE config_id = ?1 ORDER BY path";
            let mut statement = connection.prepare_cached(sql)?;
            statement.query_map([config_id], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        })
    }

    /// Allows a role file to choose; what was decided about its path before is forgotten.
    pub fn allow(&mut self, config_id: i64, file: &Allowed) -> Result<(), IndexError> {
        self.write(|transaction| {
            let sql = "INSERT OR REPLACE INTO trusted_directory VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, unixepoch())";
            let Allowed { path, hash, owner, sso, arn, profile } = file;
            transaction.execute(sql, params![config_id, path, &hash[..], owner, sso, arn, profile]).map(drop)
        })
    }

    /// Denies every content of a path.
    pub fn deny(&mut self, config_id: i64, path: &str) -> Result<(), IndexError> {
        self.write(|transaction| {
            let sql = "INSERT OR REPLACE INTO trusted_directory (config_id, path, changed_at)
                 VALUES (?1, ?2, unixepoch())";
            transaction.execute(sql, params![config_id, path]).map(drop)
        })
    }
}

fn read_trust(row: &Row<'_>) -> rusqlite::Result<Trust> {
    let hash: Option<[u8; 32]> = row.get(1)?;
    hash.map_or(Ok(Trust::Denied), |_| read_allowed(row).map(Trust::Allowed))
}

fn read_allowed(row: &Row<'_>) -> rusqlite::Result<Allowed> {
    Ok(Allowed {
        path: row.get(0)?,
        hash: row.get(1)?,
        owner: row.get::<_, Option<u32>>(2)?.unwrap_or_default(),
        sso: row.get::<_, Option<String>>(3)?.unwrap_or_default(),
        arn: row.get::<_, Option<String>>(4)?.unwrap_or_default(),
        profile: row.get::<_, Option<String>>(5)?.unwrap_or_default(),
    })
}
