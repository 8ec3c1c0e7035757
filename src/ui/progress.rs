//! Progress of what takes longer than two seconds: a bar on a terminal, one line elsewhere.

use std::fmt::Write;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// What is shorter needs no progress.
const SILENCE: Duration = Duration::from_secs(2);

/// Counts up to a known number of things.
pub struct Progress {
    bar: ProgressBar,
    title: String,
    started: Instant,
    shown: bool,
    terminal: bool,
}

impl Progress {
    /// `title` is a sentence without a full stop ("Fetching roles for 460 accounts").
    pub fn new(title: impl Into<String>, total: usize) -> Self {
        let terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
        let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}  {rate}  ETA {eta}") {
            let rate = |state: &ProgressState, out: &mut dyn Write| {
                let _ = write!(out, "{:.0}/s", state.per_sec());
            };
            bar.set_style(style.with_key("rate", rate));
        }
        let title = title.into();
        bar.set_message(title.clone());
        Self { bar, title, started: Instant::now(), shown: false, terminal }
    }

    /// `count` more are done.
    pub fn advance(&mut self, count: usize) {
        self.bar.inc(count as u64);
        if self.shown || self.started.elapsed() < SILENCE {
            return;
        }
        self.shown = true;
        if self.terminal {
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
            self.bar.enable_steady_tick(Duration::from_millis(200));
        } else {
            super::tell(&format!("{} ...", self.title));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
