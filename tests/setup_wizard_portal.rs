//! `setup wizard` asks AWS whether it knows a start URL: where, and what becomes of no for an answer, or of none.

#[path = "support/regions.rs"]
mod regions;
#[path = "support/sessions.rs"]
mod sessions;
mod support;
#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/wire.rs"]
mod wire;
#[path = "support/wizard.rs"]
mod wizard;

use identity_center::{Fault, Operation, Simulator};
use regions::Regions;
use sessions::wait_until;
use support::{Home, small_organization};
use wizard::{ENTER, Wizard, plain_home, read_config};

#[test]
fn a_wrong_region_is_found_out_and_the_right_one_found() {
    let simulator = Simulator::start(small_organization());
    let home = plain_home(&simulator);
    // The one that is chosen and two others know nothing of it.
    simulator.fault(Operation::StartDeviceAuthorization, Fault::status(400).times(3));
    let mut wizard = Wizard::start(&home, &["setup", "wizard"]);
    wizard.answers("Which AWS?", ENTER);
    wizard.answers("Start URL", simulator.start_url());
    wizard.answers("Region of the Identity Center", "us-west-2");
    wizard.answers("us-west-2 does not know", "Look for it in the other regions");
    wizard.sees("Looking for");
    wizard.sees("It is in eu-central-1");
    wizard.waits();
    wizard.control('c');
    assert_eq!(wizard.end().1, 130);

    simulator.set_wrong_region(true);
    let mut wizard = Wizard::start(&home, &["setup", "wizard"]);
    wizard.answers("Which AWS?", "2");
    wizard.answers("Start URL", simulator.start_url());
    wizard.answers("Region of the Identity Center", ENTER);
    wizard.answers("us-gov-west-1 does not know", "1");
    wizard.sees("No other region knows it");
    wizard.answers("us-gov-west-1 does not know", "Write another start URL");
    wizard.answers("Start URL", "https://start.us-gov-east-1.us-gov-home.awsapps.com/directory/corp#/");
    wizard.sees("Its region is us-gov-east-1, as the address says");
    wizard.answers("us-gov-east-1 does not know", "Choose another region");
    simulator.set_wrong_region(false);
    wizard.answers("Region of the Identity Center", "us-gov-mars-1");
    wizard.answers("us-gov-mars-1 does not know", "Go on without the check");
    wizard.answers("ProfileFormat", ENTER);
    wizard.answers("SecureStore", ENTER);
    wizard.answers("UrlAction", "print");
    wizard.answers("Write this to", ENTER);
    wizard.answers("Sign in to Default now?", "No");
    assert_eq!(wizard.end().1, 0);
    assert!(
        read_config(&home).contains(
            "SSOConfig:\n  Default:\n    SSORegion: us-gov-mars-1\n    \
             StartUrl: https://start.us-gov-east-1.us-gov-home.awsapps.com/directory/corp\nUrlAction: print\n"
        ),
        "{}",
        read_config(&home)
    );
    assert_eq!(simulator.count(Operation::Authorize), 0, "no browser was needed");
}

#[test]
fn each_region_is_asked_at_its_own_host() {
    let proxy = wire::Server::start(|_| "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n".to_owned());
    let mut home = Home::bare();
    home.set("HTTPS_PROXY", &proxy.url());
    let mut wizard = Wizard::start(&home, &["setup", "wizard"]);
    wizard.answers("Which AWS?", "3");
    wizard.answers("Start URL", "d-1234567890");
    wizard.answers("Region of the Identity Center", "cn-northwest-1");
    wizard.answers("AWS could not be asked", "Choose another region");
    wizard.answers("Region of the Identity Center", "cn-north-1");
    wizard.answers("AWS could not be asked", "Write another start URL");
    wizard.answers("Start URL", "https://ssoins-0123456789abcdef.portal.eu-south-2.app.aws");
    wizard.sees("AWS could not be asked");
    wizard.waits();
    wizard.control('c');
    assert_eq!(wizard.end().1, 130);
    let lines = proxy.request_lines();
    for host in
        ["oidc.cn-northwest-1.amazonaws.com.cn", "oidc.cn-north-1.amazonaws.com.cn", "oidc.eu-south-2.amazonaws.com"]
    {
        assert!(lines.iter().any(|line| line.starts_with(&format!("CONNECT {host}:443 "))), "{host}: {lines:?}");
    }
}

