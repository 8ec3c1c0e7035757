//! Which role comes first: tables of (history, query) → expected choice.

use std::collections::HashMap;

use crate::role::Role;

use super::*;

/// Name of the profile, account, role, tags.
type Listed<'a> = (&'a str, &'a str, &'a str, &'a [(&'a str, &'a str)]);

const ROLES: [Listed<'_>; 12] = [
    ("payments-dev:Admin", "payments-dev", "Admin", &[("Team", "payments"), ("Env", "dev")]),
    ("payments-dev:ReadOnly", "payments-dev", "ReadOnly", &[("Team", "payments"), ("Env", "dev")]),
    ("payments-prod:Admin", "payments-prod", "Admin", &[("Team", "payments"), ("Env", "prod")]),
    ("payments-prod:ReadOnly", "payments-prod", "ReadOnly", &[("Team", "payments"), ("Env", "prod")]),
    ("prod:PowerUser", "prod", "PowerUser", &[("Team", "core"), ("Env", "prod-eu")]),
    ("preprod:PowerUser", "preprod", "PowerUser", &[("Team", "core"), ("Env", "preprod")]),
    ("data platform", "Data Platform", "DataEngineer", &[("Team", "big data"), ("Env", "dev")]),
    ("kasse", "Kasse", "Buchung", &[("Team", "kasse")]),
    ("deploy", "tools", "Deploy", &[]),
    ("deployer", "tools", "Deployer", &[("Role", "own")]),
    ("ÄRGER:Üben", "Ärger", "Üben", &[]),
    ("sandbox-7:Admin", "sandbox-7", "Admin", &[("Team", "payments_lab")]),
];

fn finder(used: &[(&str, f64)], full_text: bool) -> Finder {
    let mut lister = Lister::default();
    let mut weights = HashMap::new();
    for (id, (profile, account, role, tags)) in (0_i64..).zip(ROLES) {
        let role = Role {
            profile: profile.to_owned(),
            account_id: (100 + id.unsigned_abs()).try_into().expect("an id"),
            account_alias: account.to_owned(),
            email: format!("{}@example.com", account.to_lowercase().replace(' ', ".")),
            role_name: role.to_owned(),
            tags: tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            ..Role::default()
        };
        lister.add(id, &role);
        if let Some((_, weight)) = used.iter().find(|(name, _)| *name == profile) {
            weights.insert(id, *weight);
        }
    }
    Finder::new(Catalog::read(lister.finish()).expect("a catalog"), &weights, full_text)
}

/// The profiles that fit, the best first, and how many of them fit surely.
fn found(finder: &Finder, query: &str) -> (Vec<String>, usize) {
    let found = finder.search(&Query::of_line(query), 100);
    assert_eq!(found.total, found.hits.len());
    let profile = |hit: &Hit| finder.catalog().entry(hit.number).field(Field::Profile).to_owned();
    (found.hits.iter().map(profile).collect(), found.sure)
}

fn first(used: &[(&str, f64)], query: &str) -> String {
    found(&finder(used, true), query).0.first().cloned().unwrap_or_default()
}

#[test]
fn history_and_query_give_the_first_choice() {
    let none = &[][..];
    let daily = &[("payments-prod:ReadOnly", 4.0), ("preprod:PowerUser", 1.5), ("deployer", 1.0)][..];
    for (history, query, expected) in [
        // Nothing typed: what was used, else the alphabet.
        (none, "", "data platform"),
        (daily, "", "payments-prod:ReadOnly"),
        // A name that is typed to the end is meant, whatever else was used.
        (none, "deploy", "deploy"),
        (daily, "deploy", "deploy"),
        (daily, "DEPLOY", "deploy"),
        (daily, "deplo", "deployer"),
        (none, "deplo", "deploy"),
        // A whole word of a name beats the start of one, and that beats the middle.
        (none, "prod", "prod:PowerUser"),
        (daily, "prod", "payments-prod:ReadOnly"),
        (none, "power", "preprod:PowerUser"),
        (none, "prod power", "prod:PowerUser"),
        (daily, "power", "preprod:PowerUser"),
        // Words in any order, of any field.
        (none, "admin dev", "payments-dev:Admin"),
        (none, "read pay", "payments-dev:ReadOnly"),
        (daily, "read pay", "payments-prod:ReadOnly"),
        (none, "000000000104", "prod:PowerUser"),
        (none, "104", "prod:PowerUser"),
        (none, "engineer", "data platform"),
        (none, "data.platform@", "data platform"),
        (none, "big", "data platform"),
        (none, "üben", "ÄRGER:Üben"),
        (none, "ärger", "ÄRGER:Üben"),
        // Tags.
        (none, "Env=prod", "payments-prod:Admin"),
        (none, "env=prod-", "prod:PowerUser"),
        (none, "Env=prod read", "payments-prod:ReadOnly"),
        (none, "Team=big_data", "data platform"),
        (none, "Team=payments_lab", "sandbox-7:Admin"),
        (none, "Role=own", "deployer"),
        (none, "AccountAlias=kasse", "kasse"),
        (none, "AccountID=000000000107", "kasse"),
        (none, "Team=core Env=pre", "preprod:PowerUser"),
        // Guesses: letters in order, starts of words first.
        (none, "pdadm", "payments-dev:Admin"),
        (none, "ppro", "payments-prod:ReadOnly"),
        (none, "pay ro", "payments-dev:ReadOnly"),
        (none, "pu", "preprod:PowerUser"),
        (none, "dp de", "data platform"),
        (none, "dtplt", "data platform"),
        (none, "pdev red", "payments-dev:ReadOnly"),
        (none, "sb7", "sandbox-7:Admin"),
    ] {
        assert_eq!(first(history, query), expected, "{query:?} with {history:?}");
    }
}

