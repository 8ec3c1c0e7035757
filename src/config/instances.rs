//! `SSOConfig`: instances, their accounts and roles.

use std::collections::BTreeMap;

use crate::role::{AccountId, Partition, RoleArn, RoleRef};

use super::document::Node;
use super::report::{KeyPath, Report};
use super::section::Section;
use super::{Account, Instance, RoleConfig, checks, via};

// Duration (of credentials) and ARN are what older tools wrote; neither has a meaning to lose.
pub(super) const INSTANCE_KEYS: &[&str] =
    &["SSORegion", "StartUrl", "DefaultRegion", "AuthUrlAction", "Accounts", "Duration"];
pub(super) const ACCOUNT_KEYS: &[&str] = &["Name", "DefaultRegion", "Tags", "Roles", "Duration"];
pub(super) const ROLE_KEYS: &[&str] =
    &["Profile", "DefaultRegion", "Tags", "Via", "SourceIdentity", "ExternalId", "ARN", "Duration"];

const MINIMUM: &str = "name an instance in it, with its SSORegion and StartUrl";

/// Reads `SSOConfig` from the top level.
pub(super) fn read(top: &Section<'_>) -> BTreeMap<String, Instance> {
    let path = top.path_of("SSOConfig");
    let mut instances = BTreeMap::new();
    match top.node("SSOConfig") {
        Some(Node::Map(entries)) if !entries.is_empty() => {
            for (name, node) in entries {
                let instance = read_instance(top.report, &path.join(name.as_str()), name, node);
                instances.insert(name.clone(), instance);
            }
        }
        Some(Node::Map(_)) => top.report.error(&path, format!("SSOConfig is empty: {MINIMUM}")),
        Some(other) => top.report.error(&path, format!("SSOConfig must be a mapping, not {}: {MINIMUM}", other.kind())),
        None if top.has("SSOConfig") => top.report.error(&path, format!("SSOConfig is empty: {MINIMUM}")),
        None => top.report.error(&path, format!("SSOConfig is missing: {MINIMUM}")),
    }
    instances
}

fn read_instance(report: &Report<'_>, path: &KeyPath, name: &str, node: &Node) -> Instance {
    if name.trim().is_empty() || checks::one_line_name(name).is_err() {
        report.error(path, "an SSO instance needs a name of one line under SSOConfig");
    }
    let section = Section::open(report, path.clone(), node, INSTANCE_KEYS);
    for required in ["SSORegion", "StartUrl"] {
        let absent =
            section.node(required).is_none_or(|node| matches!(node, Node::Text(text) if text.trim().is_empty()));
        if absent {
            report.error(path, format!("{path} has no {required}: add it"));
        }
    }
    let mut instance = Instance {
        name: name.to_owned(),
        sso_region: section.checked("SSORegion", checks::region).unwrap_or_default(),
        start_url: section.checked("StartUrl", checks::start_url).unwrap_or_default(),
        default_region: section.checked("DefaultRegion", checks::region),
        auth_url_action: section.choice("AuthUrlAction"),
        accounts: BTreeMap::new(),
    };
    let mut via_paths = BTreeMap::new();
    instance.accounts = read_accounts(&section, &instance, &mut via_paths);
    via::refuse_loops(report, &instance, &via_paths);
    instance
}

/// The entries of a mapping of names, each of which may be without a body.
fn entries<'a>(section: &Section<'a>, key: &'static str) -> &'a [(String, Node)] {
    match section.node(key) {
        Some(Node::Map(entries)) => entries,
        Some(other) => {
            let path = section.path_of(key);
            section.report.error(&path, format!("{path} must be a mapping of names, not {}", other.kind()));
            &[]
        }
        None => &[],
    }
}

