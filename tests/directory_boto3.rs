//! Role files and an SDK that nobody here wrote: boto3 takes the profiles that `allow` has written, asks
//! again when credentials end, and is refused the role of the directory that its shell has left.

#[path = "support/directories.rs"]
mod directories;
#[path = "support/sessions.rs"]
mod sessions;
mod support;
#[path = "support/typist.rs"]
mod typist;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use directories::*;
use identity_center::Simulator;
use support::{Answer, Home, json, python};
use typist::{SHELLS, Typist};

/// Prints the ARN that STS answers, or in one line why there is none.
const CALLER: &str = "\
import boto3
try:
    print(boto3.client('sts').get_caller_identity()['Arn'])
except Exception as error:
    print(type(error).__name__, *str(error).split())
";

/// Prints the key and the ARN for each line that is read: one program, one client.
const CALLER_THAT_STAYS: &str = "\
import sys, boto3
session = boto3.Session()
client = session.client('sts')
for line in sys.stdin:
    arn = client.get_caller_identity()['Arn']
    print(session.get_credentials().get_frozen_credentials().access_key, arn, flush=True)
";

fn dev_arn(simulator: &Simulator) -> String {
    simulator.session_arn("000000000001", "Admin")
}

fn prod_arn(simulator: &Simulator) -> String {
    simulator.session_arn("000000000002", "Admin")
}

/// Who boto3 is in a directory with a profile.
fn caller(home: &Home, profile: &str, directory: &Path) -> String {
    let mut boto3 = inside(home.program(python()), directory);
    boto3.args(["-c", CALLER]).env("AWS_PROFILE", profile).env("AWS_DEFAULT_REGION", "us-west-2");
    let answer = Answer::of(boto3);
    assert_eq!((answer.status, answer.stderr.as_str()), (Some(0), ""));
    answer.stdout.trim_end().to_owned()
}

#[test]
fn boto3_finds_the_profiles_that_allow_has_written() {
    let (simulator, home) = dev_and_prod();
    let plain = home.path().join("plain");
    assert_eq!(caller(&home, DEV, &plain), dev_arn(&simulator));
    assert_eq!(caller(&home, PROD, &plain), prod_arn(&simulator));
}

#[test]
fn the_profile_here_follows_directories_without_any_hook() {
    let (simulator, home) = dev_and_prod();
    let below = directory(&home, "prod/below");
    assert_eq!(caller(&home, "here", &home.path().join("dev")), dev_arn(&simulator));
    assert_eq!(caller(&home, "here", &below), prod_arn(&simulator));
    let nobody = caller(&home, "here", &home.path().join("plain"));
    assert!(nobody.contains("no .aws-sso-role rules"), "{nobody}");
    let wild = caller(&home, "here", &ruled(&home, "wild", DEV));
    assert!(wild.contains("wild/.aws-sso-role asks for 000000000001:Admin"), "{wild}");
}

#[test]
fn names_with_blanks_and_signs_reach_boto3_as_they_are() {
    let name = "dev: it & $(touch executed) été";
    let instance = format!("Accounts: {{'1': {{Roles: {{Admin: {{Profile: {}}}}}}}}}", support::yaml(name));
    let (simulator, home) = signed_in_with(&instance, "");
    let tree = allowed(&home, "tree", DEV_ARN);
    assert_eq!(enter(&home, &tree).env["AWS_PROFILE"], name);
    assert_eq!(caller(&home, name, &tree), dev_arn(&simulator));
    assert!(!tree.join("executed").exists() && !home.path().join("executed").exists());
}

#[test]
fn a_program_in_another_directory_is_refused_in_every_shell_until_there_was_a_prompt() {
    for shell in SHELLS {
        let (simulator, home) = dev_and_prod();
        std::fs::write(home.path().join("caller.py"), CALLER).expect("a program");
        let call = format!("{} ~/caller.py", python());
        let mut typist = Typist::sit_down(shell, &home);
        typist.line("cd ~/dev");
        assert_eq!(typist.output(&call), dev_arn(&simulator) + "\n", "{shell:?}");
        // No hook of any shell sees this `cd`.
        let elsewhere = match shell {
            typist::Shell::Fish => format!("env -C ../prod {call}"),
            _ => format!("(cd ../prod && {call})"),
        };
        let refused = typist.output(&elsewhere);
        let both = format!("prod/.aws-sso-role asks for {PROD}, and this shell has {DEV} of ");
        assert!(refused.contains("refused: ") && refused.contains(&both), "{shell:?}: {refused}");
        assert!(!refused.contains("assumed-role"), "{shell:?}: {refused}");
        // Nor does bash see this one, before its prompt.
        let at_once = typist.output(&format!("cd ../prod && {call}"));
        match shell {
            typist::Shell::Bash => assert!(at_once.contains(&both), "{at_once}"),
            _ => assert_eq!(at_once, prod_arn(&simulator) + "\n", "{shell:?}"),
        }
        assert_eq!(typist.output(&call), prod_arn(&simulator) + "\n", "{shell:?}");
        typist.line("cd ../plain");
        let nobody = typist.output(&format!("AWS_DEFAULT_REGION=us-west-2 {call}"));
        assert!(nobody.starts_with("NoCredentialsError"), "{shell:?}: {nobody}");
        typist.leave();
    }
}

#[test]
fn a_program_goes_on_past_the_end_of_its_first_credentials() {
    let (simulator, home) = dev_and_prod();
    // Long enough for a call, and soon less than the minute that the product wants to be left.
    simulator.adjust_lifetimes(|lifetimes| lifetimes.role_credentials = Duration::from_secs(63));
    let dev = home.path().join("dev");
    let mut program = inside(home.program(python()), &dev);
    program.args(["-c", CALLER_THAT_STAYS]).stdin(Stdio::piped()).stdout(Stdio::piped());
    program.envs(enter(&home, &dev).env.iter().filter(|(name, _)| name.starts_with("AWS_")));
    let mut program = program.spawn().expect("python starts");
    let mut input = program.stdin.take().expect("a pipe");
    let mut output = BufReader::new(program.stdout.take().expect("a pipe"));
    let mut call = || {
        input.write_all(b"\n").expect("python reads");
        let mut line = String::new();
        output.read_line(&mut line).expect("python answers");
        let (key, arn) = line.trim_end().split_once(' ').unwrap_or_else(|| panic!("no answer: {line:?}"));
        assert_eq!(arn, dev_arn(&simulator));
        key.to_owned()
    };
    let first = call();
    // AWS takes the key no more that the program has.
    simulator.expire_credentials();
    let key_now = || json(&home.ok(&["process", "-p", DEV]))["AccessKeyId"].as_str().expect("a key").to_owned();
    sessions::wait_until("the first credentials are too old", || key_now() != first);
    assert_ne!(call(), first);
    drop(input);
    assert!(program.wait().expect("python ends").success());
}
