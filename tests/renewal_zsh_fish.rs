//! Credentials that end soon are renewed before the next command, in zsh and fish.

#[path = "support/shells.rs"]
mod shells;
mod support;
#[path = "support/typist.rs"]
mod typist;

use std::time::Duration;

use identity_center::{Operation, Simulator};
use shells::signed_in;
use support::{Home, small_organization};
use typist::{Shell, Typist};

const USE: &str = "aws-sso-use 000000000001:Admin";
const SHELLS: [Shell; 2] = [Shell::Zsh, Shell::Fish];

fn home(simulator: &Simulator, refresh_before: u32) -> Home {
    signed_in(simulator, "DefaultRegion: us-west-2", &format!("RefreshBefore: {refresh_before}\n"))
}

/// Takes a role whose credentials are due with the next command; the id of the key.
fn due(simulator: &Simulator, typist: &mut Typist) -> String {
    typist.line(USE);
    let key = typist.variable("AWS_ACCESS_KEY_ID");
    make_due(typist, 1);
    simulator.clear_log();
    key
}

fn make_due(typist: &mut Typist, at: i64) {
    match typist.shell {
        Shell::Fish => typist.line(&format!("set -g __aws_sso_renew_at {at}")),
        _ => typist.line(&format!("__aws_sso_renew_at={at}")),
    }
}

fn calls(simulator: &Simulator) -> usize {
    simulator.count(Operation::GetRoleCredentials)
}

#[test]
fn a_command_finds_new_credentials_and_a_builtin_does_not_ask_for_them() {
    for shell in SHELLS {
        let simulator = Simulator::start(small_organization());
        let home = home(&simulator, 5);
        let mut typist = Typist::sit_down(shell, &home);
        // These end in four minutes: sooner than the five that are to be left.
        simulator.adjust_lifetimes(|lifetimes| lifetimes.role_credentials = Duration::from_mins(4));
        typist.line(USE);
        simulator.adjust_lifetimes(|lifetimes| lifetimes.role_credentials = Duration::from_hours(1));
        let renew_at: i64 = typist.variable("__aws_sso_renew_at").parse().expect("a time");
        let expires: i64 = typist.variable("__aws_sso_expires").parse().expect("a time");
        assert!((110..=125).contains(&(expires - renew_at)), "half of a short life: {renew_at} {expires}");
        make_due(&mut typist, 1);
        simulator.clear_log();
        for builtin in
            ["", "cd .", "echo x", "pwd", "true", ":", "aws-sso-use --help >/dev/null", "aws-sso list >/dev/null"]
        {
            typist.line(builtin);
        }
        assert_eq!(calls(&simulator), 0, "{shell:?}");
        typist.line("command env -0 >environment");
        assert_eq!(calls(&simulator), 1, "{shell:?}");
        let seen = support::variables(&std::fs::read(home.path().join("environment")).expect("an environment"));
        let environment = typist.environment();
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SSO_SESSION_EXPIRATION"] {
            assert_eq!(seen.get(name), environment.get(name), "the command itself has them: {name} in {shell:?}");
        }
        let segment = typist.variable("AWS_SSO_SEGMENT");
        assert!(segment.contains(" 59m") || segment.contains(" 1h0m"), "{segment}");
        typist.line("command true");
        typist.line("uname >/dev/null");
        assert_eq!(calls(&simulator), 1, "once: {shell:?}");
        typist.leave();
    }
}

#[test]
fn whatever_runs_another_command_counts_as_one() {
    for shell in SHELLS {
        let simulator = Simulator::start(small_organization());
        let home = home(&simulator, 59);
        let mut typist = Typist::sit_down(shell, &home);
        due(&simulator, &mut typist);
        let lines = [
            "uname >/dev/null",
            "cd .; uname >/dev/null",
            "echo (uname)",
            "true | cat",
            "true && uname >/dev/null",
            "command uname >/dev/null",
            "X=1 uname >/dev/null",
            "eval uname >/dev/null",
            "not uname >/dev/null",
            "cd .\x1b\runame >/dev/null",
        ];
        for line in lines {
            let line = if shell == Shell::Zsh {
                line.replace("echo (", "echo $(").replace("not ", "! ")
            } else {
                line.to_owned()
            };
            simulator.expire_credentials();
            forget(&home);
            make_due(&mut typist, 1);
            simulator.clear_log();
            typist.line(&line);
            assert_eq!(calls(&simulator), 1, "{line} in {shell:?}");
        }
        typist.leave();
    }
}

/// Leaves nothing in the store that could be taken instead of new credentials.
fn forget(home: &Home) {
    home.ok(&["flush"]);
}

