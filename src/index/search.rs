//! What a search needs: the roles of an instance as one block, and how much each was used.

use std::collections::HashMap;

use rusqlite::{Connection, MAIN_DB, OptionalExtension, params};

use crate::finder::{Catalog, Lister, decayed};
use crate::role::Role;

use super::{Index, IndexError};

/// The past of a role.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Use {
    /// How much it counts now.
    pub weight: f64,
    /// Unix time in seconds.
    pub last_used: i64,
}

impl Index {
    /// The roles of an instance, ready to be searched.
    pub fn catalog(&self, instance_id: i64) -> Result<Catalog, IndexError> {
        let block = self.read(|connection| read_block(connection, instance_id).optional())?;
        match block.and_then(Catalog::read) {
            Some(catalog) => Ok(catalog),
            None => self.list_catalog(instance_id),
        }
    }

    /// The same from the roles themselves, where there is no block that can be read.
    fn list_catalog(&self, instance_id: i64) -> Result<Catalog, IndexError> {
        let mut tags = self.tags(instance_id)?;
        let mut lister = Lister::default();
        for (id, mut role) in self.numbered_roles(instance_id)? {
            role.tags = tags.remove(&role.arn.to_string()).unwrap_or_default();
            lister.add(id, &role);
        }
        Ok(Catalog::read(lister.finish()).unwrap_or_default())
    }

    /// The past of the roles of an instance that were used, at `now` (Unix time in seconds), by the key of their rows.
    pub fn uses(&self, instance_id: i64, now: i64) -> Result<HashMap<i64, Use>, IndexError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT role.id, weight, last_used FROM history
                 JOIN role ON role.instance_id = history.instance_id AND role.arn = history.arn
                 WHERE history.instance_id = ?1",
            )?;
            let rows = statement.query_map([instance_id], |row| {
                let last_used = row.get(2)?;
                Ok((row.get(0)?, Use { weight: decayed(row.get(1)?, last_used, now), last_used }))
            })?;
            rows.collect()
        })
    }

    /// A role by the key of its row, with its tags; none if it is gone.
    pub fn role(&self, id: i64) -> Result<Option<Role>, IndexError> {
        self.read(|connection| super::query::by_id(connection, id))
    }
}

/// Reads the block of an instance page by page into its place: some megabytes are not copied once more.
fn read_block(connection: &Connection, instance_id: i64) -> rusqlite::Result<Vec<u8>> {
    let known: i64 = connection
        .prepare_cached("SELECT instance_id FROM catalog WHERE instance_id = ?1")?
        .query_row([instance_id], |row| row.get(0))?;
    let blob = connection.blob_open(MAIN_DB, "catalog", "block", known, true)?;
    let mut block = vec![0; blob.len()];
    blob.read_at_exact(&mut block, 0)?;
    Ok(block)
}

/// Keeps the block of an instance.
pub(super) fn store_catalog(connection: &Connection, instance_id: i64, lister: Lister) -> rusqlite::Result<()> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO catalog (instance_id, block) VALUES (?1, ?2)")?
        .execute(params![instance_id, lister.finish()])
        .map(drop)
}
