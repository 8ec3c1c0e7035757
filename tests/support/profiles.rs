//! `~/.aws/config` of a home, and `setup profiles` on it.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::fs;
use std::path::{Path, PathBuf};

use identity_center::Simulator;

use super::support::Home;

pub const DEV: &str = "000000000001:Admin";
pub const DEV_ARN: &str = "arn:aws:iam::000000000001:role/Admin";

pub fn aws_config(home: &Home) -> PathBuf {
    home.path().join(".aws/config")
}

pub fn backup(home: &Home) -> PathBuf {
    home.path().join(".aws/config.aws-sso-backup")
}

pub fn read(path: &Path) -> String {
    String::from_utf8_lossy(&fs::read(path).expect("a file")).into_owned()
}

/// Writes a file into `~/.aws`.
pub fn write(home: &Home, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let path = home.path().join(".aws").join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(&path, text).expect("a file of the person");
    path
}

/// Runs `setup profiles` without a terminal; what it tells.
#[track_caller]
pub fn setup(home: &Home, arguments: &[&str]) -> String {
    let answer = home.run(&[&["setup", "profiles"], arguments].concat());
    assert_eq!((answer.status, answer.stdout.as_str()), (Some(0), ""), "{}", answer.stderr);
    answer.stderr
}

#[track_caller]
pub fn install(home: &Home) -> String {
    setup(home, &["--force"])
}

#[track_caller]
pub fn remove(home: &Home) -> String {
    setup(home, &["--remove", "--force"])
}

/// The headers of a file, without their brackets.
pub fn names(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.strip_prefix('[')?.strip_suffix(']')).collect()
}

/// A block as the Go tool writes it.
pub fn go_block(suffix: &str, profiles: &str) -> String {
    format!("# BEGIN_AWS_SSO_CLI{suffix}\n\n{profiles}\n# END_AWS_SSO_CLI{suffix}\n")
}

/// `Home` and `My Work`, signed in to, whose names differ. `more` is further YAML of the top level.
pub fn two_instances(simulator: &Simulator, more: &str) -> Home {
    let home = Home::new(simulator, "");
    write_two(simulator, &home, "ProfileFormat: '{{ .SSO | nospace }}-{{ .AccountIdPad }}:{{ .RoleName }}'\n", more);
    home.ok(&["login", "-S", "Home"]);
    home.ok(&["login", "-S", "My Work"]);
    home
}

/// The config of [`two_instances`], with another format.
pub fn write_two(simulator: &Simulator, home: &Home, format: &str, more: &str) {
    let place = format!("SSORegion: {}\n    StartUrl: {}", simulator.region(), simulator.start_url());
    home.write_config(&format!(
        "SSOConfig:\n  Home:\n    {place}\n  My Work:\n    {place}\nDefaultSSO: Home\nUrlAction: exec\n\
         UrlExecCommand: [curl, --silent, --location, --output, /dev/null, '%s']\nRateLimit: 1000\nSecureStore: json\n\
         {format}{more}"
    ));
}
