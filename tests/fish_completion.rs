//! TAB in fish, on a real terminal and as `complete -C` answers it.

#[path = "support/named.rs"]
mod named;
mod support;
#[path = "support/typist.rs"]
mod typist;

use identity_center::{Organization, Simulator};
use named::{NAMES, assert_tags, assert_words, executed, named, sit_down, words};
use support::{Answer, Home, config};
use typist::{CTRL_U, Shell, Typist};

const LEFT: &str = "\x1b[D";

fn fish(home: &Home) -> Typist {
    sit_down(Shell::Fish, home, "")
}

/// The candidates with their descriptions for a line, which is given as it would be typed.
fn candidates(home: &Home, before: &str, line: &str) -> Vec<String> {
    let script = home.path().join("script.fish");
    let init = home.ok(&["shell-init", "fish"]);
    let quoted = line.replace('\\', "\\\\").replace('\'', "\\'");
    std::fs::write(&script, format!("{init}\n{before}\ncomplete -C '{quoted}'\n")).expect("a script");
    let mut command = home.program("fish");
    command.args(["--no-config", "-i", "-c", "source script.fish"]).env("TERM", "xterm");
    let answer = Answer::of(command);
    assert_eq!(answer.stderr, "", "{line}");
    answer.stdout.lines().map(str::to_owned).collect()
}

#[test]
fn fish_is_told_the_candidates_and_what_they_are() {
    let (_simulator, home) = named();
    let values = |line: &str| -> Vec<String> {
        let all = candidates(&home, "", line);
        all.iter().map(|line| line.split('\t').next().unwrap_or_default().to_owned()).collect()
    };
    let with_text = candidates(&home, "", "aws-sso-use 1111");
    assert_eq!(with_text.len(), 4);
    assert!(with_text[0].starts_with("111122223333:Admin\t") && with_text[0].contains("payments-dev"), "{with_text:?}");
    assert_eq!(values("aws-sso-use -S Other oth"), ["other admin"]);
    assert_eq!(values("aws-sso-use -SOther oth"), ["other admin"]);
    assert_eq!(values("aws-sso-use --sso=Other oth"), ["other admin"]);
    assert_eq!(values("aws-sso-use -R Billing -A "), ["111122224444"]);
    assert_eq!(values("aws-sso-use -A 123456789012 -R "), ["ReadOnly"]);
    assert_eq!(values("aws-sso-use -A 111122224444 -p "), ["111122224444:Admin", "111122224444:Billing"]);
    assert_eq!(values("aws-sso-use 'ff:gg"), ["ff:gg:hh"]);
    assert_eq!(values("echo (aws-sso-use 1234"), ["123456789012:ReadOnly"]);
    assert_eq!(values("true; aws-sso-use 1234"), ["123456789012:ReadOnly"]);
    let other = candidates(&home, "set -gx AWS_SSO Other", "aws-sso-use oth");
    assert!(other.len() == 1 && other[0].starts_with("other admin"), "{other:?}");
}

#[test]
fn a_role_is_found_from_the_first_digits_of_its_account() {
    let (_simulator, home) = named();
    let mut fish = fish(&home);
    assert_words(&mut fish, &home, "aws-sso-use 1234\t", &["123456789012:ReadOnly"]);
    assert_words(&mut fish, &home, "aws-sso-profile 1234\t", &["123456789012:ReadOnly"]);
    assert_words(&mut fish, &home, "aws-sso-use 111122224444:B\t", &["111122224444:Billing"]);
    assert_words(&mut fish, &home, "aws-sso eval -p 1234\t", &["eval", "-p", "123456789012:ReadOnly"]);
    fish.leave();
}

