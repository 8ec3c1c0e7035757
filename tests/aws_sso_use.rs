//! `aws-sso-use`: which role is meant, what becomes of the shell, and what is refused. In a bash that is read
//! from a string; how it is typed is in `shell_session`.

mod support;

use std::collections::BTreeMap;

use identity_center::{Operation, Simulator};
use support::{BINARY, Home, signed_in, small_organization, variables};

/// A bash after some lines.
struct After {
    environment: BTreeMap<String, String>,
    status: String,
    errors: Vec<String>,
}

impl After {
    fn value(&self, name: &str) -> &str {
        self.environment.get(name).map_or("", String::as_str)
    }

    fn profile(&self) -> &str {
        self.value("AWS_SSO_PROFILE")
    }
}

/// Runs `lines` in a bash with the suite; the status is that of the last one.
fn bash(home: &Home, lines: &str) -> After {
    let script =
        format!("eval \"$({BINARY} shell-init bash)\"\n{lines}\nstatus=$?; env -0; printf 'STATUS=%s' \"$status\"");
    let output = home.program("bash").args(["--norc", "-c", &script]).output().expect("bash starts");
    let mut environment = variables(&output.stdout);
    let status = environment.remove("STATUS").expect("a status");
    let errors = String::from_utf8_lossy(&output.stderr);
    let errors = errors.lines().filter(|line| !line.contains("SecureStore json")).map(str::to_owned).collect();
    After { environment, status, errors }
}

const TAGS: &str = "Accounts:
  '000000000001': {Tags: {Team: blue}, Roles: {Admin: {Tags: {Cost-Center: seven}}}}
  '000000000002': {Name: Kasse, Tags: {Team: green}}";

#[test]
fn words_mean_the_one_role_that_they_fit() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, TAGS, "");
    for (arguments, expected) in [
        ("000000000001:Admin", "000000000001:Admin"),
        ("123456789012", "123456789012:ReadOnly"),
        ("'data platform'", "123456789012:ReadOnly"),
        ("platform DATA", "123456789012:ReadOnly"),
        ("payments-dev admin", "000000000001:Admin"),
        ("admin payments-prod", "000000000002:Admin"),
        ("kasse read", "000000000002:ReadOnly"),
        ("seven", "000000000001:Admin"),
        ("blue read", "000000000001:ReadOnly"),
        ("Team=green admin", "000000000002:Admin"),
        ("data@example.com", "123456789012:ReadOnly"),
        ("-p 000000000002:Admin", "000000000002:Admin"),
        ("-A 2 -R Admin", "000000000002:Admin"),
        ("-A 123456789012", "123456789012:ReadOnly"),
        ("-A 1 read", "000000000001:ReadOnly"),
        ("-R Admin kasse", "000000000002:Admin"),
        ("-a arn:aws:iam::000000000001:role/ReadOnly", "000000000001:ReadOnly"),
        ("-a 2:ReadOnly", "000000000002:ReadOnly"),
    ] {
        let after = bash(&home, &format!("aws-sso-use {arguments}"));
        assert_eq!((after.profile(), after.status.as_str()), (expected, "0"), "{arguments}: {:?}", after.errors);
        assert!(after.errors.is_empty(), "{arguments}: {:?}", after.errors);
    }
}

#[test]
fn an_exact_name_is_taken_though_it_is_a_part_of_others() {
    let simulator = Simulator::start(small_organization());
    let names = "Accounts: {'000000000001': {Roles: {Admin: {Profile: pay}, ReadOnly: {Profile: pay day}}}}";
    let home = signed_in(&simulator, names, "");
    assert_eq!(bash(&home, "aws-sso-use pay").value("AWS_SSO_ROLE_NAME"), "Admin");
    assert_eq!(bash(&home, "aws-sso-use pay day").value("AWS_SSO_ROLE_NAME"), "ReadOnly");
    assert_eq!(bash(&home, "aws-sso-use PAY").status, "4", "another case is no exact name, and fits several");
}

