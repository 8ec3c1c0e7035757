//! pass(1), the standard Unix password manager. Its seat: not built yet.

use crate::config::SecureStore;

use super::{DataKey, KeyId, KeySource, VaultError, not_built_yet};

pub(super) struct PasswordManager;

impl KeySource for PasswordManager {
    fn load(&self, _: &KeyId, _: Option<&[u8]>) -> Result<DataKey, VaultError> {
        Err(not_built_yet(SecureStore::Pass))
    }

    fn store(&self, _: &KeyId, _: &DataKey, _: Option<&[u8]>) -> Result<Option<Vec<u8>>, VaultError> {
        Err(not_built_yet(SecureStore::Pass))
    }

    fn forget(&self, _: &KeyId, _: Option<&[u8]>) -> Result<(), VaultError> {
        Err(not_built_yet(SecureStore::Pass))
    }
}
