//! Ctrl-C while something waits: what waits ends, and cleans up.
//!
//! To listen for it once is to have taken it over for as long as the process runs. So from then on somebody has to end
//! the process where nothing waits, as the system would have done.

use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::Exit;

/// How many waits there are that end by themselves.
static WAITS: AtomicUsize = AtomicUsize::new(0);

/// Runs something until it ends; none where a person pressed Ctrl-C before.
pub async fn unless_interrupted<T>(work: impl Future<Output = T>) -> Option<T> {
    WAITS.fetch_add(1, Ordering::SeqCst);
    watch();
    tokio::select! {
        outcome = work => {
            WAITS.fetch_sub(1, Ordering::SeqCst);
            Some(outcome)
        }
        // It goes on counting: whoever was interrupted is about to end the command, and must not be cut short.
        _ = tokio::signal::ctrl_c() => None,
    }
}

/// Ends the process at a Ctrl-C for which nothing waits.
#[expect(clippy::disallowed_methods, reason = "the system would do it, had nobody ever listened")]
fn watch() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        // Without a thread, Ctrl-C only works where something waits.
        let _ = std::thread::Builder::new().name("interrupt".to_owned()).spawn(|| {
            let Ok(runtime) = crate::runtime() else { return };
            runtime.block_on(async {
                while tokio::signal::ctrl_c().await.is_ok() {
                    if WAITS.load(Ordering::SeqCst) == 0 {
                        std::process::exit(Exit::Interrupted as i32);
                    }
                }
            });
        });
    });
}
