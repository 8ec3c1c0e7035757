//! `eval` as real shells read it: whatever a value holds comes out byte for byte, and nothing in it runs.

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use identity_center::{Operation, Organization, Simulator};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use support::{Answer, BINARY, Home, config, json, small_organization, variables, yaml};

/// One documented way to read what `eval` prints. The arguments of the script are those of `eval`.
struct Way {
    program: &'static str,
    options: &'static [&'static str],
    read: &'static str,
}

/// As strict as scripts are; an eval that stumbles ends the shell.
const BASH: &[&str] = &["--norc", "-euo", "pipefail", "-c"];
const ZSH: &[&str] = &["-f", "-euc"];

const WAYS: [Way; 6] = [
    Way { program: "bash", options: BASH, read: r#"eval "$(aws-sso eval "$@")""# },
    Way { program: "bash", options: BASH, read: r#"eval $(aws-sso eval "$@")"# },
    Way { program: "zsh", options: ZSH, read: r#"eval "$(aws-sso eval "$@")""# },
    Way { program: "zsh", options: ZSH, read: r#"eval $(aws-sso eval "$@")"# },
    Way { program: "fish", options: &["--no-config", "-c"], read: "aws-sso eval $argv | source" },
    Way { program: "dash", options: &["-euc"], read: r#"eval "$(aws-sso eval "$@")""# },
];

impl Way {
    /// The shell in `home`, about to run `script` with `arguments`.
    fn shell(&self, home: &Home, script: &str, arguments: &[&str]) -> Command {
        let mut command = home.program(self.program);
        command.args(self.options).arg(script);
        // fish counts its arguments from the first, the others from their own name.
        command.arg(if self.program == "fish" { "--" } else { self.program }).args(arguments);
        command
    }

    /// The script, whose output is environments: each ended by `END=`.
    fn environments(&self, home: &Home, script: &str, arguments: &[&str]) -> Vec<BTreeMap<String, String>> {
        let output = self.shell(home, script, arguments).output().expect("the shell starts");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && errors.is_empty(), "{} {}: {errors}", self.program, self.read);
        let mut environments = vec![BTreeMap::new()];
        for entry in output.stdout.split_inclusive(|byte| *byte == 0) {
            if entry == b"END=\0" {
                environments.push(BTreeMap::new());
            } else {
                environments.last_mut().expect("one at least").append(&mut variables(entry));
            }
        }
        assert_eq!(environments.pop(), Some(BTreeMap::new()), "the last one was ended");
        environments
    }

    /// The environment after `eval` with `arguments`.
    fn load(&self, home: &Home, arguments: &[&str]) -> BTreeMap<String, String> {
        self.environments(home, &format!("{}; {SHOW}", self.read), arguments).remove(0)
    }
}

const SHOW: &str = r"env -0; printf 'END=\0'";

/// A home with a session, and `aws-sso` on the path of its shells.
fn signed_in(simulator: &Simulator, instance: &str, more: &str) -> Home {
    let mut home = Home::new(simulator, "");
    let path = home.environment().iter().find(|(name, _)| name == "PATH").expect("a PATH").1.clone();
    let directory = Path::new(BINARY).parent().expect("a directory").display();
    home.set("PATH", &format!("{directory}:{path}"));
    home.write_config(&config(simulator, instance, &format!("SecureStore: json\n{more}")));
    home.ok(&["login"]);
    home
}

/// What is in the home, but for what belongs there.
fn strangers(home: &Home) -> Vec<String> {
    let entries = std::fs::read_dir(home.path()).expect("the home").map(|entry| entry.expect("an entry").file_name());
    let names = entries.map(|name| name.to_string_lossy().into_owned());
    // fish makes its folders wherever it runs.
    names.filter(|name| ![".config", ".local", ".cache"].contains(&name.as_str())).collect()
}

/// The role of account 1 with these tags, each of which becomes a variable.
fn write_tags(home: &Home, simulator: &Simulator, values: &[String]) {
    let mut instance =
        "Accounts:\n  '000000000001':\n    Roles:\n      Admin:\n        Profile: one\n        Tags:\n".to_owned();
    let mut names = String::new();
    for (number, value) in values.iter().enumerate() {
        let _ = writeln!(instance, "          T{number}: {}", yaml(value));
        let _ = write!(names, "T{number}, ");
    }
    home.write_config(&config(simulator, &instance, &format!("SecureStore: json\nEnvVarTags: [{names}]\n")));
}

/// Gives the role `values` as tags, and asks every shell what became of them.
fn survive(home: &Home, simulator: &Simulator, values: &[String]) -> Result<(), TestCaseError> {
    write_tags(home, simulator, values);
    let listed = json(&home.ok(&["list", "--json", "--prefix", "Profile=one"]));
    for (number, value) in values.iter().enumerate() {
        prop_assert_eq!(listed[0]["tags"][format!("T{number}")].as_str(), Some(value.as_str()));
    }
    for way in &WAYS {
        let environment = way.load(home, &["-p", "one"]);
        for (number, value) in values.iter().enumerate() {
            let came_out = environment.get(&format!("AWS_SSO_TAG_T{number}")).map_or("", String::as_str);
            prop_assert_eq!(came_out, value.as_str(), "{} {}", way.program, way.read);
        }
    }
    prop_assert_eq!(strangers(home), Vec::<String>::new(), "something was executed");
    Ok(())
}

/// What has broken one quoting or another.
fn pitfalls() -> Vec<String> {
    let printable: String = (' '..='~').collect();
    let controls: String = ('\u{1}'..='\u{1f}').chain('\u{7f}'..='\u{9f}').collect();
    let mut values: Vec<String> = (' '..='~').map(String::from).collect();
    values.extend([printable.clone(), printable.chars().rev().collect(), controls]);
    let fixed = [
        "it's",
        "\"quoted\"",
        "'",
        "''",
        "'\\''",
        "\\",
        "\\\\",
        "\\n",
        "a\\",
        "$HOME",
        "${HOME}",
        "$(touch executed)",
        "`touch executed`",
        "; touch executed",
        "& touch executed &",
        "|| touch executed",
        "\ntouch executed\n",
        "(touch executed)",
        "=(touch executed)",
        "<(touch executed)",
        "$'\\x27'; touch executed #",
        "!!",
        "!-1",
        "!$",
        "a!b",
        "^a^b",
        "-n",
        "-e",
        "--",
        "--help",
        "-rf /",
        "~",
        "~root",
        "a:~",
        "=ls",
        "%self",
        "*",
        "/*",
        "?",
        "[a-z]",
        "{a,b}",
        "**/*",
        "#comment",
        "a #b",
        " a",
        "a ",
        "  a  b  ",
        "\ta\t",
        "\r",
        "\r\n",
        "a\n",
        "\na",
        "\n\n\n",
        "a\nb\n",
        "données",
        "日本語",
        "🔥",
        "e\u{301}",
        "\u{202e}abc",
        "\u{200b}",
        "\u{feff}bom",
        "\u{85}",
        "\u{2028}",
        "\u{10ffff}",
        "\u{1b}[31m",
        "a=b",
        "A=1 touch executed",
        "%s%n",
        "%PATH%",
        "$env:PATH",
        "\\X41",
        "\\u0041",
        "<no value>",
        "null",
    ];
    values.extend(fixed.map(str::to_owned));
    values
}

#[test]
fn values_that_break_quoting_do_not_break_ours() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "");
    survive(&home, &simulator, &pitfalls()).unwrap();
}

#[test]
fn any_text_comes_back_byte_for_byte() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "");
    let text = prop_oneof!["[ -~]{0,40}", "(?s)[^\\x00]{0,24}", "[\"'\\\\$`! \n\t*?~{}\\[\\]();&|<>#=%^-]{1,16}"];
    let values = prop::collection::vec(text, 60);
    let config = Config { cases: 5, max_shrink_iters: 60, failure_persistence: None, ..Config::default() };
    TestRunner::new(config).run(&values, |values| survive(&home, &simulator, &values)).unwrap();
}

