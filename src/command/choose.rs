//! The one role that a person means by words, or chooses among those that fit. Nothing ambiguous is ever chosen
//! for them.

use std::io::IsTerminal;

use crate::config::Config;
use crate::finder::{Class, Field, Finder, Found, Query};
use crate::role::{Role, Selection};
use crate::session::Session;
use crate::{Error, Result, ui};

use super::role;

/// How many candidates are shown to a person, and named in an error.
const SHOWN: usize = 20;
const NAMED: usize = 5;

/// The role with the profile name `text`, else the only one that fits the query; where there are several, the
/// person chooses, or is told what to add.
pub(super) fn choose(session: &mut Session<'_>, config: &Config, text: &str, query: &Query) -> Result<Role> {
    let filtered = query.account.is_some() || query.role.is_some();
    if !text.is_empty()
        && !filtered
        && let Some(exact) = session.index.find(session.row.id, &Selection::Profile(text.to_owned()))?.pop()
    {
        return Ok(exact);
    }
    let finder = finder(session, config)?;
    let found = finder.search(query, SHOWN);
    match (found.sure, query.account, &query.role) {
        (1, ..) => by_number(session, config, &finder, found.hits[0].number),
        // One role of that name, whatever its path: the message names what there is.
        (0, Some(account), Some(name)) if text.is_empty() => {
            role::find(session, config, &Selection::AccountRole(account, name.clone()))
        }
        (0, ..) => Err(role::nothing_fits(session, config, text)?),
        _ => Err(ambiguous(&finder, &found, text)),
    }
}

/// The roles of the instance, with what was used of them.
fn finder(session: &Session<'_>, config: &Config) -> Result<Finder> {
    let catalog = session.index.catalog(session.row.id)?;
    let uses = session.index.uses(session.row.id, jiff::Timestamp::now().as_second())?;
    Ok(Finder::new(catalog, &uses, config.full_text_search))
}

fn by_number(session: &Session<'_>, config: &Config, finder: &Finder, number: usize) -> Result<Role> {
    let profile = finder.catalog().entry(number).field(Field::Profile);
    match session.index.role(finder.catalog().id(number))? {
        Some(role) => Ok(role),
        // Another process has derived the roles anew in this moment.
        None => role::find(session, config, &Selection::Profile(profile.to_owned())),
    }
}

/// The candidates, for a person to look at and in one line, and how to tell them apart.
fn ambiguous(finder: &Finder, found: &Found, text: &str) -> Error {
    let sure =
        || found.hits.iter().filter(|hit| hit.class != Class::Guess).map(|hit| finder.catalog().entry(hit.number));
    if std::io::stderr().is_terminal() {
        let rows = sure().map(|entry| {
            let name = Some(entry.field(Field::AccountName)).filter(|name| !name.is_empty());
            let account = name.unwrap_or_else(|| entry.field(Field::AccountAlias));
            [entry.field(Field::Profile), entry.field(Field::AccountId), account].map(str::to_owned).to_vec()
        });
        ui::tell(ui::table(&["Profile", "AccountId", "Account"], rows).trim_end());
    }
    let names: Vec<&str> = sure().take(NAMED).map(|entry| entry.field(Field::Profile)).collect();
    let more = if found.sure > NAMED { format!(" and {} more", found.sure - NAMED) } else { String::new() };
    let what = if text.is_empty() { "which role?".to_owned() } else { format!("'{text}' fits several roles:") };
    Error::no_such_role(format!(
        "{what} {}{more}: add a word, or -A ACCOUNT, -R ROLE; TAB completes names",
        names.join(", ")
    ))
}
