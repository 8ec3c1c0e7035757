//! `setup store`: the secrets move to another store, or under another password, and nobody signs in again.

#[path = "support/bus.rs"]
mod bus;
#[path = "support/file_store.rs"]
mod file_store;
#[path = "support/password_store.rs"]
mod password_store;
#[path = "support/sessions.rs"]
mod sessions;
mod support;
#[path = "support/terminal.rs"]
mod terminal;

use std::fs;

use bus::Bus;
use file_store::Wrapped;
use identity_center::{Operation, Simulator};
use password_store::PasswordStore;
use sessions::{PROCESS, records, signed_in, simulator, two_instances};
use support::{Home, PASSWORD, config};

/// A config with everything in it that a program likes to lose.
fn commented(simulator: &Simulator, store: &str) -> String {
    let config = config(simulator, "DefaultRegion: us-west-2", "");
    format!(
        "# My accounts: é\n{config}\n# Who keeps them\nSecureStore:   '{store}'   # for now\n\nUnknownKey: [1, 2]\n"
    )
}

fn read(home: &Home) -> String {
    fs::read_to_string(home.config_path()).expect("config.yaml")
}

#[test]
fn every_store_of_this_system_takes_the_secrets_over() {
    let simulator = simulator();
    let mut home = Home::new(&simulator, "");
    home.write_config(&commented(&simulator, "file"));
    let mut bus = Bus::start(&mut home);
    bus.gnome_keyring(&home);
    let store = PasswordStore::create(&mut home, "");
    home.ok(&["login"]);
    let credentials = home.ok(&PROCESS);
    let connection = bus.connect();
    let mut before = "file";
    for (next, items, entries) in [
        ("pass", 0, 1),
        ("secret-service", 1, 0),
        ("json", 0, 0),
        ("pass", 0, 1),
        ("file", 0, 0),
        ("secret-service", 1, 0),
    ] {
        let answer = home.run(&["setup", "store", next, "--yes"]);
        assert_eq!(answer.status, Some(0), "{}", answer.stderr);
        let sentence = format!("moved 3 secrets from {before} to {next}");
        assert!(answer.stderr.contains(&sentence), "{}", answer.stderr);
        assert_eq!(read(&home), commented(&simulator, "file").replace("'file'", next), "one word changes");
        assert_eq!(home.ok(&PROCESS), credentials, "{next}");
        assert_eq!((bus::items(&connection).0.len(), store.entries().len()), (items, entries), "{next}");
        let kept = home.state_path().with_file_name("store.json");
        let clear = fs::read_to_string(&kept).is_ok_and(|text| text.contains("token"));
        assert_eq!(clear, next == "json", "{next}: the clear text goes with the store");
        before = next;
    }
    assert_eq!(simulator.count(Operation::GetRoleCredentials), 1, "all the way the stored ones");
    assert_eq!(simulator.count(Operation::Authorize), 1, "nobody signed in again");
    home.ok(&["cache"]);
    home.ok(&["logout"]);
}

#[test]
fn all_instances_of_the_config_move() {
    let simulator = simulator();
    let home = two_instances(&simulator, "");
    for instance in ["Default", "Other"] {
        home.ok(&["login", "-S", instance]);
    }
    let before = records(&home);
    home.ok(&["setup", "store", "json", "--yes"]);
    assert_eq!(records(&home), 0);
    home.ok(&["setup", "store", "file", "--yes"]);
    assert_eq!(records(&home), before);
    for instance in ["Default", "Other"] {
        home.ok(&["cache", "-S", instance]);
    }
    assert_eq!(simulator.count(Operation::Authorize), 2);
}