fn read_accounts(
    section: &Section<'_>,
    instance: &Instance,
    via_paths: &mut BTreeMap<RoleArn, KeyPath>,
) -> BTreeMap<AccountId, Account> {
    let report = section.report;
    let mut accounts = BTreeMap::new();
    let mut written: BTreeMap<AccountId, KeyPath> = BTreeMap::new();
    for (key, node) in entries(section, "Accounts") {
        let path = section.path_of("Accounts").join(key.as_str());
        let Ok(id) = key.parse::<AccountId>() else {
            report.error(&path, format!("{path} is not an AWS account id: write its 12 digits in quotes"));
            continue;
        };
        if let Some(first) = written.get(&id) {
            let line = report.line(first).map_or_else(String::new, |line| format!(" of line {line}"));
            report.error(&path, format!("{path} is the same account as {first}{line}: join them"));
        }
        let partition = Partition::of_region(&instance.sso_region);
        accounts.insert(id, read_account(report, &path, node, &RoleArn::new(partition, id, ""), via_paths));
        written.insert(id, path);
    }
    accounts
}

/// `arn` is the ARN of the account's roles, with the name left to fill in.
fn read_account(
    report: &Report<'_>,
    path: &KeyPath,
    node: &Node,
    arn: &RoleArn,
    via_paths: &mut BTreeMap<RoleArn, KeyPath>,
) -> Account {
    let section = Section::open(report, path.clone(), node, ACCOUNT_KEYS);
    let mut roles = BTreeMap::new();
    for (name, node) in entries(&section, "Roles") {
        let path = section.path_of("Roles").join(name.as_str());
        // An IAM role may have a path in front of its name, which is no part of what it is called.
        let (iam_path, name) = name.rsplit_once('/').unwrap_or(("", name));
        let iam_path = iam_path.strip_prefix('/').unwrap_or(iam_path);
        let full = RoleArn { path: iam_path.to_owned(), name: name.to_owned(), ..arn.clone() };
        if full.to_string().parse::<RoleArn>().is_err() {
            report.error(&path, format!("{path} is not a role name: IAM allows letters, digits and + = , . @ - _"));
        }
        let section = Section::open(report, path.clone(), node, ROLE_KEYS);
        if section.has("Via") {
            via_paths.insert(RoleArn { name: name.to_owned(), ..arn.clone() }, section.path_of("Via"));
        }
        let mut role = RoleConfig { path: full.path, ..read_role(&section) };
        keep_partition(&section, &mut role, arn.partition);
        if !role.path.is_empty() && role.via.is_none() {
            report.error(
                &path,
                format!("{path} has a path, which only roles with a Via have: add Via, or leave the path out"),
            );
        }
        if roles.insert(name.to_owned(), role).is_some() {
            report.error(
                &path,
                format!("{path} is there twice: in an account no two roles have one name, whatever their paths"),
            );
        }
    }
    Account {
        name: section.text("Name"),
        default_region: section.checked("DefaultRegion", checks::region),
        tags: section.table("Tags"),
        roles,
    }
}

/// No role is reached from another partition. Files of the Go tool say `arn:aws:` everywhere, as it did itself.
fn keep_partition(section: &Section<'_>, role: &mut RoleConfig, partition: Partition) {
    let Some(RoleRef::Arn(via)) = &mut role.via else { return };
    if via.partition != partition {
        let path = section.path_of("Via");
        let message = format!(
            "{path} is of the partition {}, the SSO instance is of {partition}: write {partition}",
            via.partition
        );
        section.report.warning(&path, message);
        via.partition = partition;
    }
}

fn read_role(section: &Section<'_>) -> RoleConfig {
    let via = |text: &str| text.parse().map_err(|_| "write arn:aws:iam::123456789012:role/NAME or 123456789012:NAME");
    RoleConfig {
        profile: section.checked("Profile", checks::one_line_name),
        default_region: section.checked("DefaultRegion", checks::region),
        tags: section.table("Tags"),
        via: section.checked("Via", via),
        source_identity: section.checked("SourceIdentity", checks::source_identity),
        external_id: section.checked("ExternalId", checks::external_id),
        path: String::new(),
    }
}
