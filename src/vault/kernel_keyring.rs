//! The Linux kernel's keyring of the user, as a place for an unlocked key that ends by itself. Where the
//! kernel refuses (containers often do), or is another one, nothing is kept and nothing is said: the
//! password is asked again.

use super::DataKey;

#[cfg(target_os = "linux")]
mod linux {
    use std::time::Duration;

    use linux_keyutils::{KeyPermissionsBuilder, KeyRing, KeyRingIdentifier, Permission};
    use zeroize::{Zeroize, Zeroizing};

    use super::DataKey;

    fn description(salt: &[u8; 16]) -> String {
        let hex: String = salt.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("aws-sso:{hex}")
    }

    pub(in crate::vault) fn find(salt: &[u8; 16]) -> Option<DataKey> {
        let ring = KeyRing::from_special_id(KeyRingIdentifier::User, false).ok()?;
        let key = ring.search(&description(salt)).ok()?;
        let mut bytes = [0; 33];
        let length = key.read(&mut bytes).ok()?;
        let found = bytes.first_chunk::<32>().filter(|_| length == 32).map(|key| Zeroizing::new(*key));
        bytes.zeroize();
        found
    }

    pub(in crate::vault) fn drop_key(salt: &[u8; 16]) {
        let ring = KeyRing::from_special_id(KeyRingIdentifier::User, false);
        if let Ok(key) = ring.and_then(|ring| ring.search(&description(salt))) {
            let _ = key.invalidate();
        }
    }

    pub(in crate::vault) fn keep(salt: &[u8; 16], key: &DataKey, duration: Duration) {
        let Ok(ring) = KeyRing::from_special_id(KeyRingIdentifier::User, false) else { return };
        let Ok(kept) = ring.add_key(&description(salt), &key[..]) else { return };
        // A shell whose session keyring does not link to the user's (su, cron) possesses nothing there:
        // the user must be let in by right.
        let permissions = KeyPermissionsBuilder::builder().posessor(Permission::ALL).user(Permission::ALL).build();
        let seconds = usize::try_from(duration.as_secs()).unwrap_or(usize::MAX);
        if kept.set_timeout(seconds).is_err() {
            let _ = kept.invalidate();
            return;
        }
        let _ = kept.set_perms(permissions);
    }
}

#[cfg(target_os = "linux")]
pub(super) use linux::{drop_key, find, keep};

#[cfg(not(target_os = "linux"))]
pub(super) fn find(_: &[u8; 16]) -> Option<DataKey> {
    None
}

#[cfg(not(target_os = "linux"))]
pub(super) fn drop_key(_: &[u8; 16]) {}

#[cfg(not(target_os = "linux"))]
pub(super) fn keep(_: &[u8; 16], _: &DataKey, _: std::time::Duration) {}
