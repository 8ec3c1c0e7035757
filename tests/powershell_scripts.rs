//! The suite for PowerShell, where no PowerShell can be run: what is printed for it is read with a grammar, and the
//! syntax trees must hold what is meant and nothing else.

#[path = "support/powershell.rs"]
mod powershell;
mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::os::unix::fs::symlink;

use aws_sso::shell::Shell;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use identity_center::{Organization, Simulator};
use powershell::{Source, Statement, broken_rules};
use proptest::prelude::*;
use support::{Answer, BINARY, Home, config, json, small_organization, yaml};

const SUITE: &str = include_str!("../shell/aws-sso.ps1");
const COMPLETION: &str = include_str!("../completions/aws-sso.ps1");
const ROLE: &str = "000000000001:Admin";

fn signed_in(simulator: &Simulator, instance: &str, more: &str) -> Home {
    let home = Home::new(simulator, "");
    home.write_config(&config(
        simulator,
        &format!("DefaultRegion: us-west-2\n{instance}"),
        &format!("SecureStore: json\n{more}"),
    ));
    home.ok(&["login"]);
    home
}

/// Calls the program as the scripts do, with words in a variable.
fn hook(home: &Home, call: &str, words: &[&str]) -> Answer {
    hook_with(home, call, &STANDARD.encode(words.join("\0")))
}

fn hook_with(home: &Home, call: &str, variable: &str) -> Answer {
    let mut command = home.command(&["hook", "powershell", call, "--words-from-environment"]);
    command.env("__AWS_SSO_WORDS", variable);
    Answer::of(command)
}

/// The statements of an answer, which may hold nothing else.
#[track_caller]
fn statements(answer: &Answer) -> Vec<Statement> {
    assert_eq!(answer.status, Some(0), "{}", answer.stderr);
    assert!(answer.stdout.bytes().all(|byte| byte == b'\n' || byte == b' ' || byte.is_ascii_graphic()));
    Source::read(&answer.stdout).and_then(|source| source.statements()).unwrap()
}

/// What the statements leave behind in the shell, by the variables as they are written.
fn set(statements: &[Statement]) -> BTreeMap<&str, &str> {
    let set = statements.iter().filter_map(|statement| match statement {
        Statement::Set(name, value) => Some((&**name, &**value)),
        _ => None,
    });
    set.collect()
}

/// Candidates and their descriptions, as the script reads them.
#[track_caller]
fn candidates(home: &Home, words: &[&str]) -> BTreeMap<String, String> {
    let words: Vec<&str> = std::iter::once("--").chain(words.iter().copied()).collect();
    let answer = hook(home, "complete", &words);
    assert_eq!((answer.status, &*answer.stderr), (Some(0), ""));
    let text = String::from_utf8(STANDARD.decode(answer.stdout.trim_end()).expect("base64")).expect("UTF-8");
    let lines = text.strip_prefix("words\n").unwrap_or_else(|| panic!("no words: {text}")).lines();
    let candidate = |line: &str| {
        let (value, description) = line.split_once('\t').unwrap_or((line, ""));
        (value.to_owned(), description.to_owned())
    };
    lines.map(candidate).collect()
}

#[test]
fn the_scripts_are_ascii_that_powershell_reads() {
    for script in [SUITE, COMPLETION] {
        assert!(script.is_ascii(), "Windows PowerShell decodes by a code page");
        Source::read(script).unwrap();
    }
}

#[test]
fn a_bracket_too_few_is_found_wherever_it_is_missing() {
    let script = format!("{SUITE}{COMPLETION}");
    let source = Source::read(&script).unwrap();
    let brackets: Vec<usize> =
        ["{", "}", "(", ")"].iter().flat_map(|kind| source.of_kind(kind)).map(|node| node.start_byte()).collect();
    assert!(brackets.len() > 100);
    for at in brackets {
        let broken = format!("{}{}", &script[..at], &script[at + 1..]);
        assert!(Source::read(&broken).is_err(), "not found: {}", script[..at].lines().count());
    }
}

