//! `setup completions` where people meet it: at a terminal, and in the shells that read the line.

mod support;
#[path = "support/terminal.rs"]
mod terminal;

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;
use std::process::Stdio;

use rexpect::session::PtySession;
use support::{Answer, BINARY, Home};

const INSTALL: [&str; 5] = ["setup", "completions", "--install", "--shell", "zsh"];

/// `aws-sso` at a terminal that has colours.
fn in_colour(home: &Home, arguments: &[&str]) -> PtySession {
    let mut command = home.command(arguments);
    command.stdin(Stdio::inherit()).env("TERM", "xterm-256color");
    rexpect::session::spawn_command(command, Some(20_000)).expect("a terminal")
}

#[test]
fn who_says_no_changes_nothing() {
    for answer in ["n", "no", "what?"] {
        let home = Home::bare();
        let mut session = terminal::aws_sso(&home, &INSTALL);
        let shown = session.exp_string("Write this to ~/.zshrc? [Y/n]").expect("a question");
        assert!(shown.contains("+++ ~/.zshrc") && shown.contains("+# >>> aws-sso >>>"), "{shown}");
        session.send_line(answer).expect("an answer");
        let (shown, status) = terminal::end(session);
        assert!(shown.contains("nothing was changed") && status == 0, "{shown}");
        assert_eq!(fs::read_dir(home.path()).expect("the home").count(), 0);
    }
}

#[test]
fn who_says_yes_is_asked_once_and_shown_everything() {
    let home = Home::bare();
    let path = home.path().join(".bash_profile");
    fs::write(&path, "# BEGIN_AWS_SSO_CLI\nold\n# END_AWS_SSO_CLI\n").expect("a file");
    let mut session = terminal::aws_sso(&home, &["setup", "completions", "--install", "--shell", "bash"]);
    let shown = session.exp_string("changes to ~/.bashrc, ~/.bash_profile? [Y/n]").expect("a question");
    for word in ["~/.bash_profile holds the block of the Go tool", "--- ~/.bash_profile", "-old", "+# >>> aws-sso"] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
    session.send_line("").expect("an answer");
    let (shown, status) = terminal::end(session);
    assert!(shown.contains("installed in ~/.bashrc: now type 'exec bash'") && status == 0, "{shown}");
    assert_eq!(fs::read(&path).expect("the file"), b"");
    let mut session = terminal::aws_sso(&home, &["setup", "completions", "--uninstall", "--shell", "bash"]);
    session.exp_string("Remove ~/.bashrc? [Y/n]").expect("a question");
    session.send_line("y").expect("an answer");
    assert_eq!(terminal::end(session).1, 0);
    assert!(!home.path().join(".bashrc").exists());
}

#[test]
fn yes_shows_the_change_and_does_not_ask() {
    let home = Home::bare();
    let (shown, status) = terminal::end(in_colour(&home, &[&INSTALL[..], &["--yes"]].concat()));
    assert!(shown.contains("\x1b[32m+# >>> aws-sso >>>\x1b[0m") && !shown.contains("[Y/n]"), "{shown:?}");
    assert_eq!(status, 0);
    let mut home = Home::bare();
    home.set("NO_COLOR", "1");
    let (shown, _) = terminal::end(in_colour(&home, &[&INSTALL[..], &["--yes"]].concat()));
    assert!(shown.contains("+# >>> aws-sso >>>") && !shown.contains('\x1b'), "{shown:?}");
    let (shown, status) = terminal::end(in_colour(&Home::bare(), &[&INSTALL[..], &["--no-input"]].concat()));
    assert!(shown.contains("--yes") && status == 2, "{shown}");
}

