//! What lies where other users could reach it is closed to them, or they are told of.
#![cfg(unix)]

mod support;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use identity_center::Simulator;
use support::{Home, small_organization};

const SYNC: [&str; 3] = ["hook", "zsh", "sync"];
const TAB: [&str; 6] = ["hook", "bash", "complete", "--", "aws-sso-use", "0000"];

fn signed_in(simulator: &Simulator) -> Home {
    let home = Home::new(simulator, "");
    home.ok(&["login"]);
    home
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("there").permissions().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("a mode");
}

fn place(home: &Home) -> PathBuf {
    home.state_path().parent().expect("a directory").to_owned()
}

/// What a command that succeeds says on standard error.
fn said(home: &Home, arguments: &[&str]) -> String {
    let answer = home.run(arguments);
    assert_eq!(answer.status, Some(0), "{arguments:?}: {}", answer.stderr);
    answer.stderr
}

#[test]
fn what_others_could_reach_is_closed_and_named_once_with_its_mode() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let (directory, state) = (place(&home), home.state_path());
    let locks = directory.join("locks");
    for (path, wide) in [(&directory, 0o755), (&state, 0o644), (&locks, 0o777)] {
        set_mode(path, wide);
    }
    let said_first = said(&home, &["flush"]);
    let warnings: Vec<&str> = said_first.lines().filter(|line| line.contains("other users")).collect();
    let [warning] = warnings[..] else { panic!("{said_first}") };
    for (path, wide) in [(&directory, "0755"), (&state, "0644"), (&locks, "0777")] {
        assert!(warning.contains(&format!("{} (mode {wide})", path.display())), "{warning}");
    }
    assert_eq!((mode(&directory), mode(&state), mode(&locks)), (0o700, 0o600, 0o700));
    assert!(!said(&home, &["flush"]).contains("other users"), "once is enough");
}

#[test]
fn the_log_that_another_process_writes_is_closed_as_well() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    set_mode(&home.state_path(), 0o666);
    let writer = rusqlite::Connection::open(home.state_path()).expect("opens");
    writer.execute_batch("INSERT INTO meta VALUES ('x', 'y')").expect("written");
    let log = home.state_path().with_file_name("state.db-wal");
    assert_ne!(mode(&log) & 0o077, 0, "SQLite gives the log the mode of the file");
    home.ok(&["flush"]);
    for name in ["state.db", "state.db-wal", "state.db-shm"] {
        assert_eq!(mode(&home.state_path().with_file_name(name)), 0o600, "{name}");
    }
}

#[test]
fn a_command_that_only_reads_closes_the_file_too() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    set_mode(&home.state_path(), 0o640);
    let warning = said(&home, &["list", "--json"]);
    assert!(warning.lines().count() == 1 && warning.contains("(mode 0640)"), "{warning}");
    assert_eq!(mode(&home.state_path()), 0o600);
}

#[test]
fn a_shell_hears_nothing_of_it() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    for arguments in [&SYNC[..], &TAB] {
        set_mode(&place(&home), 0o777);
        set_mode(&home.state_path(), 0o666);
        assert_eq!(said(&home, arguments), "", "{arguments:?}");
    }
}

#[test]
fn the_directory_of_the_first_days_is_closed_with_its_config() {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "");
    let first = home.path().join(".aws-sso");
    fs::create_dir(&first).expect("made");
    set_mode(&first, 0o755);
    fs::copy(home.config_path(), first.join("config.yaml")).expect("copied");
    fs::write(first.join("cache.json"), "{}").expect("written");
    let told = said(&home, &["login"]);
    assert!(told.contains(&format!("{} (mode 0755)", first.display())), "{told}");
    assert_eq!((mode(&first), mode(&first.join("state.db"))), (0o700, 0o600));
}

/// A directory that `AWS_SSO_STATE` names; with a file of somebody else's making in it, or none.
fn named(simulator: &Simulator, wide: u32, with: Option<&str>) -> (Home, PathBuf) {
    let mut home = Home::new(simulator, "");
    let directory = home.path().join("named");
    fs::create_dir(&directory).expect("made");
    set_mode(&directory, wide);
    if let Some(name) = with {
        fs::write(directory.join(name), "").expect("written");
    }
    home.set("AWS_SSO_STATE", directory.join("my.db").to_str().expect("UTF-8"));
    (home, directory)
}

#[test]
fn a_named_directory_is_closed_only_where_nothing_else_is_in_it() {
    let simulator = Simulator::start(small_organization());
    let (home, directory) = named(&simulator, 0o755, None);
    assert!(said(&home, &["list", "--json"]).contains("(mode 0755)"));
    assert_eq!(mode(&directory), 0o700);
    for (wide, warns) in [(0o755, false), (0o777, true), (0o1777, true)] {
        let (home, directory) = named(&simulator, wide, Some("notes.txt"));
        let told = said(&home, &["list", "--json"]);
        assert_eq!(mode(&directory), wide);
        assert_eq!(mode(&directory.join("my.db")), 0o600);
        let place = format!("{} can be written", directory.display());
        assert_eq!(told.contains(&place) && told.contains("AWS_SSO_STATE"), warns, "{wide:o}: {told}");
        assert_eq!(told.lines().count(), usize::from(warns), "{told}");
    }
}

#[test]
fn the_home_itself_keeps_its_mode() {
    let simulator = Simulator::start(small_organization());
    let mut home = Home::new(&simulator, "");
    set_mode(home.path(), 0o755);
    home.set("AWS_SSO_STATE", "~/state.db");
    assert_eq!(said(&home, &["list", "--json"]), "");
    assert_eq!((mode(home.path()), mode(&home.path().join("state.db"))), (0o755, 0o600));
}

#[test]
fn a_config_that_others_can_write_is_warned_of_and_left_alone() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let config = home.config_path();
    let directory = config.parent().expect("a directory");
    for path in [directory, &config] {
        let before = mode(path);
        set_mode(path, before | 0o002);
        let told = said(&home, &["list", "--json"]);
        assert!(told.lines().count() == 1 && told.contains(&format!("chmod go-w {}'", path.display())), "{told}");
        assert_eq!(mode(path), before | 0o002);
        for arguments in [&SYNC[..], &TAB] {
            assert_eq!(said(&home, arguments), "", "{arguments:?}");
        }
        set_mode(path, before);
        assert_eq!(said(&home, &["list", "--json"]), "");
    }
}
