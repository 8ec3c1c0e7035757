//! `exec` without a command: the person's shell as a role, with the suite in it.

mod support;
#[path = "support/typist.rs"]
mod typist;

use identity_center::Simulator;
use support::{Home, small_organization};
use typist::*;

fn signed_in(simulator: &Simulator) -> Home {
    long_enough(simulator);
    let home = Home::new(simulator, "SecureStore: json\n");
    home.ok(&["login"]);
    home
}

/// The suite is there, the role is that of `exec`, and it can be changed.
fn work(shell: Shell) {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    // The rc file is the person's own, without the line of the suite.
    let mut typist = Typist::with_exact_rc(shell, &home, &(shell.counting_prompt().to_owned() + MARK), &[]);
    assert_ne!(typist.status("aws-sso-use nobody"), "4", "the outer shell has no suite");
    typist.starts_shell("aws-sso exec -p 000000000001:Admin");
    let environment = typist.environment();
    assert_eq!(environment["AWS_SSO_PROFILE"], "000000000001:Admin");
    assert_eq!(environment.get("__AWS_SSO_ZDOTDIR"), None);
    assert_eq!(environment.get("ZDOTDIR"), None);
    assert_eq!(typist.output("marked").trim(), "yes", "the person's own rc file was read");
    assert!(typist.variable("AWS_SSO_SEGMENT").contains("000000000001:Admin 1h30m"), "{shell:?}");
    typist.line("aws-sso-use 000000000002 admin");
    assert_eq!(typist.environment()["AWS_SSO_PROFILE"], "000000000002:Admin");
    typist.keys("aws-sso-use 0000000000\t");
    typist.keys("1:R\t");
    typist.enter();
    assert_eq!(typist.environment()["AWS_SSO_PROFILE"], "000000000001:ReadOnly");
}

const MARK: &str = "alias marked='echo yes'\n";

#[test]
fn bash_is_started_with_the_suite() {
    work(Shell::Bash);
}

#[test]
fn zsh_is_started_with_the_suite() {
    work(Shell::Zsh);
}

#[test]
fn fish_is_started_with_the_suite() {
    work(Shell::Fish);
}

#[test]
fn zsh_keeps_the_directory_of_its_own_files() {
    let simulator = Simulator::start(small_organization());
    let mut home = signed_in(&simulator);
    let directory = home.path().join("z dot");
    std::fs::create_dir(&directory).expect("a directory");
    std::fs::write(directory.join(".zshenv"), "export FROM_ZSHENV=1\n").expect(".zshenv");
    std::fs::write(directory.join(".zshrc"), "alias marked='echo yes'\n").expect(".zshrc");
    home.set("ZDOTDIR", directory.to_str().expect("UTF-8"));
    home.set("SHELL", "zsh");
    let mut command = home.command(&["exec", "-p", "000000000001:Admin"]);
    command.arg("--").args(["zsh", "-c", "echo $ZDOTDIR $FROM_ZSHENV"]);
    let plain = support::Answer::of(command);
    assert_eq!(plain.stdout.trim(), format!("{} 1", directory.display()), "a command is started as it is");
    let mut command = home.command(&["exec", "-p", "000000000001:Admin"]);
    command.stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let mut shell = command.spawn().expect("zsh starts");
    std::io::Write::write_all(&mut shell.stdin.take().expect("a pipe"), b"echo \"$ZDOTDIR $FROM_ZSHENV\"\n")
        .expect("typed");
    let output = shell.wait_with_output().expect("zsh ends");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), format!("{} 1", directory.display()));
}

#[test]
fn a_shell_starts_even_where_nothing_can_be_written_for_it() {
    let simulator = Simulator::start(small_organization());
    let mut home = signed_in(&simulator);
    home.set("SHELL", "bash");
    std::fs::write(home.state_path().with_file_name("shell"), "in the way").expect("a file");
    let mut command = home.command(&["exec", "-p", "000000000001:Admin"]);
    command
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let mut shell = command.spawn().expect("bash starts");
    std::io::Write::write_all(&mut shell.stdin.take().expect("a pipe"), b"echo $AWS_SSO_PROFILE\n").expect("typed");
    let output = shell.wait_with_output().expect("bash ends");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "000000000001:Admin");
    assert!(String::from_utf8_lossy(&output.stderr).contains("starts without aws-sso-use"));
}
