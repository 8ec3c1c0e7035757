//! The handle a test holds: starts the simulator, steers it, reads its log, stops it.

use std::net::TcpListener;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

use tokio::sync::oneshot;

use crate::bucket::{Bucket, RateLimit};
use crate::faults::Fault;
use crate::grants::Decision;
use crate::identity::{Identity, Kind};
use crate::log::Request;
use crate::operation::Operation;
use crate::organization::Organization;
use crate::server::{Shared, serve};
use crate::state::{Consent, Lifetimes, Settings, State, USER};
use crate::trust::TrustPolicy;

/// What a simulator starts with.
#[derive(Debug, Clone)]
pub struct Builder {
    organization: Organization,
    region: String,
    start_url: Option<String>,
    lifetimes: Lifetimes,
    rate_limit: Option<RateLimit>,
    refresh_tokens: bool,
}

impl Builder {
    /// A simulator in eu-central-1 with the lifetimes of AWS and no rate limit.
    pub fn new(organization: Organization) -> Self {
        Self {
            organization,
            region: "eu-central-1".into(),
            start_url: None,
            lifetimes: Lifetimes::default(),
            rate_limit: None,
            refresh_tokens: true,
        }
    }

    /// The Region of the instance, which decides the partition as well.
    #[must_use]
    pub fn region(mut self, region: &str) -> Self {
        self.region = region.into();
        self
    }

    /// The start URL, which is only compared and may be any address. Default: `/start` at the simulator.
    #[must_use]
    pub fn start_url(mut self, url: &str) -> Self {
        self.start_url = Some(url.into());
        self
    }

    /// How long things last.
    #[must_use]
    pub fn lifetimes(mut self, lifetimes: Lifetimes) -> Self {
        self.lifetimes = lifetimes;
        self
    }

    /// Limits the portal calls.
    #[must_use]
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.rate_limit = Some(limit);
        self
    }

    /// Whether refresh tokens are issued to the clients that may have them.
    #[must_use]
    pub fn refresh_tokens(mut self, issued: bool) -> Self {
        self.refresh_tokens = issued;
        self
    }

    /// Starts the simulator on a free port of 127.0.0.1.
    ///
    /// # Panics
    ///
    /// When no port or thread is to be had.
    pub fn start(self) -> Simulator {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port on 127.0.0.1");
        listener.set_nonblocking(true).expect("a socket that does not block");
        let address = listener.local_addr().expect("the address of the socket");
        let url = format!("http://{address}");
        let mut state = State::new(self.settings(url.clone()), self.organization);
        state.bucket = self.rate_limit.map(|limit| Bucket::new(limit, Instant::now()));
        let start_url = state.settings.start_url.clone();
        let shared = Arc::new(Shared::new(state));
        let (stop, stopped) = oneshot::channel();
        let serving = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("identity-center".into())
            .spawn(move || run(listener, serving, stopped))
            .expect("a thread for the simulator");
        Simulator { shared, url, start_url, region: self.region, stop: Some(stop), thread: Some(thread) }
    }

    fn settings(&self, url: String) -> Settings {
        Settings {
            start_url: self.start_url.clone().unwrap_or_else(|| format!("{url}/start")),
            url,
            region: self.region.clone(),
            lifetimes: self.lifetimes.clone(),
            refresh_tokens: self.refresh_tokens,
            refresh_once: true,
            refuse_refresh: false,
            wrong_region: false,
            consent: Consent::Grant,
            approve_after: None,
            page_size: 20,
        }
    }
}

fn run(listener: TcpListener, shared: Arc<Shared>, stopped: oneshot::Receiver<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::from_std(listener).expect("a listening socket");
        tokio::select! {
            never = serve(listener, shared) => match never {},
            _ = stopped => {}
        }
    });
}

