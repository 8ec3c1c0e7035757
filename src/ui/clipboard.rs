//! The clipboard of the terminal, which over SSH is the one of the computer that the person sits at.

use std::io::{IsTerminal, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::context::Env;
use crate::{Error, Result};

/// Sends a text to the terminal's clipboard by the control sequence OSC 52. Whether the terminal obeys, it does
/// not say. Where standard error is no terminal the sequence goes to the one that the process belongs to, for a
/// file is no place for it.
pub fn copy_to_terminal(text: &str, env: &Env) -> Result<()> {
    let sequence = wrapped(&osc52(text), env);
    let written = if std::io::stderr().is_terminal() {
        let mut terminal = std::io::stderr().lock();
        terminal.write_all(sequence.as_bytes()).and_then(|()| terminal.flush())
    } else {
        std::fs::File::options().write(true).open("/dev/tty").and_then(|mut tty| tty.write_all(sequence.as_bytes()))
    };
    written.map_err(|_| Error::failed("there is no terminal whose clipboard could be used (UrlAction ansi-osc52)"))
}

fn osc52(text: &str) -> String {
    format!("\x1b]52;c;{}\x07", STANDARD.encode(text))
}

/// GNU screen hands on what is wrapped, in pieces of at most 768 bytes. tmux reads the sequence itself
/// (`set-clipboard on`).
fn wrapped(sequence: &str, env: &Env) -> String {
    if env.get("STY").is_none() || env.get("TMUX").is_some() {
        return sequence.to_owned();
    }
    let pieces = sequence.as_bytes().chunks(500).map(|piece| format!("\x1bP{}\x1b\\", String::from_utf8_lossy(piece)));
    pieces.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_reaches_the_clipboard_whatever_is_between() {
        assert_eq!(osc52("https://a.b/é"), "\x1b]52;c;aHR0cHM6Ly9hLmIvw6k=\x07");
        let env = |variables: &[(&str, &str)]| variables.iter().copied().collect::<Env>();
        assert_eq!(wrapped("\x1b]x\x07", &env(&[])), "\x1b]x\x07");
        assert_eq!(wrapped("\x1b]x\x07", &env(&[("STY", "1.x")])), "\x1bP\x1b]x\x07\x1b\\");
        assert_eq!(wrapped("\x1b]x\x07", &env(&[("STY", "1.x"), ("TMUX", "x")])), "\x1b]x\x07");
        let long = wrapped(&osc52(&"x".repeat(2000)), &env(&[("STY", "1.x")]));
        let inner: String = long.split("\x1b\\").map(|piece| piece.strip_prefix("\x1bP").unwrap_or(piece)).collect();
        assert_eq!(inner, osc52(&"x".repeat(2000)));
    }
}
