//! The simulator's idea of the time, which can be wrong on purpose.

use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::{SignedDuration, Timestamp};

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Clock {
    pub skew: i64,
}

impl Clock {
    pub fn now(self) -> Timestamp {
        let now = Timestamp::now();
        now.checked_add(SignedDuration::from_secs(self.skew)).unwrap_or(now)
    }

    pub fn http_date(self) -> String {
        DateTimePrinter::new().timestamp_to_rfc9110_string(&self.now()).unwrap_or_default()
    }
}

pub(crate) fn iso(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The form that Signature Version 4 uses.
pub(crate) fn amz_date(time: Timestamp) -> String {
    time.strftime("%Y%m%dT%H%M%SZ").to_string()
}

pub(crate) fn parse_amz_date(text: &str) -> Option<Timestamp> {
    let date = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", text).ok()?;
    date.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}
