//! What a TAB is answered, whatever the shell: candidates by the flags that are on the line, from the state
//! file alone.

#[path = "support/sessions.rs"]
mod sessions;
mod support;

use std::time::Duration;

use identity_center::{Organization, Simulator};
use sessions::two_instances;
use support::{Home, config, small_organization};

/// The candidates for the last of `words`, without their descriptions.
fn candidates(home: &Home, words: &[&str]) -> Vec<String> {
    let lines = lines(home, words);
    assert_eq!(lines[0], "words", "{words:?}");
    lines[1..].iter().map(|line| line.split('\t').next().expect("a value").to_owned()).collect()
}

fn lines(home: &Home, words: &[&str]) -> Vec<String> {
    let mut arguments = vec!["hook", "zsh", "complete", "--"];
    arguments.extend(words);
    let answer = home.run(&arguments);
    assert_eq!((answer.status, answer.stderr.as_str()), (Some(0), ""), "{words:?}");
    answer.stdout.lines().map(str::to_owned).collect()
}

fn home(simulator: &Simulator) -> Home {
    let home = Home::new(simulator, "");
    home.write_config(&config(simulator, "", "SecureStore: json\n"));
    home.ok(&["login"]);
    home
}

#[test]
fn every_value_has_its_candidates() {
    let simulator = Simulator::start(small_organization());
    simulator.adjust_lifetimes(|lifetimes| lifetimes.role_credentials = Duration::from_secs(90 * 60 + 40));
    let home = home(&simulator);
    home.ok(&["eval", "-p", "000000000001:Admin"]);
    let five = [
        "000000000001:Admin",
        "000000000001:ReadOnly",
        "000000000002:Admin",
        "000000000002:ReadOnly",
        "123456789012:ReadOnly",
    ];
    for (words, expected) in [
        (&["aws-sso-use", ""][..], &five[..]),
        (&["aws-sso-use", "00000000000"], &five[..4]),
        (&["aws-sso-use", "1234"], &five[4..]),
        (&["aws-sso-use", "admin"], &["000000000001:Admin", "000000000002:Admin"]),
        (&["aws-sso-use", "-A", "2", ""], &five[2..4]),
        (&["aws-sso-use", "-A2", "-R", "Admin", ""], &five[2..3]),
        (&["aws-sso-profile", "000000000001:R"], &five[1..2]),
        (&["aws-sso", "exec", "-p", "000000000001:A"], &five[..1]),
        (&["aws-sso", "exec", "--profile=1234"], &["--profile=123456789012:ReadOnly"]),
        (&["aws-sso", "exec", "-p1234"], &["-p123456789012:ReadOnly"]),
        (&["/usr/bin/aws-sso", "eval", "-p", "1234"], &five[4..]),
        (&["aws-sso", "process", "-a", "arn:aws:iam::1234"], &["arn:aws:iam::123456789012:role/ReadOnly"]),
        (&["aws-sso", "exec", "-A", ""], &["000000000001", "000000000002", "123456789012"]),
        (&["aws-sso", "exec", "-A", "prod"], &["000000000002"]),
        (&["aws-sso", "exec", "-R", "Admin", "-A", ""], &["000000000001", "000000000002"]),
        (&["aws-sso", "exec", "-R", ""], &["Admin", "ReadOnly"]),
        (&["aws-sso", "exec", "-A", "123456789012", "-R", ""], &["ReadOnly"]),
        (&["aws-sso", "exec", "-R", "only"], &["ReadOnly"]),
        (&["aws-sso", "list", "Acc"], &["AccountAlias", "AccountId", "AccountIdPad", "AccountName"]),
        (&["aws-sso", "list", "--sort", "exp"], &["Expires", "ExpiresEpoch"]),
        (&["aws-sso", "list", "-P", "Role"], &["RoleName="]),
        (&["aws-sso", "list", "-P", "RoleName=A"], &["RoleName=Admin"]),
        (&["aws-sso", "list", "--prefix=Profile=1"], &["--prefix=Profile=123456789012:ReadOnly"]),
        (&["aws-sso", "list", "-P", "emailaddress=d"], &["emailaddress=data@example.com"]),
        (&["aws-sso", "list", "-P", "Id="], &[]),
        (&["aws-sso", "-u", "print"], &["print", "printurl"]),
        (
            &["aws-sso", "-u", ""],
            &["clip", "exec", "open", "print", "printurl", "granted-containers", "open-url-in-container", "ansi-osc52"],
        ),
        (&["aws-sso", "console", "--region", "ca-"], &["ca-central-1", "ca-west-1"]),
        (&["aws-sso", "console", "-r", "us-gov-e"], &["us-gov-east-1"]),
        (&["aws-sso", "allow", "--init", "--region=sa"], &["--region=sa-east-1"]),
        (&["aws-sso", "allow", "--re"], &["--region"]),
        (&["aws-sso", "allow", "--profile=1234"], &["--profile=123456789012:ReadOnly"]),
        (&["aws-sso", "allow", "--profile=nobody"], &[]),
        (&["aws-sso", "console", "-d", "1"], &["15", "120"]),
        (&["aws-sso", "credentials", "-p", "1234"], &five[4..]),
        (
            &["aws-sso", "credentials", "-p", "000000000001:Admin,000000000001:"],
            &["000000000001:Admin,000000000001:ReadOnly"],
        ),
        (&["aws-sso", "console", "--region", "nowhere"], &[]),
        (&["aws-sso", "-L", "d"], &["debug"]),
        (&["aws-sso", "shell-init", ""], &["bash", "zsh", "fish", "powershell"]),
        (&["aws-sso", "eval", "--shell", "x"], &["xonsh"]),
        (&["aws-sso", "eval", "--format", "j"], &["json"]),
        (&["aws-sso", "flush", "-t", ""], &["sts", "sso", "all"]),
        (&["aws-sso", "log"], &["login", "logout"]),
        (&["aws-sso", "setup", "pr"], &["profiles"]),
        (&["aws-sso", "setup", "profiles", "--d"], &["--diff"]),
        (&["aws-sso", "setup", "profiles", "--pr"], &["--print"]),
        (&["aws-sso", "setup", "profiles", "--f"], &["--force"]),
        (&["aws-sso", "config-profiles", "--re"], &["--remove"]),
        (&["aws-sso", "setup", "profiles", "--aws"], &["--aws-config"]),
        (&["aws-sso", "-S", ""], &["Default"]),
        (&["aws-sso-use", "-S", "D"], &["Default"]),
        (&["aws-sso-clear", "--no-r"], &["--no-region"]),
        (&["aws-sso", "hook"], &[]),
        (&["aws-sso", "exec", "-p", "nobody"], &[]),
    ] {
        assert_eq!(candidates(&home, words), expected, "{words:?}");
    }
    assert_eq!(
        lines(&home, &["aws-sso-use", "000000000001:"])[1..],
        ["000000000001:Admin\tpayments-dev Admin, 1h30m", "000000000001:ReadOnly\tpayments-dev ReadOnly"]
    );
    assert_eq!(lines(&home, &["aws-sso", "exec", "-A", "0"])[1], "000000000001\tpayments-dev");
    for words in [&["setup", "profiles", "--aws-config", ""][..], &["allow", ""], &["allow", "--config=x"]] {
        assert_eq!(lines(&home, &[&["aws-sso"], words].concat()), ["files"], "{words:?}");
    }
}

