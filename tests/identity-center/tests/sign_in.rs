//! Sign-in: the browser flow, the device flow, refreshes, and how they are refused.

mod common;

use common::{DEVICE_GRANT, access_token, create_token, get, portal, register, sign_in, start_device, text};
use identity_center::{Consent, Operation, Organization, Simulator};
use serde_json::{Value, json};

// The pair of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const CALLBACK: &str = "http://127.0.0.1:38123/oauth/callback";

fn authorize_url(client_id: &str, redirect: &str) -> String {
    format!(
        "/authorize?response_type=code&client_id={client_id}&redirect_uri={redirect}&state=s%26t\
         &code_challenge={CHALLENGE}&code_challenge_method=S256&scopes=sso:account:access"
    )
}

fn simulator() -> Simulator {
    Simulator::start(Organization::generated(2, 4))
}

fn redeem(simulator: &Simulator, client: &(String, String), code: &str, verifier: &str, redirect: &str) -> Value {
    let grant = json!({
        "grantType": "authorization_code",
        "code": code,
        "codeVerifier": verifier,
        "redirectUri": redirect,
    });
    create_token(simulator, client, grant).json()
}

#[test]
fn a_code_is_redeemed_once_by_whoever_asked_for_it() {
    let simulator = simulator();
    let client = register(&simulator);
    let code = || {
        let back = get(&simulator, &authorize_url(&client.0, CALLBACK));
        assert_eq!(back.status, 302, "{}", back.text());
        let back = back.location();
        assert_eq!(back["state"], "s&t");
        back["code"].clone()
    };
    let wrong_verifier = redeem(&simulator, &client, &code(), &VERIFIER.replace('d', "e"), CALLBACK);
    assert_eq!(wrong_verifier["error"], "invalid_grant");
    let wrong_redirect = redeem(&simulator, &client, &code(), VERIFIER, "http://127.0.0.1:38124/oauth/callback");
    assert_eq!(wrong_redirect["error"], "invalid_grant");
    let other = register(&simulator);
    assert_eq!(redeem(&simulator, &other, &code(), VERIFIER, CALLBACK)["error"], "invalid_grant");
    let code = code();
    let tokens = redeem(&simulator, &client, &code, VERIFIER, CALLBACK);
    assert_eq!((&tokens["tokenType"], &tokens["expiresIn"]), (&json!("Bearer"), &json!(28800)));
    assert_eq!(portal(&simulator, &text(&tokens["accessToken"]), "/assignment/accounts").status, 200);
    assert_eq!(redeem(&simulator, &client, &code, VERIFIER, CALLBACK)["error"], "invalid_grant");
}

#[test]
fn an_unregistered_address_gets_no_redirect() {
    let simulator = simulator();
    let client = register(&simulator);
    for redirect in ["http://127.0.0.1:38123/elsewhere", "https://example.com/oauth/callback"] {
        assert_eq!(get(&simulator, &authorize_url(&client.0, redirect)).status, 400, "{redirect}");
    }
    assert_eq!(get(&simulator, &authorize_url("nobody", CALLBACK)).status, 401);
    let plain = authorize_url(&client.0, CALLBACK).replace("S256", "plain");
    assert_eq!(get(&simulator, &plain).location()["error"], "invalid_request");
}

#[test]
fn the_user_decides() {
    let simulator = simulator();
    let client = register(&simulator);
    let url = authorize_url(&client.0, CALLBACK);
    simulator.set_consent(Consent::Deny);
    assert_eq!(get(&simulator, &url).location()["error"], "access_denied");
    simulator.set_consent(Consent::Ignore);
    assert_eq!(get(&simulator, &(url.clone() + "&decision=allow")).status, 200);
    simulator.set_consent(Consent::Manual);
    assert!(get(&simulator, &url).text().contains("&amp;decision=allow"));
    assert!(get(&simulator, &(url.clone() + "&decision=allow")).location().contains_key("code"));
    assert!(get(&simulator, &(url + "&decision=deny")).location().contains_key("error"));
}

#[test]
fn a_device_is_approved_denied_or_expires() {
    let simulator = simulator();
    simulator.adjust_lifetimes(|lifetimes| lifetimes.poll_interval = std::time::Duration::ZERO);
    let client = register(&simulator);
    let poll = |device: &Value| {
        let grant = json!({ "grantType": DEVICE_GRANT, "deviceCode": device["deviceCode"] });
        create_token(&simulator, &client, grant).json()
    };
    let device = start_device(&simulator, &client);
    assert_eq!(poll(&device)["error"], "authorization_pending");
    let page = text(&device["verificationUriComplete"]).replace(simulator.url(), "");
    assert_eq!(get(&simulator, &page).status, 200);
    assert!(poll(&device)["accessToken"].is_string());
    assert_eq!(poll(&device)["error"], "invalid_grant");

    simulator.set_consent(Consent::Deny);
    let device = start_device(&simulator, &client);
    get(&simulator, &text(&device["verificationUriComplete"]).replace(simulator.url(), ""));
    assert_eq!(poll(&device)["error"], "access_denied");

    simulator.auto_approve_after(Some(2));
    let device = start_device(&simulator, &client);
    assert_eq!(poll(&device)["error"], "authorization_pending");
    assert_eq!(poll(&device)["error"], "authorization_pending");
    assert!(poll(&device)["accessToken"].is_string());

    simulator.adjust_lifetimes(|lifetimes| lifetimes.device_code = std::time::Duration::ZERO);
    let device = start_device(&simulator, &client);
    assert_eq!(poll(&device)["error"], "expired_token");
}

