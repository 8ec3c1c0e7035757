//! How well one word fits one role.

use std::num::NonZeroU32;

use memchr::memmem;
use nucleo_matcher::{Config, Matcher, Utf32Str, Utf32String};

use super::catalog::{FIELD_END, Part, TAG_VALUE, Text};
use super::text::{letters, starts_word};

/// How sure it is that a role is meant. A query has the class of its worst word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// The letters of a word come in order in one field, but not side by side.
    Guess,
    /// A word is in the middle of a word of the role.
    Inside,
    /// A word is made of the initials of words that follow each other: `ro` for ReadOnly.
    Initials,
    /// Each word starts a word of the role, or its tags are those that were asked for.
    Start,
    /// The query is the profile name, but for the case of its letters.
    Name,
}

/// A class, a number that orders what is of one class, and whether every word is in the role as it is; in one number
/// that orders like the three: there are hundreds of thousands of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Grade(NonZeroU32);

impl Grade {
    const FINE: u32 = 24;

    pub fn new(class: Class, fine: u32, sure: bool) -> Self {
        let fine = fine.min((1 << Self::FINE) - 1);
        let number = (class as u32 + 1) << (Self::FINE + 1) | fine << 1 | u32::from(sure);
        Self(NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN))
    }

    pub fn class(self) -> Class {
        match (self.0.get() >> (Self::FINE + 1)).saturating_sub(1) {
            0 => Class::Guess,
            1 => Class::Inside,
            2 => Class::Initials,
            3 => Class::Start,
            _ => Class::Name,
        }
    }

    pub fn fine(self) -> u32 {
        (self.0.get() >> 1) & ((1 << Self::FINE) - 1)
    }

    pub fn is_sure(self) -> bool {
        self.0.get() & 1 == 1
    }

    /// Whether no other place of the same word could be better.
    pub fn is_best(self) -> bool {
        self.class() == Class::Start && self.fine() == BEST
    }

    /// The grade of two words together.
    pub fn and(self, other: Self) -> Self {
        let class = self.class().min(other.class());
        Self::new(class, self.fine() + other.fine(), self.is_sure() && other.is_sure())
    }
}

/// The most that one word adds to the fine order.
const BEST: u32 = WHOLE + 3;
const WHOLE: u32 = 12;
const FIELD_START: u32 = 8;
const WORD_START: u32 = 4;

/// What a letter of a guess has to score on average; 16 is one without a gap before it.
const LETTER: u16 = 14;

/// A word to look for.
pub(super) struct Word {
    finder: memmem::Finder<'static>,
    needle: Utf32String,
    letters: u32,
}

impl Word {
    /// `text` is in lower case.
    pub fn new(text: &str) -> Self {
        Self {
            finder: memmem::Finder::new(text.as_bytes()).into_owned(),
            needle: text.into(),
            letters: letters(text.as_bytes()),
        }
    }

    /// How well the word fits a part of a role; with `inside`, in the middle of words and by initials too.
    pub fn grade(&self, part: Part, text: Text<'_>, inside: bool) -> Option<Grade> {
        let grade = self.place(part, text, inside);
        if grade.is_some_and(|grade| grade.class() == Class::Start) || !inside {
            return grade;
        }
        if self.finder.needle().len() < 2 {
            return grade;
        }
        let initials = text.initials();
        let starts = |at: usize| at.checked_sub(1).is_none_or(|before| initials[before] == FIELD_END);
        let found = self.finder.find(initials);
        grade.max(found.map(|at| Grade::new(Class::Initials, u32::from(starts(at)), false)))
    }

    fn place(&self, part: Part, text: Text<'_>, inside: bool) -> Option<Grade> {
        let mut best: Option<Grade> = None;
        let (mut field, mut counted, mut from) = (0, 0, 0);
        let (shown, folded) = (text.bytes(), text.folded());
        while let Some(at) = self.finder.find(&folded[from..]).map(|at| at + from) {
            field += memchr::memchr_iter(FIELD_END, &folded[counted..at]).count();
            counted = at;
            // The next letter starts at a place that is not the middle of one.
            from = at + shown[at..].iter().skip(1).take_while(|byte| **byte & 0xc0 == 0x80).count() + 1;
            let end = at + self.finder.needle().len();
            if part == Part::Tags && is_key(&folded[end..]) {
                continue;
            }
            let Some(place) = place(shown, at, end) else { continue };
            if place == 0 && !inside {
                continue;
            }
            let class = if place == 0 { Class::Inside } else { Class::Start };
            let weight = part.weights().get(field).copied().unwrap_or(1);
            let grade = Grade::new(class, place + weight, true);
            best = best.max(Some(grade));
            if grade.is_best() {
                break;
            }
        }
        best
    }

    /// Whether a text with these letters has all those of the word.
    pub fn may_be_in(&self, letters: u32) -> bool {
        letters == u32::MAX || self.letters & !letters == 0
    }

