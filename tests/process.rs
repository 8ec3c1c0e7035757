//! `process`: credentials for AWS's SDKs, fetched once however many processes ask.

mod support;

use identity_center::{Operation, Simulator};
use support::{Home, json, small_organization};

/// What each of `count` processes at once answered.
fn at_once(home: &Home, count: usize) -> Vec<String> {
    let answers = home.run_at_once(&vec![vec!["process", "-p", "000000000001:Admin"]; count]);
    answers
        .into_iter()
        .map(|answer| {
            assert_eq!((answer.status, answer.stderr.as_str()), (Some(0), ""));
            answer.stdout
        })
        .collect()
}

#[test]
fn sixty_processes_at_once_cost_one_call_cold_and_none_warm() {
    for store in ["file", "json"] {
        let simulator = Simulator::start(small_organization());
        let home = Home::new(&simulator, &format!("SecureStore: {store}\n"));
        home.ok(&["login"]);
        let cold = at_once(&home, 60);
        assert_eq!(simulator.count(Operation::GetRoleCredentials), 1, "{store}");
        let warm = at_once(&home, 60);
        assert_eq!(simulator.count(Operation::GetRoleCredentials), 1, "{store}");
        assert!(cold.iter().chain(&warm).all(|answer| *answer == cold[0]));
        assert_eq!(json(&cold[0])["Version"], 1);
    }
}
