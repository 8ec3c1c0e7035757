//! AWS account ids: 12 digits, written in more ways than one.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// An AWS account id, 0 to 999999999999, always shown with 12 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct AccountId(u64);

/// A text or a number that is no account id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not an AWS account id: 1 to 12 digits are expected")]
pub struct AccountIdError(String);

impl AccountId {
    const MAX: u64 = 999_999_999_999;

    /// The id as a number, without leading zeros (`AccountId` in profile templates).
    pub fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012}", self.0)
    }
}

impl TryFrom<u64> for AccountId {
    type Error = AccountIdError;

    fn try_from(number: u64) -> Result<Self, Self::Error> {
        if number <= Self::MAX { Ok(Self(number)) } else { Err(AccountIdError(number.to_string())) }
    }
}

impl FromStr for AccountId {
    type Err = AccountIdError;

    /// Digits with or without leading zeros, or the scientific notation that a YAML writer may have
    /// made of them (`7.2668187369e+10`).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || AccountIdError(text.to_owned());
        let text = text.trim();
        if !text.is_empty() && text.len() <= 12 && text.bytes().all(|b| b.is_ascii_digit()) {
            return text.parse().map(Self).map_err(|_| refused());
        }
        let scientific = text.contains(['e', 'E'])
            && text.starts_with(|c: char| c.is_ascii_digit())
            && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+'));
        let value: f64 = if scientific { text.parse().map_err(|_| refused())? } else { return Err(refused()) };
        if value.fract() != 0.0 || !(0.0..1e12).contains(&value) {
            return Err(refused());
        }
        // In range and whole, so the conversion is exact.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Ok(Self(value as u64))
    }
}

impl Serialize for AccountId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_spelling_of_an_id_is_one_id() {
        for (text, id) in [
            ("12345", "000000012345"),
            ("0012345", "000000012345"),
            ("012345678901", "012345678901"),
            ("7.2668187369e+10", "072668187369"),
            ("1e+1", "000000000010"),
            ("1E11", "100000000000"),
        ] {
            assert_eq!(text.parse::<AccountId>().unwrap().to_string(), id, "{text}");
        }
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for text in ["", "-1", "12a", "1234567890123", "10e+s4", "1e12", "1.5e0", "0x10", "1e-3", "inf", "e1", "١٢"] {
            assert!(text.parse::<AccountId>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn shown_and_read_again_is_the_same(number in 0..=AccountId::MAX) {
            let id = AccountId::try_from(number).unwrap();
            prop_assert_eq!(id.to_string().parse::<AccountId>().unwrap(), id);
            prop_assert_eq!(number.to_string().parse::<AccountId>().unwrap(), id);
        }

        #[test]
        fn no_text_panics(text in ".*") {
            let _ = text.parse::<AccountId>();
        }
    }
}
