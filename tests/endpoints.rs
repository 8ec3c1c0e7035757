//! Which hosts of AWS are called: by region and partition, FIPS and dual stack. A proxy that lets nobody
//! through hears the names.

mod support;
#[path = "support/wire.rs"]
mod wire;

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use identity_center::Simulator;
use support::{Home, small_organization};
use wire::Server;

const ENDPOINTS: [&str; 4] =
    ["AWS_ENDPOINT_URL_SSO", "AWS_ENDPOINT_URL_SSO_OIDC", "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_SIGNIN"];

/// The host that a command asks the proxy for.
fn host(home: &mut Home, variables: &[&str], arguments: &[&str]) -> String {
    let proxy = Server::start(|_| wire::answer("403 Forbidden", "text/plain", "no"));
    home.set("HTTPS_PROXY", &proxy.url());
    for name in variables {
        home.set(name, "true");
    }
    assert_ne!(home.run(arguments).status, Some(0), "{arguments:?} got through");
    for name in variables {
        home.unset(name);
    }
    let lines = proxy.request_lines();
    let host = lines.first().and_then(|line| line.strip_prefix("CONNECT ")?.split_once(":443 "));
    host.unwrap_or_else(|| panic!("{lines:?}")).0.to_owned()
}

/// A home in a region, signed in, with the keys of a role that leads to a chained one; its endpoints are
/// AWS's from now on.
fn home(region: &str) -> Home {
    let simulator = Simulator::builder(small_organization()).region(region).start();
    let mut home = Home::new(&simulator, "MaxRetry: 1\nSecureStore: json\nDefaultSSO: Default\n");
    let config = std::fs::read_to_string(home.config_path()).expect("config");
    let chained = "    Accounts:\n      '000000000009':\n        Roles:\n          Chained:\n            Via: 000000000001:Admin\nUrlAction";
    // An instance that AWS has not met yet.
    let fresh = format!("SSOConfig:\n  Fresh:\n    SSORegion: {region}\n    StartUrl: https://example.com/start\n");
    home.write_config(&config.replacen("UrlAction", chained, 1).replacen("SSOConfig:\n", &fresh, 1));
    home.ok(&["login"]);
    home.ok(&["process", "-p", "000000000001:Admin"]);
    for name in ENDPOINTS {
        home.unset(name);
    }
    home
}

const FIPS: &str = "AWS_USE_FIPS_ENDPOINT";
const DUAL_STACK: &str = "AWS_USE_DUALSTACK_ENDPOINT";

/// A region of each partition that a person could sign in to, and the second one where its rules are others'.
const REGIONS: [&str; 8] = [
    "us-east-1",
    "eu-central-1",
    "us-gov-west-1",
    "us-gov-east-1",
    "cn-north-1",
    "eusc-de-east-1",
    "us-iso-east-1",
    "us-isob-east-1",
];

/// Hosts that AWS's documentation names (General Reference: IAM Identity Center, STS; the guides of GovCloud, China and
/// the European Sovereign Cloud), by region, variables, and service: the portal, OIDC, STS.
const DOCUMENTED: [(&str, &[&str], usize, &str); 12] = [
    ("us-east-1", &[], 2, "sts.us-east-1.amazonaws.com"),
    ("us-east-1", &[FIPS], 2, "sts-fips.us-east-1.amazonaws.com"),
    ("us-east-1", &[DUAL_STACK], 2, "sts.us-east-1.api.aws"),
    ("us-east-1", &[], 0, "portal.sso.us-east-1.amazonaws.com"),
    ("us-east-1", &[], 1, "oidc.us-east-1.amazonaws.com"),
    ("us-gov-west-1", &[], 2, "sts.us-gov-west-1.amazonaws.com"),
    // In GovCloud the usual host is the one with FIPS.
    ("us-gov-west-1", &[FIPS], 2, "sts.us-gov-west-1.amazonaws.com"),
    ("us-gov-west-1", &[FIPS], 0, "portal.sso.us-gov-west-1.amazonaws.com"),
    ("us-gov-west-1", &[FIPS], 1, "oidc.us-gov-west-1.amazonaws.com"),
    ("cn-north-1", &[], 2, "sts.cn-north-1.amazonaws.com.cn"),
    ("eusc-de-east-1", &[], 1, "oidc.eusc-de-east-1.amazonaws.eu"),
    ("eu-central-1", &[DUAL_STACK], 2, "sts.eu-central-1.api.aws"),
];

