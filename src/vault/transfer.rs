//! All secrets of a config on their way from one secure store to another, or to a new key of the same one.
//!
//! At each moment either the old store or the new one holds all of them: the new one takes them in, then
//! `config.yaml` names it, then the old one lets go.

use crate::index::{Index, InstanceRow};
use crate::memory::expect_secrets;

use super::rows::KeyRow;
use super::{Backend, Vault, VaultError};

/// Secrets that the new store has taken in and the old one still holds.
#[must_use = "the old store still holds the secrets"]
pub struct Moved {
    /// How many records it was.
    pub records: usize,
    /// A key of the new store that the one for these records replaced.
    replaced: Option<KeyRow>,
}

impl Vault {
    /// Copies all records of the config into `target`, in the place of whatever it holds of the config.
    /// `config` is the row of any instance of it.
    pub fn copy_to(&self, target: &Self, index: &mut Index, config: &InstanceRow) -> Result<Moved, VaultError> {
        expect_secrets();
        let all = match &self.backend {
            Backend::Sealed(records) => records.all(index, config)?,
            Backend::Json => self.clear_text.all(index, config)?,
        };
        let replaced = match &target.backend {
            Backend::Sealed(records) => records.receive(index, config, &all)?,
            Backend::Json => {
                target.clear_text.receive(index, config, &all)?;
                None
            }
        };
        Ok(Moved { records: all.len(), replaced })
    }

    /// Ends a move: this store lets go of what `target` has taken in. Both may be one store, which then lets
    /// go of its old key. Answers what could not be done.
    pub fn let_go(
        &self,
        target: &Self,
        moved: &Moved,
        index: &mut Index,
        config: &InstanceRow,
    ) -> Result<Vec<String>, VaultError> {
        let mut left = Vec::new();
        if let (Backend::Sealed(records), Some(replaced)) = (&target.backend, &moved.replaced) {
            left.extend(records.forget_old(replaced));
        }
        if !self.is(target) {
            left.extend(self.abandon(index, config)?);
        }
        Ok(left)
    }

    /// Deletes all that this store holds of the config. Answers what could not be done.
    pub fn abandon(&self, index: &mut Index, config: &InstanceRow) -> Result<Option<String>, VaultError> {
        match &self.backend {
            Backend::Sealed(records) => records.abandon(index, config),
            Backend::Json => self.clear_text.abandon(index, config).map(|()| None),
        }
    }

    fn is(&self, other: &Self) -> bool {
        match (&self.backend, &other.backend) {
            (Backend::Sealed(own), Backend::Sealed(other)) => own.store() == other.store(),
            (Backend::Json, Backend::Json) => true,
            _ => false,
        }
    }
}
