//! The secure store: there, and unlocked. Nobody is asked, and nothing is unlocked.

use crate::config::SecureStore;
use crate::vault::{Asking, Reach, Vault};

use super::finding::Finding;
use super::{Patient, Status};

const CHECK: &str = "store";

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let (Some(config), Some(state)) = (&patient.config, &patient.state) else { return Vec::new() };
    let store = config.secure_store;
    let reach = Vault::new(config, patient.context, state, Asking::BRIEF)
        .and_then(|vault| vault.look(patient.index.as_ref(), patient.rows.first()));
    let mut findings = vec![match reach {
        Ok(Reach::Open) => Finding::ok(CHECK, format!("SecureStore {store} can be used")),
        Ok(Reach::Unused) => Finding::ok(CHECK, format!("SecureStore {store} is there, and holds nothing yet")),
        Ok(Reach::Unseen) => Finding::ok(CHECK, format!("SecureStore {store} is asked when a secret is needed")),
        Ok(Reach::Locked(why)) => locked(patient, store, &why),
        Err(error) => Finding::of_error(CHECK, &crate::Error::from(error)),
    }];
    if store == SecureStore::Json {
        let clear = "SecureStore json keeps every secret in clear text: it is for debugging only";
        findings.push(Finding::note(CHECK, clear).mended_by(format!("aws-sso setup store {}", SecureStore::default())));
    }
    findings
}

/// Where somebody can be asked, a lock is as it should be.
fn locked(patient: &Patient<'_>, store: SecureStore, why: &str) -> Finding {
    let will_be_asked = match store {
        SecureStore::File => patient.context.interactive,
        _ => patient.context.interactive || patient.context.has_desktop(),
    };
    let status = if will_be_asked { Status::Note } else { Status::Problem };
    Finding { status, ..Finding::of_error(CHECK, &why) }.mended_by("aws-sso login")
}