#[test]
fn only_what_has_the_words_fits_surely() {
    let finder = finder(&[], true);
    for (query, sure, total) in [
        ("", 12, 12),
        ("payments-prod", 2, 2),
        ("Env=prod", 2, 2),
        ("Env=", 7, 7),
        ("Env=p", 4, 4),
        ("Env=nothing", 0, 0),
        ("Nothing=x", 0, 0),
        ("env", 0, 2),
        ("pyd", 0, 4),
        ("pay ro", 1, 3),
        ("zzz", 0, 0),
        ("payments zzz", 0, 0),
    ] {
        let (profiles, surely) = found(&finder, query);
        assert_eq!((surely, profiles.len()), (sure, total), "{query:?}: {profiles:?}");
    }
}

#[test]
fn without_full_text_only_starts_of_words_fit_and_nothing_is_guessed() {
    let finder = finder(&[], false);
    for (query, total) in
        [("prod", 3), ("rod", 0), ("user", 2), ("pyd", 0), ("Env=prod", 2), ("Env=rod", 0), ("Env=pro", 3)]
    {
        assert_eq!(found(&finder, query).0.len(), total, "{query:?}");
    }
}

#[test]
fn account_and_role_narrow_as_they_are() {
    let finder = finder(&[], true);
    let narrowed = |account: Option<&str>, role: Option<&str>, words: &str| {
        let query = Query {
            account: account.map(|id| id.parse().expect("an id")),
            role: role.map(str::to_owned),
            ..Query::of_line(words)
        };
        finder.search(&query, 100).sure
    };
    assert_eq!(narrowed(Some("100"), None, ""), 1);
    assert_eq!(narrowed(None, Some("Admin"), ""), 3);
    assert_eq!(narrowed(None, Some("admin"), ""), 0);
    assert_eq!(narrowed(None, Some("Admin"), "prod"), 1);
    assert_eq!(narrowed(Some("10"), None, ""), 0);
}

#[test]
fn a_few_of_many_are_the_best_of_all() {
    let finder = finder(&[("sandbox-7:Admin", 1.0)], true);
    for query in ["", "a", "admin", "p", "pd"] {
        let all = finder.search(&Query::of_line(query), 100);
        let few = finder.search(&Query::of_line(query), 3);
        assert_eq!(few.hits[..], all.hits[..few.hits.len()], "{query}");
        assert_eq!(few.sure, all.sure);
    }
}

#[test]
fn many_roles_are_searched_in_parts_with_one_answer() {
    let mut lister = Lister::default();
    for id in 0..30_000_i64 {
        lister.add(id, &Role { profile: format!("role-{id:05}"), ..Role::default() });
    }
    let finder = Finder::new(Catalog::read(lister.finish()).expect("a catalog"), &HashMap::from([(20_007, 1.0)]), true);
    let best = |query: &str| {
        let hits = finder.search(&Query::of_line(query), 2).hits;
        hits.iter().map(|hit| finder.catalog().id(hit.number)).collect::<Vec<_>>()
    };
    assert_eq!(best(""), [20_007, 0]);
    assert_eq!(best("2000"), [20_007, 20_000]);
    assert_eq!(best("29999"), [29_999]);
    assert_eq!(finder.search(&Query::of_line("role"), 5).sure, 30_000);
}

#[test]
fn choices_of_tags_say_how_far_they_narrow() {
    let finder = finder(&[], true);
    let texts = |choices: Vec<Choice>| -> Vec<String> {
        choices.into_iter().map(|c| format!("{} {}/{}", c.text, c.roles, c.values)).collect()
    };
    let keys = texts(finder.tag_keys(&Query::default(), Some("team")));
    assert_eq!(keys[0], "Team 9/5", "FirstTag comes first");
    assert!(keys.contains(&"Env 7/4".to_owned()) && keys.contains(&"Profile 12/12".to_owned()), "{keys:?}");
    let keys = texts(finder.tag_keys(&Query::of_line("payments-dev"), None));
    assert_eq!(keys, ["AccountID 2/2", "Profile 2/2", "Role 2/2"], "what narrows nothing is left out");
    let values = texts(finder.tag_values(&Query::of_line("Env="), "team"));
    assert_eq!(values, ["big data 1/1", "core 2/1", "payments 4/1"]);
    assert_eq!(texts(finder.tag_values(&Query::default(), "Role")).len(), 8);
}
