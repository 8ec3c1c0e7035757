//! Who else can read what is secret, or write what chooses which programs run.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use crate::command::aws_profiles::{config_path, credentials_path};
use crate::command::setup::shown;
use crate::config::SecureStore;
use crate::private::{OTHERS, mode, writable_by_others};
use crate::vault::Vault;

use super::Patient;
use super::finding::Finding;

const CHECK: &str = "permissions";

/// The config is looked at where it is read.
pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let mut looked = 0;
    let mut findings = Vec::new();
    let mut check = |path: Option<PathBuf>, closed: bool| {
        let Some((path, metadata)) = path.and_then(|path| Some((path.clone(), std::fs::metadata(path).ok()?))) else {
            return;
        };
        looked += 1;
        findings.extend(exposed(patient, &path, &metadata, closed));
    };
    let state = patient.state.clone();
    check(state.as_deref().and_then(Path::parent).map(Path::to_path_buf), false);
    check(state.clone(), true);
    let json = patient.config.as_ref().filter(|config| config.secure_store == SecureStore::Json);
    check(json.zip(state).map(|(config, state)| Vault::clear_text_path(config, &state)), true);
    let aws = config_path(patient.context).ok();
    check(aws.as_deref().and_then(Path::parent).map(Path::to_path_buf), false);
    check(aws, false);
    check(credentials_path(patient.context).ok(), true);
    if findings.is_empty() && looked > 0 {
        findings.push(Finding::ok(CHECK, "files with secrets are yours alone"));
    }
    findings
}

/// `closed`: nobody else may even read it.
fn exposed(patient: &Patient<'_>, path: &Path, metadata: &Metadata, closed: bool) -> Option<Finding> {
    let name = shown(path, patient.context);
    let quoted = patient.quote(&path.to_string_lossy());
    if closed && mode(metadata) & OTHERS != 0 {
        let open = format!("other users can reach {name} (mode {:04o})", mode(metadata));
        return Some(Finding::problem(CHECK, open).mended_by(format!("chmod go= {quoted}")));
    }
    let written = writable_by_others(metadata) && mode(metadata) & 0o1000 == 0;
    written.then(|| {
        let open = format!("other users can write {name} (mode {:04o})", mode(metadata));
        Finding::problem(CHECK, open).mended_by(format!("chmod go-w {quoted}"))
    })
}