#[test]
fn polling_too_fast_is_slowed_down() {
    let simulator = simulator();
    let client = register(&simulator);
    let device = start_device(&simulator, &client);
    let grant = json!({ "grantType": DEVICE_GRANT, "deviceCode": device["deviceCode"] });
    assert_eq!(create_token(&simulator, &client, grant.clone()).json()["error"], "authorization_pending");
    let hasty = create_token(&simulator, &client, grant);
    assert_eq!(hasty.json()["error"], "slow_down");
    assert!(hasty.header("x-amzn-errortype").is_some_and(|kind| kind.starts_with("SlowDownException:")));
    assert_eq!(simulator.count_status(Operation::CreateToken, 400), 2);
    assert_eq!(simulator.requests().last().and_then(|request| request.grant_type.clone()), Some(DEVICE_GRANT.into()));
}

#[test]
fn a_refresh_prolongs_the_session_and_can_be_refused() {
    let simulator = simulator();
    let client = register(&simulator);
    let tokens = sign_in(&simulator, &client);
    let refresh = |token: &Value| {
        create_token(&simulator, &client, json!({ "grantType": "refresh_token", "refreshToken": token })).json()
    };
    simulator.expire_access_tokens();
    assert_eq!(portal(&simulator, &text(&tokens["accessToken"]), "/assignment/accounts").status, 401);
    let renewed = refresh(&tokens["refreshToken"]);
    assert_eq!(portal(&simulator, &text(&renewed["accessToken"]), "/assignment/accounts").status, 200);
    assert_eq!(refresh(&tokens["refreshToken"])["error"], "invalid_grant", "used up");
    simulator.set_refresh_once(false);
    assert_eq!(refresh(&renewed["refreshToken"])["refreshToken"], renewed["refreshToken"]);
    simulator.refuse_refresh(true);
    assert_eq!(refresh(&renewed["refreshToken"])["error"], "invalid_grant");
    simulator.refuse_refresh(false);
    simulator.revoke_sessions();
    assert_eq!(refresh(&renewed["refreshToken"])["error"], "invalid_grant");
    simulator.expire_registrations();
    let forgotten = create_token(&simulator, &client, json!({ "grantType": "refresh_token", "refreshToken": "x" }));
    assert_eq!((forgotten.status, &forgotten.json()["error"]), (401, &json!("invalid_client")));
}

#[test]
fn the_wrong_region_knows_no_grant_and_no_start_url() {
    let simulator = simulator();
    let client = register(&simulator);
    let device = start_device(&simulator, &client);
    simulator.set_wrong_region(true);
    simulator.approve_device_codes();
    let grant = json!({ "grantType": DEVICE_GRANT, "deviceCode": device["deviceCode"] });
    assert_eq!(create_token(&simulator, &client, grant).json()["error"], "invalid_grant");
    let start = json!({ "clientId": client.0, "clientSecret": client.1, "startUrl": simulator.start_url() });
    assert_eq!(common::post(&simulator, "/device_authorization", &start).json()["error"], "invalid_request");
}

#[test]
fn no_refresh_token_without_the_scope_or_the_setting() {
    let simulator = simulator();
    simulator.set_refresh_tokens(false);
    assert!(sign_in(&simulator, &register(&simulator))["refreshToken"].is_null());
    simulator.set_refresh_tokens(true);
    let answer = common::post(&simulator, "/client/register", &json!({ "clientName": "old", "clientType": "public" }));
    let client = (text(&answer.json()["clientId"]), text(&answer.json()["clientSecret"]));
    assert!(sign_in(&simulator, &client)["refreshToken"].is_null());
}

#[test]
fn a_logout_ends_the_session_with_its_refresh_token() {
    let simulator = simulator();
    let client = register(&simulator);
    let tokens = sign_in(&simulator, &client);
    let other = access_token(&simulator);
    let header = format!("x-amz-sso_bearer_token: {}\r\n", text(&tokens["accessToken"]));
    let mut connection = common::Client::new(&simulator);
    assert_eq!(connection.send("POST", "/logout", &header, "").expect("an answer").status, 200);
    assert_eq!(connection.send("POST", "/logout", &header, "").expect("an answer").status, 401);
    let refresh = json!({ "grantType": "refresh_token", "refreshToken": tokens["refreshToken"] });
    assert_eq!(create_token(&simulator, &client, refresh).json()["error"], "invalid_grant");
    assert_eq!(portal(&simulator, &other, "/assignment/accounts").status, 200);
}
