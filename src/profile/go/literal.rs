//! Go's literals: strings, characters and whole numbers.

use super::super::error::{Position, TemplateError};
use super::cursor::Cursor;

type Result<T> = std::result::Result<T, TemplateError>;

/// `"…"`, after its opening quote at `start`.
pub fn quoted(cursor: &mut Cursor<'_>, start: Position) -> Result<String> {
    let mut bytes = Vec::new();
    loop {
        match cursor.peek() {
            None | Some('\n') => return Err(TemplateError::at(start, "this string has no end: expected a closing \"")),
            Some('"') => {
                cursor.next();
                let not_text = |_| TemplateError::at(start, "the bytes of this string are not UTF-8");
                return String::from_utf8(bytes).map_err(not_text);
            }
            Some('\\') => match escape(cursor, '"')? {
                Unit::Byte(byte) => bytes.push(byte),
                Unit::Char(c) => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            },
            Some(c) => {
                cursor.next();
                bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
}

/// `` `…` ``, after its opening quote; carriage returns are dropped, as in Go.
pub fn raw(cursor: &mut Cursor<'_>, start: Position) -> Result<String> {
    let text = cursor.take_while(|c| c != '`');
    if cursor.accept("`") {
        Ok(text.replace('\r', ""))
    } else {
        Err(TemplateError::at(start, "this string has no end: expected a closing `"))
    }
}

/// `'c'`, after its opening quote: a number in Go, the character's code point.
pub fn character(cursor: &mut Cursor<'_>, start: Position) -> Result<i64> {
    let value = match cursor.peek() {
        Some('\\') => match escape(cursor, '\'')? {
            Unit::Byte(byte) => i64::from(byte),
            Unit::Char(c) => i64::from(u32::from(c)),
        },
        Some(c) if c != '\'' && c != '\n' => {
            cursor.next();
            i64::from(u32::from(c))
        }
        _ => return Err(TemplateError::at(start, "expected a character after '")),
    };
    if cursor.accept("'") {
        Ok(value)
    } else {
        Err(TemplateError::at(start, "expected one character between '…'; a string is written \"…\""))
    }
}

/// What an escape stands for: `\x` and octal escapes give bytes, the others characters.
enum Unit {
    Byte(u8),
    Char(char),
}

fn escape(cursor: &mut Cursor<'_>, quote: char) -> Result<Unit> {
    let start = cursor.position();
    let unknown =
        || TemplateError::at(start, r"unknown escape: expected one of \n \t \r \a \b \f \v \\ \x \u \U or a quote");
    cursor.next();
    let unit = match cursor.next().ok_or_else(unknown)? {
        'a' => Unit::Byte(7),
        'b' => Unit::Byte(8),
        'f' => Unit::Byte(12),
        'n' => Unit::Byte(b'\n'),
        'r' => Unit::Byte(b'\r'),
        't' => Unit::Byte(b'\t'),
        'v' => Unit::Byte(11),
        '\\' => Unit::Byte(b'\\'),
        c if c == quote => Unit::Char(c),
        'x' => Unit::Byte(u8::try_from(digits(cursor, 2, 16).ok_or_else(unknown)?).map_err(|_| unknown())?),
        'u' => Unit::Char(digits(cursor, 4, 16).and_then(char::from_u32).ok_or_else(unknown)?),
        'U' => Unit::Char(digits(cursor, 8, 16).and_then(char::from_u32).ok_or_else(unknown)?),
        first @ '0'..='7' => {
            let value = u32::from(first) - u32::from('0');
            let value = value * 64 + digits(cursor, 2, 8).ok_or_else(unknown)?;
            Unit::Byte(u8::try_from(value).map_err(|_| unknown())?)
        }
        _ => return Err(unknown()),
    };
    Ok(unit)
}

fn digits(cursor: &mut Cursor<'_>, count: usize, radix: u32) -> Option<u32> {
    let text = cursor.rest().get(..count).filter(|text| text.chars().all(|c| c.is_digit(radix)))?;
    cursor.take(count);
    u32::from_str_radix(text, radix).ok()
}

/// A whole number with its sign: decimal, `0x`, `0o`, `0b` or the old octal form, `_` between digits.
pub fn number(cursor: &mut Cursor<'_>) -> Result<i64> {
    let start = cursor.position();
    let negative = cursor.accept("-");
    if !negative {
        cursor.accept("+");
    }
    let text = cursor.take_while(|c| c.is_alphanumeric() || c == '_' || c == '.');
    if text.contains('.') || (!text.starts_with("0x") && text.contains(['e', 'E', 'i'])) {
        return Err(TemplateError::at(start, "fractions are not supported yet: expected a whole number"));
    }
    let lower = text.to_lowercase().replace('_', "");
    let (digits, radix) = match lower.get(..2) {
        Some("0x") => (&lower[2..], 16),
        Some("0o") => (&lower[2..], 8),
        Some("0b") => (&lower[2..], 2),
        _ if lower.len() > 1 && lower.starts_with('0') => (&lower[1..], 8),
        _ => (lower.as_str(), 10),
    };
    let digits = if negative { format!("-{digits}") } else { digits.to_owned() };
    i64::from_str_radix(&digits, radix).map_err(|_| TemplateError::at(start, format!("'{text}' is not a number")))
}
