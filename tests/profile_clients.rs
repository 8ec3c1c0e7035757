//! Profiles of `setup profiles` as boto3 and the AWS CLI use them: AWS says whose credentials they are.

#[path = "support/profiles.rs"]
mod profiles;
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use identity_center::{Operation, Simulator, TrustPolicy};
use profiles::*;
use support::{Answer, Home, python, signed_in, small_organization, yaml};

/// Prints the ARN that STS answers for each profile that is named.
const WHO_AM_I: &str = "\
import sys, boto3
for profile in sys.argv[1:]:
    print(boto3.Session(profile_name=profile).client('sts').get_caller_identity()['Arn'])
";

/// Prints the names of all profiles, and a setting of each.
const LIST: &str = "\
import botocore.session
for name, profile in sorted(botocore.session.Session().full_config['profiles'].items()):
    print(name, profile.get('region'), profile.get('output'), sep='|')
";

/// Deploy is reached via ReadOnly, Audit, in an account that AWS does not list, via Deploy.
const INSTANCE: &str = "\
DefaultRegion: us-west-2
Accounts:
  '000000000001':
    Roles:
      Admin: {DefaultRegion: eu-north-1}
  '000000000002':
    Roles:
      Deploy: {Profile: deploy, Via: 'arn:aws:iam::000000000001:role/ReadOnly', ExternalId: shared-secret}
  '999999999999':
    Roles:
      Audit: {Profile: audit, Via: 'arn:aws:iam::000000000002:role/Deploy'}
";

const DEPLOY: &str = "arn:aws:sts::000000000002:assumed-role/Deploy/ReadOnly@000000000001";
const AUDIT: &str = "arn:aws:sts::999999999999:assumed-role/Audit/Deploy@000000000002";

/// A role that the person takes by their own profile on top of one of ours.
const OWN: &str = "arn:aws:iam::444455556666:role/SomeRole";
const OWN_SESSION: &str = "arn:aws:sts::444455556666:assumed-role/SomeRole/of-mine";

/// A home with generated profiles, and a profile of the person's own on each side of them.
fn home(more: &str) -> (Simulator, Home) {
    let simulator = Simulator::start(small_organization());
    let admits = |from: String| TrustPolicy { from: vec![from], external_id: None };
    let read_only = simulator.role_arn("000000000001", "ReadOnly");
    let external_id = Some("shared-secret".to_owned());
    simulator.trust("arn:aws:iam::000000000002:role/Deploy", TrustPolicy { from: vec![read_only], external_id });
    simulator.trust("arn:aws:iam::999999999999:role/Audit", admits("arn:aws:iam::000000000002:role/Deploy".to_owned()));
    simulator.trust(OWN, admits(simulator.role_arn("123456789012", "ReadOnly")));
    let home = signed_in(&simulator, &format!("{INSTANCE}{more}"), "ConfigVariables: {output: text}\n");
    // The AWS CLI keeps a role by its ARN and the name of the session, whoever took it.
    let own = |name: &str, source: &str| {
        format!(
            "[profile {name}]\nrole_arn = {OWN}\nsource_profile = {source}\nrole_session_name = of-{name}\nregion = us-east-1\n"
        )
    };
    write(&home, "config", own("mine", "123456789012:ReadOnly"));
    install(&home);
    let text = read(&aws_config(&home)) + "\n" + &own("refused", DEV);
    fs::write(aws_config(&home), text).expect("a profile below the block");
    (simulator, home)
}

fn boto3(home: &Home, script: &str, profiles: &[&str]) -> Answer {
    let mut boto3 = home.program(python());
    boto3.args(["-c", script]).args(profiles).env("AWS_EC2_METADATA_DISABLED", "true");
    Answer::of(boto3)
}

/// Debian's AWS CLI, of version 2, whatever else is on the path.
fn aws(home: &Home, simulator: &Simulator, arguments: &[&str]) -> Command {
    let debian = Path::new("/usr/bin/aws");
    let program = if debian.exists() { debian } else { Path::new("aws") };
    let mut aws = home.program(program);
    aws.args(arguments).env("AWS_DATA_PATH", endpoints(home, simulator)).env("AWS_EC2_METADATA_DISABLED", "true");
    aws
}

/// Data that leads every call of STS to the simulator, the one for `source_profile` too: CLIs before 2.13 know no
/// AWS_ENDPOINT_URL_STS, and --endpoint-url is for the call that was typed alone.
fn endpoints(home: &Home, simulator: &Simulator) -> PathBuf {
    let data = home.path().join("aws-data");
    let directory = data.join("sts/2011-06-15");
    fs::create_dir_all(&directory).expect("a directory");
    let parameter = |built_in: &str, kind: &str| serde_json::json!({"builtIn": built_in, "required": false, "documentation": "", "type": kind});
    let rules = serde_json::json!({
        "version": "1.0",
        "parameters": {
            "Region": parameter("AWS::Region", "String"),
            "UseDualStack": parameter("AWS::UseDualStack", "Boolean"),
            "UseFIPS": parameter("AWS::UseFIPS", "Boolean"),
            "Endpoint": parameter("SDK::Endpoint", "String"),
            "UseGlobalEndpoint": parameter("AWS::STS::UseGlobalEndpoint", "Boolean"),
        },
        "rules": [{"conditions": [], "type": "endpoint", "endpoint": {"url": simulator.url(), "properties": {}, "headers": {}}}],
    });
    fs::write(directory.join("endpoint-rule-set-1.json"), rules.to_string()).expect("the rules");
    data
}

