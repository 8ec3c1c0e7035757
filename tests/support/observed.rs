//! A home whose traffic with AWS is recorded, and a search for every secret that went over the wire.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::HashMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use identity_center::{Fault, Operation, Simulator};
use serde_json::Value;

use super::support::{Answer, Home, PASSWORD, small_organization};
use super::wire::Server;

pub const ROLE: [&str; 2] = ["-p", "000000000001:Admin"];

/// Members of AWS's answers and of our requests that nobody else may see.
pub const MEMBERS: [&str; 9] = [
    "accessToken",
    "refreshToken",
    "clientSecret",
    "secretAccessKey",
    "sessionToken",
    "code",
    "codeVerifier",
    "deviceCode",
    "SigninToken",
];

/// Every secret that went over the wire, by its kind, and the password.
pub fn recorded(wire: &Server) -> Vec<(String, String)> {
    let mut found = vec![("password".to_owned(), PASSWORD.to_owned())];
    for exchange in wire.exchanges() {
        for message in [&exchange.request, &exchange.answer] {
            let body = message.split_once("\r\n\r\n").map_or("", |(_, body)| body);
            collect(&serde_json::from_str(body).unwrap_or_default(), &mut found);
        }
    }
    found.sort();
    found.dedup();
    found
}

fn collect(value: &Value, found: &mut Vec<(String, String)>) {
    let Value::Object(members) = value else { return };
    for (name, value) in members {
        match value {
            Value::String(text) if MEMBERS.contains(&name.as_str()) => found.push((name.clone(), text.clone())),
            other => collect(other, found),
        }
    }
}

pub fn secrets(wire: &Server) -> Search {
    Search::new(&recorded(wire))
}

/// How a secret may look when somebody wrote it down.
fn guises(secret: &str) -> Vec<Vec<u8>> {
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let escaped: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let wide = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let upper = hex.to_uppercase();
    let mut guises = vec![secret.as_bytes().to_vec(), hex.into(), upper.into(), escaped.into(), wide];
    for shift in 0..3 {
        // Where it stands in a longer text that was encoded whole, its first and last letters mix with others.
        let shifted = ["_".repeat(shift), secret.to_owned()].concat();
        for encoded in [STANDARD_NO_PAD.encode(&shifted), URL_SAFE_NO_PAD.encode(&shifted)] {
            guises.push(encoded[4..encoded.len() - 4].into());
        }
    }
    guises
}

/// Looks for many secrets at once, by how each guise of them begins.
pub struct Search(HashMap<[u8; 8], Vec<(String, Vec<u8>)>>);

impl Search {
    pub fn new(secrets: &[(String, String)]) -> Self {
        let mut beginnings: HashMap<_, Vec<_>> = HashMap::new();
        for (kind, secret) in secrets {
            for guise in guises(secret) {
                let beginning = *guise.first_chunk().expect("a secret of some length");
                beginnings.entry(beginning).or_default().push((kind.clone(), guise));
            }
        }
        Self(beginnings)
    }

    /// The kinds of secrets that show in `bytes`.
    pub fn shown(&self, bytes: &[u8]) -> Vec<&str> {
        let mut kinds = Vec::new();
        for (at, window) in bytes.array_windows().enumerate() {
            let begun = self.0.get(window).into_iter().flatten();
            kinds.extend(begun.filter(|(_, guise)| bytes[at..].starts_with(guise)).map(|(kind, _)| kind.as_str()));
        }
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }
}

pub fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry").path());
    let all = entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] });
    // Sockets hold nothing.
    all.filter(|path| path.is_file()).collect()
}

/// A home whose traffic is recorded, with a browser that writes down what it is given.
pub struct Observed {
    pub simulator: Simulator,
    pub home: Home,
    pub wire: Server,
    pub told: Vec<(String, String)>,
}

pub const BROWSER: &str = "#!/bin/sh\n\
    { tr '\\000' '\\n' < /proc/$$/cmdline; tr '\\000' '\\n' < /proc/$$/environ; } > \"$HOME/browser.$$\"\n\
    exec curl --silent --location --output /dev/null \"$1\"\n";

