//! A person at a real terminal.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::process::{Command, Stdio};

use rexpect::session::PtySession;

use super::support::{BINARY, Home};

/// Longer than any command takes, so that what is never shown fails the test.
const PATIENCE_MS: u64 = 20_000;

/// Starts `aws-sso` on a terminal.
pub fn aws_sso(home: &Home, arguments: &[&str]) -> PtySession {
    start(home.command(arguments))
}

/// Starts a shell script on a terminal; `$PROGRAM` is the program under test.
pub fn script(home: &Home, script: &str) -> PtySession {
    let mut command = home.program("sh");
    command.args(["-c", script]).env("PROGRAM", BINARY);
    start(command)
}

fn start(mut command: Command) -> PtySession {
    command.stdin(Stdio::inherit()).env("TERM", "dumb");
    rexpect::session::spawn_command(command, Some(PATIENCE_MS)).expect("a terminal")
}

/// What the terminal showed to the end, and the exit status.
pub fn end(mut session: PtySession) -> (String, i32) {
    let shown = session.exp_eof().expect("the program ends");
    // rexpect does not export the type: `Exited(Pid(123), 0)`.
    let ended = format!("{:?}", session.process().wait());
    let status = ended.split_once("Exited(Pid(").and_then(|(_, rest)| rest.split([' ', ')']).nth(2)?.parse().ok());
    (shown, status.unwrap_or_else(|| panic!("{ended}")))
}
