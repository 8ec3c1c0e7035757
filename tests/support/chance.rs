//! What looks like chance and can be had again.

#![allow(clippy::disallowed_methods, reason = "a test has no Context")]
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::time::{SystemTime, UNIX_EPOCH};

/// Numbers that look like chance and are the same every time (Knuth's MMIX generator).
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }

    pub fn of<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }
}

/// The seed of this run: what `AWS_SSO_TEST_SEED` says, else a new one. A failure names it.
pub fn seed() -> u64 {
    let given = std::env::var("AWS_SSO_TEST_SEED").ok().map(|seed| seed.parse().expect("AWS_SSO_TEST_SEED: a number"));
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_micros();
    given.unwrap_or_else(|| u64::try_from(now()).expect("before 586,000 CE") % 1_000_000)
}
