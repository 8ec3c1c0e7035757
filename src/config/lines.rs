//! Which line of the file a key is on, and what exactly its value says there.
//!
//! Built only when there is something to report, from a second reading of the text whose parser keeps
//! positions.

use std::collections::{BTreeMap, HashMap};

use saphyr_parser::{Event, Parser};

/// The places of a document that was read without error before.
#[derive(Debug, Default)]
pub(super) struct Lines {
    places: Vec<Place>,
    /// The place that an anchor (`&name`, numbered by the parser) stands at.
    anchors: HashMap<usize, usize>,
}

#[derive(Debug)]
struct Place {
    /// Counted from 1; of the key for an entry of a mapping.
    line: usize,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Scalar(String),
    Alias(usize),
    List(Vec<usize>),
    Map(BTreeMap<String, usize>),
}

/// A mapping or list that is still open, with the key that waits for its value.
struct Open {
    place: usize,
    key: Option<(String, usize)>,
}

/// Aliases of aliases and merges of merges are followed this far.
const MAX_STEPS: usize = 64;

impl Lines {
    /// The places of `text`; none where the two YAML parsers disagree about it.
    pub fn of(text: &str) -> Self {
        let mut lines = Self::default();
        if lines.read(text).is_none() {
            return Self::default();
        }
        lines
    }

    /// The line of what is at `path`, or of the innermost thing around it that the file itself has.
    pub fn line(&self, path: &[String]) -> Option<usize> {
        let mut place = 0;
        let mut line = None;
        for key in path {
            let Some(child) = self.child(place, key, MAX_STEPS) else { break };
            line = Some(self.places[child].line);
            place = child;
        }
        line
    }

    /// The scalar at `path` as the file spells it.
    pub fn source(&self, path: &[String]) -> Option<&str> {
        let mut place = 0;
        for key in path {
            place = self.child(place, key, MAX_STEPS)?;
        }
        match &self.places[self.resolve(place)?].kind {
            Kind::Scalar(text) => Some(text),
            _ => None,
        }
    }

    fn resolve(&self, mut place: usize) -> Option<usize> {
        for _ in 0..MAX_STEPS {
            match self.places.get(place)?.kind {
                Kind::Alias(anchor) => place = *self.anchors.get(&anchor)?,
                _ => return Some(place),
            }
        }
        None
    }

    fn child(&self, place: usize, key: &str, steps: usize) -> Option<usize> {
        let steps = steps.checked_sub(1)?;
        match &self.places[self.resolve(place)?].kind {
            Kind::List(items) => items.get(key.parse::<usize>().ok()?).copied(),
            Kind::Map(entries) => entries.get(key).copied().or_else(|| {
                let merge = *entries.get("<<")?;
                match &self.places[self.resolve(merge)?].kind {
                    Kind::List(items) => items.iter().find_map(|item| self.child(*item, key, steps)),
                    _ => self.child(merge, key, steps),
                }
            }),
            _ => None,
        }
    }

    fn read(&mut self, text: &str) -> Option<()> {
        let mut open: Vec<Open> = Vec::new();
        for event in Parser::new_from_str(text) {
            let (event, span) = event.ok()?;
            let line = span.start.line();
            let (kind, anchor) = match event {
                Event::Scalar(text, _, anchor, _) => (Kind::Scalar(text.into_owned()), anchor),
                Event::Alias(anchor) => (Kind::Alias(anchor), 0),
                Event::SequenceStart(anchor, _) => (Kind::List(Vec::new()), anchor),
                Event::MappingStart(anchor, _) => (Kind::Map(BTreeMap::new()), anchor),
                Event::SequenceEnd | Event::MappingEnd => {
                    open.pop();
                    continue;
                }
                _ => continue,
            };
            let opens = matches!(kind, Kind::List(_) | Kind::Map(_));
            let place = self.add(open.last_mut(), kind, line, anchor)?;
            if opens {
                open.push(Open { place, key: None });
            }
        }
        (!self.places.is_empty()).then_some(())
    }

    /// Adds what was read to the innermost open thing: as a key if one is due, else as a value.
    fn add(&mut self, within: Option<&mut Open>, kind: Kind, line: usize, anchor: usize) -> Option<usize> {
        let place = self.places.len();
        let mut line = line;
        if let Some(within) = within {
            match (&mut self.places[within.place].kind, within.key.take()) {
                (Kind::List(items), _) => items.push(place),
                (Kind::Map(entries), Some((key, key_line))) => {
                    entries.insert(key, place);
                    line = key_line;
                }
                (Kind::Map(_), None) => {
                    let key = match &kind {
                        Kind::Scalar(text) => text.clone(),
                        Kind::Alias(anchor) => match &self.places[*self.anchors.get(anchor)?].kind {
                            Kind::Scalar(text) => text.clone(),
                            _ => return None,
                        },
                        _ => return None,
                    };
                    within.key = Some((key, line));
                }
                _ => return None,
            }
        }
        self.places.push(Place { line, kind });
        if anchor != 0 {
            self.anchors.insert(anchor, place);
        }
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn path(text: &str) -> Vec<String> {
        text.split('.').map(str::to_owned).collect()
    }

    #[test]
    fn keys_are_found_through_lists_aliases_and_merges() {
        let lines = Lines::of(
            "# x\na: &a\n  b: 1.10\n  c:\n    - d: 0x1F\n    - &t True\n*t : 7\ne: *a\nf:\n  <<: [*a]\n  g: {h: 1}\n",
        );
        for (at, line, source) in [
            ("a", 2, None),
            ("a.b", 3, Some("1.10")),
            ("a.c.0.d", 5, Some("0x1F")),
            ("a.c.1", 6, Some("True")),
            ("True", 7, Some("7")),
            ("e.b", 3, Some("1.10")),
            ("f.b", 3, Some("1.10")),
            ("f.g.h", 11, Some("1")),
            ("f.none", 9, None),
        ] {
            assert_eq!(lines.line(&path(at)), Some(line), "{at}");
            assert_eq!(lines.source(&path(at)), source, "{at}");
        }
        assert_eq!(lines.line(&path("none")), None);
    }

    #[test]
    fn a_node_within_itself_is_no_endless_walk() {
        let lines = Lines::of("a: &a\n  <<: *a\n  b: *a\n");
        assert_eq!(lines.line(&path("a.x")), Some(1));
        assert!(lines.line(&path("a.b.b.b")).is_some());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[ab:*&<>{}\\[\\]\\-? \n'\"]{0,60}") {
            let lines = Lines::of(&text);
            let _ = lines.line(&path("a.b.0"));
            let _ = lines.source(&path("a"));
        }
    }
}
