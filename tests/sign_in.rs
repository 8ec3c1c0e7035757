//! Signing in, staying signed in, signing out.

#[path = "support/sessions.rs"]
mod sessions;
mod support;
#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/wire.rs"]
mod wire;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Stdio};
use std::time::Duration;

use identity_center::{Consent, Fault, Operation};
use sessions::*;
use support::{Answer, Home, json};
use terminal::{aws_sso, end};
use wire::{get, location, send, split, status};

/// A `login` that waits for its answer, and the URL that it showed.
struct Waiting {
    child: Child,
    stderr: BufReader<std::process::ChildStderr>,
    shown: String,
    url: String,
}

impl Drop for Waiting {
    /// A test that failed must not leave it behind.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The lines up to the first that is a URL, and that URL.
fn read_url(stderr: &mut impl BufRead) -> (String, String) {
    let mut shown = String::new();
    loop {
        let start = shown.len();
        assert_ne!(stderr.read_line(&mut shown).expect("a line"), 0, "no URL: {shown}");
        let line = shown[start..].trim();
        if line.starts_with("http") {
            let url = line.to_owned();
            return (shown, url);
        }
    }
}

impl Waiting {
    fn start(home: &Home, arguments: &[&str]) -> Self {
        let mut command = home.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("aws-sso starts");
        let mut stderr = BufReader::new(child.stderr.take().expect("its stderr"));
        let (shown, url) = read_url(&mut stderr);
        Self { child, stderr, shown, url }
    }

    fn parameter(&self, name: &str) -> String {
        let url = url::Url::parse(&self.url).expect("a URL");
        let found = url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        found.unwrap_or_else(|| panic!("no {name} in {url}"))
    }

    /// Whether it goes on waiting.
    fn waits(&mut self) -> bool {
        self.child.try_wait().expect("its state").is_none()
    }

    fn end(mut self) -> Answer {
        let mut stdout = String::new();
        self.stderr.read_to_string(&mut self.shown).expect("the rest");
        self.child.stdout.take().expect("its stdout").read_to_string(&mut stdout).expect("its output");
        let status = self.child.wait().expect("it ends").code();
        Answer { status, stdout, stderr: std::mem::take(&mut self.shown) }
    }
}

mod by_browser {
    use super::*;

    /// A browser that follows the address, under the name of the system's opener.
    #[cfg(target_os = "linux")]
    #[test]
    fn of_the_system_is_opened_without_the_password_of_the_store() {
        use std::os::unix::fs::PermissionsExt;
        let simulator = simulator();
        let mut home = Home::new(&simulator, "");
        let config = std::fs::read_to_string(home.config_path()).expect("config");
        home.write_config(&config.replace("UrlAction: exec", "UrlAction: open"));
        let opener = home.path().join("bin/xdg-open");
        std::fs::create_dir(home.path().join("bin")).expect("a directory");
        let script =
            "#!/bin/sh\nenv > \"$HOME/browser.env\"\nexec curl --silent --location --output /dev/null \"$1\"\n";
        std::fs::write(&opener, script).expect("a script");
        std::fs::set_permissions(&opener, std::fs::Permissions::from_mode(0o755)).expect("a program");
        let path = home.environment().iter().find(|(name, _)| name == "PATH").expect("a PATH").1.clone();
        home.set("PATH", &format!("{}:{path}", home.path().join("bin").display()));
        home.ok(&["login"]);
        let seen = std::fs::read_to_string(home.path().join("browser.env")).expect("the browser's environment");
        assert!(seen.contains("HOME=") && !seen.contains("AWS_SSO_FILE_PASSWORD"), "{seen}");
    }

    #[test]
    fn the_browser_brings_the_answer() {
        let simulator = simulator();
        let home = Home::new(&simulator, "");
        let answer = home.run(&["login"]);
        assert_eq!((answer.status, answer.stdout.as_str()), (Some(0), ""), "{}", answer.stderr);
        assert!(answer.stderr.starts_with("Signed in to Default\n"), "{}", answer.stderr);
        assert!(answer.stderr.contains("5 roles in 3 accounts"), "{}", answer.stderr);
        assert_eq!(grants(&simulator), ["authorization_code"]);
        for operation in [Operation::RegisterClient, Operation::Authorize] {
            assert_eq!(simulator.count(operation), 1, "{operation:?}");
        }
        assert_eq!(json(&home.ok(&PROCESS))["Version"], 1);
    }

