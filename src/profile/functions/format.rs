//! `print`, `println` and `printf`.

use std::iter::Peekable;
use std::str::Chars;

use minijinja::value::Value;

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

/// A text between double quotes.
pub fn quote(arguments: &[Value]) -> Answer {
    bounded(format!("{:?}", text_of(&arguments[0])))
}

/// `printf format value …` with `%s %v %q %d %x %X %t %c %%` and the flags `-`, `0`, width and precision.
/// What Go would spell out inside of the result, as `%!d(string=x)`, is an error here.
pub fn printf(arguments: &[Value]) -> Answer {
    let format = text_of(&arguments[0]);
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
struct Verb {
    left: bool,
    zeros: bool,
    plus: bool,
    width: usize,
    precision: Option<usize>,
    letter: char,
}

impl Verb {
    /// Reads what follows a `%`.
    fn read(chars: &mut Peekable<Chars<'_>>) -> Result<Self, String> {
        let mut verb = Self { left: false, zeros: false, plus: false, width: 0, precision: None, letter: '%' };
        while let Some(flag) = chars.next_if(|c| matches!(c, '-' | '0' | '+')) {
            verb.left |= flag == '-';
            verb.zeros |= flag == '0';
            verb.plus |= flag == '+';
        }
        verb.width = read_width(chars)?.unwrap_or(0);
        if chars.next_if_eq(&'.').is_some() {
            verb.precision = Some(read_width(chars)?.unwrap_or(0));
        }
        verb.letter = chars.next().ok_or("a verb is missing after %")?;
        Ok(verb)
    }

    fn apply(&self, value: &Value) -> Result<String, String> {
        let text = match self.letter {
            's' | 'v' => show(value),
            'q' => format!("{:?}", text_of(value)),
            't' if value.as_str().is_none() => show(value),
            'd' if value.as_str().is_none() => self.signed(number_of(value)?),
            'x' | 'X' => hexadecimal(value)?,
            'c' => u32::try_from(number_of(value)?).ok().and_then(char::from_u32).unwrap_or('\u{fffd}').to_string(),
            'd' | 't' => return Err(format!("%{} does not fit the text '{}'", self.letter, show(value))),
            letter => return Err(format!("%{letter} is not supported: expected one of %s %v %q %d %x %t %c %%")),
        };
        let text = if self.letter == 'X' { text.to_uppercase() } else { text };
        Ok(match self.precision {
            Some(length) if matches!(self.letter, 's' | 'v') && value.as_str().is_some() => {
                text.chars().take(length).collect()
            }
            _ => text,
        })
    }

    fn signed(&self, number: i64) -> String {
        if self.plus { format!("{number:+}") } else { number.to_string() }
    }

    /// `text` at least as wide as asked for; zeros stand between a sign and its digits.
    fn pad(&self, text: &str) -> String {
        let missing = self.width.saturating_sub(text.chars().count());
        if self.left {
            return format!("{text}{}", " ".repeat(missing));
        }
        if !self.zeros {
            return format!("{}{text}", " ".repeat(missing));
        }
        let digits = text.strip_prefix(['-', '+']).filter(|_| self.letter == 'd').unwrap_or(text);
        format!("{}{}{digits}", &text[..text.len() - digits.len()], "0".repeat(missing))
    }
}

fn hexadecimal(value: &Value) -> Result<String, String> {
    if let Some(text) = value.as_str() {
        return Ok(text
            .bytes()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .filter_map(|d| char::from_digit(d.into(), 16))
            .collect());
    }
    let number = number_of(value)?;
    Ok(format!("{}{:x}", if number < 0 { "-" } else { "" }, number.unsigned_abs()))
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
