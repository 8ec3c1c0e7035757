//! `print`, `println` and `printf`.

use std::iter::Peekable;
use std::str::Chars;

use minijinja::value::{Value, ValueKind};

use super::answer::Answer;
use super::{bounded, number_of, show, text_of};

/// The widest field of `printf`; a name is shorter than this anyway.
const MAX_WIDTH: usize = 1024;

/// `print value …`: a space between two values of which neither is a text, as in Go.
pub fn print(arguments: &[Value]) -> Answer {
    let mut printed = String::new();
    for (i, value) in arguments.iter().enumerate() {
        if i > 0 && value.as_str().is_none() && arguments[i - 1].as_str().is_none() {
            printed.push(' ');
        }
        printed.push_str(&show(value));
    }
    bounded(printed)
}

/// `println value …`: a space between all values and a line break after them.
pub fn println(arguments: &[Value]) -> Answer {
    bounded(format!("{}\n", arguments.iter().map(show).collect::<Vec<_>>().join(" ")))
}

/// `printf format value …` with `%s %v %q %d %x %X %o %O %b %t %c %U %%` and the flags `-`, `0`, `+`, `#`, space, width
/// and precision. What Go would spell out inside of the result, as `%!d(string=x)`, is an error here.
pub fn printf(arguments: &[Value]) -> Answer {
    let format = arguments[0].as_str().ok_or("a text with verbs is expected first")?;
    let mut values = arguments[1..].iter();
    let mut printed = String::new();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            printed.push(c);
            continue;
        }
        let verb = Verb::read(&mut chars)?;
        if verb.letter == '%' {
            printed.push('%');
            continue;
        }
        let value = values.next().ok_or_else(|| format!("a value for %{} is missing", verb.letter))?;
        printed.push_str(&verb.pad(&verb.apply(value)?));
        if printed.len() > super::MAX_TEXT {
            break;
        }
    }
    match values.next() {
        Some(value) => Err(format!("no verb is left for the value '{}'", show(value))),
        None => bounded(printed),
    }
}

/// A `%` with what belongs to it.
#[derive(Default)]
struct Verb {
    left: bool,
    zeros: bool,
    plus: bool,
    sharp: bool,
    space: bool,
    width: usize,
    precision: Option<usize>,
    letter: char,
}

impl Verb {
    /// Reads what follows a `%`.
    fn read(chars: &mut Peekable<Chars<'_>>) -> Result<Self, String> {
        let mut verb = Self::default();
        while let Some(flag) = chars.next_if(|c| matches!(c, '-' | '0' | '+' | '#' | ' ')) {
            verb.left |= flag == '-';
            verb.zeros |= flag == '0';
            verb.plus |= flag == '+';
            verb.sharp |= flag == '#';
            verb.space |= flag == ' ';
        }
        verb.width = read_width(chars)?.unwrap_or(0);
        if chars.next_if_eq(&'.').is_some() {
            verb.precision = Some(read_width(chars)?.unwrap_or(0));
        }
        verb.letter = chars.next().ok_or("a verb is missing after %")?;
        Ok(verb)
    }

    fn apply(&self, value: &Value) -> Result<String, String> {
        let text = value.as_str();
        let printed = match (self.letter, text) {
            ('s' | 'v', Some(text)) => self.cut(text),
            ('q', Some(text)) => self.quoted(&self.cut(text)),
            ('x' | 'X', Some(text)) => self.bytes(text),
            ('d' | 'v', None) if value.is_number() => self.digits(number_of(value)?, 10, ""),
            ('x' | 'X', None) => self.digits(number_of(value)?, 16, "0x"),
            ('o', None) => self.digits(number_of(value)?, 8, "0"),
            ('O', None) => format!("0o{}", self.digits(number_of(value)?, 8, "")),
            ('b', None) => self.digits(number_of(value)?, 2, "0b"),
            ('s' | 'v', None) => show(value),
            ('t', None) if value.kind() == ValueKind::Bool => show(value),
            ('c', None) => character(value)?.to_string(),
            ('q', None) if value.is_number() => format!("'{}'", character(value)?),
            ('U', None) => format!("U+{:04X}", number_of(value)?),
            ('q', None) => super::layout::quote(std::slice::from_ref(value)).map(|text| text_of(&text))?,
            ('d' | 'o' | 'O' | 'b' | 'c' | 'U' | 't', _) => {
                return Err(format!("%{} does not fit '{}'", self.letter, show(value)));
            }
            (letter, _) => {
                return Err(format!("%{letter} is not supported: expected one of %s %v %q %d %x %o %b %t %c %U %%"));
            }
        };
        Ok(if self.letter == 'X' { printed.to_uppercase() } else { printed })
    }

