//! STS: who the caller is, and further roles for the caller.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::clock::{amz_date, iso, parse_amz_date};
use crate::credentials::Issued;
use crate::http::{Call, Reply};
use crate::identity::{Identity, Kind, partition};
use crate::log::Request;
use crate::operation::Service;
use crate::refusal::Refusal;
use crate::secrets::request_id;
use crate::sigv4::Authorization;
use crate::state::State;
use crate::text::escape;

const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

pub(crate) fn get_caller_identity(state: &State, call: &Call, record: &mut Request) -> Result<Reply, Refusal> {
    let identity = caller(state, call)?.identity;
    record.account = Some(identity.account.clone());
    record.role = Some(identity.label.clone());
    let body = format!(
        "<Arn>{}</Arn><UserId>{}</UserId><Account>{}</Account>",
        escape(&identity.session_arn()),
        escape(&identity.user_id()),
        escape(&identity.account)
    );
    Ok(reply("GetCallerIdentity", &body))
}

pub(crate) fn assume_role(state: &mut State, call: &Call, record: &mut Request) -> Result<Reply, Refusal> {
    let caller = caller(state, call)?.identity;
    let target = target(state, call, &caller)?;
    record.account = Some(target.account.clone());
    record.role = Some(target.label.clone());
    let lifetime = duration(call)?;
    authorize(state, call, &caller, &target)?;
    let issued = state.vault.issue(target, lifetime, state.clock);
    Ok(reply("AssumeRole", &assumed(&issued)))
}

pub(crate) fn get_federation_token(state: &mut State, call: &Call, record: &mut Request) -> Result<Reply, Refusal> {
    let caller = caller(state, call)?.identity;
    if caller.kind != Kind::User {
        return Err(Refusal::new(403, "AccessDenied", "Cannot call GetFederationToken with session credentials"));
    }
    let name = call.field("Name").unwrap_or_default();
    check_name(name, "name")?;
    if name.chars().count() > 32 {
        return Err(constraint(name, "name", "have length less than or equal to 32"));
    }
    let seconds = call.field("DurationSeconds").map_or(Ok(43_200), str::parse);
    let Ok(seconds @ 900..=129_600) = seconds else {
        return Err(invalid("DurationSeconds must be between 900 and 129600".into()));
    };
    // Without a policy the session may do nothing at all.
    if call.field("Policy").is_none_or(|policy| !policy.contains("\"Allow\"")) {
        return Err(invalid("A session without a policy is of no use to a test".into()));
    }
    record.account = Some(caller.account.clone());
    record.role = Some(caller.label.clone());
    let identity = Identity::user(Kind::Federated, &state.settings.region, &caller.account, name);
    let issued = state.vault.issue(identity, Duration::from_secs(seconds), state.clock);
    let user = format!(
        "<FederatedUser><Arn>{}</Arn><FederatedUserId>{}:{}</FederatedUserId></FederatedUser>",
        escape(&issued.identity.session_arn()),
        escape(&caller.account),
        escape(name),
    );
    Ok(reply("GetFederationToken", &format!("{}{user}", credentials(&issued))))
}

fn reply(action: &str, body: &str) -> Reply {
    let request = request_id();
    Reply::xml(
        200,
        format!(
            "<{action}Response xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><{action}Result>{body}</{action}Result>\
             <ResponseMetadata><RequestId>{request}</RequestId></ResponseMetadata></{action}Response>"
        ),
    )
}

fn assumed(issued: &Issued) -> String {
    let identity = &issued.identity;
    let source = identity.source.as_deref().map(escape);
    let source = source.map(|name| format!("<SourceIdentity>{name}</SourceIdentity>")).unwrap_or_default();
    format!(
        "<AssumedRoleUser><AssumedRoleId>{}</AssumedRoleId><Arn>{}</Arn></AssumedRoleUser>{}{source}",
        escape(&identity.user_id()),
        escape(&identity.session_arn()),
        credentials(issued),
    )
}

