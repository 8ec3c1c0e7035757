//! `list`: the roles, at once, from what is on this computer.

#[path = "support/columns.rs"]
mod columns;
mod support;

use std::io::Write as _;
use std::process::Stdio;

use columns::column;
use identity_center::{Organization, Simulator};
use support::{Home, json, python, signed_in, small_organization, yaml};

const COLUMNS: [&str; 16] = [
    "AccountAlias",
    "AccountId",
    "AccountIdPad",
    "AccountName",
    "Arn",
    "DefaultRegion",
    "EmailAddress",
    "Expires",
    "ExpiresEpoch",
    "Id",
    "Profile",
    "RoleName",
    "SSO",
    "SSORegion",
    "StartUrl",
    "Via",
];

const INSTANCE: &str = "\
DefaultRegion: us-west-2
Accounts:
  '000000000002':
    Name: production
    DefaultRegion: eu-west-1
    Roles:
      Deploy:
        Profile: deploy
        Via: arn:aws:iam::000000000001:role/ReadOnly
      Admin:
        Profile: 'A, \"quoted\" one'
";

#[test]
fn every_column_is_documented_and_has_its_value() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, INSTANCE, "");
    let documented = home.ok(&["list", "-f"]);
    let documented: Vec<&str> = documented.lines().skip(2).filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(documented, COLUMNS);

    let text = home.ok(&[&["list", "--csv", "--prefix", "Profile=deploy"], &COLUMNS[..]].concat());
    let expected = format!(
        "{}\r\npayments-prod,2,000000000002,production,arn:aws:iam::000000000002:role/Deploy,eu-west-1,\
         payments-prod@example.com,,0,1,deploy,Deploy,Default,eu-central-1,{},\
         arn:aws:iam::000000000001:role/ReadOnly\r\n",
        COLUMNS.join(","),
        simulator.start_url()
    );
    assert_eq!(text, expected);
    let lower = home.ok(&["list", "--csv", "accountidpad", "AccountIdStr", "ExpiresStr"]);
    assert!(lower.starts_with("AccountIdPad,AccountIdPad,Expires\r\n"), "{lower}");
}

#[test]
fn the_table_is_as_documented() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "");
    let answer = home.run(&["list"]);
    assert!(answer.stderr.starts_with("AWS roles of the SSO instance Default [session: "), "{}", answer.stderr);
    assert_eq!(
        answer.stdout,
        "\
AccountIdPad | AccountAlias  | RoleName | Profile               | Expires
=========================================================================
000000000001 | payments-dev  | Admin    | 000000000001:Admin    |
000000000001 | payments-dev  | ReadOnly | 000000000001:ReadOnly |
000000000002 | payments-prod | Admin    | 000000000002:Admin    |
000000000002 | payments-prod | ReadOnly | 000000000002:ReadOnly |
123456789012 | data platform | ReadOnly | 123456789012:ReadOnly |
"
    );
    assert_eq!(home.run(&[]).stdout, answer.stdout, "list is the default command");
    assert_eq!(home.run(&["-S", "Default"]).stdout, answer.stdout);
}

#[test]
fn wide_names_do_not_move_the_columns() {
    let organization = Organization::new()
        .with_account("000000000001", "日本語", "a@example.com", &["Admin"])
        .with_account("000000000002", "e\u{301}te\u{301}", "b@example.com", &["Admin"])
        .with_account("000000000003", "🔥 on", "c@example.com", &["Admin"])
        .with_account("000000000004", "plain", "d@example.com", &["Admin"]);
    let simulator = Simulator::start(organization);
    let home = signed_in(&simulator, "", "");
    assert_eq!(
        home.ok(&["list", "AccountAlias", "AccountId"]),
        "\
AccountAlias | AccountId
========================
日本語       | 1
e\u{301}te\u{301}          | 2
🔥 on        | 3
plain        | 4
"
    );
}

#[test]
fn a_prefix_filters_by_any_column() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, INSTANCE, "");
    let url = format!("StartUrl={}", simulator.start_url());
    for (prefix, count) in [
        ("RoleName=Adm", 2),
        ("RoleName=dm", 0),
        ("RoleName=adm", 2),
        ("RoleName=", 6),
        ("rolename=Read", 3),
        ("AccountId=1234", 1),
        ("AccountId=2", 3),
        ("AccountIdPad=0000", 5),
        ("AccountIdStr=0000", 5),
        ("AccountAlias=payments", 5),
        ("AccountName=prod", 3),
        ("Arn=arn:aws:iam::000000000001:", 2),
        ("DefaultRegion=eu", 3),
        ("EmailAddress=data@", 1),
        ("Profile=deploy", 1),
        ("Profile=de=ploy", 0),
        ("SSO=Def", 6),
        ("SSORegion=eu-", 6),
        ("SSORegion=us-", 0),
        (&url, 6),
        ("Via=arn", 1),
    ] {
        for flag in ["--prefix", "-P", "--profile-prefix"] {
            assert_eq!(column(&home, "Arn", &[flag, prefix]).len(), count, "{flag} {prefix}");
        }
    }
    assert_eq!(home.ok(&["list", "--prefix", "RoleName=Nosuch"]), "", "no table where there is no role");
}

