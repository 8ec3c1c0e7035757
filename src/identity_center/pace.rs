//! Pacing of portal calls. AWS throttles by rate, so the rate is kept, not only repaired: calls leave
//! one after the other at `RateLimit`; a 429 lowers the rate and success raises it again.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use super::error::{CallError, CallErrorKind};

/// Hands out turns to call.
pub(super) struct Pace {
    state: Mutex<State>,
    max_retry: u32,
    max_backoff: Duration,
}

struct State {
    /// Calls a second that were asked for: never exceeded.
    ceiling: f64,
    /// Calls a second now.
    rate: f64,
    /// Rate that the last 429 showed to be too much, a little lowered: approached fast, passed slowly.
    known: f64,
    /// When the next turn is.
    next: Instant,
    lowered: Option<Instant>,
}

/// The slowest that calls become, a second.
const FLOOR: f64 = 0.5;
/// For how long turns that nobody took may be made up for.
const SLACK: Duration = Duration::from_millis(100);
/// A 429 this long after the last one is a new event: the limit was passed by a little.
const CALM: Duration = Duration::from_secs(2);
/// Tries where nobody answers: no person should wait long for a network that is down.
const UNREACHABLE: u32 = 3;
/// The first backoff; each further one is twice as long at most.
const BACKOFF: Duration = Duration::from_millis(100);

impl Pace {
    pub(super) fn new(ceiling: f64, max_retry: u32, max_backoff: Duration) -> Self {
        let ceiling = ceiling.max(FLOOR);
        let state = State { ceiling, rate: ceiling, known: ceiling, next: Instant::now(), lowered: None };
        Self { state: Mutex::new(state), max_retry, max_backoff }
    }

