//! How a secure store may disturb the person, and for how long it may keep them.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use crate::ui;

use super::VaultError;

/// What is shorter needs no word.
const SILENCE: Duration = Duration::from_secs(2);

/// What a secure store may do to be unlocked, and how long it may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asking {
    /// Ask on the terminal: somebody sits there.
    pub on_terminal: bool,
    /// Ask in a window of its own: there is a desktop to show it on.
    pub in_window: bool,
    /// How long to wait for an answer.
    pub patience: Duration,
}

impl Asking {
    /// Somebody typed a command and waits for it; nobody is asked.
    pub const BRIEF: Self = Self { on_terminal: false, in_window: false, patience: Duration::from_secs(2) };

    /// For a command with or without a terminal, with or without a desktop.
    pub fn usual(on_terminal: bool, in_window: bool) -> Self {
        // Long enough for a person to look for a password; where nobody is asked, for a machine that swaps.
        let patience = Duration::from_secs(if on_terminal || in_window { 300 } else { 20 });
        Self { on_terminal, in_window, patience }
    }
}

/// Runs `work`, which waits for `store`, for as long as there is patience. Whoever sits at the terminal is
/// told after two seconds what the command waits for.
pub(super) fn wait<T: Send + 'static>(
    asking: Asking,
    store: &'static str,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, VaultError> {
    let (sender, receiver) = channel();
    // Nothing ends a call that hangs but the end of the process.
    std::thread::spawn(move || sender.send(work()));
    let silence = SILENCE.min(asking.patience);
    let answer = match receiver.recv_timeout(silence) {
        Err(RecvTimeoutError::Timeout) if silence < asking.patience => {
            if asking.on_terminal {
                let window = if asking.in_window { ", which may ask for a password in a window" } else { "" };
                ui::tell(&format!("Waiting for {store} to answer{window} ..."));
            }
            receiver.recv_timeout(asking.patience.saturating_sub(silence))
        }
        answer => answer,
    };
    answer.map_err(|error| {
        VaultError::Unavailable(match error {
            RecvTimeoutError::Timeout => {
                format!(
                    "{store} did not answer within {} s: unlock or restart it, then try again",
                    asking.patience.as_secs()
                )
            }
            RecvTimeoutError::Disconnected => format!("the call to {store} broke off: try again"),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_that_never_answers_is_given_up() {
        let asking = Asking { patience: Duration::from_millis(20), ..Asking::BRIEF };
        let (_keep, never) = channel::<()>();
        let error = wait(asking, "the store", move || never.recv()).unwrap_err().to_string();
        assert!(error.contains("the store did not answer"), "{error}");
        assert_eq!(wait(asking, "the store", || 7).unwrap(), 7);
    }
}
