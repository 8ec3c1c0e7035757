//! The role files that were allowed: still there, still as they were, still naming a role that exists.

use std::path::Path;

use crate::command::setup::shown;
use crate::directory::RoleFile;
use crate::index::Allowed;
use crate::role::Selection;

use super::Patient;
use super::finding::Finding;

const CHECK: &str = "directories";

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let (Some(index), Some(row)) = (&patient.index, patient.rows.first()) else { return Vec::new() };
    let allowed = match index.allowed(row.config_id) {
        Ok(allowed) => allowed,
        Err(error) => return vec![Finding::of_error(CHECK, &error)],
    };
    let findings: Vec<Finding> = allowed.iter().filter_map(|file| of_file(patient, file)).collect();
    if findings.is_empty() && !allowed.is_empty() {
        return vec![Finding::ok(CHECK, format!("{} role files are as they were allowed", allowed.len()))];
    }
    findings
}

fn of_file(patient: &Patient<'_>, allowed: &Allowed) -> Option<Finding> {
    let path = Path::new(&allowed.path);
    let name = shown(path, patient.context);
    let directory = path.parent().unwrap_or(Path::new("/"));
    let command = |verb: &str| format!("aws-sso {verb} {}", patient.quote(&directory.to_string_lossy()));
    match RoleFile::read(directory) {
        Err(_) if !path.exists() => {
            Some(Finding::note(CHECK, format!("{name} was allowed and is gone")).mended_by(command("deny")))
        }
        Err(problem) => Some(Finding::of_error(CHECK, &problem.at(path))),
        Ok(file) if file.hash != allowed.hash || file.owner != allowed.owner => Some(
            Finding::problem(
                CHECK,
                format!("{name} has changed since it was allowed, and chooses no role: look at it"),
            )
            .mended_by(command("allow")),
        ),
        Ok(_) if is_gone(patient, allowed) => {
            let gone = format!("{name} chooses {}, which is not among your roles any more", allowed.arn);
            Some(Finding::problem(CHECK, gone).mended_by(patient.command("cache", &allowed.sso)))
        }
        Ok(_) => None,
    }
}

/// Whether a listing that was complete has no such role.
fn is_gone(patient: &Patient<'_>, allowed: &Allowed) -> bool {
    let (Some(index), Some(row)) = (&patient.index, patient.row(&allowed.sso)) else { return false };
    let arn = Selection::Arn(allowed.arn.clone());
    row.refreshed_at.is_some() && index.find(row.id, &arn).is_ok_and(|found| found.is_empty())
}
