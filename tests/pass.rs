//! `SecureStore: pass`, with the real pass(1) and gpg.

#[path = "support/password_store.rs"]
mod password_store;
#[path = "support/sessions.rs"]
mod sessions;
mod support;
#[path = "support/terminal.rs"]
mod terminal;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use identity_center::{Operation, Simulator};
use password_store::{PASSPHRASE, PasswordStore};
use sessions::{PROCESS, simulator, wait_until};
use support::Home;

fn home() -> (Simulator, Home) {
    let simulator = simulator();
    let mut home = Home::new(&simulator, "SecureStore: pass\n");
    home.unset("AWS_SSO_FILE_PASSWORD");
    (simulator, home)
}

/// A home whose key needs no passphrase, signed in.
fn signed_in() -> (Simulator, Home, PasswordStore) {
    let (simulator, mut home) = home();
    let store = PasswordStore::create(&mut home, "");
    home.ok(&["login"]);
    (simulator, home, store)
}

#[test]
fn one_entry_holds_the_key_and_goes_with_the_session() {
    let (simulator, home, store) = signed_in();
    let credentials = home.ok(&PROCESS);
    assert_eq!(home.ok(&PROCESS), credentials);
    assert_eq!(simulator.count(Operation::GetRoleCredentials), 1);
    assert_eq!(store.entries().len(), 1);
    home.ok(&["logout"]);
    assert_eq!(store.entries(), [""; 0]);
}

#[test]
fn a_locked_agent_is_told_from_a_missing_key_and_a_missing_pinentry() {
    let (_simulator, mut home) = home();
    let store = PasswordStore::create(&mut home, PASSPHRASE);
    home.ok(&["login"]);
    home.refuses(5, &PROCESS, &["gpg is locked", "'aws-sso login' in a terminal"]);
    home.refuses(5, &["cache"], &["gpg is locked"]);
    // With a desktop a window may ask, if there is a program for it.
    home.set("DISPLAY", ":99");
    home.refuses(5, &PROCESS, &["no pinentry", "pinentry-curses"]);
    home.unset("DISPLAY");
    store.without_secret_key(|| home.refuses(5, &PROCESS, &["no secret key", "bring back"]));
    store.unlock(PASSPHRASE);
    let credentials = home.ok(&PROCESS);
    store.lock();
    home.refuses(5, &PROCESS, &["gpg is locked"]);
    store.unlock(PASSPHRASE);
    assert_eq!(home.ok(&PROCESS), credentials);
}

/// A pinentry that does what `answer` says when it is asked.
fn pinentry(home: &Home, answer: &str) -> String {
    let path = home.path().join("pinentry");
    let script = format!(
        "#!/bin/sh\necho OK\nwhile read -r line; do\n  case $line in\n    GETPIN*) {answer} ;;\n    BYE*) exit ;;\n    \
         OPTION\\ ttyname=*) echo \"$line\" >>\"$HOME/ttys\"; echo OK ;;\n    *) echo OK ;;\n  esac\ndone\n"
    );
    std::fs::write(&path, script).expect("a pinentry");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("its mode");
    path.to_str().expect("UTF-8").to_owned()
}

#[test]
fn a_passphrase_is_asked_for_on_the_terminal_of_the_command_and_nowhere_else() {
    let (_simulator, mut home) = home();
    let store = PasswordStore::create(&mut home, PASSPHRASE);
    home.ok(&["login"]);
    store.ask_by(&pinentry(&home, &format!("echo 'D {}'; echo OK", PASSPHRASE.replace(' ', "%20"))));
    home.refuses(5, &PROCESS, &["gpg is locked"]);
    assert!(!home.path().join("ttys").exists(), "a command without a terminal asked");
    let (shown, status) = terminal::end(terminal::aws_sso(&home, &["cache"]));
    assert_eq!(status, 0, "{shown}");
    let ttys = std::fs::read_to_string(home.path().join("ttys")).expect("asked");
    assert!(ttys.contains("/dev/pts/"), "{ttys}");
    home.ok(&PROCESS);
}

#[test]
fn a_passphrase_that_is_wrong_or_not_given_is_said() {
    let (_simulator, mut home) = home();
    let store = PasswordStore::create(&mut home, PASSPHRASE);
    home.ok(&["login"]);
    for answer in ["echo 'ERR 83886179 Operation cancelled <Pinentry>'", "echo 'D wrong'; echo OK"] {
        store.ask_by(&pinentry(&home, answer));
        let (shown, status) = terminal::end(terminal::aws_sso(&home, &["cache"]));
        assert_eq!(status, 5, "{shown}");
        assert!(shown.contains("did not get the passphrase") && shown.contains("try again"), "{shown}");
    }
}

