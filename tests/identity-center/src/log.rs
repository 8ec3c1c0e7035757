//! What was asked of the simulator, without any secret.

use std::time::{Duration, Instant};

use crate::http::Call;
use crate::operation::Operation;

/// One call that the simulator received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What was asked.
    pub operation: Operation,
    /// When it arrived, counted from the start of the simulator.
    pub at: Duration,
    /// The status that was answered; `None` while unanswered, after a reset and while hanging.
    pub status: Option<u16>,
    /// The account it was about.
    pub account: Option<String>,
    /// The role it was about: the permission set, or the name of the assumed role.
    pub role: Option<String>,
    /// The grant type of a `CreateToken`.
    pub grant_type: Option<String>,
    /// Of the console's federation: what is no secret in it.
    pub console: Option<Console>,
}

/// What was asked of the console's federation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Console {
    /// Whether the parameters stood in the address, which proxies log.
    pub in_address: bool,
    /// `SessionDuration` in seconds, as it was written.
    pub duration: Option<String>,
    /// `Issuer` of a login.
    pub issuer: Option<String>,
    /// `Destination` of a login.
    pub destination: Option<String>,
}

impl Request {
    pub(crate) fn arrived(operation: Operation, at: Duration, call: &Call) -> Self {
        let field = |name: &str| call.field(name).map(str::to_owned);
        let (account, role) =
            if operation.is_portal() { (field("account_id"), field("role_name")) } else { (None, None) };
        let grant_type = if operation == Operation::CreateToken { grant_type(call) } else { None };
        let console = matches!(operation, Operation::GetSigninToken | Operation::Login).then(|| Console {
            in_address: call.uri.query().is_some(),
            duration: field("SessionDuration"),
            issuer: field("Issuer"),
            destination: field("Destination"),
        });
        Self { operation, at, status: None, account, role, grant_type, console }
    }
}

fn grant_type(call: &Call) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(&call.body).ok()?;
    body["grantType"].as_str().map(str::to_owned)
}

#[derive(Debug)]
pub(crate) struct Log {
    started: Instant,
    entries: Vec<Request>,
    cleared: usize,
}

impl Log {
    pub fn new() -> Self {
        Self { started: Instant::now(), entries: Vec::new(), cleared: 0 }
    }

    pub fn age(&self) -> Duration {
        self.started.elapsed()
    }

    /// Keeps a call at once, so that a call which is never answered is seen as well.
    pub fn arrive(&mut self, request: Request) -> usize {
        self.entries.push(request);
        self.cleared + self.entries.len() - 1
    }

    /// Completes a call, unless the log was cleared meanwhile.
    pub fn settle(&mut self, ticket: usize, request: Request) {
        if let Some(entry) = ticket.checked_sub(self.cleared).and_then(|place| self.entries.get_mut(place)) {
            *entry = request;
        }
    }

    pub fn clear(&mut self) {
        self.cleared += self.entries.len();
        self.entries.clear();
    }

    pub fn entries(&self) -> &[Request] {
        &self.entries
    }

    pub fn count(&self, wanted: impl Fn(&Request) -> bool) -> usize {
        self.entries.iter().filter(|request| wanted(request)).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(status: Option<u16>) -> Request {
        let at = Duration::ZERO;
        Request { operation: Operation::Logout, at, status, account: None, role: None, grant_type: None, console: None }
    }

    #[test]
    fn an_answer_after_a_clearing_is_forgotten() {
        let mut log = Log::new();
        let early = log.arrive(request(None));
        log.clear();
        let late = log.arrive(request(None));
        log.settle(early, request(Some(500)));
        log.settle(late, request(Some(200)));
        assert_eq!(log.entries(), [request(Some(200))]);
    }
}
