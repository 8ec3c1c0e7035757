//! bash from its start to its end: shells in shells, shells without a terminal, and the program moved or gone.

#[path = "support/bash.rs"]
mod bash;
mod support;
#[path = "support/typist.rs"]
mod typist;

use std::path::Path;
use std::process::{Command, Output};

use bash::*;
use identity_center::Simulator;
use support::{BINARY, Home, small_organization};
use typist::*;

const ADMIN: &str = "000000000001:Admin";

#[test]
fn a_shell_in_the_shell_and_one_in_its_place_have_the_role_and_work() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "");
    let mut typist = Typist::sit_down(Shell::Bash, &home);
    typist.line("aws-sso-use 000000000001:Admin");
    // Nobody who exports everything stops the child from having functions of its own.
    typist.line("export ${!__aws_sso_*}");

    let outer = typist.starts_shell("bash");
    assert!(typist.variable("AWS_SSO_SEGMENT").starts_with("☁ 000000000001:Admin "));
    typist.line("aws-sso-use 000000000002:Admin");
    assert!(typist.variable("AWS_SSO_SEGMENT").starts_with("☁ 000000000002:Admin "));
    typist.comes_back(outer);
    assert_eq!(typist.variable("AWS_SSO_PROFILE"), ADMIN);
    assert!(typist.variable("AWS_SSO_SEGMENT").starts_with("☁ 000000000001:Admin "));

    typist.starts_shell("exec bash");
    assert_eq!(typist.variable("AWS_SSO_PROFILE"), ADMIN);
    assert!(typist.variable("AWS_SSO_SEGMENT").starts_with("☁ 000000000001:Admin "));
    typist.line("aws-sso-clear");
    assert_eq!(typist.variable("AWS_SSO_SEGMENT"), "");
    typist.leave();
}

#[test]
fn a_child_without_the_functions_knows_nothing_of_the_hook() {
    let home = Home::bare();
    for before in ["export PROMPT_COMMAND", "set -o allexport; __n=0 PROMPT_COMMAND='((__n += 1))'"] {
        let mut typist = Typist::with_rc(Shell::Bash, &home, before, "");
        let outer = typist.starts_shell("bash");
        assert_eq!(typist.output("env | grep ^PROMPT_COMMAND"), "");
        let answer = typist.output("env -u BASH_FUNC___aws_sso_hook%% bash --norc -i <<<'echo alive'");
        assert!(answer.contains("alive") && !answer.contains("not found"), "{answer}");
        typist.comes_back(outer);
        typist.leave();
    }
}

/// What bash, without a terminal, makes of a script; aws-sso is on its path.
fn without_terminal(home: &Home, options: &[&str], script: &str, variable: Option<(&str, &str)>) -> Output {
    let mut command: Command = home.program("bash");
    let path = home.environment().iter().find(|(name, _)| name == "PATH").expect("a PATH").1.clone();
    let directory = Path::new(BINARY).parent().expect("a directory").display();
    command.env("PATH", format!("{directory}:{path}")).args(options).args(["-c", script]).envs(variable);
    command.output().expect("bash starts")
}

#[test]
fn a_shell_without_a_prompt_says_nothing_and_gets_no_hook() {
    let home = Home::bare();
    let line = line();
    std::fs::write(home.path().join("rc"), &line).expect("rc");
    let rc = home.path().join("rc").display().to_string();
    for (options, script, variable) in [
        (&["--norc", "-euo", "pipefail"][..], line.as_str(), None),
        (&["--norc", "--posix", "-euo", "pipefail"], line.as_str(), None),
        (&[], ":", Some(("BASH_ENV", rc.as_str()))),
    ] {
        let output = without_terminal(&home, options, script, variable);
        assert!(output.status.success(), "{options:?} {script}: {output:?}");
        assert_eq!((output.stdout.len(), output.stderr.len()), (0, 0), "{options:?} {script}: {output:?}");
        let script = format!(
            "{script}\nprintf %s \"${{PROMPT_COMMAND-none}}${{PS0-}}$(complete -p)$(trap -p DEBUG EXIT | grep -v -e '-- - ')\""
        );
        let output = without_terminal(&home, options, &script, variable);
        assert_eq!(String::from_utf8_lossy(&output.stdout), "none", "{options:?}");
    }

    // An interactive shell that only runs a command never comes to a prompt.
    let mut typist = Typist::sit_down(Shell::Bash, &home);
    typist.line(INHERITED);
    assert_eq!(typist.output("bash -ic :"), "");
    assert_eq!(typist.output("bash -ic 'aws-sso-clear; echo \"[${AWS_SSO_PROFILE-}]\"'"), "[]\n");
    typist.leave();
}

#[test]
fn the_line_without_its_quotes_fails_loudly() {
    let home = Home::bare();
    let output = without_terminal(&home, &["--norc"], "eval $(aws-sso shell-init bash)", None);
    assert!(!output.status.success() && !output.stderr.is_empty(), "{output:?}");
}

#[test]
fn the_program_may_live_under_any_name() {
    let home = Home::bare();
    let program = installed(&home, "a b'$(touch x)`touch y`\"\\&;%");
    let directory = program.parent().expect("a directory").display().to_string();
    let before = format!("PATH={}:$PATH", shell_words::quote(&directory));
    let mut typist = Typist::with_rc(Shell::Bash, &home, &before, "");
    assert_eq!(typist.variable("__aws_sso_program"), program.display().to_string());
    typist.line("PATH=/nonexistent");
    typist.line(INHERITED);
    assert_eq!(typist.variable("AWS_SSO_SEGMENT"), SEGMENT, "the program is found without PATH");
    typist.line("aws-sso-clear");
    assert_eq!(typist.variable("AWS_SSO_PROFILE"), "");
    typist.leave();
    assert!(!home.path().join("x").exists() && !home.path().join("y").exists());
}

#[test]
fn the_hook_is_silent_where_the_program_is_gone() {
    let home = Home::bare();
    let program = installed(&home, "bin");
    let directory = program.parent().expect("a directory").display();
    let mut typist = Typist::with_rc(Shell::Bash, &home, &format!("PATH={directory}:$PATH"), "");
    std::fs::remove_file(&program).expect("it was there");
    for line in [INHERITED, "", "unset AWS_SSO_PROFILE", "true"] {
        let shown = typist.shown(line);
        assert!(!shown.contains("No such file") && !shown.contains("bash:"), "{shown}");
    }
    assert_eq!(typist.variable("AWS_SSO_SEGMENT"), "", "nothing rather than something wrong");
    // What is due says it once.
    typist.line("__aws_sso_renew_at=1 __aws_sso_early_at=1 __aws_sso_text=x");
    let shown: Vec<usize> =
        ["/bin/true", "/bin/true", "/bin/true"].map(|line| typist.shown(line).matches("No such file").count()).into();
    assert_eq!(shown, [1, 0, 0]);
    // A TAB neither.
    let shown = typist.shown("aws-sso-use 1\t");
    assert_eq!(shown.matches("No such file").count(), 1, "the command says it, and the TAB nothing: {shown}");
    typist.leave();
}
