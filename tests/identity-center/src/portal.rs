//! The access portal: what the user may reach, and credentials for it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use crate::http::{Call, Reply};
use crate::identity::Identity;
use crate::operation::Service;
use crate::refusal::Refusal;
use crate::state::{State, USER};

const TOKEN_HEADER: &str = "x-amz-sso_bearer_token";
const LARGEST_PAGE: usize = 1000;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AccountPage<'page> {
    account_list: Vec<AccountInfo<'page>>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AccountInfo<'page> {
    account_id: &'page str,
    account_name: &'page str,
    email_address: &'page str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RolePage<'page> {
    role_list: Vec<RoleInfo<'page>>,
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RoleInfo<'page> {
    role_name: &'page str,
    account_id: &'page str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CredentialsAnswer<'page> {
    role_credentials: RoleCredentials<'page>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RoleCredentials<'page> {
    access_key_id: &'page str,
    secret_access_key: &'page str,
    session_token: &'page str,
    expiration: i64,
}

pub(crate) fn list_accounts(state: &State, call: &Call) -> Result<Reply, Refusal> {
    signed_in(state, call)?;
    let (page, next_token) = paginate(state, call, state.organization.accounts(), "accounts")?;
    let account_list = page
        .iter()
        .map(|account| AccountInfo {
            account_id: account.id(),
            account_name: account.name(),
            email_address: account.email(),
        })
        .collect();
    Ok(Reply::json(200, &AccountPage { account_list, next_token }))
}

pub(crate) fn list_account_roles(state: &State, call: &Call) -> Result<Reply, Refusal> {
    signed_in(state, call)?;
    let account_id = account_id(call)?;
    let account = state.organization.account(account_id);
    let account = account.ok_or_else(|| Refusal::new(404, "ResourceNotFoundException", "Account not found"))?;
    let (page, next_token) = paginate(state, call, account.roles(), account_id)?;
    let role_list = page.iter().map(|role_name| RoleInfo { role_name, account_id }).collect();
    Ok(Reply::json(200, &RolePage { role_list, next_token }))
}

pub(crate) fn get_role_credentials(state: &mut State, call: &Call) -> Result<Reply, Refusal> {
    signed_in(state, call)?;
    let account_id = account_id(call)?;
    let role = call.field("role_name").ok_or_else(|| invalid("role_name is required"))?;
    if !state.organization.account(account_id).is_some_and(|account| account.has_role(role)) {
        return Err(Refusal::new(403, "ForbiddenException", "No access"));
    }
    let identity = Identity::permission_set(&state.settings.region, account_id, role, USER);
    let issued = state.vault.issue(identity, state.settings.lifetimes.role_credentials, state.clock);
    let role_credentials = RoleCredentials {
        access_key_id: &issued.access_key_id,
        secret_access_key: &issued.secret_access_key,
        session_token: &issued.session_token,
        expiration: issued.expiration.as_millisecond(),
    };
    Ok(Reply::json(200, &CredentialsAnswer { role_credentials }))
}

pub(crate) fn logout(state: &mut State, call: &Call) -> Result<Reply, Refusal> {
    let token = signed_in(state, call)?;
    state.sessions.close(token);
    Ok(Reply::new(200, "application/json", ""))
}

/// The access token, when it stands for a session.
fn signed_in<'call>(state: &State, call: &'call Call) -> Result<&'call str, Refusal> {
    let token = call.header(TOKEN_HEADER).filter(|token| state.sessions.is_valid(token));
    token.ok_or_else(|| Refusal::unauthorized(Service::Portal))
}

fn invalid(message: &str) -> Refusal {
    Refusal::new(400, "InvalidRequestException", message)
}

fn account_id(call: &Call) -> Result<&str, Refusal> {
    let twelve_digits = |id: &&str| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
    call.field("account_id").filter(twelve_digits).ok_or_else(|| invalid("account_id must be 12 digits"))
}

/// The page that is asked for, and the token of the next one. `list` binds a token to its list.
fn paginate<'page, T>(
    state: &State,
    call: &Call,
    items: &'page [T],
    list: &str,
) -> Result<(&'page [T], Option<String>), Refusal> {
    let size = match call.field("max_result") {
        None => state.settings.page_size,
        Some(text) => text
            .parse()
            .ok()
            .filter(|size| (1..=LARGEST_PAGE).contains(size))
            .ok_or_else(|| invalid("max_result is out of range"))?,
    };
    let start = match call.field("next_token") {
        None => 0,
        Some(token) => offset(token, list).ok_or_else(|| invalid("Invalid next token"))?,
    };
    let rest = items.get(start..).unwrap_or_default();
    let page = &rest[..size.min(rest.len())];
    let next = (page.len() < rest.len()).then(|| URL_SAFE_NO_PAD.encode(format!("{list}:{}", start + page.len())));
    Ok((page, next))
}

fn offset(token: &str, list: &str) -> Option<usize> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    text.strip_prefix(list)?.strip_prefix(':')?.parse().ok()
}
