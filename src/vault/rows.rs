//! The rows of the vault in the state file: data keys, sealed records, and when what they hold ends.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use crate::config::SecureStore;
use crate::index::{Index, InstanceRow};
use crate::role::{RoleCredentials, Token};

use super::{KeyId, Record, VaultError};

/// A row of the table of data keys.
pub(super) struct KeyRow {
    pub(super) id: KeyId,
    pub(super) wrapped: Option<Vec<u8>>,
}

/// Kind, name, nonce and sealed text of a record.
pub(super) type RecordText<'a> = (&'a str, &'a str, &'a [u8; 24], &'a [u8]);

pub(super) fn write_record(
    transaction: &Transaction<'_>,
    instance_id: i64,
    key_id: &KeyId,
    (kind, name, nonce, sealed): RecordText<'_>,
) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO record (instance_id, key_id, kind, name, nonce, sealed) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    transaction.prepare_cached(sql)?.execute(params![instance_id, key_id, kind, name, nonce, sealed]).map(drop)
}

pub(super) fn find_key(
    connection: &Connection,
    instance: &InstanceRow,
    store: SecureStore,
) -> rusqlite::Result<Option<KeyRow>> {
    let sql = "SELECT id, wrapped FROM data_key WHERE config_id = ?1 AND store = ?2";
    let read = |row: &Row<'_>| Ok(KeyRow { id: row.get(0)?, wrapped: row.get(1)? });
    connection.prepare_cached(sql)?.query_row(params![instance.config_id, store.as_str()], read).optional()
}

/// Deletes the key of a store, if it has one, with all records that it seals.
pub(super) fn take_key(
    transaction: &Transaction<'_>,
    config: &InstanceRow,
    store: SecureStore,
) -> rusqlite::Result<Option<KeyRow>> {
    let old = find_key(transaction, config, store)?;
    if let Some(old) = &old {
        transaction.execute("DELETE FROM record WHERE key_id = ?1", [old.id])?;
        transaction.execute("DELETE FROM data_key WHERE id = ?1", [old.id])?;
    }
    Ok(old)
}

pub(super) type SealedRow = (InstanceRow, String, String, [u8; 24], Vec<u8>);

pub(super) fn sibling_records(connection: &Connection, key_id: &KeyId) -> rusqlite::Result<Vec<SealedRow>> {
    let mut statement = connection.prepare(
        "SELECT instance.id, config_id, instance.name, start_url, kind, record.name, nonce, sealed
         FROM record JOIN instance ON instance.id = instance_id WHERE key_id = ?1",
    )?;
    let rows = statement.query_map([key_id], |row| {
        let instance = InstanceRow {
            id: row.get(0)?,
            config_id: row.get(1)?,
            name: row.get(2)?,
            start_url: row.get(3)?,
            refreshed_at: None,
            session_expires_at: None,
            problem: None,
        };
        Ok((instance, row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?))
    })?;
    rows.collect()
}

/// Deletes the records of one kind, or one of them, whatever key sealed them.
pub(super) fn delete(
    index: &mut Index,
    instance: &InstanceRow,
    kind: &str,
    name: Option<&str>,
) -> Result<(), VaultError> {
    Ok(index.write(|transaction| {
        let sql = "DELETE FROM record WHERE instance_id = ?1 AND kind = ?2 AND (?3 IS NULL OR name = ?3)";
        transaction.execute(sql, params![instance.id, kind, name])?;
        match name {
            Some(name) => note_end(transaction, instance, (kind, name), None),
            None if kind == RoleCredentials::KIND => {
                transaction.execute("DELETE FROM expiry WHERE instance_id = ?1", [instance.id]).map(drop)
            }
            None => Ok(()),
        }
    })?)
}

/// Deletes all records of an instance.
pub(super) fn delete_all(transaction: &Transaction<'_>, instance: &InstanceRow) -> rusqlite::Result<()> {
    transaction.execute("DELETE FROM record WHERE instance_id = ?1", [instance.id])?;
    transaction.execute("DELETE FROM expiry WHERE instance_id = ?1", [instance.id])?;
    note_end(transaction, instance, (Token::KIND, ""), None)
}

/// Notes when a record ends, for those who are told so without opening it; none: it is not there.
pub(super) fn note_end(
    transaction: &Transaction<'_>,
    instance: &InstanceRow,
    (kind, name): (&str, &str),
    ends_at: Option<i64>,
) -> rusqlite::Result<()> {
    match (kind, ends_at) {
        (Token::KIND, _) => {
            let sql = "UPDATE instance SET session_expires_at = ?2 WHERE id = ?1";
            transaction.execute(sql, params![instance.id, ends_at]).map(drop)
        }
        (RoleCredentials::KIND, Some(at)) => {
            let sql = "INSERT OR REPLACE INTO expiry (instance_id, arn, expires_at) VALUES (?1, ?2, ?3)";
            transaction.execute(sql, params![instance.id, name, at]).map(drop)
        }
        (RoleCredentials::KIND, None) => {
            let sql = "DELETE FROM expiry WHERE instance_id = ?1 AND arn = ?2";
            transaction.execute(sql, params![instance.id, name]).map(drop)
        }
        _ => Ok(()),
    }
}

/// Whether a record is there that no key of any store belongs to.
pub(super) fn is_without_key(
    connection: &Connection,
    instance: &InstanceRow,
    kind: &str,
    name: &str,
) -> rusqlite::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM record WHERE instance_id = ?1 AND kind = ?2 AND name = ?3
                              AND key_id NOT IN (SELECT id FROM data_key))";
    connection.prepare_cached(sql)?.query_row(params![instance.id, kind, name], |row| row.get(0))
}

/// Credentials that ended are of no use to anyone but a thief.
pub(super) fn forget_expired(transaction: &Transaction<'_>, instance: &InstanceRow) -> rusqlite::Result<()> {
    transaction.execute(
        "DELETE FROM record WHERE instance_id = ?1 AND kind = ?2 AND name IN
             (SELECT arn FROM expiry WHERE instance_id = ?1 AND expires_at <= unixepoch())",
        params![instance.id, RoleCredentials::KIND],
    )?;
    transaction
        .execute("DELETE FROM expiry WHERE instance_id = ?1 AND expires_at <= unixepoch()", [instance.id])
        .map(drop)
}