#[test]
fn accounts_and_roles_filter_each_other() {
    let (_simulator, home) = named();
    let mut fish = fish(&home);
    for (keys, expected) in [
        ("-p 1234\t", &["-p", "123456789012:ReadOnly"][..]),
        ("-A 1234\t", &["-A", "123456789012"]),
        ("-A 123456789012 -R \t", &["-A", "123456789012", "-R", "ReadOnly"]),
        ("-R Billing -A \t", &["-R", "Billing", "-A", "111122224444"]),
        ("-A 111122224444 111122224444:b\t", &["-A", "111122224444", "111122224444:Billing"]),
        ("--account=1234\t", &["--account=123456789012"]),
        ("--aut\t", &["--auto"]),
        ("-S O\t", &["-S", "Other"]),
        ("--sso=O\t", &["--sso=Other"]),
        ("-SO\t", &["-SOther"]),
        ("-S Other oth\t", &["-S", "Other", "other admin"]),
        ("-SOther oth\t", &["-SOther", "other admin"]),
        ("--sso=Other oth\t", &["--sso=Other", "other admin"]),
    ] {
        assert_words(&mut fish, &home, &format!("aws-sso-use {keys}"), expected);
    }
    assert_words(&mut fish, &home, "aws-sso-use oth\t", &["oth"]);
    fish.line("set -gx AWS_SSO Other");
    assert_words(&mut fish, &home, "aws-sso-use oth\t", &["other admin"]);
    fish.leave();
}

#[track_caller]
fn every_name(quote: &str) {
    let (_simulator, home) = named();
    let mut fish = fish(&home);
    for name in NAMES {
        assert_words(&mut fish, &home, &format!("aws-sso-use {quote}{}\t", &name[..2]), &[name]);
    }
    assert!(!executed(&home));
    fish.leave();
}

#[test]
fn a_tag_is_completed_key_by_key_and_value_by_value() {
    let (_simulator, home) = named();
    let mut fish = fish(&home);
    assert_tags(&mut fish, &home);
    assert!(!executed(&home));
    fish.leave();
}

#[test]
fn any_name_is_completed() {
    every_name("");
}

#[test]
fn any_name_is_completed_in_single_quotes() {
    every_name("'");
}

#[test]
fn any_name_is_completed_in_double_quotes() {
    every_name("\"");
}

