//! A look at the secure store by somebody who only wants to know whether it can be used.

use crate::index::{Index, InstanceRow};
use crate::memory::expect_secrets;
use crate::role::ClientRegistration;

use super::rows::find_key;
use super::{Backend, Record, Vault, VaultError};

/// What was found of a secure store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// It can be used, and nobody is asked.
    Open,
    /// It answers, and wants to be unlocked; why, and how.
    Locked(String),
    /// It holds nothing yet: the first sign-in sets it up.
    Unused,
    /// It would ask the person, so it was not touched.
    Unseen,
}

impl Vault {
    /// Looks at the store. `config` is the row of any instance of the config, where the state file has one.
    pub fn look(&self, index: Option<&Index>, config: Option<&InstanceRow>) -> Result<Reach, VaultError> {
        expect_secrets();
        let records = match &self.backend {
            Backend::Sealed(records) => records,
            Backend::Json => return self.clear_text.look(),
        };
        if cfg!(any(target_os = "macos", windows)) && records.is_of_the_system() {
            return Ok(Reach::Unseen);
        }
        let key = match (index, config) {
            (Some(index), Some(row)) => index.read(|connection| find_key(connection, row, records.store()))?,
            _ => None,
        };
        records.source().look(key.as_ref().map(|row| (&row.id, row.wrapped.as_deref())))
    }

    /// Whether what it takes to renew the session of an instance is there. Reads no secret.
    pub fn can_renew(&self, index: &Index, instance: &InstanceRow) -> Result<bool, VaultError> {
        match &self.backend {
            Backend::Sealed(_) => {
                let sql = "SELECT EXISTS (SELECT 1 FROM record WHERE instance_id = ?1 AND kind = ?2)";
                let values = rusqlite::params![instance.id, ClientRegistration::KIND];
                Ok(index.read(|connection| connection.query_row(sql, values, |row| row.get(0)))?)
            }
            Backend::Json => Ok(self.clear_text.get(instance, ClientRegistration::KIND, "")?.is_some()),
        }
    }
}