#[test]
fn a_pinentry_that_waits_does_not_hold_a_shell_up() {
    let (_simulator, mut home) = home();
    let store = PasswordStore::create(&mut home, PASSPHRASE);
    home.ok(&["login"]);
    let role = "arn:aws:iam::000000000001:role/Admin";
    store.ask_by(&pinentry(&home, "echo asked >>\"$HOME/asked\"; read -r nothing"));
    home.set("DISPLAY", ":99");
    home.set("AWS_SSO_ROLE_ARN", role);
    home.set("AWS_SSO_PROFILE", "000000000001:Admin");
    for call in [
        &["hook", "bash", "complete", "--", "aws-sso-use", "0000"][..],
        &["hook", "bash", "sync"],
        &["hook", "bash", "renew"],
        &["status"],
        &["list"],
    ] {
        let answer = home.run(call);
        assert!(answer.status.is_some(), "{call:?}: {answer:?}");
        if call.ends_with(&["renew"]) {
            assert!(answer.stderr.contains("gpg is locked"), "it did not come as far as gpg: {answer:?}");
        }
    }
    assert!(!home.path().join("asked").exists(), "somebody was asked while a shell waited");
    // A process that an SDK started may ask in a window, and goes on waiting.
    let mut process = home.command(&PROCESS).spawn().expect("started");
    wait_until("it asks", || home.path().join("asked").exists());
    process.kill().expect("killed");
    process.wait().expect("ended");
}

#[test]
fn what_is_missing_is_named() {
    let (_simulator, mut home) = home();
    let store = PasswordStore::create(&mut home, "");
    std::fs::remove_dir_all(&store.directory).expect("removed");
    home.refuses(5, &["login"], &["no store yet", "'pass init YOUR-GPG-ID'"]);
    std::fs::create_dir_all(&store.directory).expect("made");
    std::fs::write(store.directory.join(".gpg-id"), "nobody@example.com\n").expect("written");
    home.refuses(5, &["login"], &["pass could not keep the key of the vault", ".gpg-id"]);
    let path = home.path().join("bin");
    std::fs::create_dir(&path).expect("made");
    std::os::unix::fs::symlink("/usr/bin/curl", path.join("curl")).expect("linked");
    home.set("PATH", path.to_str().expect("UTF-8"));
    home.refuses(5, &["login"], &["the program pass", "not on PATH", "SecureStore: file"]);
}

#[test]
fn an_entry_that_somebody_edited_is_an_error_and_never_an_empty_store() {
    let (_simulator, home, store) = signed_in();
    let credentials = home.ok(&PROCESS);
    let entry = store.entries().pop().expect("an entry");
    let whole = store.ok("pass", &["show", &entry]);
    let long = "x".repeat(100_000);
    for text in ["", "hello", &whole[1..], &whole[..whole.len() - 1], &format!("{whole}A"), &long] {
        store.insert(&entry, text);
        home.refuses(5, &PROCESS, &["was changed in pass", &entry, "'aws-sso logout'"]);
    }
    let file = store.directory.join(format!("{entry}.gpg"));
    std::fs::write(&file, "no gpg at all").expect("written");
    home.refuses(5, &PROCESS, &["pass could not open the key of the vault", "'pass ls'"]);
    store.insert(&entry, &format!("\n{whole}\n"));
    assert_eq!(home.ok(&PROCESS), credentials, "blank lines do no harm");
    store.ok("pass", &["rm", "--force", &entry]);
    home.refuses(5, &PROCESS, &["is not in pass", &entry]);
    home.ok(&["logout"]);
    home.ok(&["login"]);
    home.ok(&PROCESS);
}

#[test]
fn pass_is_given_nothing_on_its_command_line_and_no_password_of_ours() {
    let (_simulator, mut home) = home();
    let _store = PasswordStore::create(&mut home, "");
    home.set("AWS_SSO_FILE_PASSWORD", "not for pass");
    let bin = home.path().join("bin");
    std::fs::create_dir(&bin).expect("made");
    let spy = "#!/bin/sh\n{ tr '\\000' '\\n' </proc/$$/cmdline; tr '\\000' '\\n' </proc/$$/environ; } >>\"$HOME/spied\"\n\
               exec /usr/bin/pass \"$@\"\n";
    std::fs::write(bin.join("pass"), spy).expect("a spy");
    std::fs::set_permissions(bin.join("pass"), std::fs::Permissions::from_mode(0o755)).expect("its mode");
    let path = std::env::join_paths([bin.as_path(), Path::new("/usr/bin"), Path::new("/bin")]).expect("a path");
    home.set("PATH", path.to_str().expect("UTF-8"));
    home.ok(&["login"]);
    home.ok(&PROCESS);
    let spied = std::fs::read_to_string(home.path().join("spied")).expect("spied");
    assert!(spied.contains("insert") && spied.contains("show"), "{spied}");
    assert!(!spied.contains("aws-sso-key-") && !spied.contains("not for pass"), "{spied}");
}
