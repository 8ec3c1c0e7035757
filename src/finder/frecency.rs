//! How much the past of a role counts: how often it was used, and how long ago.

/// The time after which a use counts for half, in seconds.
const HALF_LIFE: f64 = 3.0 * 86_400.0;

/// What is left at `now` of a weight that was right at `since` (Unix times in seconds). A clock that went back
/// takes nothing away and gives nothing.
pub fn decayed(weight: f64, since: i64, now: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a span of seconds is far below 2^52")]
    let age = now.saturating_sub(since).max(0) as f64;
    weight * (-age / HALF_LIFE).exp2()
}

/// The weight of a role that is used at `now`, and had `weight` when it was used at `since`.
pub fn used_again(weight: f64, since: i64, now: i64) -> f64 {
    decayed(weight, since, now) + 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    #[test]
    fn a_use_counts_half_after_three_days() {
        assert!((decayed(2.0, 0, 3 * DAY) - 1.0).abs() < 1e-9);
        assert!((used_again(2.0, 0, 3 * DAY) - 2.0).abs() < 1e-9);
        assert!((decayed(2.0, 0, 0) - 2.0).abs() < 1e-9);
    }

    #[test]
    fn a_clock_that_went_back_changes_nothing() {
        assert!((decayed(2.0, DAY, 0) - 2.0).abs() < 1e-9);
        assert!(decayed(2.0, i64::MIN, i64::MAX) < 1e-9);
    }

    #[test]
    fn what_is_used_daily_outweighs_what_was_used_once_just_now() {
        let daily = (0..5).fold(0.0, |weight, _| used_again(weight, 0, DAY));
        assert!(decayed(daily, 0, DAY) > used_again(0.0, 0, 0));
        assert!(decayed(daily, 0, 30 * DAY) < 1.0, "but not for ever");
    }
}
