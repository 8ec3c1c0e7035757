//! Clients that nobody here wrote: boto3 signs calls with our credentials, and AWS says whose they are.

mod support;

use std::process::Command;

use identity_center::{Operation, Simulator, TrustPolicy};
use support::{Answer, BINARY, Home, config, json, python, small_organization};

/// Prints the ARN that STS answers for each profile that is named; for the environment where none is.
const WHO_AM_I: &str = "\
import sys, boto3
for profile in sys.argv[1:] or [None]:
    print(boto3.Session(profile_name=profile).client('sts').get_caller_identity()['Arn'])
";

/// A chained role of each length: Deploy via ReadOnly, and Audit, in an account that AWS does not list,
/// via Deploy.
const CHAINS: &str = "\
DefaultRegion: us-west-2
Accounts:
  '000000000002':
    Roles:
      Deploy:
        Profile: deploy
        Via: arn:aws:iam::000000000001:role/ReadOnly
        ExternalId: shared-secret
  '999999999999':
    Roles:
      Audit:
        Profile: audit
        Via: arn:aws:iam::000000000002:role/Deploy
        SourceIdentity: jane
";

/// A `~/.aws/config` with a profile for each role, which calls us. `region` is for boto3's own endpoint.
fn write_profiles(home: &Home, region: &str, profiles: &[(&str, &str)]) {
    let sections = profiles.iter().map(|(name, role)| {
        format!("[profile {name}]\nregion = {region}\ncredential_process = {BINARY} process --profile {role}\n\n")
    });
    let directory = home.path().join(".aws");
    std::fs::create_dir_all(&directory).expect("a directory");
    std::fs::write(directory.join("config"), sections.collect::<String>()).expect("~/.aws/config");
}

/// Who boto3 is under each of the profiles.
fn through_process(home: &Home, profiles: &[&str]) -> Vec<String> {
    let mut boto3 = home.program(python());
    boto3.args(["-c", WHO_AM_I]).args(profiles);
    lines(boto3)
}

/// Who boto3 is as a child of `exec`.
fn through_exec(home: &Home, profile: &str) -> Vec<String> {
    let python = python();
    lines(home.command(&["exec", "-p", profile, "--", &python, "-c", WHO_AM_I]))
}

fn lines(command: Command) -> Vec<String> {
    let answer = Answer::of(command);
    assert_eq!(answer.status, Some(0), "{}", answer.stderr);
    answer.stdout.lines().map(str::to_owned).collect()
}

fn chained_home() -> (Simulator, Home) {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "");
    home.write_config(&config(&simulator, CHAINS, ""));
    simulator.trust(
        "arn:aws:iam::000000000002:role/Deploy",
        TrustPolicy {
            from: vec![simulator.role_arn("000000000001", "ReadOnly")],
            external_id: Some("shared-secret".into()),
        },
    );
    simulator.trust(
        "arn:aws:iam::999999999999:role/Audit",
        TrustPolicy { from: vec!["arn:aws:iam::000000000002:role/Deploy".into()], external_id: None },
    );
    home.ok(&["login"]);
    (simulator, home)
}

const DEPLOY: &str = "arn:aws:sts::000000000002:assumed-role/Deploy/ReadOnly@000000000001";
const AUDIT: &str = "arn:aws:sts::999999999999:assumed-role/Audit/Deploy@000000000002";

#[test]
fn boto3_signs_through_process() {
    let (simulator, home) = chained_home();
    let roles =
        [("one", "000000000001:Admin"), ("two", "123456789012:ReadOnly"), ("three", "deploy"), ("four", "audit")];
    write_profiles(&home, "us-west-2", &roles);
    let expected = [
        simulator.session_arn("000000000001", "Admin"),
        simulator.session_arn("123456789012", "ReadOnly"),
        DEPLOY.to_owned(),
        AUDIT.to_owned(),
    ];
    assert_eq!(through_process(&home, &["one", "two", "three", "four"]), expected);
    assert_eq!(simulator.count(Operation::AssumeRole), 2, "the second chain starts with the role that the first took");
}

#[test]
fn boto3_signs_through_exec() {
    let (simulator, home) = chained_home();
    assert_eq!(through_exec(&home, "000000000001:Admin"), [simulator.session_arn("000000000001", "Admin")]);
    assert_eq!(through_exec(&home, "audit"), [AUDIT]);
    assert_eq!(through_exec(&home, "deploy"), [DEPLOY]);
}