#[test]
fn any_column_sorts_and_equals_keep_their_order() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, INSTANCE, "");
    home.ok(&["process", "-p", "000000000002:ReadOnly"]);
    let unsorted = column(&home, "Arn", &[]);
    for field in COLUMNS {
        let order = column(&home, "Arn", &["--sort", field]);
        let values = column(&home, field, &["--sort", field]);
        let reversed = column(&home, "Arn", &["--sort", field, "--reverse"]);
        // Places in the unsorted list, grouped by equal values.
        let place = |arn: &String| unsorted.iter().position(|other| other == arn).expect("the same roles");
        let groups = |arns: &[String], values: &[String]| -> Vec<Vec<usize>> {
            let mut groups: Vec<(String, Vec<usize>)> = Vec::new();
            for (arn, value) in arns.iter().zip(values) {
                match groups.last_mut().filter(|(last, _)| last == value) {
                    Some((_, group)) => group.push(place(arn)),
                    None => groups.push((value.clone(), vec![place(arn)])),
                }
            }
            groups.into_iter().map(|(_, group)| group).collect()
        };
        if field == "Id" {
            // The number of the row in whatever list it is.
            assert_eq!(values, ["1", "2", "3", "4", "5", "6"]);
            continue;
        }
        let ascending = groups(&order, &values);
        assert!(ascending.iter().all(|group| group.is_sorted()), "{field}: {ascending:?}");
        let values_reversed = column(&home, field, &["--sort", field, "--reverse"]);
        let mut descending = groups(&reversed, &values_reversed);
        assert!(descending.iter().all(|group| group.is_sorted()), "{field} reversed: {descending:?}");
        descending.reverse();
        assert_eq!(descending, ascending, "{field}");
        match field {
            "AccountId" => assert!(values.is_sorted_by_key(|value| value.parse::<u64>().expect("a number"))),
            "Expires" | "ExpiresEpoch" => {
                assert_eq!(order[0], "arn:aws:iam::000000000002:role/ReadOnly", "what lasts comes first");
            }
            _ => assert!(values.is_sorted(), "{field}: {values:?}"),
        }
    }
    assert_eq!(column(&home, "Arn", &[]), column(&home, "Arn", &["--sort", "AccountId"]), "the default");
}

#[test]
fn the_environment_speaks_where_no_flag_does() {
    let simulator = Simulator::start(small_organization());
    let mut home = signed_in(&simulator, INSTANCE, "ListFields: [Profile]\n");
    let head = |home: &Home, arguments: &[&str]| {
        home.ok(&[&["list"], arguments].concat()).lines().next().expect("a header").to_owned()
    };
    assert_eq!(head(&home, &[]), "Profile");
    for fields in ["RoleName,AccountId", "RoleName AccountId", "RoleName, AccountId"] {
        home.set("AWS_SSO_FIELDS", fields);
        assert_eq!(head(&home, &[]), "RoleName | AccountId");
        assert_eq!(head(&home, &["Via"]), "Via");
    }
    home.set("AWS_SSO_FIELDS", "");
    assert_eq!(head(&home, &[]), "Profile");
    home.unset("AWS_SSO_FIELDS");

    home.set("AWS_SSO_FIELD_SORT", "RoleName");
    assert!(column(&home, "RoleName", &[]).is_sorted());
    home.set("AWS_SSO_FIELD_SORT_REVERSE", "true");
    assert!(column(&home, "RoleName", &[]).iter().rev().is_sorted());
    assert!(column(&home, "AccountIdPad", &["--sort", "AccountId"]).iter().rev().is_sorted());
    home.set("AWS_SSO_FIELD_SORT_REVERSE", "false");
    assert!(column(&home, "RoleName", &[]).is_sorted());

    home.set("AWS_SSO_FIELD_SORT", "Nosuch");
    home.fails(2, &["list"]);
    home.unset("AWS_SSO_FIELD_SORT");
    home.set("AWS_SSO_FIELDS", "Nosuch");
    home.fails(2, &["list"]);
}

#[test]
fn no_column_at_all_is_the_configured_ones() {
    let simulator = Simulator::start(small_organization());
    let mut home = signed_in(&simulator, "", "");
    let table = home.ok(&["list"]);
    for fields in [" ", ",", ", ,"] {
        home.set("AWS_SSO_FIELDS", fields);
        assert_eq!(home.ok(&["list"]), table, "{fields:?}");
    }
    home.unset("AWS_SSO_FIELDS");
    assert_eq!(home.ok(&["list", ""]), table);
}

