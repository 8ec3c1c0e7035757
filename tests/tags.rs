//! `tags`: what roles are tagged with, and which of them were used lately.

mod support;

use identity_center::{Organization, Simulator};
use support::{Home, config, json, signed_in, small_organization, yaml};

const TAGS: &str = "\
Accounts:
  '000000000001':
    Name: Kasse
    Tags: {Team: Blue, Zone: 'a=b'}
    Roles:
      Admin: {Profile: boss, Tags: {Team: red, Stage: prod}}
  '000000000002':
    Tags: {Team: big blue}
    Roles:
      Deploy: {Via: 'arn:aws:iam::000000000001:role/Admin', Tags: {Stage: dev}}
";

/// The ends of the ARNs that `tags` answers with: `1/Admin`.
fn roles(home: &Home, arguments: &[&str]) -> Vec<String> {
    let text = home.ok(&[&["tags"], arguments].concat());
    let arns = text.lines().filter_map(|line| line.strip_prefix("arn:aws:iam::00000000000"));
    arns.map(|rest| rest.replace(":role", "")).collect()
}

#[test]
fn each_role_has_its_tags_in_order() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, TAGS, "");
    let answer = home.run(&["tags", "-A", "1"]);
    assert_eq!(answer.stderr, "");
    assert_eq!(
        answer.stdout,
        "\
arn:aws:iam::000000000001:role/Admin
  AccountAlias: payments-dev
  AccountID: 000000000001
  AccountName: Kasse
  Email: payments-dev@example.com
  Profile: boss
  Role: Admin
  Stage: prod
  Team: red
  Zone: a=b

arn:aws:iam::000000000001:role/ReadOnly
  AccountAlias: payments-dev
  AccountID: 000000000001
  AccountName: Kasse
  Email: payments-dev@example.com
  Role: ReadOnly
  Team: Blue
  Zone: a=b

"
    );
    let deploy = home.ok(&["tags", "-R", "Deploy"]);
    for line in ["  Role: Deploy", "  Stage: dev", "  Team: big blue", "  Via: arn:aws:iam::000000000001:role/Admin"] {
        assert!(deploy.contains(&format!("{line}\n")), "a chained role has {line:?}: {deploy}");
    }
    let all = home.ok(&["tags"]);
    let arns: Vec<&str> = all.lines().filter(|line| line.starts_with("arn:")).collect();
    assert!(arns.len() == 6 && arns.is_sorted(), "by account and role: {arns:?}");
}

#[test]
fn filters_narrow_together() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, TAGS, "");
    for (arguments, expected) in [
        (&["-A", "2"][..], &["2/Admin", "2/Deploy", "2/ReadOnly"][..]),
        (&["--account", "000000000001"], &["1/Admin", "1/ReadOnly"]),
        (&["-R", "Admin"], &["1/Admin", "2/Admin"]),
        (&["-A", "1", "--role", "Admin"], &["1/Admin"]),
        (&["-p", "boss"], &["1/Admin"]),
        (&["--arn", "arn:aws:iam::000000000002:role/Admin"], &["2/Admin"]),
        (&["-a", "1:ReadOnly"], &["1/ReadOnly"]),
        (&["Team=blue"], &["1/ReadOnly"]),
        (&["team=BIG BLUE", "Role=Deploy"], &["2/Deploy"]),
        (&["Stage="], &["1/Admin", "2/Deploy"]),
        (&["Stage=", "-R", "Admin"], &["1/Admin"]),
        (&["Zone=a=b", "-p", "boss"], &["1/Admin"]),
        (&["Role=ReadOnly", "AccountAlias=payments-prod"], &["2/ReadOnly"]),
    ] {
        assert_eq!(roles(&home, arguments), expected, "{arguments:?}");
    }
}