#[test]
fn who_is_offline_can_go_on() {
    let simulator = Simulator::start(small_organization());
    let mut home = plain_home(&simulator);
    home.set("AWS_ENDPOINT_URL_SSO_OIDC", &wire::closed_port());
    let mut wizard = Wizard::start(&home, &["setup", "wizard"]);
    wizard.answers("Which AWS?", ENTER);
    wizard.answers("Start URL", "d-12345");
    wizard.sees("such as https://d-1234567890.awsapps.com/start");
    wizard.waits();
    wizard.types("D-1234567890");
    wizard.answers("Region of the Identity Center", ENTER);
    let told = wizard.answers("AWS could not be asked", "Try again");
    assert!(told.contains("the connection was refused"), "{told}");
    wizard.answers("AWS could not be asked", "Go on without the check");
    for key in ["ProfileFormat", "SecureStore", "UrlAction"] {
        wizard.answers(key, ENTER);
    }
    wizard.answers("Write this to", ENTER);
    wizard.answers("Sign in", "No");
    let (shown, status) = wizard.end();
    assert_eq!(status, 0, "{shown}");
    assert!(read_config(&home).ends_with(
        "\n\nSSOConfig:\n  Default:\n    SSORegion: us-east-1\n    StartUrl: https://d-1234567890.awsapps.com/start\n"
    ));
}

#[test]
fn a_question_to_aws_can_be_broken_off() {
    let simulator = Simulator::start(small_organization());
    let home = plain_home(&simulator);
    for search in [false, true] {
        simulator.clear_faults();
        simulator.clear_log();
        simulator.fault(Operation::StartDeviceAuthorization, Fault::status(400).times(u32::from(search)));
        simulator.fault(Operation::StartDeviceAuthorization, Fault::hang());
        let mut wizard = Wizard::start(&home, &["setup", "wizard"]);
        wizard.answers("Which AWS?", ENTER);
        wizard.answers("Start URL", simulator.start_url());
        wizard.answers("Region of the Identity Center", ENTER);
        if search {
            wizard.answers("us-east-1 does not know", ENTER);
        }
        wait_until("AWS is asked", || simulator.count(Operation::StartDeviceAuthorization) > usize::from(search));
        wizard.control('c');
        let (shown, status) = wizard.end();
        assert_eq!(status, 130, "{shown}");
        assert!(shown.contains("nothing was changed"), "{shown}");
    }
}

#[test]
fn the_region_is_found_among_real_hosts_over_tls() {
    let url = "https://d-1234567890.awsapps.com/start";
    let start = || Simulator::builder(small_organization()).start_url(url).start();
    let (here, elsewhere) = (start(), start());
    elsewhere.set_wrong_region(true);
    let (right, wrong) = (here.url().to_owned(), elsewhere.url().to_owned());
    let mut home = Home::bare();
    let simulator = move |region: &str| if region == "eu-central-1" { right.clone() } else { wrong.clone() };
    let regions = Regions::behind_proxy(&mut home, simulator);
    let mut wizard = Wizard::start(&home, &["setup", "wizard"]);
    wizard.answers("Which AWS?", ENTER);
    wizard.answers("Start URL", "D-1234567890");
    wizard.answers("Region of the Identity Center", "us-west-2");
    wizard.answers("us-west-2 does not know", ENTER);
    wizard.sees("It is in eu-central-1");
    for key in ["ProfileFormat", "SecureStore", "UrlAction"] {
        wizard.answers(key, ENTER);
    }
    wizard.answers("Write this to", ENTER);
    wizard.answers("Sign in", "No");
    assert_eq!(wizard.end().1, 0);
    assert!(read_config(&home).contains("    SSORegion: eu-central-1\n"), "{}", read_config(&home));
    assert_eq!(
        regions.hosts(),
        ["us-west-2", "us-east-1", "eu-west-1", "eu-central-1"].map(|region| format!("oidc.{region}.amazonaws.com"))
    );
    assert_eq!(here.count(Operation::StartDeviceAuthorization), 1);
    assert_eq!(elsewhere.count(Operation::StartDeviceAuthorization), 3);
}

#[test]
fn a_search_that_nobody_answers_is_given_up() {
    let simulator = Simulator::start(small_organization());
    let home = plain_home(&simulator);
    simulator.fault(Operation::StartDeviceAuthorization, Fault::status(400).times(1));
    simulator.fault(Operation::StartDeviceAuthorization, Fault::html());
    let mut wizard = Wizard::start(&home, &["setup", "wizard"]);
    wizard.answers("Which AWS?", ENTER);
    wizard.answers("Start URL", simulator.start_url());
    wizard.answers("Region of the Identity Center", ENTER);
    wizard.answers("us-east-1 does not know", ENTER);
    wizard.sees("The search was given up: sso-oidc:StartDeviceAuthorization: a web page answered");
    wizard.waits();
    wizard.control('d');
    assert_eq!(wizard.end().1, 130);
    // One, four in vain, and the first region once more before the next question.
    assert_eq!(simulator.count(Operation::StartDeviceAuthorization), 6);
}
