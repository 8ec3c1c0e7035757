//! A token bucket, as the access portal throttles its callers.

use std::time::Instant;

/// How many portal calls per second are answered, and how many may come at once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateLimit {
    /// Calls that are earned per second.
    pub per_second: f64,
    /// Calls that can be saved up.
    pub burst: f64,
}

#[derive(Debug)]
pub(crate) struct Bucket {
    limit: RateLimit,
    level: f64,
    filled: Instant,
}

impl Bucket {
    pub fn new(limit: RateLimit, now: Instant) -> Self {
        Self { limit, level: limit.burst, filled: now }
    }

    pub fn take(&mut self, now: Instant) -> bool {
        let earned = now.saturating_duration_since(self.filled).as_secs_f64() * self.limit.per_second;
        self.level = (self.level + earned).min(self.limit.burst);
        self.filled = self.filled.max(now);
        let granted = self.level >= 1.0;
        if granted {
            self.level -= 1.0;
        }
        granted
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn taken(bucket: &mut Bucket, tries: usize, now: Instant) -> usize {
        (0..tries).filter(|_| bucket.take(now)).count()
    }

    #[test]
    fn the_burst_is_granted_at_once_and_then_the_rate() {
        let start = Instant::now();
        let mut bucket = Bucket::new(RateLimit { per_second: 10.0, burst: 5.0 }, start);
        assert_eq!(taken(&mut bucket, 20, start), 5);
        assert_eq!(taken(&mut bucket, 20, start + Duration::from_millis(350)), 3);
        assert_eq!(taken(&mut bucket, 20, start + Duration::from_millis(350)), 0);
    }

    #[test]
    fn a_rest_earns_no_more_than_the_burst() {
        let start = Instant::now();
        let mut bucket = Bucket::new(RateLimit { per_second: 10.0, burst: 5.0 }, start);
        assert_eq!(taken(&mut bucket, 20, start + Duration::from_hours(1)), 5);
    }

    #[test]
    fn a_clock_that_goes_back_grants_nothing() {
        let start = Instant::now();
        let mut bucket = Bucket::new(RateLimit { per_second: 10.0, burst: 1.0 }, start + Duration::from_secs(1));
        assert_eq!(taken(&mut bucket, 20, start), 1);
        assert_eq!(taken(&mut bucket, 20, start + Duration::from_secs(1)), 0);
    }
}
