//! `SecureStore: secret-service`, with GNOME Keyring on a D-Bus of its own.

#[path = "support/bus.rs"]
mod bus;
#[path = "support/sessions.rs"]
mod sessions;
mod support;

use bus::{Bus, LOGIN, items, lock, make_collection, overwrite, unlock};
use identity_center::{Operation, Simulator};
use sessions::{PROCESS, wait_until};
use support::{Home, json, small_organization};
use zbus::blocking::Connection;
use zbus::zvariant::OwnedObjectPath;

fn home(simulator: &Simulator, more: &str) -> Home {
    Home::new(simulator, &format!("SecureStore: secret-service\n{more}"))
}

/// A home on a bus with an open keyring.
struct Desktop {
    simulator: Simulator,
    home: Home,
    bus: Bus,
    /// The keyring's process.
    keyring: u32,
    /// The test's own way to the keyring.
    connection: Connection,
}

impl Desktop {
    fn new(more: &str) -> Self {
        let simulator = Simulator::start(small_organization());
        let mut home = home(&simulator, more);
        let mut bus = Bus::start(&mut home);
        let keyring = bus.gnome_keyring(&home);
        let connection = bus.connect();
        Self { simulator, home, bus, keyring, connection }
    }

    fn signed_in() -> Self {
        let desktop = Self::new("");
        desktop.home.ok(&["login"]);
        desktop
    }
}

#[test]
fn the_keyring_keeps_one_small_item_and_no_password_is_asked() {
    let Desktop { simulator, mut home, connection, bus: _bus, .. } = Desktop::new("");
    home.unset("AWS_SSO_FILE_PASSWORD");
    home.ok(&["login"]);
    let first = home.ok(&PROCESS);
    assert_eq!(home.ok(&PROCESS), first, "the second one is stored");
    assert_eq!(simulator.count(Operation::GetRoleCredentials), 1);
    let (open, locked) = items(&connection);
    assert_eq!((open.len(), locked.len()), (1, 0));
    assert!(open[0].as_str().starts_with(LOGIN), "{open:?}");
    home.ok(&["logout"]);
    assert_eq!(items(&connection).0.len(), 0, "the key is replaced, and none is needed now");
    home.ok(&["login"]);
    assert_ne!(json(&home.ok(&PROCESS))["AccessKeyId"], json(&first)["AccessKeyId"]);
}

#[test]
fn a_locked_keyring_is_named_and_works_once_it_is_open() {
    let Desktop { mut home, connection, simulator: _simulator, bus: _bus, .. } = Desktop::signed_in();
    let credentials = home.ok(&PROCESS);
    lock(&connection, LOGIN);
    home.refuses(5, &PROCESS, &["the default collection of the secret service is locked", "--unlock"]);
    home.refuses(5, &["login"], &["locked"]);
    // Where a window could ask, one is asked for; here nobody can show it.
    home.set("DISPLAY", ":99");
    home.refuses(5, &PROCESS, &["was not unlocked", "give its password"]);
    home.unset("DISPLAY");
    // What needs no secret does not mind.
    for command in [&["list"][..], &["status"], &["tags"], &["eval", "--clear", "--shell", "bash"]] {
        home.ok(command);
    }
    unlock(&connection, LOGIN, bus::KEYRING_PASSWORD);
    assert_eq!(home.ok(&PROCESS), credentials);
}

#[test]
fn a_logout_with_a_locked_keyring_deletes_the_secrets_and_says_what_is_left() {
    let Desktop { home, connection, simulator: _simulator, bus: _bus, .. } = Desktop::signed_in();
    lock(&connection, LOGIN);
    let answer = home.run(&["logout"]);
    assert_eq!(answer.status, Some(0), "{}", answer.stderr);
    assert!(answer.stderr.contains("AWS could not be told") && answer.stderr.contains("locked"), "{}", answer.stderr);
    assert!(answer.stderr.contains("could not be removed") && answer.stderr.contains("user "), "{}", answer.stderr);
    unlock(&connection, LOGIN, bus::KEYRING_PASSWORD);
    home.fails(3, &PROCESS);
    home.ok(&["login"]);
    home.ok(&PROCESS);
}

