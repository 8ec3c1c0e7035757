//! A shell in a terminal emulator whose screen can be read: tmux.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use super::support::Home;
use super::typist::Shell;

/// Longer than any step takes, so that what never comes fails the test.
const PATIENCE: Duration = Duration::from_secs(20);

/// The prompt of every shell here.
pub const PROMPT: &str = "$ ";

/// A terminal of a size with a shell in it.
pub struct Screen<'a> {
    home: &'a Home,
    /// Where its server listens: one that ends is not yet gone when the next one starts.
    socket: PathBuf,
}

/// Counts the servers of this process.
static SERVERS: AtomicU32 = AtomicU32::new(0);

impl<'a> Screen<'a> {
    /// Starts a shell that has read the documented line and stands at its prompt.
    pub fn open(home: &'a Home, shell: Shell, size: (u16, u16)) -> Self {
        Self::with(home, shell, size, &[])
    }

    /// The same with further variables.
    pub fn with(home: &'a Home, shell: Shell, (width, height): (u16, u16), variables: &[(&str, &str)]) -> Self {
        shell.settle_in(home);
        let prompt = match shell {
            Shell::Bash => "PS1='$ '\n",
            Shell::Zsh => "PROMPT='$ '\nPROMPT_EOL_MARK=\n",
            Shell::Fish => "set -g fish_greeting\nfunction fish_prompt; echo -n '$ '; end\n",
        };
        let file = shell.rc_file(home);
        std::fs::create_dir_all(file.parent().expect("a directory")).expect("a directory");
        let line = match shell {
            Shell::Fish => "aws-sso shell-init fish --no-prompt | source\n".to_owned(),
            _ => format!("eval \"$(aws-sso shell-init {} --no-prompt)\"\n", shell.program()),
        };
        std::fs::write(file, format!("{prompt}{line}")).expect("an rc file");
        shell.settle_in(home);
        let socket = home.path().join(format!("tmux.{}", SERVERS.fetch_add(1, Ordering::Relaxed)));
        let screen = Self { home, socket };
        let mut command = screen.command();
        command.args(["-f", "/dev/null", "new-session", "-d", "-x", &width.to_string(), "-y", &height.to_string()]);
        command.args(["-e", &format!("PWD={}", home.path().display())]);
        for (name, value) in variables {
            command.args(["-e", &format!("{name}={value}")]);
        }
        command.args([shell.program(), "-i"]);
        assert!(command.status().expect("tmux starts").success());
        screen.until("the prompt", |lines| lines.iter().any(|line| line.trim_end() == PROMPT.trim_end()));
        screen
    }

    fn command(&self) -> Command {
        let mut command = self.home.program("tmux");
        command.env("PATH", self.home.search_path()).env("TERM", "xterm-256color").current_dir(self.home.path());
        // A shell that is hung up would write its history into a home that is gone.
        command.env("HISTFILE", "/dev/null").arg("-S").arg(&self.socket);
        command
    }

    fn tmux(&self, arguments: &[&str]) -> String {
        let output = self.command().args(arguments).output().expect("tmux answers");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text in UTF-8")
    }

    /// Types a text as it is.
    pub fn types(&self, text: &str) {
        self.tmux(&["send-keys", "-l", text]);
    }

    /// Presses keys by tmux's names: `Enter`, `C-c`, `Escape`.
    pub fn press(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys"], keys].concat());
    }

    /// Types a command line and presses Enter.
    pub fn enters(&self, line: &str) {
        self.types(line);
        self.press(&["Enter"]);
    }

    /// Pastes a text, bracketed where the program asked for that.
    pub fn pastes(&self, text: &str) {
        self.tmux(&["set-buffer", text]);
        self.tmux(&["paste-buffer", "-p"]);
    }

    pub fn resize(&self, width: u16, height: u16) {
        self.tmux(&["resize-window", "-x", &width.to_string(), "-y", &height.to_string()]);
    }

    /// The lines on the screen, without spaces at their ends and without empty lines at the end.
    pub fn lines(&self) -> Vec<String> {
        let text = self.tmux(&["capture-pane", "-p"]);
        let mut lines: Vec<String> = text.lines().map(|line| line.trim_end().to_owned()).collect();
        while lines.last().is_some_and(String::is_empty) {
            lines.pop();
        }
        lines
    }

    /// The screen with the codes of its colours.
    pub fn coloured(&self) -> String {
        self.tmux(&["capture-pane", "-p", "-e"])
    }

    /// Waits until the screen fits.
    #[track_caller]
    pub fn until(&self, what: &str, fits: impl Fn(&[String]) -> bool) -> Vec<String> {
        let start = Instant::now();
        loop {
            let lines = self.lines();
            if fits(&lines) {
                return lines;
            }
            assert!(start.elapsed() < PATIENCE, "{what} does not come: {lines:#?}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Waits until the screen has exactly these lines.
    #[track_caller]
    pub fn shows(&self, expected: &[&str]) {
        self.until(&format!("{expected:#?}"), |lines| lines == expected);
    }

    /// Waits until a line holds a text.
    #[track_caller]
    pub fn sees(&self, text: &str) -> Vec<String> {
        self.until(text, |lines| lines.iter().any(|line| line.contains(text)))
    }

    /// Runs a command line that prints one line; that line.
    #[track_caller]
    pub fn answer(&self, line: &str) -> String {
        let file = self.home.path().join("answer");
        let _ = std::fs::remove_file(&file);
        self.enters(&format!("{line} >answer.new; mv answer.new answer"));
        let start = Instant::now();
        while !file.exists() {
            assert!(start.elapsed() < PATIENCE, "{line}: no answer, but {:#?}", self.lines());
            std::thread::sleep(Duration::from_millis(10));
        }
        std::fs::read_to_string(&file).expect("an answer").trim_end().to_owned()
    }
}

impl Drop for Screen<'_> {
    fn drop(&mut self) {
        let _ = self.command().arg("kill-server").output();
    }
}
