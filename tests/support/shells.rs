//! The shells that read what `eval` prints, as their users do it.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::BTreeMap;
use std::process::Command;

use identity_center::Simulator;

use super::support::{Home, config, variables};

/// One documented way to read what `eval` prints. The arguments of the script are those of `eval`.
pub struct Way {
    pub program: &'static str,
    pub options: &'static [&'static str],
    pub read: &'static str,
}

/// As strict as scripts are; an eval that stumbles ends the shell.
pub const BASH: &[&str] = &["--norc", "-euo", "pipefail", "-c"];
pub const ZSH: &[&str] = &["-f", "-euc"];

pub const WAYS: [Way; 6] = [
    Way { program: "bash", options: BASH, read: r#"eval "$(aws-sso eval "$@")""# },
    Way { program: "bash", options: BASH, read: r#"eval $(aws-sso eval "$@")"# },
    Way { program: "zsh", options: ZSH, read: r#"eval "$(aws-sso eval "$@")""# },
    Way { program: "zsh", options: ZSH, read: r#"eval $(aws-sso eval "$@")"# },
    Way { program: "fish", options: &["--no-config", "-c"], read: "aws-sso eval $argv | source" },
    Way { program: "dash", options: &["-euc"], read: r#"eval "$(aws-sso eval "$@")""# },
];

impl Way {
    /// The shell in `home`, about to run `script` with `arguments`.
    pub fn shell(&self, home: &Home, script: &str, arguments: &[&str]) -> Command {
        let mut command = home.program(self.program);
        command.args(self.options).arg(script);
        // fish counts its arguments from the first, the others from their own name.
        command.arg(if self.program == "fish" { "--" } else { self.program }).args(arguments);
        command
    }

    /// The script, whose output is environments: each ended by `END=`.
    pub fn environments(&self, home: &Home, script: &str, arguments: &[&str]) -> Vec<BTreeMap<String, String>> {
        let output = self.shell(home, script, arguments).output().expect("the shell starts");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && errors.is_empty(), "{} {}: {errors}", self.program, self.read);
        let mut environments = vec![BTreeMap::new()];
        for entry in output.stdout.split_inclusive(|byte| *byte == 0) {
            if entry == b"END=\0" {
                environments.push(BTreeMap::new());
            } else {
                environments.last_mut().expect("one at least").append(&mut variables(entry));
            }
        }
        assert_eq!(environments.pop(), Some(BTreeMap::new()), "the last one was ended");
        environments
    }

    /// The environment after `eval` with `arguments`.
    pub fn load(&self, home: &Home, arguments: &[&str]) -> BTreeMap<String, String> {
        self.environments(home, &format!("{}; {SHOW}", self.read), arguments).remove(0)
    }
}

pub const SHOW: &str = r"env -0; printf 'END=\0'";

/// A home with a session, and `aws-sso` on the path of its shells.
pub fn signed_in(simulator: &Simulator, instance: &str, more: &str) -> Home {
    let mut home = Home::new(simulator, "");
    let path = home.search_path();
    home.set("PATH", &path);
    home.write_config(&config(simulator, instance, &format!("SecureStore: json\n{more}")));
    home.ok(&["login"]);
    home
}
