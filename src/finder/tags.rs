//! `Key=value`: which roles such a term admits, and what it may become.

use std::collections::{HashMap, HashSet};

use super::catalog::{Catalog, FIELD_END, Field, Part, own_tags};
use super::parts::in_parts;
use super::query::Query;
use super::search::Finder;
use super::text::fold;

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

/// A `Key=value` term and how well the best role fits it: the others are not meant then.
pub(super) struct TagTerm {
    values: TagValues<Option<Fit>>,
    pub best: Fit,
}

impl TagTerm {
    /// Both are in lower case.
    pub fn new(finder: &Finder, key: &str, value: &str) -> Self {
        let catalog = finder.catalog();
        let worst = if finder.inside() { Fit::Part } else { Fit::Start };
        let values =
            TagValues::of(catalog, key, |text| fit(text, value).filter(|fit| *fit >= worst || *fit == Fit::Any));
        let fits = finder.shared(|number| values.of_role(catalog, number).copied().flatten());
        // Where nobody has it, nobody fits.
        Self { values, best: fits.into_iter().max().unwrap_or(Fit::Equal) }
    }

    /// How well a role fits.
    pub fn fit(&self, catalog: &Catalog, number: usize) -> Option<Fit> {
        self.values.of_role(catalog, number).copied().flatten()
    }
}

fn fit(text: &str, value: &str) -> Option<Fit> {
    if value.is_empty() {
        return Some(Fit::Any);
    }
    let text = fold(text).replace('_', " ");
    match text.find(value)? {
        0 if text.len() == value.len() => Some(Fit::Equal),
        0 => Some(Fit::Start),
        _ => Some(Fit::Part),
    }
}

/// Something about the value of one tag, found out once for each text that has the tag.
struct TagValues<T> {
    /// By the number of the tags' text.
    own: Vec<Option<T>>,
    /// The automatic tag of that key: the part it is in, and by the number of its text.
    automatic: Option<(Part, Vec<Option<T>>)>,
}

impl<T: Send> TagValues<T> {
    fn of<'a>(catalog: &'a Catalog, key: &str, tell: impl Fn(&'a str) -> T + Sync) -> Self {
        let key = fold(key);
        let is_key = |known: &str| {
            let known = fold(known);
            known == key || (key.contains('_') && known.replace('_', " ") == key.replace('_', " "))
        };
        let own = |number: usize| {
            let tags = own_tags(catalog.text(Part::Tags, number).shown());
            tags.filter(|(known, _)| is_key(known)).last().map(|(_, value)| tell(value))
        };
        let automatic = Field::of_tag(&key).map(|field| {
            let (part, place) = field.place();
            let value = |number: usize| {
                let value = catalog.text(part, number).shown().split(char::from(FIELD_END)).nth(place);
                value.filter(|value| !value.is_empty()).map(&tell)
            };
            (part, in_parts(catalog.count(part), |numbers| numbers.map(value).collect()))
        });
        Self { own: in_parts(catalog.count(Part::Tags), |numbers| numbers.map(own).collect()), automatic }
    }

    /// What is told of a role's value: its own tag stands in front of the automatic one.
    fn of_role(&self, catalog: &Catalog, number: usize) -> Option<&T> {
        let own = self.own[catalog.text_of(Part::Tags, number)].as_ref();
        own.or_else(|| {
            let (part, values) = self.automatic.as_ref()?;
            values[catalog.text_of(*part, number)].as_ref()
        })
    }
}

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
        let catalog = self.catalog();
        let numbers = self.sure(query);
        let mut seen: HashMap<&str, (usize, HashSet<&str>)> = HashMap::new();
        // Each role has a profile name of its own.
        seen.insert(Field::Profile.tag(), (numbers.len(), HashSet::new()));
        for part in Part::SHARED {
            let mut roles = vec![0; catalog.count(part)];
            for number in &numbers {
                roles[catalog.text_of(part, *number as usize)] += 1;
            }
            for (text, roles) in roles.into_iter().enumerate().filter(|(_, roles)| *roles > 0) {
                let text = catalog.text(part, text).shown();
                let mut note = |key, value| {
                    let (having, values) = seen.entry(key).or_default();
                    *having += roles;
                    values.insert(value);
                };
                if part == Part::Tags {
                    own_tags(text).for_each(|(key, value)| note(key, value));
                } else {
                    for field in Field::ALL.into_iter().filter(|field| field.place().0 == part) {
                        let value = text.split(char::from(FIELD_END)).nth(field.place().1).unwrap_or_default();
                        if !value.is_empty() {
                            note(field.tag(), value);
                        }
                    }
                }
            }
        }
        let choice = |(key, (roles, values)): (&str, (usize, HashSet<&str>))| Choice {
            text: key.to_owned(),
            // A role's own tag in the place of an automatic one was counted as both.
            roles: roles.min(numbers.len()),
            values: if key == Field::Profile.tag() { numbers.len() } else { values.len() },
        };
        let narrows = |choice: &Choice| choice.values > 1 || choice.roles < numbers.len();
        let mut choices: Vec<Choice> = seen.into_iter().map(choice).filter(narrows).collect();
        let is_first = |choice: &Choice| first.is_some_and(|first| first.eq_ignore_ascii_case(&choice.text));
        choices.sort_by(|a, b| is_first(b).cmp(&is_first(a)).then_with(|| a.text.cmp(&b.text)));
        choices
    }

    /// The values that the roles which fit `query` have for a tag, in order.
    pub fn tag_values(&self, query: &Query, key: &str) -> Vec<Choice> {
        let values = TagValues::of(self.catalog(), key, |value| value);
        let mut seen: HashMap<&str, usize> = HashMap::new();
        for number in self.sure(query) {
            if let Some(value) = values.of_role(self.catalog(), number as usize) {
                *seen.entry(value).or_default() += 1;
            }
        }
        let choice = |(value, roles): (&str, usize)| Choice { text: value.to_owned(), roles, values: 1 };
        let mut choices: Vec<Choice> = seen.into_iter().map(choice).collect();
        choices.sort_by(|a, b| a.text.cmp(&b.text));
        choices
    }
}
