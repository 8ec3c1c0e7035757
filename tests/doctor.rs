//! `doctor`: a healthy home is clean, and what is broken in its files and stores is named with the command that mends it.

#[path = "support/bus.rs"]
mod bus;
#[path = "support/examined.rs"]
mod examined;
#[path = "support/file_store.rs"]
mod file_store;
#[path = "support/password_store.rs"]
mod password_store;
#[path = "support/sessions.rs"]
mod sessions;
mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::SystemTime;

use bus::Bus;
use examined::{Report, doctor, healthy};
use file_store::Wrapped;
use password_store::PasswordStore;
use support::{Home, config, json};

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