fn credentials(issued: &Issued) -> String {
    format!(
        "<Credentials><AccessKeyId>{}</AccessKeyId><SecretAccessKey>{}</SecretAccessKey>\
         <SessionToken>{}</SessionToken><Expiration>{}</Expiration></Credentials>",
        issued.access_key_id,
        issued.secret_access_key,
        issued.session_token,
        iso(issued.expiration),
    )
}

/// The credentials that signed the call.
fn caller(state: &State, call: &Call) -> Result<Issued, Refusal> {
    let header = call
        .header("authorization")
        .ok_or_else(|| Refusal::new(403, "MissingAuthenticationToken", "Request is missing Authentication Token"))?;
    let authorization = Authorization::parse(header).ok_or_else(|| {
        Refusal::new(400, "IncompleteSignature", "Authorization header is not a complete Signature Version 4")
    })?;
    let unknown = || Refusal::unauthorized(Service::Sts);
    let issued = state.vault.get(&authorization.access_key_id).ok_or_else(unknown)?;
    if call.header("x-amz-security-token").unwrap_or_default() != issued.session_token {
        return Err(unknown());
    }
    check_signature(state, call, &authorization, issued)?;
    if issued.has_expired() {
        return Err(Refusal::new(403, "ExpiredToken", "The security token included in the request is expired"));
    }
    Ok(issued.clone())
}

fn check_signature(state: &State, call: &Call, authorization: &Authorization, issued: &Issued) -> Result<(), Refusal> {
    let refuse = |message: &str| Refusal::new(403, "SignatureDoesNotMatch", message);
    let date = call.header("x-amz-date").unwrap_or_default();
    let signed_at = parse_amz_date(date).ok_or_else(|| refuse("Date must be in ISO-8601 'basic format'"))?;
    if date.get(..8) != Some(&authorization.date) || authorization.service != "sts" {
        return Err(refuse("Credential should be scoped to correct service: 'sts'."));
    }
    for header in ["host", "x-amz-date", "x-amz-security-token"] {
        // A user's keys come without a token.
        if call.header(header).is_some() && !authorization.signs(header) {
            return Err(refuse(&format!("'{header}' must be a 'SignedHeader' in the AWS Authorization.")));
        }
    }
    check_date(signed_at, state.clock.now())?;
    if !authorization.verifies(call, date, &issued.secret_access_key) {
        return Err(refuse(
            "The request signature we calculated does not match the signature you provided. \
             Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
        ));
    }
    Ok(())
}

fn check_date(signed_at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    let off = signed_at.duration_since(now);
    let limit = |limit: SignedDuration| amz_date(now.checked_add(limit).unwrap_or(now));
    let (signed, current) = (amz_date(signed_at), amz_date(now));
    let message = if off < -TOLERANCE {
        format!("Signature expired: {signed} is now earlier than {} ({current} - 5 min.)", limit(-TOLERANCE))
    } else if off > TOLERANCE {
        format!("Signature not yet current: {signed} is still later than {} ({current} + 5 min.)", limit(TOLERANCE))
    } else {
        return Ok(());
    };
    Err(Refusal::new(403, "SignatureDoesNotMatch", message))
}

fn invalid(message: String) -> Refusal {
    Refusal::new(400, "ValidationError", message)
}

fn constraint(value: &str, name: &str, rule: &str) -> Refusal {
    invalid(format!(
        "1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint: Member must {rule}"
    ))
}

