//! The log on standard error. Only our own events are written: the SDK's would show requests whole,
//! with their tokens.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::field::MakeExt;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::debug_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::LogLevel;
use crate::context::Env;
use crate::error::one_line;

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
        // Names of other people are in the messages: they may neither forge a line nor move the cursor.
        .fmt_fields(
            debug_fn(|writer, field, value| match field.name() {
                "message" => writer.write_str(&one_line(&format!("{value:?}"))),
                name => write!(writer, "{name}={}", one_line(&format!("{value:?}"))),
            })
            .delimited(" "),
        )
        .with_ansi(super::wants_colour(&std::io::stderr(), env))
        .with_writer(std::io::stderr);
    let ours = Targets::new().with_target("aws_sso", filter);
    // A second start (tests run commands in one process) leaves the first in place.
    let _ = tracing_subscriber::registry().with(ours).with(format).try_init();
}
