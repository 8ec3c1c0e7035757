//! `Via` chains that lead back to themselves: no credentials could ever come out of one.

use std::collections::{BTreeMap, BTreeSet};

use crate::role::{Partition, RoleArn, RoleRef};

use super::Instance;
use super::report::{KeyPath, Report};

/// Reports each loop once, at the `Via` of one of its roles, spelled as `ACCOUNT:ROLE`.
pub(super) fn refuse_loops(report: &Report<'_>, instance: &Instance, via_paths: &BTreeMap<RoleArn, KeyPath>) {
    let hops = hops(instance);
    let mut done: BTreeSet<&RoleArn> = BTreeSet::new();
    for start in hops.keys() {
        let mut chain: Vec<&RoleArn> = Vec::new();
        let mut at = Some(start);
        while let Some(role) = at.filter(|role| !done.contains(role)) {
            // Each role has one Via at most, so a chain that meets a role of an earlier walk ends as
            // that walk did.
            done.insert(role);
            chain.push(role);
            at = hops.get(role);
        }
        let Some(first) = at.and_then(|role| chain.iter().position(|other| *other == role)) else { continue };
        let spelled: Vec<String> = chain[first..]
            .iter()
            .chain([&chain[first]])
            .map(|arn| format!("{}:{}", arn.account_id, arn.name))
            .collect();
        let path = via_paths.get(chain[first]).cloned().unwrap_or_default();
        report.error(&path, format!("{path} leads in a circle: {}", spelled.join(" via ")));
    }
}

/// From each role of the file to the one before it.
fn hops(instance: &Instance) -> BTreeMap<RoleArn, RoleArn> {
    let partition = Partition::of_region(&instance.sso_region);
    let roles = instance.accounts.iter().flat_map(|(id, account)| account.roles.iter().map(move |role| (*id, role)));
    roles
        .filter_map(|(id, (name, role))| {
            let via = role.via.clone()?;
            Some((RoleArn::new(partition, id, name), without_path(via, partition)))
        })
        .collect()
}

/// A role's name is unique in its account whatever its path. That of a permission set is the one that people use.
fn without_path(role: RoleRef, partition: Partition) -> RoleArn {
    let arn = role.into_arn(partition);
    let name = arn.permission_set().unwrap_or(&arn.name).to_owned();
    RoleArn::new(arn.partition, arn.account_id, name)
}
