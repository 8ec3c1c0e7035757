//! The wizard on a screen: choices that are found by typing, narrow windows, and a terminal that is given back.

#[path = "support/screen.rs"]
mod screen;
mod support;
#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/typist.rs"]
mod typist;
#[path = "support/wizard.rs"]
mod wizard;

use std::fs;

use identity_center::Simulator;
use screen::Screen;
use support::{Home, small_organization};
use typist::Shell;
use wizard::plain_home;

const SIZE: (u16, u16) = (90, 30);

/// Waits for a question that has nothing typed yet.
#[track_caller]
fn question(screen: &Screen<'_>, title: &str) -> Vec<String> {
    screen.until(title, |lines| {
        let at = lines.iter().rposition(|line| line.contains(title));
        at.is_some_and(|at| lines[at..].iter().any(|line| line.contains("Esc leave")))
    })
}

#[test]
fn choices_are_found_by_typing_and_names_are_shown_live() {
    let simulator = Simulator::start(small_organization());
    let home = plain_home(&simulator);
    let screen = Screen::open(&home, Shell::Bash, SIZE);
    screen.enters("aws-sso setup wizard; echo ended $?");
    question(&screen, "Which AWS?");
    screen.press(&["Enter"]);
    question(&screen, "Start URL");
    screen.pastes(&format!("  {}/#/\n", simulator.start_url()));
    screen.press(&["Enter"]);
    question(&screen, "Region of the Identity Center");
    screen.types("frank");
    screen.until("Frankfurt alone", |lines| {
        lines.iter().any(|line| line.starts_with("▌ eu-central-1")) && !lines.iter().any(|line| line.contains("Oregon"))
    });
    screen.press(&["Enter"]);
    screen.sees("eu-central-1 knows");
    question(&screen, "Names of your profiles");
    screen.sees("111122223333:ReadOnlyAccess");
    screen.sees("your roles are not fetched yet");
    screen.press(&["Down"]);
    screen.sees("PaymentsDev:ReadOnlyAccess");
    screen.types("another");
    screen.press(&["Enter"]);
    question(&screen, "Template of profile names");
    screen.types("{{ .RoleName");
    screen.sees("this action has no end");
    screen.types(" }}");
    screen.sees("3 roles would be called ReadOnlyAccess: they need different names");
    screen.press(&["C-u"]);
    screen.types("{{ .AccountAlias | nospace }}-x");
    screen.sees("PaymentsProd-x");
    screen.press(&["Enter"]);
    question(&screen, "Who keeps your secrets?");
    screen.types("json");
    screen.press(&["Enter"]);
    question(&screen, "What happens to the address");
    screen.types("print");
    screen.press(&["Enter"]);
    question(&screen, "Write this to");
    screen.press(&["Enter"]);
    question(&screen, "Sign in to Default now?");
    screen.press(&["Escape"]);
    screen.sees("ended 0");
    let written = fs::read_to_string(home.config_path()).expect("config.yaml");
    assert!(
        written.contains("ProfileFormat: '{{ .AccountAlias | nospace }}-x'\nSecureStore: json\nUrlAction: print\n"),
        "{written}"
    );
}

#[test]
fn esc_leaves_and_the_terminal_is_as_it_was() {
    let simulator = Simulator::start(small_organization());
    let home = plain_home(&simulator);
    let screen = Screen::open(&home, Shell::Bash, SIZE);
    for key in ["Escape", "C-c", "C-d"] {
        screen.enters("clear; stty -a >before; aws-sso setup wizard; echo ended $?; stty -a >after");
        question(&screen, "Which AWS?");
        screen.press(&["Enter"]);
        question(&screen, "Start URL");
        screen.press(&[key]);
        let lines = screen.sees("ended 130");
        assert!(lines.iter().any(|line| line == "nothing was changed"), "{lines:#?}");
        assert!(!lines.iter().any(|line| line.contains("Esc leave")), "the question is wiped: {lines:#?}");
        assert_eq!(screen.answer("cmp before after && echo same"), "same");
    }
    assert!(!home.config_path().exists());
}

#[test]
fn a_window_of_twenty_columns_will_do() {
    let home = Home::bare();
    let aws = home.path().join(".aws");
    fs::create_dir_all(&aws).expect("a directory");
    let hostile = "[sso-session a\u{1b}[2J]\nsso_start_url = https://d-1234567890.awsapps.com/start\nsso_region = us-east-1\n\
                   [sso-session work]\nsso_start_url = https://start.us-gov-home.awsapps.com/directory/d-1234567890\nsso_region = us-gov-west-1\n";
    fs::write(aws.join("config"), hostile).expect("written");
    let screen = Screen::with(&home, Shell::Bash, (20, 16), &[("NO_COLOR", "1")]);
    screen.enters("clear; aws-sso setup wizard");
    let lines = screen.sees("Enter take");
    assert!(lines.iter().any(|line| line.starts_with("▌ [ ] https://d-12")), "{lines:#?}");
    assert!(lines.contains(&"Your AWS config".to_owned()), "words stay whole: {lines:#?}");
    screen.press(&["Space", "Down", "Space"]);
    screen.until("two marks", |lines| lines.iter().filter(|line| line.contains("[x]")).count() == 2);
    let codes = screen.coloured();
    // tmux writes 39 and 49 for "no colour".
    let codes: Vec<&str> = codes.split("\x1b[").skip(1).filter_map(|code| code.split('m').next()).collect();
    assert!(codes.iter().all(|code| ["0", "1", "39", "49"].contains(code)), "no colour was wanted: {codes:?}");
    screen.resize(60, 16);
    screen.sees("https://start.us-gov-home.awsapps.com/directory/");
    screen.press(&["Escape"]);
    screen.sees("nothing was changed");
}
