//! Directories with role files, and what a shell that comes into one gets: its environment after the
//! answer of `hook bash sync`, and what that said.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use identity_center::Simulator;

use super::support::{BINARY, Home, config, small_organization, variables};

pub const FILE: &str = ".aws-sso-role";
pub const DEV: &str = "000000000001:Admin";
pub const DEV_ARN: &str = "arn:aws:iam::000000000001:role/Admin";
pub const PROD: &str = "000000000002:Admin";
pub const PROD_ARN: &str = "arn:aws:iam::000000000002:role/Admin";

/// A home that is signed in. `instance` is further YAML of the instance, `more` of the top level.
pub fn signed_in_with(instance: &str, more: &str) -> (Simulator, Home) {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "");
    write_config(&simulator, &home, instance, more);
    home.ok(&["login"]);
    (simulator, home)
}

pub fn signed_in() -> (Simulator, Home) {
    signed_in_with("", "")
}

pub fn write_config(simulator: &Simulator, home: &Home, instance: &str, more: &str) {
    let instance = format!("DefaultRegion: us-west-2\n{instance}");
    home.write_config(&config(simulator, &instance, &format!("SecureStore: json\n{more}")));
}

/// A directory of the home, by its physical path.
pub fn directory(home: &Home, name: &str) -> PathBuf {
    let path = home.path().canonicalize().expect("the home").join(name);
    std::fs::create_dir_all(&path).expect("a directory");
    path
}

/// A directory with a role file.
pub fn ruled(home: &Home, name: &str, content: &str) -> PathBuf {
    let directory = directory(home, name);
    std::fs::write(directory.join(FILE), content).expect("a role file");
    directory
}

/// A directory whose role file is allowed.
pub fn allowed(home: &Home, name: &str, content: &str) -> PathBuf {
    let directory = ruled(home, name, content);
    home.ok(&["allow", text(&directory)]);
    directory
}

/// A home with directories `dev` and `prod`, each with an allowed file, and `plain` without one.
pub fn dev_and_prod() -> (Simulator, Home) {
    let (simulator, home) = signed_in();
    allowed(&home, "dev", DEV);
    allowed(&home, "prod", PROD);
    directory(&home, "plain");
    (simulator, home)
}

pub fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

/// A command in a directory.
pub fn inside(mut command: Command, directory: &Path) -> Command {
    command.current_dir(directory);
    command
}

/// A shell after it came into a directory.
#[derive(Debug)]
pub struct Shell {
    pub env: BTreeMap<String, String>,
    pub said: String,
}

/// A shell without a role comes into a directory.
pub fn enter(home: &Home, directory: &Path) -> Shell {
    enter_from(home, &BTreeMap::new(), directory)
}

/// A shell that has `env` comes into a directory.
pub fn enter_from(home: &Home, env: &BTreeMap<String, String>, directory: &Path) -> Shell {
    let script = r#"answer=$("$0" hook bash sync --directories=1 --memory={}) || exit; eval "$answer"; exec env -0"#;
    let mut bash = inside(home.program("bash"), directory);
    let output = bash.args(["--norc", "-c", script, BINARY]).envs(env).output().expect("bash starts");
    let said = String::from_utf8(output.stderr).expect("UTF-8");
    assert!(output.status.success(), "{said}");
    Shell { env: variables(&output.stdout), said }
}

impl Shell {
    /// ARN of its role.
    pub fn role(&self) -> Option<&str> {
        self.env.get("AWS_SSO_ROLE_ARN").map(String::as_str)
    }

    /// It got no role, and one line that holds all of `words`.
    #[track_caller]
    pub fn refused(&self, words: &[&str]) {
        let ours = |name: &str| ["AWS_PROFILE", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SSO"].contains(&name);
        let got: Vec<_> = self.env.keys().filter(|name| ours(name) || name.starts_with("AWS_SSO_ROLE")).collect();
        assert!(got.is_empty(), "{got:?}: {}", self.said);
        assert_eq!(self.said.lines().count(), 1, "{}", self.said);
        assert!(self.said.starts_with("aws-sso: "), "{}", self.said);
        for word in words {
            assert!(self.said.contains(word), "no {word:?} in: {}", self.said);
        }
    }

    /// It got this role, in silence.
    #[track_caller]
    pub fn chose(&self, arn: &str) {
        assert_eq!((self.role(), self.said.as_str()), (Some(arn), ""));
    }
}
