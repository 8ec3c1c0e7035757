//! Signing in, staying signed in, signing out.

mod support;
#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/wire.rs"]
mod wire;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Stdio};
use std::time::Duration;

use identity_center::{Consent, Fault, Operation, Organization, Simulator};
use support::{Answer, Home, PASSWORD, json, small_organization};
use terminal::{aws_sso, end, script};
use wire::{Server, get, location, send, split, status};

const PROCESS: [&str; 3] = ["process", "-p", "000000000001:Admin"];
const DEVICE: &str = "AuthWorkflow: device_code\n";

fn simulator() -> Simulator {
    Simulator::start(small_organization())
}

/// A simulator, and a home that is signed in to it and knows the roles.
fn signed_in(more: &str) -> (Simulator, Home) {
    let simulator = simulator();
    let home = Home::new(&simulator, more);
    home.ok(&["login"]);
    (simulator, home)
}

/// Gives the home a session whose access token has ended for the product, which wants a minute left.
fn expire(simulator: &Simulator, home: &Home) {
    simulator.adjust_lifetimes(|lifetimes| lifetimes.access_token = Duration::from_secs(30));
    home.ok(&["login", "--force", "--no-refresh"]);
    simulator.adjust_lifetimes(|lifetimes| lifetimes.access_token = Duration::from_hours(8));
    simulator.clear_log();
}

fn grants(simulator: &Simulator) -> Vec<String> {
    simulator.requests().into_iter().filter_map(|request| request.grant_type).collect()
}

#[track_caller]
fn assert_no_browser(simulator: &Simulator) {
    for operation in [Operation::Authorize, Operation::StartDeviceAuthorization, Operation::VerifyDevice] {
        assert_eq!(simulator.count(operation), 0, "{operation:?}");
    }
}

fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let start = std::time::Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(20), "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// The sealed records in the state file.
fn records(home: &Home) -> i64 {
    let database = rusqlite::Connection::open(home.state_path()).expect("the state file");
    database.query_row("SELECT count(*) FROM record", [], |row| row.get(0)).expect("a count")
}

/// Two instances at one simulator, with one start URL. Both in the file store, under one password.
fn two_instances(simulator: &Simulator, more: &str) -> Home {
    let home = Home::new(simulator, "");
    let instance = format!("SSORegion: {}\n    StartUrl: {}", simulator.region(), simulator.start_url());
    home.write_config(&format!(
        "SSOConfig:\n  Default:\n    {instance}\n  Other:\n    {instance}\nUrlAction: exec\n\
         UrlExecCommand: [curl, --silent, --location, --output, /dev/null, '%s']\nRateLimit: 1000\n{more}"
    ));
    home
}

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

mod a_session {
    use super::*;

    #[test]
    fn that_is_good_makes_login_call_nobody() {
        let (simulator, home) = signed_in("");
        simulator.clear_log();
        let answer = home.run(&["login"]);
        assert_eq!((answer.status, answer.stdout.as_str()), (Some(0), ""), "{}", answer.stderr);
        assert!(answer.stderr.contains("Already signed in to Default ("), "{}", answer.stderr);
        assert_eq!(simulator.requests(), []);
    }

    #[test]
    fn that_ended_is_renewed_in_silence() {
        for store in ["file", "json"] {
            let (simulator, home) = signed_in(&format!("SecureStore: {store}\n"));
            expire(&simulator, &home);
            let answer = home.run(&PROCESS);
            assert_eq!((answer.status, answer.stderr.as_str()), (Some(0), ""));
            assert_eq!(grants(&simulator), ["refresh_token"], "{store}");
            assert_no_browser(&simulator);
            home.ok(&["cache"]);
            assert_eq!(grants(&simulator), ["refresh_token"], "{store}: the renewed token was not kept");
        }
    }

    #[test]
    fn that_ended_makes_login_renew_it() {
        let (simulator, home) = signed_in("");
        expire(&simulator, &home);
        let answer = home.run(&["login"]);
        assert!(answer.stderr.contains("Already signed in to Default ("), "{}", answer.stderr);
        assert_eq!(grants(&simulator), ["refresh_token"]);
        assert_no_browser(&simulator);
    }

