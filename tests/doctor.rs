//! `doctor`: a healthy home is clean, and whatever is broken is named with the command that mends it.

#[path = "support/bus.rs"]
mod bus;
#[path = "support/file_store.rs"]
mod file_store;
#[path = "support/password_store.rs"]
mod password_store;
#[path = "support/sessions.rs"]
mod sessions;
mod support;
#[path = "support/wire.rs"]
mod wire;

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use bus::Bus;
use file_store::Wrapped;
use identity_center::Simulator;
use password_store::PasswordStore;
use serde_json::Value;
use support::{Answer, BINARY, Home, config, json, small_organization, yaml};

/// A home in which everything is as it should be: signed in, `aws-sso` on PATH, the hook in `.bashrc`.
fn healthy() -> (Simulator, Home) {
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
struct Report {
    status: Option<i32>,
    findings: Vec<Value>,
}

/// Runs `doctor` in a shell, whichever one runs the tests.
fn doctor(home: &Home, shell: &str, arguments: &str) -> Answer {
    let (options, status): (&[&str], _) =
        if shell == "fish" { (&["--no-config"], "$status") } else { (&["--norc", "--noprofile"], "$?") };
    let mut command = home.program(shell);
    command.args(options).arg("-c").arg(format!("{BINARY} {arguments}; exit {status}"));
    Answer::of(command)
}

impl Report {
    fn of(home: &Home) -> Self {
        Self::within(home, "bash")
    }

    fn within(home: &Home, shell: &str) -> Self {
        let Answer { status, stdout, stderr } = doctor(home, shell, "doctor --json");
        assert!(!stderr.contains("panicked") && !stderr.contains("warn"), "{stderr}");
        let findings = json(&stdout).as_array().expect("an array").clone();
        let problems = findings.iter().any(|finding| finding["status"] == "problem");
        assert_eq!(status, Some(i32::from(problems)), "{stdout}");
        Self { status, findings }
    }

    /// The finding of a check and a status whose message has all the words.
    #[track_caller]
    fn has(&self, check: &str, status: &str, words: &[&str], command: Option<&str>) {
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

    fn problems(&self) -> Vec<&Value> {
        self.findings.iter().filter(|finding| finding["status"] == "problem").collect()
    }
}

/// Every file below a directory with its content and its time.
fn everything(directory: &Path) -> Vec<(String, u32, SystemTime, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).expect("a directory").flatten() {
        let (path, metadata) = (entry.path(), fs::symlink_metadata(entry.path()).expect("metadata"));
        let mode = metadata.permissions().mode();
        let content = if metadata.is_file() { fs::read(&path).expect("a file") } else { Vec::new() };
        let time = metadata.modified().expect("a time");
        found.push((path.display().to_string(), mode, time, content));
        if metadata.is_dir() {
            found.extend(everything(&path));
        }
    }
    found.sort();
    found
}

#[test]
fn a_healthy_home_is_clean_and_left_as_it_is() {
    let (_simulator, home) = healthy();
    let before = everything(home.path());
    let report = Report::of(&home);
    assert_eq!(report.status, Some(0), "{:#?}", report.problems());
    for check in [
        "config",
        "state",
        "store",
        "session",
        "roles",
        "permissions",
        "environment",
        "path",
        "clock",
        "endpoints",
        "programs",
    ] {
        report.has(check, "ok", &[], None);
    }
    let text = doctor(&home, "bash", "doctor");
    assert_eq!((text.status, text.stderr.as_str()), (Some(0), ""), "{}", text.stdout);
    assert!(
        text.stdout.ends_with("All is well, with 1 note.\n"),
        "the shell of this test has no hook: {}",
        text.stdout
    );
    assert!(!text.stdout.contains('\x1b'));
    assert_eq!(everything(home.path()), before, "nothing has changed on disk");
}

#[test]
fn without_a_config_it_says_so() {
    let home = Home::bare();
    let before = everything(home.path());
    let report = Report::of(&home);
    report.has(
        "config",
        "problem",
        &["no configuration at ~/.config/aws-sso/config.yaml"],
        Some("aws-sso setup wizard"),
    );
    assert_eq!(report.problems().len(), 1, "{:#?}", report.problems());
    assert_eq!(everything(home.path()), before);
    let answer = doctor(&home, "bash", "doctor");
    assert_eq!(answer.status, Some(1));
    assert_eq!(answer.stderr, "", "the report is on standard output");
    assert!(answer.stdout.starts_with("problem  config "), "{}", answer.stdout);
}

#[test]
fn a_config_is_read_and_everything_odd_is_named() {
    let (simulator, mut home) = healthy();
    home.write_config(&config(&simulator, "", "ProfileFromat: x\n"));
    Report::of(&home).has("config", "note", &["ProfileFromat", "ProfileFormat"], None);
    Report::of(&home).has("state", "note", &["older than the config"], None);
    fs::set_permissions(home.config_path(), fs::Permissions::from_mode(0o666)).expect("mode");
    let command = format!("chmod go-w {}", home.config_path().display());
    Report::of(&home).has("permissions", "problem", &["other users can write"], Some(&command));
    home.write_config("SSOConfig: 1\nLogLevel: loud\n");
    let report = Report::of(&home);
    report.has("config", "problem", &["config.yaml:1:", "SSOConfig"], None);
    report.has("config", "problem", &["config.yaml:2:", "LogLevel"], None);
    home.set("AWS_SSO", "Nowhere");
    home.write_config(&config(&simulator, "", ""));
    Report::of(&home).has("config", "problem", &["Nowhere", "Default"], None);
}

#[test]
fn a_state_file_that_cannot_be_used_is_named_and_left_alone() {
    let (_simulator, home) = healthy();
    let state = home.state_path();
    let sound = fs::read(&state).expect("the state file");
    let connection = rusqlite::Connection::open(&state).expect("opens");
    connection.pragma_update(None, "user_version", 99).expect("a version");
    drop(connection);
    Report::of(&home).has("state", "problem", &["schema version 99", "update aws-sso"], None);
    fs::write(&state, &sound).expect("written");
    let mut damaged = sound.clone();
    // Past the header and the schema.
    damaged[8192..12288].fill(0xa5);
    fs::write(&state, &damaged).expect("written");
    Report::of(&home).has("state", "problem", &["state.db is damaged"], Some("aws-sso login"));
    fs::write(&state, "no database at all ".repeat(300)).expect("written");
    Report::of(&home).has("state", "problem", &["state.db is damaged"], Some("aws-sso login"));
    assert!(fs::read(&state).expect("the state file").starts_with(b"no database"), "doctor sets nothing aside");
    fs::write(&state, &sound).expect("written");
    fs::set_permissions(&state, fs::Permissions::from_mode(0o644)).expect("mode");
    let command = format!("chmod go= {}", state.display());
    Report::of(&home).has("permissions", "problem", &["state.db", "mode 0644"], Some(&command));
    assert_eq!(fs::metadata(&state).expect("metadata").permissions().mode() & 0o777, 0o644, "doctor closes nothing");
}

#[test]
fn a_store_that_is_locked_or_out_of_reach_is_named() {
    let (simulator, mut home) = healthy();
    if let Some(unlocked) = Wrapped::of(&home).in_kernel() {
        unlocked.invalidate().expect("forgotten");
    }
    Report::of(&home).has("store", "ok", &["SecureStore file can be used"], None);
    assert!(Wrapped::of(&home).in_kernel().is_none(), "nothing was unlocked");
    home.set("AWS_SSO_FILE_PASSWORD", "wrong");
    Report::of(&home).has("store", "problem", &["AWS_SSO_FILE_PASSWORD is not that"], None);
    home.unset("AWS_SSO_FILE_PASSWORD");
    Report::of(&home).has("store", "problem", &["file store is locked"], Some("aws-sso login"));
    home.write_config(&config(&simulator, "", "SecureStore: secret-service\n"));
    Report::of(&home).has("store", "problem", &["D-Bus", "SecureStore: file"], None);
    home.write_config(&config(&simulator, "", "SecureStore: json\n"));
    Report::of(&home).has("store", "note", &["clear text"], Some("aws-sso setup store file"));
}

#[test]
fn a_secret_service_is_looked_at_and_not_unlocked() {
    let (simulator, mut home) = healthy();
    let mut bus = Bus::start(&mut home);
    bus.gnome_keyring(&home);
    home.write_config(&config(&simulator, "", "SecureStore: secret-service\n"));
    Report::of(&home).has("store", "ok", &["secret-service is there, and holds nothing yet"], None);
    home.ok(&["login"]);
    Report::of(&home).has("store", "ok", &["SecureStore secret-service can be used"], None);
}

#[test]
fn a_locked_keyring_or_gpg_is_told_from_one_that_is_missing() {
    let (simulator, mut home) = healthy();
    let mut bus = Bus::start(&mut home);
    bus.gnome_keyring(&home);
    home.write_config(&config(&simulator, "", "SecureStore: secret-service\n"));
    home.ok(&["login"]);
    let connection = bus.connect();
    bus::lock(&connection, "/org/freedesktop/secrets/collection/login");
    Report::of(&home).has("store", "problem", &["is locked", "unlock it"], Some("aws-sso login"));
    home.set("DISPLAY", ":1");
    Report::of(&home).has("store", "note", &["is locked"], None);
    home.unset("DISPLAY");
    let store = PasswordStore::create(&mut home, "a passphrase");
    home.write_config(&config(&simulator, "", "SecureStore: pass\n"));
    home.ok(&["login"]);
    store.unlock("a passphrase");
    Report::of(&home).has("store", "ok", &["SecureStore pass can be used"], None);
    store.lock();
    Report::of(&home).has("store", "problem", &["gpg is locked"], Some("aws-sso login"));
    let entry = store.entries().pop().expect("the key");
    store.ok("pass", &["rm", "--force", &entry]);
    Report::of(&home).has("store", "problem", &["is not in pass"], Some("aws-sso logout"));
}

#[test]
fn commands_speak_of_the_config_that_was_named() {
    let (simulator, home) = healthy();
    let other = home.path().join("other config.yaml");
    fs::write(&other, config(&simulator, "", "")).expect("written");
    let answer = doctor(&home, "bash", "--config 'other config.yaml' doctor --json");
    let found = json(&answer.stdout);
    let session = found.as_array().expect("an array").iter().find(|finding| finding["check"] == "session");
    let command = session.expect("the session")["command"].as_str().expect("a command");
    assert_eq!(command, r"aws-sso --config $'other\x20config.yaml' login");
}

#[test]
fn sessions_and_roles_are_told() {
    let (simulator, home) = healthy();
    let shift = |column: &str, seconds: i64| {
        let connection = rusqlite::Connection::open(home.state_path()).expect("opens");
        let sql = format!("UPDATE instance SET {column} = unixepoch() - ?1");
        connection.execute(&sql, [seconds]).expect("changed");
    };
    shift("refreshed_at", 200 * 3600);
    Report::of(&home).has("roles", "note", &["8 days ago", "CacheRefresh"], Some("aws-sso cache"));
    shift("session_expires_at", 7200);
    Report::of(&home).has("session", "note", &["Default: ended 2 hours ago", "renews it"], Some("aws-sso login"));
    let connection = rusqlite::Connection::open(home.state_path()).expect("opens");
    connection.execute("DELETE FROM record WHERE kind = 'client-registration'", []).expect("changed");
    drop(connection);
    Report::of(&home).has("session", "problem", &["Default: ended 2 hours ago"], Some("aws-sso login"));
    home.ok(&["logout"]);
    Report::of(&home).has("session", "problem", &["Default: nobody is signed in"], Some("aws-sso login"));
    // Another instance is worth a note alone.
    home.ok(&["login"]);
    let second = format!(
        "DefaultSSO: Default\n{}",
        config(&simulator, "", "").replacen(
            "  Default:\n",
            &format!(
                "  Other:\n    SSORegion: {}\n    StartUrl: {}\n  Default:\n",
                simulator.region(),
                simulator.start_url()
            ),
            1
        )
    );
    home.write_config(&second);
    let report = Report::of(&home);
    report.has("session", "note", &["Other: nobody is signed in"], Some("aws-sso login -S Other"));
    report.has("session", "ok", &["Default: signed in"], None);
    assert_eq!(report.status, Some(0), "{:#?}", report.problems());
}

#[test]
fn a_clock_that_is_off_is_named() {
    let (simulator, home) = healthy();
    // Rounded up to 120 minutes, with a few seconds to spare for a slow computer.
    simulator.set_clock_skew(-7190);
    Report::of(&home).has("clock", "problem", &["120 minutes ahead of AWS's"], Some("timedatectl set-ntp true"));
    simulator.set_clock_skew(-120);
    Report::of(&home).has("clock", "note", &["s off AWS's"], None);
}

#[test]
fn offline_is_a_finding_within_seconds() {
    let (_simulator, mut home) = healthy();
    let closed = wire::closed_port();
    for name in ["SSO", "SSO_OIDC", "STS", "SIGNIN"] {
        home.set(&format!("AWS_ENDPOINT_URL_{name}"), &closed);
    }
    let started = Instant::now();
    let report = Report::of(&home);
    report.has("endpoints", "problem", &["seems to be offline", "refused"], None);
    assert_eq!(report.problems().len(), 1, "{:#?}", report.problems());
    // A host that takes the connection and stays silent.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    home.set("AWS_ENDPOINT_URL_SSO", &format!("http://{}", silent.local_addr().expect("an address")));
    Report::of(&home).has("endpoints", "problem", &["offline"], None);
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
}

#[test]
fn one_host_that_does_not_answer_is_told_from_the_others() {
    let (_simulator, mut home) = healthy();
    home.set("AWS_ENDPOINT_URL_STS", &wire::closed_port());
    let report = Report::of(&home);
    report.has("endpoints", "problem", &["STS (127.0.0.1:", "refused"], None);
    report.has("endpoints", "ok", &["access portal (127.0.0.1:", "answers"], None);
    let portal = wire::Server::start(|_| wire::answer("200 OK", "text/html", "<html>Welcome to the hotel</html>"));
    home.set("AWS_ENDPOINT_URL_SSO", &portal.url());
    Report::of(&home).has("endpoints", "problem", &["access portal", "web page"], None);
}

#[test]
fn hosts_are_reached_by_the_proxy_whose_password_nobody_sees() {
    let (simulator, mut home) = healthy();
    let region = simulator.region().to_owned();
    let proxy = wire::Server::start(|_| wire::answer("403 Forbidden", "text/plain", "no"));
    home.unset("AWS_ENDPOINT_URL_STS");
    home.unset("AWS_ENDPOINT_URL_SIGNIN");
    home.set("HTTPS_PROXY", &proxy.url().replace("http://", "http://user:hunter2@"));
    home.set("NO_PROXY", "127.0.0.1");
    let answer = doctor(&home, "bash", "doctor");
    assert!(!answer.stdout.contains("hunter2") && !answer.stderr.contains("hunter2"), "{}", answer.stdout);
    assert!(answer.stdout.contains("HTTPS_PROXY is 127.0.0.1:"), "{}", answer.stdout);
    let mut lines = proxy.request_lines();
    lines.sort();
    let expected = [format!("{region}.signin.aws.amazon.com"), format!("sts.{region}.amazonaws.com")];
    assert_eq!(lines, expected.map(|host| format!("CONNECT {host}:443 HTTP/1.1")));
    home.set("HTTPS_PROXY", "http://[");
    Report::of(&home).has("proxy", "problem", &["HTTPS_PROXY is no URL"], Some("unset HTTPS_PROXY"));
    home.unset("HTTPS_PROXY");
    home.set("AWS_CA_BUNDLE", "/nowhere/ca.pem");
    Report::of(&home).has("proxy", "problem", &["/nowhere/ca.pem"], Some("unset AWS_CA_BUNDLE"));
}

#[test]
fn endpoints_of_a_kind_that_a_region_lacks_are_named_with_the_variable() {
    let (_simulator, mut home) = healthy();
    // No name server outside of that cloud knows its names.
    home.write_config(
        "SSOConfig:\n  Default:\n    SSORegion: us-isob-east-1\n    StartUrl: https://example.com/start\n",
    );
    for name in ["SSO", "SSO_OIDC", "STS", "SIGNIN"] {
        home.unset(&format!("AWS_ENDPOINT_URL_{name}"));
    }
    home.set("AWS_USE_FIPS_ENDPOINT", "true");
    let words = ["portal.sso-fips.us-isob-east-1.sc2s.sgov.gov", "AWS_USE_FIPS_ENDPOINT is set"];
    Report::within(&home, "fish").has("endpoints", "problem", &words, Some("set -e AWS_USE_FIPS_ENDPOINT"));
}

#[test]
fn the_line_of_the_hook_is_looked_at() {
    let (_simulator, home) = healthy();
    let rc = home.path().join(".bashrc");
    let installed = fs::read_to_string(&rc).expect(".bashrc");
    fs::write(&rc, "").expect("written");
    let install = Some("aws-sso setup completions --install");
    Report::of(&home).has("hook", "note", &["bash does not load the hook"], install);
    fs::write(&rc, "# eval \"$(aws-sso shell-init bash)\"\n").expect("written");
    Report::of(&home).has("hook", "note", &["bash does not load the hook"], install);
    let gone = installed.replace(&*home.path().join("bin").to_string_lossy(), "/opt/old/bin");
    fs::write(&rc, gone).expect("written");
    Report::of(&home).has("hook", "problem", &["~/.bashrc:", "/opt/old/bin/aws-sso, which is not there"], install);
    fs::write(&rc, "eval \"$(aws-sso shell-init bash)\"\neval \"$(starship init bash)\"\n").expect("written");
    let report = Report::of(&home);
    report.has("hook", "note", &["~/.bashrc:1 should be the last line", "starship", "line 2"], None);
    assert_eq!(report.status, Some(0), "{:#?}", report.problems());
}

#[test]
fn a_shell_knows_which_hook_it_has() {
    let (_simulator, home) = healthy();
    let doctor = "aws-sso doctor --json > report.json";
    for (shell, line) in [
        ("bash", "eval \"$(aws-sso shell-init bash)\""),
        ("zsh", "eval \"$(aws-sso shell-init zsh)\""),
        ("fish", "aws-sso shell-init fish | source"),
    ] {
        let run = |commands: &str| {
            let flags: &[&str] = match shell {
                "bash" => &["--norc", "-i", "-c"],
                "zsh" => &["-f", "-i", "-c"],
                _ => &["--no-config", "-i", "-c"],
            };
            let mut command = home.program(shell);
            command.args(flags).arg(commands).env("SHELL", shell);
            let answer = Answer::of(command);
            let text = fs::read_to_string(home.path().join("report.json"));
            let report = text.unwrap_or_else(|error| panic!("{shell}: {error}: {}", answer.stderr));
            fs::remove_file(home.path().join("report.json")).expect("removed");
            Report { status: None, findings: json(&report).as_array().expect("an array").clone() }
        };
        // A command after it, so that no shell takes its own place.
        let run = |commands: &str| run(&format!("{commands}; :"));
        let words = format!("this {shell} has the hook of this aws-sso");
        run(&format!("{line}\n{doctor}")).has("hook", "ok", &[&words], None);
        let other = if shell == "fish" {
            "set -gx AWS_SSO_HOOK $fish_pid:fish-0.0.1-abc"
        } else {
            &format!("export AWS_SSO_HOOK=$$:{shell}-0.0.1-abc")
        };
        let words = format!("this {shell} has the hook of another aws-sso ({shell}-0.0.1-abc)");
        run(&format!("{line}\n{other}\n{doctor}")).has("hook", "problem", &[&words], Some(&format!("exec {shell}")));
        // In a shell within the shell, which has none of its own.
        let words = format!("this {shell} has the hook of this aws-sso");
        run(&format!("{line}\nsh -c '{doctor}; :'")).has("hook", "ok", &[&words], None);
        // Inherited from a shell that is not this one.
        let (check, status) = ("hook", "note");
        run(&format!("{line}\nenv AWS_SSO_HOOK=1:0.0.1-abc {doctor}")).has(check, status, &[shell], None);
    }
}

#[test]
fn what_path_finds_is_told_from_this_program() {
    let (_simulator, mut home) = healthy();
    let (old, bin) = (home.path().join("old"), home.path().join("bin"));
    fs::create_dir(&old).expect("old");
    fs::write(old.join("aws-sso"), "#!/bin/sh\n# github.com/synfinatic/aws-sso-cli\n").expect("a program");
    fs::set_permissions(old.join("aws-sso"), fs::Permissions::from_mode(0o755)).expect("mode");
    let path = home.environment().iter().find(|(name, _)| name == "PATH").expect("PATH").1.clone();
    let rest = path.split_once(':').expect("more directories").1;
    home.set("PATH", &format!("{}:{}:{rest}", old.display(), bin.display()));
    Report::of(&home).has("path", "problem", &["~/old/aws-sso first", "the Go tool"], None);
    home.set("PATH", &format!("{}:{}:{rest}", bin.display(), old.display()));
    let report = Report::of(&home);
    report.has("path", "ok", &["~/bin/aws-sso"], None);
    report.has("path", "note", &["~/old/aws-sso is the Go tool"], None);
    home.set("PATH", rest);
    Report::of(&home).has("path", "note", &["not on PATH"], None);
}

#[test]
fn aws_profiles_that_lead_nowhere_are_named() {
    let (_simulator, home) = healthy();
    fs::create_dir(home.path().join(".aws")).expect(".aws");
    let write = |text: &str| fs::write(home.path().join(".aws/config"), text).expect("written");
    let profile = |name: &str, command: &str| format!("[profile {name}]\ncredential_process = {command}\n");
    let role = |role: &str| format!("aws-sso -S Default process --arn arn:aws:iam::000000000001:role/{role}");
    write(&format!("# >>> aws-sso profiles >>>\n{}# <<< aws-sso profiles <<<\n", profile("a", &role("Admin"))));
    let report = Report::of(&home);
    report.has("profiles", "ok", &["in ~/.aws/config", "there: 1"], None);
    assert_eq!(report.status, Some(0), "{:#?}", report.problems());
    for (begin, end, command) in [
        ("# >>> aws-sso profiles >>>", "# <<< aws-sso profiles <<<", "aws-sso setup profiles"),
        ("# BEGIN_AWS_SSO_CLI", "# END_AWS_SSO_CLI", "aws-sso setup profiles"),
        ("# BEGIN_AWS_SSO_CLI_Work", "# END_AWS_SSO_CLI_Work", "aws-sso setup profiles"),
        ("# >>> aws-sso directories >>>", "# <<< aws-sso directories <<<", "aws-sso allow"),
    ] {
        let profiles = [
            profile("gone", "/opt/old/aws-sso -S Default process --arn arn:aws:iam::000000000001:role/Admin"),
            profile("norole", &role("Nobody")),
            profile("nosso", &role("Admin").replace("Default", "Other")),
            profile("url", &role("Admin").replace("aws-sso", "aws-sso -u open")),
        ];
        write(&format!("{begin}\n{}{end}\n[profile sso]\nsso_session = x\n", profiles.concat()));
        let report = Report::of(&home);
        report.has("profiles", "problem", &["gone in ~/.aws/config", "/opt/old/aws-sso is not there"], Some(command));
        report.has("profiles", "problem", &["norole in", "no such role"], None);
        report.has("profiles", "problem", &["nosso in", "'Other' is not in config.yaml"], None);
        report.has("profiles", "note", &["url in", "-u"], Some(command));
        report.has("profiles", "note", &["sso in", "'aws sso login'"], None);
    }
    write("# >>> aws-sso profiles >>>\n[profile a]\n");
    Report::of(&home).has("profiles", "problem", &["~/.aws/config:1:", "no end"], None);
}

#[test]
fn credentials_of_others_in_the_environment_are_named() {
    let (_simulator, mut home) = healthy();
    home.set("AWS_PROFILE", "nowhere");
    Report::of(&home).has("environment", "problem", &["'nowhere'", "no such profile"], Some("unset AWS_PROFILE"));
    fs::create_dir(home.path().join(".aws")).expect(".aws");
    fs::write(home.path().join(".aws/config"), "[profile nowhere]\nregion = x\n").expect("written");
    Report::of(&home).has("environment", "note", &["AWS_PROFILE was set by someone else"], Some("unset AWS_PROFILE"));
    home.unset("AWS_PROFILE");
    home.set("AWS_ACCESS_KEY_ID", "AKIDTHEIRS");
    home.set("AWS_SECRET_ACCESS_KEY", "theirsecret");
    let keys = "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN";
    Report::of(&home).has("environment", "problem", &["AWS_ACCESS_KEY_ID was set by someone else"], Some(keys));
    let answer = doctor(&home, "bash", "-L trace doctor");
    for secret in ["AKIDTHEIRS", "theirsecret", support::PASSWORD] {
        assert!(!answer.stdout.contains(secret) && !answer.stderr.contains(secret), "{secret}");
    }
}

#[test]
fn files_that_others_can_reach_are_named() {
    let (simulator, home) = healthy();
    let aws = home.path().join(".aws");
    fs::create_dir(&aws).expect(".aws");
    for (name, mode, command) in [("config", 0o666, "go-w"), ("credentials", 0o644, "go=")] {
        let path = aws.join(name);
        fs::write(&path, "").expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("mode");
        let command = format!("chmod {command} {}", path.display());
        Report::of(&home).has("permissions", "problem", &[&format!("~/.aws/{name}")], Some(&command));
        fs::remove_file(&path).expect("removed");
    }
    home.write_config(&config(&simulator, "", "SecureStore: json\n"));
    home.ok(&["login"]);
    let store = home.state_path().with_file_name("store.json");
    fs::set_permissions(&store, fs::Permissions::from_mode(0o640)).expect("mode");
    Report::of(&home).has("permissions", "problem", &["store.json", "mode 0640"], None);
}

#[test]
fn role_files_that_are_gone_or_changed_are_named() {
    let (_simulator, home) = healthy();
    let project = home.path().join("project");
    fs::create_dir(&project).expect("project");
    home.ok(&["allow", "--init", "-p", "000000000001:Admin", "project"]);
    Report::of(&home).has("directories", "ok", &["1 role files"], None);
    let file = project.join(".aws-sso-role");
    let text = fs::read_to_string(&file).expect("the role file");
    fs::write(&file, format!("{text}# more\n")).expect("written");
    let path = project.display();
    Report::of(&home).has(
        "directories",
        "problem",
        &["~/project/.aws-sso-role has changed"],
        Some(&format!("aws-sso allow {path}")),
    );
    fs::remove_file(&file).expect("removed");
    let report = Report::of(&home);
    report.has("directories", "note", &["is gone"], Some(&format!("aws-sso deny {path}")));
    home.ok(&["deny", "project"]);
}

#[test]
fn programs_that_the_config_asks_for_are_looked_for() {
    let (simulator, mut home) = healthy();
    let with = |more: &str| {
        let config = config(&simulator, "", "");
        let (start, _) = config.split_once("UrlAction: exec").expect("the action");
        home.write_config(&format!("{start}{more}"));
        Report::of(&home)
    };
    with("UrlAction: exec\nUrlExecCommand: [no-such-browser, '%s']\n").has(
        "programs",
        "problem",
        &["no-such-browser", "UrlExecCommand"],
        None,
    );
    with("UrlAction: open\nBrowser: ~/no/browser\n").has("programs", "problem", &["~/no/browser", "Browser"], None);
    with("UrlAction: open\nBrowser: curl\n").has("programs", "ok", &["Browser curl"], None);
    with("UrlAction: print\n");
    // A PATH with nothing to copy with.
    let bin = home.path().join("bin").display().to_string();
    let start = config(&simulator, "", "").replace("UrlAction: exec", "UrlAction: clip");
    home.write_config(&start);
    home.set("PATH", &bin);
    let answer = home.run(&["doctor", "--json"]);
    assert_eq!(answer.status, Some(1));
    assert!(answer.stdout.contains("UrlAction clip needs one of wl-copy, xclip"), "{}", answer.stdout);
}

#[test]
fn hostile_names_do_not_move_the_cursor() {
    let (simulator, mut home) = healthy();
    let name = "a\u{1b}[31m\u{202e}b\nc";
    home.write_config(&config(&simulator, "", "").replace("  Default:", &format!("  {}:", yaml("odd name"))));
    home.set("AWS_PROFILE", name);
    let answer = doctor(&home, "bash", "doctor");
    assert!(!answer.stdout.contains(['\u{1b}', '\u{202e}']), "{:?}", answer.stdout);
    assert!(answer.stdout.contains("aws-sso login"), "{}", answer.stdout);
    Report::of(&home).has("environment", "problem", &["no such profile"], None);
}
