//! `doctor` on the way to AWS: clock, hosts, proxy, and a computer that is offline.

#[path = "support/examined.rs"]
mod examined;
mod support;
#[path = "support/wire.rs"]
mod wire;

use std::time::{Duration, Instant};

use examined::{Report, doctor, healthy};

#[test]
fn a_clock_that_is_off_is_named() {
    let (simulator, home) = healthy();
    // Rounded up to 120 minutes, with a few seconds to spare for a slow computer.
    simulator.set_clock_skew(-7190);
    Report::of(&home).has("clock", "problem", &["120 minutes ahead of AWS's"], Some("timedatectl set-ntp true"));
    simulator.set_clock_skew(-120);
    Report::of(&home).has("clock", "note", &["s off AWS's"], None);
}

#[test]
fn offline_is_a_finding_within_seconds() {
    let (_simulator, mut home) = healthy();
    let closed = wire::closed_port();
    for name in ["SSO", "SSO_OIDC", "STS", "SIGNIN"] {
        home.set(&format!("AWS_ENDPOINT_URL_{name}"), &closed);
    }
    let started = Instant::now();
    let report = Report::of(&home);
    report.has("endpoints", "problem", &["seems to be offline", "refused"], None);
    assert_eq!(report.problems().len(), 1, "{:#?}", report.problems());
    // A host that takes the connection and stays silent.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    home.set("AWS_ENDPOINT_URL_SSO", &format!("http://{}", silent.local_addr().expect("an address")));
    Report::of(&home).has("endpoints", "problem", &["offline"], None);
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
}

#[test]
fn one_host_that_does_not_answer_is_told_from_the_others() {
    let (_simulator, mut home) = healthy();
    home.set("AWS_ENDPOINT_URL_STS", &wire::closed_port());
    let report = Report::of(&home);
    report.has("endpoints", "problem", &["STS (127.0.0.1:", "refused"], None);
    report.has("endpoints", "ok", &["access portal (127.0.0.1:", "answers"], None);
    let portal = wire::Server::start(|_| wire::answer("200 OK", "text/html", "<html>Welcome to the hotel</html>"));
    home.set("AWS_ENDPOINT_URL_SSO", &portal.url());
    Report::of(&home).has("endpoints", "problem", &["access portal", "web page"], None);
}

#[test]
fn hosts_are_reached_by_the_proxy_whose_password_nobody_sees() {
    let (simulator, mut home) = healthy();
    let region = simulator.region().to_owned();
    let proxy = wire::Server::start(|_| wire::answer("403 Forbidden", "text/plain", "no"));
    home.unset("AWS_ENDPOINT_URL_STS");
    home.unset("AWS_ENDPOINT_URL_SIGNIN");
    home.set("HTTPS_PROXY", &proxy.url().replace("http://", "http://user:hunter2@"));
    home.set("NO_PROXY", "127.0.0.1");
    let answer = doctor(&home, "bash", "doctor");
    assert!(!answer.stdout.contains("hunter2") && !answer.stderr.contains("hunter2"), "{}", answer.stdout);
    assert!(answer.stdout.contains("HTTPS_PROXY is 127.0.0.1:"), "{}", answer.stdout);
    let mut lines = proxy.request_lines();
    lines.sort();
    let expected = [format!("{region}.signin.aws.amazon.com"), format!("sts.{region}.amazonaws.com")];
    assert_eq!(lines, expected.map(|host| format!("CONNECT {host}:443 HTTP/1.1")));
    home.set("HTTPS_PROXY", "http://[");
    Report::of(&home).has("proxy", "problem", &["HTTPS_PROXY is no URL"], Some("unset HTTPS_PROXY"));
    home.unset("HTTPS_PROXY");
    home.set("AWS_CA_BUNDLE", "/nowhere/ca.pem");
    Report::of(&home).has("proxy", "problem", &["/nowhere/ca.pem"], Some("unset AWS_CA_BUNDLE"));
}

#[test]
fn endpoints_of_a_kind_that_a_region_lacks_are_named_with_the_variable() {
    let (_simulator, mut home) = healthy();
    // No name server outside of that cloud knows its names.
    home.write_config(
        "SSOConfig:\n  Default:\n    SSORegion: us-isob-east-1\n    StartUrl: https://example.com/start\n",
    );
    for name in ["SSO", "SSO_OIDC", "STS", "SIGNIN"] {
        home.unset(&format!("AWS_ENDPOINT_URL_{name}"));
    }
    home.set("AWS_USE_FIPS_ENDPOINT", "true");
    let words = ["portal.sso-fips.us-isob-east-1.sc2s.sgov.gov", "AWS_USE_FIPS_ENDPOINT is set"];
    Report::within(&home, "fish").has("endpoints", "problem", &words, Some("set -e AWS_USE_FIPS_ENDPOINT"));
}
