//! A session in a shell as a person types it, in real bash, zsh and fish on a real terminal.

mod support;
#[path = "support/typist.rs"]
mod typist;

use identity_center::Simulator;
use support::{Home, config, small_organization};
use typist::*;

const MANAGED: [&str; 11] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SSO",
    "AWS_SSO_PROFILE",
    "AWS_SSO_ROLE_ARN",
    "AWS_SSO_ACCOUNT_ID",
    "AWS_SSO_ROLE_NAME",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_SSO_DEFAULT_REGION",
];

fn signed_in(simulator: &Simulator) -> Home {
    long_enough(simulator);
    let home = Home::new(simulator, "");
    home.write_config(&config(simulator, "DefaultRegion: us-west-2", "SecureStore: json\n"));
    home.ok(&["login"]);
    home
}

/// Every managed variable speaks of this role.
#[track_caller]
fn assert_role(typist: &mut Typist, profile: &str) {
    let environment = typist.environment();
    let value = |name: &str| environment.get(name).map_or("", String::as_str);
    let (account, role) = profile.split_once(':').expect("account and role");
    for (name, expected) in [
        ("AWS_SSO", "Default"),
        ("AWS_SSO_PROFILE", profile),
        ("AWS_SSO_ROLE_ARN", &format!("arn:aws:iam::{account}:role/{role}")),
        ("AWS_SSO_ACCOUNT_ID", account),
        ("AWS_SSO_ROLE_NAME", role),
        ("AWS_REGION", "us-west-2"),
        ("AWS_DEFAULT_REGION", "us-west-2"),
        ("AWS_SSO_DEFAULT_REGION", "us-west-2"),
    ] {
        assert_eq!(value(name), expected, "{name} in {:?}", typist.shell);
    }
    assert!(value("AWS_ACCESS_KEY_ID").starts_with("ASIA"), "{environment:?}");
    assert_eq!(value("AWS_CREDENTIAL_EXPIRATION"), value("AWS_SSO_SESSION_EXPIRATION"));
    assert!(!environment.contains_key("AWS_SSO_SEGMENT"), "the segment is not exported");
}

#[track_caller]
fn assert_no_role(typist: &mut Typist) {
    let environment = typist.environment();
    for name in MANAGED {
        assert!(!environment.contains_key(name), "{name} in {:?}", typist.shell);
    }
}

fn day(shell: Shell) {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let mut typist = Typist::sit_down(shell, &home);
    assert_no_role(&mut typist);
    assert_eq!(typist.variable("AWS_SSO_SEGMENT"), "");

    // From the first digits to the account, and from there to the role.
    typist.keys("aws-sso-use 1234\t");
    typist.sees("123456789012:ReadOnly");
    typist.enter_seeing("☁ 123456789012:ReadOnly 1h30m");
    assert_role(&mut typist, "123456789012:ReadOnly");

    typist.line("aws-sso-use payments-prod admin");
    assert_role(&mut typist, "000000000002:Admin");
    typist.line("aws-sso-use -");
    assert_role(&mut typist, "123456789012:ReadOnly");
    typist.line("aws-sso-use -");
    assert_role(&mut typist, "000000000002:Admin");

    assert_eq!(typist.status("aws-sso-use --no-input admin"), "4", "two accounts have that role");
    assert_role(&mut typist, "000000000002:Admin");
    assert_eq!(typist.status("aws-sso-use --nonsense"), "2");
    assert_role(&mut typist, "000000000002:Admin");

    typist.line("aws-sso-use -A 000000000001 -R ReadOnly");
    assert_role(&mut typist, "000000000001:ReadOnly");
    typist.line("aws-sso-profile 000000000001:Admin");
    assert_role(&mut typist, "000000000001:Admin");
    typist.line("aws-sso-clear");
    assert_no_role(&mut typist);
    assert_eq!(typist.variable("AWS_SSO_SEGMENT"), "");
    typist.line("aws-sso-use -");
    assert_role(&mut typist, "000000000001:Admin");
    typist.line("aws-sso-use --auto");
    assert_no_role(&mut typist);
    typist.leave();
}

#[test]
fn a_day_in_bash() {
    day(Shell::Bash);
}

#[test]
fn a_day_in_zsh() {
    day(Shell::Zsh);
}

#[test]
fn a_day_in_fish() {
    day(Shell::Fish);
}
