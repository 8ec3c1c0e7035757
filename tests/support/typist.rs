//! A person at the prompt of a shell: real shells on real terminals, typed into key by key.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use identity_center::Simulator;
use rexpect::session::PtySession;

use super::support::{Home, variables};

/// Longer than any step takes, so that what never comes fails the test.
const PATIENCE_MS: u64 = 20_000;

pub const TAB: &str = "\t";
pub const CTRL_C: &str = "\x03";
pub const CTRL_U: &str = "\x15";

/// The shells of the suite that can be run here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shell {
    Bash,
    Zsh,
    Fish,
}

pub const SHELLS: [Shell; 3] = [Shell::Bash, Shell::Zsh, Shell::Fish];

impl Shell {
    pub fn program(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
        }
    }

    /// The rc file in a home.
    pub fn rc_file(self, home: &Home) -> PathBuf {
        home.path().join(match self {
            Self::Bash => ".bashrc",
            Self::Zsh => ".zshrc",
            Self::Fish => ".config/fish/config.fish",
        })
    }

    /// Spares fish what it does at its first start in a home: to read all manual pages in the background, which
    /// goes on when the test is over.
    pub fn settle_in(self, home: &Home) {
        if self == Self::Fish {
            let generated = home.path().join(".local/share/fish/generated_completions");
            std::fs::create_dir_all(generated).expect("a directory");
        }
    }

    /// The documented line of the rc file.
    pub fn line(self) -> String {
        match self {
            Self::Bash | Self::Zsh => format!("eval \"$(aws-sso shell-init {})\"\n", self.program()),
            Self::Fish => "aws-sso shell-init fish | source\n".to_owned(),
        }
    }

    /// A prompt that counts: `ready1> `, `ready2> `, so that each is told from the one before, however
    /// often it is drawn.
    pub fn counting_prompt(self) -> &'static str {
        match self {
            Self::Bash => "PS1='ready$((__n += 0))> '\nPROMPT_COMMAND='((__n += 1))'\n",
            Self::Zsh => {
                "precmd() { psvar[1]=$(( ++__n )) }\nPROMPT='ready%1v> '\nPROMPT_EOL_MARK=\nunsetopt prompt_sp\n\
                 zmodload -i zsh/complist\nautoload -Uz compinit && compinit -u -D\nzstyle ':completion:*' menu no\nsetopt no_beep no_auto_menu\n"
            }
            Self::Fish => {
                "set -g fish_greeting\nset -g __n 0\nfunction __count --on-event fish_prompt; set -g __n (math $__n + 1); end\n\
                 function fish_prompt; printf 'ready%s> ' $__n; end\nfunction fish_right_prompt; end\nset -g fish_handle_reflow 0\n"
            }
        }
    }
}

/// A shell on a terminal, with its prompt drawn.
pub struct Typist {
    pub shell: Shell,
    pub session: PtySession,
    home: PathBuf,
    /// The number in the prompt that is on the screen.
    prompt: u32,
    files: u32,
}

impl Typist {
    /// Starts a shell whose rc file has the documented line.
    pub fn sit_down(shell: Shell, home: &Home) -> Self {
        Self::with_rc(shell, home, "", "")
    }

    /// Starts a shell with `before` and `after` around the documented line.
    pub fn with_rc(shell: Shell, home: &Home, before: &str, after: &str) -> Self {
        Self::with_exact_rc(
            shell,
            home,
            &format!("{}{before}\n{}{after}\n", shell.counting_prompt(), shell.line()),
            &[],
        )
    }

    /// Starts a shell with the documented line and further options of the program.
    pub fn with_options(shell: Shell, home: &Home, options: &[&str], before: &str) -> Self {
        let rc = format!("{}{before}\n{}", shell.counting_prompt(), shell.line());
        Self::with_exact_rc(shell, home, &rc, options)
    }

    pub fn with_exact_rc(shell: Shell, home: &Home, rc: &str, options: &[&str]) -> Self {
        Self::under(&[], shell, home, rc, options)
    }

