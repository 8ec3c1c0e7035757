//! `process`: credentials for AWS's SDKs, fetched once however many processes ask.

mod support;

use std::process::Stdio;

use identity_center::{Operation, Simulator};
use support::{Home, json, small_organization};

/// Starts `count` processes at once; what each answered.
fn at_once(home: &Home, count: usize) -> Vec<String> {
    let children: Vec<_> = (0..count)
        .map(|_| {
            let mut command = home.command(&["process", "-p", "000000000001:Admin"]);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("aws-sso starts")
        })
        .collect();
    children
        .into_iter()
        .map(|child| {
            let output = child.wait_with_output().expect("aws-sso ends");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            assert_eq!(String::from_utf8_lossy(&output.stderr), "");
            String::from_utf8(output.stdout).expect("UTF-8")
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