    #[test]
    fn keeps_its_refresh_token_where_aws_sends_no_new_one() {
        let simulator = simulator();
        simulator.set_refresh_once(false);
        let upstream = split(simulator.url()).0;
        let quiet = Server::start(move |request| {
            let answer = send(&upstream, request);
            match request.contains("\"grantType\":\"refresh_token\"") && status(&answer) == 200 {
                true => {
                    let mut body = json(answer.split_once("\r\n\r\n").expect("a body").1);
                    body.as_object_mut().expect("an object").remove("refreshToken").expect("a refresh token");
                    wire::answer("200 OK", "application/json", &body.to_string())
                }
                false => answer,
            }
        });
        let mut home = Home::new(&simulator, "");
        home.set("AWS_ENDPOINT_URL_SSO_OIDC", &quiet.url());
        home.ok(&["login"]);
        for round in 1..=2 {
            simulator.expire_access_tokens();
            home.ok(&["cache"]);
            let renewals = grants(&simulator).iter().filter(|grant| *grant == "refresh_token").count();
            assert_eq!(renewals, round);
        }
    }

    #[test]
    fn is_renewed_once_however_many_processes_want_it() {
        let (simulator, home) = signed_in("");
        expire(&simulator, &home);
        // A renewal that takes time is one that the others meet.
        simulator.fault(Operation::CreateToken, Fault::latency(Duration::from_millis(100)));
        let roles = ["000000000001:Admin", "000000000001:ReadOnly", "000000000002:Admin", "123456789012:ReadOnly"];
        let commands: Vec<_> = (0..20).map(|n| vec!["process", "-p", roles[n % roles.len()]]).collect();
        for answer in home.run_at_once(&commands) {
            assert_eq!((answer.status, answer.stderr.as_str()), (Some(0), ""));
        }
        assert_eq!(grants(&simulator), ["refresh_token"]);
        assert_eq!(simulator.count(Operation::GetRoleCredentials), roles.len());
    }

    #[test]
    fn that_aws_refuses_is_renewed_once_however_many_processes_want_it() {
        let (simulator, home) = signed_in("");
        simulator.expire_access_tokens();
        simulator.clear_log();
        simulator.fault(Operation::CreateToken, Fault::latency(Duration::from_millis(100)));
        let roles = ["000000000001:Admin", "000000000001:ReadOnly", "000000000002:Admin"];
        for answer in home.run_at_once(&roles.map(|role| vec!["process", "-p", role])) {
            assert_eq!((answer.status, answer.stderr.as_str()), (Some(0), ""));
        }
        assert_eq!(grants(&simulator), ["refresh_token"]);
    }

    #[test]
    fn that_cannot_be_renewed_needs_a_sign_in() {
        let (simulator, home) = signed_in("");
        expire(&simulator, &home);
        simulator.refuse_refresh(true);
        let message = home.fails(3, &PROCESS);
        assert!(message.contains("'aws-sso login'"), "{message}");
        assert_no_browser(&simulator);
        assert_eq!(grants(&simulator), ["refresh_token"]);
        home.fails(3, &PROCESS);
        assert_eq!(grants(&simulator), ["refresh_token"], "asked again for what was refused");
    }

    #[test]
    fn without_a_refresh_token_needs_a_sign_in_when_it_ended() {
        let (simulator, home) = signed_in("");
        simulator.set_refresh_tokens(false);
        expire(&simulator, &home);
        home.fails(3, &PROCESS);
        assert_eq!(simulator.requests(), []);
    }

