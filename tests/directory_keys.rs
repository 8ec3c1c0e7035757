//! Directories that choose the role, delivered by keys: loaded when a command could need them, and not
//! before; and what happens where they are not to be had.

#[path = "support/ruled.rs"]
mod ruled;
mod support;
#[path = "support/typist.rs"]
mod typist;

use identity_center::{Operation, Simulator};
use ruled::*;
use support::{Home, variables};
use typist::*;

const KEYS: &str = "DirectoryRoles: {Mode: keys}\n";

fn fetched(simulator: &Simulator) -> usize {
    simulator.count(Operation::GetRoleCredentials)
}

#[test]
fn keys_are_fetched_for_the_first_command_that_could_need_them() {
    in_each_shell(KEYS, |shell, simulator, home| {
        let mut typist = Typist::sit_down(shell, home);
        long_enough(simulator);
        // To ask the shell for the segment would be a command; it stands in front of the prompt.
        let mark: String = "☁ 000000000001:ReadOnly ○".bytes().map(char::from).collect();
        assert!(typist.shown("cd ~/dev").contains(&mark), "{shell:?}");
        for line in ["", "cd src", "pwd", "ls", "git --version", "ls -l /", "vim --version >/dev/null", "echo x"] {
            typist.line(line);
            assert_eq!((fetched(simulator), now(&mut typist, home, "")), (0, "/d".to_owned()), "{shell:?}: {line}");
        }
        let environment = typist.environment();
        assert!(environment.contains_key("AWS_ACCESS_KEY_ID"), "{shell:?}: the command itself has them");
        assert!(!environment.contains_key("AWS_PROFILE"), "{shell:?}: {environment:?}");
        assert_eq!((fetched(simulator), now(&mut typist, home, "")), (1, "/D".to_owned()), "{shell:?}");
        assert!(typist.variable("AWS_SSO_SEGMENT").starts_with("☁ 000000000001:ReadOnly 1h30m "), "{shell:?}");
        typist.line("cd ~/prod");
        typist.line("cd ~/dev");
        assert_eq!(now(&mut typist, home, ""), "/d", "{shell:?}");
        typist.line("/bin/true");
        assert_eq!((fetched(simulator), now(&mut typist, home, "")), (1, "/D".to_owned()), "{shell:?}: from the vault");
        typist.leave();
    });
}

#[test]
fn lazy_skip_is_the_persons() {
    in_each_shell("DirectoryRoles: {Mode: keys}\nLazySkip: [printenv]\n", |shell, simulator, home| {
        let mut typist = Typist::sit_down(shell, home);
        typist.line("cd ~/dev");
        typist.line("printenv AWS_PROFILE");
        assert_eq!(fetched(simulator), 0, "{shell:?}");
        typist.line("ls");
        assert_eq!(fetched(simulator), 1, "{shell:?}: it is not on that list");
        typist.leave();
    });
}

#[test]
fn eager_keys_are_there_with_the_prompt() {
    in_each_shell("DirectoryRoles: {Mode: eager}\n", |shell, simulator, home| {
        let mut typist = Typist::sit_down(shell, home);
        typist.line("cd ~/dev");
        assert_eq!((fetched(simulator), now(&mut typist, home, "")), (1, "/D".to_owned()), "{shell:?}");
        typist.leave();
    });
}

#[test]
fn no_secret_enters_the_shell_by_name() {
    in_each_shell("", |shell, simulator, home| {
        let mut typist = Typist::sit_down(shell, home);
        typist.line("cd ~/dev");
        let environment = typist.environment();
        assert_eq!(environment["AWS_PROFILE"], "000000000001:ReadOnly", "{shell:?}");
        assert!(!environment.keys().any(|name| name.contains("KEY") || name.contains("TOKEN")), "{environment:?}");
        assert_eq!(simulator.requests().len(), 0, "{shell:?}: nobody was asked");
        typist.leave();
    });
}

#[test]
fn keys_of_the_same_role_stay() {
    in_each_shell(KEYS, |shell, simulator, home| {
        let mut typist = Typist::sit_down(shell, home);
        typist.line("aws-sso-use 000000000001:ReadOnly");
        typist.line("cd ~/dev");
        assert_eq!(now(&mut typist, home, ""), "/D", "{shell:?}");
        typist.line("cd ~");
        assert_eq!(now(&mut typist, home, ""), "D", "{shell:?}");
        assert_eq!(fetched(simulator), 1, "{shell:?}");
        typist.leave();
    });
}