#[test]
fn what_is_not_clear_is_refused_in_one_line_and_changes_nothing() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, TAGS, "");
    for (arguments, status, words) in [
        ("admin", "4", &["'admin' fits several roles", "000000000001:Admin", "000000000002:Admin", "add a word"][..]),
        ("", "4", &["which role?"]),
        ("-R ReadOnly", "4", &["which role?", "123456789012:ReadOnly"]),
        ("0000000001:Admin", "0", &[]),
        ("nobody", "4", &["'nobody' is no role of the SSO instance Default", "aws-sso cache"]),
        ("000000000001:Admim", "4", &["did you mean", "000000000001:Admin"]),
        ("-A 1 -R Nobody", "4", &["the role 'Nobody' of account 000000000001"]),
        ("-", "4", &["there was no other role in this shell"]),
        ("-S Nobody admin", "2", &["has no SSO instance 'Nobody'"]),
        ("--nonsense", "2", &["--nonsense", "aws-sso-use --help"]),
        ("-a arn:aws:iam::000000000001:role/x admin", "2", &["cannot be used with"]),
    ] {
        // Whatever the first one was, the second call leaves the shell with it.
        let before = bash(&home, "aws-sso-use 123456789012").environment;
        let lines = format!(
            "aws-sso-use 123456789012; {}aws-sso-use {arguments}",
            if arguments == "-" { "__aws_sso_previous=; " } else { "" }
        );
        let after = bash(&home, &lines);
        assert_eq!(after.status, status, "{arguments}: {:?}", after.errors);
        if status == "0" {
            continue;
        }
        assert_eq!(after.environment, before, "{arguments}");
        assert_eq!(after.errors.len(), 1, "{arguments}: {:?}", after.errors);
        assert!(after.errors[0].starts_with("aws-sso: "), "{arguments}: {:?}", after.errors);
        for word in words {
            assert!(after.errors[0].contains(word), "{arguments} does not say {word:?}: {}", after.errors[0]);
        }
    }
}

#[test]
fn a_switch_that_fails_half_way_leaves_the_role_that_was_there() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "");
    let before = bash(&home, "aws-sso-use 000000000001:Admin").environment;
    simulator.change(|organization| organization.remove_role("000000000002", "Admin"));
    let after = bash(&home, "aws-sso-use 000000000001:Admin; aws-sso-use 000000000002:Admin");
    assert_eq!((after.status.as_str(), after.environment), ("4", before));
    // A program that is cut off has printed half of its answer.
    let half = home.path().join("half");
    let script = format!("#!/bin/sh\n{BINARY} \"$@\" | head -n 4\nkill -9 $$\n");
    std::fs::write(&half, script).expect("a program");
    std::fs::set_permissions(&half, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("executable");
    let lines = format!("__aws_sso_program='{}'; aws-sso-use 000000000001:Admin 2>/dev/null", half.display());
    let after = bash(&home, &lines);
    assert_eq!((after.status.as_str(), after.profile(), after.value("AWS_ACCESS_KEY_ID")), ("137", "", ""));
}

#[test]
fn credentials_of_others_are_respected_unless_they_are_to_be_replaced() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "");
    for (foreign, name) in [("AWS_PROFILE=theirs", "AWS_PROFILE"), ("AWS_ACCESS_KEY_ID=AKIA", "AWS_ACCESS_KEY_ID")] {
        let after = bash(&home, &format!("export {foreign}; aws-sso-use 000000000001:Admin"));
        assert_eq!((after.status.as_str(), after.profile()), ("1", ""));
        assert!(after.errors[0].contains(name) && after.errors[0].contains("--overwrite-env"), "{:?}", after.errors);
        let after = bash(&home, &format!("export {foreign}; aws-sso-use --overwrite-env 000000000001:Admin"));
        assert_eq!(
            (after.status.as_str(), after.profile(), after.value("AWS_PROFILE")),
            ("0", "000000000001:Admin", "")
        );
        assert!(after.value("AWS_ACCESS_KEY_ID").starts_with("ASIA"));
        let after = bash(&home, &format!("export {foreign}; aws-sso-clear"));
        assert_eq!(after.value(name), foreign.split_once('=').expect("a value").1, "clear leaves what is not ours");
    }
}

