//! How well one word fits one role.

use memchr::memmem;
use nucleo_matcher::{Config, Matcher, Utf32Str, Utf32String};

use super::catalog::{FIELD_END, Part, TAG_VALUE, Text, letters, starts_word};

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
        if grade.is_some_and(|grade| grade.class == Class::Start) || !inside {
            return grade;
        }
        let initials = (self.finder.needle().len() > 1).then(|| self.finder.find(text.initials)).flatten();
        let starts = |at: usize| at.checked_sub(1).is_none_or(|before| text.initials[before] == FIELD_END);
        grade.max(initials.map(|at| Grade { class: Class::Initials, fine: u32::from(starts(at)), sure: false }))
    }

    fn place(&self, part: Part, text: Text<'_>, inside: bool) -> Option<Grade> {
        let mut best: Option<Grade> = None;
        let (mut field, mut counted, mut from) = (0, 0, 0);
        let shown = text.shown.as_bytes();
        while let Some(at) = self.finder.find(&text.folded[from..]).map(|at| at + from) {
            field += memchr::memchr_iter(FIELD_END, &text.folded[counted..at]).count();
            counted = at;
            // The next letter starts at a place that is not the middle of one.
            from = at + shown[at..].iter().skip(1).take_while(|byte| **byte & 0xc0 == 0x80).count() + 1;
            let end = at + self.finder.needle().len();
            if part == Part::Tags && is_key(&text.folded[end..]) {
                continue;
            }
            let Some(place) = place(shown, at, end) else { continue };
            if place == 0 && !inside {
                continue;
            }
            let class = if place == 0 { Class::Inside } else { Class::Start };
            let weight = part.weights().get(field).copied().unwrap_or(1);
            let grade = Grade { class, fine: place + weight, sure: true };
            best = best.max(Some(grade));
            if grade.fine == BEST {
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
        let fields = text.shown.split(char::from(FIELD_END));
        let scores = fields.filter_map(|field| {
            let value = field.split_once(char::from(TAG_VALUE)).map_or(field, |(_, value)| value);
            guesser.matcher.fuzzy_match(Utf32Str::new(value, &mut guesser.buffer), needle)
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
    use super::super::catalog::fold;
    use super::*;

    fn grade(part: Part, shown: &str, word: &str) -> Option<(Class, u32)> {
        let folded = fold(shown);
        let text = Text { shown, folded: folded.as_bytes(), initials: b"pdpu\x1fpu" };
        Word::new(word).grade(part, text, true).map(|grade| (grade.class, grade.fine))
    }

    #[test]
    fn the_best_place_of_a_word_counts() {
        let account = "000000000012\u{1f}\u{1f}Prepay\u{1f}a@b";
        let tags = "team\u{1e}blue\u{1f}x\u{1e}y";
        for (part, text, word, expected) in [
            (Part::Profile, "pay-dev:PowerUser", "pay", Some((Class::Start, 11))),
            (Part::Profile, "pay-dev:PowerUser", "dev", Some((Class::Start, 7))),
            (Part::Profile, "pay-dev:PowerUser", "user", Some((Class::Start, 7))),
            (Part::Profile, "pay-dev:PowerUser", "ser", Some((Class::Inside, 3))),
            (Part::Name, "PowerUser", "poweruser", Some((Class::Start, 14))),
            (Part::Account, account, "prepay", Some((Class::Start, 15))),
            (Part::Account, account, "pay", Some((Class::Inside, 3))),
            (Part::Account, account, "a@", Some((Class::Start, 8))),
            (Part::Account, account, "0012", Some((Class::Inside, 2))),
            (Part::Tags, tags, "blue", Some((Class::Start, 13))),
            (Part::Tags, tags, "lue", Some((Class::Inside, 1))),
            (Part::Tags, tags, "team", None),
            (Part::Name, "x", "pd", Some((Class::Initials, 1))),
            (Part::Name, "x", "dp", Some((Class::Initials, 0))),
            (Part::Name, "x", "up", None),
        ] {
            assert_eq!(grade(part, text, word), expected, "{word} in {text}");
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
            assert_eq!(grade(Part::Name, shown, word).map(|(class, _)| class), Some(class), "{shown}");
        }
    }
}