#[test]
fn what_fits_no_role_is_an_error_with_the_next_step() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, TAGS, "");
    for (arguments, status, words) in [
        (&["-A", "9"][..], 4, &["no role of the SSO instance Default fits -A 000000000009", "aws-sso list"][..]),
        (&["-R", "Nobody"], 4, &["fits -R Nobody"]),
        (&["-R", "admin"], 4, &["fits -R admin"]),
        (&["Team=blu"], 4, &["fits team=blu"]),
        (&["-A", "1", "Team=green"], 4, &["fits -A 000000000001 team=green"]),
        (&["-A", "1", "-R", "Nobody"], 4, &["the role 'Nobody' of account 000000000001", "aws-sso cache"]),
        (&["-A", "1", "-R", "Admin", "Team=x"], 4, &["fits -A 000000000001 -R Admin team=x"]),
        (&["-p", "bos"], 4, &["did you mean boss?"]),
        (&["-p", "boss", "-A", "2"], 4, &["fits -A 000000000002"]),
        (&["-a", "3:Admin"], 4, &["the role '3:Admin'"]),
        (&["payments"], 2, &["'payments' is no tag", "KEY=VALUE", "-p"]),
        (&["=x"], 2, &["'=x' is no tag"]),
        (&["-p", "x", "-a", "y"], 2, &["cannot be used with"]),
    ] {
        home.refuses(status, &[&["tags"], arguments].concat(), words);
        let with_json = [&["tags", "--json"], arguments].concat();
        home.refuses(status, &with_json, words);
    }
}

#[test]
fn json_is_an_array_of_roles() {
    let simulator = Simulator::start(small_organization());
    let tags = format!("Accounts: {{'000000000001': {{Tags: {{Note: {}}}}}}}", yaml("two\nlines \u{202e}\u{1b}[2J"));
    let home = signed_in(&simulator, &tags, "");
    let text = home.ok(&["tags", "-A", "1", "-R", "Admin", "--json"]);
    assert_eq!(
        json(&text),
        serde_json::json!([{
            "profile": "000000000001:Admin",
            "arn": "arn:aws:iam::000000000001:role/Admin",
            "accountId": "000000000001",
            "roleName": "Admin",
            "tags": {
                "AccountAlias": "payments-dev",
                "AccountID": "000000000001",
                "Email": "payments-dev@example.com",
                "Note": "two\nlines \u{202e}\u{1b}[2J",
                "Role": "Admin",
            },
        }])
    );
    assert!(!text.contains(['\u{202e}', '\u{1b}']), "{text:?}");
}

