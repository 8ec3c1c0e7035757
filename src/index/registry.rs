//! Which config files and SSO instances the state file knows, and whether what was derived from them
//! still holds.

use std::path::Path;
use std::time::Duration;

use rusqlite::{OptionalExtension, Row, Transaction, params};

use crate::config::{Config, FileIdentity, Instance, ShellSettings};

use super::derive::{DERIVATION, derive_instance};
use super::{Index, IndexError};

/// An SSO instance as the state file keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceRow {
    /// Key of the row: what all that belongs to the instance hangs from.
    pub id: i64,
    /// Key of the config file's row.
    pub config_id: i64,
    /// Name in `config.yaml`.
    pub name: String,
    /// Start URL, part of every sealed record's identity.
    pub start_url: String,
    /// Unix time in seconds of the last complete listing.
    pub refreshed_at: Option<i64>,
    /// Unix time in seconds when the SSO session ends.
    pub session_expires_at: Option<i64>,
    /// Why profile names could not be derived from the present config.
    pub problem: Option<String>,
}

impl InstanceRow {
    /// Whether the last complete listing is older than `CacheRefresh` at `now` (Unix time in seconds), or
    /// there was none.
    pub fn is_stale(&self, cache_refresh: Option<Duration>, now: i64) -> bool {
        match (self.refreshed_at, cache_refresh) {
            (None, _) => true,
            (Some(_), None) => false,
            // One of the future: the clock went back since.
            (Some(at), Some(age)) => at > now || now - at > i64::try_from(age.as_secs()).unwrap_or(i64::MAX),
        }
    }
}

/// A config file as the state file knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownConfig {
    /// Key of its row.
    pub id: i64,
    /// What a hook needs of it.
    pub settings: ShellSettings,
}

const COLUMNS: &str = "instance.id, config_id, name, start_url, refreshed_at, session_expires_at, problem";

impl InstanceRow {
    fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            config_id: row.get(1)?,
            name: row.get(2)?,
            start_url: row.get(3)?,
            refreshed_at: row.get(4)?,
            session_expires_at: row.get(5)?,
            problem: row.get(6)?,
        })
    }
}

impl Index {
    /// The row of an instance, if the state file agrees with the config as it is now; none means that
    /// [`Index::instance`] has work to do. Reads only.
    pub fn current_instance(&self, config: &Config, instance: &Instance) -> Result<Option<InstanceRow>, IndexError> {
        let identity = &config.identity;
        self.read(|connection| {
            let sql = format!(
                "SELECT {COLUMNS}, hash FROM instance JOIN config ON config.id = config_id
                 WHERE path = ?1 AND name = ?2 AND start_url = ?3 AND sso_region = ?4 AND derivation = ?5"
            );
            let found = connection.prepare_cached(&sql)?.query_row(
                params![path_text(config), instance.name, instance.start_url, instance.sso_region, DERIVATION],
                |row| Ok((InstanceRow::of(row)?, row.get::<_, Option<Vec<u8>>>(7)?)),
            );
            let found = found.optional()?;
            Ok(found.filter(|(_, hash)| hash.as_deref() == Some(&identity.hash[..])).map(|(row, _)| row))
        })
    }

    /// The config file at `path`, if what is stored was derived from it as it is now. Reads no YAML.
    pub fn known_config(&self, path: &Path) -> Result<Option<KnownConfig>, IndexError> {
        let found = self.read(|connection| {
            let sql = "SELECT id, size, mtime_ns, hash, settings FROM config WHERE path = ?1 AND derivation = ?2";
            let mut statement = connection.prepare_cached(sql)?;
            statement
                .query_row(params![path.to_string_lossy(), DERIVATION], |row| {
                    let identity = FileIdentity {
                        size: row.get::<_, Option<i64>>(1)?.unwrap_or_default().cast_unsigned(),
                        mtime_ns: row.get::<_, Option<i64>>(2)?.unwrap_or_default(),
                        hash: row.get::<_, Option<[u8; 32]>>(3)?.unwrap_or_default(),
                    };
                    Ok((row.get(0)?, identity, row.get::<_, Option<String>>(4)?))
                })
                .optional()
        })?;
        let Some((id, identity, Some(settings))) = found else { return Ok(None) };
        let settings = serde_json::from_str(&settings).ok().filter(|_| identity.is_of(path));
        Ok(settings.map(|settings| KnownConfig { id, settings }))
    }

