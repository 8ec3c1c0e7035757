//! Directories that choose the role, and what a shell in them holds.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use identity_center::Simulator;

use super::support::{Home, config, json, small_organization};
use super::typist::{SHELLS, Shell, Typist};

/// The letter of each role: small for the role by its name, capital for the role with its keys.
pub const ROLES: [(char, &str); 5] = [
    ('d', "000000000001:ReadOnly"),
    ('e', "000000000001:Admin"),
    ('p', "000000000002:Admin"),
    ('h', "123456789012:ReadOnly"),
    ('g', "000000000002:ReadOnly"),
];

/// The role files: dev, dev/deep and prod, which are allowed, and wild, which is not.
pub const FILES: [(&str, &str); 4] = [
    ("dev", "000000000001:ReadOnly\n"),
    ("dev/deep", "# deeper\naccount: '000000000001'\nrole: Admin\n"),
    ("prod", "profile: 000000000002:Admin\nregion: eu-north-1\n"),
    ("wild", "000000000001:Admin\n"),
];

/// A signed-in home with the role files, and `more` in its config.
pub fn home(simulator: &Simulator, more: &str) -> Home {
    let home = Home::new(simulator, "");
    home.write_config(&config(simulator, "DefaultRegion: us-west-2", &format!("SecureStore: json\n{more}")));
    home.ok(&["login"]);
    for (directory, text) in FILES {
        std::fs::create_dir_all(home.path().join(directory).join("src")).expect("a directory");
        std::fs::write(file(&home, directory), text).expect("a role file");
    }
    for directory in ["dev", "dev/deep", "prod"] {
        allow(&home, directory);
    }
    home
}

/// Does something in each of the shells, side by side, each with a home and an AWS of its own.
pub fn in_each_shell(more: &str, test: impl Fn(Shell, &Simulator, &Home) + Sync) {
    std::thread::scope(|scope| {
        for shell in SHELLS {
            let test = &test;
            scope.spawn(move || {
                let simulator = simulator();
                let home = home(&simulator, more);
                simulator.clear_log();
                test(shell, &simulator, &home);
            });
        }
    });
}

/// What a shell holds now.
#[track_caller]
pub fn now(typist: &mut Typist, home: &Home, what: &str) -> String {
    let what = format!("{:?}: {what}", typist.shell);
    held(&exported(typist, home), home, &what)
}

/// Types a line and tells what the shell holds afterwards.
#[track_caller]
pub fn after(typist: &mut Typist, home: &Home, line: &str) -> String {
    typist.line(line);
    now(typist, home, line)
}

pub fn simulator() -> Simulator {
    Simulator::start(small_organization())
}

pub fn file(home: &Home, directory: &str) -> PathBuf {
    home.path().canonicalize().expect("a home").join(directory).join(".aws-sso-role")
}

pub fn allow(home: &Home, directory: &str) {
    home.ok(&["allow", &file(home, directory).display().to_string()]);
}

/// The exported variables, read by the shell itself: nothing runs that would need credentials.
pub fn exported(typist: &mut Typist, home: &Home) -> BTreeMap<String, String> {
    let path = home.path().join("exported");
    // A person may have forbidden to overwrite files.
    let _ = std::fs::remove_file(&path);
    let list = if typist.shell == Shell::Fish { "set -gx" } else { "export -p" };
    typist.line(&format!("{list} > {}", path.display()));
    let text = std::fs::read_to_string(path).expect("the variables");
    let variables = text.lines().filter_map(|line| {
        let line = line.strip_prefix("declare -x ").or(line.strip_prefix("export ")).unwrap_or(line);
        let (name, value) = line.split_once(['=', ' '])?;
        Some((name.to_owned(), value.trim_matches(['"', '\'']).to_owned()))
    });
    variables.filter(|(name, _)| name.starts_with("AWS_")).collect()
}

/// What a shell holds, in a few characters: `/` before a role that a directory chose; nothing at all is
/// `-`, somebody else's profile `F`. All variables must speak of the one role.
#[track_caller]
pub fn held(variables: &BTreeMap<String, String>, home: &Home, what: &str) -> String {
    let value = |name: &str| variables.get(name).map_or("", String::as_str);
    let Some((letter, profile)) = ROLES.into_iter().find(|(_, profile)| *profile == value("AWS_SSO_PROFILE")) else {
        for name in [
            "AWS_SSO",
            "AWS_SSO_PROFILE",
            "AWS_SSO_ROLE_ARN",
            "AWS_SSO_ACCOUNT_ID",
            "AWS_SSO_ROLE_NAME",
            "AWS_SSO_SESSION_EXPIRATION",
            "AWS_SSO_DIRECTORY",
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "AWS_CREDENTIAL_EXPIRATION",
            "AWS_REGION",
            "AWS_SSO_DEFAULT_REGION",
        ] {
            assert_eq!(value(name), "", "{what}: {name} without a role: {variables:?}");
        }
        return match value("AWS_PROFILE") {
            "" => "-".to_owned(),
            "mine" => "F".to_owned(),
            other => panic!("{what}: AWS_PROFILE is {other}"),
        };
    };
    let (account, role) = profile.split_once(':').expect("a profile");
    let arn = format!("arn:aws:iam::{account}:role/{role}");
    assert_eq!(value("AWS_SSO_ROLE_ARN"), arn, "{what}: {variables:?}");
    assert_eq!((value("AWS_SSO_ACCOUNT_ID"), value("AWS_SSO_ROLE_NAME")), (account, role), "{what}: {variables:?}");
    let by_directory = !value("AWS_SSO_DIRECTORY").is_empty();
    let region = if by_directory && letter == 'p' { "eu-north-1" } else { "us-west-2" };
    for name in ["AWS_REGION", "AWS_DEFAULT_REGION", "AWS_SSO_DEFAULT_REGION"] {
        assert_eq!(value(name), region, "{what}: {name}");
    }
    let letter = if value("AWS_ACCESS_KEY_ID").is_empty() {
        assert_eq!(value("AWS_PROFILE"), profile, "{what}: {variables:?}");
        for name in ["AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SSO_SESSION_EXPIRATION"] {
            assert_eq!(value(name), "", "{what}: {name}");
        }
        letter
    } else {
        assert_eq!(value("AWS_PROFILE"), "", "{what}: {variables:?}");
        assert!(!value("AWS_SSO_SESSION_EXPIRATION").is_empty(), "{what}: {variables:?}");
        assert_eq!(Some(value("AWS_ACCESS_KEY_ID")), stored_key(home, &arn).as_deref(), "{what}: keys of {profile}");
        letter.to_ascii_uppercase()
    };
    format!("{}{letter}", if by_directory { "/" } else { "" })
}

/// The access key of a role as the json store has it.
fn stored_key(home: &Home, arn: &str) -> Option<String> {
    let text = std::fs::read_to_string(home.state_path().with_file_name("store.json")).expect("the store");
    let store = json(&text);
    let mut kinds =
        store["records"].as_object()?.values().filter_map(|owner| owner.as_object()).flat_map(|owner| owner.values());
    kinds.find_map(|records| Some(records.get(arn)?["access_key_id"].as_str()?.to_owned()))
}
