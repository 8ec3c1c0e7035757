//! Several SSO instances in one config file: each command speaks of the one that was asked for, and what belongs to
//! one is never taken for another's.

mod support;

use std::collections::BTreeMap;

use identity_center::Simulator;
use support::{Answer, BINARY, Home, json, small_organization, variables};

const ADMIN: &str = "000000000001:Admin";

/// `Main`, the default, and `Guest`, at one start URL. The same roles have the same names in both, but for one.
fn home_of(simulator: &Simulator, more: &str) -> Home {
    let home = Home::new(simulator, "");
    let place = format!("SSORegion: {}\n    StartUrl: {}\n", simulator.region(), simulator.start_url());
    home.write_config(&format!(
        "SSOConfig:\n  Main:\n    {place}    Accounts: {{'000000000001': {{Tags: {{Team: main}}}}}}\n  Guest:\n    {place}    \
         DefaultRegion: eu-west-1\n    Accounts:\n      '000000000001': {{Tags: {{Team: guest}}}}\n      \
         '123456789012': {{Roles: {{ReadOnly: {{Profile: visitor}}}}}}\nUrlAction: exec\n\
         UrlExecCommand: [curl, --silent, --location, --output, /dev/null, '%s']\nRateLimit: 1000\nSecureStore: json\n{more}"
    ));
    home
}

fn signed_in(simulator: &Simulator) -> Home {
    let home = home_of(simulator, "DefaultSSO: Main\n");
    home.ok(&["login"]);
    home.ok(&["login", "-S", "Guest"]);
    home
}

/// What a person may have typed and exported, and the instance that is meant.
const CHOICES: [(&[&str], &str, &str); 6] = [
    (&[], "", "Main"),
    (&["-S", "Guest"], "", "Guest"),
    (&["--sso=Guest"], "", "Guest"),
    (&[], "Guest", "Guest"),
    (&["-S", "Main"], "Guest", "Main"),
    (&["-S", "Guest"], "Main", "Guest"),
];

/// Runs a command with a choice of the instance.
fn run(home: &Home, (flags, variable, _): (&[&str], &str, &str), arguments: &[&str]) -> Answer {
    let mut command = home.command(&[&arguments[..1], flags, &arguments[1..]].concat());
    command.env("AWS_SSO", variable);
    Answer::of(command)
}

fn key(home: &Home, instance: &str) -> String {
    let credentials = json(&home.ok(&["process", "-S", instance, "-p", ADMIN]));
    credentials["AccessKeyId"].as_str().expect("a key").to_owned()
}

#[test]
fn every_command_speaks_of_the_instance_that_was_asked_for() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let keys: BTreeMap<&str, String> = ["Main", "Guest"].map(|name| (name, key(&home, name))).into();
    assert_ne!(keys["Main"], keys["Guest"], "one role of one account, and two people");
    for choice in CHOICES {
        let wanted = choice.2;
        let ok = |arguments: &[&str]| {
            let answer = run(&home, choice, arguments);
            assert_eq!(answer.status, Some(0), "{choice:?} {arguments:?}: {}", answer.stderr);
            answer
        };
        let listed = ok(&["list"]);
        assert!(listed.stderr.contains(&format!("SSO instance {wanted} [session: ")), "{choice:?}: {}", listed.stderr);
        assert_eq!(listed.stdout.contains("visitor"), wanted == "Guest", "{choice:?}");
        let objects = json(&ok(&["list", "--json"]).stdout);
        assert!(objects.as_array().expect("roles").iter().all(|role| role["sso"] == wanted), "{choice:?}");
        let team = format!("  Team: {}\n", wanted.to_lowercase());
        assert!(ok(&["tags", "-p", ADMIN]).stdout.contains(&team), "{choice:?}");
        let status = json(&ok(&["status", "--json"]).stdout);
        assert_eq!(status["instance"], wanted, "{choice:?}");

        let process = json(&ok(&["process", "-p", ADMIN]).stdout);
        assert_eq!(process["AccessKeyId"], keys[wanted], "{choice:?}");
        let eval = json(&ok(&["eval", "--format", "json", "-p", ADMIN]).stdout);
        let exec = variables(ok(&["exec", "-p", ADMIN, "--", "env", "-0"]).stdout.as_bytes());
        let region = (wanted == "Guest").then_some("eu-west-1");
        for (name, value) in
            [("AWS_SSO", Some(wanted)), ("AWS_ACCESS_KEY_ID", Some(&*keys[wanted])), ("AWS_REGION", region)]
        {
            assert_eq!(eval[name].as_str(), value, "{choice:?} {name}");
            assert_eq!(exec.get(name).map(String::as_str), value, "{choice:?} {name}");
        }
    }
}

