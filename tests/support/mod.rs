//! What the integration tests share: a throw-away home with a config, and the simulated AWS it talks to.

#![allow(dead_code, missing_docs, reason = "each test file uses a part of it")]
#![allow(clippy::disallowed_methods, reason = "a test has no Context")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use identity_center::{Organization, Simulator};
use tempfile::TempDir;

/// Password of the file store in every home.
pub const PASSWORD: &str = "correct horse battery staple";

/// Whether a line of strace's begins a process: a thread is none, nor is the second half of a call that strace has
/// torn apart because something else happened meanwhile.
pub fn begins_a_process(line: &str) -> bool {
    ["fork(", "clone(", "clone3("].iter().any(|call| line.contains(call)) && !line.contains("CLONE_THREAD")
}

/// A person's home directory, with `aws-sso` configured for a simulator. Gone when dropped.
pub struct Home {
    directory: TempDir,
    environment: Vec<(String, String)>,
}

/// What a command answered.
#[derive(Debug)]
pub struct Answer {
    /// Exit status; none for a signal.
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Home {
    /// A home with a config for `simulator`: PKCE through a browser that agrees at once (curl), file
    /// store, `us-west-2` as region. `more` is further YAML at the top level.
    pub fn new(simulator: &Simulator, more: &str) -> Self {
        let home = Self::bare();
        home.write_config(&config(simulator, "DefaultRegion: us-west-2", more));
        let endpoints = simulator.env().into_iter().map(|(name, value)| (name.to_owned(), value));
        Self { environment: home.environment.iter().cloned().chain(endpoints).collect(), ..home }
    }

    /// A home without a config, in which a panic would show itself whole.
    pub fn bare() -> Self {
        let directory = tempfile::Builder::new().prefix("aws-sso-test-").tempdir().expect("a temporary directory");
        let home = directory.path().display().to_string();
        let path = std::env::var("PATH").unwrap_or_default();
        let environment = [
            ("HOME", home),
            ("PATH", path),
            ("AWS_SSO_FILE_PASSWORD", PASSWORD.to_owned()),
            ("LC_ALL", "C.UTF-8".to_owned()),
            ("RUST_BACKTRACE", "1".to_owned()),
        ];
        Self { directory, environment: environment.map(|(name, value)| (name.to_owned(), value)).to_vec() }
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn config_path(&self) -> PathBuf {
        self.path().join(".config/aws-sso/config.yaml")
    }

    pub fn state_path(&self) -> PathBuf {
        self.path().join(".local/state/aws-sso/state.db")
    }

    pub fn write_config(&self, yaml: &str) {
        let path = self.config_path();
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("config directory");
        std::fs::write(path, yaml).expect("config.yaml");
    }

    /// Sets a variable for every command that follows.
    pub fn set(&mut self, name: &str, value: &str) {
        self.unset(name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    pub fn unset(&mut self, name: &str) {
        self.environment.retain(|(known, _)| known != name);
    }

    /// The path on which programs are found, with `aws-sso` in front.
    pub fn search_path(&self) -> String {
        let path = self.environment.iter().find(|(name, _)| name == "PATH").map_or("", |(_, path)| path);
        format!("{}:{path}", Path::new(BINARY).parent().expect("a directory").display())
    }

    /// The variables that commands run with.
    pub fn environment(&self) -> &[(String, String)] {
        &self.environment
    }

    /// Any program in this home, with nothing of the test's own environment.
    pub fn program(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .envs(self.environment.iter().map(|(n, v)| (n, v)))
            .current_dir(self.path())
            .stdin(Stdio::null());
        command
    }

    /// `aws-sso` with arguments, not started yet.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.program(BINARY);
        command.args(arguments);
        command
    }

    /// Runs `aws-sso`.
    pub fn run(&self, arguments: &[&str]) -> Answer {
        Answer::of(self.command(arguments))
    }

    /// Starts `aws-sso` with each of the arguments before the first one is waited for.
    pub fn run_at_once(&self, commands: &[Vec<&str>]) -> Vec<Answer> {
        let start = |arguments: &Vec<&str>| {
            self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("aws-sso starts")
        };
        let children: Vec<_> = commands.iter().map(start).collect();
        children.into_iter().map(|child| child.wait_with_output().expect("aws-sso ends").into()).collect()
    }

    /// Runs `aws-sso`, which must succeed; its standard output.
    pub fn ok(&self, arguments: &[&str]) -> String {
        let answer = self.run(arguments);
        assert_eq!(answer.status, Some(0), "{arguments:?}: {}", answer.stderr);
        answer.stdout
    }

    /// Runs `aws-sso`, which must fail with `status` and one line; that line.
    pub fn fails(&self, status: i32, arguments: &[&str]) -> String {
        let answer = self.run(arguments);
        assert_eq!(answer.status, Some(status), "{arguments:?}: {} {}", answer.stdout, answer.stderr);
        assert_eq!(answer.stdout, "", "{arguments:?} failed and wrote to standard output");
        let lines: Vec<&str> = answer.stderr.lines().collect();
        assert_eq!(lines.len(), 1, "{arguments:?}: {}", answer.stderr);
        assert!(!answer.stderr.contains("panicked"), "{arguments:?}: {}", answer.stderr);
        lines[0].to_owned()
    }

    /// Runs `aws-sso`, which must fail with `status` and one line of ours that holds every one of `words`.
    #[track_caller]
    pub fn refuses(&self, status: i32, arguments: &[&str], words: &[&str]) {
        let message = self.fails(status, arguments);
        assert!(message.starts_with("aws-sso: "), "{arguments:?}: {message}");
        for word in words {
            assert!(message.contains(word), "{arguments:?} does not say {word:?}: {message}");
        }
    }
}

/// The program under test.
pub const BINARY: &str = env!("CARGO_BIN_EXE_aws-sso");

impl Answer {
    pub fn of(mut command: Command) -> Self {
        command.output().expect("the program starts").into()
    }
}

impl From<Output> for Answer {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// `config.yaml` for a simulator, with a browser that agrees at once. `instance` is further YAML of the
/// instance, `more` of the top level.
pub fn config(simulator: &Simulator, instance: &str, more: &str) -> String {
    let instance: String = instance.lines().map(|line| format!("    {line}\n")).collect();
    format!(
        "SSOConfig:\n  Default:\n    SSORegion: {}\n    StartUrl: {}\n{instance}\
         UrlAction: exec\nUrlExecCommand: [curl, --silent, --location, --output, /dev/null, '%s']\nRateLimit: 1000\n{more}",
        simulator.region(),
        simulator.start_url(),
    )
}

/// `text` as a double-quoted YAML scalar, in printable ASCII.
pub fn yaml(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        ' '..='~' => c.to_string(),
        c => format!("\\U{:08X}", u32::from(c)),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// What `env -0` printed.
pub fn variables(output: &[u8]) -> BTreeMap<String, String> {
    let entries = output.split(|byte| *byte == 0).filter(|entry| !entry.is_empty());
    entries
        .map(|entry| {
            let entry = std::str::from_utf8(entry).expect("an environment in UTF-8");
            let (name, value) = entry.split_once('=').unwrap_or_else(|| panic!("no variable: {entry:?}"));
            (name.to_owned(), value.to_owned())
        })
        .collect()
}

/// A home with the `json` store that is signed in; `instance` and `more` as in [`config`].
pub fn signed_in(simulator: &Simulator, instance: &str, more: &str) -> Home {
    let home = Home::new(simulator, "");
    home.write_config(&config(simulator, instance, &format!("SecureStore: json\n{more}")));
    home.ok(&["login"]);
    home
}

/// A small organization: three accounts, five roles.
pub fn small_organization() -> Organization {
    Organization::new()
        .with_account("000000000001", "payments-dev", "payments-dev@example.com", &["Admin", "ReadOnly"])
        .with_account("000000000002", "payments-prod", "payments-prod@example.com", &["Admin", "ReadOnly"])
        .with_account("123456789012", "data platform", "data@example.com", &["ReadOnly"])
}

/// A Python that has boto3, as tests/run.sh installs it.
pub fn python() -> String {
    let python = std::env::var("AWS_SSO_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let found = Command::new(&python).args(["-c", "import boto3"]).stderr(Stdio::null()).status();
    assert!(found.is_ok_and(|status| status.success()), "{python} has no boto3: run tests/run.sh, which installs it");
    python
}

/// The access key id in the environment of a child, or in a JSON document.
pub fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Takes a state file back to what version 1 left.
pub fn take_back(state: &Path) {
    rusqlite::Connection::open(state)
        .expect("opens")
        .execute_batch(
            "BEGIN IMMEDIATE;
             ALTER TABLE role DROP COLUMN fingerprint;
             DROP INDEX account_by_alias; DROP INDEX account_by_name; DROP INDEX account_by_email;
             DROP TABLE tag_choice; DROP TABLE catalog; ALTER TABLE history DROP COLUMN weight;
             DROP TABLE trusted_directory; ALTER TABLE config DROP COLUMN settings;
             CREATE TABLE trusted_directory (path TEXT PRIMARY KEY, hash BLOB NOT NULL, owner INTEGER NOT NULL,
             allowed_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
             DROP INDEX role_by_name; ALTER TABLE config DROP COLUMN default_instance;
             UPDATE config SET derivation = 1; PRAGMA user_version = 1;
             COMMIT;",
        )
        .expect("taken back");
}
