//! Role chaining (sts:AssumeRole).

use aws_credential_types::Credentials;
use secrecy::ExposeSecret;

use crate::role::{RoleArn, RoleCredentials};

use super::client::IdentityCenter;
use super::error::CallError;

/// AWS's limit for a session name.
const SESSION_NAME: usize = 64;

impl IdentityCenter {
    /// Takes the role `target` while holding `previous`.
    pub async fn assume_role(
        &self,
        previous: (&RoleArn, &RoleCredentials),
        target: &RoleArn,
        external_id: Option<&str>,
        source_identity: Option<&str>,
    ) -> Result<RoleCredentials, CallError> {
        const OPERATION: &str = "sts:AssumeRole";
        let (from, held) = previous;
        let keys = Credentials::new(
            &held.access_key_id,
            held.secret_access_key.expose_secret(),
            Some(held.session_token.expose_secret().to_owned()),
            None,
            "aws-sso",
        );
        let sts = self.sts(keys, &self.region);
        let answer = self.pace.call(|| {
            let request = sts
                .assume_role()
                .role_arn(target.to_string())
                .role_session_name(session_name(from))
                .set_external_id(external_id.map(str::to_owned))
                .set_source_identity(source_identity.map(str::to_owned));
            async move { request.send().await.map_err(|error| CallError::of(OPERATION, &error)) }
        });
        let answer = answer.await?;
        issued(OPERATION, answer.credentials())
    }
}

/// What STS issued, if it did.
pub(super) fn issued(
    operation: &str,
    keys: Option<&aws_sdk_sts::types::Credentials>,
) -> Result<RoleCredentials, CallError> {
    let keys = keys.ok_or_else(|| CallError::unexpected(operation, "no credentials"))?;
    Ok(RoleCredentials {
        access_key_id: keys.access_key_id().to_owned(),
        secret_access_key: keys.secret_access_key().into(),
        session_token: keys.session_token().into(),
        expires_at: keys.expiration().secs(),
    })
}

/// `<previous role>@<previous account>`, the role cut where AWS's limit asks for it.
fn session_name(from: &RoleArn) -> String {
    let account = format!("@{}", from.account_id);
    let role: String = from.name.chars().take(SESSION_NAME - account.len()).collect();
    role + &account
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_name_fits_aws_limit() {
        let arn = |name: &str| RoleArn::new(crate::role::Partition::Aws, "7".parse().unwrap(), name);
        assert_eq!(session_name(&arn("Admin")), "Admin@000000000007");
        let long = session_name(&arn(&"r".repeat(64)));
        assert_eq!(long.len(), 64);
        assert!(long.ends_with("r@000000000007"));
    }
}
