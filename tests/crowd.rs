//! A crowd of commands in one home at once: none waits for ever, none finds a lock that it cannot have, and nothing
//! that was stored is lost.

#![allow(clippy::disallowed_methods, reason = "a test has no Context")]

#[path = "support/chance.rs"]
mod chance;
mod support;

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use chance::{Chance, seed};
use identity_center::{Operation, Organization, Simulator};
use support::{Answer, Home, json};

/// How many commands there are at least.
const AT_LEAST: usize = 200;

/// Nothing here takes as long unless it waits for somebody who never comes.
const LIMIT: Duration = Duration::from_secs(30);

/// How long a session lasts before somebody ends it.
const SESSION: Duration = Duration::from_secs(4);

const LOGGED_OUT: &str = "removed by a logout in another shell";

const ACCOUNTS: usize = 8;
const ROLES: [&str; 3] = ["Admin", "ReadOnly", "Billing"];

fn organization() -> Organization {
    (1..=ACCOUNTS).fold(Organization::new(), |organization, number| {
        organization.with_account(&format!("{number:012}"), &format!("account {number}"), "aws@example.com", &ROLES)
    })
}

fn profiles() -> Vec<String> {
    (1..=ACCOUNTS).flat_map(|number| ROLES.map(|role| format!("{number:012}:{role}"))).collect()
}

/// One command of the endless mix.
fn next_command(chance: &mut Chance, profiles: &[String]) -> Vec<String> {
    let role = chance.of(profiles).clone();
    let words: Vec<&str> = match chance.below(78) {
        0..28 => vec!["process", "-p", &role],
        28..32 => vec!["--sts-refresh", "process", "-p", &role],
        32..44 => vec!["eval", "-p", &role, "--shell", "bash"],
        44..52 => vec!["cache"],
        52..60 => vec!["list", "--json"],
        60..68 => vec!["hook", "bash", "complete", "--", "aws-sso-use", "00000"],
        68..72 => vec!["hook", "zsh", "sync"],
        72..76 => vec!["status", "--json"],
        _ => vec!["flush"],
    };
    words.into_iter().map(str::to_owned).collect()
}

/// What happened in the crowd.
#[derive(Default)]
struct Crowd {
    started: AtomicUsize,
    /// How long each `process` took that handed out credentials.
    times: Mutex<Vec<Duration>>,
    wrong: Mutex<Vec<String>>,
    signed_out: AtomicUsize,
}

impl Crowd {
    fn take(&self, home: &Home, words: &[String]) {
        let arguments: Vec<&str> = words.iter().map(String::as_str).collect();
        let (answer, took) = run(home, &arguments);
        self.started.fetch_add(1, Ordering::Relaxed);
        if !is_expected(&arguments, &answer) || took > LIMIT {
            self.wrong.lock().expect("a lock").push(format!("{arguments:?} after {took:?}: {answer:?}"));
        }
        if arguments[0] == "process" && answer.status == Some(0) {
            self.times.lock().expect("a lock").push(took);
        }
        if answer.status == Some(3) {
            self.signed_out.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn run(home: &Home, arguments: &[&str]) -> (Answer, Duration) {
    let start = Instant::now();
    let mut command = home.program("timeout");
    command.args(["--signal=KILL", &LIMIT.as_secs().to_string(), support::BINARY]).args(arguments);
    (Answer::of(command), start.elapsed())
}

/// Success, or what a logout in another shell does to a command.
fn is_expected(arguments: &[&str], answer: &Answer) -> bool {
    let silent = arguments[0] != "hook" || answer.status == Some(0) && answer.stderr.is_empty();
    let bad = ["panicked", "is locked", "another process", "damaged", "changed on disk"];
    let expected = match answer.status {
        Some(0) => true,
        Some(3) => answer.stderr.contains("'aws-sso login'"),
        Some(5) => answer.stderr.contains(LOGGED_OUT),
        _ => false,
    };
    let kept = !answer.stderr.contains("could not be kept") || answer.stderr.contains(LOGGED_OUT);
    silent && kept && expected && !bad.iter().any(|word| answer.stderr.contains(word))
}

fn seconds() -> u64 {
    number("AWS_SSO_CROWD_SECONDS", 10)
}

/// How many commands run at a time.
fn at_once() -> u64 {
    number("AWS_SSO_CROWD_SIZE", 24)
}

fn number(name: &str, usual: u64) -> u64 {
    std::env::var(name).map_or(usual, |given| given.parse().unwrap_or_else(|_| panic!("{name}: a number")))
}

#[test]
fn a_crowd_loses_nothing_and_waits_for_no_lock() {
    let seed = seed();
    println!("seed {seed}");
    let simulator = Simulator::start(organization());
    let home = Home::new(&simulator, "");
    home.ok(&["login"]);
    let profiles = profiles();
    let crowd = Crowd::default();
    let end = Instant::now() + Duration::from_secs(seconds());
    std::thread::scope(|scope| {
        for number in 0..at_once() {
            let (home, crowd, profiles) = (&home, &crowd, &profiles);
            scope.spawn(move || {
                let mut chance = Chance(seed + number);
                let mut signed_in = Instant::now();
                while Instant::now() < end || crowd.started.load(Ordering::Relaxed) < AT_LEAST {
                    crowd.take(home, &next_command(&mut chance, profiles));
                    // One ends the session now and then; to the others it happens.
                    if number == 0 && signed_in.elapsed() > SESSION {
                        for command in ["logout", "login"] {
                            crowd.take(home, &[command.to_owned()]);
                        }
                        signed_in = Instant::now();
                    }
                }
            });
        }
    });
    let wrong = crowd.wrong.into_inner().expect("a lock");
    assert!(
        wrong.is_empty(),
        "seed {seed}: {} of {}:\n{}",
        wrong.len(),
        crowd.started.load(Ordering::Relaxed),
        wrong.join("\n")
    );
    report(crowd.times.into_inner().expect("a lock"), crowd.started.into_inner(), crowd.signed_out.into_inner());
    assert_nothing_is_lost(&simulator, &home, &profiles);
}

fn report(mut times: Vec<Duration>, started: usize, signed_out: usize) {
    times.sort();
    let part = |percent: usize| times[(times.len() - 1) * percent / 100];
    println!(
        "{started} commands in {} s or more, {} at a time, {signed_out} found no session; process: p50 {:?}, p99 {:?}",
        seconds(),
        at_once(),
        part(50),
        part(99)
    );
}

/// Every role has credentials that the simulator issued, each stored once.
fn assert_nothing_is_lost(simulator: &Simulator, home: &Home, profiles: &[String]) {
    home.ok(&["login", "--force"]);
    simulator.clear_log();
    let key = |profile: &String| {
        let answer = home.ok(&["process", "-p", profile]);
        json(&answer)["AccessKeyId"].as_str().expect("a key id").to_owned()
    };
    let first: Vec<String> = profiles.iter().map(key).collect();
    assert_eq!(first.iter().collect::<BTreeSet<_>>().len(), profiles.len(), "no two roles share credentials");
    assert_eq!(simulator.count(Operation::GetRoleCredentials), profiles.len());
    assert_eq!(profiles.iter().map(key).collect::<Vec<_>>(), first, "what was stored is handed out again");
    assert_eq!(simulator.count(Operation::GetRoleCredentials), profiles.len(), "nothing was fetched twice");
    let state = rusqlite::Connection::open(home.state_path()).expect("opens");
    let check: String = state.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a check");
    assert_eq!(check, "ok");
}
