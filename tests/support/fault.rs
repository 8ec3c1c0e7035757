//! What is asked of every command while something is wrong, and afterwards.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::path::PathBuf;

use identity_center::Simulator;
use rusqlite::Connection;

use super::support::{Answer, Home, json};

pub const ROLE: [&str; 3] = ["process", "-p", "000000000001:Admin"];
pub const SYNC: &[&str] = &["hook", "zsh", "sync"];
pub const HOOK_USE: &[&str] = &["hook", "bash", "use", "--", "000000000001:Admin"];
pub const RENEW: &[&str] = &["hook", "fish", "renew"];
pub const CLEAR: &[&str] = &["hook", "zsh", "clear"];
pub const TAB: &[&str] = &["hook", "bash", "complete", "--", "aws-sso-use", "0"];

/// Commands that change nothing, or can do without.
pub const READING: &[&[&str]] = &[
    &["list", "--json"],
    &["status"],
    &ROLE,
    &["eval", "-p", "000000000001:Admin", "--shell", "bash"],
    SYNC,
    HOOK_USE,
    RENEW,
    CLEAR,
    TAB,
];

/// Commands that may leave nobody signed in.
pub const ENDING: &[&[&str]] = &[&["login", "--force"], &["logout"]];

/// Commands that write, or are there to.
const WRITING: &[&[&str]] = &[&["cache"], &["flush"], &["login", "--force"], &["logout"]];

/// All of them.
pub fn commands() -> impl Iterator<Item = &'static [&'static str]> {
    READING.iter().chain(WRITING).copied()
}

/// How a message says what to do.
const NEXT: [&str; 8] =
    ["run '", "set ", "try again", "name the file", "make it", "run the command again", "free some", "create the file"];

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

/// A command has succeeded, or failed in one line that says what to do. A TAB says nothing at all.
#[track_caller]
pub fn assert_clean(what: &str, arguments: &[&str], answer: &Answer) {
    assert!(is_borne(arguments, answer), "{what}, {arguments:?}: {answer:?}");
    let says_what_to_do = answer.status == Some(0) || NEXT.iter().any(|next| answer.stderr.contains(next));
    assert!(says_what_to_do, "it does not say what to do: {what}, {arguments:?}: {answer:?}");
}

/// Whether a command has succeeded, or failed in one line.
pub fn is_borne(arguments: &[&str], answer: &Answer) -> bool {
    let Some(status) = answer.status else { return false };
    let is_warning = |line: &&str| line.starts_with("aws-sso: warning: ");
    let failures: Vec<&str> = answer.stderr.lines().filter(|line| !is_warning(line)).collect();
    let failure = failures.last().is_some_and(|line| line.starts_with("aws-sso: "))
        && failures.iter().filter(|line| line.starts_with("aws-sso: ")).count() == 1;
    let silent_tab = status == 0 && answer.stderr.is_empty() && answer.stdout.starts_with("words\n");
    !answer.stderr.contains("panicked")
        && (status == 0 || answer.stdout.is_empty() && failure)
        && (arguments != TAB || silent_tab)
}

/// `answer` is that of [`ROLE`] after `arguments` met a fault that is gone.
#[track_caller]
pub fn assert_next(what: &str, arguments: &[&str], answer: &Answer) {
    let signed_out =
        ENDING.contains(&arguments) && answer.status == Some(3) && answer.stderr.contains("'aws-sso login'");
    assert!(answer.status == Some(0) || signed_out, "after {what}: {answer:?}");
}

/// The state file that the home's commands use.
fn state_of(home: &Home) -> PathBuf {
    let named = home.environment().iter().find(|(name, _)| name == "AWS_SSO_STATE");
    named.map_or_else(|| home.state_path(), |(_, path)| path.into())
}

/// All roles are there, a role can be had, the file is in order, and nothing was set aside.
#[track_caller]
pub fn assert_whole(home: &Home, what: &str) {
    let listed = json(&home.ok(&["list", "--json"])).as_array().map(Vec::len);
    assert_eq!(listed, Some(5), "{what}");
    let credentials = home.run(&ROLE);
    assert_eq!(credentials.status, Some(0), "{what}: {credentials:?}");
    assert!(json(&credentials.stdout)["SecretAccessKey"].is_string(), "{what}: {credentials:?}");
    let path = state_of(home);
    let state = Connection::open_with_flags(&path, rusqlite::OpenFlags::SQLITE_OPEN_READ_WRITE).expect("opens");
    let check: String = state.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a check");
    assert_eq!(check, "ok", "{what}");
    let mut beside = std::fs::read_dir(path.parent().expect("a directory")).expect("readable");
    let set_aside = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.expect("an entry").file_name().to_string_lossy().contains("damaged")
    };
    assert!(!beside.any(set_aside), "{what}: the state was set aside");
}