#[test]
fn a_name_cannot_pretend_to_be_a_tag_or_a_role() {
    let mut organization = Organization::new();
    organization.add_account(
        "000000000001",
        "x\n  Stage: dev\n\narn:aws:iam::000000000009:role/Fake",
        "x@example.com",
        &["Admin"],
    );
    organization.add_account("000000000002", "\u{1b}[2J\u{202e}", "y@example.com", &["Admin"]);
    let simulator = Simulator::start(organization);
    let home = signed_in(&simulator, "", "");
    let text = home.ok(&["tags"]);
    assert_eq!(text.lines().filter(|line| line.starts_with("arn:")).count(), 2, "{text}");
    assert!(!text.lines().any(|line| line.starts_with("  Stage")), "{text}");
    assert!(text.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'), "{text:?}");
}

#[test]
fn nobody_is_asked_and_nothing_is_fetched_unless_it_is_asked_for() {
    let simulator = Simulator::start(small_organization());
    let mut home = Home::new(&simulator, "CacheRefresh: 1\n");
    let answer = home.run(&["tags"]);
    assert_eq!((answer.status, answer.stdout.as_str()), (Some(0), ""));
    assert!(answer.stderr.contains("aws-sso login"), "{}", answer.stderr);
    assert_eq!(home.ok(&["tags", "--json"]), "[]\n");
    home.refuses(3, &["tags", "-A", "1"], &["aws-sso login"]);
    home.refuses(3, &["tags", "-p", "x"], &["aws-sso login"]);
    assert_eq!(simulator.requests(), []);

    home.ok(&["login"]);
    home.set("AWS_SSO_FILE_PASSWORD", "wrong");
    simulator.clear_log();
    let before = home.ok(&["tags"]);
    let database = rusqlite::Connection::open(home.state_path()).expect("the state file");
    database.execute("UPDATE instance SET refreshed_at = refreshed_at - 7200", []).expect("an old list");
    let answer = home.run(&["tags"]);
    assert_eq!(answer.stdout, before);
    assert!(answer.stderr.contains("older than CacheRefresh: run 'aws-sso cache'"), "{}", answer.stderr);
    assert_eq!(simulator.requests(), [], "no store is opened, and nobody is called");

    home.set("AWS_SSO_FILE_PASSWORD", support::PASSWORD);
    assert_eq!(home.ok(&["tags", "--force-update"]), before);
    assert_ne!(simulator.requests(), []);
    assert!(!home.run(&["tags"]).stderr.contains("CacheRefresh"));
}

/// The values of the `History` tag, by role.
fn history(home: &Home) -> Vec<String> {
    let text = home.ok(&["tags", "History="]);
    text.lines().filter_map(|line| line.strip_prefix("  History: ")).map(str::to_owned).collect()
}

/// Moves all uses of roles into the past.
fn let_time_pass(home: &Home, seconds: i64) {
    let database = rusqlite::Connection::open(home.state_path()).expect("the state file");
    database.execute("UPDATE history SET last_used = last_used - ?1", [seconds]).expect("older uses");
}

fn run_as(home: &Home, profile: &str) {
    home.ok(&["exec", "-p", profile, "--", "true"]);
}

#[test]
fn a_role_that_was_used_lately_has_a_history() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "HistoryLimit: 2\nHistoryMinutes: 60\n");
    home.refuses(4, &["tags", "History="], &["fits history="]);
    home.ok(&["process", "-p", "000000000001:Admin"]);
    home.refuses(4, &["tags", "History="], &["fits history="]);

    home.ok(&["eval", "-p", "000000000001:Admin"]);
    let_time_pass(&home, 600);
    run_as(&home, "123456789012:ReadOnly");
    let now = jiff::Timestamp::now().as_second();
    let all = history(&home);
    let ages: Vec<(&str, i64)> = all
        .iter()
        .map(|value| {
            let (role, epoch) = value.rsplit_once(',').expect("a time");
            (role, now - epoch.parse::<i64>().expect("seconds"))
        })
        .collect();
    let ["payments-dev:Admin", "data platform:ReadOnly"] = [ages[0].0, ages[1].0] else { panic!("{all:?}") };
    assert!((600..660).contains(&ages[0].1) && (0..60).contains(&ages[1].1), "{ages:?}");
    let listed = json(&home.ok(&["list", "--json", "--prefix", "Profile=000000000001:Admin"]));
    assert_eq!(listed[0]["tags"]["History"], all[0]);

    run_as(&home, "000000000002:Admin");
    assert_eq!(history(&home).len(), 2, "HistoryLimit");
    assert_eq!(roles(&home, &["History=", "-A", "2"]), ["2/Admin"]);
    let_time_pass(&home, 3700);
    home.refuses(4, &["tags", "History="], &["fits history="]);
    run_as(&home, "000000000001:Admin");
    assert_eq!(roles(&home, &["History="]), ["1/Admin"]);
}

#[test]
fn without_a_limit_nothing_is_recorded_and_without_an_age_nothing_ends() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "HistoryLimit: 0\n");
    run_as(&home, "000000000001:Admin");
    let write = |more: &str| home.write_config(&config(&simulator, "", &format!("SecureStore: json\n{more}")));
    write("HistoryMinutes: 0\n");
    home.refuses(4, &["tags", "History="], &["fits history="]);
    run_as(&home, "000000000001:Admin");
    let_time_pass(&home, 100_000_000);
    assert_eq!(roles(&home, &["History="]), ["1/Admin"]);
    write("HistoryLimit: 0\n");
    home.refuses(4, &["tags", "History="], &["fits history="]);
}

#[test]
fn a_tag_named_history_is_left_to_whoever_wrote_it() {
    let simulator = Simulator::start(small_organization());
    let tags = "Accounts: {'000000000001': {Roles: {Admin: {Tags: {History: mine}}}}}";
    let home = signed_in(&simulator, tags, "");
    run_as(&home, "000000000001:Admin");
    assert_eq!(history(&home), ["mine"]);
}