#[test]
fn a_tab_speaks_of_it_too() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    for (flags, variable, wanted) in CHOICES {
        let candidates = |words: &[&str]| {
            let words = [&words[..1], flags, &words[1..]].concat();
            let mut command = home.command(&[&["hook", "zsh", "complete", "--"], &words[..]].concat());
            command.env("AWS_SSO", variable);
            Answer::of(command).stdout.lines().skip(1).map(str::to_owned).collect::<Vec<String>>()
        };
        let team = format!("Team={}", wanted.to_lowercase());
        assert_eq!(candidates(&["aws-sso", "tags", "Team="]), std::slice::from_ref(&team), "{flags:?} {variable}");
        assert_eq!(candidates(&["aws-sso-use", "Team="]), [team], "{flags:?} {variable}");
        let visitors = candidates(&["aws-sso-use", "vis"]).len();
        assert_eq!(visitors, usize::from(wanted == "Guest"), "{flags:?} {variable}");
        assert_eq!(candidates(&["aws-sso", "exec", "-p", "visitor"]).len(), visitors, "{flags:?} {variable}");
    }
}

#[test]
fn a_name_means_a_role_of_its_instance_alone() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    for arguments in [
        &["process", "-p", "visitor"][..],
        &["eval", "-p", "visitor"],
        &["exec", "-p", "visitor", "--", "true"],
        &["tags", "-p", "visitor"],
    ] {
        home.refuses(4, arguments, &["no role of the SSO instance Main, but one of Guest", "add -S 'Guest'"]);
    }
    home.refuses(4, &["tags", "-S", "Guest", "Team=main"], &["'aws-sso list -S Guest' shows what there is"]);
    home.refuses(4, &["process", "-S", "Guest", "-p", "nobody"], &["run 'aws-sso cache -S Guest'"]);
    home.refuses(2, &["list", "-S", "Gest"], &["no SSO instance 'Gest'", "did you mean Guest?"]);
}

#[test]
fn two_people_at_one_portal_see_what_each_may() {
    let simulator = Simulator::start(small_organization());
    let home = home_of(&simulator, "DefaultSSO: Main\n");
    home.ok(&["login"]);
    // The other one has other assignments.
    simulator.change(|organization| {
        organization.remove_account("000000000002");
        organization.add_role("000000000001", "Guest");
    });
    home.ok(&["login", "-S", "Guest"]);
    let arns = |instance: &str| {
        let roles = json(&home.ok(&["list", "--json", "-S", instance]));
        let arns = roles.as_array().expect("roles").iter().map(|role| role["arn"].as_str().expect("an ARN").to_owned());
        arns.filter(|arn| !arn.contains("123456789012")).map(|arn| arn[24..].replace(":role", "")).collect::<Vec<_>>()
    };
    assert_eq!(arns("Main"), ["1/Admin", "1/ReadOnly", "2/Admin", "2/ReadOnly"]);
    assert_eq!(arns("Guest"), ["1/Admin", "1/Guest", "1/ReadOnly"]);
    let roles = home.ok(&["hook", "zsh", "complete", "--", "aws-sso", "tags", "-S", "Guest", "Role=G"]);
    assert_eq!(roles, "words\nRole=Guest\n");
}

#[test]
fn who_leaves_one_stays_in_the_other() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let guest = key(&home, "Guest");
    key(&home, "Main");
    home.ok(&["logout"]);
    home.refuses(3, &["process", "-p", ADMIN], &["run 'aws-sso login'"]);
    assert_eq!(key(&home, "Guest"), guest, "what was stored for it is there");
    assert!(home.run(&["list"]).stderr.contains("Main [not signed in]"));
    assert!(home.run(&["list", "-S", "Guest"]).stderr.contains("Guest [session: "));
    home.ok(&["logout", "-S", "Guest"]);
    home.refuses(3, &["process", "-S", "Guest", "-p", ADMIN], &["run 'aws-sso login -S Guest'"]);
    let status = home.ok(&["status", "-S", "Guest"]);
    assert!(status.contains("not signed in: run 'aws-sso login -S Guest'"), "{status}");
    home.ok(&["login", "-S", "Guest"]);
    assert_ne!(key(&home, "Guest"), guest);
    home.fails(3, &["process", "-p", ADMIN]);
}

