//! What is left in the memory of a command when it has done its work: of the secrets that it handled, nothing.
//! As far as a test can look: the process is held where it is about to end, and its memory is read as a core
//! dump would hold it.

#[path = "support/observed.rs"]
mod observed;
#[path = "support/sessions.rs"]
mod sessions;
mod support;
#[path = "support/wire.rs"]
mod wire;

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::process::{Command, Stdio};

use observed::{Observed, ROLE, secrets};
use sessions::wait_until;
use support::BINARY;

/// Runs `aws-sso`, holds it where it is about to end, and reads its memory.
fn remains(observed: &Observed, arguments: &[&str]) -> Vec<u8> {
    let log = observed.home.path().join("strace");
    let mut strace = observed.home.program("strace");
    strace.args(["-f", "-qq", "-e", "trace=exit_group", "-e", "inject=exit_group:delay_enter=600000000", "-o"]);
    strace.arg(&log).arg(BINARY).args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    let mut strace = strace.spawn().expect("strace starts");
    let about_to_end = || {
        let told = fs::read_to_string(&log).unwrap_or_default();
        told.lines()
            .find(|line| line.contains("exit_group("))
            .and_then(|line| line.split(' ').next()?.parse::<i32>().ok())
    };
    wait_until("it is about to end", || about_to_end().is_some());
    let process = about_to_end().expect("a process");
    let memory = memory_of(process);
    let _ = Command::new("kill").args(["-KILL", &process.to_string(), &strace.id().to_string()]).status();
    strace.wait().expect("its end");
    fs::remove_file(&log).expect("removed");
    memory
}

/// All that can be read of a process's memory and written by it.
fn memory_of(process: i32) -> Vec<u8> {
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).expect("a map");
    let memory = File::open(format!("/proc/{process}/mem")).expect("its memory");
    let mut bytes = Vec::new();
    for line in maps.lines().filter(|line| line.split(' ').nth(1).is_some_and(|rights| rights.starts_with("rw"))) {
        let (start, end) = line.split(' ').next().and_then(|range| range.split_once('-')).expect("a range");
        let (start, end) = (u64::from_str_radix(start, 16).expect("hex"), u64::from_str_radix(end, 16).expect("hex"));
        let mut part = vec![0; usize::try_from(end - start).expect("it fits")];
        if memory.read_exact_at(&mut part, start).is_ok() {
            bytes.append(&mut part);
        }
    }
    bytes
}

#[test]
fn nothing_is_left_of_what_a_command_handled() {
    let mut left = Vec::new();
    for store in ["json", "file"] {
        let mut observed = Observed::new(&format!("SecureStore: {store}\n"));
        observed.ok(&["login"], false);
        observed.ok(&["process", ROLE[0], ROLE[1]], true);
        // The kernel keeps the environment of a process where it cannot be wiped.
        observed.home.unset("AWS_SSO_FILE_PASSWORD");
        for command in [
            &["process", ROLE[0], ROLE[1]][..],
            &["process", "--sts-refresh", ROLE[0], ROLE[1]],
            &["cache"],
            &["logout"],
        ] {
            let memory = remains(&observed, command);
            assert!(memory.len() > 1 << 18, "{} bytes are no memory of a process", memory.len());
            let shown = secrets(&observed.wire).shown(&memory).join(" ");
            left.extend((!shown.is_empty()).then(|| format!("{store}: {command:?}: {shown}")));
        }
    }
    assert_eq!(left, [""; 0]);
}

/// The search does find what is there.
#[test]
fn the_password_in_the_environment_is_found() {
    let mut observed = Observed::new("");
    observed.ok(&["login"], false);
    let memory = remains(&observed, &["list"]);
    assert_eq!(secrets(&observed.wire).shown(&memory), ["password"]);
}
