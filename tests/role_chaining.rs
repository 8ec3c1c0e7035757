//! Role chaining: roles that are reached by way of others (`Via`), however many these are.

#[path = "support/sessions.rs"]
mod sessions;
mod support;

use std::fmt::Write as _;
use std::time::Duration;

use identity_center::{Operation, Simulator, TrustPolicy};
use sessions::simulator;
use support::{Home, config, json, signed_in, small_organization};

/// A chain: L1 via ReadOnly of payments-dev, L2 via L1, and so on, each in an account of its own.
fn chain(length: usize) -> String {
    let mut yaml = "Accounts:\n".to_owned();
    let mut before = "arn:aws:iam::000000000001:role/ReadOnly".to_owned();
    for level in 1..=length {
        let account = format!("{:012}", 900 + level);
        let _ = write!(yaml, "  '{account}':\n    Roles:\n      L{level}: {{Via: '{before}'}}\n");
        // Both ways to write a role.
        before = if level % 2 == 0 {
            format!("arn:aws:iam::{account}:role/L{level}")
        } else {
            format!("{account}:L{level}")
        };
    }
    yaml
}

/// Lets each role of the chain be taken from the one before it alone.
fn trust_chain(simulator: &Simulator, length: usize) {
    let mut before = simulator.role_arn("000000000001", "ReadOnly");
    for level in 1..=length {
        let arn = format!("arn:aws:iam::{:012}:role/L{level}", 900 + level);
        simulator.trust(&arn, TrustPolicy { from: vec![before], external_id: None });
        before = arn;
    }
}

#[test]
fn a_chain_may_have_any_depth() {
    const DEPTH: usize = 12;
    let simulator = simulator();
    trust_chain(&simulator, DEPTH);
    let home = signed_in(&simulator, &chain(DEPTH), "");
    let last = format!("{:012}:L{DEPTH}", 900 + DEPTH);
    home.ok(&["process", "-p", &last]);
    assert_eq!(simulator.count_status(Operation::AssumeRole, 200), DEPTH);
    assert_eq!(simulator.count(Operation::GetRoleCredentials), 1);
    home.ok(&["process", "-p", &last]);
    home.ok(&["process", "-p", "000000000905:L5"]);
    assert_eq!(simulator.count(Operation::AssumeRole), DEPTH, "each hop is kept");
}

#[test]
fn new_credentials_are_new_from_the_first_hop_on() {
    let simulator = simulator();
    trust_chain(&simulator, 2);
    let home = signed_in(&simulator, &chain(2), "");
    let last = "000000000902:L2";
    home.ok(&["process", "-p", last]);
    // As after a change of the permission set: what is kept here is of no use any more.
    simulator.expire_credentials();
    home.ok(&["--sts-refresh", "process", "-p", last]);
    assert_eq!(simulator.count_status(Operation::AssumeRole, 200), 4);
}

#[test]
fn the_credentials_end_with_those_of_the_last_hop() {
    let simulator = simulator();
    trust_chain(&simulator, 2);
    simulator.adjust_lifetimes(|lifetimes| lifetimes.role_credentials = Duration::from_mins(10));
    let home = signed_in(&simulator, &chain(2), "");
    let ends = |profile: &str| {
        let answer = json(&home.ok(&["process", "-p", profile]));
        let at: jiff::Timestamp = answer["Expiration"].as_str().expect("a time").parse().expect("RFC 3339");
        at.duration_since(jiff::Timestamp::now()).as_mins()
    };
    assert_eq!((ends("000000000902:L2"), ends("000000000001:ReadOnly")), (59, 9));
    let variables = json(&home.ok(&["eval", "-p", "000000000902:L2", "--format", "json"]));
    let told: jiff::Timestamp =
        variables["AWS_SSO_SESSION_EXPIRATION"].as_str().expect("a time").parse().expect("a time");
    assert_eq!(told.duration_since(jiff::Timestamp::now()).as_mins(), 59);
    let list = home.ok(&["list", "--csv", "Profile", "Expires"]);
    assert!(["59m", "1h0m"].iter().any(|left| list.contains(&format!("000000000902:L2,{left}\r\n"))), "{list}");
}

#[test]
fn chained_roles_are_listed_completed_and_chosen_like_all_others() {
    let simulator = simulator();
    trust_chain(&simulator, 1);
    let home = signed_in(&simulator, &chain(1), "");
    let list = home.ok(&["list", "--csv", "Profile", "Via"]);
    assert!(list.contains("000000000901:L1,arn:aws:iam::000000000001:role/ReadOnly"), "{list}");
    let completed = home.ok(&["hook", "zsh", "complete", "--", "aws-sso-use", "0000000009"]);
    assert!(completed.contains("000000000901:L1"), "{completed}");
    assert!(home.ok(&["tags", "-R", "L1"]).contains("  Via: arn:aws:iam::000000000001:role/ReadOnly"));
    let changes = home.ok(&["cache"]);
    assert_eq!(changes, "", "they come with the config, not from AWS");
}

#[test]
fn a_loop_is_refused_by_name_before_anything_is_asked_of_aws() {
    let simulator = simulator();
    let home = Home::new(&simulator, "");
    let accounts = "Accounts: {'1': {Roles: {A: {Via: '2:B'}}}, '2': {Roles: {B: {Via: 'arn:aws:iam::3:role/C'}}}, '3': {Roles: {C: {Via: '000000000001:A'}}}}";
    home.write_config(&config(&simulator, accounts, ""));
    home.refuses(
        1,
        &["login"],
        &["config.yaml:5", "circle", "000000000001:A via 000000000002:B via 000000000003:C via 000000000001:A"],
    );
    assert_eq!(simulator.requests().len(), 0);
}

