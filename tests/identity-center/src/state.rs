//! Everything the simulator remembers, behind one lock.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::bucket::Bucket;
use crate::clock::Clock;
use crate::credentials::Vault;
use crate::faults::{Faults, Plan};
use crate::grants::Grants;
use crate::operation::Operation;
use crate::organization::Organization;
use crate::refusal::Refusal;
use crate::sessions::Sessions;
use crate::trust::TrustPolicy;

/// The name of the one user, which is the session name of every role.
pub const USER: &str = "user@example.com";

/// How long things last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lifetimes {
    /// Access tokens: 8 hours.
    pub access_token: Duration,
    /// Client registrations: 90 days.
    pub registration: Duration,
    /// Credentials for a role: 1 hour.
    pub role_credentials: Duration,
    /// Device codes: 10 minutes.
    pub device_code: Duration,
    /// Authorization codes: 5 minutes.
    pub authorization_code: Duration,
    /// The time to wait between two polls for a device code: 1 second.
    pub poll_interval: Duration,
    /// Sign-in tokens of console federation: 15 minutes.
    pub signin_token: Duration,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            access_token: Duration::from_hours(8),
            registration: Duration::from_hours(90 * 24),
            role_credentials: Duration::from_hours(1),
            device_code: Duration::from_mins(10),
            authorization_code: Duration::from_mins(5),
            poll_interval: Duration::from_secs(1),
            signin_token: Duration::from_mins(15),
        }
    }
}

/// What the user does with the page that asks for consent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Consent {
    /// Allows at once.
    #[default]
    Grant,
    /// Refuses at once.
    Deny,
    /// Leaves the page open.
    Ignore,
    /// The page has two links, for a person or a script to follow: the same address with
    /// `&decision=allow` or `&decision=deny`.
    Manual,
}

#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub url: String,
    pub start_url: String,
    pub region: String,
    pub lifetimes: Lifetimes,
    pub refresh_tokens: bool,
    pub refresh_once: bool,
    pub refuse_refresh: bool,
    pub wrong_region: bool,
    pub consent: Consent,
    pub approve_after: Option<u32>,
    pub page_size: usize,
}

pub(crate) struct State {
    pub settings: Settings,
    pub organization: Organization,
    pub clock: Clock,
    pub grants: Grants,
    pub sessions: Sessions,
    pub vault: Vault,
    pub signin: HashMap<String, (String, Instant)>,
    pub trust: HashMap<String, TrustPolicy>,
    pub faults: Faults,
    pub bucket: Option<Bucket>,
}

impl State {
    pub fn new(settings: Settings, organization: Organization) -> Self {
        Self {
            settings,
            organization,
            clock: Clock::default(),
            grants: Grants::default(),
            sessions: Sessions::default(),
            vault: Vault::default(),
            signin: HashMap::new(),
            trust: HashMap::new(),
            faults: Faults::default(),
            bucket: None,
        }
    }

    /// What happens to a call before its service sees it. The rate limit comes first: a call that
    /// fails for another reason has been counted as well.
    pub fn admit(&mut self, operation: Operation) -> Result<Plan, Refusal> {
        let granted = match &mut self.bucket {
            Some(bucket) if operation.is_limited() => bucket.take(Instant::now()),
            _ => true,
        };
        if granted { Ok(self.faults.plan(operation)) } else { Err(Refusal::throttled(operation.service())) }
    }
}
