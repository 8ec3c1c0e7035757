//! Go or Jinja: the two share their braces, and little else.

use std::iter::Peekable;
use std::str::Chars;

/// The language that a format is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// An action names a field by its leading dot, a variable, or one of Go's block words.
    Go,
    /// A `{%` or `{#`.
    Jinja,
    /// The text is right, or wrong, in both.
    Either,
}

/// The words that open or close a block in Go and mean nothing in a Jinja expression.
const BLOCK_WORDS: [&str; 9] = ["if", "else", "end", "with", "range", "define", "template", "block", "break"];

impl Language {
    /// The language of `format`, by the look of its actions.
    pub fn of(format: &str) -> Self {
        let mut rest = format;
        while let Some((_, action)) = rest.split_once("{{") {
            let (looks_go, after) = scan_action(action);
            if looks_go {
                return Self::Go;
            }
            rest = after;
        }
        if format.contains("{%") || format.contains("{#") { Self::Jinja } else { Self::Either }
    }
}

/// Whether the action at the start of `text` has a sign of Go, and what follows its end.
fn scan_action(text: &str) -> (bool, &str) {
    let start = text.strip_prefix('-').unwrap_or(text).trim_start();
    let word: String = start.chars().take_while(char::is_ascii_alphabetic).collect();
    if start.starts_with("/*") || BLOCK_WORDS.contains(&word.as_str()) {
        return (true, "");
    }
    let mut chars = text.chars().peekable();
    let mut length = 0;
    let mut before = ' ';
    while let Some(c) = chars.next() {
        length += c.len_utf8();
        match c {
            '}' if chars.peek() == Some(&'}') => return (false, &text[length + 1..]),
            '"' | '\'' | '`' => length += skip_quoted(&mut chars, c),
            '$' => return (true, ""),
            '.' if starts_operand(before) && !chars.peek().is_some_and(char::is_ascii_digit) => return (true, ""),
            _ => {}
        }
        before = c;
    }
    (false, "")
}

/// Whether what follows `before` is an operand of its own, rather than a part of the one before.
fn starts_operand(before: char) -> bool {
    before.is_whitespace() || matches!(before, '(' | '|' | '=' | ',' | '-' | '{')
}

/// Skips to the closing quote, and answers how many bytes that was.
fn skip_quoted(chars: &mut Peekable<Chars<'_>>, quote: char) -> usize {
    let mut length = 0;
    while let Some(c) = chars.next() {
        length += c.len_utf8();
        if c == quote {
            break;
        }
        if c == '\\' && quote != '`' {
            length += chars.next().map_or(0, char::len_utf8);
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_look_of_an_action_tells_the_language() {
        for (format, language) in [
            ("{{ .RoleName }}", Language::Go),
            ("{{.RoleName}}", Language::Go),
            ("{{- .RoleName -}}", Language::Go),
            ("{{ nospace (.AccountAlias) }}", Language::Go),
            ("a {{ RoleName }} b {{ .RoleName }}", Language::Go),
            ("{{ $x := 1 }}", Language::Go),
            ("{{/* why */}}x", Language::Go),
            ("{{ end }}", Language::Go),
            ("{{ RoleName }}", Language::Either),
            ("{{ Tags.Team }}", Language::Either),
            ("{{ ' .x $y ' }}", Language::Either),
            ("{{ \"}} .x\" }}", Language::Either),
            ("plain .text", Language::Either),
            ("{% if RoleName %}x{% endif %}", Language::Jinja),
            ("{{ RoleName }}{# why #}", Language::Jinja),
        ] {
            assert_eq!(Language::of(format), language, "{format}");
        }
    }
}