const TAGS: &str = "\
Accounts:
  '000000000001': {Name: Kasse, Tags: {Team: blue, Zone: 'a=b'}, Roles: {Admin: {Tags: {Team: red}, Profile: boss}}}
  '000000000002': {Tags: {Team: big blue}, Roles: {Deploy: {Via: '1:Admin', Tags: {Stage: dev}}}}
";

#[test]
fn tags_are_completed_key_by_key_and_value_by_value() {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "");
    home.write_config(&config(&simulator, TAGS, "SecureStore: json\nDefaultRegion: us-west-2\n"));
    home.ok(&["login"]);
    let keys = [
        "AccountAlias=",
        "AccountID=",
        "AccountName=",
        "DefaultRegion=",
        "Email=",
        "Profile=",
        "Role=",
        "Stage=",
        "Team=",
        "Via=",
        "Zone=",
    ];
    for (words, expected) in [
        (&["aws-sso", "tags", ""][..], &keys[..]),
        (&["aws-sso", "tags", "te"], &["Team="]),
        (&["aws-sso", "tags", "Team="], &["Team=big blue", "Team=blue", "Team=red"]),
        (&["aws-sso", "tags", "Team=b"], &["Team=big blue", "Team=blue"]),
        (&["aws-sso", "tags", "team=RE"], &["team=red"]),
        (&["aws-sso", "tags", "Team=lue"], &["Team=big blue", "Team=blue"]),
        (&["aws-sso", "tags", "Team=x"], &[]),
        (&["aws-sso", "tags", "Nothing="], &[]),
        (&["aws-sso", "tags", "="], &[]),
        (&["aws-sso", "tags", "Zone=a="], &["Zone=a=b"]),
        (&["aws-sso", "tags", "Stage=dev", "Team=r"], &["Team=red"]),
        (&["aws-sso", "tags", "AccountID=12"], &["AccountID=123456789012"]),
        (&["aws-sso", "tags", "AccountAlias=data"], &["AccountAlias=data platform"]),
        (&["aws-sso", "tags", "AccountName="], &["AccountName=Kasse"]),
        (&["aws-sso", "tags", "email=payments-p"], &["email=payments-prod@example.com"]),
        (&["aws-sso", "tags", "Role="], &["Role=Admin", "Role=Deploy", "Role=ReadOnly"]),
        (&["aws-sso", "tags", "DefaultRegion="], &["DefaultRegion=us-west-2"]),
        (&["aws-sso", "tags", "Profile="], &["Profile=boss"]),
        (&["aws-sso", "tags", "Via=arn"], &["Via=arn:aws:iam::000000000001:role/Admin"]),
        // By what else is on the line.
        (&["aws-sso", "tags", "-A", "1", "Team="], &["Team=blue", "Team=red"]),
        (&["aws-sso", "tags", "-A", "1", "-R", "ReadOnly", "team="], &["team=blue"]),
        (&["aws-sso", "tags", "-A", "1", "AccountID="], &["AccountID=000000000001"]),
        (&["aws-sso", "tags", "-A", "123456789012", "T"], &[]),
        (&["aws-sso", "tags", "-R", "ReadOnly", "Team="], &["Team=big blue", "Team=blue"]),
        (&["aws-sso", "tags", "-R", "ReadOnly", "S"], &[]),
        (&["aws-sso", "tags", "-R", "Deploy", "DefaultRegion="], &["DefaultRegion=us-west-2"]),
        (&["aws-sso", "tags", "-R", "Deploy", "Role="], &["Role=Deploy"]),
        (&["aws-sso", "tags", "-R", "Deploy", "AccountAlias="], &["AccountAlias=payments-prod"]),
        (&["aws-sso", "tags", "-R", "Nobody", ""], &[]),
        // Of the words of aws-sso-use, profile names come first.
        (&["aws-sso-use", "Te"], &["Team="]),
        (&["aws-sso-use", "te"], &[]),
        (&["aws-sso-use", "Team=b"], &["Team=big blue", "Team=blue"]),
        (&["aws-sso-use", "read", "team=b"], &["team=big blue", "team=blue"]),
        (&["aws-sso-use", "-A", "2", "Team="], &["Team=big blue"]),
        (&["aws-sso-use", "bo"], &["boss"]),
        (&["aws-sso-use", "Dep"], &["000000000002:Deploy"]),
        (&["aws-sso-use", "De"], &["DefaultRegion="]),
    ] {
        assert_eq!(candidates(&home, words), expected, "{words:?}");
    }
    // They follow config.yaml, without a call to AWS.
    home.write_config(&config(&simulator, "Accounts: {'000000000001': {Tags: {Team: new}}}", "SecureStore: json\n"));
    home.ok(&["list"]);
    assert_eq!(candidates(&home, &["aws-sso", "tags", "Team="]), ["Team=new"]);
    assert_eq!(candidates(&home, &["aws-sso", "tags", "D"]), [""; 0]);
}