#[test]
fn secret_service_collection_names_another_collection() {
    let Desktop { home, connection, simulator: _simulator, bus: _bus, .. } =
        Desktop::new("SecretServiceCollection: Work & Co\n");
    home.refuses(5, &["login"], &["no such collection", "Work & Co", "SecretServiceCollection"]);
    let work = make_collection(&connection, "Work & Co", "another password");
    home.ok(&["login"]);
    let credentials = home.ok(&PROCESS);
    let (open, _) = items(&connection);
    assert!(open.len() == 1 && open[0].as_str().starts_with(work.as_str()), "{open:?} is not in {work:?}");
    lock(&connection, work.as_str());
    home.refuses(5, &PROCESS, &["the collection Work & Co", "locked"]);
    unlock(&connection, work.as_str(), "another password");
    assert_eq!(home.ok(&PROCESS), credentials);
}

#[test]
fn an_item_that_was_changed_or_removed_is_an_error_and_never_an_empty_store() {
    let Desktop { home, connection, simulator: _simulator, bus: _bus, .. } = Desktop::signed_in();
    let (open, _) = items(&connection);
    for value in
        ["", "hello", "aws-sso-key-1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "aws-sso-key-1:\n"]
    {
        overwrite(&connection, &open[0], value);
        home.refuses(5, &PROCESS, &["was changed in the secret service", "user ", "'aws-sso logout'"]);
    }
    let item = zbus::blocking::Proxy::new(&connection, bus::SECRETS, open[0].clone(), "org.freedesktop.Secret.Item");
    let _: OwnedObjectPath = item.expect("a proxy").call("Delete", &()).expect("deleted");
    home.refuses(5, &PROCESS, &["is not in the secret service", "'aws-sso logout'"]);
    home.ok(&["logout"]);
    home.ok(&["login"]);
    home.ok(&PROCESS);
}

#[test]
fn a_keyring_that_is_killed_is_said_to_have_crashed() {
    let Desktop { home, mut bus, keyring, connection, simulator: _simulator, .. } = Desktop::signed_in();
    let credentials = home.ok(&PROCESS);
    let pid = rustix::process::Pid::from_raw(keyring.cast_signed()).expect("a process");
    // It stops listening while a command waits for it, and dies.
    rustix::process::kill_process(pid, rustix::process::Signal::STOP).expect("stopped");
    let waiting =
        home.command(&PROCESS).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn();
    let waiting = waiting.expect("a command");
    let stat = format!("/proc/{}/fd", waiting.id());
    wait_until("the command has connected", || {
        let open = std::fs::read_dir(&stat).map(|entries| entries.flatten().count()).unwrap_or_default();
        open > 5
    });
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).expect("killed");
    let answer: support::Answer = waiting.wait_with_output().expect("its end").into();
    assert_eq!(answer.status, Some(5), "{}", answer.stderr);
    assert_eq!(answer.stderr.lines().count(), 1, "{}", answer.stderr);
    assert!(answer.stderr.contains("gnome-keyring-daemon -r -d"), "{}", answer.stderr);
    wait_until("its name is free", || bus::owner(&connection, bus::SECRETS).is_none());
    home.refuses(5, &PROCESS, &["no secret service answers", "gnome-keyring-daemon -r -d"]);
    bus.gnome_keyring(&home);
    assert_eq!(home.ok(&PROCESS), credentials, "a new one has the item");
}

#[test]
fn without_a_bus_the_message_says_what_is_missing() {
    let simulator = Simulator::start(small_organization());
    let mut home = home(&simulator, "");
    home.set("XDG_RUNTIME_DIR", "/nonexistent");
    home.refuses(5, &["login"], &["needs the D-Bus of a session", "dbus-run-session", "SecureStore: file"]);
    for address in ["unix:path=/nonexistent/bus", "garbage", "tcp:host=127.0.0.1,port=1"] {
        home.set("DBUS_SESSION_BUS_ADDRESS", address);
        home.refuses(5, &["login"], &["D-Bus", "SecureStore: file"]);
    }
    let _bus = Bus::start(&mut home);
    home.refuses(5, &["login"], &["no secret service answers", "gnome-keyring-daemon -r -d"]);
}

/// Two processes that make the first key at once use the same one.
#[test]
fn the_first_commands_may_start_at_once() {
    let Desktop { home, bus, simulator: _simulator, .. } = Desktop::new("");
    for answer in home.run_at_once(&vec![vec!["login"]; 4]) {
        assert_eq!(answer.status, Some(0), "{}", answer.stderr);
    }
    home.ok(&PROCESS);
    assert_eq!(items(&bus.connect()).0.len(), 1, "the keys that lost are removed");
}