    #[test]
    fn a_refusal_is_told_and_nothing_is_kept() {
        let simulator = simulator();
        simulator.set_consent(Consent::Deny);
        let home = Home::new(&simulator, "");
        let message = home.fails(1, &["login"]);
        assert!(
            message.contains("access_denied: User denied access") && message.contains("'aws-sso login'"),
            "{message}"
        );
        assert_eq!((grants(&simulator).len(), records(&home)), (0, 0));
    }

    #[test]
    fn a_refusal_names_the_instance_to_sign_in_to() {
        let simulator = simulator();
        simulator.set_consent(Consent::Deny);
        for more in ["", DEVICE] {
            let home = two_instances(&simulator, more);
            let answer = home.run(&["login", "-S", "Other"]);
            assert_eq!(answer.status, Some(1), "{}", answer.stderr);
            assert!(answer.stderr.contains("'aws-sso login -S Other'"), "{}", answer.stderr);
        }
    }

    #[test]
    fn strangers_at_the_listener_change_nothing() {
        let simulator = simulator();
        let home = Home::new(&simulator, "");
        let mut login = Waiting::start(&home, &["login", "-u", "printurl", "--no-refresh"]);
        let (state, redirect) = (login.parameter("state"), login.parameter("redirect_uri"));
        let (host, _) = split(&redirect);

        // It says nothing for as long as the sign-in takes.
        let mut slow = wire::connect(&host);
        slow.write_all(b"GET /?code=stolen").expect("half a request");
        for target in [
            "/".to_owned(),
            "/?code=stolen".to_owned(),
            "/?code=stolen&state=wrong".to_owned(),
            "/?code=stolen&state=".to_owned(),
            format!("/?code=&state={state}"),
            format!("/callback?code=stolen&state={state}"),
            "/?error=access_denied&state=wrong".to_owned(),
            "/favicon.ico".to_owned(),
        ] {
            let answer = get(&format!("http://{host}{target}"));
            assert_eq!(status(&answer), 400, "{target}");
            assert!(answer.contains("referrer-policy: no-referrer"), "{answer}");
        }
        for method in ["POST", "PUT", "OPTIONS"] {
            let request = format!("{method} /?code=stolen&state={state} HTTP/1.1\r\nhost: x\r\n\r\n");
            assert_eq!(status(&send(&host, &request)), 400, "{method}");
        }
        assert_eq!(status(&send(&host, "\u{16}\u{3}\u{1} no http at all\r\n\r\n")), 400);
        drop(wire::connect(&host));
        assert!(login.waits());
        assert_eq!(simulator.count(Operation::CreateToken), 0);

        let answer = get(&location(&get(&login.url)));
        assert_eq!(status(&answer), 200, "{answer}");
        assert!(answer.contains("You are signed in"), "{answer}");
        let ended = login.end();
        assert_eq!((ended.status, ended.stdout.as_str()), (Some(0), ""), "{}", ended.stderr);
        assert_eq!(grants(&simulator), ["authorization_code"]);
        drop(slow);
    }

    #[test]
    fn the_first_answer_counts() {
        let simulator = simulator();
        let home = Home::new(&simulator, "");
        let login = Waiting::start(&home, &["login", "-u", "printurl", "--no-refresh"]);
        let right = location(&get(&login.url));
        assert_eq!(status(&get(&right)), 200);
        let ended = login.end();
        assert_eq!(ended.status, Some(0), "{}", ended.stderr);
        let (host, _) = split(&right);
        assert!(std::net::TcpStream::connect(host).is_err(), "the listener outlived the sign-in");
    }

    #[test]
    fn print_shows_a_url_on_standard_error_only() {
        let simulator = simulator();
        let home = Home::new(&simulator, "");
        let login = Waiting::start(&home, &["login", "-u", "print", "--no-refresh"]);
        assert!(login.shown.contains("Open this URL in a browser to sign in to Default"), "{}", login.shown);
        get(&location(&get(&login.url)));
        let ended = login.end();
        assert_eq!((ended.status, ended.stdout.as_str()), (Some(0), ""), "{}", ended.stderr);
    }

