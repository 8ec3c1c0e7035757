//! The segment in the prompt of zsh.

#[path = "support/piped.rs"]
mod piped;
#[path = "support/shells.rs"]
mod shells;
mod support;
#[path = "support/typist.rs"]
mod typist;

use identity_center::Simulator;
use piped::{INIT, quiet_zsh, zsh};
use shells::signed_in;
use support::{Home, small_organization};
use typist::{Shell, Typist};

/// What a prompt must neither expand nor run.
const HOSTILE: &str = "100%n%F{red}$(touch executed)`touch executed`$HOME!!%{x%}";

/// A role of that name in account 1, and one with a colour in account 2.
fn home(simulator: &Simulator) -> Home {
    let roles = format!(
        "Accounts:\n  '000000000001':\n    Roles:\n      Admin:\n        Profile: {}\n  '000000000002':\n    \
         Tags:\n      Color: orange\n  '123456789012':\n    Tags:\n      Color: red",
        support::yaml(HOSTILE)
    );
    signed_in(simulator, &roles, "")
}

/// The prompt after its first drawing.
fn prompt(home: &Home, before: &str, init: &str) -> String {
    let answer = zsh(home, &[], &format!("{before}\n{init}:\n:\nbuiltin print -r -- \"$PROMPT\"\n"));
    answer.stdout.trim_end_matches('\n').to_owned()
}

#[test]
fn a_reference_is_put_in_front_of_the_prompt_once() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    for mine in ["mine> ", "%n@%m %~ %# ", "$(date) ", ""] {
        let placed = prompt(&home, &format!("PROMPT='{mine}'"), &INIT.repeat(3));
        assert!(placed.ends_with(mine) && placed.matches("%91v").count() == 1, "{placed}");
        assert!(!placed.contains('$') || mine.contains('$'), "nothing to expand: {placed}");
    }
}

#[test]
fn no_reference_is_placed_where_the_person_or_another_program_draws_the_segment() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    for before in [
        "PROMPT='${AWS_SSO_SEGMENT}mine> '",
        "PROMPT='$AWS_SSO_PROFILE mine> '",
        "PROMPT='%91v mine> '",
        "PROMPT='mine> ' RPROMPT='$AWS_SSO_SEGMENT'",
        "PROMPT='mine> ' STARSHIP_SHELL=zsh",
        "PROMPT='mine> ' POSH_THEME=x",
        "PROMPT='mine> '; function p10k { :; }",
        "PROMPT='mine> '; setopt no_prompt_percent",
    ] {
        let placed = prompt(&home, before, INIT);
        assert!(placed.ends_with("mine> ") && !placed.contains("%(91V"), "{before}: {placed}");
    }
    let no_prompt = INIT.replace(" zsh)", " zsh --no-prompt)");
    assert_eq!(prompt(&home, "PROMPT='mine> '", &no_prompt), "mine> ");
    // The segment is kept all the same.
    let lines = "aws-sso-use -A 2 -R Admin\nbuiltin print -r -- $AWS_SSO_SEGMENT\n";
    let answer = zsh(&home, &[], &format!("{no_prompt}{lines}"));
    assert!(answer.stdout.contains("☁ 000000000002:Admin"), "{} {}", answer.stdout, answer.stderr);
}

#[test]
fn a_name_is_shown_as_it_is_and_runs_nothing() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    for options in ["", "setopt prompt_subst", "setopt prompt_bang", "setopt prompt_subst prompt_bang", "emulate ksh"] {
        let before = format!("precmd() {{ emulate -L zsh; psvar[1]=$(( ++__n )) }}\n{options}");
        let mut typist = Typist::with_rc(Shell::Zsh, &home, &before, "");
        typist.keys("aws-sso-use -A 1 -R Admin");
        typist.enter_seeing(&format!("☁ {HOSTILE} "));
        typist.enter_seeing(&format!("☁ {HOSTILE} "));
        assert!(!home.path().join("executed").exists(), "{options}");
        typist.leave();
    }
}

#[test]
fn a_prompt_of_the_persons_own_shows_a_name_as_it_is() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let before = "setopt prompt_subst\nPROMPT='<${AWS_SSO_SEGMENT}>ready%1v> '";
    let mut typist = Typist::with_rc(Shell::Zsh, &home, before, "");
    typist.keys("aws-sso-use -A 1 -R Admin");
    typist.enter_seeing(&format!("<☁ {HOSTILE} "));
    typist.keys("aws-sso-clear");
    typist.enter_seeing("<>");
    assert!(!home.path().join("executed").exists());
    typist.leave();
}

#[test]
fn a_colour_tag_colours_the_segment_and_nothing_else() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let mut typist = Typist::sit_down(Shell::Zsh, &home);
    typist.keys("aws-sso-use -A 123456789012 -R ReadOnly");
    typist.enter_seeing("\u{1b}[31m☁ 123456789012:ReadOnly ");
    typist.keys("aws-sso-use -A 2 -R Admin");
    typist.enter_seeing("\u{1b}[38;5;208m☁ 000000000002:Admin ");
    typist.keys("aws-sso-use -A 1 -R ReadOnly");
    let shown = typist.enter_showing();
    let segment = shown.rsplit("ReadOnly").nth(1).expect("a segment");
    assert!(!segment.contains("[31m") && !segment.contains("208m"), "{shown:?}");
    assert_eq!(typist.variable("AWS_SSO_SEGMENT").chars().next(), Some('☁'));
    typist.keys("aws-sso-clear");
    let shown = typist.enter_showing();
    assert!(!shown.contains('☁') && !shown.contains("208m"), "{shown:?}");
    typist.leave();
}

#[test]
fn a_role_without_credentials_in_the_shell_and_ended_ones_are_told_from_others() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let role = "export AWS_SSO_ROLE_ARN=arn:aws:iam::000000000002:role/Admin AWS_SSO_PROFILE=000000000002:Admin\n";
    let show = "builtin print -r -- \"$AWS_SSO_SEGMENT\"\n";
    let segment = |lines: &str| quiet_zsh(&home, "", &format!("{lines}:\n{show}")).stdout.trim().to_owned();
    assert_eq!(segment(role), "%F{208}☁ 000000000002:Admin ○%f");
    let keys = |seconds: i64| {
        let end = time_in(seconds);
        format!("{role}export AWS_ACCESS_KEY_ID=ASIA AWS_SSO_SESSION_EXPIRATION={end}\n")
    };
    assert_eq!(segment(&keys(-5)), "%F{208}☁ 000000000002:Admin expired%f");
    assert_eq!(segment(&keys(30)), "%F{208}☁ 000000000002:Admin <1m%f");
    assert_eq!(segment(&keys(60 * 25 + 30)), "%F{208}☁ 000000000002:Admin 25m%f");
    assert_eq!(segment(&keys(3600 * 5 + 60 * 7 + 30)), "%F{208}☁ 000000000002:Admin 5h7m%f");
}

/// The time in so many seconds, as the variables write it.
fn time_in(seconds: i64) -> String {
    let output = std::process::Command::new("date")
        .args(["-u", "+%Y-%m-%dT%H:%M:%SZ", "-d", &format!("{seconds} seconds")])
        .output()
        .expect("date");
    String::from_utf8(output.stdout).expect("a time").trim().to_owned()
}
