//! Homes that are signed in, and what the simulator saw of it.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::time::Duration;

use identity_center::{Operation, Simulator};

use super::support::{Home, small_organization};

pub const PROCESS: [&str; 3] = ["process", "-p", "000000000001:Admin"];
pub const DEVICE: &str = "AuthWorkflow: device_code\n";

pub fn simulator() -> Simulator {
    Simulator::start(small_organization())
}

/// A simulator, and a home that is signed in to it and knows the roles.
pub fn signed_in(more: &str) -> (Simulator, Home) {
    let simulator = simulator();
    let home = Home::new(&simulator, more);
    home.ok(&["login"]);
    (simulator, home)
}

/// Gives the home a session whose access token has ended for the product, which wants a minute left.
pub fn expire(simulator: &Simulator, home: &Home) {
    simulator.adjust_lifetimes(|lifetimes| lifetimes.access_token = Duration::from_secs(30));
    home.ok(&["login", "--force", "--no-refresh"]);
    simulator.adjust_lifetimes(|lifetimes| lifetimes.access_token = Duration::from_hours(8));
    simulator.clear_log();
}

pub fn grants(simulator: &Simulator) -> Vec<String> {
    simulator.requests().into_iter().filter_map(|request| request.grant_type).collect()
}

#[track_caller]
pub fn assert_no_browser(simulator: &Simulator) {
    for operation in [Operation::Authorize, Operation::StartDeviceAuthorization, Operation::VerifyDevice] {
        assert_eq!(simulator.count(operation), 0, "{operation:?}");
    }
}

pub fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let start = std::time::Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(20), "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The sealed records in the state file.
pub fn records(home: &Home) -> i64 {
    let database = rusqlite::Connection::open(home.state_path()).expect("the state file");
    database.query_row("SELECT count(*) FROM record", [], |row| row.get(0)).expect("a count")
}

/// Two instances at one simulator, with one start URL. Both in the file store, under one password.
pub fn two_instances(simulator: &Simulator, more: &str) -> Home {
    let home = Home::new(simulator, "");
    let instance = format!("SSORegion: {}\n    StartUrl: {}", simulator.region(), simulator.start_url());
    home.write_config(&format!(
        "SSOConfig:\n  Default:\n    {instance}\n  Other:\n    {instance}\nUrlAction: exec\n\
         UrlExecCommand: [curl, --silent, --location, --output, /dev/null, '%s']\nRateLimit: 1000\n{more}"
    ));
    home
}
