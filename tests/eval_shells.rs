//! `eval` as real shells read it: whatever a value holds comes out byte for byte, and nothing in it runs.

#[path = "support/shells.rs"]
mod shells;
mod support;

use std::fmt::Write as _;

use identity_center::{Organization, Simulator};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use shells::*;
use support::{Answer, Home, config, json, small_organization, yaml};

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
