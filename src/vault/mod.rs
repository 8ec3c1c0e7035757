//! Secrets: sealed records in the state file, under a data key that the secure store keeps.
//!
//! A record is sealed with XChaCha20-Poly1305 under a random 256-bit key, with its identity (instance,
//! start URL, kind, name) as associated data: a row that was changed, or moved to another place, is an
//! error that names it, never an empty store. The key comes from a `KeySource`; the `json` store has
//! none and keeps its records in clear text, for debugging.

mod asking;
#[cfg(all(unix, not(target_os = "macos")))]
mod bus;
mod file;
mod item;
mod json;
mod kernel_keyring;
mod keyring;
#[cfg(all(unix, not(target_os = "macos")))]
mod kwallet;
mod look;
mod pass;
mod record;
mod rows;
mod sealed;
#[cfg(all(unix, not(target_os = "macos")))]
mod secret_service;
mod transfer;

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::Error;
use crate::config::{Config, SecureStore};
use crate::context::Context;
use crate::index::{Index, IndexError, InstanceRow};
use crate::memory::expect_secrets;
use crate::role::RoleCredentials;

pub use asking::Asking;
pub use look::Reach;
pub use record::Record;

use item::Items;

/// 256 bits that seal every record of a config file; wiped when dropped.
type DataKey = Zeroizing<[u8; 32]>;

/// Names a data key; not secret.
type KeyId = [u8; 16];

/// A secure store or a record in it that could not be used.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The store is locked, missing, or the password is wrong. In words that say what to do.
    #[error("{0}")]
    Unavailable(String),
    /// A record does not open with the key it was sealed with: it was changed on disk.
    #[error("the stored {what} was changed on disk and is not used: run 'aws-sso logout', then 'aws-sso login'")]
    Tampered {
        /// Kind and name of the record.
        what: String,
    },
    /// The person could not be asked, or broke off.
    #[error(transparent)]
    Prompt(Error),
    /// The state file that holds the records cannot be used.
    #[error(transparent)]
    Index(#[from] IndexError),
}

impl From<VaultError> for Error {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Unavailable(message) => Self::store_unavailable(message),
            VaultError::Prompt(error) => error,
            VaultError::Index(error) => error.into(),
            tampered @ VaultError::Tampered { .. } => Self::failed(tampered.to_string()),
        }
    }
}

/// Where a data key is kept. One file each.
trait KeySource {
    /// Fetches the data key `id`. `wrapped` is what [`KeySource::store`] answered for it.
    fn load(&self, id: &KeyId, wrapped: Option<&[u8]>) -> Result<DataKey, VaultError>;

    /// Keeps a data key. What it answers goes into the state file, in clear text: a store that keeps the
    /// key elsewhere answers nothing. `previous` is the wrapped key that this one replaces.
    fn store(&self, id: &KeyId, key: &DataKey, previous: Option<&[u8]>) -> Result<Option<Vec<u8>>, VaultError>;

    /// Removes a data key that nothing is sealed with any more. `wrapped` is given where none takes its place.
    fn forget(&self, id: &KeyId, wrapped: Option<&[u8]>) -> Result<(), VaultError>;

    /// How a person finds the key in the store.
    fn place(&self, id: &KeyId) -> String;

    /// Whether the store can be used, for a person who is asked nothing: nothing is unlocked. `key` is the
    /// data key that it should hold.
    fn look(&self, key: Option<(&KeyId, Option<&[u8]>)>) -> Result<Reach, VaultError>;

    /// A key that was just fetched, wrapped anew where its wrapping is weaker than today's.
    fn renewed(&self, _id: &KeyId, _key: &DataKey, _wrapped: Option<&[u8]>) -> Option<Vec<u8>> {
        None
    }
}

/// The secrets of one config file.
pub struct Vault {
    backend: Backend,
    /// The file of the `json` store, in use or left over.
    clear_text: json::JsonRecords,
}

enum Backend {
    Sealed(sealed::SealedRecords),
    /// In clear text.
    Json,
}

impl Vault {
    /// The vault that the config asks for. Nothing is read, and nobody is asked, before the first record
    /// is. `state` is the state file.
    pub fn new(config: &Config, context: &Context, state: &Path, asking: Asking) -> Result<Self, VaultError> {
        Self::in_store(config.secure_store, config, context, state, asking)
    }

    /// The same in another store than the config's.
    pub fn in_store(
        store: SecureStore,
        config: &Config,
        context: &Context,
        state: &Path,
        asking: Asking,
    ) -> Result<Self, VaultError> {
        let in_window = asking.in_window;
        let clear_text = json::JsonRecords::new(config, state);
        let source: Box<dyn KeySource> = match store {
            SecureStore::Json => {
                return Ok(Self { backend: Backend::Json, clear_text });
            }
            SecureStore::File => Box::new(file::PasswordStore::new(config, context, asking.on_terminal)),
            SecureStore::Keychain | SecureStore::Wincred | SecureStore::SecretService => {
                let collection = config.secret_service_collection.clone();
                Box::new(Items::new(keyring::SystemKeyring::new(store, collection, in_window)?, asking))
            }
            SecureStore::Pass => Box::new(Items::new(pass::PasswordManager::new(context, asking), asking)),
            #[cfg(all(unix, not(target_os = "macos")))]
            SecureStore::Kwallet => Box::new(Items::new(kwallet::Wallet { in_window }, asking)),
            #[cfg(not(all(unix, not(target_os = "macos"))))]
            SecureStore::Kwallet => return Err(of_another_system(store)),
            SecureStore::OnePassword => {
                let message = "SecureStore 1password is not supported: use another one in config.yaml";
                return Err(VaultError::Unavailable(message.to_owned()));
            }
        };
        Ok(Self { backend: Backend::Sealed(sealed::SealedRecords::new(store, source)), clear_text })
    }