    fn cut(&self, text: &str) -> String {
        text.chars().take(self.precision.unwrap_or(usize::MAX)).collect()
    }

    fn quoted(&self, text: &str) -> String {
        if self.sharp && !text.contains(|c: char| c == '`' || c.is_control()) {
            return format!("`{text}`");
        }
        let quoted = go_quoted(text);
        if !self.plus {
            return quoted;
        }
        let escape = |c: char| match u32::from(c) {
            0..=0x7f => c.to_string(),
            code @ ..=0xffff => format!("\\u{code:04x}"),
            code => format!("\\U{code:08x}"),
        };
        quoted.chars().map(escape).collect()
    }

    fn bytes(&self, text: &str) -> String {
        let prefix = if self.sharp && !text.is_empty() { "0x" } else { "" };
        let bytes: Vec<String> = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        format!("{prefix}{}", bytes.join(if self.space { " " } else { "" }))
    }

    /// A number with its sign, as many digits as the precision asks for, and with `#` what tells its base.
    fn digits(&self, number: i64, base: u32, prefix: &str) -> String {
        let sign = match number {
            ..0 => "-",
            _ if self.plus => "+",
            _ if self.space => " ",
            _ => "",
        };
        let magnitude = number.unsigned_abs();
        let digits = match base {
            2 => format!("{magnitude:b}"),
            8 => format!("{magnitude:o}"),
            16 => format!("{magnitude:x}"),
            _ => magnitude.to_string(),
        };
        let least = self.precision.unwrap_or(0);
        let digits =
            if self.precision == Some(0) && number == 0 { String::new() } else { format!("{digits:0>least$}") };
        format!("{sign}{}{digits}", if self.sharp { prefix } else { "" })
    }

    /// `text` at least as wide as asked for; zeros stand between a sign and its digits.
    fn pad(&self, text: &str) -> String {
        let missing = self.width.saturating_sub(text.chars().count());
        if self.left {
            return format!("{text}{}", " ".repeat(missing));
        }
        if !self.zeros || (self.precision.is_some() && self.letter == 'd') {
            return format!("{}{text}", " ".repeat(missing));
        }
        let is_number = matches!(self.letter, 'd' | 'x' | 'X' | 'o' | 'b');
        let digits = text.strip_prefix(['-', '+', ' ']).filter(|_| is_number).unwrap_or(text);
        format!("{}{}{digits}", &text[..text.len() - digits.len()], "0".repeat(missing))
    }
}

fn character(value: &Value) -> Result<char, String> {
    Ok(u32::try_from(number_of(value)?).ok().and_then(char::from_u32).unwrap_or('\u{fffd}'))
}

fn read_width(chars: &mut Peekable<Chars<'_>>) -> Result<Option<usize>, String> {
    let mut width = None;
    while let Some(digit) = chars.peek().and_then(|c| c.to_digit(10)) {
        chars.next();
        let next = width.unwrap_or(0) * 10 + digit as usize;
        if next > MAX_WIDTH {
            return Err(format!("at most {MAX_WIDTH} is allowed as a width"));
        }
        width = Some(next);
    }
    Ok(width)
}

/// A text between double quotes, with Go's escapes.
pub fn go_quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\u{7}' => quoted.push_str("\\a"),
            '\u{8}' => quoted.push_str("\\b"),
            '\u{c}' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{b}' => quoted.push_str("\\v"),
            c if c.is_ascii_control() => quoted.push_str(&format!("\\x{:02x}", u32::from(c))),
            c if c.is_control() || crate::error::is_format_control(c) || (c.is_whitespace() && c != ' ') => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
