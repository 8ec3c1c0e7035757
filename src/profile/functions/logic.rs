//! Comparisons, and functions that choose a value.

use std::cmp::Ordering;

use minijinja::value::{Value, ValueKind};

use super::answer::Answer;
use super::show;

/// `FirstItem value …`: the first that is not empty, else an empty text.
pub fn first_non_empty(arguments: &[Value]) -> Answer {
    Ok(arguments.iter().find(|value| value.is_true()).cloned().unwrap_or_else(|| Value::from("")))
}

/// `coalesce value …`: the first that is not empty, else no value.
pub fn coalesce(arguments: &[Value]) -> Answer {
    Ok(arguments.iter().find(|value| value.is_true()).cloned().unwrap_or(Value::UNDEFINED))
}

/// `default value given`: the given one unless it is empty.
pub fn default(arguments: &[Value]) -> Answer {
    let given = arguments.get(1).filter(|given| given.is_true());
    Ok(given.unwrap_or(&arguments[0]).clone())
}

/// An empty text, zero, false, an empty list or map, or no value at all.
pub fn is_empty(arguments: &[Value]) -> Answer {
    Ok(Value::from(!arguments[0].is_true()))
}

/// `ternary yes no condition`
pub fn ternary(arguments: &[Value]) -> Answer {
    Ok(arguments[usize::from(!arguments[2].is_true())].clone())
}

/// `eq value other …`: equal to any of the others. A missing tag is equal to another one alone.
pub fn eq(arguments: &[Value]) -> Answer {
    for other in &arguments[1..] {
        if is_equal(&arguments[0], other)? {
            return Ok(Value::from(true));
        }
    }
    Ok(Value::from(false))
}

pub fn ne(arguments: &[Value]) -> Answer {
    Ok(Value::from(!is_equal(&arguments[0], &arguments[1])?))
}

fn is_equal(left: &Value, right: &Value) -> Result<bool, String> {
    if left.is_undefined() || right.is_undefined() {
        return Ok(left.is_undefined() && right.is_undefined());
    }
    Ok(compare(left, right)? == Ordering::Equal)
}

pub fn lt(arguments: &[Value]) -> Answer {
    ordered(arguments, Ordering::is_lt)
}

pub fn le(arguments: &[Value]) -> Answer {
    ordered(arguments, Ordering::is_le)
}

pub fn gt(arguments: &[Value]) -> Answer {
    ordered(arguments, Ordering::is_gt)
}

pub fn ge(arguments: &[Value]) -> Answer {
    ordered(arguments, Ordering::is_ge)
}

fn ordered(arguments: &[Value], accepts: fn(Ordering) -> bool) -> Answer {
    if arguments.iter().any(|value| value.kind() == ValueKind::Bool) {
        return Err("true and false have no order".to_owned());
    }
    compare(&arguments[0], &arguments[1]).map(|ordering| Value::from(accepts(ordering)))
}

/// Go compares only what is of one kind; a missing tag counts as an empty text.
fn compare(left: &Value, right: &Value) -> Result<Ordering, String> {
    let text = |value: &Value| -> Option<String> {
        if value.is_undefined() || value.is_none() { Some(String::new()) } else { value.as_str().map(str::to_owned) }
    };
    let alike = left.kind() == right.kind() && (left.is_number() || left.kind() == ValueKind::Bool);
    match (text(left), text(right)) {
        (Some(left), Some(right)) => Ok(left.cmp(&right)),
        _ if alike => Ok(left.cmp(right)),
        _ => Err(format!("'{}' and '{}' cannot be compared: one kind of value is expected", show(left), show(right))),
    }
}
