//! The segment in the prompt of fish.

#[path = "support/shells.rs"]
mod shells;
mod support;
#[path = "support/typist.rs"]
mod typist;

use identity_center::Simulator;
use shells::signed_in;
use support::{Answer, Home, small_organization};
use typist::{Shell, Typist};

const INIT: &str = "aws-sso shell-init fish | source\n";

/// What a prompt must neither expand nor run.
const HOSTILE: &str = r"100%n\x41$(touch executed)(touch executed)$HOME\e[31m";

fn home(simulator: &Simulator) -> Home {
    let roles = format!(
        "Accounts:\n  '000000000001':\n    Roles:\n      Admin:\n        Profile: {}\n  '000000000002':\n    \
         Tags:\n      Color: orange\n  '123456789012':\n    Tags:\n      Color: red",
        support::yaml(HOSTILE)
    );
    signed_in(simulator, &roles, "")
}

fn fish(home: &Home, script: &str) -> Answer {
    let mut command = home.program("fish");
    command.args(["--no-config", "-i", "-c", script]).env("TERM", "xterm-256color");
    Answer::of(command)
}

/// What fish_prompt prints after `before`, with a role.
fn prompt(home: &Home, before: &str, init: &str) -> String {
    let answer = fish(home, &format!("{before}\n{init}aws-sso-use -R ReadOnly -A 1; emit fish_prompt; fish_prompt"));
    answer.stdout.replace(" 1h0m", " TIME").replace(" 59m", " TIME")
}

#[test]
fn the_persons_prompt_sees_the_statuses_that_it_would_see_without_us() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let mine = "function fish_prompt; set -l s $status $pipestatus; builtin printf 'st(%s)ready%s> ' \"$s\" $__n; end";
    let mut typist = Typist::with_rc(Shell::Fish, &home, mine, "");
    for role in ["", "aws-sso-use -A 2 -R Admin"] {
        typist.line(role);
        for (line, statuses) in [
            ("true", "0 0"),
            ("false", "1 1"),
            ("sh -c 'exit 42'", "42 42"),
            ("false | true | sh -c 'exit 9'", "9 1 0 9"),
            ("sh -c 'exit 3' | true", "0 3 0"),
            ("sh -c 'exit 255' | sh -c 'exit 200'", "200 255 200"),
            ("no-such-command-here 2>/dev/null", "127 127"),
        ] {
            typist.keys(line);
            typist.enter_seeing(&format!("st({statuses})"));
        }
    }
    typist.leave();
}

#[test]
fn a_prompt_that_is_defined_after_the_line_is_found() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let mut typist =
        Typist::with_rc(Shell::Fish, &home, "", "function fish_prompt; builtin printf 'later ready%s> ' $__n; end");
    typist.keys("aws-sso-use -A 2 -R ReadOnly");
    typist.enter_seeing("☁ 000000000002:ReadOnly ");
    typist.keys("aws-sso-clear");
    let shown = typist.enter_showing();
    assert!(shown.contains("later ") && !shown.contains('☁'), "{shown:?}");
    typist.leave();
}

#[test]
fn a_config_that_is_read_three_times_shows_one_segment() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let once = "☁ 000000000001:ReadOnly TIME mine> ";
    let mine = "function fish_prompt; printf 'mine> '; end\n";
    let again = |rc: &str| format!("{rc}emit fish_prompt\n").repeat(3);
    assert_eq!(prompt(&home, mine, INIT), once);
    assert_eq!(prompt(&home, mine, &again(INIT)), once);
    assert_eq!(prompt(&home, "", &again(&format!("{mine}{INIT}"))), once);
    assert_eq!(prompt(&home, "", &again(&format!("{INIT}{mine}"))), once);
    assert_eq!(fish(&home, &format!("{}{}", mine, again(&format!("{INIT}{mine}")))).stderr, "");
}

#[test]
fn prompts_that_wrap_ours_and_are_wrapped_again_end() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    // As activate.fish of a Python environment does it.
    let activate =
        "functions -c fish_prompt _old_fish_prompt\nfunction fish_prompt; printf '(env) '; _old_fish_prompt; end\n";
    let mine = "function fish_prompt; printf 'mine> '; end\n";
    let shown = prompt(&home, mine, &format!("{INIT}emit fish_prompt\n{activate}"));
    assert_eq!(shown, "(env) ☁ 000000000001:ReadOnly TIME mine> ");
    let shown = prompt(&home, mine, &format!("{INIT}emit fish_prompt\n{activate}{INIT}emit fish_prompt\n"));
    assert!(shown.ends_with("mine> ") && shown.matches("mine> ").count() == 1, "{shown}");
}

#[test]
fn no_wrapper_is_made_where_the_person_or_another_program_draws_the_segment() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    for before in [
        "function fish_prompt; printf '<%s>mine' $AWS_SSO_SEGMENT; end",
        "function fish_prompt; printf '<%s>mine' $AWS_SSO_PROFILE; end",
        "function fish_prompt; printf mine; end; function fish_right_prompt; printf %s $AWS_SSO_SEGMENT; end",
        "function fish_prompt; printf mine; end; set -g STARSHIP_SHELL fish",
        "function fish_prompt; printf mine; end; set -g POSH_THEME x",
        "function fish_prompt; printf mine; end; function _tide_prompt; end",
    ] {
        let shown = prompt(&home, before, INIT);
        assert!(!shown.starts_with('☁') && shown.ends_with("mine"), "{before}: {shown}");
    }
    let mine = "function fish_prompt; printf mine; end\n";
    let no_prompt = INIT.replace(" fish ", " fish --no-prompt ");
    assert_eq!(prompt(&home, mine, &no_prompt), "mine");
    let script = format!("{no_prompt}aws-sso-use -A 2 -R ReadOnly; emit fish_prompt; echo $AWS_SSO_SEGMENT");
    assert!(fish(&home, &script).stdout.contains("☁ 000000000002:ReadOnly "));
}

#[test]
fn arguments_of_a_prompt_are_passed_on() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let script =
        format!("function fish_prompt; echo \"<$argv>\"; end\n{INIT}emit fish_prompt; fish_prompt --final-rendering");
    assert_eq!(fish(&home, &script).stdout, "<--final-rendering>\n");
}

#[test]
fn a_name_is_shown_as_it_is_and_runs_nothing() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let mut typist = Typist::sit_down(Shell::Fish, &home);
    typist.keys("aws-sso-use -A 1 -R Admin");
    typist.enter_seeing(&format!("☁ {HOSTILE} "));
    assert!(!home.path().join("executed").exists());
    typist.leave();
}

#[test]
fn a_colour_tag_colours_the_segment_and_nothing_else() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let mut typist = Typist::sit_down(Shell::Fish, &home);
    typist.keys("aws-sso-use -A 123456789012 -R ReadOnly");
    typist.enter_seeing("\u{1b}[31m☁ 123456789012:ReadOnly ");
    typist.line("aws-sso-use -A 2 -R Admin");
    let segment = typist.variable("AWS_SSO_SEGMENT");
    assert!(segment.starts_with("\u{1b}[38;5;208m☁ 000000000002:Admin "), "{segment:?}");
    assert!(segment.ends_with("\u{1b}[0m "), "{segment:?}");
    typist.line("aws-sso-use -A 1 -R ReadOnly");
    assert!(typist.variable("AWS_SSO_SEGMENT").starts_with("☁ 000000000001:ReadOnly "));
    typist.leave();
}