#[test]
fn flags_come_when_they_are_asked_for() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let flags = candidates(&home, &["aws-sso", "exec", "-"]);
    assert!(flags.contains(&"--profile".to_owned()) && flags.contains(&"--sso".to_owned()), "{flags:?}");
    assert!(!flags.contains(&"--threads".to_owned()), "hidden flags are not offered: {flags:?}");
    assert!(candidates(&home, &["aws-sso", ""]).iter().all(|word| !word.starts_with('-')));
}

#[test]
fn what_the_shell_knows_better_is_left_to_it() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    for (words, expected) in [
        (&["aws-sso", "--config", ""][..], "files"),
        (&["aws-sso", "-b", "/usr"], "files"),
        (&["aws-sso", "allow", ""], "files"),
        (&["aws-sso", "deny", "src/"], "files"),
        (&["aws-sso", "exec", "-p", "x", "--", ""], "command 0"),
        (&["aws-sso", "exec", "-p", "x", "--", "git", "st"], "command 1"),
        (&["aws-sso", "exec", "-p", "x", "git", "st"], "command 1"),
        (&["aws-sso", "exec", "gi"], "command 0"),
    ] {
        assert_eq!(lines(&home, words), [expected], "{words:?}");
    }
}

#[test]
fn the_instance_is_the_one_that_the_line_the_variable_or_the_config_names() {
    let simulator = Simulator::start(small_organization());
    let mut home =
        two_instances(&simulator, "SecureStore: json\nProfileFormat: '{{ .SSO }}:{{ .RoleName }}:{{ .AccountId }}'\n");
    home.ok(&["login"]);
    home.ok(&["login", "-S", "Other"]);
    let first = |home: &Home, words: &[&str]| candidates(home, words).first().cloned().unwrap_or_default();
    assert_eq!(first(&home, &["aws-sso-use", ""]), "Default:Admin:1");
    for words in [
        &["aws-sso-use", "-S", "Other", ""][..],
        &["aws-sso-use", "-SOther", ""],
        &["aws-sso-use", "-S=Other", ""],
        &["aws-sso-use", "--sso", "Other", ""],
        &["aws-sso-use", "--sso=Other", ""],
        &["aws-sso", "-S", "Other", "exec", "-p", ""],
        &["aws-sso", "exec", "-S", "Other", "-p", ""],
    ] {
        assert_eq!(first(&home, words), "Other:Admin:1", "{words:?}");
    }
    assert_eq!(first(&home, &["aws-sso-use", "-S", "Nobody", ""]), "");
    assert_eq!(candidates(&home, &["aws-sso-use", "-S", ""]), ["Default", "Other"]);
    home.set("AWS_SSO", "Other");
    assert_eq!(first(&home, &["aws-sso-use", ""]), "Other:Admin:1");
    assert_eq!(first(&home, &["aws-sso-use", "-S", "Default", ""]), "Default:Admin:1", "what is typed wins");
}