    #[test]
    fn a_program_that_is_missing_leaves_the_url() {
        let simulator = simulator();
        let home = Home::new(&simulator, "");
        home.write_config(
            &std::fs::read_to_string(home.config_path()).expect("config").replace("[curl,", "[no-such-browser,"),
        );
        let login = Waiting::start(&home, &["login", "--no-refresh"]);
        assert!(login.shown.contains("no-such-browser was not found"), "{}", login.shown);
        get(&location(&get(&login.url)));
        assert_eq!(login.end().status, Some(0));
    }
}

mod by_device_code {
    use super::*;

    #[test]
    fn the_code_to_compare_is_shown() {
        let simulator = simulator();
        let home = Home::new(&simulator, DEVICE);
        let answer = home.run(&["login", "--no-refresh"]);
        assert_eq!((answer.status, answer.stdout.as_str()), (Some(0), ""), "{}", answer.stderr);
        let code = answer.stderr.lines().find_map(|line| line.split_once("in the browser: ")).expect("a code").1;
        assert!(code.len() == 9 && code.as_bytes()[4] == b'-', "{code}");
        assert_eq!(simulator.count(Operation::VerifyDevice), 1);
        assert!(grants(&simulator).iter().all(|grant| grant.ends_with(":device_code")));
        home.ok(&["cache"]);
    }

    #[test]
    fn a_refusal_is_told() {
        let simulator = simulator();
        simulator.set_consent(Consent::Deny);
        let home = Home::new(&simulator, DEVICE);
        let answer = home.run(&["login"]);
        assert_eq!(answer.status, Some(1), "{}", answer.stderr);
        let last = answer.stderr.lines().last().expect("a message");
        assert!(last.contains("refused in the browser") && last.contains("'aws-sso login'"), "{last}");
        assert_eq!(records(&home), 0);
    }

    #[test]
    fn a_code_that_nobody_confirms_ends() {
        let simulator = simulator();
        simulator.set_consent(Consent::Ignore);
        simulator.adjust_lifetimes(|lifetimes| lifetimes.device_code = Duration::from_secs(1));
        let home = Home::new(&simulator, DEVICE);
        let answer = home.run(&["login"]);
        assert_eq!(answer.status, Some(1), "{}", answer.stderr);
        assert!(answer.stderr.contains("nobody confirmed the code in time"), "{}", answer.stderr);
    }

    #[test]
    fn a_remote_shell_gets_one_unless_told_otherwise() {
        let simulator = simulator();
        let mut home = Home::new(&simulator, "");
        home.set("SSH_TTY", "/dev/pts/0");
        home.ok(&["login", "--no-refresh"]);
        assert_eq!(simulator.count(Operation::StartDeviceAuthorization), 1);
        assert_eq!(simulator.count(Operation::Authorize), 0);

        let mut told = Home::new(&simulator, "AuthWorkflow: pkce\n");
        told.set("SSH_TTY", "/dev/pts/0");
        told.ok(&["login", "--no-refresh"]);
        assert_eq!(simulator.count(Operation::StartDeviceAuthorization), 1);
        assert_eq!(simulator.count(Operation::Authorize), 1);
    }

    #[test]
    fn a_lost_poll_is_no_reason_to_start_again() {
        let simulator = simulator();
        simulator.fault(Operation::CreateToken, Fault::status(503).times(1));
        let home = Home::new(&simulator, DEVICE);
        home.ok(&["login", "--no-refresh"]);
        assert_eq!(simulator.count(Operation::StartDeviceAuthorization), 1);
    }
}

mod registrations {
    use super::*;

    #[test]
    fn one_serves_every_sign_in() {
        for more in ["", DEVICE] {
            let simulator = simulator();
            let home = Home::new(&simulator, more);
            for _ in 0..3 {
                home.ok(&["login", "--force", "--no-refresh"]);
            }
            assert_eq!(simulator.count(Operation::RegisterClient), 1, "{more}");
            assert_eq!(simulator.count(Operation::Logout), 2, "{more}");
        }
    }

