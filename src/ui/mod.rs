//! The terminal: what is printed where, progress, prompts, tables.
//!
//! Standard output carries only what a script may read; everything for people goes to standard error.

mod clipboard;
mod diff;
mod input;
pub(crate) mod interrupt;
mod log;
pub mod picker;
mod place;
mod progress;
mod prompt;
pub mod question;
mod screen;
mod style;
mod table;
mod width;

use std::io::{ErrorKind, IsTerminal, Write};

pub use clipboard::copy_to_terminal;
pub use diff::{print_diff, show_diff};
pub use log::start_log;
pub use progress::Progress;
pub use prompt::{confirm, password};
pub use style::color_of;
pub use table::{Cell, Paper, table, table_on, tree_on};

use crate::context::Env;
use crate::error::{is_format_control, one_line};
use crate::{Error, Result};

/// Writes to standard output. A reader that has gone away (`| head`) is no failure.
pub fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    wrote(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}

/// What became of a write to standard output.
pub(crate) fn wrote(outcome: std::io::Result<()>) -> Result<()> {
    match outcome {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::failed(format!("could not write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Prints JSON. What JSON may hold as it is but a terminal would obey is escaped as well.
pub fn print_json(json: &str) -> Result<()> {
    let mut text = String::with_capacity(json.len() + 1);
    for c in json.chars() {
        // A line break is layout: within a text it is escaped already.
        if !matches!(c, ' '..='~' | '\n') && (c.is_control() || is_format_control(c)) {
            text.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            text.push(c);
        }
    }
    text.push('\n');
    print(&text)
}

/// Writes lines for the person to standard error, each made safe for a terminal: most quote what files
/// and servers say.
pub fn tell(text: &str) {
    let safe: Vec<String> = text.split('\n').map(one_line).collect();
    write_error(&safe.join("\n"));
}

/// Writes a line to standard error as it is. There is nobody to tell if that fails.
fn write_error(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// The name of the terminal that standard error is, for programs that ask there.
pub fn terminal_name() -> Option<std::ffi::OsString> {
    #[cfg(unix)]
    {
        let name = rustix::termios::ttyname(std::io::stderr(), Vec::new()).ok()?;
        Some(std::os::unix::ffi::OsStringExt::from_vec(name.into_bytes()))
    }
    #[cfg(not(unix))]
    None
}

/// Whether to colour what goes to `stream`: a terminal that has colours, and a person who did not
/// object (`NO_COLOR`).
pub fn wants_colour(stream: &impl IsTerminal, env: &Env) -> bool {
    stream.is_terminal() && env.get("NO_COLOR").is_none() && env.get("TERM") != Some("dumb")
}

/// `text` in bold, where colours are wanted.
pub fn bold(text: &str, colour: bool) -> String {
    if colour { format!("\x1b[1m{text}\x1b[0m") } else { text.to_owned() }
}

/// How long until `expires_at`, at `now` (Unix time in seconds): `Expired`, `< 1m`, `5m`, `1h5m`.
pub fn time_left(expires_at: i64, now: i64) -> String {
    let left = expires_at.saturating_sub(now);
    match (left / 3600, left % 3600 / 60) {
        _ if left <= 0 => "Expired".to_owned(),
        (0, 0) => "< 1m".to_owned(),
        (0, minutes) => format!("{minutes}m"),
        (hours, minutes) => format!("{hours}h{minutes}m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_left_is_cut_to_whole_minutes() {
        for (seconds, text) in
            [(0, "Expired"), (-5, "Expired"), (55, "< 1m"), (301, "5m"), (18_301, "5h5m"), (45_000, "12h30m")]
        {
            assert_eq!(time_left(1000 + seconds, 1000), text);
        }
    }
}
