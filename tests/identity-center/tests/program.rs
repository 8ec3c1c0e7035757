//! The simulator as a program.

use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::process::{Command, Stdio};

#[test]
fn it_announces_itself_and_runs_until_its_input_is_closed() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_identity-center"))
        .args(["--accounts", "3", "--roles", "5", "--region", "us-gov-west-1", "--rate", "5"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program");
    let lines = BufReader::new(program.stdout.take().expect("its output")).lines();
    let lines: Vec<String> = lines.take(5).map(|line| line.expect("a line")).collect();
    let value = |line: &String| line.split_once("='").map(|(_, value)| value.trim_end_matches('\'').to_owned());
    let url = value(&lines[0]).expect("an address");
    assert!(lines[3].starts_with("export AWS_ENDPOINT_URL_SIGNIN='"), "{}", lines[3]);
    assert_eq!(lines[4], format!("export AWS_SSO_SIMULATOR_START_URL='{url}/start'"));
    let address = url.trim_start_matches("http://");
    TcpStream::connect(address).expect("it listens");
    drop(program.stdin.take());
    assert!(program.wait().expect("its end").success());
    TcpStream::connect(address).expect_err("it is gone");
}

#[test]
fn a_wrong_command_line_is_explained() {
    for arguments in [&["--rate", "many"][..], &["--accounts"], &["--colour", "red"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_identity-center")).args(arguments).output().expect("the program");
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains("usage: "), "{arguments:?}");
    }
}