#[test]
fn names_in_the_config_are_values_like_any_other() {
    let simulator = Simulator::start(small_organization());
    let (instance, name, profile) =
        ("-n it's \"$(touch executed)\"! é", "`touch executed`\\", "--help '$HOME' \"!!\" ; touch executed 🔥");
    let own = format!(
        "Accounts:\n  '000000000001':\n    Name: {}\n    Roles:\n      Admin:\n        Profile: {}\n",
        yaml(name),
        yaml(profile)
    );
    let home = signed_in(&simulator, &own, "EnvVarTags: [AccountName]\n");
    let path = home.config_path();
    let written = std::fs::read_to_string(&path).expect("the config");
    std::fs::write(path, written.replacen("  Default:\n", &format!("  {}:\n", yaml(instance)), 1)).expect("the config");
    home.ok(&["login"]);
    for way in &WAYS {
        let environment = way.load(&home, &[&format!("--profile={profile}")]);
        for (variable, expected) in
            [("AWS_SSO", instance), ("AWS_SSO_PROFILE", profile), ("AWS_SSO_TAG_ACCOUNTNAME", name)]
        {
            assert_eq!(environment[variable], expected, "{} {}", way.program, way.read);
        }
        // The shell that has the role finds its way back to the instance.
        let again = format!("{0}; {0}; {SHOW}", way.read);
        assert_eq!(way.environments(&home, &again, &[&format!("--profile={profile}")])[0]["AWS_SSO"], instance);
    }
    assert_eq!(strangers(&home), Vec::<String>::new());
}

