//! `SecureStore: pass`: an entry of pass(1), the standard Unix password manager, through its program.

use std::io::{Read, Write};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use zeroize::Zeroizing;

use crate::context::Context;
use crate::ui;

use super::asking::Asking;
use super::item::{ItemStore, SERVICE};

/// What pass says of an entry that is not there.
const MISSING: &str = "is not in the password store";

/// In front of what gpg tells to programs.
const STATUS: &str = "[GNUPG:] ";

/// Bytes of an entry that are read.
const LONGEST: usize = 4096;

#[derive(Clone)]
pub(super) struct PasswordManager {
    /// The `PATH` on which it is looked for.
    path: Option<String>,
    /// What the person gives gpg by way of pass.
    gpg_options: Option<String>,
    asking: Asking,
    /// The process group of a call that is under way.
    running: Arc<Mutex<Option<u32>>>,
}

/// What a call of pass answered.
struct Answer {
    succeeded: bool,
    text: Zeroizing<String>,
    /// What it wrote to standard error.
    complaint: String,
}

impl PasswordManager {
    pub(super) fn new(context: &Context, asking: Asking) -> Self {
        let variable = |name| context.env.get(name).map(str::to_owned);
        Self {
            path: variable("PATH"),
            gpg_options: variable("PASSWORD_STORE_GPG_OPTS"),
            asking,
            running: Arc::default(),
        }
    }

    /// Runs `pass` with `input` on its standard input.
    fn call(&self, arguments: &[&str], input: Option<&str>) -> Result<Answer, String> {
        let directory = std::env::current_dir().unwrap_or_else(|_| "/".into());
        let program = which::which_in("pass", self.path.as_deref(), directory).map_err(|_| {
            "SecureStore pass needs the program pass, which is not on PATH: install it, or use SecureStore: file in \
             config.yaml"
                .to_owned()
        })?;
        let mut command = Command::new(program);
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
        // Its words are read, so they must be in one language; and our password is none of its business.
        command.env("LC_ALL", "C.UTF-8").env_remove("AWS_SSO_FILE_PASSWORD");
        self.let_gpg_ask(&mut command);
        let failed = |error: std::io::Error| format!("could not run pass: {error}");
        // Of its own, so that a call can be ended with all that it started. On a terminal Ctrl-C does that.
        #[cfg(unix)]
        if !self.asking.on_terminal {
            std::os::unix::process::CommandExt::process_group(&mut command, 0);
        }
        let child = command.spawn().map_err(failed)?;
        self.note(Some(child.id()));
        let answer = converse(child, input).map_err(failed);
        self.note(None);
        answer
    }

    fn note(&self, running: Option<u32>) {
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = running;
    }

    /// gpg's agent asks for a passphrase where this command may ask as well: on the terminal, in a window,
    /// or not at all. What became of that is asked of gpg's status lines, for its words are few.
    fn let_gpg_ask(&self, command: &mut Command) {
        let own = self.gpg_options.as_deref().unwrap_or_default();
        let never = if self.may_ask() { "" } else { " --pinentry-mode error" };
        command.env("PASSWORD_STORE_GPG_OPTS", format!("{own} --status-fd 2{never}"));
        match ui::terminal_name().filter(|_| self.asking.on_terminal) {
            Some(terminal) => command.env("GPG_TTY", terminal),
            None => command.env_remove("GPG_TTY"),
        };
    }

    fn may_ask(&self) -> bool {
        self.asking.on_terminal || self.asking.in_window
    }

