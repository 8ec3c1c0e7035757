//! Role ARNs of any partition, with or without a path, and the short form `ACCOUNT:ROLE`.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use super::{AccountId, Partition};

/// The ARN of an IAM role: `arn:PARTITION:iam::ACCOUNT:role/PATH/NAME`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RoleArn {
    /// The partition that the role is in.
    pub partition: Partition,
    /// The account that the role is in.
    pub account_id: AccountId,
    /// The IAM path without its outer slashes, empty for a role at the root.
    pub path: String,
    /// The role's name, the last part of the ARN.
    pub name: String,
}

/// A role as people write one: by ARN, or by `ACCOUNT:ROLE`, which leaves the partition open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoleRef {
    /// A whole ARN.
    Arn(RoleArn),
    /// Account and role name; the partition is that of the SSO instance.
    Short(AccountId, String),
}

/// A text that names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not a role ARN ({why}): write arn:aws:iam::123456789012:role/NAME or 123456789012:NAME")]
pub struct ArnError {
    text: String,
    why: &'static str,
}

impl RoleArn {
    /// The ARN of the role `name` at the root of an account.
    pub fn new(partition: Partition, account_id: AccountId, name: impl Into<String>) -> Self {
        Self { partition, account_id, path: String::new(), name: name.into() }
    }

    /// The permission set whose role this is, where it is the role that IAM Identity Center made in the account:
    /// IAM calls that `AWSReservedSSO_NAME_0123456789abcdef`.
    pub fn permission_set(&self) -> Option<&str> {
        let (name, made_up) = self.name.strip_prefix("AWSReservedSSO_")?.rsplit_once('_')?;
        let is_made_up = made_up.len() == 16 && made_up.bytes().all(|byte| byte.is_ascii_hexdigit());
        (is_made_up && !name.is_empty()).then_some(name)
    }
}

impl RoleRef {
    /// The ARN that is meant, with `partition` where the text left it open.
    pub fn into_arn(self, partition: Partition) -> RoleArn {
        match self {
            Self::Arn(arn) => arn,
            Self::Short(account_id, name) => RoleArn::new(partition, account_id, name),
        }
    }
}

impl fmt::Display for RoleArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "arn:{}:iam::{}:role/", self.partition, self.account_id)?;
        if !self.path.is_empty() {
            write!(f, "{}/", self.path)?;
        }
        f.write_str(&self.name)
    }
}

impl Serialize for RoleArn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl FromStr for RoleArn {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse()? {
            RoleRef::Arn(arn) => Ok(arn),
            RoleRef::Short(..) => Err(ArnError { text: text.to_owned(), why: "it does not start with arn:" }),
        }
    }
}

impl FromStr for RoleRef {
    type Err = ArnError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = |why| ArnError { text: text.to_owned(), why };
        let account = |id: &str| id.parse().map_err(|_| refuse("its account id is not 12 digits"));
        let fields: Vec<&str> = text.splitn(6, ':').collect();
        match fields[..] {
            ["arn", partition, "iam", "", id, resource] => {
                let partition = Partition::from_name(partition).ok_or_else(|| refuse("no such partition"))?;
                let full_name = resource.strip_prefix("role/").ok_or_else(|| refuse("it names no role"))?;
                let mut path: Vec<&str> = full_name.split('/').collect();
                let name = path.pop().unwrap_or_default();
                if !is_role_name(name) || !path.iter().all(|part| is_path_part(part)) {
                    return Err(refuse("its role name has a character that IAM does not allow"));
                }
                let (path, name) = (path.join("/"), name.to_owned());
                Ok(Self::Arn(RoleArn { partition, account_id: account(id)?, path, name }))
            }
            ["arn", ..] => Err(refuse("it has not the six fields of an IAM ARN")),
            [id, name] => {
                if !is_role_name(name) {
                    return Err(refuse("its role name has a character that IAM does not allow"));
                }
                Ok(Self::Short(account(id)?, name.to_owned()))
            }
            _ => Err(refuse("it has neither two nor six fields")),
        }
    }
}

/// IAM: upper and lower case alphanumeric characters and `+=,.@-_`.
fn is_role_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@-_".contains(&b))
}

/// IAM: a path may hold any printable ASCII character.
fn is_path_part(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn arns_of_every_partition_and_path_are_understood() {
        for text in [
            "arn:aws:iam::000000012345:role/Admin",
            "arn:aws-cn:iam::123456789012:role/service-role/deep/Admin",
            "arn:aws-us-gov:iam::123456789012:role/a+b=c,d.e@f-g_h",
            "arn:aws-eusc:iam::123456789012:role/aws-reserved/sso.amazonaws.com/eu-west-1/X",
        ] {
            assert_eq!(text.parse::<RoleArn>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn the_role_of_a_permission_set_is_known_by_its_name() {
        for (name, expected) in [
            ("AWSReservedSSO_Read_Only_0123456789abcdef", Some("Read_Only")),
            ("AWSReservedSSO_X_0123456789abcde", None),
            ("AWSReservedSSO__0123456789abcdef", None),
            ("AWSReservedSSO_0123456789abcdef", None),
            ("Admin", None),
        ] {
            let arn = RoleArn::new(Partition::Aws, "1".parse().unwrap(), name);
            assert_eq!(arn.permission_set(), expected, "{name}");
        }
    }

    #[test]
    fn the_short_form_takes_the_partition_of_its_instance() {
        let arn = "12345:Admin".parse::<RoleRef>().unwrap().into_arn(Partition::AwsCn);
        assert_eq!(arn.to_string(), "arn:aws-cn:iam::000000012345:role/Admin");
    }

    #[test]
    fn what_names_no_role_is_refused() {
        for text in [
            "",
            "Admin",
            "12345",
            "x:Admin",
            "12345:",
            "12345:a b",
            "arn:aws:iam::1:user/x",
            "arn:aws:iam::1:role/",
            "arn:aws:iam::1:role//x",
            "arn:aws:iam::1:role/a//x",
            "arn:aws:s3:::bucket",
            "arn:azure:iam::1:role/x",
            "arn:aws:iam::-1:role/x",
            "arn:aws:iam::1:role/x y",
            "arn:aws:iam::1:role/x:y",
            "a:b:c",
        ] {
            assert!(text.parse::<RoleRef>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".*") {
            let _ = text.parse::<RoleRef>();
        }

        #[test]
        fn what_is_read_is_shown_the_same(text in "arn:aws:iam::[0-9]{12}:role/([a-z]{1,3}/){0,3}[A-Za-z+=,.@_-]{1,9}") {
            prop_assert_eq!(text.parse::<RoleArn>().unwrap().to_string(), text);
        }
    }
}
