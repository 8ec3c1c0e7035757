//! Locks between processes: one fetches, the others wait and find what it brought.

use std::fs::File;
use std::path::Path;

use crate::private::{fingerprint, private_directory, private_file};
use crate::{Error, Result};

/// Held while it lives; the system frees it when the process ends, however it ends.
pub(super) struct ProcessLock(#[expect(dead_code, reason = "the lock is the open file")] File);

impl ProcessLock {
    /// Waits for the lock on `what`, in a directory beside the state file. `waiting` is called before a
    /// wait begins.
    pub(super) fn acquire(state: &Path, what: &str, waiting: impl FnOnce()) -> Result<Self> {
        let directory = state.with_file_name("locks");
        let failed = |error: std::io::Error| {
            let place = directory.display();
            Error::failed(format!(
                "could not lock {place}: {error}; mend that, or set AWS_SSO_STATE to a file elsewhere"
            ))
        };
        if !directory.exists() {
            private_directory(&directory).map_err(failed)?;
        }
        let file = private_file(&directory.join(fingerprint(what, 8))).map_err(failed)?;
        if file.try_lock().is_err() {
            waiting();
            file.lock().map_err(failed)?;
        }
        Ok(Self(file))
    }
}
