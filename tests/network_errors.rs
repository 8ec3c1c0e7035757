//! What goes wrong between here and AWS: one sentence each, the right status, and no more calls than were allowed.

mod support;
#[path = "support/wire.rs"]
mod wire;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use identity_center::{Fault, Operation, Organization, Simulator};
use support::{Home, json, small_organization};
use wire::Server;

const PROCESS: [&str; 3] = ["process", "-p", "000000000001:Admin"];
const SSO: &str = "AWS_ENDPOINT_URL_SSO";

/// Signed in, with the roles known, and quick to give up.
fn signed_in() -> (Simulator, Home) {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "MaxRetry: 3\nMaxBackoff: 1\n");
    home.ok(&["login"]);
    simulator.clear_log();
    (simulator, home)
}

/// What `cache` says where the portal is at `url`.
fn cache_at(url: &str) -> String {
    let (_simulator, mut home) = signed_in();
    home.set(SSO, url);
    home.fails(1, &["cache"])
}

#[track_caller]
fn assert_says(message: &str, words: &[&str]) {
    for word in words {
        assert!(message.contains(word), "'{word}' is missing: {message}");
    }
}

#[test]
fn a_refused_connection() {
    let message = cache_at(&wire::closed_port());
    assert_says(
        &message,
        &["sso:ListAccounts: the connection was refused", "AWS_ENDPOINT_URL", "given up after 3 tries"],
    );
}

#[test]
fn a_host_without_an_address() {
    let message = cache_at("http://no-such-host.invalid");
    assert_says(&message, &["sso:ListAccounts", "(DNS)", "SSORegion"]);
}

#[test]
fn a_sign_in_that_reaches_nobody() {
    let simulator = Simulator::start(small_organization());
    for (url, words) in [(wire::closed_port(), "refused"), ("http://no-such-host.invalid".to_owned(), "(DNS)")] {
        let mut home = Home::new(&simulator, "MaxRetry: 1\n");
        home.set("AWS_ENDPOINT_URL_SSO_OIDC", &url);
        let message = home.fails(1, &["login"]);
        assert_says(&message, &["could not sign in: sso-oidc:RegisterClient", words]);
    }
}

#[test]
fn a_listing_that_fails_after_the_sign_in() {
    let simulator = Simulator::start(small_organization());
    simulator.fault(Operation::ListAccounts, Fault::html());
    let home = Home::new(&simulator, "");
    let answer = home.run(&["login"]);
    assert_eq!(answer.status, Some(1), "{}", answer.stderr);
    assert_says(&answer.stderr, &["Signed in to Default\n", "signed in, but the roles could not be fetched: sso:"]);
    simulator.clear_faults();
    assert_says(&home.run(&["login"]).stderr, &["Already signed in", "5 roles in 3 accounts"]);
}

mod tls {
    use super::*;

    #[test]
    fn a_server_that_speaks_none() {
        let (simulator, mut home) = signed_in();
        home.set(SSO, &simulator.url().replace("http:", "https:"));
        let message = home.fails(1, &["cache"]);
        assert_says(&message, &["sso:ListAccounts: the TLS connection failed", "AWS_CA_BUNDLE"]);
    }

    /// A TLS server with a certificate of its own making; it answers with a web page.
    struct SelfSigned {
        server: Child,
        url: String,
        certificate: String,
    }

    impl SelfSigned {
        fn start(home: &Home) -> Self {
            let place = |name: &str| home.path().join(name).display().to_string();
            let (key, certificate) = (place("key.pem"), place("certificate.pem"));
            let made = Command::new("openssl")
                .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"])
                .args(["-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1"])
                .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout", &key, "-out", &certificate])
                .stderr(Stdio::null())
                .status();
            assert!(made.is_ok_and(|status| status.success()), "openssl could not make a certificate");
            let mut server = Command::new("openssl")
                .args(["s_server", "-www", "-accept", "127.0.0.1:0", "-key", &key, "-cert", &certificate])
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .expect("openssl s_server");
            let mut lines = BufReader::new(server.stdout.take().expect("its output")).lines();
            let address = lines.find_map(|line| line.ok()?.strip_prefix("ACCEPT ").map(str::to_owned));
            let address = address.expect("the address of openssl s_server");
            // It writes on, and would end if nobody read.
            std::thread::spawn(move || lines.for_each(drop));
            Self { server, url: format!("https://{address}"), certificate }
        }
    }

    impl Drop for SelfSigned {
        fn drop(&mut self) {
            let _ = self.server.kill();
            let _ = self.server.wait();
        }
    }

    #[test]
    fn a_certificate_that_nobody_vouches_for_until_the_ca_bundle_does() {
        let (_simulator, mut home) = signed_in();
        let server = SelfSigned::start(&home);
        home.set(SSO, &server.url);
        let message = home.fails(1, &["cache"]);
        assert_says(&message, &["the TLS connection failed", "certificate", "AWS_CA_BUNDLE"]);
        assert!(!message.contains("tries"), "{message}");
        let certificate = std::fs::read_to_string(&server.certificate).expect("the certificate");
        // One that cannot be used does not spoil the bundle.
        let bundle = format!("-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n{certificate}");
        std::fs::write(&server.certificate, bundle).expect("the bundle");
        home.set("AWS_CA_BUNDLE", &server.certificate);
        assert_says(&home.fails(1, &["cache"]), &["a web page answered in AWS's place"]);
    }

