//! The roles that fit a query, the best first.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::catalog::{Catalog, FIELD_END, Field, Part};
use super::grade::{Class, Grade, Guesser, Word};
use super::parts::in_parts;
use super::query::{Query, Term};
use super::tags::TagTerm;

/// Where fewer roles fit surely, others are guessed.
const FEW: usize = 50;

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

    /// Whether a word may be in the middle of a word, and a value in the middle of a value.
    pub(super) fn inside(&self) -> bool {
        self.inside
    }

    /// The `most` best roles for a query: by class, then those used most and latest, then by how well the words
    /// fit, then by profile name. Guesses are made where few fit surely.
    pub fn search(&self, query: &Query, most: usize) -> Found {
        let terms = Terms::of(query, self);
        let name = query.as_name();
        let mut ranked: Vec<(u64, u32)> = self.shared(|number| {
            let grade = terms.grade(self, number)?;
            let profile = || self.catalog.text(Part::Profile, number).folded();
            let is_name = grade.class() == Class::Start && name.as_ref().is_some_and(|n| profile() == n.as_bytes());
            Some(self.rank(number, if is_name { Grade::new(Class::Name, grade.fine(), true) } else { grade }))
        });
        let sure = ranked.iter().filter(|(rank, _)| is_sure(*rank)).count();
        if self.inside && sure < FEW && !terms.words.is_empty() {
            let mut fits = vec![false; self.catalog.len()];
            for (_, number) in &ranked {
                fits[*number as usize] = true;
            }
            ranked.extend(self.guesses(&terms, &fits));
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
            let grade = terms.grade(self, number)?;
            grade.is_sure().then_some(u32::try_from(number).unwrap_or(u32::MAX))
        })
    }

    /// Those that may be meant among the roles that do not fit.
    fn guesses(&self, terms: &Terms, fits: &[bool]) -> Vec<(u64, u32)> {
        let shared: Vec<_> = terms.words.iter().map(|word| self.guess_shared(&word.word)).collect();
        in_parts(self.catalog.len(), |part| {
            let mut guesser = Guesser::default();
            let guess = |number| {
                let grade = terms.guess(self, number, &shared, &mut guesser)?;
                Some(self.rank(number, grade))
            };
            part.filter(|number| !fits[*number]).filter_map(guess).collect()
        })
    }

    fn guess_shared(&self, word: &Word) -> [Vec<Option<Grade>>; 3] {
        Part::SHARED.map(|part| {
            in_parts(self.catalog.count(part), |numbers| {
                let mut guesser = Guesser::default();
                numbers.map(|number| word.guess(self.catalog.text(part, number), &mut guesser)).collect()
            })
        })
    }

    /// Asks each role, with the work shared where there is much.
    pub(super) fn shared<T: Send>(&self, ask: impl Fn(usize) -> Option<T> + Sync) -> Vec<T> {
        in_parts(self.catalog.len(), |part| part.filter_map(&ask).collect())
    }

    /// One number that orders: the class, then the uses, then the fine order; for a guess the fit counts most.
    fn rank(&self, number: usize, grade: Grade) -> (u64, u32) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "floats end at the bounds")]
        let uses = self.uses.get(number).map_or(0, |uses| (uses * 1000.0) as u32).min((1 << 30) - 1);
        let order = match grade.class() {
            Class::Guess => u64::from(grade.fine() + uses.div_ceil(100).min(40)) << 24,
            _ => u64::from(uses) << 24 | u64::from(grade.fine().min((1 << 24) - 1)),
        };
        let rank = (grade.class() as u64) << 60 | order << 1 | u64::from(grade.is_sure());
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

/// A query, made ready for many roles.
struct Terms {
    words: Vec<GradedWord>,
    tags: Vec<TagTerm>,
    /// For each account and each name, whether it is the one that was asked for; empty where none was.
    accounts: Vec<bool>,
    names: Vec<bool>,
}

