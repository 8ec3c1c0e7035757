//! The secure stores to choose from: those of this system, the ones that work here first.

use std::path::Path;

use crate::Result;
use crate::command::setup::store::{about, is_of_this_system};
use crate::config::SecureStore;
use crate::context::Context;
use crate::ui::question::{Ask, Choice, Question};

use super::instance::choice;

/// A store, and what it lacks here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    store: SecureStore,
    lacks: Option<&'static str>,
}

/// The stores of this system.
pub fn candidates(context: &Context) -> Vec<Candidate> {
    let of_system = SecureStore::ALL.iter().copied().filter(|store| is_of_this_system(*store));
    let mut found: Vec<Candidate> = of_system.map(|store| Candidate { store, lacks: lacks(store, context) }).collect();
    // The one for debugging is the last choice of all.
    found.sort_by_key(|candidate| (candidate.store == SecureStore::Json, candidate.lacks.is_some()));
    found
}

fn lacks(store: SecureStore, context: &Context) -> Option<&'static str> {
    match store {
        SecureStore::SecretService | SecureStore::Kwallet if !has_session_bus(context) => {
            Some("there is no D-Bus session here")
        }
        SecureStore::Pass => {
            let directory = std::env::current_dir().unwrap_or_default();
            let found = which::which_in("pass", context.env.get("PATH"), directory).is_ok();
            let home = context.home().unwrap_or_default();
            let own = context.env.get("PASSWORD_STORE_DIR").map(Path::new);
            let entries = own.map_or_else(|| home.join(".password-store"), Path::to_path_buf);
            match (found, entries.join(".gpg-id").exists()) {
                (false, _) => Some("pass is not installed"),
                (true, false) => Some("'pass init' was not run yet"),
                (true, true) => None,
            }
        }
        _ => None,
    }
}

fn has_session_bus(context: &Context) -> bool {
    let bus = || Some(Path::new(context.env.get("XDG_RUNTIME_DIR")?).join("bus").exists());
    context.env.get("DBUS_SESSION_BUS_ADDRESS").is_some() || bus().unwrap_or_default()
}

/// Asks for a store.
pub fn ask_store(ask: &mut dyn Ask, present: SecureStore, candidates: &[Candidate]) -> Result<SecureStore> {
    let mut candidates = candidates.to_vec();
    if !candidates.iter().any(|candidate| candidate.store == present) {
        candidates.insert(0, Candidate { store: present, lacks: Some("it is of another system") });
    }
    let choices = candidates.iter().map(|Candidate { store, lacks }| {
        let lacks = lacks.map(|lacks| format!(" ({lacks})")).unwrap_or_default();
        Choice::new(store.as_str(), format!("{}{lacks}", about(*store)))
    });
    let question = Question {
        title: "Who keeps your secrets? (SecureStore)".to_owned(),
        about: "The key that seals your session and credentials; see docs/secure-stores.md".to_owned(),
        choices: choices.collect(),
        start: candidates.iter().position(|candidate| candidate.store == present).unwrap_or_default(),
        ..Question::default()
    };
    Ok(candidates[choice(ask, &question)?].store)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_works_here_comes_first() {
        let context = |env: &[(&str, &str)]| Context { env: env.iter().copied().collect(), ..Context::default() };
        let names = |context: &Context| -> Vec<String> {
            candidates(context)
                .iter()
                .map(|c| format!("{}{}", c.store, if c.lacks.is_some() { "?" } else { "" }))
                .collect()
        };
        let bare = context(&[("PATH", "/nonexistent")]);
        assert_eq!(names(&bare), ["file", "kwallet?", "pass?", "secret-service?", "json"]);
        let desktop = context(&[("PATH", "/nonexistent"), ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/x")]);
        assert_eq!(names(&desktop), ["file", "kwallet", "secret-service", "pass?", "json"]);
    }
}