#[test]
fn each_has_a_history_of_its_own() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    home.ok(&["exec", "-S", "Guest", "-p", ADMIN, "--", "true"]);
    home.refuses(4, &["tags", "History="], &["no role of the SSO instance Main fits"]);
    let text = home.ok(&["tags", "-S", "Guest", "History="]);
    assert!(text.contains("  History: payments-dev:Admin,"), "{text}");
    home.ok(&["exec", "-p", "000000000002:Admin", "--", "true"]);
    assert_eq!(home.ok(&["tags", "-S", "Guest", "History="]), text);
    assert!(home.ok(&["tags", "History="]).contains("payments-prod:Admin,"));
}

#[test]
fn what_is_old_or_missing_is_said_with_the_instance() {
    let simulator = Simulator::start(small_organization());
    let mut home = home_of(&simulator, "DefaultSSO: Main\nCacheRefresh: 1\n");
    home.ok(&["login"]);
    for command in ["list", "tags"] {
        let answer = home.run(&[command, "-S", "Guest"]);
        assert_eq!((answer.status, answer.stdout.as_str()), (Some(0), ""));
        assert!(answer.stderr.contains("run 'aws-sso login -S Guest'"), "{}", answer.stderr);
        home.set("AWS_SSO", "Guest");
        assert!(home.run(&[command]).stderr.contains("run 'aws-sso login'"), "the shell has it already");
        home.unset("AWS_SSO");
    }
    home.ok(&["login", "-S", "Guest"]);
    let database = rusqlite::Connection::open(home.state_path()).expect("the state file");
    database
        .execute("UPDATE instance SET refreshed_at = refreshed_at - 7200 WHERE name = 'Guest'", [])
        .expect("an old list");
    for command in ["list", "tags"] {
        assert!(home.run(&[command, "-S", "Guest"]).stderr.contains("run 'aws-sso cache -S Guest'"));
        assert!(!home.run(&[command]).stderr.contains("CacheRefresh"), "Main was fetched just now");
    }
}

#[test]
fn without_a_default_one_has_to_be_named() {
    let simulator = Simulator::start(small_organization());
    let home = home_of(&simulator, "");
    for arguments in [&["list"][..], &["tags"], &["process", "-p", ADMIN], &["login"]] {
        home.refuses(1, arguments, &["several SSO instances", "Guest, Main", "-S", "DefaultSSO"]);
    }
    home.ok(&["login", "-S", "Guest"]);
    let candidates = |words: &[&str]| {
        let text = home.ok(&[&["hook", "zsh", "complete", "--"], words].concat());
        text.lines().skip(1).map(|line| line.split('\t').next().expect("a value").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(candidates(&["aws-sso-use", "-S", ""]), ["Guest", "Main"]);
    assert_eq!(candidates(&["aws-sso-use", "-S", "Guest", "vis"]), ["visitor"]);
    assert_eq!(candidates(&["aws-sso", "log"]), ["login", "logout"]);
    assert_eq!(candidates(&["aws-sso-use", ""]), [""; 0], "of which instance?");
}

/// What a bash with the suite prints for some lines.
fn bash(home: &Home, lines: &str) -> String {
    let script = format!("eval \"$({BINARY} shell-init bash)\"\nset -e\n{lines}");
    let output = home.program("bash").args(["--norc", "-c", &script]).env("PATH", home.search_path()).output();
    let output = output.expect("bash starts");
    assert!(output.status.success(), "{lines}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn a_shell_stays_in_the_instance_of_its_role_until_it_is_cleared() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let (main, guest) = (key(&home, "Main"), key(&home, "Guest"));
    let show = r#"echo "${AWS_SSO-none} ${AWS_ACCESS_KEY_ID-none}""#;
    let list = "aws-sso list --json | grep -o '\"sso\":\"[A-Za-z]*\"' | sort -u";
    let shown = bash(
        &home,
        &format!(
            "aws-sso-use {ADMIN}; {show}\naws-sso-use -S Guest {ADMIN}; {show}; {list}\naws-sso-use -; {show}\n\
             aws-sso-use -; {show}\naws-sso-use team=guest admin; {show}\naws-sso-use -S Main team=main admin; {show}\n\
             aws-sso-use -S Guest visitor; aws-sso-clear; {show}; {list}"
        ),
    );
    let expected = format!(
        "Main {main}\nGuest {guest}\n\"sso\":\"Guest\"\nMain {main}\nGuest {guest}\nGuest {guest}\nMain {main}\nnone none\n\
         \"sso\":\"Main\"\n"
    );
    assert_eq!(shown, expected);
    assert_eq!(
        bash(&home, &format!("export AWS_SSO=Guest; aws-sso-use visitor; {show}")).split(' ').next(),
        Some("Guest")
    );
}
