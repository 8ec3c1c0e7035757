//! AWS partitions: each has ARNs, DNS names and a console of its own.

use std::fmt;

/// A partition of AWS, as it stands in the second field of an ARN.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Partition {
    /// The commercial partition.
    #[default]
    Aws,
    /// China.
    AwsCn,
    /// `GovCloud` (US).
    AwsUsGov,
    /// The European Sovereign Cloud.
    AwsEusc,
    /// An isolated partition.
    AwsIso,
    /// An isolated partition.
    AwsIsoB,
    /// An isolated partition.
    AwsIsoE,
    /// An isolated partition.
    AwsIsoF,
}

impl Partition {
    const ALL: [Self; 8] = [
        Self::Aws,
        Self::AwsCn,
        Self::AwsUsGov,
        Self::AwsEusc,
        Self::AwsIso,
        Self::AwsIsoB,
        Self::AwsIsoE,
        Self::AwsIsoF,
    ];

    /// The partition that a region belongs to; a region with no known prefix is commercial.
    pub fn of_region(region: &str) -> Self {
        match region {
            r if r.starts_with("cn-") => Self::AwsCn,
            r if r.starts_with("us-gov-") => Self::AwsUsGov,
            r if r.starts_with("eusc-") => Self::AwsEusc,
            r if r.starts_with("us-iso-") => Self::AwsIso,
            r if r.starts_with("us-isob-") => Self::AwsIsoB,
            r if r.starts_with("eu-isoe-") => Self::AwsIsoE,
            r if r.starts_with("us-isof-") => Self::AwsIsoF,
            _ => Self::Aws,
        }
    }

    /// The partition of that name in an ARN.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|partition| partition.as_str() == name)
    }

    /// The name in an ARN.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::AwsCn => "aws-cn",
            Self::AwsUsGov => "aws-us-gov",
            Self::AwsEusc => "aws-eusc",
            Self::AwsIso => "aws-iso",
            Self::AwsIsoB => "aws-iso-b",
            Self::AwsIsoE => "aws-iso-e",
            Self::AwsIsoF => "aws-iso-f",
        }
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_tells_its_partition() {
        for (region, name) in [
            ("us-east-1", "aws"),
            ("eu-west-3", "aws"),
            ("cn-north-1", "aws-cn"),
            ("us-gov-west-1", "aws-us-gov"),
            ("eusc-de-east-1", "aws-eusc"),
            ("us-iso-east-1", "aws-iso"),
            ("us-isob-east-1", "aws-iso-b"),
            ("mars-north-1", "aws"),
        ] {
            assert_eq!(Partition::of_region(region).as_str(), name);
        }
    }

    #[test]
    fn names_are_read_back() {
        for partition in Partition::ALL {
            assert_eq!(Partition::from_name(partition.as_str()), Some(partition));
        }
        assert_eq!(Partition::from_name("azure"), None);
    }
}
