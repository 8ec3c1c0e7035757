//! Work for many roles, shared among the processors.

use std::ops::Range;

/// From this number of things on that is worth it.
const WORTH_SHARING: usize = 10_000;

/// Processors that are put to work at most.
const MOST_WORKERS: usize = 8;

/// Does the work for `count` things in parts, one for each processor, and joins what comes out in order.
pub(super) fn in_parts<T: Send>(count: usize, work: impl Fn(Range<usize>) -> Vec<T> + Sync) -> Vec<T> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_WORKERS);
    if count < WORTH_SHARING || workers == 1 {
        return work(0..count);
    }
    let size = count.div_ceil(workers);
    std::thread::scope(|scope| {
        let work = &work;
        let part = |worker: usize| (worker * size).min(count)..((worker + 1) * size).min(count);
        let others: Vec<_> = (1..workers).map(|worker| scope.spawn(move || work(part(worker)))).collect();
        let mut joined = work(part(0));
        for other in others {
            match other.join() {
                Ok(items) => joined.extend(items),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        joined
    })
}