#[test]
fn a_move_that_fails_changes_nothing() {
    let (_simulator, mut home) = signed_in("");
    let credentials = home.ok(&PROCESS);
    let before = read(&home);
    home.refuses(2, &["setup", "store", "pass"], &["--yes"]);
    home.refuses(5, &["setup", "store", "secret-service", "--yes"], &["D-Bus"]);
    home.refuses(2, &["setup", "store", "nowhere"], &["nowhere", "file"]);
    home.refuses(5, &["setup", "store", "wincred", "--yes"], &["another operating system"]);
    // The old store cannot be read: its password is another one, and the kernel has forgotten it.
    home.set("AWS_SSO_FILE_PASSWORD", "wrong");
    if let Some(unlocked) = Wrapped::of(&home).in_kernel() {
        unlocked.invalidate().expect("forgotten");
    }
    home.refuses(5, &["setup", "store", "json", "--yes"], &["wrong password"]);
    home.set("AWS_SSO_FILE_PASSWORD", PASSWORD);
    assert_eq!(read(&home), before);
    assert_eq!(home.ok(&PROCESS), credentials);
    assert!(!home.state_path().with_file_name("store.json").exists(), "no clear text was written");
}

#[test]
fn a_config_that_no_program_can_change_is_left_to_the_person() {
    let (_simulator, home) = signed_in("");
    home.write_config(&format!("{}ProfileFormat: &s file\nSecureStore: *s\n", read(&home)));
    home.refuses(1, &["setup", "store", "json", "--yes"], &["config.yaml", "write 'SecureStore: json' into it"]);
}

#[test]
fn without_a_store_it_shows_which_there_are() {
    let (_simulator, home) = signed_in("");
    let shown = home.ok(&["setup", "store"]);
    assert!(shown.starts_with("* file "), "{shown}");
    for store in ["pass", "secret-service", "kwallet", "json"] {
        assert!(shown.lines().any(|line| line.starts_with(&format!("  {store} "))), "{shown}");
    }
    assert!(!shown.contains("wincred") && !shown.contains("keychain"), "{shown}");
    assert!(home.run(&["setup", "store", "file"]).stderr.contains("--new-password"));
}

#[test]
fn a_move_is_shown_and_asked_for_on_a_terminal() {
    let (_simulator, home) = signed_in("");
    let before = read(&home);
    let mut terminal = terminal::aws_sso(&home, &["setup", "store", "json"]);
    terminal.exp_string("+SecureStore: json").expect("the change");
    terminal.exp_string("Move the secrets from file to json").expect("the question");
    terminal.send_line("n").expect("no");
    let (shown, status) = terminal::end(terminal);
    assert!(status == 0 && shown.contains("nothing was changed"), "{shown}");
    assert_eq!(read(&home), before);
    let mut terminal = terminal::aws_sso(&home, &["setup", "store", "json"]);
    terminal.exp_string("[Y/n]").expect("the question");
    terminal.send_line("").expect("yes");
    let (shown, status) = terminal::end(terminal);
    assert!(status == 0 && shown.contains("moved 2 secrets") && shown.contains("clear text"), "{shown}");
    assert_eq!(
        fs::read_to_string(home.config_path().with_file_name("config.yaml.aws-sso-backup")).expect("kept"),
        before
    );
}

#[test]
fn a_config_that_changes_meanwhile_takes_the_move_back() {
    let (_simulator, home) = signed_in("");
    let credentials = home.ok(&PROCESS);
    let mut terminal = terminal::aws_sso(&home, &["setup", "store", "json"]);
    terminal.exp_string("[Y/n]").expect("the question");
    let changed = format!("{}# changed\n", read(&home));
    home.write_config(&changed);
    terminal.send_line("y").expect("yes");
    let (shown, status) = terminal::end(terminal);
    assert!(status == 1 && shown.contains("somebody changed it just now"), "{shown}");
    assert_eq!(read(&home), changed);
    let clear = fs::read_to_string(home.state_path().with_file_name("store.json")).unwrap_or_default();
    assert!(!clear.contains("token"), "a copy in clear text is left: {clear}");
    assert_eq!(home.ok(&PROCESS), credentials);
}

