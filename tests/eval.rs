//! `eval`: what is set, what is taken back, whose the region is, and the formats for other readers.

#[path = "support/shells.rs"]
mod shells;
mod support;

use std::collections::BTreeMap;

use identity_center::{Operation, Simulator};
use shells::*;
use support::{Answer, Home, json, small_organization, yaml};

/// Without what a shell itself keeps there.
fn without_own(mut environment: BTreeMap<String, String>) -> BTreeMap<String, String> {
    environment.remove("_");
    environment
}

#[test]
fn clear_gives_the_environment_back_as_it_was() {
    let simulator = Simulator::start(small_organization());
    let tags = "DefaultRegion: us-west-2\nAccounts: {'000000000001': {Tags: {Team: \"blue\\n$x\"}}}";
    let mut home = signed_in(&simulator, tags, "EnvVarTags: [Team, Role]\n");
    for before in [
        vec![],
        vec![("AWS_REGION", "mine-1"), ("AWS_PROFILE", "mine"), ("AWS_CA_BUNDLE", "/a b/ca"), ("OTHER", "'\"$`\n")],
        vec![("AWS_DEFAULT_REGION", "mine-2"), ("AWS_CONFIG_FILE", "/nowhere")],
    ] {
        for (name, value) in &before {
            home.set(name, value);
        }
        for way in &WAYS {
            let clear = way.read.replace("\"$@\"", "--clear").replace("$argv", "--clear");
            // The warning about AWS_PROFILE is not what is looked at here.
            let script = format!("{SHOW}; {} 2>/dev/null; {SHOW}; {clear}; {SHOW}", way.read);
            let environments = way.environments(&home, &script, &["-L", "error", "-p", "000000000001:Admin"]);
            let [untouched, loaded, cleared] = environments.try_into().expect("three environments");
            assert_eq!(loaded["AWS_SSO_TAG_TEAM"], "blue\n$x", "{}", way.program);
            let is_managed = !before.iter().any(|(name, _)| name.ends_with("REGION"));
            assert_eq!(loaded.contains_key("AWS_SSO_DEFAULT_REGION"), is_managed);
            assert_eq!(without_own(cleared), without_own(untouched), "{} {}", way.program, way.read);
        }
        for (name, _) in &before {
            home.unset(name);
        }
    }
}

#[test]
fn clear_in_a_shell_without_a_role_takes_nothing_of_the_persons() {
    let simulator = Simulator::start(small_organization());
    let mut home = signed_in(&simulator, "DefaultRegion: us-west-2", "");
    for (name, value) in [
        ("AWS_ACCESS_KEY_ID", "AKIAMINE"),
        ("AWS_SECRET_ACCESS_KEY", "mine"),
        ("AWS_SESSION_TOKEN", "mine"),
        ("AWS_PROFILE", "mine"),
        ("AWS_REGION", "mine-1"),
        ("AWS_SSO", "Default"),
    ] {
        home.set(name, value);
    }
    for way in &WAYS {
        let script = format!("{SHOW}; {}; {SHOW}", way.read);
        let [before, after] = way.environments(&home, &script, &["--clear"]).try_into().expect("two environments");
        assert_eq!(without_own(after), without_own(before), "{} {}", way.program, way.read);
    }
}

#[test]
fn another_role_leaves_nothing_of_the_last_one() {
    let simulator = Simulator::start(small_organization());
    let instance = "Accounts:\n  '000000000001':\n    DefaultRegion: eu-west-1\n    Tags: {Team: blue, Cost Center: '7'}\n  \
                    '000000000002':\n    Tags: {Cost Center: '8'}";
    let home = signed_in(&simulator, instance, "EnvVarTags: [Team, Cost Center]\n");
    for way in &WAYS {
        let second = way.read.replace("\"$@\"", "-p 000000000002:Admin").replace("$argv", "-p 000000000002:Admin");
        let script = format!("{}; {SHOW}; {second}; {SHOW}", way.read);
        let environments = way.environments(&home, &script, &["-p", "000000000001:Admin"]);
        let [first, second] = environments.try_into().expect("two environments");
        assert_eq!((&*first["AWS_SSO_TAG_TEAM"], &*first["AWS_SSO_TAG_COST_CENTER"]), ("blue", "7"));
        assert_eq!(second["AWS_SSO_TAG_COST_CENTER"], "8");
        assert!(!second.contains_key("AWS_SSO_TAG_TEAM"), "{}", way.program);
        assert!(!second.keys().any(|name| name.ends_with("REGION")), "{}: {second:?}", way.program);
        assert_eq!(second["AWS_SSO_ROLE_ARN"], "arn:aws:iam::000000000002:role/Admin");
        assert_ne!(first["AWS_ACCESS_KEY_ID"], second["AWS_ACCESS_KEY_ID"]);
    }
}