/// The session that is asked for.
fn target(state: &State, call: &Call, caller: &Identity) -> Result<Identity, Refusal> {
    let arn = call.field("RoleArn").unwrap_or_default();
    let session = call.field("RoleSessionName").unwrap_or_default();
    check_name(session, "roleSessionName")?;
    let source = call.field("SourceIdentity");
    source.map_or(Ok(()), |name| check_name(name, "sourceIdentity"))?;
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", named_partition, "iam", "", account, resource] = parts[..] else {
        return Err(invalid(format!("{arn} is invalid")));
    };
    let role = resource.strip_prefix("role/").filter(|role| !role.is_empty() && !role.ends_with('/'));
    let role = role.filter(|_| account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()));
    let role = role.ok_or_else(|| invalid(format!("{arn} is invalid")))?;
    let own_partition = partition(&state.settings.region);
    if named_partition != own_partition {
        return Err(invalid(format!("{arn} is invalid")));
    }
    let (path, name) = role.rsplit_once('/').map_or(("", role), |(path, name)| (path, name));
    Ok(Identity {
        kind: Kind::Role,
        partition: own_partition,
        account: account.into(),
        role: name.into(),
        path: if path.is_empty() { String::new() } else { format!("{path}/") },
        session: session.into(),
        label: name.into(),
        source: source.map(str::to_owned).or_else(|| caller.source.clone()),
        chained: true,
    })
}

fn check_name(value: &str, name: &str) -> Result<(), Refusal> {
    let allowed = |character: char| character.is_ascii_alphanumeric() || "_+=,.@-".contains(character);
    match value.chars().count() {
        0..=1 => Err(constraint(value, name, "have length greater than or equal to 2")),
        2..=64 if value.chars().all(allowed) => Ok(()),
        2..=64 => Err(constraint(value, name, "satisfy regular expression pattern: [\\w+=,.@-]*")),
        _ => Err(constraint(value, name, "have length less than or equal to 64")),
    }
}

/// Every caller here has a role session already, and AWS limits chained sessions to an hour.
fn duration(call: &Call) -> Result<Duration, Refusal> {
    let Some(text) = call.field("DurationSeconds") else { return Ok(Duration::from_hours(1)) };
    match text.parse() {
        Ok(seconds @ 900..=3600) => Ok(Duration::from_secs(seconds)),
        Ok(3601..=43200) => Err(invalid(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining".into(),
        )),
        Ok(0..900) => Err(constraint(text, "durationSeconds", "have value greater than or equal to 900")),
        _ => Err(constraint(text, "durationSeconds", "have value less than or equal to 43200")),
    }
}

fn authorize(state: &State, call: &Call, caller: &Identity, target: &Identity) -> Result<(), Refusal> {
    let arn = target.role_arn();
    let trusted = state.trust.get(&arn).is_none_or(|policy| policy.admits(caller, call.field("ExternalId")));
    let same_source = caller.source.is_none() || caller.source == target.source;
    if trusted && same_source {
        return Ok(());
    }
    let action = if trusted { "sts:SetSourceIdentity" } else { "sts:AssumeRole" };
    let user = caller.session_arn();
    let message = format!("User: {user} is not authorized to perform: {action} on resource: {arn}");
    Err(Refusal::new(403, "AccessDenied", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_minutes_are_tolerated_in_both_directions() {
        let now: Timestamp = "2025-03-01T12:00:00Z".parse().unwrap();
        let at = |seconds: i64| now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
        assert_eq!(check_date(at(300), now), Ok(()));
        assert_eq!(check_date(at(-300), now), Ok(()));
        let expired = check_date(at(-301), now).unwrap_err().message;
        let wanted =
            "Signature expired: 20250301T115459Z is now earlier than 20250301T115500Z (20250301T120000Z - 5 min.)";
        assert_eq!(expired, wanted);
        assert!(check_date(at(301), now).unwrap_err().message.starts_with("Signature not yet current: "));
    }

    #[test]
    fn session_names_are_checked() {
        assert_eq!(check_name("user@example.com", "roleSessionName"), Ok(()));
        for name in ["", "a", "with space", "ümlaut", &"x".repeat(65)] {
            assert_eq!(check_name(name, "roleSessionName").unwrap_err().code, "ValidationError", "{name}");
        }
    }
}