#[test]
fn what_shell_init_prints_parses_and_keeps_the_rules_wherever_the_program_lies() {
    let mut home = Home::bare();
    let directory = home.path().join("it's $(touch executed) `n \"q\" \u{2019}\u{2018}; \u{65e5} & | {}");
    std::fs::create_dir(&directory).expect("a directory");
    let program = directory.join("aws-sso");
    symlink(BINARY, &program).expect("a link");
    home.set("PATH", &directory.display().to_string());
    for (flags, prompt, completes) in [
        (&[] as &[&str], "1", true),
        (&["--no-prompt"], "", true),
        (&["--no-completion"], "1", false),
        (&["--no-prompt", "--no-completion"], "", false),
    ] {
        let script = home.ok(&[&["shell-init", "powershell"], flags].concat());
        assert!(script.is_ascii());
        let source = Source::read(&script).unwrap();
        assert_eq!(broken_rules(&source), [""; 0], "{flags:?}");
        let settings: BTreeMap<String, String> = source.settings().into_iter().collect();
        assert_eq!(settings["$global:__aws_sso_program"], program.display().to_string());
        assert_eq!(settings["$global:__aws_sso_prompt"], prompt);
        assert_eq!(script.contains("Register-ArgumentCompleter"), completes);
    }
}

#[test]
fn whoever_breaks_a_rule_of_the_scripts_is_told() {
    let script = Home::bare().ok(&["shell-init", "powershell"]);
    for (before, after, complaint) in [
        (r"Microsoft.PowerShell.Utility\Set-Variable", "Set-Variable", "the command Set-Variable could be anybody's"),
        ("__aws_sso_look) -cne", "__aws_sso_lock) -cne", "the command __aws_sso_lock could be anybody's"),
        ("& $theirs", "& $output", "the command $output could be anybody's"),
        ("function global:__aws_sso_now", "function __aws_sso_now", "the function __aws_sso_now is not global"),
        ("'LASTEXITCODE'", "'AWS_SSO_PREVIOUS'", "the variable global:LASTEXITCODE may not be set"),
        ("'__aws_sso_told', ", "", "the variable global:__aws_sso_told may not be set"),
        ("$status = $global", "$state = $global", "the variable status may not be set"),
        ("${escape}[", "${escapes}[", "the variable escapes may not be set"),
    ] {
        let broken = script.replace(before, after);
        assert_ne!(broken, script, "{before}");
        let complaints = broken_rules(&Source::read(&broken).unwrap());
        assert!(complaints.iter().any(|found| found == complaint), "{complaint}: {complaints:?}");
    }
}

#[test]
fn a_shell_starts_with_the_state_of_an_inherited_role_whatever_its_names_are() {
    let simulator = Simulator::start(small_organization());
    let mut home = signed_in(&simulator, "", "");
    for name in ["it's \u{2019}; exit; '", "$(exit) `n \"x\"", "a\u{1b}[31m\nb", "\u{1f600} \u{202e}"] {
        for variable in ["AWS_SSO_PROFILE", "AWS_SSO", "AWS_SSO_ROLE_ARN", "AWS_ACCESS_KEY_ID", "AWS_PROFILE"] {
            home.set(variable, name);
        }
        home.set("AWS_SSO_SESSION_EXPIRATION", "2999-01-01T00:00:00Z");
        let source = Source::read(&home.ok(&["shell-init", "powershell"])).unwrap();
        assert_eq!(broken_rules(&source), [""; 0]);
        let settings: BTreeMap<String, String> = source.settings().into_iter().collect();
        assert_eq!(settings["$global:__aws_sso_seen"], format!("{name}|{name}|2999-01-01T00:00:00Z|{name}|{name}"));
        assert!(settings.contains_key("$global:__aws_sso_text"));
    }
}

