//! The roles that fit a query, the best first.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::Range;

use memchr::memmem;

use super::catalog::{Catalog, FIELD_END, Field, Line, TAG_VALUE};
use super::grade::{Class, Grade, Guesser, Word};
use super::query::{Query, Term};

/// From this number of roles on the work is shared among the processors.
const WORTH_SHARING: usize = 10_000;

/// Where fewer roles fit surely, others are guessed.
const FEW: usize = 50;

/// Processors that are put to work at most.
const MOST_WORKERS: usize = 8;

/// A catalog with what was used of it.
#[derive(Debug, Default)]
pub struct Finder {
    catalog: Catalog,
    /// How much each role was used, by number; empty where none was.
    uses: Vec<f32>,
    inside: bool,
}

/// The roles that fit a query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// How many fit surely.
    pub sure: usize,
    /// How many fit, those that may be meant among them.
    pub total: usize,
    /// The best of them.
    pub hits: Vec<Hit>,
}

/// A role that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Its number in the catalog.
    pub number: usize,
    /// How well it fits.
    pub class: Class,
    /// Whether each word is in the role as it is: only such a role may be chosen without asking.
    pub sure: bool,
}

impl Finder {
    /// `uses` has the weight of roles that were used, by the key of their rows. `full_text` is the setting
    /// `FullTextSearch`: without it words fit at the start of words only, and nothing is guessed.
    pub fn new(catalog: Catalog, uses: &HashMap<i64, f64>, full_text: bool) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "it only orders")]
        let weight = |number| uses.get(&catalog.id(number)).map_or(0.0, |weight| *weight as f32);
        let uses = if uses.is_empty() { Vec::new() } else { (0..catalog.len()).map(weight).collect() };
        Self { catalog, uses, inside: full_text }
    }

    /// The roles that are searched.
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The `most` best roles for a query: by class, then those used most and latest, then by how well the words
    /// fit, then by profile name. Guesses are made where few fit surely.
    pub fn search(&self, query: &Query, most: usize) -> Found {
        let terms = Terms::of(query, self);
        let name = query.as_name();
        let mut ranked: Vec<(u64, u32)> = self.shared(|number| {
            let grade = terms.grade(self.catalog.line(number), self.inside)?;
            let profile = || self.catalog.line(number).folded.split(|byte| *byte == FIELD_END).next();
            let is_name = grade.class == Class::Start && name.as_ref().is_some_and(|n| profile() == Some(n.as_bytes()));
            let class = if is_name { Class::Name } else { grade.class };
            Some(self.rank(number, Grade { class, ..grade }))
        });
        let sure = ranked.iter().filter(|(rank, _)| is_sure(*rank)).count();
        if self.inside && sure < FEW && !terms.words.is_empty() {
            ranked.extend(self.guesses(&terms));
        }
        let total = ranked.len();
        if total > most && most > 0 {
            ranked.select_nth_unstable_by_key(most - 1, |(rank, number)| (Reverse(*rank), *number));
        }
        ranked.truncate(most);
        ranked.sort_unstable_by_key(|(rank, number)| (Reverse(*rank), *number));
        let hits = ranked.into_iter().map(|(rank, number)| Hit {
            number: number as usize,
            class: class_of(rank),
            sure: is_sure(rank),
        });
        Found { sure, total, hits: hits.collect() }
    }

    /// The numbers of all roles that fit surely, in order.
    pub(super) fn sure(&self, query: &Query) -> Vec<u32> {
        let terms = Terms::of(query, self);
        self.shared(|number| {
            let grade = terms.grade(self.catalog.line(number), self.inside)?;
            grade.sure.then_some(u32::try_from(number).unwrap_or(u32::MAX))
        })
    }

    fn guesses(&self, terms: &Terms) -> Vec<(u64, u32)> {
        in_parts(self.catalog.len(), |part| {
            let mut guesser = Guesser::default();
            let guess = |number| {
                let grade = terms.guess(self.catalog.line(number), &mut guesser)?;
                Some(self.rank(number, grade))
            };
            part.filter_map(guess).collect()
        })
    }

    /// Asks each role, with the work shared where there is much.
    fn shared<T: Send>(&self, ask: impl Fn(usize) -> Option<T> + Sync) -> Vec<T> {
        in_parts(self.catalog.len(), |part| part.filter_map(&ask).collect())
    }

    /// One number that orders: the class, then the uses, then the fine order; for a guess the fit counts most.
    fn rank(&self, number: usize, grade: Grade) -> (u64, u32) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "floats end at the bounds")]
        let uses = self.uses.get(number).map_or(0, |uses| (uses * 1000.0) as u32).min((1 << 30) - 1);
        let order = match grade.class {
            Class::Guess => u64::from(grade.fine + uses.div_ceil(100).min(40)) << 24,
            _ => u64::from(uses) << 24 | u64::from(grade.fine.min((1 << 24) - 1)),
        };
        let rank = (grade.class as u64) << 60 | order << 1 | u64::from(grade.sure);
        (rank, u32::try_from(number).unwrap_or(u32::MAX))
    }
}

fn is_sure(rank: u64) -> bool {
    rank & 1 == 1
}

fn class_of(rank: u64) -> Class {
    match rank >> 60 {
        0 => Class::Guess,
        1 => Class::Inside,
        2 => Class::Initials,
        3 => Class::Start,
        _ => Class::Name,
    }
}