    #[test]
    fn outlives_a_renewal_that_could_not_be_asked_for() {
        let faults = [Fault::html(), Fault::status(503), Fault::reset(), Fault::throttle()];
        for fault in faults {
            let (simulator, home) = signed_in("MaxRetry: 1\nMaxBackoff: 1\n");
            expire(&simulator, &home);
            simulator.fault(Operation::CreateToken, fault);
            let message = home.fails(1, &PROCESS);
            assert!(message.contains("could not renew the session"), "{fault:?}: {message}");
            simulator.clear_faults();
            home.ok(&PROCESS);
            assert_no_browser(&simulator);
        }
    }

    #[test]
    fn outlives_a_tls_failure_and_a_proxy_that_says_no() {
        let (simulator, mut home) = signed_in("MaxRetry: 1\n");
        expire(&simulator, &home);
        let endpoint = "AWS_ENDPOINT_URL_SSO_OIDC";
        let forbidding = Server::start(|_| wire::answer("403 Forbidden", "text/plain", "blocked"));
        for url in [simulator.url().replace("http:", "https:"), forbidding.url()] {
            home.set(endpoint, &url);
            home.fails(1, &PROCESS);
        }
        home.set(endpoint, simulator.url());
        home.ok(&PROCESS);
        assert_eq!(grants(&simulator), ["refresh_token"]);
    }

    #[test]
    fn that_was_revoked_needs_a_sign_in() {
        let (simulator, home) = signed_in("");
        simulator.revoke_sessions();
        let message = home.fails(3, &PROCESS);
        assert!(message.contains("revoked or has ended") && message.contains("'aws-sso login'"), "{message}");
        assert_eq!(simulator.count(Operation::Authorize), 1, "only the first sign-in may use a browser");
        assert!(home.ok(&["status"]).contains("not signed in"));
    }

    #[test]
    fn that_aws_refuses_is_renewed_in_silence() {
        let (simulator, home) = signed_in("");
        simulator.expire_access_tokens();
        simulator.clear_log();
        let answer = home.run(&PROCESS);
        assert_eq!((answer.status, answer.stderr.as_str()), (Some(0), ""));
        assert_eq!(grants(&simulator), ["refresh_token"]);
        assert_eq!(simulator.count(Operation::GetRoleCredentials), 2);
        assert_no_browser(&simulator);
    }

