//! Sign-in sessions and the tokens that stand for them.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::secrets;

#[derive(Debug, Clone, Copy)]
struct Access {
    session: u64,
    expires: Instant,
}

#[derive(Debug, Clone)]
struct Refresh {
    session: u64,
    client_id: String,
}

/// What a successful `CreateToken` hands out.
pub(crate) struct Tokens {
    pub access: String,
    pub refresh: Option<String>,
}

#[derive(Debug, Default)]
pub(crate) struct Sessions {
    last: u64,
    access: HashMap<String, Access>,
    refresh: HashMap<String, Refresh>,
}

impl Sessions {
    /// Starts a session; `refreshing_client` is the client that gets a refresh token.
    pub fn open(&mut self, lifetime: Duration, refreshing_client: Option<&str>) -> Tokens {
        self.last += 1;
        self.tokens(self.last, lifetime, refreshing_client)
    }

    /// Prolongs the session of a refresh token, which is used up when `once` is set.
    pub fn refresh(&mut self, token: &str, client_id: &str, lifetime: Duration, once: bool) -> Option<Tokens> {
        let session = self.refresh.get(token).filter(|refresh| refresh.client_id == client_id)?.session;
        if once {
            self.refresh.remove(token);
        }
        let mut tokens = self.tokens(session, lifetime, once.then_some(client_id));
        tokens.refresh.get_or_insert_with(|| token.to_owned());
        Some(tokens)
    }

    fn tokens(&mut self, session: u64, lifetime: Duration, refreshing_client: Option<&str>) -> Tokens {
        let access = secrets::access_token();
        self.access.insert(access.clone(), Access { session, expires: Instant::now() + lifetime });
        let refresh = refreshing_client.map(|client_id| {
            let token = secrets::refresh_token();
            self.refresh.insert(token.clone(), Refresh { session, client_id: client_id.into() });
            token
        });
        Tokens { access, refresh }
    }

    pub fn is_valid(&self, access: &str) -> bool {
        self.access.get(access).is_some_and(|access| access.expires > Instant::now())
    }

    /// Ends the session of an access token, with all its tokens.
    pub fn close(&mut self, access: &str) {
        if let Some(ended) = self.access.get(access).copied() {
            self.access.retain(|_, access| access.session != ended.session);
            self.refresh.retain(|_, refresh| refresh.session != ended.session);
        }
    }

    pub fn expire_access(&mut self) {
        self.access.clear();
    }

    pub fn revoke(&mut self) {
        self.access.clear();
        self.refresh.clear();
    }
}
