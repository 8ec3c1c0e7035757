//! Registered clients, and the codes on their way to a token.

use std::collections::HashMap;
use std::time::Instant;

/// The grant type of the device flow.
pub(crate) const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// The grant type of the browser flow with PKCE.
pub(crate) const AUTHORIZATION_CODE: &str = "authorization_code";
/// The grant type that prolongs a session.
pub(crate) const REFRESH_TOKEN: &str = "refresh_token";

/// The scope without which AWS issues no refresh token.
pub(crate) const ACCOUNT_ACCESS: &str = "sso:account:access";

#[derive(Debug, Clone)]
pub(crate) struct Registration {
    pub secret: String,
    pub expires: Instant,
    pub scopes: Vec<String>,
    pub redirects: Vec<String>,
    pub grant_types: Vec<String>,
}

impl Registration {
    /// A client that named no grant types may use those of the device flow.
    pub fn allows(&self, grant_type: &str) -> bool {
        if self.grant_types.is_empty() {
            return matches!(grant_type, DEVICE_CODE | REFRESH_TOKEN);
        }
        self.grant_types.iter().any(|allowed| allowed == grant_type)
    }

    pub fn may_refresh(&self) -> bool {
        self.allows(REFRESH_TOKEN) && self.scopes.iter().any(|scope| scope == ACCOUNT_ACCESS)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Pending,
    Approved,
    Denied,
}

#[derive(Debug, Clone)]
pub(crate) struct Device {
    pub client_id: String,
    pub user_code: String,
    pub expires: Instant,
    pub polled: Option<Instant>,
    pub polls: u32,
    pub decision: Decision,
}

#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub client_id: String,
    pub redirect_uri: String,
    pub challenge: String,
    pub expires: Instant,
}

#[derive(Debug, Default)]
pub(crate) struct Grants {
    pub clients: HashMap<String, Registration>,
    pub devices: HashMap<String, Device>,
    pub codes: HashMap<String, Code>,
}

impl Grants {
    /// The registration, when the secret is right and it has not expired.
    pub fn client(&self, id: &str, secret: &str) -> Option<&Registration> {
        self.clients.get(id).filter(|client| client.secret == secret && client.expires > Instant::now())
    }

    /// The device that shows this code. People leave out the hyphen and the capitals.
    pub fn device_showing(&mut self, user_code: &str) -> Option<&mut Device> {
        let plain = |code: &str| code.replace(['-', ' '], "").to_ascii_uppercase();
        let wanted = plain(user_code);
        self.devices.values_mut().find(|device| plain(&device.user_code) == wanted)
    }

    /// Decides every pending device code; how many there were.
    pub fn decide_all(&mut self, decision: Decision) -> usize {
        let pending = self.devices.values_mut().filter(|device| device.decision == Decision::Pending);
        pending.map(|device| device.decision = decision).count()
    }
}
