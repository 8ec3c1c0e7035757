//! The simulator against the official SDK for Python.

use std::process::Command;
use std::time::Duration;

use identity_center::{Fault, Operation, Organization, Simulator, TrustPolicy};

#[allow(clippy::disallowed_methods, reason = "a test has no other way to be told which Python to use")]
fn python() -> String {
    let python = std::env::var("AWS_SSO_TEST_PYTHON").unwrap_or_else(|_| "python3".into());
    let boto3 = Command::new(&python).args(["-c", "import boto3"]).output();
    let found = boto3.is_ok_and(|output| output.status.success());
    assert!(found, "{python} has no boto3: run tests/run.sh, it installs boto3");
    python
}

fn run(simulator: &Simulator, scenario: &str) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/boto3_client.py");
    let output = Command::new(python())
        .args([script, scenario])
        .envs(simulator.env())
        .env("SIMULATOR_START_URL", simulator.start_url())
        .env("SIMULATOR_REGION", simulator.region())
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_CONFIG_FILE", "/nonexistent")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
        .env_remove("AWS_PROFILE")
        .output()
        .expect("python");
    assert!(output.status.success(), "{scenario}:\n{}", String::from_utf8_lossy(&output.stderr));
}

fn simulator() -> Simulator {
    Simulator::start(Organization::generated(10, 30))
}

#[test]
fn every_operation() {
    let simulator = simulator();
    let nobody = TrustPolicy { from: vec!["arn:aws:iam::123456789012:role/Other".into()], external_id: None };
    simulator.trust("arn:aws:iam::444455556666:role/Locked", nobody);
    run(&simulator, "everything");
    let log = simulator.requests();
    let assumed = log.iter().find(|request| request.operation == Operation::AssumeRole).expect("an entry");
    assert_eq!((assumed.account.as_deref(), assumed.role.as_deref()), (Some("444455556666"), Some("Deploy")));
    assert_eq!(simulator.count(Operation::Other), 1, "only the action that does not exist");
}

#[test]
fn faults_are_the_exceptions_of_the_model() {
    let simulator = simulator();
    simulator.fault(Operation::ListAccounts, Fault::throttle());
    simulator.fault(Operation::RegisterClient, Fault::status(500));
    run(&simulator, "throttled");
}

#[test]
fn a_wrong_clock_breaks_signatures() {
    let simulator = simulator();
    simulator.set_clock_skew(3600);
    run(&simulator, "skewed");
}

#[test]
fn expired_credentials_are_refused() {
    let simulator = simulator();
    simulator.adjust_lifetimes(|lifetimes| lifetimes.role_credentials = Duration::ZERO);
    run(&simulator, "expired");
}
