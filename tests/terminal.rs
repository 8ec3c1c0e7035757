//! What a person at a colour terminal sees: colours, progress, and a word where AWS is slow.

mod support;

use std::process::Stdio;
use std::time::Duration;

use identity_center::{Fault, Operation, Organization, Simulator};
use rexpect::session::PtySession;
use support::{Home, small_organization};

/// Longer than any command takes, so that what is never shown fails the test.
const PATIENCE_MS: u64 = 20_000;

fn aws_sso(home: &Home, arguments: &[&str]) -> PtySession {
    let mut command = home.command(arguments);
    command.stdin(Stdio::inherit()).env("TERM", "xterm-256color");
    rexpect::session::spawn_command(command, Some(PATIENCE_MS)).expect("a terminal")
}

#[test]
fn a_warning_has_a_colour_unless_no_color_is_set() {
    let simulator = Simulator::start(small_organization());
    let mut home = Home::new(&simulator, "Thread: 4\n");
    let shown = aws_sso(&home, &["status"]).exp_eof().expect("it ends");
    assert!(shown.contains("\x1b[33mwarning\x1b[0m") && shown.contains("did you mean Threads?"), "{shown:?}");
    assert!(shown.contains("\x1b[1mRole"), "{shown:?}");
    home.set("NO_COLOR", "1");
    let shown = aws_sso(&home, &["status"]).exp_eof().expect("it ends");
    assert!(shown.contains("warning: ") && !shown.contains('\x1b'), "{shown:?}");
}

#[test]
fn a_long_refresh_shows_a_bar_with_rate_and_time_and_leaves_nothing_of_it() {
    let simulator = Simulator::start(Organization::generated(40, 80));
    let home = Home::new(&simulator, "");
    home.write_config(
        &std::fs::read_to_string(home.config_path()).expect("config").replace("RateLimit: 1000", "RateLimit: 12"),
    );
    home.ok(&["login", "--no-refresh"]);
    let mut session = aws_sso(&home, &["cache"]);
    session.exp_string("Fetching roles for 40 accounts").expect("a bar");
    session.exp_regex(r"\d+/40 +\d+/s +ETA \d+s").expect("rate and time");
    let rest = session.exp_eof().expect("it ends");
    assert!(rest.contains("\x1b[2K"), "the bar is wiped: {rest:?}");
    assert!(rest.contains("80 roles in 40 accounts"), "{rest:?}");
}

#[test]
fn a_slow_answer_is_announced_to_a_person_and_to_nobody_else() {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "");
    home.ok(&["login"]);
    simulator.fault(Operation::GetRoleCredentials, Fault::latency(Duration::from_millis(2500)));
    let mut session = aws_sso(&home, &["exec", "-p", "000000000001:Admin", "--", "true"]);
    session.exp_string("Waiting for AWS to answer").expect("a word");
    session.exp_eof().expect("it ends");
    let answer = home.run(&["process", "-p", "000000000002:Admin"]);
    assert_eq!((answer.status, answer.stderr.as_str()), (Some(0), ""));
}

#[test]
fn the_browser_that_a_sign_in_waits_for_is_named() {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "");
    let shown = aws_sso(&home, &["login"]).exp_eof().expect("it ends");
    assert!(shown.contains("Opened a browser to sign in to Default"), "{shown:?}");
    assert!(shown.contains("Signed in to Default"), "{shown:?}");
}