    /// Makes the state file agree with the config: registers new instances, drops those that are gone
    /// or point elsewhere, and derives names, tags and regions anew from what is stored. No call to AWS.
    fn reconcile(&mut self, config: &Config) -> Result<(), IndexError> {
        self.write(|transaction| {
            let config_id = register_config(transaction, config)?;
            drop_other_instances(transaction, config_id, config)?;
            for instance in config.instances.values() {
                let row = register_instance(transaction, config_id, instance)?;
                // The instance remembers what is wrong with its names; the others go on.
                let _ = derive_instance(transaction, row.id, config, instance)?;
            }
            remember_config(transaction, config_id, config)
        })
    }

    /// The row of an instance, registered and derived where that is still to do.
    pub fn instance(&mut self, config: &Config, instance: &Instance) -> Result<InstanceRow, IndexError> {
        if let Some(row) = self.current_instance(config, instance)? {
            return Ok(row);
        }
        self.reconcile(config)?;
        self.current_instance(config, instance)?.ok_or_else(|| IndexError::Other {
            path: self.path().to_owned(),
            reason: format!("the SSO instance {} could not be registered", instance.name),
        })
    }

    /// The rows of all instances that the state file knows of the config at `path`, whatever has become of
    /// that file since.
    pub fn instances_of(&self, path: &Path) -> Result<Vec<InstanceRow>, IndexError> {
        self.read(|connection| {
            let sql = format!(
                "SELECT {COLUMNS} FROM instance JOIN config ON config.id = config_id WHERE path = ?1 ORDER BY instance.id"
            );
            connection.prepare(&sql)?.query_map([path.to_string_lossy()], InstanceRow::of)?.collect()
        })
    }

    /// The rows of all instances that the state file knows of a config, also of those that are no longer in it.
    pub fn instances(&self, config_id: i64) -> Result<Vec<InstanceRow>, IndexError> {
        self.read(|connection| {
            let sql = format!("SELECT {COLUMNS} FROM instance WHERE config_id = ?1 ORDER BY id");
            connection.prepare(&sql)?.query_map([config_id], InstanceRow::of)?.collect()
        })
    }
}

/// The config file as text: the key of its row.
fn path_text(config: &Config) -> String {
    config.path.to_string_lossy().into_owned()
}

fn register_config(transaction: &Transaction<'_>, config: &Config) -> rusqlite::Result<i64> {
    let path = path_text(config);
    transaction.execute("INSERT OR IGNORE INTO config (path) VALUES (?1)", [&path])?;
    transaction.query_row("SELECT id FROM config WHERE path = ?1", [&path], |row| row.get(0))
}

fn register_instance(
    transaction: &Transaction<'_>,
    config_id: i64,
    instance: &Instance,
) -> rusqlite::Result<InstanceRow> {
    transaction.execute(
        "INSERT OR IGNORE INTO instance (config_id, name, start_url, sso_region) VALUES (?1, ?2, ?3, ?4)",
        params![config_id, instance.name, instance.start_url, instance.sso_region],
    )?;
    let sql = format!("SELECT {COLUMNS} FROM instance WHERE config_id = ?1 AND name = ?2");
    transaction.query_row(&sql, params![config_id, instance.name], InstanceRow::of)
}

/// An instance with another start URL or region is another one: its accounts and its secrets go.
fn drop_other_instances(transaction: &Transaction<'_>, config_id: i64, config: &Config) -> rusqlite::Result<()> {
    let mut statement =
        transaction.prepare("SELECT id, name, start_url, sso_region FROM instance WHERE config_id = ?1")?;
    let rows = statement.query_map([config_id], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?, row.get::<_, String>(3)?))
    })?;
    for row in rows {
        let (id, name, start_url, region) = row?;
        let known = config.instances.get(&name);
        if !known.is_some_and(|instance| instance.start_url == start_url && instance.sso_region == region) {
            transaction.execute("DELETE FROM instance WHERE id = ?1", [id])?;
        }
    }
    Ok(())
}

fn remember_config(transaction: &Transaction<'_>, config_id: i64, config: &Config) -> rusqlite::Result<()> {
    let FileIdentity { size, mtime_ns, hash } = &config.identity;
    let settings = ShellSettings::of(config);
    let default = &settings.default_instance;
    let settings = serde_json::to_string(&settings).ok();
    let sql = "UPDATE config SET size = ?2, mtime_ns = ?3, hash = ?4, derivation = ?5, default_instance = ?6,
         settings = ?7 WHERE id = ?1";
    let values = params![config_id, size.cast_signed(), mtime_ns, &hash[..], DERIVATION, default, settings];
    transaction.execute(sql, values).map(drop)
}