#[test]
fn a_role_with_a_path_is_taken_under_its_whole_name() {
    let simulator = simulator();
    let arn = "arn:aws:iam::000000000002:role/team/blue/Deploy";
    let beyond = "arn:aws:iam::000000000077:role/Beyond";
    let reserved = simulator.role_arn("000000000001", "ReadOnly");
    simulator.trust(arn, TrustPolicy { from: vec![reserved.clone()], external_id: None });
    simulator.trust(beyond, TrustPolicy { from: vec![arn.to_owned()], external_id: None });
    // As IAM shows the role of a permission set, for those who copy it from there.
    let accounts = format!(
        "Accounts:\n  '000000000002': {{Roles: {{team/blue/Deploy: {{Via: '{reserved}', Profile: deploy}}}}}}\n  \
         '000000000077': {{Roles: {{Beyond: {{Via: '{arn}', Profile: beyond}}}}}}\n"
    );
    let home = signed_in(&simulator, &accounts, "");
    for (how, name) in [("-p", "deploy"), ("-p", "beyond"), ("-a", arn), ("-a", "2:Deploy"), ("-a", reserved.as_str())]
    {
        home.ok(&["process", how, name]);
    }
    let variables = json(&home.ok(&["eval", "-p", "deploy", "--format", "json"]));
    assert_eq!((&variables["AWS_SSO_ROLE_ARN"], &variables["AWS_SSO_ROLE_NAME"]), (&arn.into(), &"Deploy".into()));
    assert_eq!(simulator.count_status(Operation::AssumeRole, 200), 2);
    let without_via = "Accounts: {'2': {Roles: {team/Deploy: {Profile: x}, team/B: {Via: '1:A'}, B: {Via: '1:A'}}}}";
    home.write_config(&config(&simulator, without_via, "SecureStore: json\n"));
    home.refuses(1, &["list"], &["team/Deploy has a path", "add Via", "and 1 more"]);
}

#[test]
fn a_chain_keeps_its_partition() {
    let simulator = Simulator::builder(small_organization()).region("us-gov-west-1").start();
    // As every file of the Go tool has it.
    let accounts =
        "Accounts: {'2': {Roles: {Deploy: {Via: 'arn:aws:iam::000000000001:role/ReadOnly', Profile: deploy}}}}";
    let home = signed_in(&simulator, accounts, "");
    let answer = home.run(&["eval", "-p", "deploy", "--format", "json"]);
    assert!(
        answer.stderr.contains("is of the partition aws,") && answer.stderr.contains("aws-us-gov"),
        "{}",
        answer.stderr
    );
    assert_eq!(json(&answer.stdout)["AWS_SSO_ROLE_ARN"], "arn:aws-us-gov:iam::000000000002:role/Deploy");
}

#[test]
fn the_longest_name_of_a_role_makes_a_session_name_that_aws_takes() {
    let name = "r".repeat(64);
    let organization = small_organization().with_account("000000000009", "long", "long@example.com", &[&name]);
    let simulator = Simulator::start(organization);
    let home = signed_in(
        &simulator,
        &format!("Accounts: {{'2': {{Roles: {{Deploy: {{Via: '9:{name}', Profile: deploy}}}}}}}}"),
        "",
    );
    home.ok(&["process", "-p", "deploy"]);
    assert_eq!(simulator.count_status(Operation::AssumeRole, 200), 1);
}

#[test]
fn external_id_and_source_identity_reach_aws_and_stick() {
    let simulator = simulator();
    let [first, second] = ["arn:aws:iam::000000000002:role/First", "arn:aws:iam::000000000002:role/Second"];
    let from = vec![simulator.role_arn("000000000001", "ReadOnly")];
    simulator.trust(first, TrustPolicy { from, external_id: Some("x-1".into()) });
    simulator.trust(second, TrustPolicy { from: vec![first.into()], external_id: None });
    let accounts = |external: &str, source: &str| {
        format!(
            "Accounts:\n  '2':\n    Roles:\n      First: {{Via: '1:ReadOnly', Profile: first, ExternalId: {external}, SourceIdentity: jane}}\n      \
             Second: {{Via: '{first}', Profile: second{source}}}\n"
        )
    };
    let home = signed_in(&simulator, &accounts("x-2", ""), "");
    home.refuses(1, &["process", "-p", "first"], &["may not take", "ExternalId", "trust policy"]);
    home.write_config(&config(&simulator, &accounts("x-1", ", SourceIdentity: john"), "SecureStore: json\n"));
    home.refuses(1, &["process", "-p", "second"], &["SetSourceIdentity", "SourceIdentity"]);
    home.write_config(&config(&simulator, &accounts("x-1", ""), "SecureStore: json\n"));
    home.ok(&["process", "-p", "second"]);
}

#[test]
fn a_chain_that_starts_nowhere_says_which_role_is_missing() {
    let simulator = simulator();
    let home = signed_in(&simulator, "Accounts: {'2': {Roles: {Deploy: {Via: '9:Nobody', Profile: deploy}}}}", "");
    home.refuses(4, &["process", "-p", "deploy"], &["arn:aws:iam::000000000009:role/Nobody", "Via", "config.yaml"]);
}
