//! `list`: what it knows without asking anybody, and when that changes.

#[path = "support/columns.rs"]
mod columns;
mod support;

use columns::column;
use identity_center::Simulator;
use support::{Home, config, json, signed_in, small_organization};

#[test]
fn a_list_opens_no_store_and_calls_nobody() {
    let simulator = Simulator::start(small_organization());
    let mut home = Home::new(&simulator, "UnlockMinutes: 0\n");
    home.ok(&["login"]);
    let table = home.ok(&["list"]);
    simulator.clear_log();
    home.set("AWS_SSO_FILE_PASSWORD", "wrong");
    assert_eq!(home.ok(&["list"]), table);
    home.unset("AWS_SSO_FILE_PASSWORD");
    for arguments in [&["list"][..], &[], &["list", "--json"], &["list", "--csv"], &["status"]] {
        home.ok(arguments);
    }
    assert_eq!(simulator.requests(), []);
    drop(simulator);
    assert_eq!(home.ok(&["list"]), table, "there is nobody to call");
    let text = std::fs::read_to_string(home.config_path()).expect("the config");
    home.write_config(&format!("{text}SecureStore: pass\n"));
    assert_eq!(home.ok(&["list"]), table);
}

#[test]
fn before_the_first_login_there_is_a_hint_and_no_table() {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "");
    let answer = home.run(&["list"]);
    assert_eq!((answer.status, answer.stdout.as_str()), (Some(0), ""));
    assert!(answer.stderr.contains("[not signed in]") && answer.stderr.contains("aws-sso login"), "{}", answer.stderr);
    assert_eq!(home.ok(&["list", "--json"]), "[]\n");
    assert_eq!(home.ok(&["list", "--csv", "Arn"]), "Arn\r\n");
    assert_eq!(simulator.requests(), []);
}

#[test]
fn stored_credentials_show_when_they_end() {
    for store in ["file", "json"] {
        expiry_is_shown(store);
    }
}

fn expiry_is_shown(store: &str) {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, &format!("SecureStore: {store}\n"));
    home.ok(&["login"]);
    let expires = |field: &str| column(&home, field, &["--prefix", "Profile=000000000001:Admin"]).remove(0);
    assert_eq!((expires("Expires"), expires("ExpiresEpoch")), (String::new(), "0".into()));
    let credentials = json(&home.ok(&["process", "-p", "000000000001:Admin"]));
    let text = expires("Expires");
    assert!(["1h0m", "59m"].contains(&text.as_str()), "{text}");
    let listed = json(&home.ok(&["list", "--json", "--prefix", "Profile=000000000001:Admin"]));
    assert_eq!(listed[0]["expires"], credentials["Expiration"]);
    let others = column(&home, "Expires", &["--prefix", "RoleName=ReadOnly"]);
    assert!(others.iter().all(String::is_empty), "{others:?}");
    for forget in ["flush", "logout"] {
        home.ok(&["login"]);
        home.ok(&["process", "-p", "000000000001:Admin"]);
        assert_ne!(expires("Expires"), "", "{store}");
        home.ok(&[forget]);
        assert_eq!(expires("Expires"), "", "{store}, after {forget}");
    }
}

#[test]
fn a_change_of_the_config_shows_in_the_next_list() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "");
    simulator.clear_log();
    let first = |home: &Home| json(&home.ok(&["list", "--json"]))[0].clone();
    let before = first(&home);
    assert_eq!((&before["accountName"], &before["region"]), (&"".into(), &serde_json::Value::Null));
    let account = |body: &str| format!("Accounts: {{'000000000001': {{{body}}}}}");
    for (instance, more, pointer, expected) in [
        (account("Name: renamed"), "", "/accountName", "renamed"),
        (account("Name: twice"), "", "/accountName", "twice"),
        (account("Tags: {Team: blue}"), "", "/tags/Team", "blue"),
        (account("Tags: {Team: blue}, Roles: {Admin: {Tags: {Team: red}}}"), "", "/tags/Team", "red"),
        (account("Roles: {Admin: {Profile: mine}}"), "", "/profile", "mine"),
        (String::new(), "ProfileFormat: '{{ .AccountAlias }}/{{ .RoleName }}'\n", "/profile", "payments-dev/Admin"),
        (
            String::new(),
            "ProfileFormat: '{{ AccountAlias | upper }}:{{ RoleName }}'\n",
            "/profile",
            "PAYMENTS-DEV:Admin",
        ),
        (String::new(), "DefaultRegion: us-east-2\n", "/region", "us-east-2"),
        ("DefaultRegion: eu-west-1".into(), "DefaultRegion: us-east-2\n", "/region", "eu-west-1"),
        (account("DefaultRegion: eu-west-3, Roles: {Admin: {DefaultRegion: sa-east-1}}"), "", "/region", "sa-east-1"),
        (account("DefaultRegion: eu-west-3"), "", "/tags/DefaultRegion", "eu-west-3"),
    ] {
        home.write_config(&config(&simulator, &instance, &format!("SecureStore: json\n{more}")));
        assert_eq!(first(&home).pointer(pointer), Some(&expected.into()), "{instance} {more}");
        let name = first(&home)["profile"].as_str().expect("a name").to_owned();
        assert_eq!(column(&home, "Arn", &["--prefix", &format!("Profile={name}")]).len(), 1);
    }
    home.write_config(&config(&simulator, "", "SecureStore: json\n"));
    assert_eq!(first(&home), before, "what was written is gone with its line");
    assert_eq!(simulator.requests(), [], "nobody was asked");
}
