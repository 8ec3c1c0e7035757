//! Command lines that people and their files have from both major versions of the Go tool. Each is accepted, and does what
//! it meant; nothing of it is an error of usage.

mod support;

use identity_center::{Operation, Simulator};
use support::{Answer, Home, json, signed_in, small_organization};

const ADMIN: &str = "000000000001:Admin";
const ARN: &str = "arn:aws:iam::000000000001:role/Admin";

fn home() -> (Simulator, Home) {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "");
    (simulator, home)
}

fn run(home: &Home, line: &str) -> Answer {
    let words = line.replace("ARN", ARN).replace("PROFILE", ADMIN);
    home.run(&words.split(' ').collect::<Vec<_>>())
}

#[test]
fn flags_that_were_global_stand_before_and_after_the_command() {
    let (_simulator, home) = home();
    for flags in [
        "-u print",
        "--url-action printurl",
        "-u open-url-in-container",
        "-u granted-containers",
        "-u clip",
        "-u ansi-osc52",
        "-u exec",
        "--sts-refresh",
        "--no-config-check",
        "--threads 8",
        "-S Default",
        "-L error",
        "--level warn",
        "--lines",
        "-b firefox",
        "--browser=/usr/bin/firefox",
    ] {
        for line in [format!("{flags} process --arn ARN"), format!("process --arn ARN {flags}")] {
            let answer = run(&home, &line);
            assert_eq!(answer.status, Some(0), "{line}: {}", answer.stderr);
            assert_eq!(json(&answer.stdout)["Version"], 1, "{line}");
        }
    }
}

/// The lines that both versions have written into ~/.aws/config.
#[test]
fn credential_process_lines_go_on_working() {
    let (_simulator, home) = home();
    for line in [
        "-u open -S Default process --arn ARN",
        "-S Default process --arn ARN",
        "-S Default process --arn ARN --open open",
        "process --profile PROFILE",
        "process -A 1 -R Admin",
        "process --account 000000000001 --role Admin",
        "process --arn 000000000001:Admin",
        "--sts-refresh process -a ARN",
    ] {
        let answer = run(&home, line);
        assert_eq!(answer.status, Some(0), "{line}: {}", answer.stderr);
        assert!(json(&answer.stdout)["AccessKeyId"].is_string(), "{line}");
    }
}

#[test]
fn commands_of_both_versions_are_accepted() {
    let (_simulator, mut home) = home();
    home.set("SHELL", "/bin/bash");
    for line in [
        "list",
        "list --no-cache",
        "list -f",
        "list --list-fields",
        "list --csv",
        "list -P RoleName=Ad",
        "list --prefix RoleName=Ad",
        "list --profile-prefix RoleName=Ad",
        "list -s RoleName --reverse",
        "list --sort Profile",
        "list AccountIdPad RoleName Profile Expires",
        "tags",
        "tags -A 000000000001 -R Admin",
        "tags --account 1",
        "tags --force-update",
        "cache",
        "cache --no-config-check",
        "cache --silent --threads 3",
        "login",
        "login -u print --threads 8",
        "eval -p PROFILE",
        "eval -n -a ARN",
        "eval --no-region --arn ARN",
        "eval -O -A 1 -R Admin",
        "eval --overwrite-region --profile PROFILE",
        "eval -c",
        "eval --clear --no-region",
        "exec -p PROFILE true",
        "exec --no-region -a ARN -- true",
        "exec -O -p PROFILE -- true",
        "exec --overwrite-env -p PROFILE true",
        "exec --sts-refresh -p PROFILE true -x --flag",
        "time",
        "version",
        "flush",
        "flush -t sts",
        "flush --type sts",
        "completions --source --shell bash",
        "completions -I --shell zsh --shell-script rc --force",
        "completions --uninstall --shell zsh --shell-script rc --force",
        "setup completions --source --shell fish",
        "login --force",
        "flush -t sso",
        "login -f",
        "flush -t all",
    ] {
        let answer = run(&home, line);
        assert_eq!(answer.status, Some(0), "{line}: {}", answer.stderr);
    }
}

#[test]
fn old_flags_do_what_they_did() {
    let (simulator, mut home) = home();
    let calls = |simulator: &Simulator, operation| simulator.count(operation);
    home.ok(&["process", "-p", ADMIN]);
    let before = calls(&simulator, Operation::GetRoleCredentials);
    home.ok(&["process", "-p", ADMIN]);
    assert_eq!(calls(&simulator, Operation::GetRoleCredentials), before, "stored credentials serve");
    home.ok(&["--sts-refresh", "process", "-p", ADMIN]);
    assert_eq!(calls(&simulator, Operation::GetRoleCredentials), before + 1, "--sts-refresh fetches new ones");
    for (flag, command) in [("--no-cache", "list"), ("--force-update", "tags")] {
        let before = calls(&simulator, Operation::ListAccounts);
        home.ok(&[command, flag]);
        assert_eq!(calls(&simulator, Operation::ListAccounts), before + 1, "{command} {flag} fetches first");
    }
    home.ok(&["flush"]);
    let before = calls(&simulator, Operation::GetRoleCredentials);
    home.ok(&["process", "-p", ADMIN]);
    assert_eq!(calls(&simulator, Operation::GetRoleCredentials), before + 1, "flush forgets credentials");
    home.set("AWS_SSO_ROLE_ARN", ARN);
    assert!(home.ok(&["eval", "--refresh"]).contains("AWS_ACCESS_KEY_ID"));
    assert_eq!(calls(&simulator, Operation::GetRoleCredentials), before + 2, "eval --refresh fetches new ones");
    home.unset("AWS_SSO_ROLE_ARN");
    home.ok(&["flush", "-t", "sso"]);
    assert_eq!(home.run(&["process", "-p", ADMIN]).status, Some(3), "flush -t sso ends the session");
}

#[test]
fn variables_of_the_go_tool_are_read() {
    let (_simulator, mut home) = home();
    home.set("AWS_SSO_FIELDS", "Profile Arn");
    assert!(home.ok(&["list"]).lines().any(|line| line.contains(ARN)));
    home.set("AWS_SSO_FIELD_SORT", "RoleName");
    home.set("AWS_SSO_FIELD_SORT_REVERSE", "true");
    home.ok(&["list"]);
    home.set("AWS_SSO_ACCOUNT_ID", "000000000001");
    home.set("AWS_SSO_ROLE_NAME", "Admin");
    assert!(home.ok(&["exec", "env"]).contains(&format!("AWS_SSO_ROLE_ARN={ARN}")));
    let config = home.config_path().display().to_string();
    home.set("AWS_SSO_CONFIG", &config);
    home.set("AWS_SSO", "Default");
    home.set("AWS_SSO_BROWSER", "curl");
    home.ok(&["list"]);
}
