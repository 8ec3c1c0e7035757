//! No secret leaves by any way but the one it was asked for: not into a file, a message, a log or a child.

#[path = "support/bus.rs"]
mod bus;
#[path = "support/observed.rs"]
mod observed;
#[path = "support/password_store.rs"]
mod password_store;
#[path = "support/sessions.rs"]
mod sessions;
mod support;
#[path = "support/wire.rs"]
mod wire;

use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use bus::Bus;
use identity_center::Simulator;
use observed::{MEMBERS, Observed, ROLE, Search, files, recorded, secrets};
use password_store::PasswordStore;
use support::{Answer, BINARY, Home, small_organization};

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

/// Every program that a store starts writes down how it was called.
#[test]
fn pass_and_gpg_are_told_nothing_that_shows() {
    let mut observed = Observed::new("SecureStore: pass\n");
    let _store = PasswordStore::create(&mut observed.home, "");
    let bin = observed.home.path().join("bin");
    std::fs::create_dir(&bin).expect("made");
    for program in ["pass", "gpg"] {
        let spy = format!(
            "#!/bin/sh\n{{ tr '\\000' '\\n' </proc/$$/cmdline; tr '\\000' '\\n' </proc/$$/environ; }} \
             >>\"$HOME/spied.{program}\"\nexec /usr/bin/{program} \"$@\"\n"
        );
        std::fs::write(bin.join(program), spy).expect("a spy");
        std::fs::set_permissions(bin.join(program), std::fs::Permissions::from_mode(0o755)).expect("its mode");
    }
    observed.home.set("PATH", &format!("{}:/usr/bin:/bin", bin.display()));
    observed.live();
    let spied = |name: &str| std::fs::read_to_string(observed.home.path().join(name)).expect("spied");
    assert!(spied("spied.pass").contains("insert") && spied("spied.gpg").contains("-d"));
    assert!(!spied("spied.pass").contains("aws-sso-key-") && !spied("spied.gpg").contains("aws-sso-key-"));
    observed.assert_nothing_shows(None);
    observed.ok(&["logout"], false);
    observed.assert_nothing_shows(None);
}

#[test]
fn the_keyring_keeps_every_secret_sealed() {
    let mut observed = Observed::new("SecureStore: secret-service\n");
    let mut bus = Bus::start(&mut observed.home);
    bus.gnome_keyring(&observed.home);
    observed.live();
    observed.assert_nothing_shows(None);
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
