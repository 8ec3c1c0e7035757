//! `setup profiles` with many roles: ten thousand beside as many profiles of the person's own, and more than a screen
//! can show.

#[path = "support/profiles.rs"]
mod profiles;
mod support;
#[path = "support/terminal.rs"]
mod terminal;

use std::time::{Duration, Instant};

use identity_center::{Organization, Simulator};
use profiles::*;
use support::{Home, signed_in};
use terminal::{aws_sso, end};

/// The shortest of three runs, so that what else the machine does counts little.
fn shortest(home: &Home, arguments: &[&str]) -> Duration {
    let run = || {
        let start = Instant::now();
        home.ok(arguments);
        start.elapsed()
    };
    (0..3).map(|_| run()).min().expect("a time")
}

#[test]
fn the_work_grows_with_the_roles_and_not_with_their_square() {
    let simulator = Simulator::start(Organization::generated(100, 10_000));
    let home = signed_in(&simulator, "", "");
    let own: String = (0..10_000).map(|number| format!("[profile own{number}]\nrole_arn = x\n")).collect();
    write(&home, "config", &own);
    let told = install(&home);
    assert!(told.contains("wrote 10000 profiles"), "{told}");
    assert_eq!(names(&read(&aws_config(&home))).len(), 20_001);
    // Reading the roles is what both have in common; a search of the file for each role would take minutes.
    let listing = shortest(&home, &["list", "--csv", "Profile"]);
    let again = shortest(&home, &["setup", "profiles", "--force"]);
    assert!(again < listing * 30, "{again:?} beside {listing:?}");
    remove(&home);
    assert_eq!(read(&aws_config(&home)), own);
}

#[test]
fn a_terminal_shows_both_ends_of_a_long_change_and_diff_all_of_it() {
    let simulator = Simulator::start(Organization::generated(10, 200));
    let home = signed_in(&simulator, "", "");
    let mut session = aws_sso(&home, &["setup", "profiles"]);
    let first = session.exp_string(" more lines ").expect("the first half");
    assert!(first.contains("+++ ~/.aws/config"), "{first}");
    let second = session.exp_string("--diff prints the whole change").expect("the second half");
    assert!(second.contains("[profile here]"), "{second}");
    assert!((first + &second).lines().count() < 250);
    session.exp_string("Write this").expect("the question");
    session.send_line("n").expect("an answer");
    assert_eq!(end(session).1, 0);
    let whole = home.ok(&["setup", "profiles", "--diff"]);
    assert!(whole.lines().count() > 600 && !whole.contains("more lines"), "{}", whole.lines().count());
}
