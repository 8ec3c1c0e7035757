//! `status`, `time` and `version`: what a shell is, in words and in JSON.

mod support;

use identity_center::Simulator;
use support::{BINARY, Home, json, small_organization};

fn signed_in(simulator: &Simulator) -> Home {
    let home = Home::new(simulator, "");
    home.ok(&["login"]);
    home
}

/// The value in the line of `status` that starts with `name`.
fn line(text: &str, name: &str) -> String {
    let found = text.lines().find_map(|line| line.strip_prefix(name));
    found.unwrap_or_else(|| panic!("no {name}: {text}")).trim().to_owned()
}

#[test]
fn a_shell_with_a_role_is_explained() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let inside =
        |arguments: &[&str]| home.ok(&[&["exec", "-p", "000000000001:Admin", "--", BINARY], arguments].concat());
    let text = inside(&["status"]);
    assert_eq!(line(&text, "Role"), "000000000001:Admin (arn:aws:iam::000000000001:role/Admin), taken by hand");
    assert!(["keys, 1h0m left", "keys, 59m left"].contains(&&*line(&text, "Credentials")), "{text}");
    assert_eq!(line(&text, "Region"), "us-west-2, managed by aws-sso");
    assert_eq!(line(&text, "Instance"), format!("Default, {} in {}", simulator.start_url(), simulator.region()));
    assert!(
        line(&text, "Session").starts_with("signed in, 7h59m") || line(&text, "Session").starts_with("signed in, 8h"),
        "{text}"
    );
    assert_eq!(line(&text, "Roles"), "fetched just now");
    assert_eq!(line(&text, "Store"), "file");
    assert_eq!(line(&text, "Config"), home.config_path().display().to_string());
    assert_eq!(line(&text, "State"), home.state_path().display().to_string());
    let status = json(&inside(&["status", "--json"]));
    assert_eq!((&status["profile"], &status["delivery"]), (&"000000000001:Admin".into(), &"keys".into()));
    assert_eq!((&status["region"], &status["region_managed_by"]), (&"us-west-2".into(), &"aws-sso".into()));
    assert!(["1h0m\n", "59m\n"].contains(&&*inside(&["time"])));
}

#[test]
fn a_shell_without_one_says_so_and_whose_the_rest_is() {
    let simulator = Simulator::start(small_organization());
    let mut home = signed_in(&simulator);
    let text = home.ok(&["status"]);
    assert_eq!((line(&text, "Role"), line(&text, "Credentials")), ("none in this shell".into(), "none".into()));
    assert_eq!(line(&text, "Region"), "none");
    home.set("AWS_PROFILE", "mine");
    home.set("AWS_REGION", "ca-central-1");
    let text = home.ok(&["status"]);
    assert!(line(&text, "Role").contains("AWS_PROFILE was set by someone else"), "{text}");
    assert_eq!(line(&text, "Region"), "ca-central-1, set by you");
    home.ok(&["logout"]);
    assert!(line(&home.ok(&["status"]), "Session").contains("'aws-sso login'"));
}

#[test]
fn the_version_needs_no_config() {
    let home = Home::bare();
    let version = env!("CARGO_PKG_VERSION");
    assert!(home.ok(&["version"]).starts_with(&format!("aws-sso {version} (")));
    assert_eq!(json(&home.ok(&["version", "--json"]))["version"], version);
    assert_eq!(home.ok(&["--version"]), format!("aws-sso {version}\n"));
}