/// A running simulator. It stops when this is dropped.
pub struct Simulator {
    shared: Arc<Shared>,
    url: String,
    start_url: String,
    region: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Simulator {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Where it is.
impl Simulator {
    /// Starts a simulator with the settings of [`Builder::new`].
    pub fn start(organization: Organization) -> Self {
        Self::builder(organization).start()
    }

    /// A simulator to be configured first.
    pub fn builder(organization: Organization) -> Builder {
        Builder::new(organization)
    }

    /// The address of every service, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The start URL of the access portal.
    pub fn start_url(&self) -> &str {
        &self.start_url
    }

    /// The Region of the instance.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The environment that sends a client to the simulator.
    pub fn env(&self) -> Vec<(&'static str, String)> {
        let services =
            ["AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_SSO_OIDC", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_SIGNIN"];
        services.map(|name| (name, self.url.clone())).into()
    }

    /// The ARN that a trust policy names a permission set's role by.
    pub fn role_arn(&self, account: &str, role: &str) -> String {
        Identity::permission_set(&self.region, account, role, USER).role_arn()
    }

    /// The ARN that `GetCallerIdentity` answers for a permission set.
    pub fn session_arn(&self, account: &str, role: &str) -> String {
        Identity::permission_set(&self.region, account, role, USER).session_arn()
    }
}

/// What was asked of it.
impl Simulator {
    /// Every call since the start or the last [`Simulator::clear_log`], in order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.log().entries().to_vec()
    }

    /// How many calls of an operation there were.
    pub fn count(&self, operation: Operation) -> usize {
        self.shared.log().count(|request| request.operation == operation)
    }

    /// How many calls of an operation were answered with a status.
    pub fn count_status(&self, operation: Operation, status: u16) -> usize {
        self.shared.log().count(|request| request.operation == operation && request.status == Some(status))
    }

    /// Forgets the calls so far.
    pub fn clear_log(&self) {
        self.shared.log().clear();
    }
}

/// What the user may reach, and how things fail.
impl Simulator {
    /// Changes the organization, or looks at it, while the simulator runs.
    pub fn change<T>(&self, change: impl FnOnce(&mut Organization) -> T) -> T {
        change(&mut self.shared.state().organization)
    }

    /// Adds a fault to an operation. Rules are asked in the order they were added.
    pub fn fault(&self, operation: Operation, fault: Fault) {
        self.shared.state().faults.add(operation, fault);
    }

    /// Takes all faults away. Calls that hang go on hanging.
    pub fn clear_faults(&self) {
        self.shared.state().faults.clear();
    }

    /// Limits `ListAccounts`, `ListAccountRoles` and `GetRoleCredentials` together, with a full bucket.
    pub fn set_rate_limit(&self, limit: Option<RateLimit>) {
        self.shared.state().bucket = limit.map(|limit| Bucket::new(limit, Instant::now()));
    }

    /// How many entries a page has when the caller does not say. Default: 20.
    pub fn set_page_size(&self, entries: usize) {
        self.shared.state().settings.page_size = entries.max(1);
    }

    /// Lets the simulator's clock go wrong by this many seconds. It shows in `Date` headers, in
    /// absolute expirations and in the check of signatures; what is valid stays valid.
    pub fn set_clock_skew(&self, seconds: i64) {
        self.shared.state().clock.skew = seconds;
    }

    /// Adds a user of IAM to an account; access key id and secret access key.
    pub fn add_user(&self, account: &str, name: &str) -> (String, String) {
        let state = &mut *self.shared.state();
        let identity = Identity::user(Kind::User, &self.region, account, name);
        let issued = state.vault.issue_keys(identity, state.clock);
        (issued.access_key_id, issued.secret_access_key)
    }

    /// Only the callers that the policy names may assume the role. Without a policy all may.
    pub fn trust(&self, role_arn: &str, policy: TrustPolicy) {
        self.shared.state().trust.insert(role_arn.into(), policy);
    }
}

/// Sessions.
impl Simulator {
    /// Changes how long things last that are issued from now on.
    pub fn adjust_lifetimes(&self, adjust: impl FnOnce(&mut Lifetimes)) {
        adjust(&mut self.shared.state().settings.lifetimes);
    }

    /// Whether refresh tokens are issued to the clients that may have them.
    pub fn set_refresh_tokens(&self, issued: bool) {
        self.shared.state().settings.refresh_tokens = issued;
    }

    /// Whether a refresh token can be used only once and is replaced by its use. Default: true.
    pub fn set_refresh_once(&self, once: bool) {
        self.shared.state().settings.refresh_once = once;
    }

    /// Ends all sessions without a logout: no access token and no refresh token is valid any more.
    pub fn revoke_sessions(&self) {
        self.shared.state().sessions.revoke();
    }

    /// No access token is valid any more; the refresh tokens are.
    pub fn expire_access_tokens(&self) {
        self.shared.state().sessions.expire_access();
    }

    /// Answers every refresh with `InvalidGrantException`.
    pub fn refuse_refresh(&self, refuse: bool) {
        self.shared.state().settings.refuse_refresh = refuse;
    }

    /// Forgets all registered clients.
    pub fn expire_registrations(&self) {
        self.shared.state().grants.clients.clear();
    }

    /// No credentials issued so far, chained or not, are valid any more.
    pub fn expire_credentials(&self) {
        self.shared.state().vault.expire_all();
    }

    /// Behaves as the endpoint of a Region in which the start URL is unknown: device codes are
    /// refused with `InvalidRequestException`, as is a registration that names the issuer, and
    /// every grant with `InvalidGrantException`.
    pub fn set_wrong_region(&self, wrong: bool) {
        self.shared.state().settings.wrong_region = wrong;
    }
}

/// The user in front of the browser.
impl Simulator {
    /// What the user does with the consent page.
    pub fn set_consent(&self, consent: Consent) {
        self.shared.state().settings.consent = consent;
    }

    /// Approves all pending device codes; how many there were.
    pub fn approve_device_codes(&self) -> usize {
        self.shared.state().grants.decide_all(Decision::Approved)
    }

    /// Refuses all pending device codes; how many there were.
    pub fn deny_device_codes(&self) -> usize {
        self.shared.state().grants.decide_all(Decision::Denied)
    }

    /// Whether every device code counts as approved at its first poll, without a browser.
    pub fn auto_approve(&self, approve: bool) {
        self.auto_approve_after(approve.then_some(0));
    }

    /// After how many pending polls a device code counts as approved, without a browser.
    pub fn auto_approve_after(&self, polls: Option<u32>) {
        self.shared.state().settings.approve_after = polls;
    }
}