#[test]
fn nothing_in_a_file_or_its_name_moves_the_cursor() {
    let home = Home::bare();
    let hostile = "\x1b]0;pwned\x07\x1b[2J\u{9b}31m\u{202e}\x0c\x08";
    let name = format!("{}/a{hostile}", home.path().display());
    fs::write(&name, format!("{hostile}\n{hostile}")).expect("a file");
    let mut session = terminal::aws_sso(&home, &[&INSTALL[..], &["--shell-script", &name]].concat());
    let mut shown = session.exp_string("? [Y/n]").expect("a question");
    session.send_line("y").expect("an answer");
    let (rest, status) = terminal::end(session);
    shown += &rest;
    assert_eq!(status, 0, "{shown:?}");
    assert!(shown.contains("pwned"), "it is shown: {shown:?}");
    let raw = |c: char| c.is_control() && !matches!(c, '\r' | '\n') || c == '\u{202e}';
    assert!(!shown.contains(raw), "{shown:?}");
}

#[test]
fn it_is_for_the_shell_that_asks() {
    let mut home = Home::bare();
    home.set("PROGRAM", BINARY);
    for (shell, options) in [("bash", &["--norc"][..]), ("zsh", &["-f"]), ("fish", &["--no-config"])] {
        home.set("SHELL", if shell == "bash" { "/bin/zsh" } else { "/bin/bash" });
        let mut command = home.program(shell);
        // A second command, lest the shell give its place to the first.
        command.args(options).args(["-c", "$PROGRAM setup completions --source; true"]);
        let answer = Answer::of(command);
        assert!(answer.stdout.contains(&format!("shell-init {shell}")), "{shell}: {answer:?}");
    }
    let mut command = home.program("dash");
    command.args(["-c", "$PROGRAM setup completions --source; exit $?"]);
    let answer = Answer::of(command);
    assert_eq!((answer.status, answer.stdout.as_str()), (Some(2), ""), "{}", answer.stderr);
    assert!(answer.stderr.contains("bash, zsh, fish, powershell"), "{}", answer.stderr);
}

/// The program under a name that every shell must quote; its path.
fn awkward(home: &mut Home) -> PathBuf {
    let directory = home.path().join("a b'$(touch executed)\"`;é");
    fs::create_dir(&directory).expect("a folder");
    let program = directory.join("aws-sso");
    symlink(BINARY, &program).expect("a link");
    let path = home.environment().iter().find(|(name, _)| name == "PATH").expect("a PATH").1.clone();
    home.set("PATH", &format!("{}:{path}", directory.display()));
    program
}

#[test]
fn shells_load_the_program_wherever_it_is_and_do_not_miss_it() {
    // As strict as somebody's start-up file may be.
    let strict = "set -eu\nset -o pipefail\n";
    for (shell, name, before, options) in [
        ("bash", ".bashrc", strict, &["-i", "-c", "echo ready"][..]),
        ("zsh", ".zshrc", strict, &["-i", "-c", "echo ready"]),
        ("fish", ".config/fish/config.fish", "", &["-c", "echo ready"]),
    ] {
        let mut home = Home::bare();
        let program = awkward(&mut home);
        let file = home.path().join(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(&file, before).expect("a file");
        home.ok(&["setup", "completions", "-I", "-y", "--shell", shell]);
        fs::remove_file(&program).expect("the link");
        let start = || {
            // Of its own session, an interactive shell finds no terminal to take.
            let mut session = home.program("setsid");
            session.arg("--wait").arg(shell).args(options);
            Answer::of(session)
        };
        let quiet = |answer: &Answer| {
            let unusual = |line: &&str| !line.contains("terminal process group") && !line.contains("no job control");
            answer.stderr.lines().filter(unusual).collect::<String>()
        };
        let answer = start();
        assert_eq!(
            (answer.status, answer.stdout.as_str(), quiet(&answer).as_str()),
            (Some(0), "ready\n", ""),
            "{shell}"
        );
        fs::write(&program, "#!/bin/sh\necho \"echo loaded for $2\"\n").expect("a program");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("a mode");
        let answer = start();
        let expected = format!("loaded for {shell}\nready\n");
        assert_eq!((answer.stdout.as_str(), quiet(&answer).as_str()), (&*expected, ""), "{shell}");
        assert!(!home.path().join("executed").exists(), "{shell} ran the name of a folder");
    }
}