    #[test]
    fn a_ca_bundle_that_cannot_be_used() {
        let (simulator, mut home) = signed_in();
        home.set("AWS_CA_BUNDLE", "/no/such/bundle.pem");
        assert_says(&home.fails(1, &["cache"]), &["/no/such/bundle.pem (AWS_CA_BUNDLE)", "No such file"]);
        let path = home.path().join("bundle.der");
        std::fs::write(&path, [0x30, 0x82, 1, 2]).expect("a file");
        home.set("AWS_CA_BUNDLE", &path.display().to_string());
        assert_says(&home.fails(1, &["cache"]), &["bundle.der (AWS_CA_BUNDLE) holds no usable PEM certificate"]);
        std::fs::write(&path, "-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n")
            .expect("a file");
        assert_says(&home.fails(1, &["cache"]), &["holds no usable PEM certificate"]);
        assert_eq!(simulator.requests(), []);
    }
}

mod an_answer {
    use super::*;

    #[test]
    fn that_is_the_page_of_a_captive_portal() {
        let (simulator, home) = signed_in();
        for (operation, name, command) in [
            (Operation::ListAccounts, "sso:ListAccounts", &["cache"][..]),
            (Operation::ListAccountRoles, "sso:ListAccountRoles", &["cache"]),
            (Operation::GetRoleCredentials, "sso:GetRoleCredentials", &PROCESS),
        ] {
            simulator.fault(operation, Fault::html());
            let message = home.fails(1, command);
            assert_says(&message, &[name, "captive portal", "HTTPS_PROXY"]);
            simulator.clear_faults();
        }
        assert_eq!(simulator.count(Operation::ListAccounts), 2, "tried again though it cannot help");
        home.ok(&PROCESS);
    }

    #[test]
    fn that_is_cut_short() {
        let (simulator, home) = signed_in();
        simulator.fault(Operation::ListAccounts, Fault::truncate().times(1));
        home.ok(&["cache"]);
        assert_eq!(simulator.count(Operation::ListAccounts), 2);
        simulator.fault(Operation::GetRoleCredentials, Fault::truncate());
        let message = home.fails(1, &PROCESS);
        assert_says(&message, &["sso:GetRoleCredentials: the answer was cut short", "given up after 3 tries"]);
        assert_eq!(simulator.count(Operation::GetRoleCredentials), 3);
    }

    #[test]
    fn that_is_no_json() {
        let (_simulator, mut home) = signed_in();
        let server = Server::start(|_| wire::answer("200 OK", "application/json", "{\"accountList\": nonsense"));
        home.set(SSO, &server.url());
        assert_says(&home.fails(1, &["cache"]), &["sso:ListAccounts", "is not AWS's", "AWS_ENDPOINT_URL"]);
    }

    #[test]
    fn that_never_comes_for_the_connection_breaks() {
        let (simulator, home) = signed_in();
        simulator.fault(Operation::ListAccounts, Fault::reset().times(2));
        home.ok(&["cache"]);
        assert_eq!(simulator.count(Operation::ListAccounts), 3);
        simulator.fault(Operation::ListAccounts, Fault::reset());
        let message = home.fails(1, &["cache"]);
        assert_says(&message, &["sso:ListAccounts: the connection broke", "given up after 3 tries"]);
        assert_eq!(simulator.count(Operation::ListAccounts), 6);
    }

    #[test]
    fn that_says_the_server_failed() {
        let (simulator, home) = signed_in();
        for status in [500, 503, 504] {
            simulator.clear_log();
            simulator.fault(Operation::GetRoleCredentials, Fault::status(status).times(2));
            home.ok(&["process", "-p", "000000000001:Admin", "--sts-refresh"]);
            assert_eq!(simulator.count(Operation::GetRoleCredentials), 3, "{status}");
        }
        simulator.fault(Operation::ListAccounts, Fault::status(503));
        let message = home.fails(1, &["cache"]);
        assert_says(
            &message,
            &["ServiceUnavailableException: Service unavailable (given up after 3 tries", "MaxRetry"],
        );
    }

    #[test]
    fn that_says_too_many_calls() {
        let (simulator, home) = signed_in();
        simulator.fault(Operation::ListAccounts, Fault::throttle().times(2));
        home.ok(&["cache"]);
        assert_eq!(simulator.count(Operation::ListAccounts), 3);
        simulator.clear_log();
        simulator.fault(Operation::ListAccounts, Fault::throttle());
        let message = home.fails(1, &["cache"]);
        assert_says(&message, &["TooManyRequestsException", "given up after 3 tries: see MaxRetry, RateLimit"]);
        assert_eq!(simulator.count(Operation::ListAccounts), 3);
    }

