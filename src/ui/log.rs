//! The log on standard error. Only our own events are written: the SDK's would show requests whole,
//! with their tokens.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::LogLevel;
use crate::context::Env;

/// Starts the log at a level; `lines` adds where in the source an event comes from. The first call
/// counts.
pub fn start_log(level: LogLevel, lines: bool, env: &Env) {
    let filter = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let format = tracing_subscriber::fmt::layer()
        .without_time()
        .with_target(false)
        .with_file(lines)
        .with_line_number(lines)
        .with_ansi(super::wants_colour(&std::io::stderr(), env))
        .with_writer(std::io::stderr);
    let ours = Targets::new().with_target("aws_sso", filter);
    // A second start (tests run commands in one process) leaves the first in place.
    let _ = tracing_subscriber::registry().with(ours).with(format).try_init();
}