#[test]
fn what_was_typed_of_a_name_may_be_quoted_in_any_way() {
    let (_simulator, home) = named();
    let mut fish = fish(&home);
    for (typed, name) in [
        (r"aa\ it\'", NAMES[0]),
        ("\"aa it's m", NAMES[0]),
        (r"'aa it\'s", NAMES[0]),
        (r#"bb\ \""#, NAMES[1]),
        ("'bb \"quo", NAMES[1]),
        (r"cc\ \&\ d\;", NAMES[2]),
        ("'cc & d; e | f", NAMES[2]),
        (r"dd\ \$\(touch", NAMES[3]),
        ("'dd $(touch ex", NAMES[3]),
        (r#""dd \$(touch"#, NAMES[3]),
        (r"ee\ back\\sl", NAMES[4]),
        (r"'ee back\\sl", NAMES[4]),
        ("ff:gg:", NAMES[5]),
        ("'ff:gg:", NAMES[5]),
        // No further: fish 3 itself takes a ? that is completed for one that stands for any letter.
        ("\"gg ", NAMES[6]),
        ("kk=", NAMES[10]),
    ] {
        assert_words(&mut fish, &home, &format!("aws-sso-use {typed}\t"), &[name]);
    }
    assert!(!executed(&home));
    fish.leave();
}

#[test]
fn the_middle_of_a_name_and_the_wrong_case_are_found() {
    let (_simulator, home) = named();
    let mut fish = fish(&home);
    assert_words(&mut fish, &home, "aws-sso-use Billing\t", &["111122224444:Billing"]);
    assert_words(&mut fish, &home, "aws-sso-use ll-mixed\t", &["ll-Mixed-Case"]);
    assert_words(&mut fish, &home, "aws-sso-use value\t", &["kk=value"]);
    assert_words(
        &mut fish,
        &home,
        &format!("aws-sso-use 1234 --no-region{}\t", LEFT.repeat(12)),
        &["123456789012:ReadOnly", "--no-region"],
    );
    fish.leave();
}

#[test]
fn candidates_are_shown_with_what_they_are() {
    let (_simulator, home) = named();
    let mut fish = fish(&home);
    fish.keys("aws-sso-use 1111\t");
    fish.sees("payments-dev");
    fish.keys("\x1b\x1b");
    fish.keys(CTRL_U);
    fish.enter();
    fish.leave();
}

#[test]
fn files_and_commands_are_completed_by_fish_itself() {
    let (_simulator, home) = named();
    std::fs::create_dir(home.path().join("a folder")).expect("a directory");
    std::fs::write(home.path().join("a folder/my config.yaml"), "").expect("a file");
    let mut fish = fish(&home);
    assert_words(&mut fish, &home, "aws-sso --config a\\ \tm\t", &["--config", "a folder/my config.yaml"]);
    assert_words(&mut fish, &home, "aws-sso --config 'a f\tm\t", &["--config", "a folder/my config.yaml"]);
    assert_words(&mut fish, &home, "aws-sso --config=a\\ \tm\t", &["--config=a folder/my config.yaml"]);
    assert_words(&mut fish, &home, "aws-sso exec -- tsor\t", &["exec", "--", "tsort"]);
    assert_words(&mut fish, &home, "aws-sso exec -p x tsor\t", &["exec", "-p", "x", "tsort"]);
    assert_words(&mut fish, &home, "aws-sso exec -- ls a\\ \tm\t", &["exec", "--", "ls", "a folder/my config.yaml"]);
    fish.leave();
}

#[test]
fn names_that_hold_commands_for_a_terminal_are_not_shown_to_it() {
    let evil = "\u{1b}]0;evil\u{7}\u{1b}[31m$(touch executed)(touch executed)\u{202e}\r\n";
    let organization = Organization::new().with_account("000000000001", evil, evil, &["Admin", "Read"]);
    let simulator = Simulator::start(organization);
    let home = Home::new(&simulator, "");
    let roles = format!("Accounts:\n  '000000000001':\n    Name: {}", support::yaml(evil));
    home.write_config(&config(&simulator, &roles, "SecureStore: json\n"));
    home.ok(&["login"]);
    let mut fish = fish(&home);
    for line in ["aws-sso-use 0\t", "aws-sso-use -A 0\t", "aws-sso-use -A e\t", "aws-sso list -p \t"] {
        fish.keys(line);
        fish.keys("\x1b\x1b");
        fish.keys(CTRL_U);
        let shown = fish.enter_showing();
        assert!(!shown.contains("]0;evil\u{7}"), "{line}: {shown:?}");
        for raw in candidates(&home, "", line.trim_end_matches('\t')) {
            assert!(!raw.contains(['\u{1b}', '\u{7}', '\r', '\u{202e}']), "{line}: {raw:?}");
        }
    }
    assert!(!executed(&home));
    fish.leave();
}

#[test]
fn without_a_state_file_or_a_program_nothing_happens() {
    let (_simulator, home) = named();
    let mut fish = fish(&home);
    for broken in ["this is no database", ""] {
        std::fs::write(home.state_path(), broken).expect("a file");
        assert!(words(&mut fish, &home, "aws-sso-use 12\t") == ["12"], "{broken:?}");
        assert_eq!(candidates(&home, "", "aws-sso-use 1"), Vec::<String>::new(), "{broken:?}");
    }
    std::fs::remove_file(home.state_path()).expect("the state file");
    assert!(words(&mut fish, &home, "aws-sso-use 12\t") == ["12"]);
    assert_eq!(candidates(&home, "", "aws-sso-use 1"), Vec::<String>::new());
    assert_eq!(candidates(&home, "set -g __aws_sso_program /nowhere", "aws-sso-use 1"), Vec::<String>::new());
    fish.leave();
}

#[test]
fn no_completion_is_defined_where_none_is_wanted() {
    let (_simulator, home) = named();
    let listed = |options: &str| {
        let mut command = home.program("fish");
        let init = home.ok(&["shell-init", "fish", options]);
        std::fs::write(home.path().join("script.fish"), init).expect("a script");
        command.args(["--no-config", "-i", "-c", "source script.fish; complete aws-sso-use | count"]);
        Answer::of(command).stdout
    };
    assert_eq!((listed("--no-prompt"), listed("--no-completion")), ("1\n".to_owned(), "0\n".to_owned()));
}