    /// Where the word's letters come in order in one field of a part.
    pub fn guess(&self, text: Text<'_>, guesser: &mut Guesser) -> Option<Grade> {
        let needle = self.needle.slice(..);
        let fields = text.shown().split(char::from(FIELD_END));
        let scores = fields.filter_map(|field| {
            let value = field.split_once(char::from(TAG_VALUE)).map_or(field, |(_, value)| value);
            guesser.matcher.fuzzy_match(Utf32Str::new(value, &mut guesser.buffer), needle)
        });
        // Letters that are strewn over a long name are in nearly every one.
        let least = LETTER * u16::try_from(needle.len()).unwrap_or(u16::MAX).min(1000);
        scores.max().filter(|score| *score >= least).map(|score| Grade::new(Class::Guess, score.into(), false))
    }
}

/// What guessing needs again and again.
pub(super) struct Guesser {
    matcher: Matcher,
    buffer: Vec<char>,
}

impl Default for Guesser {
    fn default() -> Self {
        Self { matcher: Matcher::new(Config::DEFAULT), buffer: Vec::new() }
    }
}

/// Whether what follows a hit says that it is in a tag's key.
fn is_key(after: &[u8]) -> bool {
    memchr::memchr2(TAG_VALUE, FIELD_END, after).is_some_and(|at| after[at] == TAG_VALUE)
}

/// What sort of place a hit is; none in the middle of a letter.
fn place(shown: &[u8], at: usize, end: usize) -> Option<u32> {
    if shown[at] & 0xc0 == 0x80 {
        return None;
    }
    let before = at.checked_sub(1).map(|before| shown[before]);
    let starts_field = before.is_none_or(|byte| matches!(byte, FIELD_END | TAG_VALUE));
    let ends_field = shown.get(end).is_none_or(|byte| *byte == FIELD_END);
    Some(match before {
        _ if starts_field && ends_field => WHOLE,
        _ if starts_field => FIELD_START,
        Some(before) if starts_word(before, shown[at]) => WORD_START,
        _ => 0,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Catalog, Lister};
    use super::*;
    use crate::role::Role;

    fn grade(part: Part, role: &Role, word: &str) -> Option<(Class, u32)> {
        let mut lister = Lister::default();
        lister.add(0, role);
        let catalog = Catalog::read(lister.finish()).expect("a catalog");
        Word::new(word).grade(part, catalog.text(part, 0), true).map(|grade| (grade.class(), grade.fine()))
    }

    #[test]
    fn the_best_place_of_a_word_counts() {
        let role = Role {
            profile: "pay-dev:PowerUser".to_owned(),
            account_id: "12".parse().expect("an id"),
            account_alias: "Prepay".to_owned(),
            email: "a@b".to_owned(),
            role_name: "PowerUser".to_owned(),
            tags: [("team", "blue"), ("x", "y")].map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
            ..Role::default()
        };
        for (part, word, expected) in [
            (Part::Profile, "pay", Some((Class::Start, 11))),
            (Part::Profile, "dev", Some((Class::Start, 7))),
            (Part::Profile, "user", Some((Class::Start, 7))),
            (Part::Profile, "ser", Some((Class::Inside, 3))),
            (Part::Profile, "pdpu", Some((Class::Initials, 1))),
            (Part::Profile, "dp", Some((Class::Initials, 0))),
            (Part::Profile, "up", None),
            (Part::Name, "poweruser", Some((Class::Start, 14))),
            (Part::Account, "prepay", Some((Class::Start, 15))),
            (Part::Account, "pay", Some((Class::Inside, 3))),
            (Part::Account, "a@", Some((Class::Start, 8))),
            (Part::Account, "0012", Some((Class::Inside, 2))),
            (Part::Tags, "blue", Some((Class::Start, 13))),
            (Part::Tags, "lue", Some((Class::Inside, 1))),
            (Part::Tags, "team", None),
        ] {
            assert_eq!(grade(part, &role, word), expected, "{word} in {part:?}");
        }
    }

    #[test]
    fn grades_order_by_class_then_by_place() {
        let grades = [
            Grade::new(Class::Guess, 900, false),
            Grade::new(Class::Inside, 0, true),
            Grade::new(Class::Inside, 3, true),
            Grade::new(Class::Initials, 0, false),
            Grade::new(Class::Start, 4, true),
            Grade::new(Class::Name, 0, true),
        ];
        assert!(grades.is_sorted() && None < Some(grades[0]));
        let both = grades[4].and(grades[3]);
        assert_eq!((both.class(), both.fine(), both.is_sure()), (Class::Initials, 4, false));
    }

    #[test]
    fn words_begin_after_signs_at_capitals_and_at_digits() {
        for (shown, word, class) in [
            ("dataPlatform", "platform", Class::Start),
            ("data_platform", "platform", Class::Start),
            ("data platform", "platform", Class::Start),
            ("prod2", "2", Class::Start),
            ("dataplatform", "platform", Class::Inside),
            ("äplatform", "platform", Class::Inside),
            ("EU-Ärger", "ärger", Class::Start),
        ] {
            let role = Role { role_name: shown.to_owned(), ..Role::default() };
            assert_eq!(grade(Part::Name, &role, word).map(|(class, _)| class), Some(class), "{shown}");
        }
    }
}