#[test]
fn an_answer_sets_and_removes_variables_and_does_nothing_else_whatever_names_say() {
    let simulator = Simulator::start(Organization::hostile());
    let mut home = signed_in(&simulator, "", "EnvVarTags: [AccountAlias, Email, Role]\n");
    let roles = json(&home.ok(&["list", "--json"]));
    let roles: Vec<&serde_json::Value> = roles.as_array().expect("a list").iter().collect();
    // AWS can be asked for a role without a name as little as it can have one.
    for role in roles.into_iter().filter(|role| role["roleName"] != "") {
        let value = |key: &str| role[key].as_str().expect("a text").replace('\0', "");
        let answer = hook(&home, "use", &["--", &format!("--profile={}", role["profile"].as_str().expect("a name"))]);
        let used = statements(&answer);
        let used = set(&used);
        for (variable, key) in [
            ("$Env:AWS_SSO_PROFILE", "profile"),
            ("$Env:AWS_SSO_ROLE_NAME", "roleName"),
            ("$Env:AWS_SSO_ROLE_ARN", "arn"),
            ("$Env:AWS_SSO_TAG_ACCOUNTALIAS", "accountAlias"),
            ("$Env:AWS_SSO_TAG_EMAIL", "emailAddress"),
        ] {
            assert_eq!(used.get(variable).copied().unwrap_or_default(), value(key), "{variable}");
        }
        assert!(used["$Env:AWS_ACCESS_KEY_ID"].starts_with("ASIA"));
    }
    let inherited =
        ["AWS_SSO", "AWS_SSO_PROFILE", "AWS_SSO_ROLE_ARN", "AWS_SSO_SESSION_EXPIRATION", "AWS_ACCESS_KEY_ID"];
    let used = hook(&home, "use", &["--", "-A", "000000000004", "-R", "ReadOnly"]);
    let used = statements(&used);
    for (name, value) in set(&used) {
        if let Some(name) = name.strip_prefix("$Env:").filter(|_| !value.is_empty()) {
            home.set(name, value);
        }
    }
    let synced = statements(&Answer::of(home.command(&["hook", "powershell", "sync"])));
    assert_eq!(set(&synced)["$global:__aws_sso_expires"], set(&used)["$global:__aws_sso_expires"]);
    let renewed = statements(&Answer::of(home.command(&["hook", "powershell", "renew"])));
    assert!(set(&renewed).contains_key("$global:__aws_sso_early_at"));
    assert!(set(&renewed)["$Env:AWS_SECRET_ACCESS_KEY"].len() > 20);
    let cleared = statements(&hook(&home, "clear", &["--"]));
    for name in inherited {
        assert!(cleared.contains(&Statement::Remove(name.to_owned())), "{name}");
    }
    let help = statements(&hook(&home, "use", &["--", "--help"]));
    assert!(matches!(&*help, [Statement::Print(text)] if text.contains("Usage: aws-sso-use") && text.contains('\n')));
}

#[test]
fn tags_become_variables_with_their_values() {
    let simulator = Simulator::start(small_organization());
    let values: Vec<String> = (' '..='~').map(String::from).collect();
    let more =
        ["\u{2018}\u{2019}\u{201a}\u{201b}''", "a\r\nb\n", "\u{65e5}\u{1f600}", "'+(exit)+'", "\u{201c}$x\u{201d}"];
    let values: Vec<String> = values.into_iter().chain(more.map(str::to_owned)).collect();
    let (mut tags, mut names) = (String::new(), String::new());
    for (number, value) in values.iter().enumerate() {
        let _ = writeln!(tags, "      T{number}: {}", yaml(value));
        let _ = write!(names, "T{number}, ");
    }
    let accounts = format!("Accounts:\n  '000000000001':\n    Tags:\n{tags}");
    let home = signed_in(&simulator, &accounts, &format!("EnvVarTags: [{names}]\n"));
    let used = statements(&hook(&home, "use", &["--", ROLE]));
    let used = set(&used);
    for (number, value) in values.iter().enumerate() {
        let came_out = used.get(&*format!("$Env:AWS_SSO_TAG_T{number}")).copied().unwrap_or_default();
        assert_eq!(came_out, value, "T{number}");
    }
}

#[test]
fn what_a_person_typed_arrives_behind_the_arguments_of_aws_sso_helper_args() {
    for function in ["aws-sso-use", "aws-sso-clear"] {
        let body = SUITE.split(&format!("function global:{function} {{")).nth(1).expect("the function");
        let body = body.split("\n}\n").next().expect("its body");
        assert!(body.contains("--helper-args=$env:AWS_SSO_HELPER_ARGS") && body.contains("'--'"), "{function}");
    }
    let simulator = Simulator::start(small_organization());
    let mut home = signed_in(&simulator, "", "");
    let used = statements(&hook(&home, "use", &["--helper-args=-A '000000000001'", "--memory=", "--", "admin"]));
    assert_eq!(set(&used)["$Env:AWS_SSO_PROFILE"], ROLE);
    home.set("AWS_DEFAULT_REGION", "us-west-2");
    home.set("AWS_SSO_DEFAULT_REGION", "us-west-2");
    let region = Statement::Remove("AWS_DEFAULT_REGION".into());
    assert!(statements(&hook(&home, "clear", &["--helper-args=", "--"])).contains(&region));
    assert!(!statements(&hook(&home, "clear", &["--helper-args=--no-region", "--"])).contains(&region));
}