    /// What to say of a call that failed.
    fn explain(&self, doing: &str, answer: &Answer) -> String {
        let told = |status: &str| answer.complaint.lines().any(|line| line.starts_with(&format!("{STATUS}{status}")));
        let lower = answer.complaint.to_lowercase();
        let (cause, next) = match () {
            () if lower.contains("pass init") => ("it has no store yet", "set it up by 'pass init YOUR-GPG-ID'"),
            () if told("DECRYPTION_FAILED") && !told("KEY_CONSIDERED") => {
                ("no secret key", "bring back the gpg key that the entry is encrypted for")
            }
            () if told("DECRYPTION_FAILED") && told("PINENTRY_LAUNCHED") => (
                "gpg did not get the passphrase",
                "try again, and where nothing asks for it, set a pinentry that works here in gpg-agent.conf",
            ),
            () if told("DECRYPTION_FAILED") && self.may_ask() => (
                "gpg finds no pinentry to ask for the passphrase",
                "install one, such as pinentry-curses, then run 'gpgconf --kill gpg-agent'",
            ),
            () if told("DECRYPTION_FAILED") => (
                "gpg is locked, and nobody can be asked here",
                "run 'aws-sso login' in a terminal, where it asks for the passphrase",
            ),
            () if lower.contains("encryption failed") => {
                (answer.cause(), "see in its file .gpg-id for which gpg key it encrypts")
            }
            () => (answer.cause(), "see whether 'pass ls' works"),
        };
        format!("pass could not {doing} ({cause}): {next}")
    }
}

impl ItemStore for PasswordManager {
    fn called(&self) -> &'static str {
        "pass"
    }

    fn read(&self, name: &str) -> Result<Option<Zeroizing<String>>, String> {
        let answer = self.call(&["show", &entry(name)], None)?;
        match answer.succeeded {
            true => Ok(Some(answer.text)),
            false if answer.complaint.contains(MISSING) => Ok(None),
            false => Err(self.explain("open the key of the vault", &answer)),
        }
    }

    fn write(&self, name: &str, text: &str) -> Result<(), String> {
        let answer = self.call(&["insert", "--multiline", "--force", &entry(name)], Some(text))?;
        if answer.succeeded { Ok(()) } else { Err(self.explain("keep the key of the vault", &answer)) }
    }

    fn remove(&self, name: &str) -> Result<(), String> {
        let answer = self.call(&["rm", "--force", &entry(name)], None)?;
        let gone = answer.succeeded || answer.complaint.contains(MISSING);
        if gone { Ok(()) } else { Err(self.explain("remove the key of the vault", &answer)) }
    }

    fn place(&self, name: &str) -> String {
        format!("entry {}", entry(name))
    }

    fn give_up(&self) {
        #[cfg(unix)]
        if let Some(group) = self.running.lock().unwrap_or_else(PoisonError::into_inner).take()
            && let Some(group) = i32::try_from(group).ok().and_then(rustix::process::Pid::from_raw)
        {
            let _ = match self.asking.on_terminal {
                true => rustix::process::kill_process(group, rustix::process::Signal::TERM),
                false => rustix::process::kill_process_group(group, rustix::process::Signal::TERM),
            };
        }
    }
}

/// What it is filed as, so that it lies in a folder of its own.
fn entry(name: &str) -> String {
    format!("{SERVICE}/{name}")
}

/// Gives a child its input, and reads what it answers into a buffer that never moves.
fn converse(mut child: Child, input: Option<&str>) -> std::io::Result<Answer> {
    if let (Some(mut pipe), Some(text)) = (child.stdin.take(), input) {
        // Where it does not listen, it says why by itself.
        let _ = pipe.write_all(text.as_bytes());
    }
    let mut text = Zeroizing::new(String::with_capacity(LONGEST));
    if let Some(out) = child.stdout.take() {
        // An entry that somebody made larger is none of ours.
        let _ = out.take(LONGEST as u64).read_to_string(&mut text);
    }
    let Output { status, stderr, .. } = child.wait_with_output()?;
    let complaint = String::from_utf8_lossy(&stderr).into_owned();
    Ok(Answer { succeeded: status.success(), text, complaint })
}

impl Answer {
    /// The line that tells why.
    fn cause(&self) -> &str {
        let words = |line: &&str| !line.is_empty() && !line.starts_with(STATUS);
        let lines = || self.complaint.lines().map(str::trim).filter(words);
        let cause = lines().find(|line| line.contains("failed")).or_else(|| lines().next());
        cause.unwrap_or("it gave no reason").trim_start_matches("Error: ")
    }
}