#[test]
fn a_new_password_opens_the_secrets_and_the_old_one_does_not() {
    let (simulator, mut home) = signed_in("UnlockMinutes: 0\n");
    let credentials = home.ok(&PROCESS);
    let old = fs::read(home.state_path()).expect("the state file");
    home.refuses(5, &["setup", "store", "--new-password"], &["needs a password", "AWS_SSO_FILE_PASSWORD"]);
    home.set("AWS_SSO_NEW_FILE_PASSWORD", "a new one");
    let answer = home.run(&["setup", "store", "--new-password"]);
    assert!(answer.status == Some(0) && answer.stderr.contains("set AWS_SSO_FILE_PASSWORD to it"), "{answer:?}");
    home.unset("AWS_SSO_NEW_FILE_PASSWORD");
    home.refuses(5, &PROCESS, &["wrong password"]);
    home.set("AWS_SSO_FILE_PASSWORD", "a new one");
    assert_eq!(home.ok(&PROCESS), credentials);
    assert_eq!(simulator.count(Operation::GetRoleCredentials), 1);
    // The key itself is another one: what is written from now on does not open with an old copy of the file.
    let key = |path: &std::path::Path| -> Vec<u8> {
        let database = rusqlite::Connection::open(path).expect("opens");
        database.query_row("SELECT id FROM data_key", [], |row| row.get(0)).expect("a key")
    };
    let copy = home.path().join("old.db");
    fs::write(&copy, old).expect("written");
    assert_ne!(key(&copy), key(&home.state_path()));
}

#[test]
fn a_new_password_is_typed_twice_after_the_old_one() {
    let (_simulator, mut home) = signed_in("UnlockMinutes: 0\n");
    home.unset("AWS_SSO_FILE_PASSWORD");
    for (second, expected) in [("another", 5), ("a new one", 0)] {
        let mut terminal = terminal::aws_sso(&home, &["setup", "store", "--new-password"]);
        for (question, answer) in [
            ("Password of the aws-sso file store: ", PASSWORD),
            ("New password for the aws-sso file store: ", "a new one"),
            ("The same password again: ", second),
        ] {
            terminal.exp_string(question).expect(question);
            terminal.send_line(answer).expect("typed");
        }
        let (shown, status) = terminal::end(terminal);
        assert_eq!(status, expected, "{shown}");
        assert!(!shown.contains("a new one"), "{shown}");
    }
    home.set("AWS_SSO_FILE_PASSWORD", "a new one");
    home.ok(&PROCESS);
}

#[test]
fn new_password_is_of_the_file_store() {
    let (_simulator, home) = signed_in("SecureStore: json\n");
    home.refuses(2, &["setup", "store", "--new-password"], &["kept by json", "'aws-sso setup store file'"]);
}

/// Everything by which a file changes.
const WRITES: &str = "pwrite64,write,ftruncate,fsync,fdatasync,rename,renameat,renameat2,unlink,link,linkat";

/// Killed at each of its writes in turn, a move leaves the store that the config names with every secret.
#[test]
fn a_move_that_is_killed_loses_nothing() {
    let (simulator, home) = signed_in("SecureStore: json\n");
    let credentials = home.ok(&PROCESS);
    let mut kills = 0;
    for (from, to) in [("json", "file"), ("file", "json")] {
        for write in 1.. {
            let mut strace = home.program("strace");
            strace.args(["-f", "-q", "-o", "/dev/null", "-e", &format!("trace={WRITES}")]);
            strace.args(["-e", &format!("inject={WRITES}:signal=KILL:when={write}"), support::BINARY]);
            let status = strace.args(["setup", "store", to, "--yes"]).output().expect("strace").status;
            let what = format!("{from} to {to}, killed at write {write}");
            assert_eq!(home.ok(&PROCESS), credentials, "{what}");
            home.ok(&["cache"]);
            let now = if read(&home).contains(&format!("SecureStore: {to}")) { to } else { from };
            assert!(read(&home).contains(&format!("SecureStore: {now}")), "{what}: {}", read(&home));
            if status.success() {
                assert_eq!(now, to, "{what}");
                break;
            }
            kills += 1;
            home.ok(&["setup", "store", from, "--yes"]);
            assert_eq!(home.ok(&PROCESS), credentials, "{what}, and back");
        }
        home.ok(&["setup", "store", to, "--yes"]);
    }
    assert!(kills > 20, "{kills} kills");
    assert_eq!(simulator.count(Operation::GetRoleCredentials), 1);
    assert_eq!(simulator.count(Operation::Authorize), 1);
}
