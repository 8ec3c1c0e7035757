//! `SecureStore: kwallet`, with a real kwalletd on a D-Bus of its own. Its windows cannot be seen here: the
//! wallet is opened the way that a desktop's sign-in does it.

#[path = "support/bus.rs"]
mod bus;
#[path = "support/sessions.rs"]
mod sessions;
mod support;

use bus::Bus;
use identity_center::{Operation, Simulator};
use sessions::{PROCESS, simulator};
use support::Home;
use zbus::blocking::{Connection, Proxy};

const NAME: &str = "org.kde.kwalletd5";
const WALLET: &str = "kdewallet";

const SETTINGS: &str = "[Wallet]\nEnabled=true\nFirst Use=false\nPrompt on Open=false\nLaunch Manager=false\n\
                        Default Wallet=kdewallet\nUse One Wallet=true\n";

fn home() -> (Simulator, Home, Bus) {
    let simulator = simulator();
    let mut home = Home::new(&simulator, "SecureStore: kwallet\n");
    let bus = Bus::start(&mut home);
    (simulator, home, bus)
}

/// Starts the daemon, with its wallet closed.
fn start(home: &Home, bus: &mut Bus, settings: &str) -> Connection {
    std::fs::write(home.path().join(".config/kwalletrc"), settings).expect("the wallet's settings");
    let mut daemon = home.program("kwalletd5");
    daemon.env("QT_QPA_PLATFORM", "offscreen");
    bus.serve(&mut daemon, None, NAME);
    bus.connect()
}

fn daemon(bus: &Connection) -> Proxy<'static> {
    Proxy::new(bus, NAME, "/modules/kwalletd5", "org.kde.KWallet").expect("a proxy")
}

/// Opens the wallet with the key that signing in to a desktop makes of the password.
fn open(bus: &Connection) {
    let () = daemon(bus).call("pamOpen", &(WALLET, vec![7_u8; 56], 0_i32)).expect("opened");
    assert!(daemon(bus).call::<_, _, bool>("isOpen", &(WALLET,)).expect("an answer"), "the wallet stayed closed");
}

/// Our entries, asked for as another program would.
fn entries(bus: &Connection) -> Vec<String> {
    let handle: i32 = daemon(bus).call("open", &(WALLET, 0_i64, "a test")).expect("a handle");
    daemon(bus).call("entryList", &(handle, "aws-sso", "a test")).expect("a list")
}

/// What `doctor` thinks of the store.
fn store(home: &Home) -> String {
    let findings = support::json(&home.run(&["doctor", "--json"]).stdout);
    let finding = findings.as_array().expect("an array").iter().find(|finding| finding["check"] == "store");
    finding.expect("the store")["status"].as_str().expect("a status").to_owned()
}

#[test]
fn the_wallet_keeps_the_key() {
    let (simulator, mut home, mut bus) = home();
    home.unset("AWS_SSO_FILE_PASSWORD");
    let connection = start(&home, &mut bus, SETTINGS);
    open(&connection);
    home.ok(&["login"]);
    let credentials = home.ok(&PROCESS);
    assert_eq!(home.ok(&PROCESS), credentials);
    assert_eq!(simulator.count(Operation::GetRoleCredentials), 1);
    let kept = entries(&connection);
    assert_eq!(kept.len(), 1, "{kept:?}");
    home.ok(&["logout"]);
    assert_eq!(entries(&connection), [""; 0]);
    home.ok(&["login"]);
    home.ok(&PROCESS);
}

#[test]
fn an_entry_that_somebody_edited_or_removed_is_an_error() {
    let (_simulator, home, mut bus) = home();
    let connection = start(&home, &mut bus, SETTINGS);
    open(&connection);
    home.ok(&["login"]);
    let handle: i32 = daemon(&connection).call("open", &(WALLET, 0_i64, "a test")).expect("a handle");
    let entry = entries(&connection).pop().expect("an entry");
    let item = (handle, "aws-sso", entry.as_str(), "hello", "a test");
    let written: i32 = daemon(&connection).call("writePassword", &item).expect("written");
    assert_eq!(written, 0);
    home.refuses(5, &PROCESS, &["was changed in KDE's wallet", &entry]);
    let removed: i32 =
        daemon(&connection).call("removeEntry", &(handle, "aws-sso", entry.as_str(), "a test")).expect("removed");
    assert_eq!(removed, 0);
    home.refuses(5, &PROCESS, &["is not in KDE's wallet", &entry]);
}

#[test]
fn a_wallet_that_is_closed_off_or_missing_is_said() {
    let (_simulator, mut home, mut bus) = home();
    home.refuses(5, &["login"], &["no kwalletd answers", "SecureStore: file"]);
    let connection = start(&home, &mut bus, SETTINGS);
    home.refuses(5, &["login"], &["kdewallet is locked", "'aws-sso login' in a terminal of the desktop"]);
    assert_eq!(store(&home), "problem");
    open(&connection);
    assert_eq!(store(&home), "ok");
    let users: Vec<String> = daemon(&connection).call("users", &(WALLET,)).expect("the users");
    assert!(!users.iter().any(|user| user == "aws-sso"), "a look opens nothing");
    home.ok(&["login"]);
    assert_eq!(store(&home), "ok");
    let closed: i32 = daemon(&connection).call("close", &(WALLET, true)).expect("closed");
    assert!(closed >= 0, "{closed}");
    home.refuses(5, &PROCESS, &["kdewallet is locked"]);
    drop(bus);
    home.refuses(5, &PROCESS, &["needs the D-Bus of a desktop session", "SecureStore: file"]);
    let mut bus = Bus::start(&mut home);
    let _connection = start(&home, &mut bus, "[Wallet]\nEnabled=false\n");
    // One that is turned off says so or ends, as it comes.
    home.refuses(5, &PROCESS, &["KDE's wallet", "turn it on in the system settings"]);
}
