//! Questions to the person, asked on the terminal and never through standard output.

use std::io::{BufRead, ErrorKind, Write};

use secrecy::SecretString;

use super::interrupt::unless_interrupted;
use crate::{Error, Exit, Result};

/// Asks a yes-or-no question; Enter means yes.
pub fn confirm(question: &str) -> Result<bool> {
    let failed = |error: std::io::Error| Error::failed(format!("could not ask on the terminal: {error}"));
    let mut answer = String::new();
    {
        let mut err = std::io::stderr().lock();
        write!(err, "{question} [Y/n] ").and_then(|()| err.flush()).map_err(failed)?;
    }
    if std::io::stdin().lock().read_line(&mut answer).map_err(failed)? == 0 {
        return Ok(false);
    }
    Ok(matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes"))
}

/// Asks for a password without showing it. Ctrl-C gives the terminal back as it was.
pub fn password(question: &str) -> Result<SecretString> {
    crate::memory::expect_secrets();
    let question = question.to_owned();
    match interruptible(move || rpassword::prompt_password(question))? {
        Ok(password) => Ok(password.into()),
        Err(error) => Err(Error::store_unavailable(format!("no terminal can ask for the password ({error})"))),
    }
}

/// Asks for a line; none where there is nobody any more. Ctrl-C ends the command.
pub(super) fn line(question: &str) -> Result<Option<String>> {
    let failed = |error: std::io::Error| Error::failed(format!("could not ask on the terminal: {error}"));
    {
        let mut err = std::io::stderr().lock();
        write!(err, "{} ", crate::error::one_line(question)).and_then(|()| err.flush()).map_err(failed)?;
    }
    let mut answer = String::new();
    let read = interruptible(move || std::io::stdin().lock().read_line(&mut answer).map(|read| (read, answer)))?;
    let (read, answer) = read.map_err(failed)?;
    Ok((read > 0).then_some(answer))
}

/// Runs what waits for the terminal.
fn interruptible<T: Send + 'static>(
    ask: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<std::io::Result<T>> {
    let runtime = crate::runtime()?;
    let terminal = Terminal::save();
    let outcome = runtime.block_on(async { unless_interrupted(tokio::task::spawn_blocking(ask)).await });
    // The blocked read would hold an ordinary shutdown up.
    runtime.shutdown_background();
    match outcome {
        // The same signal may reach the read first.
        Some(Ok(Err(error))) if error.kind() == ErrorKind::Interrupted => Err(interrupted(terminal)),
        Some(Ok(answer)) => Ok(answer),
        Some(Err(error)) => Err(Error::failed(format!("could not ask on the terminal: {error}"))),
        None => Err(interrupted(terminal)),
    }
}

fn interrupted(terminal: Terminal) -> Error {
    terminal.restore();
    super::tell("");
    Error::new(Exit::Interrupted, "interrupted")
}

/// The modes of the terminal, to be given back.
struct Terminal {
    #[cfg(unix)]
    saved: Option<(std::fs::File, rustix::termios::Termios)>,
}

impl Terminal {
    #[cfg(unix)]
    fn save() -> Self {
        let open = std::fs::File::options().read(true).write(true).open("/dev/tty").ok();
        Self { saved: open.and_then(|tty| rustix::termios::tcgetattr(&tty).ok().map(|modes| (tty, modes))) }
    }

    #[cfg(unix)]
    fn restore(self) {
        if let Some((tty, modes)) = self.saved {
            let _ = rustix::termios::tcsetattr(tty, rustix::termios::OptionalActions::Now, &modes);
        }
    }

    #[cfg(not(unix))]
    fn save() -> Self {
        Self {}
    }

    #[cfg(not(unix))]
    fn restore(self) {}
}