#[test]
fn the_region_is_ours_until_the_person_sets_one() {
    let simulator = Simulator::start(small_organization());
    let instance =
        "Accounts:\n  '000000000001': {DefaultRegion: eu-west-1}\n  '000000000002': {DefaultRegion: ap-south-1}";
    let home = signed_in(&simulator, instance, "");
    // What is done in one shell, and AWS_DEFAULT_REGION, AWS_REGION and AWS_SSO_DEFAULT_REGION after it.
    for (steps, expected) in [
        ("use one", "eu-west-1 eu-west-1 eu-west-1"),
        ("use one; use two", "ap-south-1 ap-south-1 ap-south-1"),
        ("use one; use none", "- - -"),
        ("use none; use one", "eu-west-1 eu-west-1 eu-west-1"),
        ("use one; clear", "- - -"),
        ("export AWS_REGION=mine; use one", "- mine -"),
        ("export AWS_DEFAULT_REGION=mine; use one; use two", "mine - -"),
        ("use one; export AWS_REGION=mine; use two", "- mine -"),
        ("use one; export AWS_DEFAULT_REGION=mine; use none", "mine - -"),
        ("use one; export AWS_DEFAULT_REGION=mine AWS_REGION=mine; clear", "mine mine -"),
        ("use one; unset AWS_SSO_DEFAULT_REGION; use two", "eu-west-1 eu-west-1 -"),
        ("use one; unset AWS_SSO_DEFAULT_REGION; clear", "eu-west-1 eu-west-1 -"),
        ("use one; unset AWS_REGION; use two", "ap-south-1 ap-south-1 ap-south-1"),
        ("use one; unset AWS_DEFAULT_REGION AWS_REGION; use two", "ap-south-1 ap-south-1 ap-south-1"),
        ("use one -n", "- - -"),
        ("use one; use two --no-region", "eu-west-1 eu-west-1 eu-west-1"),
        ("use one; use two --no-region; use two", "ap-south-1 ap-south-1 ap-south-1"),
        ("use one; clear -n", "eu-west-1 eu-west-1 eu-west-1"),
        ("export AWS_REGION=mine; use one -O", "eu-west-1 eu-west-1 eu-west-1"),
        ("export AWS_REGION=mine; use one --overwrite-region; use two", "ap-south-1 ap-south-1 ap-south-1"),
        ("export AWS_REGION=mine; use none -O", "- mine -"),
        ("use one; unset AWS_SSO_DEFAULT_REGION; use two -O; use none", "- - -"),
    ] {
        let script = format!(
            r#"use() {{ eval "$(aws-sso eval -R ReadOnly -A "$(number $1)" "${{@:2}}")"; }}
            number() {{ case $1 in one) echo 1;; two) echo 2;; none) echo 123456789012;; esac; }}
            clear() {{ eval "$(aws-sso eval --clear "$@")"; }}
            {steps}
            echo "${{AWS_DEFAULT_REGION:--}} ${{AWS_REGION:--}} ${{AWS_SSO_DEFAULT_REGION:--}}""#
        );
        let answer = Answer::of(WAYS[0].shell(&home, &script, &[]));
        assert_eq!((answer.stdout.trim_end(), answer.stderr.as_str()), (expected, ""), "{steps}");
    }
}