/// Account names that CSV has to quote, as account by account.
const AWKWARD: [&str; 7] = ["a,b", "say \"so\"", "\"", "line\nbreak", "cr\r\nlf", " spaces ", "=HYPERLINK(\"x\")"];

#[test]
fn csv_is_what_other_programs_read() {
    let mut organization = Organization::new();
    for (number, name) in (1..).zip(AWKWARD) {
        organization.add_account(&format!("{number:012}"), name, "x@example.com", &["Admin"]);
    }
    let simulator = Simulator::start(organization);
    let home = signed_in(&simulator, "", "");
    let text = home.ok(&["list", "--csv", "AccountAlias", "AccountId"]);
    let read = "import csv, io, json, sys\n\
                print(json.dumps(list(csv.reader(io.TextIOWrapper(sys.stdin.buffer, newline=''), strict=True))))";
    let mut command = home.program(python());
    command.args(["-c", read]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("python starts");
    child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("python reads");
    let rows = json(&String::from_utf8(child.wait_with_output().expect("python ends").stdout).expect("UTF-8"));
    let mut expected = vec![vec!["AccountAlias".to_owned(), "AccountId".to_owned()]];
    expected.extend((1..).zip(AWKWARD).map(|(number, name)| vec![name.to_owned(), number.to_string()]));
    assert_eq!(rows, serde_json::json!(expected));
    assert!(text.ends_with("\r\n") && !text.ends_with("\r\n\r\n"), "{text:?}");
}

#[test]
fn json_has_everything() {
    let simulator = Simulator::start(small_organization());
    let instance = format!("{INSTANCE}    Tags: {{Team: {}}}\n", yaml("blue \"x\"\n\u{7f}\u{9b}"));
    let home = signed_in(&simulator, &instance, "");
    let text = home.ok(&["list", "--json", "--prefix", "Profile=deploy"]);
    assert_eq!(
        json(&text),
        serde_json::json!([{
            "profile": "deploy",
            "arn": "arn:aws:iam::000000000002:role/Deploy",
            "accountId": "000000000002",
            "accountAlias": "payments-prod",
            "accountName": "production",
            "emailAddress": "payments-prod@example.com",
            "roleName": "Deploy",
            "region": "eu-west-1",
            "sso": "Default",
            "ssoRegion": "eu-central-1",
            "startUrl": simulator.start_url(),
            "via": "arn:aws:iam::000000000001:role/ReadOnly",
            "expires": null,
            "tags": {
                "AccountAlias": "payments-prod",
                "AccountID": "000000000002",
                "AccountName": "production",
                "DefaultRegion": "eu-west-1",
                "Email": "payments-prod@example.com",
                "Profile": "deploy",
                "Role": "Deploy",
                "Team": "blue \"x\"\n\u{7f}\u{9b}",
                "Via": "arn:aws:iam::000000000001:role/ReadOnly",
            },
        }])
    );
    assert_eq!(text.lines().count(), 1);
    let sorted = json(&home.ok(&["list", "--json", "--sort", "RoleName", "--reverse"]));
    assert_eq!((sorted.as_array().map(Vec::len), sorted[0]["roleName"].as_str()), (Some(6), Some("ReadOnly")));
}

/// What could move the cursor, reorder or hide text, but for line ends.
fn controls(text: &str) -> String {
    let hides =
        |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    text.chars().filter(|c| *c != '\n' && (c.is_control() || hides(*c))).collect()
}

#[test]
fn hostile_names_cannot_move_the_cursor() {
    let simulator = Simulator::start(Organization::hostile());
    let home = Home::new(&simulator, "SecureStore: json\n");
    let roles = simulator.change(|organization| organization.role_count());
    for arguments in [
        &["login"][..],
        &["cache"],
        &["list"],
        &[&["list"], &COLUMNS[..]].concat(),
        &["list", "--json"],
        &["-L", "trace", "list"],
        &["-L", "trace", "process", "-p", "000000000006:\u{fffd}[2J\u{fffd}]0;title\u{fffd}\u{fffd}[31mred"],
        &["process", "-p", "\u{1b}[2J\u{9b}31m\u{202e}"],
        &["status"],
    ] {
        let answer = home.run(arguments);
        assert_eq!(controls(&answer.stdout), "", "{arguments:?} on standard output");
        assert_eq!(controls(&answer.stderr), "", "{arguments:?} on standard error");
        if arguments[0] == "list" && !arguments.contains(&"--json") {
            assert_eq!(answer.stdout.lines().count(), roles + 2, "a row for each role");
        }
    }
    // Where the names collide as well.
    let text = std::fs::read_to_string(home.config_path()).expect("the config");
    home.write_config(&format!("{text}ProfileFormat: '{{{{ .AccountAlias }}}}'\n"));
    for arguments in [&["list"][..], &["cache"], &["process", "-p", "x"]] {
        let answer = home.run(arguments);
        assert_eq!(controls(&answer.stderr), "", "{arguments:?}");
    }
}
