//! TAB in zsh, on a real terminal.

#[path = "support/named.rs"]
mod named;
mod support;
#[path = "support/typist.rs"]
mod typist;

use identity_center::{Organization, Simulator};
use named::{NAMES, assert_tags, assert_words, executed, named, sit_down, words};
use support::{Home, config};
use typist::{CTRL_U, Shell, Typist};

const LEFT: &str = "\x1b[D";

fn zsh(home: &Home) -> Typist {
    sit_down(Shell::Zsh, home, "")
}

#[test]
fn a_role_is_found_from_the_first_digits_of_its_account() {
    let (_simulator, home) = named();
    let mut zsh = zsh(&home);
    assert_words(&mut zsh, &home, "aws-sso-use 1234\t", &["123456789012:ReadOnly"]);
    assert_words(&mut zsh, &home, "aws-sso-profile 1234\t", &["123456789012:ReadOnly"]);
    assert_words(&mut zsh, &home, "aws-sso-use 1111\t3\tR\t", &["111122223333:ReadOnly"]);
    assert_words(&mut zsh, &home, "aws-sso-use 111122224444:\tB\t", &["111122224444:Billing"]);
    assert_words(&mut zsh, &home, "aws-sso eval -p 1234\t", &["eval", "-p", "123456789012:ReadOnly"]);
    zsh.leave();
}

#[test]
fn accounts_and_roles_filter_each_other() {
    let (_simulator, home) = named();
    let mut zsh = zsh(&home);
    for (keys, expected) in [
        ("-p 1234\t", &["-p", "123456789012:ReadOnly"][..]),
        ("--profile 1234\t", &["--profile", "123456789012:ReadOnly"]),
        ("-A 1234\t", &["-A", "123456789012"]),
        ("-A 123456789012 -R \t", &["-A", "123456789012", "-R", "ReadOnly"]),
        ("-R Billing -A \t", &["-R", "Billing", "-A", "111122224444"]),
        ("-A 111122224444 -p 1\tb\t", &["-A", "111122224444", "-p", "111122224444:Billing"]),
        ("-A 111122224444 1\tb\t", &["-A", "111122224444", "111122224444:Billing"]),
        ("--account=1234\t", &["--account=123456789012"]),
        ("--aut\t", &["--auto"]),
    ] {
        assert_words(&mut zsh, &home, &format!("aws-sso-use {keys}"), expected);
    }
    zsh.leave();
}

#[test]
fn an_account_is_found_by_its_name() {
    let (_simulator, home) = named();
    let mut zsh = zsh(&home);
    assert_words(&mut zsh, &home, "aws-sso-use -A data\t", &["-A", "123456789012"]);
    // Several: they are shown, and what was typed stays.
    zsh.keys("aws-sso-use -A pay\t\t");
    zsh.sees("payments-dev");
    zsh.sees("payments-prod");
    zsh.keys(CTRL_U);
    zsh.enter();
    assert_words(&mut zsh, &home, "aws-sso-use -A pay\t\t", &["-A", "pay"]);
    zsh.leave();
}

#[test]
fn the_instance_on_the_line_or_in_the_environment_is_the_one_that_is_asked() {
    let (_simulator, home) = named();
    let mut zsh = zsh(&home);
    for (keys, before) in
        [("-S Other ", &["-S", "Other"][..]), ("-SOther ", &["-SOther"]), ("--sso=Other ", &["--sso=Other"])]
    {
        let expected: Vec<&str> = before.iter().copied().chain(["other admin"]).collect();
        assert_words(&mut zsh, &home, &format!("aws-sso-use {keys}oth\t"), &expected);
    }
    for (keys, expected) in [("-S O\t", &["-S", "Other"][..]), ("-SO\t", &["-SOther"]), ("--sso=O\t", &["--sso=Other"])]
    {
        assert_words(&mut zsh, &home, &format!("aws-sso-use {keys}"), expected);
    }
    assert_words(&mut zsh, &home, "aws-sso-use oth\t", &["oth"]);
    zsh.line("export AWS_SSO=Other");
    assert_words(&mut zsh, &home, "aws-sso-use oth\t", &["other admin"]);
    zsh.leave();
}

/// Every name, from its first two letters, after an opening quote or none.
#[track_caller]
fn every_name(quote: &str) {
    let (_simulator, home) = named();
    let mut zsh = zsh(&home);
    for name in NAMES {
        assert_words(&mut zsh, &home, &format!("aws-sso-use {quote}{}\t", &name[..2]), &[name]);
    }
    assert!(!executed(&home));
    zsh.leave();
}

