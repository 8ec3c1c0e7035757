//! The clipboard, by the program that the desktop has for it.
//!
//! On X11 and Wayland the clipboard's content lives in the program that put it there: theirs stay for it, ours
//! must end.

use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::context::{Context, Env};
use crate::{Error, Result};

use super::program::{self, Started};

/// How long a program may take to copy. One that is still there stays for the content.
const PATIENCE: Duration = Duration::from_secs(2);

/// The commands that copy what they read, in the order in which they are tried.
pub fn clipboard_programs(env: &Env) -> Vec<&'static [&'static str]> {
    let mut commands: Vec<&[&str]> = Vec::new();
    if cfg!(target_os = "macos") {
        commands.push(&["pbcopy"]);
    }
    if cfg!(windows) || env.get("WSL_DISTRO_NAME").is_some() {
        commands.push(&["clip.exe"]);
    }
    if env.get("WAYLAND_DISPLAY").is_some() {
        commands.push(&["wl-copy"]);
    }
    if env.get("DISPLAY").is_some() {
        commands.extend([&["xclip", "-selection", "clipboard"][..], &["xsel", "--clipboard", "--input"]]);
    }
    commands
}

/// Puts a text into the clipboard. It reaches the program by its input: arguments are for all to see.
pub(super) fn copy(context: &Context, text: &str) -> Result<()> {
    let commands = clipboard_programs(&context.env);
    if commands.is_empty() {
        return Err(Error::failed("there is no desktop here whose clipboard could be used (UrlAction clip)"));
    }
    let Some((command, path)) = commands.iter().find_map(|command| Some((command, which::which(command[0]).ok()?)))
    else {
        let names: Vec<&str> = commands.iter().map(|command| command[0]).collect();
        return Err(Error::failed(format!("the clipboard needs one of {}, and none was found", names.join(", "))));
    };
    let failed = |why: &dyn std::fmt::Display| Error::failed(format!("{} did not copy the URL: {why}", command[0]));
    let mut child =
        program::detached(&path).args(&command[1..]).stdin(Stdio::piped()).spawn().map_err(|error| failed(&error))?;
    let written = child.stdin.take().map_or(Ok(()), |mut input| input.write_all(text.as_bytes()));
    let bad_end = Started::new(command[0], child).bad_end(Some(Instant::now() + PATIENCE), || true);
    match (bad_end, written) {
        (Some(status), _) => Err(failed(&status)),
        (None, Err(error)) => Err(failed(&error)),
        (None, Ok(())) => Ok(()),
    }
}