/// A word with its grade in each text that roles share.
struct GradedWord {
    word: Word,
    shared: [Vec<Option<Grade>>; 3],
}

impl Terms {
    fn of(query: &Query, finder: &Finder) -> Self {
        let catalog = &finder.catalog;
        let are = |part: Part, wanted: Option<&str>| -> Vec<bool> {
            let is = |wanted: &str, number| {
                let text = catalog.text(part, number).shown();
                text.split(char::from(FIELD_END)).next() == Some(wanted)
            };
            wanted.map(|wanted| (0..catalog.count(part)).map(|number| is(wanted, number)).collect()).unwrap_or_default()
        };
        let account = query.account.map(|account| account.to_string());
        let mut terms = Self {
            words: Vec::new(),
            tags: Vec::new(),
            accounts: are(Field::AccountId.place().0, account.as_deref()),
            names: are(Field::Role.place().0, query.role.as_deref()),
        };
        for term in &query.terms {
            match term {
                Term::Word(text) => {
                    let word = Word::new(text);
                    let shared = Part::SHARED.map(|part| {
                        in_parts(catalog.count(part), |numbers| {
                            numbers.map(|number| word.grade(part, catalog.text(part, number), finder.inside)).collect()
                        })
                    });
                    terms.words.push(GradedWord { word, shared });
                }
                Term::Tag { key, value } => terms.tags.push(TagTerm::new(finder, key, value)),
            }
        }
        terms
    }

    /// Whether a role is of the account, the name and the tags that were asked for.
    fn admits(&self, catalog: &Catalog, number: usize) -> bool {
        let is = |wanted: &[bool], part| wanted.is_empty() || wanted[catalog.text_of(part, number)];
        is(&self.accounts, Part::Account)
            && is(&self.names, Part::Name)
            && self.tags.iter().all(|tag| tag.fit(catalog, number).is_some_and(|fit| fit == tag.best))
    }

    fn grade(&self, finder: &Finder, number: usize) -> Option<Grade> {
        let catalog = &finder.catalog;
        if !self.admits(catalog, number) {
            return None;
        }
        let mut grade = Grade::new(Class::Start, 0, true);
        for word in &self.words {
            grade = grade.and(word.grade(finder, number)?);
        }
        Some(grade)
    }

    /// The grade of a role that does not fit, but may be meant.
    fn guess(
        &self,
        finder: &Finder,
        number: usize,
        shared: &[[Vec<Option<Grade>>; 3]],
        guesser: &mut Guesser,
    ) -> Option<Grade> {
        let catalog = &finder.catalog;
        if !self.admits(catalog, number) {
            return None;
        }
        let mut fine = 0;
        for (word, guesses) in self.words.iter().zip(shared) {
            let shared = best_shared(catalog, guesses, number);
            let may = word.word.may_be_in(catalog.letters(number));
            let own = may.then(|| word.word.guess(catalog.text(Part::Profile, number), guesser)).flatten();
            fine += shared.max(own)?.fine();
        }
        Some(Grade::new(Class::Guess, fine, false))
    }
}

impl GradedWord {
    fn grade(&self, finder: &Finder, number: usize) -> Option<Grade> {
        let catalog = &finder.catalog;
        let shared = best_shared(catalog, &self.shared, number);
        if shared.is_some_and(Grade::is_best) {
            return shared;
        }
        shared.max(self.word.grade(Part::Profile, catalog.text(Part::Profile, number), finder.inside))
    }
}

/// The best grade among the texts that a role shares with others.
fn best_shared(catalog: &Catalog, grades: &[Vec<Option<Grade>>; 3], number: usize) -> Option<Grade> {
    let [accounts, names, tags] = grades;
    let account = accounts[catalog.text_of(Part::Account, number)];
    account.max(names[catalog.text_of(Part::Name, number)]).max(tags[catalog.text_of(Part::Tags, number)])
}
