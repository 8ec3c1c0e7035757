//! The keyring of the operating system: `keychain` on macOS, `wincred` on Windows, `secret-service` on Linux. Its seat: not built yet.

use crate::config::SecureStore;

use super::{DataKey, KeyId, KeySource, VaultError, not_built_yet};

pub(super) struct SystemKeyring(SecureStore);

impl SystemKeyring {
    pub(super) fn new(store: SecureStore) -> Self {
        Self(store)
    }
}

impl KeySource for SystemKeyring {
    fn load(&self, _: &KeyId, _: Option<&[u8]>) -> Result<DataKey, VaultError> {
        Err(not_built_yet(self.0))
    }

    fn store(&self, _: &KeyId, _: &DataKey, _: Option<&[u8]>) -> Result<Option<Vec<u8>>, VaultError> {
        Err(not_built_yet(self.0))
    }

    fn forget(&self, _: &KeyId, _: Option<&[u8]>) -> Result<(), VaultError> {
        Err(not_built_yet(self.0))
    }
}
