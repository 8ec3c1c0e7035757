//! Credentials that others issued: whose they are, and temporary ones in their place, which is all that the console
//! takes.

use std::time::Duration;

use aws_credential_types::Credentials;
use secrecy::ExposeSecret;

use crate::role::{AccountId, Partition, RoleArn, RoleCredentials, StaticKeys};

use super::chain::issued;
use super::client::IdentityCenter;
use super::error::CallError;

/// What AWS lets a federated user do: as much as the user whose keys asked, and no more. Without a policy it would
/// be nothing.
const ALL_OF_IT: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

/// Whose credentials some are (sts:GetCallerIdentity).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The partition of the account.
    pub partition: Partition,
    /// The name that people know: the permission set, the role or the user.
    pub name: String,
    /// The account.
    pub account: AccountId,
}

impl IdentityCenter {
    /// Whose `keys` are. `region` is where to ask.
    pub async fn caller(&self, keys: &StaticKeys, region: &str) -> Result<Caller, CallError> {
        const OPERATION: &str = "sts:GetCallerIdentity";
        let sts = self.sts(credentials(keys), region);
        let answer = self.pace.call(|| async {
            sts.get_caller_identity().send().await.map_err(|error| CallError::of(OPERATION, &error))
        });
        let answer = answer.await?;
        let arn = answer.arn().and_then(Caller::of_arn);
        arn.ok_or_else(|| CallError::unexpected(OPERATION, "no identity"))
    }

    /// Temporary credentials of the user who has `keys`, for `duration` (sts:GetFederationToken). `name` is what
    /// AWS's logs will call the session: 2 to 32 characters of IAM's.
    pub async fn federate(
        &self,
        keys: &StaticKeys,
        region: &str,
        name: &str,
        duration: Duration,
    ) -> Result<RoleCredentials, CallError> {
        const OPERATION: &str = "sts:GetFederationToken";
        let sts = self.sts(credentials(keys), region);
        let seconds = i32::try_from(duration.as_secs()).unwrap_or(i32::MAX);
        let answer = self.pace.call(|| {
            let request = sts.get_federation_token().name(name).policy(ALL_OF_IT).duration_seconds(seconds);
            async move { request.send().await.map_err(|error| CallError::of(OPERATION, &error)) }
        });
        let answer = answer.await?;
        issued(OPERATION, answer.credentials())
    }
}

fn credentials(keys: &StaticKeys) -> Credentials {
    let token = keys.session_token.as_ref().map(|token| token.expose_secret().to_owned());
    Credentials::new(&keys.access_key_id, keys.secret_access_key.expose_secret(), token, None, "environment")
}

impl Caller {
    /// Reads `arn:PARTITION:sts::ACCOUNT:assumed-role/ROLE/SESSION`, and the same of users and federated ones.
    fn of_arn(arn: &str) -> Option<Self> {
        let fields: Vec<&str> = arn.splitn(6, ':').collect();
        let ["arn", partition, _, _, account, resource] = fields[..] else { return None };
        let mut parts = resource.split('/');
        let name = match (parts.next()?, parts.next()) {
            ("assumed-role", Some(role)) => role,
            (_, None) => resource,
            // A user's path is no part of the name.
            _ => resource.rsplit('/').next()?,
        };
        let arn = RoleArn::new(Partition::from_name(partition)?, account.parse().ok()?, name);
        let name = arn.permission_set().unwrap_or(name).to_owned();
        Some(Self { partition: arn.partition, account: arn.account_id, name })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_is_named_as_people_know_it() {
        for (arn, partition, name) in [
            (
                "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Read_Only_0123456789abcdef/me@x.y",
                Partition::Aws,
                "Read_Only",
            ),
            ("arn:aws-cn:sts::111122223333:assumed-role/Deploy/Admin@111122223333", Partition::AwsCn, "Deploy"),
            ("arn:aws:iam::111122223333:user/team/jane", Partition::Aws, "jane"),
            ("arn:aws-us-gov:sts::111122223333:federated-user/jane", Partition::AwsUsGov, "jane"),
            ("arn:aws:iam::111122223333:root", Partition::Aws, "root"),
        ] {
            let caller = Caller::of_arn(arn).expect(arn);
            assert_eq!((caller.partition, caller.name.as_str()), (partition, name));
            assert_eq!(caller.account.to_string(), "111122223333");
        }
        for arn in ["", "arn:aws:iam::1", "x:aws:sts::1:assumed-role/x/y", "arn:azure:sts::1:assumed-role/x/y"] {
            assert_eq!(Caller::of_arn(arn), None, "{arn}");
        }
    }
}