#[test]
fn the_arguments_of_the_go_tool_come_before_those_that_are_typed() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "Thread: 4\n");
    assert!(bash(&home, "aws-sso-use 123456789012").errors[0].contains("did you mean Threads?"));
    for helper_args in ["export AWS_SSO_HELPER_ARGS='-L error'", "AWS_SSO_HELPER_ARGS='-L error'"] {
        let after = bash(&home, &format!("{helper_args}; aws-sso-use 123456789012"));
        assert_eq!((after.profile(), after.errors.len()), ("123456789012:ReadOnly", 0), "{helper_args}");
    }
    let after = bash(&home, "AWS_SSO_HELPER_ARGS='-A 000000000002 -L error'; aws-sso-use -L error admin");
    assert_eq!(after.profile(), "000000000002:Admin");
    let after = bash(&home, "AWS_SSO_HELPER_ARGS=\"'\"; aws-sso-use 123456789012");
    assert!(after.errors[0].contains("AWS_SSO_HELPER_ARGS has a quote"), "{:?}", after.errors);
}

#[test]
fn help_is_on_standard_output_like_any_help() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "");
    for (call, usage) in [("aws-sso-use --help", "Usage: aws-sso-use"), ("aws-sso-clear -h", "Usage: aws-sso-clear")] {
        let script = format!("eval \"$({BINARY} shell-init bash)\"; {call}");
        let answer = support::Answer::of({
            let mut shell = home.program("bash");
            shell.args(["--norc", "-c", &script]);
            shell
        });
        assert_eq!((answer.status, answer.stderr.as_str()), (Some(0), ""));
        assert!(answer.stdout.contains(usage), "{}", answer.stdout);
    }
}

#[test]
fn a_role_by_name_puts_no_secret_into_the_shell_and_works_with_an_sdk() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "UseWith: profile\n");
    let after = bash(&home, "aws-sso-use 000000000001:Admin");
    assert_eq!((after.status.as_str(), after.profile()), ("1", ""));
    let says = |words: &str| after.errors[0].contains(words);
    assert!(says("no profile '000000000001:Admin'") && says("'aws-sso setup profiles'"), "{:?}", after.errors);
    home.ok(&["setup", "profiles", "--force"]);
    let after = bash(&home, "aws-sso-use --as-keys 000000000002:Admin; aws-sso-use 000000000001:Admin");
    assert_eq!((after.profile(), after.value("AWS_PROFILE")), ("000000000001:Admin", "000000000001:Admin"));
    for key in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SSO_SESSION_EXPIRATION"] {
        assert_eq!(after.value(key), "", "{key}");
    }
    let caller = "import boto3; print(boto3.client('sts', region_name='us-west-2').get_caller_identity()['Arn'])";
    let script = format!(
        "eval \"$({BINARY} shell-init bash)\"; aws-sso-use 000000000001:Admin; {} -c \"{caller}\"",
        support::python()
    );
    let output = home.program("bash").args(["--norc", "-c", &script]).output().expect("bash starts");
    let arn = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(arn.contains(":assumed-role/AWSReservedSSO_Admin_"), "{arn} {}", String::from_utf8_lossy(&output.stderr));
    let after = bash(&home, "aws-sso-use 000000000001:Admin; aws-sso-clear");
    assert_eq!(after.value("AWS_PROFILE"), "");
}

#[test]
fn a_role_that_is_used_once_more_costs_no_call() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "");
    bash(&home, "aws-sso-use 000000000001:Admin; aws-sso-use 000000000002:Admin; aws-sso-use -; aws-sso-use -");
    assert_eq!(simulator.count(Operation::GetRoleCredentials), 2);
}

#[test]
fn without_a_session_the_way_to_one_is_named() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "");
    home.ok(&["logout"]);
    let after = bash(&home, "aws-sso-use 000000000001:Admin");
    assert_eq!(after.status, "3");
    assert!(after.errors[0].contains("aws-sso login"), "{:?}", after.errors);
}