impl Observed {
    pub fn new(more: &str) -> Self {
        let simulator = Simulator::start(small_organization());
        let wire = Server::forwarding(simulator.url());
        let mut home = Home::new(&simulator, &format!("MaxRetry: 1\nMaxBackoff: 1\n{more}"));
        let config = std::fs::read_to_string(home.config_path()).expect("the config");
        let browser = home.path().join("browser");
        std::fs::write(&browser, BROWSER).expect("the browser");
        std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).expect("its mode");
        let command = "[curl, --silent, --location, --output, /dev/null, '%s']";
        assert!(config.contains(command), "{config}");
        home.write_config(&config.replace(command, &format!("['{}', '%s']", browser.display())));
        for service in ["SSO", "SSO_OIDC"] {
            home.set(&format!("AWS_ENDPOINT_URL_{service}"), &wire.url());
        }
        Self { simulator, home, wire, told: Vec::new() }
    }

    /// Runs a command at the most talkative level, and remembers what it said. `gives` tells that its
    /// standard output is where the secrets belong.
    pub fn run(&mut self, arguments: &[&str], gives: bool) -> Answer {
        let mut all = vec!["-L", "trace", "--lines"];
        all.extend(arguments);
        let answer = self.home.run(&all);
        let stdout = if gives { "" } else { &answer.stdout };
        self.told.push((format!("{arguments:?}"), format!("{stdout}{}", answer.stderr)));
        answer
    }

    pub fn ok(&mut self, arguments: &[&str], gives: bool) -> String {
        let answer = self.run(arguments, gives);
        assert_eq!(answer.status, Some(0), "{arguments:?}: {}", answer.stderr);
        answer.stdout
    }

    /// Everything that a person does with it, with and without luck.
    pub fn live(&mut self) {
        let role = |command: &str| [command, ROLE[0], ROLE[1]].map(str::to_owned);
        let with = |command: &str, more: &[&str]| -> Vec<String> {
            role(command).into_iter().chain(more.iter().map(|&word| word.to_owned())).collect()
        };
        self.ok(&["login"], false);
        self.simulator.expire_access_tokens();
        self.ok(&["cache"], false);
        for (command, more) in [
            ("process", &[][..]),
            ("eval", &["--shell", "bash"]),
            ("eval", &["--format", "json"]),
            ("exec", &["--", "env"]),
        ] {
            let command = with(command, more);
            let given = self.ok(&command.iter().map(String::as_str).collect::<Vec<_>>(), true);
            assert!(!secrets(&self.wire).shown(given.as_bytes()).is_empty(), "{command:?} gave nothing");
        }
        for command in [&["list"][..], &["list", "--json"], &["status"], &["status", "--json"], &["time"], &["flush"]] {
            self.ok(command, false);
        }
        self.fail();
        self.ok(&["login", "--force"], false);
        self.home.set("SSH_TTY", "/dev/pts/0");
        self.ok(&["login", "--force"], false);
        self.home.unset("SSH_TTY");
    }

    fn fail(&mut self) {
        let faults = [
            Fault::html(),
            Fault::truncate(),
            Fault::reset(),
            Fault::throttle(),
            Fault::status(403),
            Fault::status(503),
        ];
        for fault in faults {
            for operation in [Operation::ListAccounts, Operation::ListAccountRoles, Operation::GetRoleCredentials] {
                self.simulator.fault(operation, fault);
            }
            assert_eq!(self.run(&["cache"], false).status, Some(1), "{fault:?}");
            assert_ne!(self.run(&["process", "--sts-refresh", ROLE[0], ROLE[1]], false).status, Some(0), "{fault:?}");
            self.simulator.clear_faults();
            self.simulator.expire_access_tokens();
            self.simulator.fault(Operation::CreateToken, fault);
            assert_ne!(self.run(&["cache"], false).status, Some(0), "{fault:?}");
            self.simulator.clear_faults();
            self.ok(&["login"], false);
        }
    }

    /// What every command told, and what every file but `except` holds.
    pub fn assert_nothing_shows(&self, except: Option<&str>) {
        let secrets = secrets(&self.wire);
        for (command, told) in &self.told {
            assert_eq!(secrets.shown(told.as_bytes()), [""; 0], "{command} told: {told}");
        }
        for path in files(self.home.path()) {
            if except.is_some_and(|name| path.ends_with(name)) {
                continue;
            }
            let bytes = std::fs::read(&path).expect("a file");
            assert_eq!(secrets.shown(&bytes), [""; 0], "{}", path.display());
        }
    }
}
