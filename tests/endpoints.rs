//! Which hosts of AWS are called: by region and partition, FIPS and dual stack. A proxy that lets nobody
//! through hears the names.

mod support;
#[path = "support/wire.rs"]
mod wire;

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
    let mut home = Home::new(&simulator, "MaxRetry: 1\n");
    let config = std::fs::read_to_string(home.config_path()).expect("config");
    let chained = "    Accounts:\n      '000000000009':\n        Roles:\n          Chained:\n            Via: 000000000001:Admin\nUrlAction";
    home.write_config(&config.replacen("UrlAction", chained, 1));
    home.ok(&["login"]);
    home.ok(&["process", "-p", "000000000001:Admin"]);
    for name in ENDPOINTS {
        home.unset(name);
    }
    home
}

#[test]
fn every_service_is_called_where_the_sdk_rules_have_it() {
    const FIPS: &str = "AWS_USE_FIPS_ENDPOINT";
    const DUAL: &str = "AWS_USE_DUALSTACK_ENDPOINT";
    for (region, variables, portal, oidc, sts) in [
        (
            "us-east-1",
            &[][..],
            "portal.sso.us-east-1.amazonaws.com",
            "oidc.us-east-1.amazonaws.com",
            "sts.us-east-1.amazonaws.com",
        ),
        (
            "us-east-1",
            &[FIPS],
            "portal.sso-fips.us-east-1.amazonaws.com",
            "oidc-fips.us-east-1.amazonaws.com",
            "sts-fips.us-east-1.amazonaws.com",
        ),
        ("us-east-1", &[DUAL], "portal.sso.us-east-1.api.aws", "oidc.us-east-1.api.aws", "sts.us-east-1.api.aws"),
        (
            "us-east-1",
            &[FIPS, DUAL],
            "portal.sso-fips.us-east-1.api.aws",
            "oidc-fips.us-east-1.api.aws",
            "sts-fips.us-east-1.api.aws",
        ),
        (
            "cn-north-1",
            &[],
            "portal.sso.cn-north-1.amazonaws.com.cn",
            "oidc.cn-north-1.amazonaws.com.cn",
            "sts.cn-north-1.amazonaws.com.cn",
        ),
        (
            "us-gov-west-1",
            &[],
            "portal.sso.us-gov-west-1.amazonaws.com",
            "oidc.us-gov-west-1.amazonaws.com",
            "sts.us-gov-west-1.amazonaws.com",
        ),
        (
            "eusc-de-east-1",
            &[],
            "portal.sso.eusc-de-east-1.amazonaws.eu",
            "oidc.eusc-de-east-1.amazonaws.eu",
            "sts.eusc-de-east-1.amazonaws.eu",
        ),
    ] {
        let mut home = home(region);
        assert_eq!(host(&mut home, variables, &["cache"]), portal);
        assert_eq!(host(&mut home, variables, &["process", "-p", "000000000009:Chained"]), sts);
        home.run(&["logout"]);
        assert_eq!(host(&mut home, variables, &["login", "--no-refresh"]), oidc);
    }
}