#[test]
fn a_tab_reads_no_yaml_and_writes_nothing() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let before = std::fs::read(home.state_path()).expect("the state file");
    std::fs::write(home.config_path(), "{ this is no: YAML [").expect("a broken config");
    assert_eq!(candidates(&home, &["aws-sso-use", "1234"]), ["123456789012:ReadOnly"]);
    std::fs::remove_file(home.config_path()).expect("no config");
    assert_eq!(candidates(&home, &["aws-sso-use", "1234"]), ["123456789012:ReadOnly"]);
    assert_eq!(std::fs::read(home.state_path()).expect("the state file"), before);
}

#[test]
fn without_a_state_file_or_with_a_broken_one_nothing_is_offered_or_said() {
    let home = Home::bare();
    assert_eq!(lines(&home, &["aws-sso-use", ""]), ["words"]);
    assert!(!home.state_path().exists(), "a TAB makes no file");
    std::fs::create_dir_all(home.state_path().parent().expect("a directory")).expect("made");
    std::fs::write(home.state_path(), "garbage".repeat(1000)).expect("written");
    assert_eq!(lines(&home, &["aws-sso-use", ""]), ["words"]);
    assert_eq!(candidates(&home, &["aws-sso", "log"]), ["login", "logout"], "commands need no state file");
}

#[test]
fn of_too_many_the_shell_is_shown_enough_to_complete_rightly() {
    let simulator = Simulator::start(Organization::generated(700, 2100));
    let home = home(&simulator);
    let all = candidates(&home, &["aws-sso-use", ""]);
    assert_eq!(all.len(), 1001);
    let (first, last) = (all[0].as_bytes()[0], all[1000].as_bytes()[0]);
    assert!(first == b'0' && last == b'9', "what all have in common must not be more than it is: {all:?}");
}

#[test]
fn hostile_names_are_candidates_only_where_they_can_be_shown() {
    let simulator = Simulator::start(Organization::hostile());
    let home = home(&simulator);
    for words in [
        &["aws-sso-use", ""][..],
        &["aws-sso", "exec", "-a", ""],
        &["aws-sso", "exec", "-R", ""],
        &["aws-sso", "exec", "-A", ""],
        &["aws-sso", "tags", "AccountAlias="],
        &["aws-sso", "tags", "Role="],
    ] {
        let lines = lines(&home, words);
        assert!(lines.len() > 5, "{words:?}: {lines:?}");
        for line in &lines {
            assert!(line.chars().all(|c| c == '\t' || !c.is_control()), "{words:?}: {line:?}");
            assert!(line.matches('\t').count() <= 1, "{line:?}");
        }
    }
}
