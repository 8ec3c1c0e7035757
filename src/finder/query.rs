//! What a person typed to find a role.

use crate::role::AccountId;

use super::text::fold;

/// What roles are asked for. Everything that is given must fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// The account.
    pub account: Option<AccountId>,
    /// The name of the role, as it is.
    pub role: Option<String>,
    /// Words and tags, in any order.
    pub terms: Vec<Term>,
}

/// A word or a tag, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Term {
    /// A part of any field or of a tag's value.
    Word(String),
    /// `Key=value`: the value of a tag, or the beginning or a part of one where none is equal. Without a value,
    /// the role has the tag.
    Tag {
        /// The whole key.
        key: String,
        /// The value; a `_` stands for a space as well.
        value: String,
    },
}

impl Query {
    /// Reads what was typed into one line, where a term ends at a space.
    pub fn of_line(line: &str) -> Self {
        Self { terms: line.split_whitespace().filter_map(Term::read).collect(), ..Self::default() }
    }

    /// Reads the words of a command line: a quoted `Key=value` may hold spaces, a quoted name is its words.
    pub fn of_words<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let terms = words.into_iter().flat_map(|word| {
            let parts: Vec<&str> =
                if word.contains('=') { vec![word.trim()] } else { word.split_whitespace().collect() };
            parts.into_iter().filter_map(Term::read)
        });
        Self { terms: terms.collect(), ..Self::default() }
    }

    /// All of it as one text in lower case: what a whole profile name is compared with.
    pub(super) fn as_name(&self) -> Option<String> {
        let words = self.terms.iter().map(|term| match term {
            Term::Word(word) => Some(word.as_str()),
            Term::Tag { .. } => None,
        });
        let words: Vec<&str> = words.collect::<Option<_>>()?;
        (!words.is_empty()).then(|| words.join(" "))
    }
}

impl Term {
    /// One term; none for an empty text.
    fn read(text: &str) -> Option<Self> {
        let folded = fold(text);
        match folded.split_once('=') {
            Some((key, value)) if !key.is_empty() => {
                Some(Self::Tag { key: key.to_owned(), value: value.replace('_', " ") })
            }
            _ => (!folded.is_empty()).then_some(Self::Word(folded)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> Term {
        Term::Word(text.to_owned())
    }

    fn tag(key: &str, value: &str) -> Term {
        Term::Tag { key: key.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn terms_are_words_and_tags() {
        for (line, terms) in [
            ("", vec![]),
            ("  Pay  DEV ", vec![word("pay"), word("dev")]),
            ("Team=Blue x", vec![tag("team", "blue"), word("x")]),
            ("Team= =x", vec![tag("team", ""), word("=x")]),
            ("Team=a=b_c", vec![tag("team", "a=b c")]),
            ("ÄRGER", vec![word("ärger")]),
        ] {
            assert_eq!(Query::of_line(line).terms, terms, "{line}");
        }
    }

    #[test]
    fn quoted_words_keep_the_spaces_of_a_tag_alone() {
        let terms = Query::of_words(["data platform", "Team=big blue", "Cost Center=7"]).terms;
        assert_eq!(terms, [word("data"), word("platform"), tag("team", "big blue"), tag("cost center", "7")]);
    }

    #[test]
    fn words_alone_may_be_a_name() {
        assert_eq!(Query::of_line("Pay Day").as_name().as_deref(), Some("pay day"));
        assert_eq!(Query::of_line("pay team=x").as_name(), None);
        assert_eq!(Query::of_line("").as_name(), None);
    }
}