#[test]
fn refresh_fetches_new_credentials_for_the_role_in_the_shell() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "");
    for way in &WAYS {
        simulator.clear_log();
        let refresh = way.read.replace("\"$@\"", "--refresh").replace("$argv", "--refresh");
        let script = format!("{}; {SHOW}; {refresh}; {SHOW}", way.read);
        let environments = way.environments(&home, &script, &["-p", "000000000001:Admin"]);
        let [first, second] = environments.try_into().expect("two environments");
        assert_ne!(first["AWS_ACCESS_KEY_ID"], second["AWS_ACCESS_KEY_ID"], "{}", way.program);
        assert_eq!(first["AWS_SSO_ROLE_ARN"], second["AWS_SSO_ROLE_ARN"]);
    }
    assert_eq!(
        simulator.count(Operation::GetRoleCredentials),
        1,
        "the last shell found the first one's, and renewed it"
    );
}

#[test]
fn foreign_credentials_are_named_in_a_warning() {
    let simulator = Simulator::start(small_organization());
    let mut home = signed_in(&simulator, "", "");
    home.set("AWS_PROFILE", "mine");
    let answer = home.run(&["eval", "-p", "000000000001:Admin"]);
    assert_eq!((answer.status, answer.stderr.lines().count()), (Some(0), 1), "{}", answer.stderr);
    assert!(answer.stderr.contains("AWS_PROFILE"), "{}", answer.stderr);
    assert!(!answer.stdout.contains("AWS_PROFILE"), "what is the person's is left alone");
}

#[test]
fn every_format_says_the_same() {
    let simulator = Simulator::start(small_organization());
    let tag = "it's \"$HOME\" `x` \\ #1 = é";
    let instance = format!("DefaultRegion: us-west-2\nAccounts: {{'000000000001': {{Tags: {{Team: {}}}}}}}", yaml(tag));
    let mut home = signed_in(&simulator, &instance, "EnvVarTags: [Team]\n");
    home.set("AWS_SSO_TAG_OLD", "stale");
    let format = |home: &Home, format: &str| home.ok(&["eval", "-p", "000000000001:Admin", "--format", format]);

    let object = json(&format(&home, "json"));
    let object = object.as_object().expect("an object");
    assert_eq!(object["AWS_SSO_TAG_TEAM"], tag);
    assert!(object["AWS_SSO_TAG_OLD"].is_null());
    let set: BTreeMap<String, String> =
        object.iter().filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect();
    assert_eq!(set.len(), 14, "{set:?}");

    let lines = |text: String| -> BTreeMap<String, String> {
        text.lines().map(|line| line.split_once('=').expect("a pair")).map(|(n, v)| (n.into(), v.into())).collect()
    };
    assert_eq!(lines(format(&home, "env")), set);

    std::fs::write(home.path().join("dotenv"), format(&home, "dotenv")).expect("a file");
    let sourced = WAYS[5].environments(&home, &format!("set -a; . ./dotenv; {SHOW}"), &[]).remove(0);
    assert!(set.iter().all(|(name, value)| sourced.get(name) == Some(value)), "{sourced:?}");

    let order = |text: String| -> Vec<String> {
        text.lines().map(|line| line.split_once('=').expect("a pair").0.trim_start_matches("export ").into()).collect()
    };
    assert_eq!(order(format(&home, "env")), order(format(&home, "dotenv")), "the order is fixed");
}

#[test]
fn a_line_break_is_refused_where_a_format_has_none() {
    let simulator = Simulator::start(small_organization());
    let tags = "Accounts: {'000000000001': {Tags: {Team: \"a\\nAWS_PROFILE=stolen\"}}}";
    let home = signed_in(&simulator, tags, "EnvVarTags: [Team]\n");
    let message = home.fails(1, &["eval", "-p", "000000000001:Admin", "--format", "env"]);
    assert!(message.contains("AWS_SSO_TAG_TEAM") && message.contains("--format json"), "{message}");
    let dotenv = home.ok(&["eval", "-p", "000000000001:Admin", "--format", "dotenv"]);
    assert!(dotenv.contains("AWS_SSO_TAG_TEAM=\"a\\nAWS_PROFILE=stolen\"\n"), "{dotenv}");
}
