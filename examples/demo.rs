//! The product on a simulated IAM Identity Center: `cargo run --example demo`.
//!
//! Signs in with the real `aws-sso`, shows what it does, and opens your shell as a role. Everything
//! happens in a throw-away home directory; nothing of yours is read or written, and AWS is not called.
//! Without a terminal the same tour runs by itself.
//!
//! The demo is also the two helpers of its tour, under the names that its home has for it: `browser`
//! signs in to the simulator, `who-am-i` asks the simulated STS.

#![allow(clippy::disallowed_methods, reason = "a program of its own: it has no Context")]

#[path = "demo/helpers.rs"]
mod helpers;
#[path = "demo/home.rs"]
mod home;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result, ensure};
use identity_center::{Organization, Simulator};
use tempfile::TempDir;

const ACCOUNTS: usize = 40;
const ROLES: usize = 120;
const ROLE: &str = "payments-dev:ReadOnly";
const OTHER_ROLE: &str = "payments-prod:ReadOnly";

fn main() -> ExitCode {
    let mut arguments = std::env::args_os();
    let name = arguments.next().map(PathBuf::from).unwrap_or_default();
    let name = name.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let outcome = match name.as_str() {
        "browser" => helpers::browse(&arguments.next().unwrap_or_default().to_string_lossy()),
        "who-am-i" => helpers::who_am_i(),
        _ => tour(),
    };
    let Err(error) = outcome else { return ExitCode::SUCCESS };
    eprintln!("{name}: {error:#}");
    ExitCode::FAILURE
}

