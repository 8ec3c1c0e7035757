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
    let items: Vec<String> = arguments.iter().filter(|value| !value.is_none()).map(text_of).collect();
    join_texts(&items, " ").map(|text| text_of(&text).trim().into())
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

/// `append list item`
pub fn append(arguments: &[Value]) -> Answer {
    let mut items = items_of(&arguments[0])?;
    items.push(arguments[1].clone());
    Ok(Value::from(items))
}

/// `prepend list item`
pub fn prepend(arguments: &[Value]) -> Answer {
    let mut items = vec![arguments[1].clone()];
    items.extend(items_of(&arguments[0])?);
    Ok(Value::from(items))
}

/// `concat list …`
pub fn concat(arguments: &[Value]) -> Answer {
    let lists = arguments.iter().map(items_of).collect::<Result<Vec<_>, _>>()?;
    Ok(lists.into_iter().flatten().take(MAX_TEXT / 16).collect())
}

/// `has item list`
pub fn has(arguments: &[Value]) -> Answer {
    Ok(items_of(&arguments[1])?.iter().any(|item| is_same(item, &arguments[0])).into())
}

/// `without list item …`: the others.
pub fn without(arguments: &[Value]) -> Answer {
    let unwanted = |item: &Value| arguments[1..].iter().any(|other| is_same(item, other));
    Ok(items_of(&arguments[0])?.into_iter().filter(|item| !unwanted(item)).collect())
}

/// Each item once, where it stands first.
pub fn unique(arguments: &[Value]) -> Answer {
    let mut kept: Vec<Value> = Vec::new();
    for item in items_of(&arguments[0])? {
        if !kept.iter().any(|other| is_same(&item, other)) {
            kept.push(item);
        }
    }
    Ok(Value::from(kept))
}

/// The items that are not empty.
pub fn compact(arguments: &[Value]) -> Answer {
    Ok(items_of(&arguments[0])?.into_iter().filter(Value::is_true).collect())
}

/// The items as texts, in their order.
pub fn sort(arguments: &[Value]) -> Answer {
    let mut texts = texts_of(&arguments[0]);
    texts.sort();
    Ok(texts.into_iter().map(Value::from).collect())
}

/// `toStrings list`; a value that is no list is one of one.
pub fn to_texts(arguments: &[Value]) -> Answer {
    Ok(texts_of(&arguments[0]).into_iter().map(Value::from).collect())
}

fn texts_of(value: &Value) -> Vec<String> {
    items_of(value).unwrap_or_else(|_| vec![value.clone()]).iter().filter(|item| !item.is_none()).map(text_of).collect()
}

/// `split separator text`: the parts as `._0`, `._1` and so on.
pub fn split_named(arguments: &[Value]) -> Answer {
    let parts = items_of(&split(arguments)?)?;
    Ok(named(parts))
}

/// `splitn separator count text`: the same with at most so many parts; all with a negative count.
pub fn split_some(arguments: &[Value]) -> Answer {
    let count = number_of(&arguments[1])?;
    let parts = items_of(&split(&[arguments[0].clone(), arguments[2].clone()])?)?;
    let most = usize::try_from(count).unwrap_or(usize::MAX);
    if parts.len() <= most || most == 0 {
        return Ok(named(if most == 0 { Vec::new() } else { parts }));
    }
    let separator = text_of(&arguments[0]);
    let (whole, rest) = parts.split_at(most - 1);
    let rest = rest.iter().map(text_of).collect::<Vec<_>>().join(&separator);
    Ok(named(whole.iter().cloned().chain([Value::from(rest)]).collect()))
}

fn named(parts: Vec<Value>) -> Value {
    let name = |(number, part): (usize, Value)| (format!("_{number}"), part);
    Value::from(parts.into_iter().enumerate().map(name).collect::<std::collections::BTreeMap<String, Value>>())
}

/// `slice value start end`: a part of a list or of the bytes of a text.
pub fn slice(arguments: &[Value]) -> Answer {
    let text = arguments[0].as_str().map(str::to_owned);
    let items = if text.is_some() { Vec::new() } else { items_of(&arguments[0])? };
    let length = text.as_ref().map_or(items.len(), String::len);
    let bound = |at: usize, default: usize| -> Result<usize, String> {
        let Some(value) = arguments.get(at) else { return Ok(default) };
        let bound = number_of(value)?;
        let found = usize::try_from(bound).ok().filter(|bound| *bound <= length);
        found.ok_or_else(|| format!("there is no place {bound} in what has {length}"))
    };
    let (start, end) = (bound(1, 0)?, bound(2, length)?);
    if start > end {
        return Err(format!("the end {end} is before the start {start}"));
    }
    match text {
        None => Ok(Value::from(items[start..end].to_vec())),
        Some(text) => {
            let part = text.get(start..end).map(Value::from);
            part.ok_or_else(|| format!("a letter of '{text}' would be cut in two"))
        }
    }
}

/// The items with their numbers, or the values of a map with their keys; of nothing, none.
pub fn pairs(value: &Value) -> Answer {
    if value.is_none() || value.is_undefined() {
        return Ok(Value::from(Vec::<Value>::new()));
    }
    if value.kind() == ValueKind::Map {
        let mut keys: Vec<Value> = value.try_iter().map_err(|error| error.to_string())?.collect();
        keys.sort();
        let pair = |key: Value| Value::from(vec![key.clone(), value.get_item(&key).unwrap_or_default()]);
        return Ok(keys.into_iter().map(pair).collect());
    }
    let items = items_of(value).map_err(|_| format!("range cannot go over '{}'", show(value)))?;
    Ok(items.into_iter().enumerate().map(|(number, item)| Value::from(vec![Value::from(number), item])).collect())
}

/// Go tells a number from the text that looks like it.
fn is_same(a: &Value, b: &Value) -> bool {
    a.kind() == b.kind() && a == b
}
