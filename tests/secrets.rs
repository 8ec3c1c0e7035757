//! No secret leaves by any way but the one it was asked for: not into a file, a message, a log or a child.

mod support;
#[path = "support/wire.rs"]
mod wire;

use std::collections::HashMap;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use identity_center::{Fault, Operation, Simulator};
use serde_json::Value;
use support::{Answer, BINARY, Home, PASSWORD, small_organization};
use wire::Server;

const ROLE: [&str; 2] = ["-p", "000000000001:Admin"];

/// Members of AWS's answers and of our requests that nobody else may see.
const MEMBERS: [&str; 9] = [
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
fn recorded(wire: &Server) -> Vec<(String, String)> {
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

fn secrets(wire: &Server) -> Search {
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
struct Search(HashMap<[u8; 8], Vec<(String, Vec<u8>)>>);

impl Search {
    fn new(secrets: &[(String, String)]) -> Self {
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
    fn shown(&self, bytes: &[u8]) -> Vec<&str> {
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

fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// A home whose traffic is recorded, with a browser that writes down what it is given.
struct Observed {
    simulator: Simulator,
    home: Home,
    wire: Server,
    told: Vec<(String, String)>,
}

const BROWSER: &str = "#!/bin/sh\n\
    { tr '\\000' '\\n' < /proc/$$/cmdline; tr '\\000' '\\n' < /proc/$$/environ; } > \"$HOME/browser.$$\"\n\
    exec curl --silent --location --output /dev/null \"$1\"\n";

impl Observed {
    fn new(more: &str) -> Self {
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
    fn run(&mut self, arguments: &[&str], gives: bool) -> Answer {
        let mut all = vec!["-L", "trace", "--lines"];
        all.extend(arguments);
        let answer = self.home.run(&all);
        let stdout = if gives { "" } else { &answer.stdout };
        self.told.push((format!("{arguments:?}"), format!("{stdout}{}", answer.stderr)));
        answer
    }

    fn ok(&mut self, arguments: &[&str], gives: bool) -> String {
        let answer = self.run(arguments, gives);
        assert_eq!(answer.status, Some(0), "{arguments:?}: {}", answer.stderr);
        answer.stdout
    }

    /// Everything that a person does with it, with and without luck.
    fn live(&mut self) {
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
    fn assert_nothing_shows(&self, except: Option<&str>) {
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

#[test]
fn the_file_store_keeps_every_secret_sealed() {
    let mut observed = Observed::new("");
    observed.live();
    let found = recorded(&observed.wire);
    for kind in &MEMBERS[..8] {
        assert!(found.iter().any(|(known, _)| known == kind), "no {kind} was seen: the test looks for nothing");
    }
    let kept = files(observed.home.path());
    for name in ["state.db", "browser"] {
        assert!(kept.iter().any(|path| path.ends_with(name)), "no {name}: {kept:?}");
    }
    let browsers = kept.iter().filter(|path| path.to_string_lossy().contains("/browser.")).count();
    assert!(browsers >= 3, "{browsers} browsers were seen");
    assert!(observed.told.iter().any(|(_, told)| told.contains("calling AWS")), "nothing was logged");
    observed.assert_nothing_shows(None);
    observed.ok(&["logout"], false);
    observed.assert_nothing_shows(None);
}

#[test]
fn the_write_ahead_log_is_no_better_a_place() {
    let mut observed = Observed::new("");
    observed.ok(&["login"], false);
    // A reader keeps SQLite from folding the log into the file.
    let reader = rusqlite::Connection::open(observed.home.state_path()).expect("the state file");
    reader.execute_batch("BEGIN; SELECT count(*) FROM record;").expect("a transaction");
    observed.ok(&["process", ROLE[0], ROLE[1]], true);
    let log = observed.home.path().join(".local/state/aws-sso/state.db-wal");
    assert!(log.metadata().is_ok_and(|log| log.len() > 0), "there is no log to look into");
    observed.assert_nothing_shows(None);
    drop(reader);
}

#[test]
fn the_json_store_is_the_only_file_that_tells() {
    let mut observed = Observed::new("SecureStore: json\n");
    observed.live();
    observed.ok(&["process", ROLE[0], ROLE[1]], true);
    let store = std::fs::read(observed.home.state_path().with_file_name("store.json")).expect("the store");
    let secrets = secrets(&observed.wire);
    let kinds = secrets.shown(&store);
    for kind in ["accessToken", "refreshToken", "clientSecret", "secretAccessKey", "sessionToken"] {
        assert!(kinds.contains(&kind), "{kind} is not in the store: the search finds nothing");
    }
    observed.assert_nothing_shows(Some("store.json"));
    observed.ok(&["logout"], false);
    observed.assert_nothing_shows(None);
}

#[test]
fn guises_are_found_in_longer_texts() {
    let secret = "aoaAAAAA-secret_that/is+long";
    let search = Search::new(&[("x".to_owned(), secret.to_owned())]);
    for before in ["", "1", "12", "123"] {
        let text = format!("{before}{secret} and more");
        for bytes in [text.clone(), STANDARD_NO_PAD.encode(&text), URL_SAFE_NO_PAD.encode(&text)] {
            assert_eq!(search.shown(bytes.as_bytes()), ["x"], "{bytes}");
        }
    }
    let hex: String = secret.bytes().map(|byte| format!("{byte:02X}")).collect();
    assert_eq!(search.shown(hex.as_bytes()), ["x"]);
    assert_eq!(search.shown(b"aoaAAAAA-secret"), [""; 0]);
}

#[test]
fn a_role_reaches_its_child_and_no_command_line() {
    let mut observed = Observed::new("");
    observed.ok(&["login"], false);
    let child = observed.home.command(&["exec", ROLE[0], ROLE[1], "--", "sh", "-c", "cat /proc/$$/cmdline; read line"]);
    let mut child = { child }.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a child");
    drop(child.stdin.take());
    let output = child.stdout.take().map(|mut out| {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut out, &mut bytes).expect("its output");
        bytes
    });
    child.wait().expect("its end");
    let output = output.expect("its output");
    assert!(output.starts_with(b"sh\0-c\0"), "{}", String::from_utf8_lossy(&output));
    assert_eq!(secrets(&observed.wire).shown(&output), [""; 0]);
}

#[test]
fn the_files_are_for_this_user_alone_whatever_the_umask() {
    for store in ["file", "json"] {
        let simulator = Simulator::start(small_organization());
        let home = Home::new(&simulator, &format!("SecureStore: {store}\n"));
        for command in ["login", "process -p 000000000001:Admin", "login --force", "cache", "list"] {
            let mut shell = home.program("sh");
            shell.args(["-c", &format!("umask 0; exec \"$0\" {command}"), BINARY]);
            let answer = Answer::of(shell);
            assert_eq!(answer.status, Some(0), "{command}: {}", answer.stderr);
        }
        let place = home.path().join(".local/state/aws-sso");
        let kept = files(&place);
        assert!(kept.len() >= 3, "{kept:?}");
        for path in &kept {
            let mode = path.metadata().expect("a file").permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{store}: {}", path.display());
        }
        for directory in [&place, &place.join("locks")] {
            let mode = directory.metadata().expect("a directory").permissions().mode() & 0o777;
            assert_eq!(mode, 0o700, "{store}: {}", directory.display());
        }
    }
}
