//! Functions that cut, repeat and lay out text. Lengths count characters; sprig's count bytes and may cut letters
//! in two.

use minijinja::value::Value;

use super::answer::Answer;
use super::{MAX_TEXT, bounded, number_of, show, text_of};

/// Stands for what was cut away.
const ELLIPSIS: &str = "...";

/// `repeat count text`
pub fn repeat(arguments: &[Value]) -> Answer {
    let count = number_of(&arguments[0])?;
    let text = text_of(&arguments[1]);
    let count = usize::try_from(count).map_err(|_| format!("a text cannot be there {count} times"))?;
    if text.len().saturating_mul(count) > MAX_TEXT {
        return Err(format!("the result is longer than {MAX_TEXT} bytes"));
    }
    Ok(text.repeat(count).into())
}

/// `abbrev width text`: at most so many characters, with `...` at the end where some are missing.
pub fn abbrev(arguments: &[Value]) -> Answer {
    let width = number_of(&arguments[0])?;
    let text = text_of(&arguments[1]);
    let chars: Vec<char> = text.chars().collect();
    Ok(if width < 4 { text } else { abbreviated(&chars, 0, to_length(width)) }.into())
}

/// `abbrevboth left width text`: cut at both ends, from the character `left` on.
pub fn abbrev_both(arguments: &[Value]) -> Answer {
    let (left, width) = (number_of(&arguments[0])?, number_of(&arguments[1])?);
    let text = text_of(&arguments[2]);
    if width < 4 || (left > 0 && width < 7) {
        return Ok(text.into());
    }
    let chars: Vec<char> = text.chars().collect();
    Ok(abbreviated(&chars, to_length(left), to_length(width)).into())
}

fn abbreviated(chars: &[char], left: usize, width: usize) -> String {
    let text = |part: &[char]| part.iter().collect::<String>();
    if chars.len() <= width {
        return text(chars);
    }
    let room = width.saturating_sub(ELLIPSIS.len());
    let left = left.min(chars.len() - room.min(chars.len()));
    if left <= 4 {
        return text(&chars[..room]) + ELLIPSIS;
    }
    if width < 7 {
        // What sprig makes of a width that it finds too small.
        return String::new();
    }
    if left + room < chars.len() {
        return format!("{ELLIPSIS}{}", abbreviated(&chars[left..], 0, room));
    }
    ELLIPSIS.to_owned() + &text(&chars[chars.len() - room..])
}

fn to_length(number: i64) -> usize {
    usize::try_from(number).unwrap_or(0)
}

/// `plural one many count`
pub fn plural(arguments: &[Value]) -> Answer {
    Ok(arguments[usize::from(number_of(&arguments[2])? != 1)].clone())
}

/// `wrap width text`: line breaks in place of spaces; a word that is longer stays whole.
pub fn wrap(arguments: &[Value]) -> Answer {
    let width = to_length(number_of(&arguments[0])?).max(1);
    let chars: Vec<char> = text_of(&arguments[1]).chars().collect();
    let mut wrapped = String::with_capacity(chars.len());
    let mut start = 0;
    while chars.len() - start > width {
        if chars[start] == ' ' {
            start += 1;
            continue;
        }
        let reach = start + width + 1;
        let inside = chars[start..reach].iter().rposition(|c| *c == ' ').map(|at| at + start);
        let space = inside.or_else(|| chars[reach - 1..].iter().position(|c| *c == ' ').map(|at| at + reach - 1));
        let end = space.unwrap_or(chars.len());
        wrapped.extend(&chars[start..end]);
        if space.is_none() {
            start = end;
            break;
        }
        wrapped.push('\n');
        start = end + 1;
    }
    wrapped.extend(&chars[start..]);
    bounded(wrapped)
}

/// `indent count text`: spaces before each line.
pub fn indent(arguments: &[Value]) -> Answer {
    let (count, text) = (to_length(number_of(&arguments[0])?), text_of(&arguments[1]));
    let lines = text.matches('\n').count() + 1;
    if count.saturating_mul(lines).saturating_add(text.len()) > MAX_TEXT {
        return Err(format!("the result is longer than {MAX_TEXT} bytes"));
    }
    let spaces = " ".repeat(count);
    Ok(format!("{spaces}{}", text.replace('\n', &format!("\n{spaces}"))).into())
}

/// `nindent count text`: the same after a line break.
pub fn indent_below(arguments: &[Value]) -> Answer {
    bounded(format!("\n{}", text_of(&indent(arguments)?)))
}

/// `quote value …`: each between double quotes, with Go's escapes.
pub fn quote(arguments: &[Value]) -> Answer {
    quoted(arguments, super::format::go_quoted)
}

/// `squote value …`: each between single quotes, as it is.
pub fn single_quote(arguments: &[Value]) -> Answer {
    quoted(arguments, |text| format!("'{text}'"))
}

fn quoted(arguments: &[Value], quote: impl Fn(&str) -> String) -> Answer {
    let given = arguments.iter().filter(|value| !value.is_none() && !value.is_undefined());
    bounded(given.map(|value| quote(&show(value))).collect::<Vec<_>>().join(" "))
}

/// Capitals become small letters, and small letters capitals.
pub fn swap_case(arguments: &[Value]) -> Answer {
    let swap =
        |c: char| -> String { if c.is_lowercase() { c.to_uppercase().collect() } else { c.to_lowercase().collect() } };
    bounded(text_of(&arguments[0]).chars().map(swap).collect())
}