/// The hosts of portal, OIDC and STS.
type Hosts = [String; 3];

/// What boto3 would call, which has AWS's rules from AWS and not from us.
fn expected() -> Vec<(&'static str, Vec<&'static str>, Hosts)> {
    let output =
        Command::new(support::python()).arg("tests/endpoints.py").args(REGIONS).output().expect("python starts");
    let (text, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{errors}");
    let read = |line: &str| {
        let words: Vec<&str> = line.split(' ').collect();
        let [region, fips, dual_stack, hosts @ ..] = &words[..] else { panic!("{line}") };
        let region = REGIONS.into_iter().find(|known| known == region).expect("a region");
        let variables = [(fips, FIPS), (dual_stack, DUAL_STACK)];
        let variables = variables.into_iter().filter(|(flag, _)| **flag == "1").map(|(_, name)| name).collect();
        let hosts = hosts.iter().map(ToString::to_string).collect::<Vec<_>>().try_into().expect("three hosts");
        (region, variables, hosts)
    };
    text.lines().map(read).collect()
}

#[test]
fn the_hosts_of_boto3_are_those_of_the_documentation() {
    let expected = expected();
    assert_eq!(expected.len(), REGIONS.len() * 4);
    for (region, variables, service, host) in DOCUMENTED {
        let row = expected.iter().find(|row| row.0 == region && row.1 == variables).expect("a row");
        assert_eq!(row.2[service], host, "{region} {variables:?}");
    }
}

#[test]
fn every_service_is_called_where_boto3_would_call_it() {
    let expected = expected();
    std::thread::scope(|scope| {
        for region in REGIONS {
            let rows = expected.iter().filter(move |row| row.0 == region);
            scope.spawn(move || {
                let mut home = home(region);
                for (_, variables, hosts) in rows {
                    let found = [
                        host(&mut home, variables, &["cache"]),
                        // Without a registration: `logout` would forget the session, which the others need.
                        host(&mut home, variables, &["login", "--force", "--no-refresh", "-S", "Fresh"]),
                        host(&mut home, variables, &["process", "-p", "000000000009:Chained"]),
                    ];
                    assert_eq!(found, *hosts, "{region} {variables:?}");
                }
            });
        }
    });
}

#[test]
fn the_sign_in_page_is_that_of_the_oidc_endpoint() {
    let expected = expected();
    std::thread::scope(|scope| {
        for region in REGIONS {
            let rows = expected.iter().filter(move |row| row.0 == region);
            scope.spawn(move || {
                let mut home = home(region);
                forget_authorization_endpoint(&home);
                let proxy = Server::start(|_| wire::answer("403 Forbidden", "text/plain", "no"));
                home.set("HTTPS_PROXY", &proxy.url());
                for (_, variables, hosts) in rows {
                    for name in variables {
                        home.set(name, "true");
                    }
                    // Known to AWS already, it goes straight to the page.
                    let url = sign_in_page(&home);
                    assert!(
                        url.starts_with(&format!("https://{}/authorize?", hosts[1])),
                        "{region} {variables:?}: {url}"
                    );
                    for name in variables {
                        home.unset(name);
                    }
                }
            });
        }
    });
}

/// The URL that `login` shows, which then waits for a browser.
fn sign_in_page(home: &Home) -> String {
    let mut command = home.command(&["login", "--force", "--no-refresh", "-u", "printurl"]);
    let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().expect("aws-sso starts");
    let lines = BufReader::new(child.stderr.take().expect("standard error")).lines();
    let url = lines.map_while(Result::ok).find(|line| line.starts_with("https://"));
    child.kill().expect("ended");
    child.wait().expect("ended");
    url.expect("a URL")
}

/// What AWS names as the page wins over the rules; here it is to have named none.
fn forget_authorization_endpoint(home: &Home) {
    let path = home.state_path().with_file_name("store.json");
    let mut store = support::json(&std::fs::read_to_string(&path).expect("the store"));
    for kinds in store["records"].as_object_mut().expect("records").values_mut() {
        kinds["client-registration"][""]["authorization_endpoint"] = serde_json::Value::Null;
    }
    std::fs::write(&path, store.to_string()).expect("written");
}
