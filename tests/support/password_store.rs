//! pass(1) with a gpg key of a test's own.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::path::PathBuf;
use std::process::Command;

use super::support::{Answer, Home};

/// The passphrase of the key.
pub const PASSPHRASE: &str = "a passphrase of the test";

/// A password store in a home; its agent ends with it.
pub struct PasswordStore {
    program: Vec<(String, String)>,
    pub directory: PathBuf,
    gnupg: PathBuf,
}

impl PasswordStore {
    /// A gpg key and an empty password store that encrypts for it, for every command in `home`. gpg's agent
    /// finds no way to ask for the passphrase.
    pub fn create(home: &mut Home, passphrase: &str) -> Self {
        let gnupg = home.path().join("gnupg");
        std::fs::create_dir(&gnupg).expect("gpg's directory");
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(&gnupg, mode).expect("its mode");
        let directory = home.path().join("passwords");
        home.set("GNUPGHOME", gnupg.to_str().expect("UTF-8"));
        home.set("PASSWORD_STORE_DIR", directory.to_str().expect("UTF-8"));
        let store = Self { program: home.environment().to_vec(), directory, gnupg };
        store.ask_by("/nonexistent/pinentry");
        let loopback = ["--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", passphrase];
        store.ok(
            "gpg",
            &[&loopback[..], &["--quick-gen-key", "A Test <test@example.com>", "future-default", "default", "never"]]
                .concat(),
        );
        store.ok("pass", &["init", "test@example.com"]);
        store.lock();
        store
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.program.iter().map(|(n, v)| (n, v))).args(arguments);
        command.stdin(std::process::Stdio::null());
        command
    }

    #[track_caller]
    pub fn ok(&self, program: &str, arguments: &[&str]) -> String {
        let answer = Answer::of(self.command(program, arguments));
        assert_eq!(answer.status, Some(0), "{program} {arguments:?}: {}", answer.stderr);
        answer.stdout
    }

    /// The program by which gpg's agent asks from now on.
    pub fn ask_by(&self, pinentry: &str) {
        let config = format!("pinentry-program {pinentry}\n");
        std::fs::write(self.gnupg.join("gpg-agent.conf"), config).expect("the agent's config");
        self.lock();
    }

    /// Makes the agent forget the passphrase.
    pub fn lock(&self) {
        let _ = Answer::of(self.command("gpgconf", &["--kill", "all"]));
    }

    /// Makes the agent know the passphrase.
    pub fn unlock(&self, passphrase: &str) {
        let file = self.entries().pop().expect("an entry");
        let file = self.directory.join(format!("{file}.gpg"));
        let arguments = ["--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", passphrase, "--decrypt"];
        self.ok("gpg", &[&arguments[..], &[file.to_str().expect("UTF-8")]].concat());
    }

    /// Our entries.
    pub fn entries(&self) -> Vec<String> {
        let Ok(entries) = std::fs::read_dir(self.directory.join("aws-sso")) else { return Vec::new() };
        let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.filter_map(|name| Some(format!("aws-sso/{}", name.strip_suffix(".gpg")?))).collect()
    }

    /// Writes something into an entry, as its owner would.
    pub fn insert(&self, entry: &str, text: &str) {
        let script = "printf '%s' \"$2\" | pass insert --multiline --force \"$1\"";
        self.ok("sh", &["-euc", script, "sh", entry, text]);
    }

    /// Takes gpg's secret keys away while `work` runs.
    pub fn without_secret_key(&self, work: impl FnOnce()) {
        let (keys, elsewhere) = (self.gnupg.join("private-keys-v1.d"), self.gnupg.join("elsewhere"));
        self.lock();
        std::fs::rename(&keys, &elsewhere).expect("moved away");
        work();
        self.lock();
        let _ = std::fs::remove_dir_all(&keys);
        std::fs::rename(&elsewhere, &keys).expect("moved back");
    }
}

impl Drop for PasswordStore {
    fn drop(&mut self) {
        self.lock();
    }
}
