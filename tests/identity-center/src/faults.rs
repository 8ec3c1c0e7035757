//! Failures on request: what goes wrong, and how often.

use std::time::Duration;

use crate::operation::Operation;

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// The call is answered as usual, but late. Adds up with other faults.
    Latency(Duration),
    /// An error of this status, in the shape of the service.
    Status(u16),
    /// Too many calls: 429 `TooManyRequestsException` (STS: 400 `Throttling`).
    Throttle,
    /// The connection is reset before an answer; the call has no effect.
    Reset,
    /// The call takes effect, but half of the answer is lost.
    Truncate,
    /// No answer ever; the call has no effect.
    Hang,
    /// 200 with the page of a captive portal.
    Html,
    /// The caller's session or credentials are refused.
    Unauthorized,
}

/// How often a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum When {
    /// At every call.
    Always,
    /// At the first calls, this many.
    Times(u32),
    /// At this share of the calls (0.0 to 1.0), in a pseudo-random order that is always the same.
    Fraction(f64),
}

/// A rule: what goes wrong, and when.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// How often.
    pub when: When,
    /// The seed of the order for [`When::Fraction`].
    pub seed: u64,
}

impl Fault {
    /// A fault at every call.
    pub fn new(kind: FaultKind) -> Self {
        Self { kind, when: When::Always, seed: SEED }
    }

    /// Late answers.
    pub fn latency(delay: Duration) -> Self {
        Self::new(FaultKind::Latency(delay))
    }

    /// An error status.
    pub fn status(status: u16) -> Self {
        Self::new(FaultKind::Status(status))
    }

    /// 429 `TooManyRequestsException`.
    pub fn throttle() -> Self {
        Self::new(FaultKind::Throttle)
    }

    /// A connection reset.
    pub fn reset() -> Self {
        Self::new(FaultKind::Reset)
    }

    /// Half an answer.
    pub fn truncate() -> Self {
        Self::new(FaultKind::Truncate)
    }

    /// No answer.
    pub fn hang() -> Self {
        Self::new(FaultKind::Hang)
    }

    /// The page of a captive portal.
    pub fn html() -> Self {
        Self::new(FaultKind::Html)
    }

    /// Refused session or credentials.
    pub fn unauthorized() -> Self {
        Self::new(FaultKind::Unauthorized)
    }

    /// Only at the first `times` calls.
    #[must_use]
    pub fn times(self, times: u32) -> Self {
        Self { when: When::Times(times), ..self }
    }

    /// Only at this share of the calls.
    #[must_use]
    pub fn fraction(self, share: f64) -> Self {
        Self { when: When::Fraction(share), ..self }
    }

    /// Another order for [`Fault::fraction`].
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }
}

#[derive(Debug)]
struct Rule {
    operation: Operation,
    fault: Fault,
    dice: u64,
}

impl Rule {
    fn strikes(&mut self) -> bool {
        match &mut self.fault.when {
            When::Always => true,
            When::Times(0) => false,
            When::Times(left) => {
                *left -= 1;
                true
            }
            When::Fraction(share) => roll(&mut self.dice) < *share,
        }
    }
}

/// What happens to one call.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    pub delay: Duration,
    pub fault: Option<FaultKind>,
}

#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Rule>);

impl Faults {
    pub fn add(&mut self, operation: Operation, fault: Fault) {
        self.0.push(Rule { operation, fault, dice: fault.seed });
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The rules are asked in the order they were added; the first one that strikes decides.
    pub fn plan(&mut self, operation: Operation) -> Plan {
        let mut plan = Plan::default();
        for rule in self.0.iter_mut().filter(|rule| rule.operation == operation) {
            let kind = rule.fault.kind;
            match kind {
                FaultKind::Latency(delay) if rule.strikes() => plan.delay += delay,
                FaultKind::Latency(_) => {}
                _ if plan.fault.is_none() && rule.strikes() => plan.fault = Some(kind),
                _ => {}
            }
        }
        plan
    }
}

/// The next number in [0, 1) of the `SplitMix64` sequence.
fn roll(state: &mut u64) -> f64 {
    *state = state.wrapping_add(SEED);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    let high = u32::try_from(mixed >> 32).unwrap_or(u32::MAX);
    f64::from(high) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn struck(fault: Fault, calls: usize) -> Vec<bool> {
        let mut faults = Faults::default();
        faults.add(Operation::ListAccounts, fault);
        (0..calls).map(|_| faults.plan(Operation::ListAccounts).fault.is_some()).collect()
    }

    #[test]
    fn the_first_calls_fail_and_then_none() {
        assert_eq!(struck(Fault::reset().times(2), 4), [true, true, false, false]);
    }

    #[test]
    fn a_fraction_is_kept_and_repeats_itself() {
        let first = struck(Fault::hang().fraction(0.3), 10_000);
        let share = first.iter().filter(|struck| **struck).count();
        assert!((2_800..3_200).contains(&share), "{share} of 10000");
        assert_eq!(first, struck(Fault::hang().fraction(0.3), 10_000));
        assert_ne!(first, struck(Fault::hang().fraction(0.3).seed(1), 10_000));
        assert!(struck(Fault::hang().fraction(1.0), 1_000).iter().all(|struck| *struck));
        assert!(!struck(Fault::hang().fraction(0.0), 1_000).iter().any(|struck| *struck));
    }

    #[test]
    fn latency_adds_up_and_leaves_room_for_another_fault() {
        let mut faults = Faults::default();
        faults.add(Operation::CreateToken, Fault::latency(Duration::from_millis(3)));
        faults.add(Operation::CreateToken, Fault::status(503).times(1));
        faults.add(Operation::CreateToken, Fault::latency(Duration::from_millis(4)));
        let late = Duration::from_millis(7);
        assert_eq!(faults.plan(Operation::CreateToken), Plan { delay: late, fault: Some(FaultKind::Status(503)) });
        assert_eq!(faults.plan(Operation::CreateToken), Plan { delay: late, fault: None });
        assert_eq!(faults.plan(Operation::Logout), Plan::default());
    }

    #[test]
    fn rules_take_turns_when_the_first_is_used_up() {
        let mut faults = Faults::default();
        faults.add(Operation::Logout, Fault::reset().times(1));
        faults.add(Operation::Logout, Fault::throttle().times(1));
        let kinds: Vec<_> = (0..3).map(|_| faults.plan(Operation::Logout).fault).collect();
        assert_eq!(kinds, [Some(FaultKind::Reset), Some(FaultKind::Throttle), None]);
    }
}
