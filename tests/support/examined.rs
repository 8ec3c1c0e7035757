//! Homes that `doctor` looks at, and what it says of them.

#![allow(dead_code, missing_docs, reason = "each test file uses a part of it")]

use std::fs;
use std::os::unix::fs::symlink;

use identity_center::Simulator;
use serde_json::Value;

use super::support::{Answer, BINARY, Home, json, small_organization};

/// A home in which everything is as it should be: signed in, `aws-sso` on PATH, the hook in `.bashrc`.
pub fn healthy() -> (Simulator, Home) {
    let simulator = Simulator::builder(small_organization()).start();
    let mut home = Home::new(&simulator, "");
    let bin = home.path().join("bin");
    fs::create_dir(&bin).expect("bin");
    symlink(BINARY, bin.join("aws-sso")).expect("a link");
    let path = home.environment().iter().find(|(name, _)| name == "PATH").expect("PATH").1.clone();
    home.set("PATH", &format!("{}:{path}", bin.display()));
    home.set("SHELL", "/bin/bash");
    home.ok(&["login"]);
    home.ok(&["setup", "completions", "--install", "--shell", "bash", "--yes"]);
    (simulator, home)
}

/// What `doctor --json` found.
pub struct Report {
    pub status: Option<i32>,
    pub findings: Vec<Value>,
}

/// Runs `doctor` in a shell, whichever one runs the tests.
pub fn doctor(home: &Home, shell: &str, arguments: &str) -> Answer {
    let (options, status): (&[&str], _) =
        if shell == "fish" { (&["--no-config"], "$status") } else { (&["--norc", "--noprofile"], "$?") };
    let mut command = home.program(shell);
    command.args(options).arg("-c").arg(format!("{BINARY} {arguments}; exit {status}"));
    Answer::of(command)
}

impl Report {
    pub fn of(home: &Home) -> Self {
        Self::within(home, "bash")
    }

    pub fn within(home: &Home, shell: &str) -> Self {
        let Answer { status, stdout, stderr } = doctor(home, shell, "doctor --json");
        assert!(!stderr.contains("panicked") && !stderr.contains("warn"), "{stderr}");
        let findings = json(&stdout).as_array().expect("an array").clone();
        let problems = findings.iter().any(|finding| finding["status"] == "problem");
        assert_eq!(status, Some(i32::from(problems)), "{stdout}");
        Self { status, findings }
    }

    /// The finding of a check and a status whose message has all the words.
    #[track_caller]
    pub fn has(&self, check: &str, status: &str, words: &[&str], command: Option<&str>) {
        let fits = |finding: &&Value| {
            let message = finding["message"].as_str().unwrap_or_default();
            finding["check"] == check && finding["status"] == status && words.iter().all(|word| message.contains(word))
        };
        let found = self.findings.iter().find(fits);
        let found = found.unwrap_or_else(|| panic!("no {status} of {check} with {words:?} in {:#?}", self.findings));
        if let Some(command) = command {
            assert_eq!(found["command"], command, "{found}");
        }
    }

    pub fn problems(&self) -> Vec<&Value> {
        self.findings.iter().filter(|finding| finding["status"] == "problem").collect()
    }
}