#[test]
fn a_tag_is_completed_key_by_key_and_value_by_value() {
    let (_simulator, home) = named();
    let mut zsh = zsh(&home);
    assert_tags(&mut zsh, &home);
    assert!(!executed(&home));
    zsh.leave();
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
fn any_name_is_completed_in_dollar_quotes() {
    every_name("$'");
}

#[test]
fn what_was_typed_of_a_name_may_be_quoted_in_any_way() {
    let (_simulator, home) = named();
    let mut zsh = zsh(&home);
    for (typed, name) in [
        (r"aa\ it\'", NAMES[0]),
        ("\"aa it's m", NAMES[0]),
        (r"'aa it'\''s", NAMES[0]),
        (r"$'aa it\'s", NAMES[0]),
        (r"bb\ \", NAMES[1]),
        ("'bb \"quo", NAMES[1]),
        (r"cc\ \&\ d\;", NAMES[2]),
        ("'cc & d; e | f", NAMES[2]),
        (r"dd\ \$\(touch", NAMES[3]),
        ("'dd $(touch ex", NAMES[3]),
        (r#""dd \$(touch"#, NAMES[3]),
        (r"ee\ back\\sl", NAMES[4]),
        (r"'ee back\sl", NAMES[4]),
        ("ff:gg:", NAMES[5]),
        ("'ff:gg:", NAMES[5]),
        (r"gg\ \*\?", NAMES[6]),
        ("\"gg *?[", NAMES[6]),
        ("kk=", NAMES[10]),
        ("'aa 'it", NAMES[0]),
    ] {
        assert_words(&mut zsh, &home, &format!("aws-sso-use {typed}\t"), &[name]);
    }
    assert!(!executed(&home));
    zsh.leave();
}

#[test]
fn the_middle_of_a_name_and_the_wrong_case_are_found() {
    let (_simulator, home) = named();
    let mut zsh = sit_down(Shell::Zsh, &home, "setopt complete_in_word");
    assert_words(&mut zsh, &home, "aws-sso-use billing\t", &["111122224444:Billing"]);
    assert_words(&mut zsh, &home, "aws-sso-use LL-mixed\t", &["ll-Mixed-Case"]);
    assert_words(&mut zsh, &home, "aws-sso-use slash\t", &[NAMES[4]]);
    // The cursor in the word: what comes after it is a part of the name.
    assert_words(&mut zsh, &home, &format!("aws-sso-use 1234Only{}\t", LEFT.repeat(4)), &["123456789012:ReadOnly"]);
    // The cursor in the line.
    assert_words(
        &mut zsh,
        &home,
        &format!("aws-sso-use 1234 --no-region{}\t", LEFT.repeat(12)),
        &["123456789012:ReadOnly", "--no-region"],
    );
    zsh.leave();
}

#[test]
fn candidates_are_shown_with_what_they_are() {
    let (_simulator, home) = named();
    let mut zsh = zsh(&home);
    zsh.keys("aws-sso-use 1111\t\t");
    zsh.sees("111122223333:Admin  -- ");
    zsh.sees("payments-dev");
    zsh.keys(CTRL_U);
    zsh.enter();
    zsh.keys("aws-sso-use --\t\t");
    zsh.sees("--account  -- ");
    zsh.keys(CTRL_U);
    zsh.enter();
    zsh.leave();
}

#[test]
fn files_and_commands_are_completed_by_zsh_itself() {
    let (_simulator, home) = named();
    std::fs::create_dir(home.path().join("a folder")).expect("a directory");
    std::fs::write(home.path().join("a folder/my config.yaml"), "").expect("a file");
    for options in ["", "setopt ksh_arrays sh_word_split null_glob", "setopt no_extended_glob no_unset"] {
        let prompt = "precmd() { emulate -L zsh; psvar[1]=$(( ++__n )) }";
        let mut zsh = sit_down(Shell::Zsh, &home, &format!("{prompt}\n{options}"));
        assert_words(&mut zsh, &home, "aws-sso --config a\tm\t", &["--config", "a folder/my config.yaml"]);
        assert_words(&mut zsh, &home, "aws-sso --config=a\tm\t", &["--config=a folder/my config.yaml"]);
        assert_words(&mut zsh, &home, "aws-sso-use --config=a\tm\t", &["--config=a folder/my config.yaml"]);
        assert_words(&mut zsh, &home, "aws-sso exec -- uname\t", &["exec", "--", "uname"]);
        assert_words(&mut zsh, &home, "aws-sso exec -p x unam\t", &["exec", "-p", "x", "uname"]);
        assert_words(&mut zsh, &home, "aws-sso exec -- ls a\t\t", &["exec", "--", "ls", "a folder/my config.yaml"]);
        zsh.leave();
    }
}

#[test]
fn names_that_hold_commands_for_a_terminal_are_not_shown_to_it() {
    let evil = "\u{1b}]0;evil\u{7}\u{1b}[31m$(touch executed)`touch executed`%F{red}\u{202e}\r\n";
    let organization = Organization::new().with_account("000000000001", evil, evil, &["Admin", "Read"]);
    let simulator = Simulator::start(organization);
    let home = Home::new(&simulator, "");
    let roles = format!("Accounts:\n  '000000000001':\n    Name: {}", support::yaml(evil));
    home.write_config(&config(&simulator, &roles, "SecureStore: json\n"));
    home.ok(&["login"]);
    for before in
        ["", "setopt prompt_subst", "zstyle ':completion:*' format '%d'\nzstyle ':completion:*' group-name ''"]
    {
        let mut zsh = sit_down(Shell::Zsh, &home, before);
        for line in ["aws-sso-use 0\t\t", "aws-sso-use -A 0\t\t", "aws-sso-use -A e\t\t", "aws-sso list -p \t\t"] {
            zsh.keys(line);
            zsh.keys(CTRL_U);
            let shown = zsh.enter_showing();
            assert!(!shown.contains("\u{1b}]0;") && !shown.contains('\u{7}'), "{line}: {shown:?}");
            assert!(!shown.contains("[31m") || !shown.contains("\u{1b}[31m"), "{line}: {shown:?}");
        }
        assert!(!executed(&home), "{before}");
        zsh.leave();
    }
}

#[test]
fn without_a_state_file_nothing_happens() {
    let (_simulator, home) = named();
    let mut zsh = zsh(&home);
    for broken in [None, Some("this is no database"), Some("")] {
        std::fs::remove_file(home.state_path()).expect("the state file");
        if let Some(text) = broken {
            std::fs::write(home.state_path(), text).expect("a file");
        }
        zsh.keys("aws-sso-use 1\t\t\t");
        let shown = zsh.enter_showing();
        assert!(!shown.contains("aws-sso:") && !shown.to_lowercase().contains("error"), "{shown:?}");
        assert!(words(&mut zsh, &home, "aws-sso-use 12\t") == ["12"], "{broken:?}");
        std::fs::write(home.state_path(), "").expect("a file");
    }
    zsh.leave();
}

#[test]
fn compinit_may_come_before_after_again_or_never() {
    let (_simulator, home) = named();
    let compinit = "autoload -Uz compinit && compinit -u -D\n";
    let file = home.path().join("words");
    let say = format!("function aws-sso-use {{ builtin printf '%s\\0' \"$@\" >|{}; }}\n", file.display());
    let prompt = "precmd() { psvar[1]=$(( ++__n )) }\nPROMPT='ready%1v> '\nPROMPT_EOL_MARK=\nunsetopt prompt_sp\n";
    let init = Shell::Zsh.line();
    for (rc, expected) in [
        (format!("{compinit}{init}"), "123456789012:ReadOnly"),
        (format!("{init}{compinit}"), "123456789012:ReadOnly"),
        (format!("{compinit}{init}{compinit}"), "123456789012:ReadOnly"),
        (init.clone(), "1234"),
    ] {
        let mut zsh = Typist::with_exact_rc(Shell::Zsh, &home, &format!("{prompt}{rc}{say}"), &[]);
        assert_words(&mut zsh, &home, "aws-sso-use 1234\t", &[expected]);
        assert_eq!(zsh.output("whence complete"), "", "bashcompinit is nobody's business");
        // A loader that puts it off until after the first prompt.
        zsh.line(compinit.trim());
        zsh.line(":");
        assert_words(&mut zsh, &home, "aws-sso-use 1234\t", &["123456789012:ReadOnly"]);
        zsh.leave();
    }
    let mut zsh = Typist::with_exact_rc(
        Shell::Zsh,
        &home,
        &format!("{prompt}{compinit}{}{say}", init.replace(" zsh)", " zsh --no-completion)")),
        &[],
    );
    assert_words(&mut zsh, &home, "aws-sso-use 1234\t", &["1234"]);
    zsh.leave();
}
