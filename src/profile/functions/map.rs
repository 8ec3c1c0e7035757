//! Functions of maps.

use std::collections::BTreeMap;

use minijinja::value::{Value, ValueKind};

use super::answer::Answer;
use super::{show, text_of};

/// `dict key value …`; a key without a value has an empty one.
pub fn dict(arguments: &[Value]) -> Answer {
    let empty = Value::from("");
    let entries = arguments.chunks(2).map(|pair| (text_of(&pair[0]), pair.get(1).unwrap_or(&empty).clone()));
    Ok(Value::from(entries.collect::<BTreeMap<String, Value>>()))
}

/// `get map key`: an empty text where there is no such key.
pub fn get(arguments: &[Value]) -> Answer {
    Ok(entry(&arguments[0], &arguments[1])?.unwrap_or_else(|| Value::from("")))
}

/// `hasKey map key`
pub fn has_key(arguments: &[Value]) -> Answer {
    Ok(entry(&arguments[0], &arguments[1])?.is_some().into())
}

fn entry(map: &Value, key: &Value) -> Result<Option<Value>, String> {
    keys_of(map)?;
    Ok(map.get_item(&Value::from(text_of(key))).ok().filter(|value| !value.is_undefined()))
}

fn keys_of(map: &Value) -> Result<Vec<Value>, String> {
    if map.kind() != ValueKind::Map {
        return Err(format!("'{}' is not a map", show(map)));
    }
    map.try_iter().map(Iterator::collect).map_err(|error| error.to_string())
}

/// `keys map …`, in order; sprig's are in none.
pub fn keys(arguments: &[Value]) -> Answer {
    let keys = arguments.iter().map(keys_of).collect::<Result<Vec<_>, _>>()?;
    Ok(keys.into_iter().flatten().collect())
}

/// `values map`, in the order of their keys; sprig's are in none.
pub fn values(arguments: &[Value]) -> Answer {
    let keys = keys_of(&arguments[0])?;
    Ok(keys.iter().filter_map(|key| arguments[0].get_item(key).ok()).collect())
}

/// `pluck key map …`: the values that the maps have for a key.
pub fn pluck(arguments: &[Value]) -> Answer {
    let found = arguments[1..].iter().map(|map| entry(map, &arguments[0])).collect::<Result<Vec<_>, _>>()?;
    Ok(found.into_iter().flatten().collect())
}