#[test]
fn words_come_through_as_they_are_and_candidates_come_back() {
    assert!(COMPLETION.contains("__aws_sso_pack (@('--') + $words)"), "else they would be arguments of the hook");
    let simulator = Simulator::start(small_organization());
    let odd = "Accounts:\n  '000000000002':\n    Name: it's \"prod\"; \u{65e5}\n    Roles:\n      Admin:\n        \
               Profile: it's \"odd\" \u{2019} x\n";
    let home = signed_in(&simulator, odd, "");
    let profiles = |words: &[&str]| candidates(&home, words).into_keys().collect::<Vec<_>>();
    assert_eq!(profiles(&["aws-sso-use", ""]).len(), 5);
    assert_eq!(profiles(&["aws-sso-use", "000000000001:A"]), [ROLE]);
    assert_eq!(profiles(&["aws-sso-use", "it's \"odd\" "]), ["it's \"odd\" \u{2019} x"]);
    assert_eq!(profiles(&["aws-sso-profile", "-R", "Admin", "-A", ""]), ["000000000001", "000000000002"]);
    assert_eq!(profiles(&["aws-sso-use", "-A", "000000000001", "-R", "A"]), ["Admin"]);
    assert_eq!(candidates(&home, &["aws-sso-use", "-A", "000000000002"])["000000000002"], "it's \"prod\"; \u{65e5}");
    assert_eq!(profiles(&["aws-sso-use", "", "nothing like it"]), [""; 0]);
    assert_eq!(profiles(&["aws-sso", "tags", "AccountN"]), ["AccountName="]);
    assert_eq!(profiles(&["aws-sso", "tags", "AccountName="]), ["AccountName=it's \"prod\"; \u{65e5}"]);
    assert!(profiles(&["aws-sso-clear", "--no-r"]).contains(&"--no-region".to_owned()));
    assert!(profiles(&[r"C:\bin\aws-sso.exe", "shell-in"]).contains(&"shell-init".to_owned()));
    assert!(profiles(&["/usr/bin/aws-sso", "shell-init", "p"]).contains(&"powershell".to_owned()));
    let files = hook(&home, "complete", &["--", "aws-sso", "--config", ""]);
    assert_eq!(STANDARD.decode(files.stdout.trim_end()).expect("base64"), b"files\n");
}

#[test]
fn a_variable_that_holds_no_words_is_an_error_in_one_line_or_no_candidates() {
    let home = Home::bare();
    for variable in ["", "%", "no base64", "/w==", "AA=", "LS0", "\u{e9}"] {
        for call in ["use", "clear", "complete"] {
            let answer = hook_with(&home, call, variable);
            assert!(answer.status.is_some_and(|status| status <= 2), "{variable:?}: {answer:?}");
            assert!(!answer.stderr.contains("panicked") && answer.stderr.lines().count() <= 1, "{answer:?}");
        }
    }
    let answer = home.run(&["hook", "powershell", "complete", "--words-from-environment"]);
    assert!(answer.status.is_some_and(|status| status <= 2) && !answer.stderr.contains("panicked"), "{answer:?}");
}

proptest! {
    #[test]
    fn any_value_is_one_statement_that_says_just_that(
        value in prop_oneof!["(?s)[^\\x00]{0,40}", "['\u{2018}-\u{201f}\"`$();\n a-c]{0,20}"],
    ) {
        let text = Shell::PowerShell.set("A", &value) + "\n" + &Shell::PowerShell.assign("__aws_sso_a", &value)
            + "\n" + &Shell::PowerShell.print(&value) + "\n" + &Shell::PowerShell.unset("B") + "\n";
        let statements = Source::read(&text).and_then(|source| source.statements());
        prop_assert_eq!(statements, Ok(vec![
            Statement::Set("$Env:A".into(), value.clone()),
            Statement::Set("$global:__aws_sso_a".into(), value.clone()),
            Statement::Print(value),
            Statement::Remove("B".into()),
        ]));
    }
}

#[test]
fn a_statement_that_is_none_of_an_answers_is_found() {
    for text in [
        "$Env:A = Get-Date",
        "$Env:A = \"b\"",
        "$Env:A = ('b'+$x)",
        "$Env:A = ('b'-[char]1)",
        "$Env:A = 'b'; exit",
        "$Env:A += 'b'",
        "$A = 'b'",
        "$global:A = 'b'",
        "${Env:A b} = 'b'",
        "Remove-Item Env:\\A",
        "Remove-Item C:\\A -ErrorAction SilentlyContinue",
        "$Env:A = 'b\u{2019}; exit; \u{2018}'",
        "Write-Output 'b'",
        "Microsoft.PowerShell.Utility\\Write-Output 'b' 'c'",
    ] {
        let found = Source::read(text).and_then(|source| source.statements());
        assert!(found.is_err(), "{text}: {found:?}");
    }
}
