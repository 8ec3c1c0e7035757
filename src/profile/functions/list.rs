//! Functions of lists and maps.

use minijinja::value::{Value, ValueKind};

use super::answer::Answer;
use super::{MAX_TEXT, bounded, number_of, show, text_of};

/// `StringsJoin separator text …`: empty texts leave no separator behind.
pub fn join_items(arguments: &[Value]) -> Answer {
    let items = arguments[1..].iter().map(text_of).filter(|item| !item.is_empty());
    join_texts(&items.collect::<Vec<_>>(), &text_of(&arguments[0]))
}

/// `join separator list`; a text is a list of one.
pub fn join(arguments: &[Value]) -> Answer {
    let items = match items_of(&arguments[1]) {
        Ok(items) => items,
        Err(_) => vec![arguments[1].clone()],
    };
    join_texts(&items.iter().map(text_of).collect::<Vec<_>>(), &text_of(&arguments[0]))
}

/// `cat value …`: the values with a space between them.
pub fn cat(arguments: &[Value]) -> Answer {
    let items = arguments.iter().map(text_of).filter(|item| !item.is_empty());
    join_texts(&items.collect::<Vec<_>>(), " ")
}

fn join_texts(items: &[String], separator: &str) -> Answer {
    let length = items.iter().map(String::len).sum::<usize>() + items.len().saturating_mul(separator.len());
    if length > 2 * MAX_TEXT {
        return Err(format!("the result is longer than {MAX_TEXT} bytes"));
    }
    bounded(items.join(separator))
}

/// `splitList separator text`; an empty separator splits between characters.
pub fn split(arguments: &[Value]) -> Answer {
    let (separator, text) = (text_of(&arguments[0]), text_of(&arguments[1]));
    if separator.is_empty() {
        return Ok(text.chars().map(|c| Value::from(c.to_string())).collect());
    }
    Ok(text.split(&separator).map(Value::from).collect())
}

pub fn list(arguments: &[Value]) -> Answer {
    Ok(Value::from(arguments.to_vec()))
}

/// The first item; no value for an empty list.
pub fn first(arguments: &[Value]) -> Answer {
    Ok(items_of(&arguments[0])?.first().cloned().unwrap_or_default())
}

/// The last item; no value for an empty list.
pub fn last(arguments: &[Value]) -> Answer {
    Ok(items_of(&arguments[0])?.last().cloned().unwrap_or_default())
}

/// All items but the first.
pub fn rest(arguments: &[Value]) -> Answer {
    Ok(items_of(&arguments[0])?.into_iter().skip(1).collect())
}

/// All items but the last.
pub fn initial(arguments: &[Value]) -> Answer {
    let mut items = items_of(&arguments[0])?;
    items.pop();
    Ok(Value::from(items))
}

pub fn reverse(arguments: &[Value]) -> Answer {
    Ok(items_of(&arguments[0])?.into_iter().rev().collect())
}

/// `len value`: bytes of a text, as in Go; items of a list or a map.
pub fn len(arguments: &[Value]) -> Answer {
    let value = &arguments[0];
    let length = if value.is_undefined() || value.is_none() {
        Some(0)
    } else {
        value.as_str().map(str::len).or_else(|| value.len())
    };
    length.map(Value::from).ok_or_else(|| format!("{} has no length", show(value)))
}

/// `index collection key …`: an entry that a map has not is empty, an item that a list has not is an
/// error.
pub fn index(arguments: &[Value]) -> Answer {
    let mut value = arguments[0].clone();
    for key in &arguments[1..] {
        value = if value.kind() == ValueKind::Map {
            value.get_item(key).ok().filter(|item| !item.is_undefined()).unwrap_or_else(|| Value::from(""))
        } else {
            let position = number_of(key)?;
            let items = items_of(&value)?;
            let item = usize::try_from(position).ok().and_then(|position| items.get(position).cloned());
            item.ok_or_else(|| format!("no item {position} in a list of {}", items.len()))?
        };
    }
    Ok(value)
}

fn items_of(value: &Value) -> Result<Vec<Value>, String> {
    match value.kind() {
        ValueKind::Seq | ValueKind::Iterable => {
            // An endless or huge sequence of Jinja's must not be collected.
            let items: Vec<Value> = value.try_iter().map_err(|error| error.to_string())?.take(MAX_TEXT / 16).collect();
            Ok(items)
        }
        _ => Err(format!("'{}' is not a list", show(value))),
    }
}
