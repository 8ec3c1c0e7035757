//! Choosing on a terminal that only knows lines: a numbered list, and a question.

use std::io::{BufRead, Write};

use crate::finder::{Field, Query};
use crate::ui::{table, tell};
use crate::{Error, Result};

use super::Picking;

/// Roles in one list.
const SHOWN: usize = 20;

/// Lets a person choose by number, or narrow the list by words; the number of the role in the catalog.
pub fn pick(picking: &Picking<'_>, typed: &str) -> Result<usize> {
    let catalog = picking.finder.catalog();
    let narrow = picking.narrow;
    let mut words = typed.to_owned();
    loop {
        let query = Query { account: narrow.account, role: narrow.role.clone(), ..Query::of_line(&words) };
        let found = picking.finder.search(&query, SHOWN);
        let rows = found.hits.iter().enumerate().map(|(n, hit)| {
            let entry = catalog.entry(hit.number);
            let about = super::view::description(entry, picking.primary_tags);
            vec![(n + 1).to_string(), entry.field(Field::Profile).to_owned(), about]
        });
        tell(table(&["", "Profile", "Account"], rows).trim_end());
        if found.total > found.hits.len() {
            tell(&format!("… and {} more: type words to narrow the list", found.total - found.hits.len()));
        }
        let instance = picking.instance.map(|instance| format!(" of {instance}")).unwrap_or_default();
        let answer = ask(&format!("Which role{instance}? A number, words, or Enter to leave:"))?;
        let answer = answer.trim();
        if answer.is_empty() {
            return Err(Error::cancelled());
        }
        let number = answer.parse().ok().filter(|number| (1..=found.hits.len()).contains(number));
        match number {
            Some(number) => return Ok(found.hits[number - 1].number),
            None => answer.clone_into(&mut words),
        }
    }
}

fn ask(question: &str) -> Result<String> {
    let failed = |error: std::io::Error| Error::failed(format!("could not ask on the terminal: {error}"));
    let mut err = std::io::stderr().lock();
    write!(err, "{}", crate::error::one_line(question))
        .and_then(|()| write!(err, " "))
        .and_then(|()| err.flush())
        .map_err(failed)?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer).map_err(failed)?;
    Ok(answer)
}