/// Does the work for `count` roles in parts, one for each processor, and joins what comes out in order.
fn in_parts<T: Send>(count: usize, work: impl Fn(Range<usize>) -> Vec<T> + Sync) -> Vec<T> {
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_WORKERS);
    if count < WORTH_SHARING || workers == 1 {
        return work(0..count);
    }
    let size = count.div_ceil(workers);
    std::thread::scope(|scope| {
        let work = &work;
        let part = |worker: usize| (worker * size).min(count)..((worker + 1) * size).min(count);
        let others: Vec<_> = (1..workers).map(|worker| scope.spawn(move || work(part(worker)))).collect();
        let mut joined = work(part(0));
        for other in others {
            match other.join() {
                Ok(items) => joined.extend(items),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        joined
    })
}

/// A query, made ready for many roles.
struct Terms {
    account: Option<String>,
    role: Option<String>,
    words: Vec<Word>,
    tags: Vec<Tag>,
}

/// A `Key=value` term and how well the best role fits it: the others are not meant then.
struct Tag {
    value: TagValue,
    best: Fit,
}

/// How well the value of a tag fits the one that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// There is one, and none was asked for.
    Any,
    /// It holds it.
    Part,
    /// It starts with it.
    Start,
    /// It is the one.
    Equal,
}

/// A tag to look for in a role.
pub(super) struct TagValue {
    /// The key, and what it is where `_` stands for a space.
    keys: Vec<memmem::Finder<'static>>,
    field: Option<Field>,
    value: String,
}

impl TagValue {
    /// Both are in lower case.
    pub fn new(key: &str, value: &str) -> Self {
        let needle = |key: &str| [&[FIELD_END], key.as_bytes(), &[TAG_VALUE]].concat();
        let finder = |key: &str| memmem::Finder::new(&needle(key)).into_owned();
        let spaced = key.contains('_').then(|| finder(&key.replace('_', " ")));
        let field = Field::ALL.into_iter().find(|field| field.tag().eq_ignore_ascii_case(key));
        Self { keys: spaced.into_iter().chain([finder(key)]).collect(), field, value: value.to_owned() }
    }

    /// The place of the tag's value in a role.
    pub fn place(&self, line: Line<'_>) -> Option<Range<usize>> {
        let ended = |start: usize| {
            start..memchr::memchr(FIELD_END, &line.folded[start..]).map_or(line.folded.len(), |at| start + at)
        };
        // The last one counts: a role's own tag stands behind the automatic one.
        for key in self.keys.iter().rev() {
            if let Some(at) = key.find_iter(line.folded).last() {
                return Some(ended(at + key.needle().len()));
            }
        }
        let field = self.field? as usize;
        let start = match field.checked_sub(1) {
            None => 0,
            Some(ends) => memchr::memchr_iter(FIELD_END, line.folded).nth(ends)? + 1,
        };
        Some(ended(start)).filter(|range| !range.is_empty())
    }

    fn fit(&self, line: Line<'_>) -> Option<Fit> {
        let value = std::str::from_utf8(&line.folded[self.place(line)?]).ok()?;
        if self.value.is_empty() {
            return Some(Fit::Any);
        }
        let spaced;
        let value = if value.contains('_') {
            spaced = value.replace('_', " ");
            &spaced
        } else {
            value
        };
        match value.find(&self.value)? {
            0 if value.len() == self.value.len() => Some(Fit::Equal),
            0 => Some(Fit::Start),
            _ => Some(Fit::Part),
        }
    }
}

impl Terms {
    fn of(query: &Query, finder: &Finder) -> Self {
        let mut terms = Self {
            account: query.account.map(|account| account.to_string()),
            role: query.role.clone(),
            words: Vec::new(),
            tags: Vec::new(),
        };
        for term in &query.terms {
            match term {
                Term::Word(word) => terms.words.push(Word::new(word)),
                Term::Tag { key, value } => {
                    let value = TagValue::new(key, value);
                    let fits = finder.shared(|number| value.fit(finder.catalog.line(number)));
                    let worst = if finder.inside { Fit::Any } else { Fit::Start };
                    let best = fits.into_iter().max().filter(|best| *best >= worst || *best == Fit::Any);
                    // Where nobody has it, nobody fits.
                    terms.tags.push(Tag { value, best: best.unwrap_or(Fit::Equal) });
                }
            }
        }
        terms
    }

    /// Whether a role is of the account, the name and the tags that were asked for.
    fn admits(&self, line: Line<'_>) -> bool {
        let field = |field: Field| line.shown.split(|byte| *byte == FIELD_END).nth(field as usize);
        self.account.as_ref().is_none_or(|account| field(Field::AccountId) == Some(account.as_bytes()))
            && self.role.as_ref().is_none_or(|role| field(Field::Role) == Some(role.as_bytes()))
            && self.tags.iter().all(|tag| tag.value.fit(line) == Some(tag.best))
    }

    fn grade(&self, line: Line<'_>, inside: bool) -> Option<Grade> {
        let mut grade = Grade { class: Class::Start, fine: 0, sure: true };
        for word in &self.words {
            let one = word.grade(line, inside)?;
            grade =
                Grade { class: grade.class.min(one.class), fine: grade.fine + one.fine, sure: grade.sure && one.sure };
        }
        self.admits(line).then_some(grade)
    }

    /// The grade of a role that does not fit surely, but may be meant.
    fn guess(&self, line: Line<'_>, guesser: &mut Guesser) -> Option<Grade> {
        let mut fine = 0;
        let mut known = true;
        for word in &self.words {
            fine += word.guess(line, guesser)?.fine;
            known &= word.grade(line, true).is_some();
        }
        (!known && self.admits(line)).then_some(Grade { class: Class::Guess, fine, sure: false })
    }
}
