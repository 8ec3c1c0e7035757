//! The credentials that were issued, by access key.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;
use crate::identity::Identity;
use crate::secrets;

const FOR_EVER: Duration = Duration::from_hours(10 * 365 * 24);

#[derive(Debug, Clone)]
pub(crate) struct Issued {
    pub access_key_id: String,
    pub secret_access_key: String,
    pub session_token: String,
    /// What the caller is told, by the simulator's clock, which may be wrong on purpose.
    pub expiration: Timestamp,
    /// What is enforced.
    pub expires: Instant,
    pub identity: Identity,
}

impl Issued {
    pub fn has_expired(&self) -> bool {
        self.expires <= Instant::now()
    }
}

#[derive(Debug, Default)]
pub(crate) struct Vault(HashMap<String, Issued>);

impl Vault {
    pub fn issue(&mut self, identity: Identity, lifetime: Duration, clock: Clock) -> Issued {
        let now = clock.now();
        let told = SignedDuration::try_from(lifetime).unwrap_or(SignedDuration::MAX);
        let issued = Issued {
            access_key_id: secrets::access_key_id(),
            secret_access_key: secrets::secret_access_key(),
            session_token: secrets::session_token(),
            expiration: now.checked_add(told).unwrap_or(now),
            expires: Instant::now() + lifetime,
            identity,
        };
        self.0.insert(issued.access_key_id.clone(), issued.clone());
        issued
    }

    /// Keys of a user: they have no session, and do not end.
    pub fn issue_keys(&mut self, identity: Identity, clock: Clock) -> Issued {
        let mut issued = self.issue(identity, FOR_EVER, clock);
        issued.session_token.clear();
        issued.access_key_id.replace_range(..4, "AKIA");
        self.0.insert(issued.access_key_id.clone(), issued.clone());
        issued
    }

    pub fn get(&self, access_key_id: &str) -> Option<&Issued> {
        self.0.get(access_key_id)
    }

    pub fn expire_all(&mut self) {
        let now = Instant::now();
        for issued in self.0.values_mut() {
            issued.expires = now;
        }
    }
}
