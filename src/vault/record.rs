//! What is kept secret, and how it is written down: JSON, sealed by the vault.

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::role::{ClientRegistration, RoleCredentials, Token};

use super::VaultError;

/// A type that the vault keeps.
pub trait Record: Serialize + DeserializeOwned {
    /// Part of the record's identity.
    const KIND: &'static str;

    /// When it ends (Unix time in seconds), where that is told to people without opening it.
    fn ends_at(&self) -> Option<i64> {
        None
    }
}

impl Record for ClientRegistration {
    const KIND: &'static str = "client-registration";
}

impl Record for Token {
    const KIND: &'static str = "token";

    fn ends_at(&self) -> Option<i64> {
        Some(self.expires_at)
    }
}

impl Record for RoleCredentials {
    const KIND: &'static str = "role-credentials";

    fn ends_at(&self) -> Option<i64> {
        Some(self.expires_at)
    }
}

pub(super) fn encode<R: Record>(record: &R) -> Zeroizing<Vec<u8>> {
    // Room enough that the buffer never moves and leaves an unwiped copy behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(16 * 1024));
    serde_json::to_writer(&mut *bytes, record).expect("strings and numbers are always JSON");
    bytes
}

pub(super) fn decode<R: Record>(bytes: &[u8]) -> Result<R, VaultError> {
    // The bytes were authentic, so another version of this program wrote them.
    serde_json::from_slice(bytes).map_err(|_| {
        VaultError::Unavailable(format!(
            "the stored {} has a form that this aws-sso {} does not know: run 'aws-sso logout', then 'aws-sso login'",
            R::KIND,
            env!("CARGO_PKG_VERSION")
        ))
    })
}
