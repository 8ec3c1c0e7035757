//! The access portal: pages, access, throttling, changes under way.

mod common;

use common::{access_token, portal, text};
use identity_center::{Operation, Organization, RateLimit, Simulator};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

fn all(simulator: &Simulator, token: &str, target: &str, list: &str) -> (Vec<Value>, usize) {
    let (mut items, mut pages, mut next) = (Vec::new(), 0, String::new());
    loop {
        let page = portal(simulator, token, &format!("{target}{next}")).json();
        items.extend(page[list].as_array().expect("a list").iter().cloned());
        pages += 1;
        match page["nextToken"].as_str() {
            Some(token) => next = format!("&next_token={token}"),
            None => return (items, pages),
        }
    }
}

#[test]
fn every_account_and_role_is_on_one_page() {
    let simulator = Simulator::start(Organization::generated(45, 1000));
    let token = access_token(&simulator);
    let (accounts, pages) = all(&simulator, &token, "/assignment/accounts?", "accountList");
    let ids: Vec<String> = accounts.iter().map(|account| text(&account["accountId"])).collect();
    let known =
        simulator.change(|org| org.accounts().iter().map(|account| account.id().to_owned()).collect::<Vec<_>>());
    assert_eq!((&ids, pages), (&known, 3));
    let target = format!("/assignment/roles?account_id={}&max_result=7", ids[0]);
    let (roles, pages) = all(&simulator, &token, &target, "roleList");
    assert_eq!((roles.len(), pages), (23, 4));
    let foreign = portal(&simulator, &token, &(target.clone() + "&next_token=YWNjb3VudHM6NQ"));
    assert_eq!((foreign.status, foreign.header("x-amzn-errortype")), (400, Some("InvalidRequestException")));
    for size in ["0", "1001", "-1", "x"] {
        let answer = portal(&simulator, &token, &format!("/assignment/accounts?max_result={size}"));
        assert_eq!(answer.status, 400, "{size}");
    }
}

#[test]
fn credentials_only_for_the_roles_of_the_user() {
    let organization = Organization::new().with_account("000000000042", "one", "", &["ReadOnly"]);
    let simulator = Simulator::start(organization);
    let token = access_token(&simulator);
    let target = "/federation/credentials?account_id=000000000042&role_name=ReadOnly";
    let answer = portal(&simulator, &token, target).json();
    let credentials = &answer["roleCredentials"];
    let key = text(&credentials["accessKeyId"]);
    assert!(key.len() == 20 && key.starts_with("ASIA"), "{key}");
    assert!(credentials["expiration"].as_i64().is_some_and(|time| time > 1_600_000_000_000));
    simulator.change(|org| org.remove_role("000000000042", "ReadOnly"));
    let refused = portal(&simulator, &token, target);
    assert_eq!((refused.status, refused.header("x-amzn-errortype")), (403, Some("ForbiddenException")));
    let unknown = portal(&simulator, &token, "/assignment/roles?account_id=000000000043");
    assert_eq!((unknown.status, unknown.header("x-amzn-errortype")), (404, Some("ResourceNotFoundException")));
    assert_eq!(portal(&simulator, &token, "/assignment/roles?account_id=43").status, 400);
    assert_eq!(portal(&simulator, "wrong", target).header("x-amzn-errortype"), Some("UnauthorizedException"));
    let log = simulator.requests();
    let seen = log.iter().find(|request| request.operation == Operation::GetRoleCredentials).expect("an entry");
    assert_eq!(
        (seen.account.as_deref(), seen.role.as_deref(), seen.status),
        (Some("000000000042"), Some("ReadOnly"), Some(200))
    );
}

#[test]
fn hostile_names_survive_the_way() {
    let simulator = Simulator::start(Organization::hostile());
    let token = access_token(&simulator);
    let accounts = simulator.change(|org| org.accounts().to_vec());
    let (listed, _) = all(&simulator, &token, "/assignment/accounts?", "accountList");
    for (account, listed) in accounts.iter().zip(&listed) {
        assert_eq!(listed["accountName"], account.name());
        for role in account.roles() {
            let role = utf8_percent_encode(role, NON_ALPHANUMERIC);
            let target = format!("/federation/credentials?account_id={}&role_name={role}", account.id());
            assert_eq!(portal(&simulator, &token, &target).status, 200, "{}", account.name());
        }
    }
}

#[test]
fn the_three_portal_calls_share_one_limit() {
    let simulator = Simulator::start(Organization::generated(1, 1));
    let token = access_token(&simulator);
    let account = simulator.change(|org| org.accounts()[0].id().to_owned());
    simulator.set_rate_limit(Some(RateLimit { per_second: 0.001, burst: 2.0 }));
    assert_eq!(portal(&simulator, &token, "/assignment/accounts").status, 200);
    assert_eq!(portal(&simulator, &token, &format!("/assignment/roles?account_id={account}")).status, 200);
    let target = format!("/federation/credentials?account_id={account}&role_name=AdministratorAccess");
    let over = portal(&simulator, &token, &target);
    assert_eq!((over.status, over.header("x-amzn-errortype")), (429, Some("TooManyRequestsException")));
    simulator.set_rate_limit(None);
    assert_eq!(portal(&simulator, &token, &target).status, 200);
    assert_eq!(simulator.count_status(Operation::GetRoleCredentials, 429), 1);
    assert_eq!(simulator.count(Operation::GetRoleCredentials), 2);
}
