//! The password of the file store, as a person types it.

#[path = "support/file_store.rs"]
mod file_store;
#[path = "support/sessions.rs"]
mod sessions;
mod support;
#[path = "support/terminal.rs"]
mod terminal;

use file_store::Wrapped;
use identity_center::{Consent, Operation, Simulator};
use sessions::*;
use support::{Home, PASSWORD};
use terminal::{aws_sso, end, script};

const NEW: &str = "New password for the aws-sso file store: ";
const AGAIN: &str = "The same password again: ";
const ASK: &str = "Password of the aws-sso file store: ";

fn without_password(more: &str) -> (Simulator, Home) {
    let simulator = simulator();
    let mut home = Home::new(&simulator, more);
    home.unset("AWS_SSO_FILE_PASSWORD");
    (simulator, home)
}

fn sign_in_with(home: &Home, first: &str, second: &str) -> (String, i32) {
    let mut terminal = aws_sso(home, &["login"]);
    terminal.exp_string(NEW).expect("the first question");
    terminal.send_line(first).expect("a password");
    terminal.exp_string(AGAIN).expect("the second question");
    terminal.send_line(second).expect("a password");
    end(terminal)
}

#[test]
fn is_asked_twice_when_it_is_new_and_once_later() {
    let (_simulator, home) = without_password("UnlockMinutes: 0\n");
    let (shown, status) = sign_in_with(&home, PASSWORD, PASSWORD);
    assert_eq!(status, 0, "{shown}");
    assert!(!shown.contains(PASSWORD), "{shown}");
    let mut terminal = aws_sso(&home, &["eval", "--shell", "bash", "-p", "000000000001:Admin"]);
    terminal.exp_string(ASK).expect("the question");
    terminal.send_line(PASSWORD).expect("the password");
    let (shown, status) = end(terminal);
    assert_eq!(status, 0, "{shown}");
    assert!(shown.contains("AWS_SESSION_TOKEN"), "{shown}");
}

#[test]
fn that_is_mistyped_or_empty_makes_no_store() {
    for (first, second) in [(PASSWORD, "correct horse battery maple"), (PASSWORD, "")] {
        let (_simulator, home) = without_password("UnlockMinutes: 0\n");
        let (shown, status) = sign_in_with(&home, first, second);
        assert_eq!(status, 5, "{shown}");
        assert!(shown.contains("the two passwords differ"), "{shown}");
        assert_eq!(records(&home), 0);
    }
    let (_simulator, home) = without_password("UnlockMinutes: 0\n");
    let mut terminal = aws_sso(&home, &["login"]);
    terminal.exp_string(NEW).expect("the question");
    terminal.send_line("").expect("Enter");
    let (shown, status) = end(terminal);
    assert_eq!((status, records(&home)), (5, 0), "{shown}");
}

#[test]
fn that_is_wrong_is_refused() {
    let (_simulator, mut home) = without_password("UnlockMinutes: 0\n");
    home.set("AWS_SSO_FILE_PASSWORD", PASSWORD);
    home.ok(&["login"]);
    home.set("AWS_SSO_FILE_PASSWORD", "wrong");
    let message = home.fails(5, &PROCESS);
    assert!(message.contains("AWS_SSO_FILE_PASSWORD") && message.contains("'aws-sso logout'"), "{message}");

    home.unset("AWS_SSO_FILE_PASSWORD");
    let message = home.fails(5, &PROCESS);
    assert!(message.contains("'aws-sso login'") && message.contains("AWS_SSO_FILE_PASSWORD"), "{message}");
    let mut terminal = aws_sso(&home, &["cache"]);
    terminal.exp_string(ASK).expect("the question");
    terminal.send_line("wrong").expect("a password");
    let (shown, status) = end(terminal);
    assert_eq!(status, 5, "{shown}");
    assert!(shown.contains("wrong password for the file store (what was typed)"), "{shown}");
}

#[test]
fn can_be_broken_off_and_the_terminal_is_as_it_was() {
    let (_simulator, mut home) = without_password("UnlockMinutes: 0\n");
    home.set("AWS_SSO_FILE_PASSWORD", PASSWORD);
    home.ok(&["login"]);
    home.unset("AWS_SSO_FILE_PASSWORD");
    // logout too: whoever breaks off has not asked for the secrets to go.
    for command in ["cache", "logout"] {
        let mut terminal = script(
            &home,
            &format!("trap : INT; stty echo; \"$PROGRAM\" {command}; echo status=$?; stty -a; echo the end"),
        );
        terminal.exp_string(ASK).expect("the question");
        terminal.send_control('c').expect("Ctrl-C");
        terminal.exp_string("status=130").unwrap_or_else(|error| panic!("{command}: {error}"));
        let modes = terminal.exp_string("the end").expect("the modes");
        let words: Vec<&str> = modes.split([' ', ';', '\r', '\n']).collect();
        assert!(words.contains(&"echo") && words.contains(&"icanon"), "{modes}");
        assert_eq!(end(terminal).1, 0);
    }
    home.set("AWS_SSO_FILE_PASSWORD", PASSWORD);
    home.ok(&PROCESS);
}