    #[test]
    fn that_aws_refuses_in_the_middle_of_a_listing_is_renewed_there() {
        let simulator = Simulator::start(Organization::generated(40, 80));
        let home = Home::new(&simulator, "");
        home.ok(&["login", "--no-refresh"]);
        simulator.clear_log();
        simulator.fault(Operation::ListAccountRoles, Fault::latency(Duration::from_millis(10)));
        let child = home.command(&["cache"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a child");
        wait_until("some accounts are listed", || simulator.count(Operation::ListAccountRoles) >= 10);
        simulator.expire_access_tokens();
        let answer = Answer::from(child.wait_with_output().expect("it ends"));
        assert_eq!(answer.status, Some(0), "{}", answer.stderr);
        assert!(answer.stderr.contains("80 roles in 40 accounts"), "{}", answer.stderr);
        assert_eq!(grants(&simulator), ["refresh_token"]);
        assert_eq!(simulator.count_status(Operation::ListAccountRoles, 200), 40, "each account once");
        assert_eq!(simulator.count(Operation::ListAccounts), 1);
    }

    #[test]
    fn that_aws_refuses_again_and_again_is_no_endless_loop() {
        let operations = [Operation::ListAccounts, Operation::ListAccountRoles, Operation::GetRoleCredentials];
        for operation in operations {
            let (simulator, home) = signed_in("");
            simulator.clear_log();
            simulator.fault(operation, Fault::unauthorized());
            let command: &[&str] = if operation == Operation::GetRoleCredentials { &PROCESS } else { &["cache"] };
            let message = home.fails(3, command);
            assert!(message.contains("'aws-sso login'"), "{message}");
            assert_eq!(grants(&simulator), ["refresh_token"], "{operation:?}");
        }
    }

    #[test]
    fn that_is_missing_is_named_by_every_command_that_needs_it() {
        let commands: [&[&str]; 4] = [
            &PROCESS,
            &["eval", "--shell", "bash", "-p", "000000000001:Admin"],
            &["exec", "-p", "000000000001:Admin", "--", "true"],
            &["cache"],
        ];
        let (simulator, home) = signed_in("AutoLogin: true\n");
        home.ok(&["logout"]);
        let fresh = Home::new(&simulator, "");
        simulator.clear_log();
        for command in commands {
            for home in [&home, &fresh] {
                let message = home.fails(3, command);
                assert!(message.contains("'aws-sso login'"), "{command:?}: {message}");
            }
        }
        assert_eq!(simulator.requests(), []);
    }

    #[test]
    fn that_is_missing_is_named_with_its_instance() {
        let simulator = simulator();
        let home = two_instances(&simulator, "");
        let message = home.fails(3, &["cache", "-S", "Other"]);
        assert!(message.contains("'aws-sso login -S Other'"), "{message}");
        let message = home.fails(3, &["cache"]);
        assert!(message.contains("'aws-sso login'"), "{message}");
        let message = home.fails(3, &["process", "-S", "Other", "-p", "x"]);
        assert!(message.contains("'aws-sso login -S Other'"), "{message}");
    }

    #[test]
    fn that_is_missing_is_named_with_its_instance_where_the_shell_has_another() {
        let simulator = simulator();
        let mut home = two_instances(&simulator, "");
        home.set("AWS_SSO", "Other");
        let message = home.fails(3, &["cache", "-S", "Default"]);
        assert!(message.contains("'aws-sso login -S Default'"), "{message}");
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

mod logout {
    use super::*;

    #[test]
    fn ends_the_session_at_aws_and_here() {
        for store in ["file", "json"] {
            let (simulator, home) = signed_in(&format!("SecureStore: {store}\n"));
            home.ok(&PROCESS);
            let answer = home.run(&["logout"]);
            assert_eq!((answer.status, answer.stderr.as_str()), (Some(0), "Signed out of Default\n"));
            assert_eq!(simulator.count_status(Operation::Logout, 200), 1);
            assert_eq!(records(&home), 0);
            let message = home.fails(3, &PROCESS);
            assert!(message.contains("'aws-sso login'"), "{message}");
            assert!(home.ok(&["status"]).contains("not signed in"));
            if store == "json" {
                let left = std::fs::read_to_string(home.state_path().with_file_name("store.json")).expect("the store");
                assert_eq!(json(&left)["records"], serde_json::json!({}));
            }
        }
    }

    #[test]
    fn works_where_aws_cannot_be_reached() {
        let (_simulator, mut home) = signed_in("");
        home.ok(&PROCESS);
        home.set("AWS_ENDPOINT_URL_SSO", &wire::closed_port());
        let answer = home.run(&["logout"]);
        assert_eq!(answer.status, Some(0), "{}", answer.stderr);
        assert!(
            answer.stderr.contains("AWS could not be told (sso:Logout: the connection was refused"),
            "{}",
            answer.stderr
        );
        assert_eq!((answer.stderr.lines().count(), records(&home)), (1, 0));
        home.fails(3, &PROCESS);
    }

    #[test]
    fn works_where_the_network_cannot_even_be_set_up() {
        let (_simulator, mut home) = signed_in("");
        home.set("AWS_CA_BUNDLE", "/no/such/file.pem");
        let answer = home.run(&["logout"]);
        assert_eq!((answer.status, records(&home)), (Some(0), 0), "{}", answer.stderr);
        assert!(answer.stderr.contains("AWS could not be told (could not read the CA bundle"), "{}", answer.stderr);
    }

    #[test]
    fn without_a_session_calls_nobody() {
        let simulator = simulator();
        let home = Home::new(&simulator, "");
        home.ok(&["logout"]);
        assert_eq!(simulator.requests(), []);
    }

    #[test]
    fn of_one_instance_leaves_the_other_signed_in() {
        for store in ["file", "json"] {
            let simulator = simulator();
            let home = two_instances(&simulator, &format!("SecureStore: {store}\n"));
            for instance in ["Default", "Other"] {
                home.ok(&["login", "-S", instance]);
                home.ok(&["process", "-S", instance, "-p", "000000000001:Admin"]);
            }
            simulator.clear_log();
            home.ok(&["logout"]);
            assert_eq!(simulator.count_status(Operation::Logout, 200), 1);
            home.fails(3, &PROCESS);
            // Stored credentials, and the session itself.
            home.ok(&["process", "-S", "Other", "-p", "000000000001:Admin"]);
            home.ok(&["process", "-S", "Other", "-p", "000000000001:ReadOnly"]);
            assert_eq!(simulator.count_status(Operation::GetRoleCredentials, 200), 1);
            assert_eq!(grants(&simulator).len(), 0);
        }
    }

    #[test]
    fn with_a_lost_password_still_works_for_every_instance() {
        let simulator = simulator();
        let mut home = two_instances(&simulator, "UnlockMinutes: 0\n");
        for instance in ["Default", "Other"] {
            home.ok(&["login", "--no-refresh", "-S", instance]);
        }
        home.set("AWS_SSO_FILE_PASSWORD", "forgotten");
        let message = home.fails(5, &["login"]);
        assert!(message.contains("wrong password") && message.contains("'aws-sso logout'"), "{message}");
        let answer = home.run(&["logout", "--all"]);
        assert_eq!((answer.status, records(&home)), (Some(0), 0), "{}", answer.stderr);
        home.ok(&["login", "--no-refresh"]);
    }

    #[test]
    fn is_not_what_flush_does() {
        let (simulator, home) = signed_in("");
        home.ok(&PROCESS);
        simulator.clear_log();
        home.ok(&["flush"]);
        assert_eq!(simulator.requests(), []);
        home.ok(&PROCESS);
        assert_eq!(simulator.count(Operation::GetRoleCredentials), 1, "the credentials were not forgotten");
        assert_eq!(grants(&simulator).len(), 0);
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

mod the_password_of_the_file_store {
    use super::*;

    const NEW: &str = "New password for the aws-sso file store: ";
    const AGAIN: &str = "The same password again: ";
    const ASK: &str = "Password of the aws-sso file store: ";

    fn without_password(more: &str) -> (Simulator, Home) {
        let simulator = simulator();
        let mut home = Home::new(&simulator, more);
        home.unset("AWS_SSO_FILE_PASSWORD");
        (simulator, home)
    }

    fn sign_in_with(home: &Home, first: &str, second: &str) -> (String, i32) {
        let mut terminal = aws_sso(home, &["login"]);
        terminal.exp_string(NEW).expect("the first question");
        terminal.send_line(first).expect("a password");
        terminal.exp_string(AGAIN).expect("the second question");
        terminal.send_line(second).expect("a password");
        end(terminal)
    }

    #[test]
    fn is_asked_twice_when_it_is_new_and_once_later() {
        let (_simulator, home) = without_password("UnlockMinutes: 0\n");
        let (shown, status) = sign_in_with(&home, PASSWORD, PASSWORD);
        assert_eq!(status, 0, "{shown}");
        assert!(!shown.contains(PASSWORD), "{shown}");
        let mut terminal = aws_sso(&home, &["eval", "--shell", "bash", "-p", "000000000001:Admin"]);
        terminal.exp_string(ASK).expect("the question");
        terminal.send_line(PASSWORD).expect("the password");
        let (shown, status) = end(terminal);
        assert_eq!(status, 0, "{shown}");
        assert!(shown.contains("AWS_SESSION_TOKEN"), "{shown}");
    }

    #[test]
    fn that_is_mistyped_or_empty_makes_no_store() {
        for (first, second) in [(PASSWORD, "correct horse battery maple"), (PASSWORD, "")] {
            let (_simulator, home) = without_password("UnlockMinutes: 0\n");
            let (shown, status) = sign_in_with(&home, first, second);
            assert_eq!(status, 5, "{shown}");
            assert!(shown.contains("the two passwords differ"), "{shown}");
            assert_eq!(records(&home), 0);
        }
        let (_simulator, home) = without_password("UnlockMinutes: 0\n");
        let mut terminal = aws_sso(&home, &["login"]);
        terminal.exp_string(NEW).expect("the question");
        terminal.send_line("").expect("Enter");
        let (shown, status) = end(terminal);
        assert_eq!((status, records(&home)), (5, 0), "{shown}");
    }

    #[test]
    fn that_is_wrong_is_refused() {
        let (_simulator, mut home) = without_password("UnlockMinutes: 0\n");
        home.set("AWS_SSO_FILE_PASSWORD", PASSWORD);
        home.ok(&["login"]);
        home.set("AWS_SSO_FILE_PASSWORD", "wrong");
        let message = home.fails(5, &PROCESS);
        assert!(message.contains("AWS_SSO_FILE_PASSWORD") && message.contains("'aws-sso logout'"), "{message}");

        home.unset("AWS_SSO_FILE_PASSWORD");
        let message = home.fails(5, &PROCESS);
        assert!(message.contains("'aws-sso login'") && message.contains("AWS_SSO_FILE_PASSWORD"), "{message}");
        let mut terminal = aws_sso(&home, &["cache"]);
        terminal.exp_string(ASK).expect("the question");
        terminal.send_line("wrong").expect("a password");
        let (shown, status) = end(terminal);
        assert_eq!(status, 5, "{shown}");
        assert!(shown.contains("wrong password for the file store (what was typed)"), "{shown}");
    }

    #[test]
    fn can_be_broken_off_and_the_terminal_is_as_it_was() {
        let (_simulator, mut home) = without_password("UnlockMinutes: 0\n");
        home.set("AWS_SSO_FILE_PASSWORD", PASSWORD);
        home.ok(&["login"]);
        home.unset("AWS_SSO_FILE_PASSWORD");
        // logout too: whoever breaks off has not asked for the secrets to go.
        for command in ["cache", "logout"] {
            let mut terminal = script(
                &home,
                &format!("trap : INT; stty echo; \"$PROGRAM\" {command}; echo status=$?; stty -a; echo the end"),
            );
            terminal.exp_string(ASK).expect("the question");
            terminal.send_control('c').expect("Ctrl-C");
            terminal.exp_string("status=130").unwrap_or_else(|error| panic!("{command}: {error}"));
            let modes = terminal.exp_string("the end").expect("the modes");
            let words: Vec<&str> = modes.split([' ', ';', '\r', '\n']).collect();
            assert!(words.contains(&"echo") && words.contains(&"icanon"), "{modes}");
            assert_eq!(end(terminal).1, 0);
        }
        home.set("AWS_SSO_FILE_PASSWORD", PASSWORD);
        home.ok(&PROCESS);
    }

    /// Whether this kernel lets its keyring be used; containers often do not.
    #[cfg(target_os = "linux")]
    fn kernel_has_a_keyring() -> bool {
        use linux_keyutils::{KeyRing, KeyRingIdentifier};
        let ring = KeyRing::from_special_id(KeyRingIdentifier::User, false);
        let key = ring.and_then(|ring| ring.add_key("aws-sso:test", b"test"));
        key.is_ok_and(|key| key.invalidate().is_ok())
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn is_typed_once_where_the_kernel_keeps_the_key() {
        // Where the kernel refuses, the password is asked for again: without a terminal, the store is locked.
        let kept = if kernel_has_a_keyring() { Some(0) } else { Some(5) };
        for (minutes, later) in [("60", kept), ("0", Some(5))] {
            let (_simulator, home) = without_password(&format!("UnlockMinutes: {minutes}\n"));
            let (shown, status) = sign_in_with(&home, PASSWORD, PASSWORD);
            assert_eq!(status, 0, "{shown}");
            let answer = home.run(&PROCESS);
            assert_eq!(answer.status, later, "UnlockMinutes {minutes}: {}", answer.stderr);
        }
    }
}
