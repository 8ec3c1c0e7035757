//! `ProfileFormat` beside Go's own engine: hundreds of templates, each for two roles, against what text/template and
//! sprig made of them. tests/profile-format/generate.go has written the table; see there how to write it anew.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use aws_sso::profile::{ProfileFields, ProfileTemplate};
use aws_sso::role::{AccountId, Partition, Role, RoleArn};
use support::json;

/// Template, and its text for the role with all fields and for the one with few; none for an error.
type Row = (String, Option<String>, Option<String>);

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/profile-format")
}

fn read(name: &str) -> String {
    fs::read_to_string(directory().join(name)).expect(name)
}

fn role(name: &str) -> Role {
    let record = &json(&read("records.json"))[name];
    let text = |field: &str| record[field].as_str().expect(field).to_owned();
    let account_id = AccountId::try_from(record["AccountId"].as_u64().expect("an id")).expect("an id");
    let tags: BTreeMap<String, String> = serde_json::from_value(record["Tags"].clone()).expect("tags");
    Role {
        sso: text("SSO"),
        sso_region: text("SSORegion"),
        start_url: text("StartUrl"),
        account_id,
        account_name: text("AccountName"),
        account_alias: text("AccountAlias"),
        email: text("EmailAddress"),
        arn: RoleArn::new(Partition::Aws, account_id, text("RoleName")),
        role_name: text("RoleName"),
        region: Some(text("DefaultRegion")).filter(|region| !region.is_empty()),
        via: text("Via").parse().ok(),
        tags,
        ..Role::default()
    }
}

fn render(template: &str, role: &Role) -> Result<String, String> {
    let compiled = ProfileTemplate::parse(template).map_err(|error| error.to_string())?;
    compiled.render(&ProfileFields::of(role)).map_err(|error| error.to_string())
}

#[test]
fn templates_render_as_go_renders_them_but_for_the_listed_differences() {
    let rows: Vec<Row> = serde_json::from_str(&read("expected.json")).expect("the table");
    let templates: Vec<String> = read("cases.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect();
    assert_eq!(templates, rows.iter().map(|row| row.0.clone()).collect::<Vec<_>>(), "the table is of these cases");
    assert!(rows.len() >= 250, "{} templates", rows.len());

    let differences = read("differences.txt");
    let mut listed: BTreeSet<&str> = BTreeSet::new();
    let mut lines = differences.lines().filter(|line| !line.is_empty());
    while let Some(reason) = lines.next() {
        assert!(reason.starts_with("# "), "a reason, then its templates: {reason}");
        while let Some(template) = lines.clone().next().filter(|line| !line.starts_with("# ")) {
            assert!(listed.insert(template), "listed twice: {template}");
            lines.next();
        }
    }
    let (full, bare) = (role("full"), role("bare"));
    let mut wrong = Vec::new();
    for (template, expected_full, expected_bare) in &rows {
        let rendered = [render(template, &full), render(template, &bare)];
        let same = [expected_full, expected_bare].into_iter().zip(&rendered);
        let same = same.into_iter().all(|(expected, rendered)| expected.as_ref() == rendered.as_ref().ok());
        if same == listed.contains(template.as_str()) {
            let what = if same { "is listed as different, and is not" } else { "differs" };
            wrong.push(format!("{template} {what}\n    Go   {expected_full:?}\n         {expected_bare:?}\n    ours {:?}\n         {:?}", rendered[0], rendered[1]));
        }
    }
    for template in listed {
        assert!(templates.iter().any(|known| known == template), "no case: {template}");
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

/// Writes the table anew where Go and sprig are installed, and compares.
#[test]
#[ignore = "needs Go and sprig"]
fn the_table_is_what_go_says_today() {
    let output = Command::new("go")
        .args(["run", "generate.go"])
        .current_dir(directory())
        .env("GO111MODULE", "off")
        .env("GOPATH", "/usr/share/gocode")
        .output()
        .expect("go runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout), read("expected.json"));
}