/// What `env` sees behind a `cd` on its line: the role by name or by keys.
fn seen(typist: &mut Typist, home: &Home, line: &str) -> String {
    let seen = home.path().join("seen");
    typist.line(&line.replace("SEE", &format!("command env -0 >{}", seen.display())));
    let variables = variables(&std::fs::read(seen).expect("what it saw"));
    let what = format!("{:?}: {line}", typist.shell);
    held(&variables, home, &what)
}

#[test]
fn no_keys_are_loaded_for_the_directory_that_a_line_leaves() {
    in_each_shell(KEYS, |shell, _, home| {
        let mut typist = Typist::sit_down(shell, home);
        typist.line("cd ~/dev");
        // bash looks at each command by itself; the others have switched, and keep the name until the next line.
        let expected = if shell == Shell::Bash { "/P" } else { "/p" };
        assert_eq!(seen(&mut typist, home, "cd ~/prod && SEE"), expected, "{shell:?}");
        assert_eq!(seen(&mut typist, home, "SEE"), "/P", "{shell:?}");
        if shell != Shell::Fish {
            typist.line("cd ~/dev");
            assert_eq!(seen(&mut typist, home, "(cd ~/prod; SEE)"), "/d", "{shell:?}: 'process' would refuse it there");
            assert_eq!(now(&mut typist, home, ""), "/d", "{shell:?}");
        }
        typist.leave();
    });
}

/// Lets the half minute pass after which a shell tries again.
fn half_a_minute_later(typist: &mut Typist) {
    typist.line(match typist.shell {
        Shell::Fish => "set -g __aws_sso_renew_at 1; set -g __aws_sso_early_at 1",
        _ => "__aws_sso_renew_at=1 __aws_sso_early_at=1",
    });
    typist.line("");
}

#[test]
fn without_a_session_commands_run_and_one_line_says_so_once() {
    in_each_shell(KEYS, |shell, simulator, home| {
        simulator.revoke_sessions();
        let mut typist = Typist::sit_down(shell, home);
        let mut shown = typist.shown("cd ~/dev");
        for _ in 0..4 {
            shown += &typist.shown("/bin/echo it runs");
        }
        let shown = shown.replace("\r\n", "").replace('\r', "");
        assert_eq!(
            shown.matches("aws-sso: the credentials of 000000000001:ReadOnly could not be loaded").count(),
            1,
            "{shell:?}: {shown}"
        );
        assert_eq!(shown.matches("run 'aws-sso login'").count(), 1, "{shell:?}: {shown}");
        assert!(shown.matches("it runs").count() >= 4, "{shell:?}: {shown}");
        let tried = simulator.requests().len();
        typist.line("/bin/true");
        assert_eq!(simulator.requests().len(), tried, "{shell:?}: not tried again at once");
        half_a_minute_later(&mut typist);
        let shown = typist.shown("/bin/true");
        assert!(!shown.contains("aws-sso:"), "{shell:?}: that is known: {shown}");
        assert_eq!(now(&mut typist, home, ""), "/d", "{shell:?}");

        home.ok(&["login", "--no-refresh"]);
        half_a_minute_later(&mut typist);
        typist.line("/bin/true");
        assert_eq!(now(&mut typist, home, ""), "/D", "{shell:?}: the next success loads the role");
        typist.leave();
    });
}

#[test]
fn offline_commands_run_and_the_network_is_left_alone_for_half_a_minute() {
    in_each_shell(KEYS, |shell, simulator, home| {
        let mut typist = Typist::sit_down(shell, home);
        let offline = |url: &str| match shell {
            Shell::Fish => format!("set -gx AWS_ENDPOINT_URL_SSO {url}"),
            _ => format!("export AWS_ENDPOINT_URL_SSO={url}"),
        };
        typist.line(&offline("http://127.0.0.1:9"));
        typist.line("cd ~/dev");
        let mut shown = String::new();
        for _ in 0..3 {
            shown += &typist.shown("/bin/echo it runs");
        }
        assert_eq!(shown.matches("could not be loaded").count(), 1, "{shell:?}: {shown}");
        assert!(shown.matches("it runs").count() >= 3, "{shell:?}: {shown}");
        typist.line(&offline(simulator.url()));
        typist.line("/bin/true");
        assert_eq!((fetched(simulator), now(&mut typist, home, "")), (0, "/d".to_owned()), "{shell:?}: too early");
        half_a_minute_later(&mut typist);
        typist.line("/bin/true");
        assert_eq!((fetched(simulator), now(&mut typist, home, "")), (1, "/D".to_owned()), "{shell:?}");
        typist.leave();
    });
}
