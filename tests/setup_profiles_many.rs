//! `setup profiles` with ten thousand roles beside ten thousand profiles of the person's own.

#[path = "support/profiles.rs"]
mod profiles;
mod support;

use std::time::{Duration, Instant};

use identity_center::{Organization, Simulator};
use profiles::*;
use support::{Home, signed_in};

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