#[track_caller]
fn succeeded(answer: &Answer) -> Vec<&str> {
    assert_eq!(answer.status, Some(0), "{}", answer.stderr);
    answer.stdout.lines().collect()
}

#[test]
fn boto3_takes_every_kind_of_profile() {
    let (simulator, home) = home("");
    let answer = boto3(&home, WHO_AM_I, &[DEV, "123456789012:ReadOnly", "deploy", "audit", "mine"]);
    let expected = [
        simulator.session_arn("000000000001", "Admin"),
        simulator.session_arn("123456789012", "ReadOnly"),
        DEPLOY.to_owned(),
        AUDIT.to_owned(),
        OWN_SESSION.to_owned(),
    ];
    assert_eq!(succeeded(&answer), expected);
    let refused = boto3(&home, WHO_AM_I, &["refused"]);
    assert!(refused.status == Some(1) && refused.stderr.contains("AccessDenied"), "{}", refused.stderr);
}

#[test]
fn the_aws_cli_takes_every_kind_of_profile() {
    let (simulator, home) = home("");
    let who_am_i = ["sts", "get-caller-identity", "--query", "Arn"];
    for (profile, expected) in [
        (DEV, simulator.session_arn("000000000001", "Admin")),
        ("123456789012:ReadOnly", simulator.session_arn("123456789012", "ReadOnly")),
        ("deploy", DEPLOY.to_owned()),
        ("audit", AUDIT.to_owned()),
        ("mine", format!("\"{OWN_SESSION}\"")),
    ] {
        let answer = Answer::of(aws(&home, &simulator, &[&who_am_i[..], &["--profile", profile]].concat()));
        assert_eq!(succeeded(&answer), [expected], "{profile}: 'output = text' is of ours alone");
    }
    assert_eq!(simulator.count(Operation::AssumeRole), 3, "deploy, audit, and the person's own");
    let refused = Answer::of(aws(&home, &simulator, &[&who_am_i[..], &["--profile", "refused"]].concat()));
    assert!(refused.status != Some(0) && refused.stderr.contains("AccessDenied"), "{}", refused.stderr);
    let region = Answer::of(aws(&home, &simulator, &["configure", "get", "region", "--profile", DEV]));
    assert_eq!(succeeded(&region), ["eu-north-1"]);
}

#[test]
fn both_read_every_name_that_is_written_and_no_other() {
    let odd = ["two words", "a=b & $(touch x) `y` %s", "été", "a,b:c/d@e+f%g"];
    let roles: Vec<String> = odd
        .iter()
        .enumerate()
        .map(|(at, name)| format!("Other{at}: {{Profile: {}, Via: '{DEV_ARN}'}}", yaml(name)))
        .collect();
    let (simulator, home) = home(&format!("  '000000000003': {{Roles: {{{}}}}}\n", roles.join(", ")));
    let mut expected = vec![
        (DEV, "eu-north-1|text"),
        ("000000000001:ReadOnly", "us-west-2|text"),
        ("000000000002:Admin", "us-west-2|text"),
        ("000000000002:ReadOnly", "us-west-2|text"),
        ("123456789012:ReadOnly", "us-west-2|text"),
        ("audit", "us-west-2|text"),
        ("deploy", "us-west-2|text"),
        ("here", "None|None"),
        ("mine", "us-east-1|None"),
        ("refused", "us-east-1|None"),
    ];
    expected.extend(odd.map(|name| (name, "us-west-2|text")));
    expected.sort_unstable();
    let expected: Vec<String> = expected.iter().map(|(name, settings)| format!("{name}|{settings}")).collect();
    assert_eq!(succeeded(&boto3(&home, LIST, &[])), expected);
    let listed = Answer::of(aws(&home, &simulator, &["configure", "list-profiles"]));
    assert_eq!(succeeded(&listed).len(), expected.len());
    let arns: Vec<String> = (0..odd.len())
        .map(|at| format!("arn:aws:sts::000000000003:assumed-role/Other{at}/Admin@000000000001"))
        .collect();
    assert_eq!(succeeded(&boto3(&home, WHO_AM_I, &odd)), arns);
    for (name, arn) in odd.iter().zip(&arns) {
        let arguments = ["sts", "get-caller-identity", "--query", "Arn", "--profile", name];
        assert_eq!(succeeded(&Answer::of(aws(&home, &simulator, &arguments))), [arn]);
    }
    assert!(!home.path().join("x").exists());
}

#[test]
fn without_a_session_the_client_shows_what_to_do() {
    let (simulator, home) = home("");
    home.ok(&["logout"]);
    let answer = boto3(&home, WHO_AM_I, &[DEV]);
    assert!(answer.stderr.contains("aws-sso login"), "{}", answer.stderr);
    let answer = Answer::of(aws(&home, &simulator, &["sts", "get-caller-identity", "--profile", DEV]));
    assert!(answer.stderr.contains("aws-sso login"), "{}", answer.stderr);
}