fn tour() -> Result<()> {
    // Before the build: cargo may put another file in its place.
    let itself = std::env::current_exe().context("could not find the demo's own executable")?;
    let program = built_program(&itself)?;
    let simulator = Simulator::start(Organization::generated(ACCOUNTS, ROLES));
    let demo = Demo::new([&program, &itself], &simulator)?;

    demo.say(&format!(
        "A simulated IAM Identity Center with {ACCOUNTS} accounts and {ROLES} roles; your home is {}.",
        demo.home.path().display()
    ));
    demo.show("cat ~/.config/aws-sso/config.yaml", &["sh", "-c", "cat ~/.config/aws-sso/config.yaml"])?;
    demo.run(&["aws-sso", "login"])?;
    demo.run(&["aws-sso", "list", "Profile", "AccountIdPad", "EmailAddress", "--prefix", "AccountAlias=payments"])?;
    demo.run(&["aws-sso", "exec", "-p", ROLE, "--", "who-am-i"])?;
    if demo.terminal {
        return demo.open_shell();
    }
    demo.run(&["aws-sso", "exec", "-p", ROLE, "--", "aws-sso", "status"])?;
    let eval =
        format!(r#"eval "$(aws-sso eval -p {OTHER_ROLE})"; echo "$AWS_SSO_PROFILE in $AWS_REGION"; aws-sso time"#);
    demo.show(&eval, &["sh", "-c", &eval])?;
    demo.run(&["aws-sso", "logout"])?;
    demo.say("That was the tour. In a terminal it ends in your own shell, as a role.");
    Ok(())
}

/// The `aws-sso` beside this example, brought up to date where cargo runs the demo.
fn built_program(itself: &Path) -> Result<PathBuf> {
    let directory = itself.ancestors().nth(2).context("the demo is not where cargo puts examples")?;
    if let Some(cargo) = std::env::var_os("CARGO") {
        let status = build_command(&cargo, directory).status().context("could not run cargo")?;
        ensure!(status.success(), "aws-sso could not be built: run 'cargo build' to see why");
    }
    let program = directory.join(format!("aws-sso{}", std::env::consts::EXE_SUFFIX));
    ensure!(program.exists(), "{} is missing: run 'cargo run --example demo'", program.display());
    Ok(program)
}

fn build_command(cargo: &OsStr, directory: &Path) -> Command {
    let mut command = Command::new(cargo);
    // What cargo tells the demo of its own package; some build scripts would take it for theirs.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    let profile = directory.file_name().filter(|name| *name != "debug").unwrap_or(OsStr::new("dev"));
    // Together with the example, so that both have their dependencies in common.
    command.args(["build", "--quiet", "--bin", "aws-sso", "--example", "demo", "--profile"]).arg(profile);
    command.arg("--manifest-path").arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
    command.arg("--target-dir").arg(directory.parent().unwrap_or(directory));
    command
}

/// A person's home with a config for the simulator, and the environment for programs that run in it.
struct Demo {
    home: TempDir,
    environment: Vec<(OsString, OsString)>,
    terminal: bool,
}

impl Demo {
    fn new(programs: [&Path; 2], simulator: &Simulator) -> Result<Self> {
        let home = tempfile::Builder::new().prefix("aws-sso-demo-").tempdir().context("could not make a home")?;
        let terminal =
            std::io::stdin().is_terminal() && std::io::stdout().is_terminal() && std::io::stderr().is_terminal();
        remove_on_interrupt(home.path().to_owned());
        home::furnish(home.path(), programs, simulator, terminal).context("could not furnish the demo's home")?;
        let environment = home::environment(home.path(), simulator)?;
        Ok(Self { home, environment, terminal })
    }

    fn say(&self, text: &str) {
        println!("{}\n", self.bold(text));
    }

    fn bold(&self, text: &str) -> String {
        if self.terminal && std::env::var_os("NO_COLOR").is_none() {
            format!("\x1b[1m{text}\x1b[0m")
        } else {
            text.into()
        }
    }

    fn run(&self, words: &[&str]) -> Result<()> {
        self.show(&words.join(" "), words)
    }

    /// Runs a command under the line that a person would type.
    fn show(&self, line: &str, words: &[&str]) -> Result<()> {
        println!("{}", self.bold(&format!("$ {line}")));
        let mut command = self.command(words[0]);
        command.args(&words[1..]);
        let status = if self.terminal {
            command.status()
        } else {
            command.stdin(Stdio::null()).output().and_then(|output| {
                let mut stdout = std::io::stdout().lock();
                stdout.write_all(&output.stderr).and_then(|()| stdout.write_all(&output.stdout)).map(|()| output.status)
            })
        };
        ensure!(status.with_context(|| format!("could not run {}", words[0]))?.success(), "'{line}' failed");
        println!();
        Ok(())
    }

    /// A program of the demo's PATH, with nothing of the person's environment that matters.
    fn command(&self, name: &str) -> Command {
        let path = self.home.path().join("bin").join(name);
        let mut command = Command::new(if path.exists() { path.into_os_string() } else { name.into() });
        command.env_clear().envs(self.environment.iter().map(|(n, v)| (n, v))).current_dir(self.home.path());
        command
    }

    fn open_shell(self) -> Result<()> {
        self.say(&format!("$ aws-sso exec -p {ROLE}"));
        for (line, meaning) in [
            ("who-am-i", "what AWS would say"),
            ("aws-sso-use search-", "and TAB: another role, in this shell"),
            ("aws-sso-use pay prod read", "the role that these words fit"),
            ("aws-sso-use -", "the role before"),
            ("aws-sso-clear", "no role"),
            ("aws-sso allow --init", "let this directory choose the role of the shell"),
            ("aws-sso status", "what this shell is"),
            ("exit", "ends the demo and removes its home"),
        ] {
            println!("  {}  {meaning}", self.bold(&format!("{line:<28}")));
        }
        println!();
        // What the last command in the shell answered is the person's business.
        self.command("aws-sso").args(["exec", "-p", ROLE]).status().context("could not run aws-sso")?;
        self.home.close().context("could not remove the demo's home")?;
        println!("The demo has ended, and its home is gone.");
        Ok(())
    }
}

/// A tour that is broken off leaves nothing behind either. In the shell, Ctrl-C belongs to the shell.
fn remove_on_interrupt(home: PathBuf) {
    std::thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        if runtime.block_on(interruption()).is_ok() {
            let _ = fs::remove_dir_all(home);
            std::process::exit(130);
        }
    });
}

#[cfg(unix)]
async fn interruption() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut hangup, mut terminate) = (signal(SignalKind::hangup())?, signal(SignalKind::terminate())?);
    tokio::select! {
        _ = hangup.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
        interrupted = tokio::signal::ctrl_c() => interrupted,
    }
}

#[cfg(not(unix))]
async fn interruption() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