    /// Makes sure that records can be written: unlocks the store, or sets it up. For callers that would
    /// otherwise learn of a wrong password after a sign-in.
    pub fn unlock(&self, index: &mut Index, instance: &InstanceRow) -> Result<(), VaultError> {
        expect_secrets();
        match &self.backend {
            Backend::Sealed(records) => records.writing_key(index, instance).map(drop),
            Backend::Json => {
                self.clear_text.warn();
                Ok(())
            }
        }
    }

    /// The clear-text file that the `json` store of `config` is.
    pub fn clear_text_path(config: &Config, state: &Path) -> PathBuf {
        json::JsonRecords::new(config, state).into_path()
    }

    /// Reads the record `name` of an instance; none where there is none.
    pub fn get<R: Record>(&self, index: &Index, instance: &InstanceRow, name: &str) -> Result<Option<R>, VaultError> {
        expect_secrets();
        let bytes = match &self.backend {
            Backend::Sealed(records) => records.get(index, instance, R::KIND, name)?,
            Backend::Json => self.clear_text.get(instance, R::KIND, name)?,
        };
        bytes.map(|bytes| record::decode(&bytes)).transpose()
    }

    /// Writes the record `name` of an instance.
    pub fn put<R: Record>(
        &self,
        index: &mut Index,
        instance: &InstanceRow,
        name: &str,
        record: &R,
    ) -> Result<(), VaultError> {
        let bytes = record::encode(record);
        match &self.backend {
            Backend::Sealed(records) => records.put(index, instance, (R::KIND, name, record.ends_at()), &bytes),
            Backend::Json => {
                self.clear_text.put(instance, R::KIND, name, &bytes)?;
                Ok(index.write(|t| rows::note_end(t, instance, (R::KIND, name), record.ends_at()))?)
            }
        }
    }

    /// Removes the record `name` of an instance. No key is needed for that.
    pub fn delete<R: Record>(&self, index: &mut Index, instance: &InstanceRow, name: &str) -> Result<(), VaultError> {
        self.delete_some(index, instance, (R::KIND, Some(name)))
    }

    /// Removes all records of an instance and replaces the data key, so that a copy of the old state
    /// file is of no use to whoever finds the key later. Other instances of the config keep theirs.
    /// Answers what could not be done about the key: the records are gone in any case.
    pub fn clear(&self, index: &mut Index, instance: &InstanceRow) -> Result<Option<String>, VaultError> {
        self.delete_clear_text(instance, None)?;
        match &self.backend {
            Backend::Sealed(records) => records.clear(index, instance),
            Backend::Json => {
                index.write(|transaction| rows::delete_all(transaction, instance))?;
                Ok(None)
            }
        }
    }

    /// Removes the role credentials of an instance; the session stays.
    pub fn clear_role_credentials(&self, index: &mut Index, instance: &InstanceRow) -> Result<(), VaultError> {
        self.delete_some(index, instance, (RoleCredentials::KIND, None))
    }

    /// What the state file knows of the records goes whichever store is in use: when they end, and those
    /// of a store that was in use before.
    fn delete_some(
        &self,
        index: &mut Index,
        instance: &InstanceRow,
        (kind, name): (&str, Option<&str>),
    ) -> Result<(), VaultError> {
        rows::delete(index, instance, kind, name)?;
        self.delete_clear_text(instance, Some((kind, name)))
    }

    /// What a `json` store holds goes too where another store is in use now.
    fn delete_clear_text(&self, instance: &InstanceRow, what: Option<(&str, Option<&str>)>) -> Result<(), VaultError> {
        let outcome = self.clear_text.delete(instance, what);
        match (&self.backend, outcome) {
            // It is not in use, and must not be in the way.
            (Backend::Sealed(_), Err(error)) => {
                tracing::warn!("{error}");
                Ok(())
            }
            (_, outcome) => outcome,
        }
    }
}

/// A store that this operating system does not have.
fn of_another_system(store: SecureStore) -> VaultError {
    VaultError::Unavailable(format!(
        "SecureStore {store} belongs to another operating system: use SecureStore: file or {} in config.yaml",
        keyring::HERE
    ))
}

/// Random bytes of the operating system.
fn random<const N: usize>() -> Result<[u8; N], VaultError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|error| VaultError::Unavailable(format!("the system gives no random numbers ({error})")))?;
    Ok(bytes)
}
