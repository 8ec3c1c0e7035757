//! Which `aws-sso` a person gets who types it.

use std::path::{Path, PathBuf};

use memchr::memmem;

use crate::command::setup::shown;

use super::Patient;
use super::finding::Finding;

const CHECK: &str = "path";

/// What only the Go tool of the same name has in it.
const GO_TOOL: &[u8] = b"synfinatic/aws-sso-cli";

/// No program is read further.
const MOST_BYTES: u64 = 256 << 20;

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let context = patient.context;
    let running = std::env::current_exe().and_then(|path| path.canonicalize()).ok();
    let directory = std::env::current_dir().unwrap_or_else(|_| "/".into());
    let found: Vec<PathBuf> =
        which::which_in_all("aws-sso", context.env.get("PATH"), directory).map(Iterator::collect).unwrap_or_default();
    let is_running = |path: &PathBuf| path.canonicalize().ok() == running;
    let Some(first) = found.first() else {
        let running = running.map(|path| shown(&path, context)).unwrap_or_default();
        return vec![Finding::note(CHECK, format!("aws-sso is not on PATH; this one is {running}"))];
    };
    let mut findings = Vec::new();
    if is_running(first) {
        findings.push(Finding::ok(CHECK, format!("aws-sso is {}", shown(first, context))));
    } else {
        let running = running.as_deref().map(|path| shown(path, context)).unwrap_or_default();
        let message =
            format!("PATH finds {} first, which is {}, and not {running}", shown(first, context), kind(first));
        findings.push(Finding::problem(CHECK, message).mended_by("type -a aws-sso"));
    }
    let mut others: Vec<&PathBuf> = found.iter().skip(1).filter(|path| !is_running(path)).collect();
    others.dedup();
    for other in others {
        findings.push(Finding::note(CHECK, format!("{} is {}, further down PATH", shown(other, context), kind(other))));
    }
    findings
}

fn kind(program: &Path) -> &'static str {
    if is_go_tool(program) { "the Go tool of the same name" } else { "another aws-sso" }
}

/// Whether a program is the Go tool. It is not run for that.
pub(super) fn is_go_tool(program: &Path) -> bool {
    let length = std::fs::metadata(program).map_or(0, |metadata| metadata.len());
    length <= MOST_BYTES && std::fs::read(program).is_ok_and(|content| memmem::find(&content, GO_TOOL).is_some())
}