    /// Runs one call at its turn, and again where that may help: after a 429 at the lowered rate, after
    /// a broken connection or a 5xx, with a pause of random length before each further try.
    pub(super) async fn call<T, F>(&self, mut call: impl FnMut() -> F) -> Result<T, CallError>
    where
        F: Future<Output = Result<T, CallError>>,
    {
        let mut failures = 0;
        loop {
            let sent = self.turn().await;
            let error = match call().await {
                Ok(value) => {
                    self.raise();
                    return Ok(value);
                }
                Err(error) => error,
            };
            let pause = error.retry_after.unwrap_or_else(|| self.backoff(failures));
            match error.kind {
                CallErrorKind::Throttled => self.lower(sent, error.retry_after),
                CallErrorKind::Transient | CallErrorKind::Unreachable => {}
                _ => return Err(error),
            }
            failures += 1;
            let patience = if error.kind == CallErrorKind::Unreachable { UNREACHABLE } else { u32::MAX };
            if failures >= self.max_retry.min(patience) {
                return Err(CallError {
                    message: format!("{} (given up after {failures} tries: see MaxRetry, RateLimit)", error.message),
                    ..error
                });
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// Waits for the next turn; when it came.
    async fn turn(&self) -> Instant {
        let at = {
            let mut state = self.state();
            let now = Instant::now();
            let at = state.next.max(now.checked_sub(SLACK).unwrap_or(now));
            state.next = at + Duration::from_secs_f64(1.0 / state.rate);
            at
        };
        tokio::time::sleep_until(at).await;
        Instant::now()
    }

    /// After a 429 to a call that was sent at `sent`.
    fn lower(&self, sent: Instant, retry_after: Option<Duration>) {
        let mut state = self.state();
        let now = Instant::now();
        // Calls that were under way when the rate was lowered say nothing of the lower rate.
        if state.lowered.is_none_or(|at| sent >= at) {
            let again = state.lowered.is_some_and(|at| now - at < CALM);
            let before = state.rate;
            state.rate = (before * if again { 0.75 } else { 0.85 }).max(FLOOR);
            // Refused soon after it was lowered: the limit lies far below what was known.
            state.known = if again { state.rate } else { (before * 0.93).max(FLOOR) };
            state.lowered = Some(now);
        }
        state.next = state.next.max(now + retry_after.unwrap_or_default());
    }

    /// After a success: fast up to what was good before, then about one hundredth a second.
    fn raise(&self) {
        let mut state = self.state();
        let step = if state.rate < state.known { state.known * 0.01 } else { 0.01 };
        state.rate = (state.rate + step).min(state.ceiling);
    }

    /// Full jitter: anything between nothing and the bound, so that callers spread out.
    fn backoff(&self, failures: u32) -> Duration {
        let bound = BACKOFF.saturating_mul(1 << failures.min(16)).min(self.max_backoff);
        let mut bytes = [0; 4];
        // Without random numbers there is no jitter, and the bound will do.
        let share =
            getrandom::fill(&mut bytes).map_or(1.0, |()| f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX));
        bound.mul_f64(share)
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    fn failed(kind: CallErrorKind) -> CallError {
        CallError { kind, message: "x".into(), retry_after: None }
    }

    #[tokio::test(start_paused = true)]
    async fn calls_keep_the_rate() {
        let pace = Pace::new(50.0, 3, Duration::from_secs(1));
        let start = Instant::now();
        for _ in 0..100 {
            pace.call(async || Ok(())).await.unwrap();
        }
        let took = start.elapsed().as_secs_f64();
        assert!((1.8..2.1).contains(&took), "{took}");
    }

    /// A server with a token bucket of `limit` calls a second.
    async fn throttled_share(ceiling: f64, limit: f64) -> (f64, f64) {
        let pace = Pace::new(ceiling, 10, Duration::from_secs(5));
        let bucket = RefCell::new((limit * 0.1, Instant::now()));
        let refused = RefCell::new(0.0);
        let (calls, start) = (2000, Instant::now());
        for _ in 0..calls {
            let answer = async || {
                let mut bucket = bucket.borrow_mut();
                let now = Instant::now();
                let tokens = (bucket.0 + (now - bucket.1).as_secs_f64() * limit).min(limit * 0.1);
                *bucket = (if tokens >= 1.0 { tokens - 1.0 } else { tokens }, now);
                if tokens >= 1.0 {
                    return Ok(());
                }
                *refused.borrow_mut() += 1.0;
                Err(failed(CallErrorKind::Throttled))
            };
            pace.call(answer).await.unwrap();
        }
        (
            refused.into_inner() / f64::from(calls),
            start.elapsed().as_secs_f64() / (f64::from(calls) / limit.min(ceiling)),
        )
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_allows_less_is_rarely_asked_too_much() {
        for (ceiling, limit) in [(200.0, 200.0), (20.0, 20.0), (200.0, 100.0), (100.0, 30.0)] {
            let (refused, slowdown) = throttled_share(ceiling, limit).await;
            assert!(refused < 0.02, "{ceiling} against {limit}: {refused} refused");
            assert!(slowdown < 1.4, "{ceiling} against {limit}: {slowdown} times the ideal time");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn retry_after_is_honoured_and_tries_are_counted() {
        let pace = Pace::new(1000.0, 2, Duration::from_secs(5));
        let tries = RefCell::new(0);
        let start = Instant::now();
        let refuse = async || {
            *tries.borrow_mut() += 1;
            Err::<(), _>(CallError { retry_after: Some(Duration::from_secs(7)), ..failed(CallErrorKind::Throttled) })
        };
        assert!(pace.call(refuse).await.unwrap_err().message.contains("2 tries"));
        assert_eq!(*tries.borrow(), 2);
        assert!(start.elapsed() >= Duration::from_secs(7));
    }

    #[tokio::test(start_paused = true)]
    async fn what_cannot_succeed_is_not_tried_again() {
        let pace = Pace::new(10.0, 5, Duration::from_secs(5));
        let tries = RefCell::new(0);
        let refuse = async || {
            *tries.borrow_mut() += 1;
            Err::<(), _>(failed(CallErrorKind::Unauthorized))
        };
        assert!(pace.call(refuse).await.is_err());
        assert_eq!(*tries.borrow(), 1);
    }
}