#[test]
fn a_session_that_is_over_is_said_once_and_stops_no_command() {
    for shell in SHELLS {
        let simulator = Simulator::start(small_organization());
        let home = home(&simulator, 59);
        let mut typist = Typist::sit_down(shell, &home);
        let key = due(&simulator, &mut typist);
        simulator.revoke_sessions();
        forget(&home);
        typist.keys("echo ran | cat");
        let shown = typist.enter_showing();
        assert_eq!(shown.matches("could not be renewed").count(), 1, "{shown:?}");
        assert!(shown.contains("aws-sso login") && shown.contains("ran"), "{shown:?}");
        let (asked, at) = (simulator.requests().len(), typist.variable("__aws_sso_renew_at"));
        // No second try for half a minute, and no second word.
        typist.keys("echo ran | cat");
        let shown = typist.enter_showing();
        assert!(!shown.contains("renewed") && shown.contains("ran"), "{shown:?}");
        assert_eq!(simulator.requests().len(), asked, "{shell:?}");
        assert_eq!(typist.variable("__aws_sso_renew_at"), at, "{shell:?}");
        let left = at.parse::<i64>().expect("a time") - now();
        assert!((15..=30).contains(&left), "{shell:?}: {left}");
        // Then one, silently.
        make_due(&mut typist, 1);
        typist.keys("echo ran | cat");
        let shown = typist.enter_showing();
        assert!(!shown.contains("renewed") && shown.contains("ran"), "{shown:?}");
        assert_eq!(typist.variable("AWS_ACCESS_KEY_ID"), key, "what is there stays");
        // A new session is used without a word.
        home.ok(&["login"]);
        make_due(&mut typist, 1);
        typist.line("uname >/dev/null");
        assert_ne!(typist.variable("AWS_ACCESS_KEY_ID"), key, "{shell:?}");
        // And when that one ends, it is said again.
        simulator.revoke_sessions();
        forget(&home);
        make_due(&mut typist, 1);
        typist.keys("uname >/dev/null");
        assert!(typist.enter_showing().contains("could not be renewed"), "{shell:?}");
        typist.leave();
    }
}

fn now() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a time after 1970");
    now.as_secs().cast_signed()
}

#[test]
fn the_status_before_a_renewal_is_what_the_command_sees() {
    for shell in SHELLS {
        let simulator = Simulator::start(small_organization());
        let home = home(&simulator, 59);
        let mut typist = Typist::sit_down(shell, &home);
        due(&simulator, &mut typist);
        typist.line("sh -c 'exit 7'");
        make_due(&mut typist, 1);
        forget(&home);
        typist.line("sh -c 'exit 7'");
        let status = if shell == Shell::Fish { "$status" } else { "$?" };
        // The setting of the time is a command of its own, so the status is made in the same line.
        make_due(&mut typist, 1);
        simulator.clear_log();
        forget(&home);
        assert_eq!(typist.output(&format!("sh -c 'exit 7'; echo {status}")), "7\n");
        assert_eq!(calls(&simulator), 1, "{shell:?}");
        typist.leave();
    }
}

#[test]
fn credentials_of_others_are_left_alone() {
    for shell in SHELLS {
        let simulator = Simulator::start(small_organization());
        let home = home(&simulator, 59);
        let set = |name: &str, value: &str| match shell {
            Shell::Fish => format!("set -gx {name} {value}"),
            _ => format!("export {name}={value}"),
        };
        let unset = |name: &str| if shell == Shell::Fish { format!("set -e {name}") } else { format!("unset {name}") };
        let mut typist = Typist::sit_down(shell, &home);
        due(&simulator, &mut typist);
        // Somebody else's profile over our role.
        typist.line(&set("AWS_PROFILE", "theirs"));
        assert_eq!(typist.variable("AWS_SSO_SEGMENT"), "", "{shell:?}");
        assert_eq!(typist.variable("__aws_sso_renew_at"), "");
        make_due(&mut typist, 1);
        typist.line("uname >/dev/null");
        assert_eq!((calls(&simulator), typist.variable("AWS_PROFILE")), (0, "theirs".to_owned()), "{shell:?}");
        assert_eq!(typist.status("aws-sso-use 000000000002:Admin"), "1", "it refuses by name");
        typist.line(&unset("AWS_PROFILE"));
        assert!(typist.variable("AWS_SSO_SEGMENT").starts_with("☁ 000000000001:Admin "), "{shell:?}");
        typist.line("aws-sso-clear");
        // Somebody else's keys and no role of ours.
        typist.line(&set("AWS_ACCESS_KEY_ID", "AKIATHEIRS"));
        typist.line(&set("AWS_SECRET_ACCESS_KEY", "theirs"));
        assert_eq!(typist.variable("AWS_SSO_SEGMENT"), "");
        make_due(&mut typist, 1);
        typist.line("uname >/dev/null");
        assert_eq!(typist.variable("AWS_ACCESS_KEY_ID"), "AKIATHEIRS");
        assert_eq!((calls(&simulator), typist.variable("__aws_sso_renew_at")), (0, String::new()), "{shell:?}");
        typist.leave();
    }
}