#[test]
fn a_chain_without_trust_is_refused_with_a_way_out() {
    let (simulator, home) = chained_home();
    simulator.trust("arn:aws:iam::000000000002:role/Deploy", TrustPolicy::default());
    let message = home.fails(1, &["process", "-p", "deploy"]);
    assert!(message.contains("AccessDenied") && message.contains("trust policy"), "{message}");
}

#[test]
fn every_partition_has_its_own_arns() {
    for (region, partition) in
        [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("eusc-de-east-1", "aws-eusc")]
    {
        let simulator = Simulator::builder(small_organization()).region(region).start();
        let home = Home::new(&simulator, "");
        let chained = "Accounts: {'000000000002': {Roles: {Deploy: {Profile: deploy, Via: '000000000001:ReadOnly'}}}}";
        home.write_config(&config(&simulator, &format!("DefaultRegion: {region}\n{chained}"), "SecureStore: json\n"));
        home.ok(&["login"]);

        let arns: Vec<String> = home.ok(&["list", "--csv", "Arn"]).lines().skip(1).map(str::to_owned).collect();
        assert_eq!(arns.len(), 6);
        assert!(arns.iter().all(|arn| arn.starts_with(&format!("arn:{partition}:iam::"))), "{arns:?}");

        let arn = format!("arn:{partition}:iam::000000000001:role/Admin");
        let variables = json(&home.ok(&["eval", "-a", &arn, "--format", "json"]));
        assert_eq!(variables["AWS_SSO_ROLE_ARN"], arn.as_str());
        assert_eq!(variables["AWS_REGION"], region);

        write_profiles(&home, region, &[("one", "000000000001:Admin"), ("two", "deploy")]);
        let expected = [
            simulator.session_arn("000000000001", "Admin"),
            format!("arn:{partition}:sts::000000000002:assumed-role/Deploy/ReadOnly@000000000001"),
        ];
        assert_eq!(through_process(&home, &["one", "two"]), expected);
        assert_eq!(through_exec(&home, "deploy"), expected[1..]);
    }
}

#[test]
fn the_persons_own_aws_settings_never_reach_our_calls() {
    let (simulator, mut home) = chained_home();
    let directory = home.path().join(".aws");
    std::fs::create_dir_all(&directory).expect("a directory");
    let hostile = "[default]\nregion = mars-north-1\nendpoint_url = http://127.0.0.1:9\nuse_fips_endpoint = true\n\
                   ca_bundle = /nowhere\nmax_attempts = 0\n[profile broken\nrole_arn = nonsense\n";
    std::fs::write(directory.join("config"), hostile).expect("~/.aws/config");
    std::fs::write(directory.join("credentials"), "[default]\naws_access_key_id = AKIAFOREIGN\n= =\n").expect("a file");
    let settings: [&[(&str, &str)]; 3] = [
        &[],
        &[("AWS_PROFILE", "no such profile"), ("AWS_DEFAULT_PROFILE", "none either")],
        &[
            ("AWS_CONFIG_FILE", "/nowhere/config"),
            ("AWS_SHARED_CREDENTIALS_FILE", "/nowhere/credentials"),
            ("AWS_ACCESS_KEY_ID", "AKIAFOREIGN"),
            ("AWS_SECRET_ACCESS_KEY", "foreign"),
            ("AWS_SESSION_TOKEN", "foreign"),
            ("AWS_REGION", "mars-north-1"),
            ("AWS_DEFAULT_REGION", "mars-north-1"),
            ("AWS_ROLE_ARN", "arn:aws:iam::000000000009:role/Foreign"),
            ("AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere/token"),
            ("AWS_MAX_ATTEMPTS", "0"),
        ],
    ];
    for variables in settings {
        for (name, value) in variables {
            home.set(name, value);
        }
        home.ok(&["login", "--force"]);
        home.ok(&["cache"]);
        for profile in ["000000000001:Admin", "audit"] {
            let fresh = json(&home.ok(&["process", "--sts-refresh", "-p", profile]));
            assert!(fresh["AccessKeyId"].as_str().is_some_and(|id| id.starts_with("ASIA")), "{fresh}");
        }
        for (name, _) in variables {
            home.unset(name);
        }
    }
    std::fs::remove_dir_all(directory).expect("the settings go");
    assert_eq!(through_exec(&home, "audit"), [AUDIT]);
    assert_eq!(simulator.count_status(Operation::AssumeRole, 403), 0);
}
