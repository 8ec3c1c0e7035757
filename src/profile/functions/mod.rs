//! The functions of a format: Go's own, the tool's, and those of sprig that make sense for names.
//!
//! As functions they take their arguments in Go's order, the text to work on last. As Jinja filters
//! that text stands in front; a filter that Jinja has itself (`replace`, `default`, …) stays Jinja's.

#![expect(clippy::unnecessary_wraps, reason = "the table holds functions of one signature")]

mod answer;
mod format;
mod list;
mod logic;
mod text;
mod words;

use minijinja::Environment;
use minijinja::value::{Rest, Value};

use super::near_miss;
use answer::{Answer, refusal};

/// The longest text that a function makes, in bytes; far more than a name can use.
const MAX_TEXT: usize = 64 * 1024;

/// One function of a format.
struct Function {
    name: &'static str,
    /// Fewest and most arguments.
    arity: (usize, usize),
    call: fn(&[Value]) -> Answer,
}

const ANY: usize = usize::MAX;

const fn function(name: &'static str, min: usize, max: usize, call: fn(&[Value]) -> Answer) -> Function {
    Function { name, arity: (min, max), call }
}

/// Every function but `and`, `or` and `not`, which are operators in minijinja.
static FUNCTIONS: [Function; 50] = [
    function("AccountIdStr", 1, 1, text::account_id),
    function("EmptyString", 1, 1, logic::is_empty),
    function("FirstItem", 1, ANY, logic::first_non_empty),
    function("StringReplace", 3, 3, text::replace),
    function("StringsJoin", 1, ANY, list::join_items),
    function("camelcase", 1, 1, words::camel),
    function("cat", 0, ANY, list::cat),
    function("coalesce", 0, ANY, logic::first_non_empty),
    function("contains", 2, 2, text::contains),
    function("default", 1, 2, logic::default),
    function("empty", 1, 1, logic::is_empty),
    function("eq", 2, ANY, logic::eq),
    function("first", 1, 1, list::first),
    function("ge", 2, 2, logic::ge),
    function("gt", 2, 2, logic::gt),
    function("hasPrefix", 2, 2, text::has_prefix),
    function("hasSuffix", 2, 2, text::has_suffix),
    function("index", 1, ANY, list::index),
    function("initial", 1, 1, list::initial),
    function("initials", 1, 1, text::initials),
    function("join", 2, 2, list::join),
    function("kebabcase", 1, 1, words::kebab),
    function("last", 1, 1, list::last),
    function("le", 2, 2, logic::le),
    function("len", 1, 1, list::len),
    function("list", 0, ANY, list::list),
    function("lower", 1, 1, text::lower),
    function("lt", 2, 2, logic::lt),
    function("ne", 2, 2, logic::ne),
    function("nospace", 1, 1, text::nospace),
    function("print", 0, ANY, format::print),
    function("printf", 1, ANY, format::printf),
    function("println", 0, ANY, format::println),
    function("quote", 1, 1, format::quote),
    function("replace", 3, 3, text::replace),
    function("rest", 1, 1, list::rest),
    function("reverse", 1, 1, list::reverse),
    function("snakecase", 1, 1, words::snake),
    function("splitList", 2, 2, list::split),
    function("substr", 3, 3, text::substr),
    function("ternary", 3, 3, logic::ternary),
    function("title", 1, 1, text::title),
    function("toString", 1, 1, text::to_text),
    function("trim", 1, 1, text::trim),
    function("trimAll", 2, 2, text::trim_all),
    function("trimPrefix", 2, 2, text::trim_prefix),
    function("trimSuffix", 2, 2, text::trim_suffix),
    function("trunc", 2, 2, text::trunc),
    function("untitle", 1, 1, text::untitle),
    function("upper", 1, 1, text::upper),
];

/// The functions that are operators in minijinja, with their arity.
const OPERATORS: [(&str, (usize, usize)); 3] = [("and", (1, ANY)), ("or", (1, ANY)), ("not", (1, 1))];

/// The functions whose filter keeps its subject in front: in the others it becomes the last argument.
const SUBJECT_FIRST: [&str; 9] = ["FirstItem", "coalesce", "eq", "ne", "lt", "le", "gt", "ge", "index"];

