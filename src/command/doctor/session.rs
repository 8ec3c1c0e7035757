//! The session with each SSO instance, and the list of its roles.

use crate::command::status::ago;
use crate::config::Instance;
use crate::index::InstanceRow;
use crate::ui;
use crate::vault::{Asking, Vault};

use super::Patient;
use super::finding::Finding;

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let Some(config) = &patient.config else { return Vec::new() };
    if patient.index.is_none() && patient.state.as_ref().is_some_and(|state| state.exists()) {
        // What it holds is not known; that it cannot be read has been said.
        return Vec::new();
    }
    let wanted = config.instance(patient.context.wanted_instance()).ok().map(|instance| &instance.name);
    let now = jiff::Timestamp::now().as_second();
    let of_instance = |instance: &Instance| {
        let is_wanted = Some(&instance.name) == wanted;
        let row = patient.row(&instance.name);
        let mut findings = vec![session(patient, instance, row, is_wanted, now)];
        findings.extend(row.and_then(|row| roles(patient, row, now)));
        findings
    };
    config.instances.values().flat_map(of_instance).collect()
}

fn session(
    patient: &Patient<'_>,
    instance: &Instance,
    row: Option<&InstanceRow>,
    is_wanted: bool,
    now: i64,
) -> Finding {
    const CHECK: &str = "session";
    let name = &instance.name;
    let login = patient.command("login", name);
    let ended = |message: String| {
        // Another instance may be one that the person signs in to once a month.
        let finding = if is_wanted { Finding::problem(CHECK, message) } else { Finding::note(CHECK, message) };
        finding.mended_by(&login)
    };
    let Some((row, end)) = row.and_then(|row| Some((row, row.session_expires_at?))) else {
        return ended(format!("{name}: nobody is signed in"));
    };
    if end > now {
        let at = crate::environment::rfc3339(end);
        return Finding::ok(CHECK, format!("{name}: signed in for {} more, until {at}", ui::time_left(end, now)));
    }
    let since = ago(now - end);
    match can_renew(patient, row) {
        true => {
            Finding::note(CHECK, format!("{name}: ended {since}; the next command renews it where AWS allows that"))
                .mended_by(login)
        }
        false => ended(format!("{name}: ended {since}")),
    }
}

fn can_renew(patient: &Patient<'_>, row: &InstanceRow) -> bool {
    let (Some(config), Some(state), Some(index)) = (&patient.config, &patient.state, &patient.index) else {
        return false;
    };
    let vault = Vault::new(config, patient.context, state, Asking::BRIEF);
    vault.and_then(|vault| vault.can_renew(index, row)).unwrap_or(false)
}

fn roles(patient: &Patient<'_>, row: &InstanceRow, now: i64) -> Option<Finding> {
    const CHECK: &str = "roles";
    let config = patient.config.as_ref()?;
    let name = &row.name;
    let cache = patient.command("cache", name);
    if let Some(problem) = &row.problem {
        return Some(Finding::problem(CHECK, format!("{name}: {problem}")));
    }
    // Without a session the finding above has said what to do.
    row.session_expires_at?;
    let Some(at) = row.refreshed_at else {
        return Some(Finding::problem(CHECK, format!("{name}: none were fetched yet")).mended_by(cache));
    };
    let since = ago(now - at);
    Some(match row.is_stale(config.cache_refresh, now) {
        true => {
            Finding::note(CHECK, format!("{name}: fetched {since}, which is longer than CacheRefresh")).mended_by(cache)
        }
        false => Finding::ok(CHECK, format!("{name}: fetched {since}")),
    })
}
