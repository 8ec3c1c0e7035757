//! Who a set of credentials belongs to, and the names AWS gives it.

use sha2::{Digest as _, Sha256};

use crate::secrets::key_letters;
use crate::text::hex;

/// What an identity is to AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The session of a role.
    Role,
    /// A user of IAM, with keys that do not end.
    User,
    /// The federated session of such a user.
    Federated,
}

/// Whoever credentials are of: mostly the session of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub kind: Kind,
    pub partition: &'static str,
    pub account: String,
    /// The name in IAM without the path: for a permission set `AWSReservedSSO_…`.
    pub role: String,
    pub path: String,
    pub session: String,
    /// The name that people know: the permission set or the role.
    pub label: String,
    /// The source identity, which sticks to every session that follows.
    pub source: Option<String>,
    pub chained: bool,
}

impl Identity {
    /// The session of a permission set.
    pub fn permission_set(region: &str, account: &str, name: &str, user: &str) -> Self {
        // IAM Identity Center leaves the Region out of the path when it is N. Virginia.
        let place = if region == "us-east-1" { String::new() } else { format!("{region}/") };
        Self {
            kind: Kind::Role,
            partition: partition(region),
            account: account.into(),
            role: format!("AWSReservedSSO_{name}_{}", hex(&fingerprint(account, name)[..8])),
            path: format!("aws-reserved/sso.amazonaws.com/{place}"),
            session: user.into(),
            label: name.into(),
            source: None,
            chained: false,
        }
    }

    /// A user of IAM, or the federated session of one.
    pub fn user(kind: Kind, region: &str, account: &str, name: &str) -> Self {
        Self {
            kind,
            partition: partition(region),
            account: account.into(),
            role: String::new(),
            path: String::new(),
            session: name.into(),
            label: name.into(),
            source: None,
            chained: false,
        }
    }

    /// The ARN of the role, as a trust policy names it.
    pub fn role_arn(&self) -> String {
        format!("arn:{}:iam::{}:role/{}{}", self.partition, self.account, self.path, self.role)
    }

    /// The ARN of the session, as `GetCallerIdentity` names it.
    pub fn session_arn(&self) -> String {
        let Self { partition, account, role, session, .. } = self;
        match self.kind {
            Kind::Role => format!("arn:{partition}:sts::{account}:assumed-role/{role}/{session}"),
            Kind::User => format!("arn:{partition}:iam::{account}:user/{session}"),
            Kind::Federated => format!("arn:{partition}:sts::{account}:federated-user/{session}"),
        }
    }

    /// The ARN of the account, which stands for every role in it.
    pub fn account_arn(&self) -> String {
        format!("arn:{}:iam::{}:root", self.partition, self.account)
    }

    /// The unique id of the role with the session.
    pub fn user_id(&self) -> String {
        format!("AROA{}:{}", key_letters(&fingerprint(&self.account, &self.role)[..17]), self.session)
    }
}

fn fingerprint(account: &str, name: &str) -> [u8; 32] {
    Sha256::digest(format!("{account}/{name}")).into()
}

/// The partition that a Region is in.
pub(crate) fn partition(region: &str) -> &'static str {
    let partitions = [("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("eusc-", "aws-eusc")];
    partitions.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("aws", |(_, partition)| partition)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_partition() {
        let identity = Identity::permission_set("cn-north-1", "111122223333", "ReadOnly", "user@example.com");
        let arn = identity.session_arn();
        assert!(arn.starts_with("arn:aws-cn:sts::111122223333:assumed-role/AWSReservedSSO_ReadOnly_"), "{arn}");
        assert!(arn.ends_with("/user@example.com"), "{arn}");
        assert_eq!(identity.role.len(), "AWSReservedSSO_ReadOnly_".len() + 16);
        assert_eq!(partition("us-gov-west-1"), "aws-us-gov");
        assert_eq!(partition("eusc-de-east-1"), "aws-eusc");
        assert_eq!(partition("eu-central-1"), "aws");
    }
}
