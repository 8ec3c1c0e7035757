//! The HTTP server: connections, faults, and the way from a request to its service.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request as HttpRequest, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use crate::faults::{FaultKind, Plan};
use crate::http::{Answer, Call, Reply};
use crate::log::{Log, Request};
use crate::operation::{Operation, Service};
use crate::refusal::Refusal;
use crate::secrets::request_id;
use crate::socket::{Abort, Socket};
use crate::state::State;
use crate::text::page;
use crate::{authorize, oidc, portal, signin, sts, token};

const LARGEST_BODY: usize = 1 << 20;

/// What the server shares with the [`crate::Simulator`].
pub(crate) struct Shared {
    state: Mutex<State>,
    log: Mutex<Log>,
}

impl Shared {
    pub fn new(state: State) -> Self {
        Self { state: Mutex::new(state), log: Mutex::new(Log::new()) }
    }

    /// A test that panicked while changing something has failed already; the others go on.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The connection is to end without an answer.
#[derive(Debug)]
struct Aborted;

impl std::fmt::Display for Aborted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("connection aborted on request")
    }
}

impl std::error::Error for Aborted {}

/// Accepts connections until the runtime ends.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>) -> Infallible {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => drop(tokio::spawn(connection(stream, Arc::clone(&shared)))),
            // Out of file descriptors, most likely: some connections have to end first.
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(10)).await,
        }
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    let _ = stream.set_nodelay(true);
    let abort = Abort::default();
    let socket = TokioIo::new(Socket::new(stream, abort.clone()));
    let service = service_fn(|request| answer(request, Arc::clone(&shared), abort.clone()));
    // A connection that ends badly has ended as the client or a fault wanted it.
    let _ = http1::Builder::new().serve_connection(socket, service).await;
}

async fn answer(
    request: HttpRequest<Incoming>,
    shared: Arc<Shared>,
    abort: Abort,
) -> Result<Response<Answer>, Aborted> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, LARGEST_BODY).collect().await.map_err(|_| Aborted)?.to_bytes();
    let call = Call::new(head.method, head.uri, head.headers, body);
    let operation = Operation::of(&call.method, call.uri.path(), call.field("Action"));
    let (ticket, mut record) = arrive(&shared, operation, &call);
    let plan = shared.state().admit(operation);
    let (fault, reply) = match plan {
        Err(refusal) => (None, refusal.into_reply(operation.service())),
        Ok(plan) => {
            let fault = plan.fault;
            let reply = outcome(plan, &shared, operation, &call, &mut record).await;
            (fault, reply.inspect_err(|_| abort.set())?)
        }
    };
    let reply = settle(&shared, ticket, record, reply);
    Ok(if fault == Some(FaultKind::Truncate) { reply.into_truncated() } else { reply.into_response() })
}

async fn outcome(
    plan: Plan,
    shared: &Shared,
    operation: Operation,
    call: &Call,
    record: &mut Request,
) -> Result<Reply, Aborted> {
    if !plan.delay.is_zero() {
        tokio::time::sleep(plan.delay).await;
    }
    match plan.fault {
        Some(FaultKind::Reset) => Err(Aborted),
        Some(FaultKind::Hang) => std::future::pending().await,
        None | Some(FaultKind::Truncate) => Ok(dispatch(shared, operation, call, record)),
        Some(kind) => Ok(faulty(kind, operation.service())),
    }
}

fn arrive(shared: &Shared, operation: Operation, call: &Call) -> (usize, Request) {
    let mut log = shared.log();
    let record = Request::arrived(operation, log.age(), call);
    (log.arrive(record.clone()), record)
}

fn settle(shared: &Shared, ticket: usize, mut record: Request, reply: Reply) -> Reply {
    record.status = Some(reply.status);
    shared.log().settle(ticket, record);
    let date = shared.state().clock.http_date();
    reply.with_header("date", date).with_header("x-amzn-requestid", request_id())
}

/// The answers of the faults that have one.
fn faulty(kind: FaultKind, service: Service) -> Reply {
    match kind {
        FaultKind::Throttle => Refusal::throttled(service).into_reply(service),
        FaultKind::Unauthorized => Refusal::unauthorized(service).into_reply(service),
        FaultKind::Status(status) => Refusal::of_status(status).into_reply(service),
        _ => Reply::html(200, page("Welcome to the guest network", "<form><button>Accept the terms</button></form>")),
    }
}

fn dispatch(shared: &Shared, operation: Operation, call: &Call, record: &mut Request) -> Reply {
    let mut state = shared.state();
    let state = &mut *state;
    let result = match operation {
        Operation::RegisterClient => oidc::register_client(state, call),
        Operation::StartDeviceAuthorization => oidc::start_device_authorization(state, call),
        Operation::CreateToken => token::create_token(state, call),
        Operation::Authorize => authorize::authorize(state, call),
        Operation::VerifyDevice => authorize::verify_device(state, call),
        Operation::ListAccounts => portal::list_accounts(state, call),
        Operation::ListAccountRoles => portal::list_account_roles(state, call),
        Operation::GetRoleCredentials => portal::get_role_credentials(state, call),
        Operation::Logout => portal::logout(state, call),
        Operation::AssumeRole => sts::assume_role(state, call, record),
        Operation::GetCallerIdentity => sts::get_caller_identity(state, call, record),
        Operation::GetFederationToken => sts::get_federation_token(state, call, record),
        Operation::GetSigninToken => signin::get_signin_token(state, call, record),
        Operation::Login => signin::login(state, call, record),
        Operation::Other => return other(call),
    };
    result.unwrap_or_else(|refusal| refusal.into_reply(operation.service()))
}

fn other(call: &Call) -> Reply {
    match (call.uri.path(), call.field("Action")) {
        ("/", Some(action)) => {
            let message = format!("Could not find operation {action} for version 2011-06-15");
            Refusal::new(400, "InvalidAction", message).into_reply(Service::Sts)
        }
        ("/start" | "/start/", _) => Reply::html(200, page("AWS access portal", "<p>Simulated on loopback.</p>")),
        _ => Refusal::new(404, "Not Found", "There is nothing here.").into_reply(Service::Browser),
    }
}
