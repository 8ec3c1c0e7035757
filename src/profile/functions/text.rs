//! Functions of text. What counts characters counts them whole: sprig's cut bytes.

use minijinja::value::Value;

use super::answer::Answer;
use super::{MAX_TEXT, bounded, number_of, show, text_of};
use crate::role::AccountId;

/// `AccountIdStr number`: 12 digits.
pub fn account_id(arguments: &[Value]) -> Answer {
    let id: Result<AccountId, _> = text_of(&arguments[0]).parse();
    id.map(|id| Value::from(id.to_string())).map_err(|error| error.to_string())
}

/// `replace search with text`
pub fn replace(arguments: &[Value]) -> Answer {
    let [search, with, text] = [0, 1, 2].map(|i| text_of(&arguments[i]));
    let grown = text.matches(search.as_str()).count().saturating_mul(with.len()).saturating_add(text.len());
    if grown > 2 * MAX_TEXT {
        return Err(format!("the result is longer than {MAX_TEXT} bytes"));
    }
    bounded(text.replace(&search, &with))
}

pub fn nospace(arguments: &[Value]) -> Answer {
    let text = text_of(&arguments[0]);
    Ok(text.chars().filter(|c| !c.is_whitespace()).collect::<String>().into())
}

pub fn lower(arguments: &[Value]) -> Answer {
    // Letter by letter, as Go has it: the length in letters stays.
    bounded(text_of(&arguments[0]).chars().filter_map(|c| c.to_lowercase().next()).collect())
}

pub fn upper(arguments: &[Value]) -> Answer {
    let upper = |c: char| {
        let mut upper = c.to_uppercase();
        upper.next().filter(|_| upper.next().is_none()).unwrap_or(c)
    };
    bounded(text_of(&arguments[0]).chars().map(upper).collect())
}

/// The first letter of each word in upper case; the others stay as they are. Every sign ends a word.
pub fn title(arguments: &[Value]) -> Answer {
    let is_end = |c: char| c.is_whitespace() || (c.is_ascii() && !c.is_ascii_alphanumeric() && c != '_');
    bounded(change_initials(&text_of(&arguments[0]), is_end, |c| c.to_uppercase().collect()))
}

/// The first letter of each word in lower case; only white space ends a word.
pub fn untitle(arguments: &[Value]) -> Answer {
    bounded(change_initials(&text_of(&arguments[0]), char::is_whitespace, |c| c.to_lowercase().collect()))
}

fn change_initials(text: &str, is_end: impl Fn(char) -> bool, change: impl Fn(char) -> String) -> String {
    let mut changed = String::with_capacity(text.len());
    let mut before = ' ';
    for c in text.chars() {
        if is_end(before) {
            changed.push_str(&change(c));
        } else {
            changed.push(c);
        }
        before = c;
    }
    changed
}

/// The first letter of each word.
pub fn initials(arguments: &[Value]) -> Answer {
    Ok(text_of(&arguments[0]).split_whitespace().filter_map(|word| word.chars().next()).collect::<String>().into())
}

pub fn to_text(arguments: &[Value]) -> Answer {
    let value = &arguments[0];
    bounded(if value.is_none() { show(value) } else { text_of(value) })
}

pub fn trim(arguments: &[Value]) -> Answer {
    Ok(text_of(&arguments[0]).trim().into())
}

/// `trimAll characters text`
pub fn trim_all(arguments: &[Value]) -> Answer {
    let characters = text_of(&arguments[0]);
    Ok(text_of(&arguments[1]).trim_matches(|c| characters.contains(c)).into())
}

/// `trimPrefix prefix text`
pub fn trim_prefix(arguments: &[Value]) -> Answer {
    let text = text_of(&arguments[1]);
    Ok(text.strip_prefix(&text_of(&arguments[0])).unwrap_or(&text).into())
}

/// `trimSuffix suffix text`
pub fn trim_suffix(arguments: &[Value]) -> Answer {
    let text = text_of(&arguments[1]);
    Ok(text.strip_suffix(&text_of(&arguments[0])).unwrap_or(&text).into())
}

/// `contains part text`
pub fn contains(arguments: &[Value]) -> Answer {
    Ok(text_of(&arguments[1]).contains(&text_of(&arguments[0])).into())
}

/// `hasPrefix prefix text`
pub fn has_prefix(arguments: &[Value]) -> Answer {
    Ok(text_of(&arguments[1]).starts_with(&text_of(&arguments[0])).into())
}

/// `hasSuffix suffix text`
pub fn has_suffix(arguments: &[Value]) -> Answer {
    Ok(text_of(&arguments[1]).ends_with(&text_of(&arguments[0])).into())
}

/// `trunc length text`; a negative length keeps the end.
pub fn trunc(arguments: &[Value]) -> Answer {
    let length = number_of(&arguments[0])?;
    let text = text_of(&arguments[1]);
    let keep = usize::try_from(length.unsigned_abs()).unwrap_or(usize::MAX);
    let cut = if length < 0 { text.chars().count().saturating_sub(keep) } else { 0 };
    Ok(text.chars().skip(cut).take(keep).collect::<String>().into())
}

/// `substr start end text`; a negative start means the beginning, a negative end the end.
pub fn substr(arguments: &[Value]) -> Answer {
    let start = usize::try_from(number_of(&arguments[0])?).unwrap_or(0);
    let end = usize::try_from(number_of(&arguments[1])?).unwrap_or(usize::MAX);
    let text = text_of(&arguments[2]);
    Ok(text.chars().skip(start).take(end.saturating_sub(start)).collect::<String>().into())
}