#[test]
fn does_not_make_the_wait_that_follows_deaf_to_ctrl_c() {
    let (simulator, home) = without_password("UnlockMinutes: 0\n");
    simulator.set_consent(Consent::Ignore);
    let mut terminal = aws_sso(&home, &["login"]);
    terminal.exp_string(NEW).expect("the first question");
    terminal.send_line(PASSWORD).expect("a password");
    terminal.exp_string(AGAIN).expect("the second question");
    terminal.send_line(PASSWORD).expect("a password");
    terminal.exp_string("Opened a browser").expect("the sign-in");
    terminal.send_control('c').expect("Ctrl-C");
    let (shown, status) = end(terminal);
    assert_eq!(status, 130, "{shown}");
}

/// Whether this kernel lets its keyring be used; containers often do not.
#[cfg(target_os = "linux")]
fn kernel_has_a_keyring() -> bool {
    use linux_keyutils::{KeyRing, KeyRingIdentifier};
    let ring = KeyRing::from_special_id(KeyRingIdentifier::User, false);
    let key = ring.and_then(|ring| ring.add_key("aws-sso:test", b"test"));
    key.is_ok_and(|key| key.invalidate().is_ok())
}

#[cfg(target_os = "linux")]
#[test]
fn is_typed_once_where_the_kernel_keeps_the_key() {
    // Where the kernel refuses, the password is asked for again: without a terminal, the store is locked.
    let kept = if kernel_has_a_keyring() { Some(0) } else { Some(5) };
    for (minutes, later) in [("60", kept), ("0", Some(5))] {
        let (_simulator, home) = without_password(&format!("UnlockMinutes: {minutes}\n"));
        let (shown, status) = sign_in_with(&home, PASSWORD, PASSWORD);
        assert_eq!(status, 0, "{shown}");
        let answer = home.run(&PROCESS);
        assert_eq!(answer.status, later, "UnlockMinutes {minutes}: {}", answer.stderr);
    }
}

#[test]
fn is_asked_again_when_the_kernel_has_forgotten_the_key() {
    let (_simulator, home) = without_password("");
    assert_eq!(sign_in_with(&home, PASSWORD, PASSWORD).1, 0);
    // Where the kernel keeps nothing, there is nothing to forget.
    let Some(kept) = Wrapped::of(&home).in_kernel() else { return assert!(!kernel_has_a_keyring()) };
    home.ok(&PROCESS);
    kept.set_timeout(1).expect("an earlier end");
    wait_until("the kernel has forgotten it", || Wrapped::of(&home).in_kernel().is_none());
    home.refuses(5, &PROCESS, &["the file store is locked", "'aws-sso login'", "AWS_SSO_FILE_PASSWORD"]);
    let mut terminal = aws_sso(&home, &["cache"]);
    terminal.exp_string(ASK).expect("the question");
    terminal.send_line(PASSWORD).expect("the password");
    assert_eq!(end(terminal).1, 0);
    home.ok(&PROCESS);
}

#[test]
fn gets_the_cost_of_today_when_it_is_typed_and_something_is_written() {
    for minutes in ["60", "0"] {
        let (simulator, mut home) = without_password(&format!("UnlockMinutes: {minutes}\n"));
        home.set("AWS_SSO_FILE_PASSWORD", PASSWORD);
        home.ok(&["login"]);
        let today = Wrapped::of(&home).cost();
        assert!(today.0 >= 64 * 1024 && today.1 >= 3, "{today:?}");
        Wrapped::of(&home).weaken(&home, 64, 1);
        if let Some(unlocked) = Wrapped::of(&home).in_kernel() {
            unlocked.invalidate().expect("forgotten");
        }
        assert_eq!(Wrapped::of(&home).cost(), (64, 1));
        let credentials = home.ok(&PROCESS);
        assert_eq!(Wrapped::of(&home).cost(), today, "UnlockMinutes {minutes}");
        assert_eq!(home.ok(&PROCESS), credentials);
        assert_eq!(simulator.count(Operation::GetRoleCredentials), 1);
        home.set("AWS_SSO_FILE_PASSWORD", "wrong");
        if let Some(unlocked) = Wrapped::of(&home).in_kernel() {
            unlocked.invalidate().expect("forgotten");
        }
        home.refuses(5, &PROCESS, &["wrong password"]);
    }
}
