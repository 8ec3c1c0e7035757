//! Where everything stands in a text, by the byte.

use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle};

/// A node and its place.
#[derive(Debug)]
pub struct Spot {
    /// As the parser has it: where a plain scalar or a block ends it says where the next thing begins.
    span: Range<usize>,
    pub kind: Kind,
}

#[derive(Debug)]
pub enum Kind {
    Scalar { text: String, style: ScalarStyle },
    Alias,
    List { flow: bool, items: Vec<Spot> },
    Map { flow: bool, entries: Vec<(Spot, Spot)> },
}

/// What the text holds, none if that is nothing at all; `None` where it is no YAML, or a dialect of it that nobody
/// writes a configuration in.
#[expect(clippy::option_option, reason = "a text without a node is not one that cannot be read")]
pub fn read(text: &str) -> Option<Option<Spot>> {
    let offsets: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let mut open: Vec<(Spot, Vec<Spot>)> = Vec::new();
    let mut root = None;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.ok()?;
        // The parser counts characters.
        let span = *offsets.get(span.start.index())?..*offsets.get(span.end.index())?;
        let flow = text.get(span.clone())?.starts_with(['{', '[']);
        let done = match event {
            Event::Scalar(_, _, _, Some(_)) | Event::SequenceStart(_, Some(_)) | Event::MappingStart(_, Some(_)) => {
                return None;
            }
            Event::Scalar(text, style, ..) => Spot { span, kind: Kind::Scalar { text: text.into_owned(), style } },
            Event::Alias(_) => Spot { span, kind: Kind::Alias },
            Event::SequenceStart(..) => {
                open.push((Spot { span, kind: Kind::List { flow, items: Vec::new() } }, Vec::new()));
                continue;
            }
            Event::MappingStart(..) => {
                open.push((Spot { span, kind: Kind::Map { flow, entries: Vec::new() } }, Vec::new()));
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => {
                let (mut spot, within) = open.pop()?;
                // The parser counts a comment behind a bracket to it.
                let bracket = text.get(span.start..)?.starts_with([']', '}']);
                spot.span.end = if bracket { span.start + 1 } else { span.end };
                match &mut spot.kind {
                    Kind::List { items, .. } => *items = within,
                    Kind::Map { entries, .. } => {
                        let mut within = within.into_iter();
                        while let (Some(key), Some(value)) = (within.next(), within.next()) {
                            entries.push((key, value));
                        }
                    }
                    _ => return None,
                }
                spot
            }
            _ => continue,
        };
        match open.last_mut() {
            Some((_, within)) => within.push(done),
            None => root = Some(done),
        }
    }
    Some(root)
}

impl Spot {
    /// The text of a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Whether nothing is written there.
    pub fn is_nothing(&self) -> bool {
        // The parser says ~ for what it has filled in.
        let absent = |text: &str| text.is_empty() || text == "~" && self.span.is_empty();
        matches!(&self.kind, Kind::Scalar { text, style: ScalarStyle::Plain } if absent(text))
    }

    /// The bytes of a value that can be replaced by another one: a scalar of one line, or a list without comments.
    pub fn value(&self, text: &str) -> Option<Range<usize>> {
        match &self.kind {
            Kind::Scalar { .. } => self.scalar(text).filter(|range| !text[range.clone()].contains('\n')),
            Kind::List { flow, items } => {
                let end = if *flow { self.end(text)? } else { items.last()?.scalar(text)?.end };
                let range = self.span.start..end;
                let scalars = items.iter().all(|item| item.scalar(text).is_some());
                let written = text.get(range.clone())?;
                let comments = written.contains('\n') && written.contains('#');
                (scalars && !comments).then_some(range)
            }
            Kind::Map { .. } | Kind::Alias => None,
        }
    }

    /// The bytes of a plain scalar of one line, or of a quoted one.
    fn scalar(&self, text: &str) -> Option<Range<usize>> {
        let Kind::Scalar { text: value, style } = &self.kind else { return None };
        let source = text.get(self.span.start..)?;
        let length = match style {
            // A longer one is not read as it is written.
            ScalarStyle::Plain if value.is_empty() => return None,
            ScalarStyle::Plain => source.starts_with(value.as_str()).then_some(value.len())?,
            ScalarStyle::SingleQuoted => closing(source, '\'')?,
            ScalarStyle::DoubleQuoted => closing(source, '"')?,
            _ => return None,
        };
        Some(self.span.start..self.span.start + length)
    }

    /// Where the last byte of it that is no comment and no blank ends.
    pub fn end(&self, text: &str) -> Option<usize> {
        match &self.kind {
            Kind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. } => {
                Some(text.get(..self.span.end)?.trim_end().len())
            }
            Kind::Scalar { .. } => self.scalar(text).map(|range| range.end),
            Kind::Alias => {
                let source = text.get(self.span.start..)?;
                let name = source.find(|c: char| c.is_whitespace() || ",[]{}".contains(c));
                Some(self.span.start + name.unwrap_or(source.len()))
            }
            Kind::List { flow: true, .. } | Kind::Map { flow: true, .. } => {
                text.get(self.span.clone())?.ends_with([']', '}']).then_some(self.span.end)
            }
            Kind::List { items, .. } => items.last()?.end(text),
            Kind::Map { entries, .. } => {
                let (key, value) = entries.last()?;
                if value.is_nothing() { key.colon(text) } else { value.end(text) }
            }
        }
    }

    /// Where the colon behind a key ends.
    pub fn colon(&self, text: &str) -> Option<usize> {
        let end = self.scalar(text)?.end;
        let rest = text.get(end..)?;
        let blanks = rest.len() - rest.trim_start_matches(' ').len();
        rest[blanks..].starts_with(':').then_some(end + blanks + 1)
    }

    /// What stands before a key on its line, if that is blanks alone.
    pub fn indent<'a>(&self, text: &'a str) -> Option<&'a str> {
        let before = text.get(..self.span.start)?;
        let indent = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
        indent.bytes().all(|byte| byte == b' ').then_some(indent)
    }

    /// How far the first mapping within this one is indented.
    pub fn step(&self, text: &str) -> usize {
        let Kind::Map { entries, .. } = &self.kind else { return super::USUAL_STEP };
        let steps = entries.iter().filter_map(|(key, value)| {
            let Kind::Map { flow: false, entries } = &value.kind else { return None };
            let inner = entries.first()?.0.indent(text)?.len();
            inner.checked_sub(key.indent(text)?.len()).filter(|step| *step > 0)
        });
        steps.into_iter().next().unwrap_or(super::USUAL_STEP)
    }
}

/// The length of a quoted scalar, its quotes among it.
fn closing(source: &str, quote: char) -> Option<usize> {
    let mut chars = source.char_indices().peekable();
    chars.next().filter(|(_, first)| *first == quote)?;
    while let Some((at, c)) = chars.next() {
        if c == '\\' && quote == '"' {
            chars.next();
        } else if c == quote {
            // Two single quotes are one that is meant.
            if quote == '\'' && chars.peek().is_some_and(|(_, next)| *next == quote) {
                chars.next();
            } else {
                return Some(at + 1);
            }
        }
    }
    None
}
