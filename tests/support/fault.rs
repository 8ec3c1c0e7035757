//! What is asked of every command while something is wrong, and afterwards.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::path::PathBuf;

use identity_center::Simulator;
use rusqlite::Connection;

use super::support::{Answer, Home, json};

pub const ROLE: [&str; 3] = ["process", "-p", "000000000001:Admin"];
pub const SYNC: &[&str] = &["hook", "zsh", "sync"];
pub const TAB: &[&str] = &["hook", "bash", "complete", "--", "aws-sso-use", "0"];

/// Commands that change nothing, or can do without.
pub const READING: &[&[&str]] =
    &[&["list", "--json"], &["status"], &ROLE, &["eval", "-p", "000000000001:Admin", "--shell", "bash"], SYNC, TAB];

/// Commands that may leave nobody signed in.
pub const ENDING: &[&[&str]] = &[&["login", "--force"], &["logout"]];

pub const COMMANDS: &[&[&str]] = &[
    &["list", "--json"],
    &["status"],
    &ROLE,
    &["eval", "-p", "000000000001:Admin", "--shell", "bash"],
    SYNC,
    TAB,
    &["cache"],
    &["flush"],
    &["login", "--force"],
    &["logout"],
];

/// How a message says what to do.
const NEXT: [&str; 9] = [
    "run '",
    "set ",
    "try again",
    "name the file",
    "make it",
    "run the command again",
    "free some",
    "create the file",
    // That there is something in the way is all that there is to say.
    "could not lock",
];

/// A home that is signed in, with the credentials of [`ROLE`] stored and nothing left in the log.
pub fn signed_in(simulator: &Simulator) -> Home {
    let home = Home::new(simulator, "");
    home.ok(&["login"]);
    home.ok(&ROLE);
    let state = Connection::open(home.state_path()).expect("opens");
    state.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).expect("a checkpoint");
    home
}

pub fn place(home: &Home) -> PathBuf {
    home.state_path().parent().expect("a directory").to_owned()
}

/// A command has succeeded, or failed as a person can bear it. A TAB says nothing at all.
#[track_caller]
pub fn assert_clean(what: &str, arguments: &[&str], answer: &Answer) {
    let all = format!("{what}, {arguments:?}: {answer:?}");
    assert!(answer.status.is_some() && !answer.stderr.contains("panicked"), "{all}");
    if arguments == TAB {
        assert!(answer.status == Some(0) && answer.stderr.is_empty() && answer.stdout.starts_with("words\n"), "{all}");
    }
    if answer.status == Some(0) {
        return;
    }
    assert_eq!(answer.stdout, "", "{all}");
    let ours = answer.stderr.lines().filter(|line| !line.starts_with("aws-sso: warning: ")).last().unwrap_or_default();
    assert!(ours.starts_with("aws-sso: "), "{all}");
    let failures = answer.stderr.lines().filter(|line| line.starts_with("aws-sso: ") && !line.contains(": warning: "));
    assert_eq!(failures.count(), 1, "{all}");
    assert!(NEXT.iter().any(|next| ours.contains(next)), "it does not say what to do: {all}");
}

/// `answer` is that of [`ROLE`] after `arguments` met a fault that is gone.
#[track_caller]
pub fn assert_next(what: &str, arguments: &[&str], answer: &Answer) {
    let signed_out =
        ENDING.contains(&arguments) && answer.status == Some(3) && answer.stderr.contains("'aws-sso login'");
    assert!(answer.status == Some(0) || signed_out, "after {what}: {answer:?}");
}

/// All roles are there, a role can be had, the file is in order, and nothing was set aside.
#[track_caller]
pub fn assert_whole(home: &Home, what: &str) {
    let listed = json(&home.ok(&["list", "--json"])).as_array().map(Vec::len);
    assert_eq!(listed, Some(5), "{what}");
    let credentials = home.run(&ROLE);
    assert_eq!(credentials.status, Some(0), "{what}: {credentials:?}");
    assert!(json(&credentials.stdout)["SecretAccessKey"].is_string(), "{what}: {credentials:?}");
    if let Ok(state) = Connection::open_with_flags(home.state_path(), rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE) {
        let check: String = state.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a check");
        assert_eq!(check, "ok", "{what}");
    }
    let mut entries =
        std::fs::read_dir(place(home)).expect("readable").map(|entry| entry.expect("an entry").file_name());
    assert!(!entries.any(|name| name.to_string_lossy().contains("damaged")), "{what}: the state was set aside");
}
