//! What a `Key=value` term may become, with how far each choice narrows.

use std::collections::{HashMap, HashSet};

use super::query::Query;
use super::search::{Finder, TagValue};

/// A key or a value that may be typed next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The key or the value.
    pub text: String,
    /// How many roles have it.
    pub roles: usize,
    /// How many values a key has; 1 for a value.
    pub values: usize,
}

impl Finder {
    /// The tag keys of the roles that fit `query`, in order; `first` comes before all others. Keys whose only
    /// value all roles have are left out: they narrow nothing.
    pub fn tag_keys(&self, query: &Query, first: Option<&str>) -> Vec<Choice> {
        let numbers = self.sure(query);
        let mut seen: HashMap<&str, (usize, HashSet<&str>)> = HashMap::new();
        for number in &numbers {
            for (key, value) in self.catalog().entry(*number as usize).tags() {
                let (roles, values) = seen.entry(key).or_default();
                *roles += 1;
                values.insert(value);
            }
        }
        let mut choices: Vec<Choice> = seen
            .into_iter()
            .map(|(key, (roles, values))| Choice {
                text: key.to_owned(),
                roles: roles.min(numbers.len()),
                values: values.len(),
            })
            .filter(|choice| choice.values > 1 || choice.roles < numbers.len())
            .collect();
        let is_first = |choice: &Choice| first.is_some_and(|first| first.eq_ignore_ascii_case(&choice.text));
        choices.sort_by(|a, b| is_first(b).cmp(&is_first(a)).then_with(|| a.text.cmp(&b.text)));
        choices
    }

    /// The values that the roles which fit `query` have for a tag, in order.
    pub fn tag_values(&self, query: &Query, key: &str) -> Vec<Choice> {
        let tag = TagValue::new(&super::catalog::fold(key), "");
        let mut seen: HashMap<&str, usize> = HashMap::new();
        for number in self.sure(query) {
            let number = number as usize;
            if let Some(place) = tag.place(self.catalog().line(number)) {
                *seen.entry(self.catalog().shown(number, place)).or_default() += 1;
            }
        }
        let mut choices: Vec<Choice> =
            seen.into_iter().map(|(value, roles)| Choice { text: value.to_owned(), roles, values: 1 }).collect();
        choices.sort_by(|a, b| a.text.cmp(&b.text));
        choices
    }
}