    #[test]
    fn that_fails_for_some_accounts_keeps_the_others() {
        let (simulator, home) = signed_in();
        simulator.fault(Operation::ListAccountRoles, Fault::status(503).times(3));
        let answer = home.run(&["--threads", "1", "cache"]);
        assert_eq!(answer.status, Some(1), "{}", answer.stderr);
        assert_says(&answer.stderr, &["the roles of 1 of 3 accounts", "ServiceUnavailable", "run 'aws-sso cache'"]);
        simulator.clear_log();
        home.ok(&["cache"]);
        assert_eq!(simulator.count(Operation::ListAccountRoles), 1, "what came was not kept");
    }

    #[test]
    fn that_denies_a_role() {
        let (simulator, home) = signed_in();
        simulator.change(|organization| organization.remove_role("000000000001", "Admin"));
        let message = home.fails(4, &PROCESS);
        assert_says(&message, &["000000000001:Admin", "ForbiddenException", "'aws-sso cache'"]);
        assert_eq!(simulator.count(Operation::GetRoleCredentials), 1);
        home.ok(&["cache"]);
        assert_says(&home.fails(4, &PROCESS), &["is no role of the SSO instance Default"]);
    }

    #[test]
    fn that_denies_everything_comes_from_a_proxy() {
        let (_simulator, mut home) = signed_in();
        let server = Server::start(|_| wire::answer("403 Forbidden", "text/plain", "blocked by policy"));
        home.set(SSO, &server.url());
        let message = home.fails(1, &PROCESS);
        assert_says(&message, &["sso:GetRoleCredentials", "status 403"]);
    }

    #[test]
    fn with_no_accounts() {
        let simulator = Simulator::start(Organization::new());
        let home = Home::new(&simulator, "");
        let answer = home.run(&["login"]);
        assert_eq!((answer.status, answer.stdout.as_str()), (Some(0), ""), "{}", answer.stderr);
        assert_says(&answer.stderr, &["AWS lists no accounts for you in Default", "0 roles in 0 accounts"]);
        home.ok(&["list"]);
        assert_says(&home.fails(4, &PROCESS), &["is no role of"]);
    }
}

mod a_clock_that_is_off {
    use super::*;

    #[test]
    fn is_named_at_the_sign_in() {
        for (skew, words) in [(-7190, "120 minutes ahead of AWS's"), (7200, "120 minutes behind AWS's")] {
            let simulator = Simulator::start(small_organization());
            simulator.set_clock_skew(skew);
            let home = Home::new(&simulator, "");
            let answer = home.run(&["login", "--no-refresh"]);
            assert_eq!(answer.status, Some(0), "{}", answer.stderr);
            assert_says(&answer.stderr, &["aws-sso: this computer's clock is ", words]);
        }
    }

    #[test]
    fn is_named_where_credentials_have_ended_when_they_come() {
        let (simulator, home) = signed_in();
        simulator.set_clock_skew(-7190);
        let message = home.fails(1, &PROCESS);
        assert_says(&message, &["000000000001:Admin have already ended", "clock is 120 minutes ahead of AWS's"]);
        simulator.set_clock_skew(0);
        home.ok(&PROCESS);
    }

    #[test]
    fn by_a_minute_or_two_is_nobodys_business() {
        let simulator = Simulator::start(small_organization());
        simulator.set_clock_skew(-200);
        let home = Home::new(&simulator, "");
        assert!(!home.run(&["login"]).stderr.contains("clock"));
        assert_eq!(json(&home.ok(&PROCESS))["Version"], 1);
    }
}

mod a_proxy {
    use super::*;

    #[test]
    fn is_asked_for_everything_but_what_no_proxy_names() {
        for name in ["HTTP_PROXY", "http_proxy"] {
            let (simulator, mut home) = signed_in();
            let proxy = Server::forwarding(simulator.url());
            home.set(name, &proxy.url());
            home.ok(&["cache"]);
            let asked = proxy.request_lines();
            let first = format!("GET {}/assignment/accounts?", simulator.url());
            assert!(asked.len() == 4 && asked[0].starts_with(&first), "{name}: {asked:?}");

            home.set("NO_PROXY", "example.com,127.0.0.1");
            home.ok(&["cache"]);
            assert_eq!(proxy.request_lines().len(), 4, "{name}");
        }
    }

    #[test]
    fn is_asked_for_a_tunnel_where_the_endpoint_is_encrypted() {
        let (_simulator, mut home) = signed_in();
        let proxy = Server::start(|_| wire::answer("407 Proxy Authentication Required", "text/plain", ""));
        home.set("HTTPS_PROXY", &proxy.url());
        home.set(SSO, "https://portal.sso.example.invalid");
        let message = home.fails(1, &["cache"]);
        assert_says(&message, &["sso:ListAccounts"]);
        assert_eq!(proxy.request_lines()[0], "CONNECT portal.sso.example.invalid:443 HTTP/1.1");
    }

    #[test]
    fn that_is_gone_is_named() {
        let (_simulator, mut home) = signed_in();
        home.set("HTTP_PROXY", &wire::closed_port());
        assert_says(&home.fails(1, &["cache"]), &["the connection was refused", "the proxy"]);
    }
}
