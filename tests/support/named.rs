//! A home whose roles have the names that break completion, and what a line in it becomes after TAB.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::fmt::Write as _;

use identity_center::{Organization, Simulator};

use super::support::{Home, yaml};
use super::typist::{Shell, Typist};

/// Each can be told from the others by its first two letters.
pub const NAMES: [&str; 12] = [
    "aa it's mine",
    "bb \"quoted\" 'two'",
    "cc & d; e | f > g < h",
    "dd $(touch executed) `touch executed` $HOME",
    r"ee back\slash \n \\ end\",
    "ff:gg:hh",
    "gg *?[x]{a,b}(c)",
    "hh ~#!%^=@+, !! !aws",
    "ii été ☃",
    "jj two  spaces",
    "kk=value",
    "ll-Mixed-Case",
];

/// A tag of 123456789012 whose value needs quotes.
pub const TEAM: &str = "big & \"blue\" $HOME";

/// Accounts and roles with plain names, beside one with a role for each of [`NAMES`].
fn organization() -> Organization {
    let roles: Vec<String> = (0..NAMES.len()).map(|number| format!("R{number}")).collect();
    let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
    Organization::new()
        .with_account("000000000009", "names", "names@example.com", &roles)
        .with_account("111122223333", "payments-dev", "dev@example.com", &["Admin", "ReadOnly"])
        .with_account("111122224444", "payments-prod", "prod@example.com", &["Admin", "Billing"])
        .with_account("123456789012", "data platform", "data@example.com", &["ReadOnly"])
}

/// Two instances, signed in to. In `Other` the role `Admin` of payments-dev is named `other admin`.
pub fn named() -> (Simulator, Home) {
    let simulator = Simulator::start(organization());
    let home = Home::new(&simulator, "");
    let mut profiles = String::new();
    for (number, name) in NAMES.iter().enumerate() {
        let _ = write!(profiles, "          R{number}:\n            Profile: {}\n", yaml(name));
    }
    let instance = format!("    SSORegion: {}\n    StartUrl: {}\n", simulator.region(), simulator.start_url());
    home.write_config(&format!(
        "SSOConfig:\n  Default:\n{instance}    Accounts:\n      '123456789012':\n        Tags: {{Team: {}, Zone: a=b:c}}\n      \
         '000000000009':\n        Roles:\n{profiles}  \
         Other:\n{instance}    Accounts:\n      '111122223333':\n        Tags: {{Team: other}}\n        Roles:\n          \
         Admin:\n            Profile: other admin\nUrlAction: exec\n\
         UrlExecCommand: [curl, --silent, --location, --output, /dev/null, '%s']\nRateLimit: 1000\nSecureStore: json\n",
        yaml(TEAM)
    ));
    home.ok(&["login"]);
    home.ok(&["login", "-S", "Other"]);
    (simulator, home)
}

/// Someone whose commands only write down the words they were called with.
pub fn sit_down(shell: Shell, home: &Home, before: &str) -> Typist {
    let file = home.path().join("words");
    let commands = ["aws-sso-use", "aws-sso-profile", "aws-sso-clear", "aws-sso"];
    let define = |name: &str| match shell {
        Shell::Fish => format!("function {name}; builtin printf '%s\\0' $argv >{}; end\n", file.display()),
        _ => format!("function {name} {{ builtin printf '%s\\0' \"$@\" >|{}; }}\n", file.display()),
    };
    Typist::with_rc(shell, home, before, &commands.map(define).concat())
}

/// The words that a line has after its keys, TAB among them, were typed.
pub fn words(typist: &mut Typist, home: &Home, keys: &str) -> Vec<String> {
    let file = home.path().join("words");
    std::fs::write(&file, "never called\0").expect("the words");
    typist.keys(keys);
    typist.enter();
    let text = std::fs::read_to_string(&file).expect("the words");
    text.strip_suffix('\0').unwrap_or(&text).split('\0').map(str::to_owned).collect()
}

#[track_caller]
pub fn assert_words(typist: &mut Typist, home: &Home, keys: &str, expected: &[&str]) {
    assert_eq!(words(typist, home, keys), expected, "{keys:?} in {:?}", typist.shell);
}

/// Completes tags key by key and value by value, and the fields of lists, in a shell that ends no word at a `=`.
#[track_caller]
pub fn assert_tags(typist: &mut Typist, home: &Home) {
    let team = format!("Team={TEAM}");
    for (keys, expected) in [
        // No space comes after a key: TAB goes on with its value.
        ("aws-sso tags Te\t\t", &["tags", &team][..]),
        ("aws-sso tags Zo\ta\t", &["tags", "Zone=a=b:c"]),
        ("aws-sso tags Zone=a=\t", &["tags", "Zone=a=b:c"]),
        ("aws-sso tags Zone=a=b:\t", &["tags", "Zone=a=b:c"]),
        ("aws-sso tags Zone=a=b:\tRole=B\t", &["tags", "Zone=a=b:c", "Role=Billing"]),
        ("aws-sso tags 'Team=b\t", &["tags", &team]),
        ("aws-sso tags \"Team=b\t", &["tags", &team]),
        ("aws-sso tags -S Other Team=\t", &["tags", "-S", "Other", "Team=other"]),
        ("aws-sso tags -A 111122223333 Role=R\t", &["tags", "-A", "111122223333", "Role=ReadOnly"]),
        ("aws-sso-use Te\t\t", &[&team]),
        ("aws-sso-use read Zo\t\t", &["read", "Zone=a=b:c"]),
        ("aws-sso-use -S Other Te\t\t", &["-S", "Other", "Team=other"]),
        ("aws-sso-use kk\t", &["kk=value"]),
        ("aws-sso-use kk=v\t", &["kk=value"]),
        ("aws-sso list -P Ro\tB\t", &["list", "-P", "RoleName=Billing"]),
        ("aws-sso list --sort Role\t", &["list", "--sort", "RoleName"]),
        ("aws-sso list --prefix=RoleName=B\t", &["list", "--prefix=RoleName=Billing"]),
    ] {
        assert_words(typist, home, keys, expected);
    }
}

/// Whether the names in a home's roles have run anything.
pub fn executed(home: &Home) -> bool {
    home.path().join("executed").exists()
}
