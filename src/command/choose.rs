//! The one role that a person means by words, or chooses among those that fit. Nothing ambiguous is ever chosen
//! for them.

use std::collections::HashMap;
use std::io::IsTerminal;

use crate::config::Config;
use crate::context::{Context, Env};
use crate::finder::{Field, Finder, Found, Query};
use crate::index::Use;
use crate::role::{Role, Selection};
use crate::session::Session;
use crate::ui::picker::{self, Details, Picking};
use crate::{Error, Result, ui};

use super::role;

/// How many candidates are shown to a person, and named in an error.
const SHOWN: usize = 20;
const NAMED: usize = 5;

/// The role with the profile name `text`, else the only one that fits the query; where there are several, or some
/// that may be meant, a person at a terminal chooses; elsewhere the message says what to add.
pub(super) fn choose(
    session: &Session<'_>,
    config: &Config,
    context: &Context,
    text: &str,
    query: &Query,
) -> Result<Role> {
    let filtered = query.account.is_some() || query.role.is_some();
    if !text.is_empty()
        && !filtered
        && let Some(exact) = session.index.find(session.row.id, &Selection::Profile(text.to_owned()))?.pop()
    {
        return Ok(exact);
    }
    let chooser = Chooser::new(session, config)?;
    let found = chooser.finder.search(query, SHOWN);
    match (found.sure, query.account, &query.role) {
        (1, ..) if let Some(only) = found.hits.iter().find(|hit| hit.sure) => chooser.role(only.number),
        // One role of that name, whatever its path: the message names what there is.
        (0, Some(account), Some(name)) if text.is_empty() => {
            role::find(session, config, &Selection::AccountRole(account, name.clone()))
        }
        _ if found.total > 0 && context.interactive => chooser.ask(query, text, &context.env),
        (0, ..) => Err(role::nothing_fits(session, config, text)?),
        _ => Err(ambiguous(&chooser.finder, &found, text)),
    }
}

/// The roles of an instance, to be chosen from.
struct Chooser<'a> {
    session: &'a Session<'a>,
    config: &'a Config,
    finder: Finder,
    uses: HashMap<i64, Use>,
    now: i64,
}

impl<'a> Chooser<'a> {
    fn new(session: &'a Session<'_>, config: &'a Config) -> Result<Self> {
        let now = jiff::Timestamp::now().as_second();
        let catalog = session.index.catalog(session.row.id)?;
        let uses = session.index.uses(session.row.id, now)?;
        let weights = uses.iter().map(|(id, past)| (*id, past.weight)).collect();
        let finder = Finder::new(catalog, &weights, config.full_text_search);
        Ok(Self { session, config, finder, uses, now })
    }

    /// Lets the person choose.
    fn ask(&self, query: &Query, typed: &str, env: &Env) -> Result<Role> {
        let details = |id: i64| {
            let role = self.session.index.role(id).ok().flatten()?;
            Some(Details { role, last_used: self.uses.get(&id).map(|past| past.last_used) })
        };
        let several = self.config.instances.len() > 1;
        let number = picker::pick(
            &Picking {
                finder: &self.finder,
                narrow: query,
                instance: several.then_some(self.session.row.name.as_str()),
                first_tag: self.config.first_tag.as_deref(),
                primary_tags: &self.config.account_primary_tag,
                colors: &self.config.prompt_colors,
                details: &details,
                now: self.now,
            },
            typed,
            env,
        )?;
        self.role(number)
    }

    /// The whole role with a number of the catalog.
    fn role(&self, number: usize) -> Result<Role> {
        let catalog = self.finder.catalog();
        if let Some(role) = self.session.index.role(catalog.id(number))? {
            return Ok(role);
        }
        // Another process has derived the roles anew in this moment.
        let profile = catalog.entry(number).field(Field::Profile).to_owned();
        role::find(self.session, self.config, &Selection::Profile(profile))
    }
}

/// The candidates, for a person to look at and in one line, and how to tell them apart.
fn ambiguous(finder: &Finder, found: &Found, text: &str) -> Error {
    let sure = || found.hits.iter().filter(|hit| hit.sure).map(|hit| finder.catalog().entry(hit.number));
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
