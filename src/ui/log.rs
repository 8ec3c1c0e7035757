//! The log on standard error. Only our own events are written: the SDK's would show requests whole,
//! with their tokens.

use std::fmt::{Debug, Write};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, SubscriberExt};
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
    let ours = Targets::new().with_target("aws_sso", filter);
    let lines = Lines { lines, colour: super::wants_colour(&std::io::stderr(), env) };
    // A second start (tests run commands in one process) leaves the first in place.
    let _ = tracing_subscriber::registry().with(lines.with_filter(ours)).try_init();
}

/// Writes each event as one line: `aws-sso: warning: message name=value`.
struct Lines {
    lines: bool,
    colour: bool,
}

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut text = Text::default();
        event.record(&mut text);
        let (level, colour) = match *event.metadata().level() {
            Level::ERROR => ("error", 31),
            Level::WARN => ("warning", 33),
            Level::INFO => ("info", 32),
            Level::DEBUG => ("debug", 36),
            Level::TRACE => ("trace", 36),
        };
        let level = if self.colour { format!("\x1b[{colour}m{level}\x1b[0m") } else { level.to_owned() };
        let place = match (self.lines, event.metadata().file(), event.metadata().line()) {
            (true, Some(file), Some(line)) => format!(" {file}:{line}:"),
            _ => String::new(),
        };
        // Messages quote what files and servers say.
        super::write_error(&format!("aws-sso: {level}:{place} {}", one_line(&(text.message + &text.fields))));
    }
}

/// Message and fields of an event.
#[derive(Default)]
struct Text {
    message: String,
    fields: String,
}

impl Visit for Text {
    fn record_str(&mut self, field: &Field, value: &str) {
        let _ = write!(self.fields, " {field}={value}");
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}