    #[test]
    fn one_that_aws_forgot_is_replaced_once() {
        let simulator = simulator();
        let home = Home::new(&simulator, DEVICE);
        home.ok(&["login", "--no-refresh"]);
        simulator.expire_registrations();
        home.ok(&["login", "--force", "--no-refresh"]);
        assert_eq!(simulator.count(Operation::RegisterClient), 2);
        assert_eq!(simulator.count_status(Operation::StartDeviceAuthorization, 401), 1);
        home.ok(&["login", "--force", "--no-refresh"]);
        assert_eq!(simulator.count(Operation::RegisterClient), 2);
    }

    #[test]
    fn one_is_made_for_each_workflow() {
        let (simulator, mut home) = signed_in("");
        home.set("SSH_TTY", "/dev/pts/0");
        home.ok(&["login", "--force", "--no-refresh"]);
        assert_eq!(simulator.count(Operation::RegisterClient), 2);
    }

    #[test]
    fn one_that_is_refused_every_time_is_no_endless_loop() {
        let simulator = simulator();
        simulator.fault(Operation::StartDeviceAuthorization, Fault::unauthorized());
        let home = Home::new(&simulator, DEVICE);
        let message = home.fails(1, &["login"]);
        assert!(message.contains("InvalidClientException"), "{message}");
        assert_eq!(simulator.count(Operation::RegisterClient), 1);
    }
}

mod a_wrong_region {
    use super::*;

    #[test]
    fn is_named_when_the_client_registers() {
        for more in ["", DEVICE] {
            let simulator = simulator();
            simulator.set_wrong_region(true);
            let home = Home::new(&simulator, more);
            let message = home.fails(1, &["login"]);
            assert!(message.contains("SSORegion in config.yaml is eu-central-1"), "{message}");
            assert!(message.contains(simulator.start_url()), "{message}");
        }
    }

    #[test]
    fn is_named_when_the_registration_is_an_old_one() {
        for more in ["", DEVICE] {
            let simulator = simulator();
            let home = Home::new(&simulator, more);
            home.ok(&["login", "--no-refresh"]);
            simulator.set_wrong_region(true);
            let answer = home.run(&["login", "--force"]);
            assert_eq!(answer.status, Some(1), "{}", answer.stderr);
            assert!(answer.stderr.contains("SSORegion in config.yaml is eu-central-1"), "{}", answer.stderr);
        }
    }
}

mod on_a_terminal {
    use super::*;

    #[test]
    fn yes_signs_in() {
        for yes in ["y", "", "YES"] {
            let simulator = simulator();
            let home = Home::new(&simulator, "");
            let mut terminal = aws_sso(&home, &["cache"]);
            terminal.exp_string("You are not signed in to Default. Sign in now? [Y/n] ").expect("the question");
            assert_eq!(simulator.requests(), [], "asked before anything happens");
            terminal.send_line(yes).expect("an answer");
            let (shown, status) = end(terminal);
            assert_eq!(status, 0, "{shown}");
            assert!(shown.contains("5 roles in 3 accounts"), "{shown}");
            assert_eq!(simulator.count(Operation::Authorize), 1);
        }
    }

    #[test]
    fn no_leaves_everything_as_it_is() {
        let simulator = simulator();
        let home = Home::new(&simulator, "");
        let mut terminal = aws_sso(&home, &["cache"]);
        terminal.exp_string("Sign in now?").expect("the question");
        terminal.send_line("n").expect("an answer");
        let (shown, status) = end(terminal);
        assert_eq!(status, 3, "{shown}");
        assert!(shown.contains("'aws-sso login'"), "{shown}");
        assert_eq!(simulator.requests(), []);
    }

    #[test]
    fn auto_login_does_not_ask() {
        let simulator = simulator();
        let home = Home::new(&simulator, "AutoLogin: true\n");
        let (shown, status) = end(aws_sso(&home, &["cache"]));
        assert_eq!(status, 0, "{shown}");
        assert!(!shown.contains("Sign in now?"), "{shown}");
        assert_eq!(simulator.count(Operation::Authorize), 1);
    }

    #[test]
    fn process_and_no_input_never_ask() {
        let (simulator, home) = signed_in("AutoLogin: true\n");
        home.ok(&["logout"]);
        simulator.clear_log();
        for command in [&PROCESS[..], &["cache", "--no-input"]] {
            let (shown, status) = end(aws_sso(&home, command));
            assert_eq!(status, 3, "{shown}");
            assert!(!shown.contains('?'), "{shown}");
        }
        assert_eq!(simulator.requests(), []);
    }
}
