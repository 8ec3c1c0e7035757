//! How well one word fits one role.

use memchr::memmem;
use nucleo_matcher::{Config, Matcher, Utf32Str, Utf32String};

use super::catalog::{FIELD_END, Field, Line, TAG_VALUE, starts_word};

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

/// A class, and a number that orders what is of one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Grade {
    pub class: Class,
    pub fine: u32,
    /// Whether every word is in the role as it is.
    pub sure: bool,
}

/// The most that one word adds to the fine order.
const BEST: u32 = WHOLE + 3;
const WHOLE: u32 = 12;
const FIELD_START: u32 = 8;
const WORD_START: u32 = 4;

/// What a letter of a guess has to score on average; 16 is one without a gap before it.
const LETTER: u16 = 14;

/// How much a field says, when the same word is in two of them.
fn weight(field: usize) -> u32 {
    match Field::ALL.get(field) {
        Some(Field::Profile | Field::AccountName | Field::AccountAlias) => 3,
        Some(Field::Role | Field::AccountId) => 2,
        None => 1,
        Some(Field::Email) => 0,
    }
}

/// A word to look for.
pub(super) struct Word {
    finder: memmem::Finder<'static>,
    letters: Utf32String,
}

impl Word {
    /// `text` is in lower case.
    pub fn new(text: &str) -> Self {
        Self { finder: memmem::Finder::new(text.as_bytes()).into_owned(), letters: text.into() }
    }

    /// How well the word fits a role; with `inside`, in the middle of words and by initials too.
    pub fn grade(&self, line: Line<'_>, inside: bool) -> Option<Grade> {
        let grade = self.place(line, inside);
        if grade.is_some_and(|grade| grade.class == Class::Start) || !inside {
            return grade;
        }
        let initials = (self.finder.needle().len() > 1).then(|| self.finder.find(line.initials)).flatten();
        let starts = |at: usize| at.checked_sub(1).is_none_or(|before| line.initials[before] == FIELD_END);
        grade.max(initials.map(|at| Grade { class: Class::Initials, fine: u32::from(starts(at)), sure: false }))
    }

    fn place(&self, line: Line<'_>, inside: bool) -> Option<Grade> {
        let mut best: Option<Grade> = None;
        let mut field = 0;
        let mut counted = 0;
        let mut from = 0;
        while let Some(at) = self.finder.find(&line.folded[from..]).map(|at| at + from) {
            field += memchr::memchr_iter(FIELD_END, &line.folded[counted..at]).count();
            counted = at;
            // The next letter starts at a place that is not the middle of one.
            from = at + line.shown[at..].iter().skip(1).take_while(|byte| **byte & 0xc0 == 0x80).count() + 1;
            let end = at + self.finder.needle().len();
            if field >= Field::ALL.len() && is_key(&line.folded[end..]) {
                continue;
            }
            let Some(place) = place(line, at, end) else { continue };
            if place == 0 && !inside {
                continue;
            }
            let class = if place == 0 { Class::Inside } else { Class::Start };
            let grade = Grade { class, fine: place + weight(field), sure: true };
            best = best.max(Some(grade));
            if grade.fine == BEST {
                break;
            }
        }
        best
    }

    /// Where the word's letters come in order in one field of the role.
    pub fn guess(&self, line: Line<'_>, guesser: &mut Guesser) -> Option<Grade> {
        let needle = self.letters.slice(..);
        let fields = line.shown.split(|byte| *byte == FIELD_END);
        let scores = fields.filter_map(|field| {
            let value = memchr::memchr(TAG_VALUE, field).map_or(field, |at| &field[at + 1..]);
            let text = std::str::from_utf8(value).ok()?;
            guesser.matcher.fuzzy_match(Utf32Str::new(text, &mut guesser.buffer), needle)
        });
        // Letters that are strewn over a long name are in nearly every one.
        let least = LETTER * u16::try_from(needle.len()).unwrap_or(u16::MAX).min(1000);
        scores.max().filter(|score| *score >= least).map(|score| Grade {
            class: Class::Guess,
            fine: score.into(),
            sure: false,
        })
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
fn place(line: Line<'_>, at: usize, end: usize) -> Option<u32> {
    if line.shown[at] & 0xc0 == 0x80 {
        return None;
    }
    let before = at.checked_sub(1).map(|before| line.shown[before]);
    let starts_field = before.is_none_or(|byte| matches!(byte, FIELD_END | TAG_VALUE));
    let ends_field = line.shown.get(end).is_none_or(|byte| *byte == FIELD_END);
    Some(match before {
        _ if starts_field && ends_field => WHOLE,
        _ if starts_field => FIELD_START,
        Some(before) if starts_word(before, line.shown[at]) => WORD_START,
        _ => 0,
    })
}

#[cfg(test)]
mod tests {
    use super::super::catalog::fold;
    use super::*;

    fn grade(shown: &str, word: &str) -> Option<(Class, u32)> {
        let folded = fold(shown);
        let line = Line { shown: shown.as_bytes(), folded: folded.as_bytes(), initials: b"pdpu\x1fpu" };
        Word::new(word).grade(line, true).map(|grade| (grade.class, grade.fine))
    }

    #[test]
    fn the_best_place_of_a_word_counts() {
        let line = "pay-dev:PowerUser\u{1f}000000000012\u{1f}\u{1f}Prepay\u{1f}PowerUser\u{1f}a@b\u{1f}team\u{1e}blue";
        for (word, expected) in [
            ("pay", Some((Class::Start, 11))),
            ("dev", Some((Class::Start, 7))),
            ("user", Some((Class::Start, 7))),
            ("ser", Some((Class::Inside, 3))),
            ("prepay", Some((Class::Start, 15))),
            ("poweruser", Some((Class::Start, 14))),
            ("blue", Some((Class::Start, 13))),
            ("lue", Some((Class::Inside, 1))),
            ("team", None),
            ("a@", Some((Class::Start, 8))),
            ("0012", Some((Class::Inside, 2))),
            ("pd", Some((Class::Initials, 1))),
            ("dp", Some((Class::Initials, 0))),
            ("up", None),
        ] {
            assert_eq!(grade(line, word), expected, "{word}");
        }
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
            assert_eq!(grade(shown, word).map(|(class, _)| class), Some(class), "{shown}");
        }
    }
}
