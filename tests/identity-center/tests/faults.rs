//! Failures on request, as a client's socket sees them.

mod common;

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use common::{Client, access_token};
use identity_center::{Fault, Operation, Organization, Simulator};

const TARGET: &str = "/assignment/accounts";

fn simulator() -> (Simulator, String) {
    let simulator = Simulator::start(Organization::generated(5, 5));
    let token = access_token(&simulator);
    (simulator, format!("x-amz-sso_bearer_token: {token}\r\n"))
}

fn error_kind(simulator: &Simulator, header: &str) -> ErrorKind {
    let mut client = Client::new(simulator).time_limit(Duration::from_millis(300));
    client.send("GET", TARGET, header, "").err().expect("no answer").kind()
}

#[test]
fn a_reset_is_a_reset_and_no_orderly_end() {
    let (simulator, header) = simulator();
    simulator.fault(Operation::ListAccounts, Fault::reset().times(1));
    assert_eq!(error_kind(&simulator, &header), ErrorKind::ConnectionReset);
    assert_eq!(Client::new(&simulator).send("GET", TARGET, &header, "").expect("an answer").status, 200);
    let statuses: Vec<_> = simulator
        .requests()
        .iter()
        .filter(|call| call.operation == Operation::ListAccounts)
        .map(|call| call.status)
        .collect();
    assert_eq!(statuses, [None, Some(200)]);
}

#[test]
fn a_truncated_answer_starts_well_and_ends_early() {
    let (simulator, header) = simulator();
    simulator.fault(Operation::ListAccounts, Fault::truncate().times(1));
    assert_eq!(error_kind(&simulator, &header), ErrorKind::UnexpectedEof);
    assert_eq!(simulator.count_status(Operation::ListAccounts, 200), 1);
}

#[test]
fn a_hanging_call_is_seen_at_once_and_ends_with_the_simulator() {
    let (simulator, header) = simulator();
    simulator.fault(Operation::ListAccounts, Fault::hang());
    let started = Instant::now();
    let kind = error_kind(&simulator, &header);
    assert!(matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut), "{kind}");
    assert_eq!(simulator.count(Operation::ListAccounts), 1);
    let waiting = std::thread::spawn({
        let mut client = Client::new(&simulator);
        move || client.send("GET", TARGET, &header, "").is_err()
    });
    while simulator.count(Operation::ListAccounts) < 2 {
        std::thread::yield_now();
    }
    drop(simulator);
    assert!(waiting.join().expect("the waiting client"));
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[test]
fn answers_come_late() {
    let (simulator, header) = simulator();
    simulator.fault(Operation::ListAccounts, Fault::latency(Duration::from_millis(150)));
    let started = Instant::now();
    assert_eq!(Client::new(&simulator).send("GET", TARGET, &header, "").expect("an answer").status, 200);
    assert!(started.elapsed() >= Duration::from_millis(150));
}

#[test]
fn errors_have_the_shape_of_their_service() {
    let (simulator, header) = simulator();
    let mut client = Client::new(&simulator);
    for (fault, status, kind) in [
        (Fault::status(503), 503, Some("ServiceUnavailableException")),
        (Fault::throttle(), 429, Some("TooManyRequestsException")),
        (Fault::unauthorized(), 401, Some("UnauthorizedException")),
        (Fault::html(), 200, None),
    ] {
        simulator.fault(Operation::ListAccounts, fault);
        let answer = client.send("GET", TARGET, &header, "").expect("an answer");
        assert_eq!((answer.status, answer.header("x-amzn-errortype")), (status, kind));
        assert_eq!(answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")), kind.is_none());
        simulator.clear_faults();
    }
    simulator.fault(Operation::GetCallerIdentity, Fault::status(500));
    let form = "content-type: application/x-www-form-urlencoded\r\n";
    let answer = client.send("POST", "/", form, "Action=GetCallerIdentity&Version=2011-06-15").expect("an answer");
    assert!(
        answer.status == 500 && answer.text().contains("<Code>InternalServerException</Code>"),
        "{}",
        answer.text()
    );
    simulator.fault(Operation::CreateToken, Fault::status(500));
    assert_eq!(client.send("POST", "/token", "", "{}").expect("an answer").json()["error"], "server_error");
}

#[test]
fn the_date_shows_the_skew() {
    let (simulator, header) = simulator();
    simulator.set_clock_skew(-86_400);
    let answer = Client::new(&simulator).send("GET", TARGET, &header, "").expect("an answer");
    assert_eq!(answer.status, 200, "what is valid stays valid");
    let date = jiff::fmt::rfc2822::parse(answer.header("date").expect("a date")).expect("a date");
    let off = jiff::Timestamp::now().duration_since(date.timestamp()).as_secs();
    assert!((86_400..86_460).contains(&off), "{off}");
}
