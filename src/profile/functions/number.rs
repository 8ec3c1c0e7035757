//! Whole numbers. What is no number counts as 0, and what is too large wraps around, as in sprig.

use minijinja::value::Value;

use super::answer::Answer;
use super::text_of;

/// The longest list of numbers.
const MOST: usize = 1000;

/// `atoi text`: digits with a sign, else 0.
pub fn atoi(arguments: &[Value]) -> Answer {
    Ok(text_of(&arguments[0]).parse().unwrap_or(0_i64).into())
}

/// `int value`, `int64 value`
pub fn int(arguments: &[Value]) -> Answer {
    Ok(number(&arguments[0]).into())
}

/// A number, a truth, or a text that is one in Go's notation.
fn number(value: &Value) -> i64 {
    if let Some(text) = value.as_str() {
        return of_text(text).unwrap_or(0);
    }
    value.as_i64().unwrap_or_else(|| i64::from(value.kind() == minijinja::value::ValueKind::Bool && value.is_true()))
}

fn of_text(text: &str) -> Option<i64> {
    // A fraction of nothing but zeros is none.
    let whole = text.split_once('.').filter(|(_, rest)| !rest.is_empty() && rest.bytes().all(|digit| digit == b'0'));
    let text = whole.map_or(text, |(whole, _)| whole);
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let sign = if text.starts_with('-') { "-" } else { "" };
    let lower = unsigned.to_ascii_lowercase();
    let (digits, radix) = match lower.get(..2) {
        Some("0x") => (&lower[2..], 16),
        Some("0b") => (&lower[2..], 2),
        Some("0o") => (&lower[2..], 8),
        _ if lower.len() > 1 && lower.starts_with('0') => (&lower[1..], 8),
        _ => (lower.as_str(), 10),
    };
    i64::from_str_radix(&format!("{sign}{digits}"), radix).ok().filter(|_| !digits.starts_with(['-', '+']))
}

fn folded(arguments: &[Value], first: i64, fold: fn(i64, i64) -> i64) -> Answer {
    Ok(arguments.iter().map(number).fold(first, fold).into())
}

pub fn add(arguments: &[Value]) -> Answer {
    folded(arguments, 0, i64::wrapping_add)
}

pub fn add_one(arguments: &[Value]) -> Answer {
    folded(arguments, 1, i64::wrapping_add)
}

pub fn sub(arguments: &[Value]) -> Answer {
    folded(&arguments[1..], number(&arguments[0]), i64::wrapping_sub)
}

pub fn mul(arguments: &[Value]) -> Answer {
    folded(arguments, 1, i64::wrapping_mul)
}

pub fn max(arguments: &[Value]) -> Answer {
    folded(arguments, number(&arguments[0]), i64::max)
}

pub fn min(arguments: &[Value]) -> Answer {
    folded(arguments, number(&arguments[0]), i64::min)
}

pub fn div(arguments: &[Value]) -> Answer {
    divided(arguments, i64::checked_div)
}

pub fn modulo(arguments: &[Value]) -> Answer {
    divided(arguments, i64::checked_rem)
}

fn divided(arguments: &[Value], divide: fn(i64, i64) -> Option<i64>) -> Answer {
    let (number, by) = (number(&arguments[0]), number(&arguments[1]));
    divide(number, by).map(Value::from).ok_or_else(|| format!("{number} cannot be divided by {by}"))
}

/// `until end`: the numbers from 0 up to, or down to, before `end`.
pub fn until(arguments: &[Value]) -> Answer {
    let end = number(&arguments[0]);
    if end.unsigned_abs() > MOST as u64 {
        return Err(format!("at most {MOST} numbers are allowed"));
    }
    Ok(if end < 0 { (end + 1..=0).rev().map(Value::from).collect() } else { (0..end).map(Value::from).collect() })
}
