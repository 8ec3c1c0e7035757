//! Where secrets are kept: the `json` store, sealed records that were changed, stores that are not of this system.

mod support;

use std::fs;

use identity_center::{Operation, Simulator};
use support::{Home, json, small_organization};

#[test]
fn the_json_store_says_that_it_is_clear_text_and_keeps_others_out() {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "SecureStore: json\n");
    let answer = home.run(&["login"]);
    assert_eq!(answer.status, Some(0), "{}", answer.stderr);
    assert!(answer.stderr.contains("clear text") && answer.stderr.contains("store.json"), "{}", answer.stderr);
    assert!(home.ok(&["status"]).contains("clear text"));
    let store = home.state_path().with_file_name("store.json");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&store).expect("there").permissions().mode() & 0o777, 0o600);
    }
    let first = home.ok(&["process", "-p", "000000000001:Admin"]);
    let key = json(&first)["AccessKeyId"].as_str().expect("a key id").to_owned();
    assert!(fs::read_to_string(&store).expect("readable").contains(&key));
}

#[test]
fn a_json_store_that_cannot_be_read_is_an_error_and_never_an_empty_store() {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "SecureStore: json\n");
    home.ok(&["login"]);
    let store = home.state_path().with_file_name("store.json");
    let whole = fs::read_to_string(&store).expect("readable");
    for broken in ["", "{", "[]", r#"{"version":2,"records":{}}"#, "\0\0\0"] {
        fs::write(&store, broken).expect("written");
        for arguments in [&["process", "-p", "000000000001:Admin"][..], &["cache"]] {
            let message = home.fails(5, arguments);
            assert!(message.contains("store.json") && message.contains("'aws-sso login'"), "{message}");
        }
        assert_eq!(fs::read_to_string(&store).expect("readable"), broken, "nothing was overwritten");
    }
    fs::write(&store, whole).expect("written");
    home.ok(&["process", "-p", "000000000001:Admin"]);
}

#[test]
fn json_store_names_another_file() {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "SecureStore: json\nJsonStore: ~/secrets/debug.json\n");
    home.ok(&["login"]);
    assert!(home.path().join("secrets/debug.json").exists());
}

#[test]
fn a_change_of_store_asks_for_a_new_session_and_keeps_the_old_secrets_sealed() {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "SecureStore: json\n");
    home.ok(&["login"]);
    let config = fs::read_to_string(home.config_path()).expect("config");
    home.write_config(&config.replace("SecureStore: json", "SecureStore: file"));
    home.fails(3, &["process", "-p", "000000000001:Admin"]);
    home.ok(&["login"]);
    home.ok(&["process", "-p", "000000000001:Admin"]);
    assert_eq!(simulator.count(Operation::GetRoleCredentials), 1);
    let clear_text = || fs::read_to_string(home.state_path().with_file_name("store.json")).expect("still there");
    assert!(clear_text().contains("refresh_token"), "{}", clear_text());
    home.ok(&["logout"]);
    assert!(!clear_text().contains("refresh_token"), "a logout leaves no clear text behind: {}", clear_text());
}

#[test]
fn a_store_of_another_operating_system_is_refused_by_name() {
    let simulator = Simulator::start(small_organization());
    for store in ["keychain", "wincred"] {
        let home = Home::new(&simulator, &format!("SecureStore: {store}\n"));
        home.refuses(5, &["login"], &[store, "another operating system", "SecureStore: file or secret-service"]);
        home.ok(&["list"]);
    }
}

/// Turns one bit of a sealed record.
#[test]
fn a_sealed_record_that_was_changed_is_named_and_not_used() {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "");
    home.ok(&["login"]);
    let credentials = home.ok(&["process", "-p", "000000000001:Admin"]);
    let state = rusqlite::Connection::open(home.state_path()).expect("opens");
    let flip = |kind: &str| {
        let sql = "SELECT sealed FROM record WHERE kind = ?1";
        let mut sealed: Vec<u8> = state.query_row(sql, [kind], |row| row.get(0)).expect("one record");
        sealed[9] ^= 1;
        state.execute("UPDATE record SET sealed = ?2 WHERE kind = ?1", (kind, sealed)).expect("changed");
    };
    flip("role-credentials");
    let message = home.fails(1, &["process", "-p", "000000000001:Admin"]);
    assert!(message.contains("role-credentials") && message.contains("changed on disk"), "{message}");
    home.ok(&["flush"]);
    assert_ne!(home.ok(&["process", "-p", "000000000001:Admin"]), credentials);
    flip("token");
    let message = home.fails(1, &["cache"]);
    assert!(message.contains("token") && message.contains("'aws-sso logout'"), "{message}");
    home.ok(&["logout"]);
    home.ok(&["login"]);
    home.ok(&["process", "-p", "000000000001:Admin"]);
}