    /// Starts a shell as the child of a program such as strace, which ends in the shell's own arguments.
    pub fn under(tracer: &[&str], shell: Shell, home: &Home, rc: &str, options: &[&str]) -> Self {
        shell.settle_in(home);
        let file = shell.rc_file(home);
        std::fs::create_dir_all(file.parent().expect("a directory")).expect("rc directory");
        std::fs::write(file, rc).expect("rc file");
        // Readline shows nothing where the terminal does not echo, as rexpect sets it up.
        let mut command = home.program("sh");
        command.args(["-c", r#"stty echo cols 120 rows 40; exec "$@""#, "sh"]).args(tracer).arg(shell.program());
        command.args(options).arg("-i").stdin(Stdio::inherit());
        command.env("PATH", home.search_path()).env("TERM", "xterm-256color").env("INPUTRC", "/dev/null");
        command.env("HISTFILE", home.path().join("history")).env("SHELL", shell.program()).env("PWD", home.path());
        let mut session = rexpect::session::spawn_command(command, Some(PATIENCE_MS)).expect("a terminal");
        // An interactive shell does not end by SIGTERM.
        session.process_mut().set_kill_timeout(Some(100));
        let mut typist = Self { shell, session, home: home.path().to_owned(), prompt: 0, files: 0 };
        typist.wait_for_prompt();
        typist
    }

    /// Waits for the prompt after an Enter or a Ctrl-C that was typed by `keys`.
    pub fn wait_for_prompt(&mut self) {
        self.prompt += 1;
        let expected = format!("ready{}> ", self.prompt);
        if let Err(shown) = self.wait_for(&expected) {
            panic!("{:?}: no prompt {expected:?}, but {shown:?}", self.shell);
        }
    }

    /// Reads until `text` comes; what came before it, or all that came where it does not. rexpect's own way
    /// looks ten times a second, which is what a test of many lines would consist of.
    fn wait_for(&mut self, text: &str) -> Result<String, String> {
        let start = Instant::now();
        let mut shown = String::new();
        while start.elapsed() < Duration::from_millis(PATIENCE_MS) {
            while let Some(character) = self.session.try_read() {
                shown.push(character);
                if shown.ends_with(text) {
                    shown.truncate(shown.len() - text.len());
                    return Ok(shown);
                }
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Err(shown)
    }

    /// Types without Enter. Keys such as TAB are read by the line editor: there is a prompt.
    pub fn keys(&mut self, keys: &str) {
        self.session.send(keys).expect("the keys are typed");
        self.session.flush().expect("the keys are typed");
    }

    /// Presses Enter and waits for the next prompt.
    pub fn enter(&mut self) {
        self.keys("\r");
        self.wait_for_prompt();
    }

    /// Presses Enter and waits until `text` is shown, and then for the next prompt.
    #[track_caller]
    pub fn enter_seeing(&mut self, text: &str) {
        self.keys("\r");
        self.sees(text);
        self.wait_for_prompt();
    }

    /// Presses Enter; what is shown until the next prompt.
    pub fn enter_showing(&mut self) -> String {
        self.keys("\r");
        self.prompt += 1;
        self.sees(&format!("ready{}> ", self.prompt))
    }

    /// Types a line and presses Enter; the next prompt is there afterwards.
    pub fn line(&mut self, line: &str) {
        self.keys(line);
        self.enter();
    }

    /// Types several lines ahead of the shell; the prompt after the last one is there afterwards.
    pub fn lines(&mut self, lines: &[&str]) {
        let Some((_, before)) = lines.split_last() else { return };
        self.keys(&lines.iter().map(|line| format!("{line}\r")).collect::<String>());
        self.prompt += u32::try_from(before.len()).expect("a few lines");
        self.wait_for_prompt();
    }

    /// Types a line and presses Enter; what is shown up to the next prompt, the line itself among it.
    pub fn shown(&mut self, line: &str) -> String {
        self.keys(line);
        self.keys("\r");
        self.prompt += 1;
        self.sees(&format!("ready{}> ", self.prompt))
    }

    /// Types a line that starts another shell, whose prompts count from one; the number to come back to.
    pub fn starts_shell(&mut self, line: &str) -> u32 {
        let outer = std::mem::take(&mut self.prompt);
        self.line(line);
        outer
    }

    /// Leaves the shell that `starts_shell` has started.
    pub fn comes_back(&mut self, outer: u32) {
        self.prompt = outer;
        self.line("exit");
    }

    /// What is shown until `text` comes.
    #[track_caller]
    pub fn sees(&mut self, text: &str) -> String {
        // The terminal's bytes arrive as one character each.
        let bytes: String = text.bytes().map(char::from).collect();
        match self.wait_for(&bytes) {
            Ok(before) => before,
            Err(shown) => panic!("{:?} does not show {text:?}, but {shown:?}", self.shell),
        }
    }

    /// Runs a line and gives what it printed on standard output and standard error.
    pub fn output(&mut self, line: &str) -> String {
        self.files += 1;
        let file = self.home.join(format!("output.{}", self.files));
        let redirected = match self.shell {
            Shell::Fish => format!("begin; {line}; end >{0} 2>&1", file.display()),
            _ => format!("{{ {line}; }} >|{0} 2>&1", file.display()),
        };
        self.line(&redirected);
        std::fs::read_to_string(file).expect("the output")
    }

    /// The exported variables of the shell.
    pub fn environment(&mut self) -> BTreeMap<String, String> {
        variables(self.output("command env -0").as_bytes())
    }

    /// The value of a variable of the shell itself, exported or not; empty where there is none.
    pub fn variable(&mut self, name: &str) -> String {
        let mut line = String::new();
        let _ = match self.shell {
            Shell::Fish => write!(line, "builtin printf %s \"${name}\""),
            _ => write!(line, "builtin printf %s \"${{{name}-}}\""),
        };
        self.output(&line)
    }

    /// The status of a line, as the next command sees it.
    pub fn status(&mut self, line: &str) -> String {
        self.line(line);
        let status = if self.shell == Shell::Fish { "$status" } else { "$?" };
        self.output(&format!("builtin printf %s {status}"))
    }

    /// Says goodbye; what was shown since the last prompt.
    pub fn leave(mut self) -> String {
        self.keys("\x15exit\r");
        self.session.exp_eof().expect("the shell ends")
    }
}

/// Gives credentials a life whose minutes do not change while a test looks: `1h30m` for half a minute.
pub fn long_enough(simulator: &Simulator) {
    simulator.adjust_lifetimes(|lifetimes| lifetimes.role_credentials = Duration::from_secs(90 * 60 + 40));
}
