//! `SecureStore: json`: a clear-text file, for debugging. Written whole under a lock, mode 0600.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::config::Config;
use crate::index::{Index, InstanceRow};
use crate::private::{private_directory, private_file};

use super::sealed::Plain;
use super::{Reach, VaultError};

pub(super) struct JsonRecords {
    path: PathBuf,
    config: String,
}

/// Records by instance, kind and name.
type Records = BTreeMap<String, BTreeMap<String, BTreeMap<String, Value>>>;

#[derive(Serialize, Deserialize)]
struct Document {
    version: u32,
    records: Records,
}

const VERSION: u32 = 1;

impl JsonRecords {
    /// The file is `JsonStore`, else `store.json` beside the state file.
    pub(super) fn new(config: &Config, state: &Path) -> Self {
        let beside = || state.with_file_name("store.json");
        Self {
            path: config.json_store.clone().unwrap_or_else(beside),
            config: config.path.to_string_lossy().into_owned(),
        }
    }

    pub(super) fn into_path(self) -> PathBuf {
        self.path
    }

    /// Whether the file can be used.
    pub(super) fn look(&self) -> Result<Reach, VaultError> {
        let there = self.path.exists();
        self.read().map(|_| if there { Reach::Open } else { Reach::Unused })
    }

    /// Said at each sign-in: nobody should use this store for long without knowing.
    pub(super) fn warn(&self) {
        tracing::warn!(
            "SecureStore json keeps every secret in clear text in {}: it is for debugging only",
            self.path.display()
        );
    }

    pub(super) fn get(
        &self,
        instance: &InstanceRow,
        kind: &str,
        name: &str,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        let document = self.read()?;
        let kinds = document.records.get(&self.owner(instance));
        let record = kinds.and_then(|kinds| kinds.get(kind)).and_then(|names| names.get(name));
        record.map(|value| serde_json::to_vec(value).map(Zeroizing::new).map_err(|e| self.unusable(&e))).transpose()
    }

    pub(super) fn put(&self, instance: &InstanceRow, kind: &str, name: &str, record: &[u8]) -> Result<(), VaultError> {
        let value = serde_json::from_slice(record).map_err(|e| self.unusable(&e))?;
        self.change(|records| {
            let kinds = records.entry(self.owner(instance)).or_default();
            kinds.entry(kind.to_owned()).or_default().insert(name.to_owned(), value);
        })
    }

    /// Deletes one record, all of a kind, or all of the instance.
    pub(super) fn delete(&self, instance: &InstanceRow, what: Option<(&str, Option<&str>)>) -> Result<(), VaultError> {
        if !self.path.exists() {
            return Ok(());
        }
        let owner = self.owner(instance);
        self.change(|records| match what {
            None => drop(records.remove(&owner)),
            Some((kind, name)) => {
                let Some(names) = records.get_mut(&owner).and_then(|kinds| kinds.get_mut(kind)) else { return };
                names.retain(|known, _| name.is_some_and(|name| name != known));
            }
        })
    }

    /// Every record of a config.
    pub(super) fn all(&self, index: &Index, config: &InstanceRow) -> Result<Vec<Plain>, VaultError> {
        let mut document = self.read()?;
        let mut all = Vec::new();
        for instance in index.instances(config.config_id)? {
            let kinds = document.records.remove(&self.owner(&instance)).unwrap_or_default();
            for (kind, names) in kinds {
                for (name, value) in names {
                    let record = serde_json::to_vec(&value).map(Zeroizing::new).map_err(|e| self.unusable(&e))?;
                    all.push(Plain { instance: instance.clone(), kind: kind.clone(), name, record });
                }
            }
        }
        Ok(all)
    }

    /// Takes `records` in, in the place of what is there of the config.
    pub(super) fn receive(&self, index: &Index, config: &InstanceRow, records: &[Plain]) -> Result<(), VaultError> {
        let owners: Vec<String> = index.instances(config.config_id)?.iter().map(|row| self.owner(row)).collect();
        let values =
            records.iter().map(|plain| serde_json::from_slice(&plain.record)).collect::<Result<Vec<Value>, _>>();
        let values = values.map_err(|e| self.unusable(&e))?;
        self.change(|document| {
            document.retain(|owner, _| !owners.contains(owner));
            for (plain, value) in records.iter().zip(values) {
                let kinds = document.entry(self.owner(&plain.instance)).or_default();
                kinds.entry(plain.kind.clone()).or_default().insert(plain.name.clone(), value);
            }
        })
    }

    /// Deletes what is there of a config.
    pub(super) fn abandon(&self, index: &Index, config: &InstanceRow) -> Result<(), VaultError> {
        if self.path.exists() { self.receive(index, config, &[]) } else { Ok(()) }
    }

    /// Two config files, and two instances with one start URL, never share records.
    fn owner(&self, instance: &InstanceRow) -> String {
        Value::from(vec![&*self.config, &*instance.name, &*instance.start_url]).to_string()
    }

    fn read(&self) -> Result<Document, VaultError> {
        let bytes = match fs::read(&self.path).map(Zeroizing::new) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(Document { version: VERSION, records: Records::new() });
            }
            Err(error) => return Err(self.unusable(&error)),
        };
        let document: Document = serde_json::from_slice(&bytes).map_err(|error| self.unusable(&error))?;
        if document.version != VERSION {
            return Err(self.unusable(&format!("version {} is not known", document.version)));
        }
        Ok(document)
    }

    fn change(&self, change: impl FnOnce(&mut Records)) -> Result<(), VaultError> {
        let _lock = self.lock().map_err(|error| self.unusable(&error))?;
        let mut document = self.read()?;
        change(&mut document.records);
        let bytes = serde_json::to_vec_pretty(&document).map(Zeroizing::new).map_err(|e| self.unusable(&e))?;
        self.replace(&bytes).map_err(|error| self.unusable(&error))
    }

    fn lock(&self) -> std::io::Result<File> {
        if let Some(directory) = self.path.parent().filter(|directory| !directory.exists()) {
            private_directory(directory)?;
        }
        let lock = private_file(&self.path.with_extension("lock"))?;
        lock.lock()?;
        Ok(lock)
    }

    /// A reader sees the old file or the new one, whatever happens in between.
    fn replace(&self, bytes: &[u8]) -> std::io::Result<()> {
        let temporary = self.path.with_extension("new");
        let mut file = private_file(&temporary)?;
        file.set_len(0)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, &self.path)
    }

    fn unusable(&self, error: &dyn std::fmt::Display) -> VaultError {
        VaultError::Unavailable(format!(
            "could not use the json store {}: {error}; mend or remove the file, then run 'aws-sso login'",
            self.path.display()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_owners_have_one_key() {
        let owner = |config: &str, name: &str| {
            let records = JsonRecords { path: PathBuf::new(), config: config.to_owned() };
            records.owner(&InstanceRow {
                id: 1,
                config_id: 1,
                name: name.to_owned(),
                start_url: "https://a/start".to_owned(),
                refreshed_at: None,
                session_expires_at: None,
                problem: None,
            })
        };
        assert_ne!(owner("/a b", "c"), owner("/a", "b c"));
        assert_eq!(owner("/a", "b"), owner("/a", "b"));
    }
}