#[test]
fn hostile_names_execute_nothing_in_any_shell() {
    let simulator = Simulator::start(Organization::hostile());
    let home = signed_in(&simulator, "", "EnvVarTags: [AccountAlias, Email, Role]\n");
    let roles = json(&home.ok(&["list", "--json"]));
    let roles = roles.as_array().expect("a list");
    assert_eq!(roles.len(), simulator.change(|organization| organization.role_count()));
    // AWS can be asked for a role without a name as little as it can have one.
    let roles: Vec<&serde_json::Value> = roles.iter().filter(|role| role["roleName"] != "").collect();
    let arguments: Vec<String> =
        roles.iter().map(|role| format!("--profile={}", role["profile"].as_str().expect("a name"))).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    // No variable can hold a NUL.
    let value = |role: &serde_json::Value, key: &str| role[key].as_str().expect("a text").replace('\0', "");
    for way in WAYS.iter().filter(|way| !way.read.starts_with("eval $")) {
        let each = match way.program {
            "fish" => format!("for role in $argv; aws-sso eval $role | source; {SHOW}; end"),
            _ => format!(r#"for role; do eval "$(aws-sso eval "$role")"; {SHOW}; done"#),
        };
        let environments = way.environments(&home, &each, &arguments);
        assert_eq!(environments.len(), roles.len());
        for (role, environment) in roles.iter().zip(&environments) {
            for (variable, key) in [
                ("AWS_SSO_PROFILE", "profile"),
                ("AWS_SSO_ROLE_NAME", "roleName"),
                ("AWS_SSO_ROLE_ARN", "arn"),
                ("AWS_SSO_TAG_ACCOUNTALIAS", "accountAlias"),
                ("AWS_SSO_TAG_EMAIL", "emailAddress"),
            ] {
                let came_out = environment.get(variable).map_or("", String::as_str);
                assert_eq!(came_out, value(role, key), "{variable} in {}", way.program);
            }
            assert!(!environment.contains_key("AWS_PROFILE"), "a name exported a variable");
        }
    }
    assert_eq!(strangers(&home), Vec::<String>::new(), "something was executed");
}

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

#[test]
fn the_shell_that_asks_is_written_for_whatever_the_login_shell_is() {
    let simulator = Simulator::start(small_organization());
    let tags = "Accounts: {'000000000001': {Tags: {Team: a b}}}";
    let mut home = signed_in(&simulator, tags, "EnvVarTags: [Team]\n");
    let (bash, fish, posix) =
        (r"export AWS_SSO_TAG_TEAM=$'a\x20b';", r"set -gx AWS_SSO_TAG_TEAM a\X20b;", "export AWS_SSO_TAG_TEAM='a b';");
    let asked = r#"text="$(aws-sso eval "$@")"; printf '%s\n' "$text""#;
    for (way, login_shell, script, expected) in [
        (&WAYS[0], "/usr/bin/fish", asked, bash),
        (&WAYS[2], "/usr/bin/fish", asked, bash),
        (&WAYS[4], "/bin/bash", "set text (aws-sso eval $argv); printf '%s\\n' $text", fish),
        (&WAYS[5], "/usr/bin/fish", asked, posix),
    ] {
        home.set("SHELL", login_shell);
        let answer = Answer::of(way.shell(&home, script, &["-p", "000000000001:Admin"]));
        assert!(answer.stdout.lines().any(|line| line == expected), "{}: {}", way.program, answer.stdout);
    }
    for (name, expected) in [
        ("bash", bash),
        ("zsh", bash),
        ("fish", fish),
        ("sh", posix),
        ("/usr/local/bin/fish", fish),
        ("powershell", "$Env:AWS_SSO_TAG_TEAM = 'a b';"),
        ("pwsh", "$Env:AWS_SSO_TAG_TEAM = 'a b';"),
        ("xonsh", "$AWS_SSO_TAG_TEAM = 'a b';"),
    ] {
        let text = home.ok(&["eval", "-p", "000000000001:Admin", "--shell", name]);
        assert!(text.lines().any(|line| line == expected), "{name}: {text}");
    }
}
