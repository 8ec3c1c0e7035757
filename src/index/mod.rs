//! The state file: accounts, roles, tags and history in SQLite, so that a completion, a prompt or a
//! `cd` is answered by one indexed query.
//!
//! What AWS listed is kept apart from what is derived of it and of `config.yaml`, so that a change of
//! the config is a local matter. The sealed records of the [`vault`](crate::vault) live in the same
//! file: one write is one transaction.

mod clash;
mod complete;
mod derive;
mod error;
mod history;
mod listing;
mod naming;
mod open;
mod privacy;
mod query;
mod registry;
mod search;
mod tag_choice;
mod trust;

use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction, TransactionBehavior};

pub use complete::{Candidate, Completions, RoleFilter};
pub use error::IndexError;
pub use history::Recent;
pub use listing::{Changes, Listing};
pub use open::{Look, Opened};
pub use registry::{InstanceRow, KnownConfig};
pub use search::Use;
pub use trust::{Allowed, Trust};

/// An open state file.
pub struct Index {
    connection: Connection,
    path: PathBuf,
}

impl Index {
    /// Where the file lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `work` in a write transaction: all of it happens, or nothing.
    pub(crate) fn write<T>(
        &mut self,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, rusqlite::Error>,
    ) -> Result<T, IndexError> {
        let path = &self.path;
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate);
        transaction
            .and_then(|mut transaction| {
                let value = work(&mut transaction)?;
                transaction.commit()?;
                Ok(value)
            })
            .map_err(|error| IndexError::sqlite(path, &error))
    }

    /// Runs `query` for reading.
    pub(crate) fn read<T>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, rusqlite::Error>,
    ) -> Result<T, IndexError> {
        query(&self.connection).map_err(|error| IndexError::sqlite(&self.path, &error))
    }
}
