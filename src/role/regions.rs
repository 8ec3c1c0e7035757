//! The partitions and regions that are offered. AWS adds regions faster than programs are released: any other one can
//! be typed.

use super::Partition;

/// The partitions that a person can choose, with what each is called.
pub const PARTITIONS: [(Partition, &str, &str); 4] = [
    (Partition::Aws, "Commercial", "AWS as most people know it"),
    (Partition::AwsUsGov, "GovCloud (US)", "for the government of the United States"),
    (Partition::AwsCn, "China", "run by Sinnet and NWCD"),
    (Partition::AwsEusc, "European Sovereign Cloud", "run in the EU"),
];

/// The regions of a partition; those that most Identity Centers are in come first.
pub fn of(partition: Partition) -> &'static [(&'static str, &'static str)] {
    match partition {
        Partition::Aws => COMMERCIAL,
        Partition::AwsUsGov => &[("us-gov-west-1", "US-West"), ("us-gov-east-1", "US-East")],
        Partition::AwsCn => &[("cn-north-1", "Beijing"), ("cn-northwest-1", "Ningxia")],
        Partition::AwsEusc => &[("eusc-de-east-1", "Brandenburg")],
        _ => &[],
    }
}

const COMMERCIAL: &[(&str, &str)] = &[
    ("us-east-1", "N. Virginia"),
    ("us-west-2", "Oregon"),
    ("eu-west-1", "Ireland"),
    ("eu-central-1", "Frankfurt"),
    ("us-east-2", "Ohio"),
    ("ap-southeast-2", "Sydney"),
    ("ap-northeast-1", "Tokyo"),
    ("ap-southeast-1", "Singapore"),
    ("eu-west-2", "London"),
    ("ca-central-1", "Canada"),
    ("ap-south-1", "Mumbai"),
    ("eu-north-1", "Stockholm"),
    ("eu-west-3", "Paris"),
    ("sa-east-1", "São Paulo"),
    ("us-west-1", "N. California"),
    ("ap-northeast-2", "Seoul"),
    ("eu-central-2", "Zürich"),
    ("ap-northeast-3", "Osaka"),
    ("ap-southeast-3", "Jakarta"),
    ("ap-east-1", "Hong Kong"),
    ("eu-south-1", "Milan"),
    ("me-south-1", "Bahrain"),
    ("af-south-1", "Cape Town"),
    ("il-central-1", "Tel Aviv"),
    ("me-central-1", "UAE"),
    ("ap-southeast-4", "Melbourne"),
    ("eu-south-2", "Spain"),
    ("ap-south-2", "Hyderabad"),
    ("ca-west-1", "Calgary"),
    ("ap-southeast-5", "Malaysia"),
    ("ap-southeast-7", "Thailand"),
    ("mx-central-1", "Mexico"),
    ("ap-east-2", "Taipei"),
    ("ap-southeast-6", "New Zealand"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::checked_region;

    #[test]
    fn every_region_is_one_and_of_its_partition() {
        for (partition, name, _) in PARTITIONS {
            assert!(!of(partition).is_empty(), "{name}");
            for (region, _) in of(partition) {
                assert_eq!(checked_region(region), Ok((*region).to_owned()));
                assert_eq!(Partition::of_region(region), partition, "{region}");
                assert_eq!(of(partition).iter().filter(|(other, _)| other == region).count(), 1, "{region}");
            }
        }
        assert_eq!(of(Partition::Aws).len(), 34);
    }
}