/// The names of all functions.
pub fn names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|function| function.name).chain(OPERATORS.iter().map(|(name, _)| *name))
}

/// Whether there is a function `name` that takes `count` arguments; if not, what to write instead.
pub fn check_call(name: &str, count: usize) -> Result<(), String> {
    let arity = FUNCTIONS.iter().map(|function| (function.name, function.arity)).chain(OPERATORS);
    let Some((_, arity)) = arity.into_iter().find(|(known, _)| *known == name) else {
        return Err(unknown(name));
    };
    check_arity(name, arity, count)
}

fn unknown(name: &str) -> String {
    if super::fields::find(name).is_some() {
        return format!("no function {name}; did you mean the field .{name}?");
    }
    match near_miss(name, names()) {
        Some(near) => format!("no function {name}; did you mean {near}?"),
        None => format!("no function {name}; expected one such as FirstItem, nospace or kebabcase"),
    }
}

fn check_arity(name: &str, (min, max): (usize, usize), count: usize) -> Result<(), String> {
    if (min..=max).contains(&count) {
        return Ok(());
    }
    let expected = match (min, max) {
        (min, ANY) => format!("at least {min}"),
        (min, max) if min == max => min.to_string(),
        (min, max) => format!("{min} to {max}"),
    };
    let noun = if expected.ends_with(" 1") || expected == "1" { "argument" } else { "arguments" };
    Err(format!("{name} takes {expected} {noun}, not {count}"))
}

/// Makes every function known as a function.
pub fn add_functions(environment: &mut Environment<'static>) {
    for function in &FUNCTIONS {
        environment.add_function(function.name, |arguments: Rest<Value>| invoke(function, &arguments));
    }
}

/// Makes every function known as a filter, unless Jinja has a filter of that name.
pub fn add_filters(environment: &mut Environment<'static>) {
    const OF_JINJA: [&str; 10] =
        ["default", "first", "join", "last", "list", "lower", "replace", "reverse", "title", "trim"];
    for function in FUNCTIONS.iter().filter(|function| !OF_JINJA.contains(&function.name)) {
        let subject_first = SUBJECT_FIRST.contains(&function.name);
        environment.add_filter(function.name, move |mut arguments: Rest<Value>| {
            if !subject_first && !arguments.is_empty() {
                arguments.rotate_left(1);
            }
            invoke(function, &arguments)
        });
    }
}

fn invoke(function: &Function, arguments: &[Value]) -> Result<Value, minijinja::Error> {
    let checked = check_arity(function.name, function.arity, arguments.len());
    let answer =
        checked.and_then(|()| (function.call)(arguments).map_err(|message| format!("{}: {message}", function.name)));
    answer.map_err(refusal)
}

/// A value as text: nothing at all for a tag that a role has not.
fn text_of(value: &Value) -> String {
    if value.is_undefined() || value.is_none() { String::new() } else { show(value) }
}

/// A whole number: a number, or the digits of one.
fn number_of(value: &Value) -> Result<i64, String> {
    let number = value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
    number.ok_or_else(|| format!("'{}' is not a whole number", show(value)))
}

/// A value as Go prints it: lists as `[a b]`, maps as `map[key:value]`.
pub fn show(value: &Value) -> String {
    use minijinja::value::ValueKind;
    let items = || value.try_iter().into_iter().flatten();
    match value.kind() {
        ValueKind::Seq | ValueKind::Iterable => {
            format!("[{}]", items().map(|item| show(&item)).collect::<Vec<_>>().join(" "))
        }
        ValueKind::Map => {
            let entry = |key: Value| format!("{key}:{}", show(&value.get_item(&key).unwrap_or_default()));
            format!("map[{}]", items().map(entry).collect::<Vec<_>>().join(" "))
        }
        // minijinja would write it in Python's way.
        ValueKind::Bool => value.is_true().to_string(),
        ValueKind::None | ValueKind::Undefined => "<nil>".to_owned(),
        _ => value.to_string(),
    }
}

/// `text` as a value, unless it grew out of all bounds.
fn bounded(text: String) -> Answer {
    if text.len() > MAX_TEXT {
        Err(format!("the result is longer than {MAX_TEXT} bytes"))
    } else {
        Ok(Value::from(text))
    }
}
