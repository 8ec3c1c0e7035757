//! Which letters of a name were typed, for a person to see why a role is offered.

use std::ops::Range;

use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::query::{Query, Term};
use super::text::fold;

/// Finds the typed letters in names.
pub struct Marks {
    words: Vec<String>,
    values: Vec<String>,
    matcher: Matcher,
}

impl Marks {
    /// What was typed.
    pub fn new(query: &Query) -> Self {
        let mut marks = Self { words: Vec::new(), values: Vec::new(), matcher: Matcher::new(Config::DEFAULT) };
        for term in &query.terms {
            match term {
                Term::Word(word) => marks.words.push(word.clone()),
                Term::Tag { value, .. } => marks.values.push(value.clone()),
            }
        }
        marks
    }

    /// The places of the typed words in a name, in order and apart from each other; where `guessed`, of their
    /// letters too.
    pub fn in_name(&mut self, name: &str, guessed: bool) -> Vec<Range<usize>> {
        let folded = fold(name);
        let mut typed = vec![false; name.len()];
        for word in &self.words {
            // The start of a word is where a person looks first.
            let starts = |at: &usize| !folded[..*at].ends_with(char::is_alphanumeric);
            let places = || folded.match_indices(word.as_str()).map(|(at, _)| at);
            if let Some(at) = places().find(starts).or_else(|| places().next()) {
                typed[at..at + word.len()].fill(true);
            } else if guessed {
                let (mut buffer, mut needle, mut indices) = (Vec::new(), Vec::new(), Vec::new());
                let (text, word) = (Utf32Str::new(name, &mut buffer), Utf32Str::new(word, &mut needle));
                // Its places are characters or, in names with combined ones, groups of them.
                let by_character = text.len() == name.chars().count();
                if self.matcher.fuzzy_indices(text, word, &mut indices).is_some() && by_character {
                    for (number, (at, c)) in (0_u32..).zip(name.char_indices()) {
                        if indices.contains(&number) {
                            typed[at..at + c.len_utf8()].fill(true);
                        }
                    }
                }
            }
        }
        ranges(&typed, name)
    }

    /// The places of the values that were asked for in the value of a tag.
    pub fn in_value(&self, value: &str) -> Vec<Range<usize>> {
        let folded = fold(value).replace('_', " ");
        let mut typed = vec![false; value.len()];
        for asked in self.values.iter().chain(&self.words).filter(|asked| !asked.is_empty()) {
            if let Some(at) = folded.find(asked.as_str()) {
                typed[at..at + asked.len()].fill(true);
            }
        }
        ranges(&typed, value)
    }
}

/// The runs of true; each starts and ends where a character does.
fn ranges(typed: &[bool], text: &str) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for (at, c) in text.char_indices().filter(|(at, _)| typed[*at]) {
        match ranges.last_mut() {
            Some(range) if range.end == at => range.end += c.len_utf8(),
            _ => ranges.push(at..at + c.len_utf8()),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn marked(query: &str, name: &str, guessed: bool) -> String {
        let ranges = Marks::new(&Query::of_line(query)).in_name(name, guessed);
        let mut shown = name.to_owned();
        for range in ranges.into_iter().rev() {
            shown.insert(range.end, ']');
            shown.insert(range.start, '[');
        }
        shown
    }

    #[test]
    fn typed_letters_are_marked() {
        for (query, name, guessed, shown) in [
            ("dev", "payments-dev", false, "payments-[dev]"),
            ("pay dev", "payments-dev", false, "[pay]ments-[dev]"),
            ("pa pay", "payments", false, "[pay]ments"),
            ("prod", "preprod-prod", false, "preprod-[prod]"),
            ("ÄR", "ärger", false, "[är]ger"),
            ("pdv", "payments-dev", false, "payments-dev"),
            ("pdv", "payments-dev", true, "[p]ayments-[d]e[v]"),
            ("x", "payments", true, "payments"),
            ("", "payments", true, "payments"),
        ] {
            assert_eq!(marked(query, name, guessed), shown, "{query}");
        }
    }

    #[test]
    fn values_are_marked_in_tags() {
        let marks = Marks::new(&Query::of_line("Team=big_d x"));
        assert_eq!(marks.in_value("big data"), vec![0..5]);
        assert_eq!(marks.in_value("small"), vec![]);
    }

    proptest! {
        #[test]
        fn no_name_breaks_it(query in ".{0,6}", name in ".{0,20}") {
            let mut marks = Marks::new(&Query::of_line(&query));
            for range in marks.in_name(&name, true).into_iter().chain(marks.in_value(&name)) {
                prop_assert!(name.get(range).is_some());
            }
        }
    }
}
