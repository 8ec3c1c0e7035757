//! The demo, which is the README's first command: run without a terminal it is a tour that ends by itself.

#![allow(clippy::disallowed_methods, reason = "a test has no Context")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// cargo builds the examples of a package before its tests run.
fn demo() -> PathBuf {
    let directory = Path::new(env!("CARGO_BIN_EXE_aws-sso")).parent().expect("the target directory");
    directory.join("examples").join(format!("demo{}", std::env::consts::EXE_SUFFIX))
}

#[test]
fn the_tour_runs_by_itself_in_a_home_of_its_own() {
    let (outer, temporary) = (tempfile::tempdir().expect("a home"), tempfile::tempdir().expect("a TMPDIR"));
    let output = Command::new(demo())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", outer.path())
        .env("TMPDIR", temporary.path())
        .env("AWS_PROFILE", "of-the-person")
        .env("AWS_SSO_CONFIG", outer.path().join("config.yaml"))
        .env("AWS_SSO_STATE", outer.path().join("state.db"))
        .env("XDG_STATE_HOME", outer.path().join("state"))
        .current_dir(outer.path())
        .stdin(Stdio::null())
        .output()
        .expect("the demo starts (with --test alone, cargo does not build it: run cargo build --example demo)");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stdout}\n{stderr}");
    assert_eq!(stderr, "");

    let mut rest = &*stdout;
    for step in [
        "40 accounts and 120 roles",
        "$ cat ~/.config/aws-sso/config.yaml",
        "SSOConfig:",
        "$ aws-sso login",
        "Signed in to Default",
        "120 roles in 40 accounts",
        "$ aws-sso list",
        "payments-dev:ReadOnly",
        "$ aws-sso exec -p payments-dev:ReadOnly -- who-am-i",
        ":assumed-role/AWSReservedSSO_ReadOnly_",
        "-- aws-sso status",
        "Role         payments-dev:ReadOnly",
        "$ eval",
        "payments-prod:ReadOnly in eu-west-1",
        "$ aws-sso logout",
        "Signed out of Default",
    ] {
        let at = rest.find(step).unwrap_or_else(|| panic!("'{step}' is missing, or too early:\n{stdout}"));
        rest = &rest[at..];
    }
    for secret in ["ASIA", "SECRET", "TOKEN"] {
        assert!(!stdout.contains(secret), "{secret}:\n{stdout}");
    }
    for directory in [&outer, &temporary] {
        let left: Vec<_> = std::fs::read_dir(directory.path()).expect("a directory").collect();
        assert!(left.is_empty(), "{left:?}");
    }
}
