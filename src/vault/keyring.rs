//! The keyring of the operating system, through the `keyring` crate: `keychain` on macOS, `wincred` on
//! Windows, `secret-service` (GNOME Keyring, `KeePassXC` and others) on Linux and the BSDs.

use std::collections::HashMap;
use std::error::Error as _;

use keyring_core::{Entry, Error as KeyringError};
use zeroize::Zeroizing;

use crate::config::SecureStore;

use super::item::{ItemStore, SERVICE};
#[cfg(all(unix, not(target_os = "macos")))]
use super::secret_service;
use super::{VaultError, of_another_system};

/// The one keyring that this system has.
#[cfg(target_os = "macos")]
pub(super) const HERE: SecureStore = SecureStore::Keychain;
#[cfg(windows)]
pub(super) const HERE: SecureStore = SecureStore::Wincred;
#[cfg(not(any(target_os = "macos", windows)))]
pub(super) const HERE: SecureStore = SecureStore::SecretService;

#[derive(Clone)]
pub(super) struct SystemKeyring {
    /// `SecretServiceCollection`; none is the default collection.
    collection: Option<String>,
    /// Whether the keyring may show a window to be unlocked.
    #[cfg_attr(any(target_os = "macos", windows), expect(dead_code, reason = "these two decide by themselves"))]
    in_window: bool,
}

impl SystemKeyring {
    /// Refuses a keyring that belongs to another operating system.
    pub(super) fn new(store: SecureStore, collection: Option<String>, in_window: bool) -> Result<Self, VaultError> {
        if store == HERE {
            return Ok(Self { collection, in_window });
        }
        Err(of_another_system(store))
    }

    /// The item `name`, once the keyring is known to answer.
    fn entry(&self, name: &str) -> Result<Entry, String> {
        self.prepare(name)?;
        let status = keyring::Entry::store_status().as_ref();
        status.map_err(|error| self.explain(error))?;
        let modifiers: HashMap<&str, &str> = match HERE {
            SecureStore::SecretService => {
                let label = ("label", "aws-sso: key of the vault");
                [label].into_iter().chain(self.collection.as_deref().map(|name| ("target", name))).collect()
            }
            _ => HashMap::new(),
        };
        Entry::new_with_modifiers(SERVICE, name, &modifiers).map_err(|error| self.explain(&error))
    }

    /// The crate asks for a password in a window wherever it finds something locked, and says little of
    /// what went wrong. Both are looked at first.
    #[cfg(all(unix, not(target_os = "macos")))]
    fn prepare(&self, name: &str) -> Result<(), String> {
        secret_service::look(self.collection.as_deref(), name, self.in_window)
    }

    #[cfg(not(all(unix, not(target_os = "macos"))))]
    fn prepare(&self, _: &str) -> Result<(), String> {
        Ok(())
    }

    fn explain(&self, error: &KeyringError) -> String {
        let cause = error.source().map_or_else(|| error.to_string(), ToString::to_string);
        #[cfg(all(unix, not(target_os = "macos")))]
        return secret_service::explain(self.collection.as_deref(), &cause);
        #[cfg(not(all(unix, not(target_os = "macos"))))]
        format!("could not use the {} ({cause}): unlock it and try again", self.called())
    }
}

impl ItemStore for SystemKeyring {
    fn called(&self) -> &'static str {
        match HERE {
            SecureStore::Keychain => "the macOS keychain",
            SecureStore::Wincred => "the Windows Credential Manager",
            _ => "the secret service",
        }
    }

    fn read(&self, name: &str) -> Result<Option<Zeroizing<String>>, String> {
        match self.entry(name)?.get_password() {
            Ok(text) => Ok(Some(Zeroizing::new(text))),
            Err(KeyringError::NoEntry) => Ok(None),
            // What is no text is none of ours: the item was changed.
            Err(KeyringError::BadEncoding(bytes)) => {
                drop(Zeroizing::new(bytes));
                Ok(Some(Zeroizing::new(String::new())))
            }
            Err(error) => Err(self.explain(&error)),
        }
    }

    fn write(&self, name: &str, text: &str) -> Result<(), String> {
        self.entry(name)?.set_password(text).map_err(|error| self.explain(&error))
    }

    fn remove(&self, name: &str) -> Result<(), String> {
        match self.entry(name)?.delete_credential() {
            Ok(()) | Err(KeyringError::NoEntry) => Ok(()),
            Err(error) => Err(self.explain(&error)),
        }
    }

    fn place(&self, name: &str) -> String {
        match &self.collection {
            Some(collection) => format!("service {SERVICE}, user {name}, in the collection {collection}"),
            None => format!("service {SERVICE}, user {name}"),
        }
    }
}
