//! The managed region across switches in one shell, in real bash, zsh and fish: who has it after each step.

#[path = "support/shells.rs"]
mod shells;
mod support;

use identity_center::Simulator;
use shells::signed_in;
use support::{BINARY, Home, small_organization, variables};

/// What a person does in a shell.
#[derive(Clone, Copy)]
enum Step {
    /// `aws-sso-use` with these arguments.
    Use(&'static str),
    Set(&'static str, &'static str),
    Unset(&'static str),
    /// `aws-sso-clear` with these arguments.
    Clear(&'static str),
}

use Step::{Clear, Set, Unset, Use};

/// Roles with a region of their own, and one without any.
const IRELAND: &str = "000000000001:Admin";
const OHIO: &str = "000000000002:Admin";
const NOWHERE: &str = "123456789012:ReadOnly";

const REGIONS: &str = "Accounts:
  '000000000001': {DefaultRegion: eu-west-1}
  '000000000002': {DefaultRegion: us-east-2}";

const BOTH: [&str; 2] = ["AWS_DEFAULT_REGION", "AWS_REGION"];
const SENTINEL: &str = "AWS_SSO_DEFAULT_REGION";

/// Steps, and after them AWS_DEFAULT_REGION / AWS_REGION / AWS_SSO_DEFAULT_REGION.
const TABLE: &[(&str, &[Step], &str)] = &[
    ("set with the role", &[Use(IRELAND)], "eu-west-1/eu-west-1/eu-west-1"),
    ("followed to the next role", &[Use(IRELAND), Use(OHIO)], "us-east-2/us-east-2/us-east-2"),
    ("and back again", &[Use(IRELAND), Use(OHIO), Use("-")], "eu-west-1/eu-west-1/eu-west-1"),
    ("no region configured: none managed", &[Use(NOWHERE)], "//"),
    ("none configured for the next one: taken away", &[Use(IRELAND), Use(NOWHERE)], "//"),
    ("and managed again after it", &[Use(IRELAND), Use(NOWHERE), Use(OHIO)], "us-east-2/us-east-2/us-east-2"),
    ("gone with the role", &[Use(IRELAND), Clear("")], "//"),
    ("the person's own before the first role", &[Set(BOTH[0], "mine"), Use(IRELAND)], "mine//"),
    ("either of the two counts", &[Set(BOTH[1], "mine"), Use(IRELAND)], "/mine/"),
    ("and stays after the role", &[Set(BOTH[0], "mine"), Use(IRELAND), Clear("")], "mine//"),
    (
        "set by the person later: handed over at the next role",
        &[Use(IRELAND), Set(BOTH[0], "mine"), Use(OHIO)],
        "mine//",
    ),
    ("the other one too", &[Use(IRELAND), Set(BOTH[1], "mine"), Use(OHIO)], "/mine/"),
    ("handed over for good", &[Use(IRELAND), Set(BOTH[0], "mine"), Use(OHIO), Use(IRELAND)], "mine//"),
    (
        "set to what it is already: still managed",
        &[Use(IRELAND), Set(BOTH[0], "eu-west-1"), Use(OHIO)],
        "us-east-2/us-east-2/us-east-2",
    ),
    ("the sentinel removed: handed over as it is", &[Use(IRELAND), Unset(SENTINEL), Use(OHIO)], "eu-west-1/eu-west-1/"),
    ("and after that left alone by clear", &[Use(IRELAND), Unset(SENTINEL), Clear("")], "eu-west-1/eu-west-1/"),
    (
        "one of the two removed: still managed",
        &[Use(IRELAND), Unset(BOTH[0]), Use(OHIO)],
        "us-east-2/us-east-2/us-east-2",
    ),
    ("-n leaves it alone", &[Use("-n 000000000001:Admin")], "//"),
    ("-n suspends", &[Use(IRELAND), Use("-n 000000000002:Admin")], "eu-west-1/eu-west-1/eu-west-1"),
    (
        "and it is managed again",
        &[Use(IRELAND), Use("-n 000000000002:Admin"), Use(OHIO)],
        "us-east-2/us-east-2/us-east-2",
    ),
    ("clear -n leaves it", &[Use(IRELAND), Clear("-n")], "eu-west-1/eu-west-1/eu-west-1"),
    ("-O takes it", &[Set(BOTH[0], "mine"), Use("-O 000000000001:Admin")], "eu-west-1/eu-west-1/eu-west-1"),
    (
        "and it is managed from then on",
        &[Set(BOTH[0], "mine"), Use("-O 000000000001:Admin"), Use(OHIO)],
        "us-east-2/us-east-2/us-east-2",
    ),
    (
        "taken back after a hand-over",
        &[Use(IRELAND), Set(BOTH[1], "mine"), Use("--overwrite-region 000000000002:Admin")],
        "us-east-2/us-east-2/us-east-2",
    ),
];

impl Step {
    fn statement(self, fish: bool) -> String {
        match self {
            Use(arguments) => format!("aws-sso-use {arguments}"),
            Clear(arguments) => format!("aws-sso-clear {arguments}"),
            Set(name, value) if fish => format!("set -gx {name} {value}"),
            Set(name, value) => format!("export {name}={value}"),
            Unset(name) if fish => format!("set -e {name}"),
            Unset(name) => format!("unset {name}"),
        }
    }
}

/// The three variables after some steps in a new shell.
fn after(home: &Home, shell: &str, steps: &[Step]) -> String {
    let fish = shell == "fish";
    let init = if fish {
        format!("{BINARY} shell-init fish | source")
    } else {
        format!("eval \"$({BINARY} shell-init {shell})\"")
    };
    let steps: Vec<String> = steps.iter().map(|step| step.statement(fish)).collect();
    let options: &[&str] = if fish {
        &["--no-config", "-c"]
    } else if shell == "bash" {
        &["--norc", "-c"]
    } else {
        &["-f", "-c"]
    };
    let script = format!("{init}\n{}\nenv -0", steps.join("\n"));
    let output = home.program(shell).args(options).arg(&script).output().expect("the shell starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.lines().all(|line| line.contains("SecureStore json")), "{shell}: {errors}");
    let environment = variables(&output.stdout);
    let value = |name: &str| environment.get(name).map_or("", String::as_str).to_owned();
    [BOTH[0], BOTH[1], SENTINEL].map(value).join("/")
}

fn decide(shell: &str) {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, REGIONS, "");
    for (what, steps, expected) in TABLE {
        assert_eq!(after(&home, shell, steps), *expected, "{what}, in {shell}");
    }
}

#[test]
fn bash_has_the_region_that_the_table_says() {
    decide("bash");
}

#[test]
fn zsh_has_the_region_that_the_table_says() {
    decide("zsh");
}

#[test]
fn fish_has_the_region_that_the_table_says() {
    decide("fish");
}
