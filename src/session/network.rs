//! The way to AWS, and patience on it: a person is told what a command waits for.

use std::time::Duration;

use tokio::runtime::Runtime;

use crate::identity_center::IdentityCenter;
use crate::{Result, ui};

/// What is shorter needs no word.
const SILENCE: Duration = Duration::from_secs(2);

/// The services of an instance, with what runs their calls.
pub(super) struct Network {
    runtime: Runtime,
    pub(super) aws: IdentityCenter,
    /// Whether somebody watches.
    watched: bool,
}

impl Network {
    pub(super) fn new(aws: IdentityCenter, watched: bool) -> Result<Self> {
        crate::memory::expect_secrets();
        Ok(Self { runtime: crate::runtime()?, aws, watched })
    }

    /// Runs something that shows its own progress.
    pub(super) fn run<F: Future>(&self, work: F) -> F::Output {
        self.runtime.block_on(work)
    }

    /// Runs a call that should be short, and says so where it is not.
    pub(super) fn wait<F: Future>(&self, call: F) -> F::Output {
        self.runtime.block_on(async {
            let mut call = std::pin::pin!(call);
            tokio::select! {
                answer = &mut call => return answer,
                () = tokio::time::sleep(SILENCE), if self.watched => ui::tell("Waiting for AWS to answer ..."),
            }
            call.await
        })
    }
}
