//! Regular expressions: linear in the text, bounded in size, with the syntax that Go and this engine share.

use minijinja::value::Value;
use regex_lite::{Regex, RegexBuilder};

use super::answer::Answer;
use super::{MAX_TEXT, bounded, number_of, text_of};

/// The most memory that one compiled expression may take, in bytes.
const MOST_COMPILED: usize = 256 * 1024;

fn compiled(value: &Value) -> Result<Regex, String> {
    let expression = text_of(value);
    RegexBuilder::new(&expression)
        .size_limit(MOST_COMPILED)
        .build()
        .map_err(|error| format!("'{expression}' is no regular expression: {error}"))
}

/// `regexMatch expression text`
pub fn is_match(arguments: &[Value]) -> Answer {
    Ok(compiled(&arguments[0])?.is_match(&text_of(&arguments[1])).into())
}

/// `regexFind expression text`: the first match, else an empty text.
pub fn find(arguments: &[Value]) -> Answer {
    let text = text_of(&arguments[1]);
    Ok(compiled(&arguments[0])?.find(&text).map_or("", |found| found.as_str()).into())
}

/// `regexFindAll expression text count`: so many matches; all with a negative count.
pub fn find_all(arguments: &[Value]) -> Answer {
    let text = text_of(&arguments[1]);
    let most = usize::try_from(number_of(&arguments[2])?).unwrap_or(usize::MAX);
    Ok(compiled(&arguments[0])?.find_iter(&text).take(most).map(|found| Value::from(found.as_str())).collect())
}

/// `regexReplaceAll expression text with`, where `$1` and `${name}` stand for what a group matched.
pub fn replace_all(arguments: &[Value]) -> Answer {
    let with = text_of(&arguments[2]);
    replaced(arguments, |groups, out| groups.expand(&with, out))
}

/// `regexReplaceAllLiteral expression text with`
pub fn replace_all_literally(arguments: &[Value]) -> Answer {
    let with = text_of(&arguments[2]);
    replaced(arguments, |_, out| out.push_str(&with))
}

fn replaced(arguments: &[Value], write: impl Fn(&regex_lite::Captures<'_>, &mut String)) -> Answer {
    let text = text_of(&arguments[1]);
    let mut result = String::new();
    let mut copied = 0;
    for groups in compiled(&arguments[0])?.captures_iter(&text) {
        let Some(whole) = groups.get(0) else { continue };
        result.push_str(&text[copied..whole.start()]);
        write(&groups, &mut result);
        copied = whole.end();
        if result.len() > MAX_TEXT {
            break;
        }
    }
    result.push_str(&text[copied..]);
    bounded(result)
}

/// `regexSplit expression text count`: the parts between matches, at most so many; all with a negative count.
pub fn split(arguments: &[Value]) -> Answer {
    let (expression, text) = (compiled(&arguments[0])?, text_of(&arguments[1]));
    let count = number_of(&arguments[2])?;
    let most = usize::try_from(count).unwrap_or(usize::MAX);
    let mut parts = Vec::new();
    if most == 0 {
        return Ok(Value::from(parts));
    }
    let (mut start, mut last) = (0, 0);
    for found in expression.find_iter(&text).take(most) {
        if parts.len() + 1 == most {
            break;
        }
        last = found.start();
        if found.end() != 0 {
            parts.push(Value::from(&text[start..last]));
        }
        start = found.end();
    }
    // An empty match at the very end leaves nothing behind it.
    if last != text.len() || text.is_empty() {
        parts.push(Value::from(&text[start..]));
    }
    Ok(Value::from(parts))
}

/// `regexQuoteMeta text`: an expression that matches the text.
pub fn quote_meta(arguments: &[Value]) -> Answer {
    let mut quoted = String::new();
    for c in text_of(&arguments[0]).chars() {
        if r"\.+*?()|[]{}^$".contains(c) {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    bounded(quoted)
}
