//! The functions of a format: Go's own, the tool's, and those of sprig that make sense for names.
//!
//! As functions they take their arguments in Go's order, the text to work on last. As Jinja filters
//! that text stands in front; a filter that Jinja has itself (`replace`, `default`, …) stays Jinja's.

#![expect(clippy::unnecessary_wraps, reason = "the table holds functions of one signature")]

mod answer;
mod encode;
mod format;
mod layout;
mod list;
mod logic;
mod map;
mod number;
mod regex;
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
static FUNCTIONS: [Function; 105] = [
    function("AccountIdStr", 1, 1, text::account_id),
    function("EmptyString", 1, 1, logic::is_empty),
    function("FirstItem", 0, ANY, logic::first_non_empty),
    function("StringReplace", 3, 3, text::replace),
    function("StringsJoin", 1, ANY, list::join_items),
    function("abbrev", 2, 2, layout::abbrev),
    function("abbrevboth", 3, 3, layout::abbrev_both),
    function("add", 0, ANY, number::add),
    function("add1", 1, 1, number::add_one),
    function("adler32sum", 1, 1, encode::adler32_sum),
    function("append", 2, 2, list::append),
    function("atoi", 1, 1, number::atoi),
    function("b64dec", 1, 1, encode::base64_decode),
    function("b64enc", 1, 1, encode::base64_encode),
    function("camelcase", 1, 1, words::camel),
    function("cat", 0, ANY, list::cat),
    function("coalesce", 0, ANY, logic::coalesce),
    function("compact", 1, 1, list::compact),
    function("concat", 0, ANY, list::concat),
    function("contains", 2, 2, text::contains),
    function("default", 1, 2, logic::default),
    function("dict", 0, ANY, map::dict),
    function("div", 2, 2, number::div),
    function("empty", 1, 1, logic::is_empty),
    function("eq", 2, ANY, logic::eq),
    function("first", 1, 1, list::first),
    function("ge", 2, 2, logic::ge),
    function("get", 2, 2, map::get),
    function("gt", 2, 2, logic::gt),
    function("has", 2, 2, list::has),
    function("hasKey", 2, 2, map::has_key),
    function("hasPrefix", 2, 2, text::has_prefix),
    function("hasSuffix", 2, 2, text::has_suffix),
    function("html", 0, ANY, encode::html),
    function("indent", 2, 2, layout::indent),
    function("index", 1, ANY, list::index),
    function("initial", 1, 1, list::initial),
    function("initials", 1, 1, text::initials),
    function("int", 1, 1, number::int),
    function("int64", 1, 1, number::int),
    function("join", 2, 2, list::join),
    function("js", 0, ANY, encode::js),
    function("kebabcase", 1, 1, words::kebab),
    function("keys", 1, ANY, map::keys),
    function("last", 1, 1, list::last),
    function("le", 2, 2, logic::le),
    function("len", 1, 1, list::len),
    function("list", 0, ANY, list::list),
    function("lower", 1, 1, text::lower),
    function("lt", 2, 2, logic::lt),
    function("max", 1, ANY, number::max),
    function("min", 1, ANY, number::min),
    function("mod", 2, 2, number::modulo),
    function("mul", 1, ANY, number::mul),
    function("ne", 2, 2, logic::ne),
    function("nindent", 2, 2, layout::indent_below),
    function("nospace", 1, 1, text::nospace),
    function("pluck", 1, ANY, map::pluck),
    function("plural", 3, 3, layout::plural),
    function("prepend", 2, 2, list::prepend),
    function("print", 0, ANY, format::print),
    function("printf", 1, ANY, format::printf),
    function("println", 0, ANY, format::println),
    function("quote", 0, ANY, layout::quote),
    function("regexFind", 2, 2, regex::find),
    function("regexFindAll", 3, 3, regex::find_all),
    function("regexMatch", 2, 2, regex::is_match),
    function("regexQuoteMeta", 1, 1, regex::quote_meta),
    function("regexReplaceAll", 3, 3, regex::replace_all),
    function("regexReplaceAllLiteral", 3, 3, regex::replace_all_literally),
    function("regexSplit", 3, 3, regex::split),
    function("repeat", 2, 2, layout::repeat),
    function("replace", 3, 3, text::replace),
    function("rest", 1, 1, list::rest),
    function("reverse", 1, 1, list::reverse),
    function("sha1sum", 1, 1, encode::sha1_sum),
    function("sha256sum", 1, 1, encode::sha256_sum),
    function("slice", 1, 3, list::slice),
    function("snakecase", 1, 1, words::snake),
    function("sortAlpha", 1, 1, list::sort),
    function("split", 2, 2, list::split_named),
    function("splitList", 2, 2, list::split),
    function("splitn", 3, 3, list::split_some),
    function("squote", 0, ANY, layout::single_quote),
    function("sub", 2, 2, number::sub),
    function("substr", 3, 3, text::substr),
    function("swapcase", 1, 1, layout::swap_case),
    function("ternary", 3, 3, logic::ternary),
    function("title", 1, 1, text::title),
    function("toString", 1, 1, text::to_text),
    function("toStrings", 1, 1, list::to_texts),
    function("trim", 1, 1, text::trim),
    function("trimAll", 2, 2, text::trim_all),
    function("trimPrefix", 2, 2, text::trim_prefix),
    function("trimSuffix", 2, 2, text::trim_suffix),
    function("trimall", 2, 2, text::trim_all),
    function("trunc", 2, 2, text::trunc),
    function("uniq", 1, 1, list::unique),
    function("until", 1, 1, number::until),
    function("untitle", 1, 1, text::untitle),
    function("upper", 1, 1, text::upper),
    function("urlquery", 0, ANY, encode::url_query),
    function("values", 1, 1, map::values),
    function("without", 1, ANY, list::without),
    function("wrap", 2, 2, layout::wrap),
];

/// The functions that are operators in minijinja, with their arity.
const OPERATORS: [(&str, (usize, usize)); 3] = [("and", (1, ANY)), ("or", (1, ANY)), ("not", (1, 1))];

/// Functions of sprig that a name has no use for, or that would make it depend on more than the role.
const LEFT_OUT: [&str; 58] = [
    "ago",
    "all",
    "any",
    "b32dec",
    "b32enc",
    "base",
    "bcrypt",
    "biggest",
    "buildCustomCert",
    "ceil",
    "clean",
    "date",
    "dateInZone",
    "dateModify",
    "decryptAES",
    "deepCopy",
    "derivePassword",
    "dir",
    "duration",
    "encryptAES",
    "env",
    "expandenv",
    "ext",
    "fail",
    "float64",
    "floor",
    "fromJson",
    "genCA",
    "genPrivateKey",
    "genSelfSignedCert",
    "genSignedCert",
    "getHostByName",
    "htpasswd",
    "isAbs",
    "kindIs",
    "kindOf",
    "merge",
    "now",
    "omit",
    "pick",
    "randAlpha",
    "randAlphaNum",
    "randAscii",
    "randInt",
    "randNumeric",
    "round",
    "semver",
    "seq",
    "set",
    "shuffle",
    "toDate",
    "toJson",
    "typeIs",
    "typeOf",
    "unset",
    "untilStep",
    "uuidv4",
    "wrapWith",
];

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
    if LEFT_OUT.contains(&name) {
        return format!("sprig's {name} is left out: a name is made of the role's own fields, by functions of text");
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

/// Makes the functions that a template may name known as functions, unless the environment has one of that name:
/// Jinja's `dict` is another one. A name that is only a part of another one does no harm.
pub fn add_functions(environment: &mut Environment<'static>, template: &str) {
    let known: Vec<String> = environment.globals().map(|(name, _)| name.to_owned()).collect();
    let named = |function: &&Function| template.contains(function.name) && !known.iter().any(|k| k == function.name);
    for function in FUNCTIONS.iter().filter(named) {
        environment.add_function(function.name, |arguments: Rest<Value>| invoke(function, &arguments));
    }
}

/// Makes them known as filters, unless Jinja has a filter of that name.
pub fn add_filters(environment: &mut Environment<'static>, template: &str) {
    const OF_JINJA: [&str; 16] = [
        "default", "first", "indent", "int", "join", "last", "list", "lower", "max", "min", "replace", "reverse",
        "slice", "split", "title", "trim",
    ];
    let named = |function: &&Function| template.contains(function.name) && !OF_JINJA.contains(&function.name);
    for function in FUNCTIONS.iter().filter(named) {
        let place = subject_place(function.name);
        environment.add_filter(function.name, move |mut arguments: Rest<Value>| {
            match place {
                Subject::First => {}
                Subject::Second if arguments.len() > 1 => arguments.swap(0, 1),
                Subject::Second | Subject::Last if arguments.is_empty() => {}
                Subject::Second | Subject::Last => arguments.rotate_left(1),
            }
            invoke(function, &arguments)
        });
    }
}

/// Where what a filter works on stands among the arguments of the function.
#[derive(Clone, Copy)]
enum Subject {
    First,
    Second,
    Last,
}

fn subject_place(name: &str) -> Subject {
    match name {
        "append" | "prepend" | "without" | "concat" | "get" | "hasKey" | "keys" | "FirstItem" | "coalesce" | "eq"
        | "ne" | "lt" | "le" | "gt" | "ge" | "index" | "sub" | "div" | "mod" => Subject::First,
        "regexFindAll" | "regexReplaceAll" | "regexReplaceAllLiteral" | "regexSplit" => Subject::Second,
        _ => Subject::Last,
    }
}

/// What a `range` goes over, as pairs of index and item, or of key and value in the order of the keys.
pub fn pairs(value: &Value) -> Result<Value, minijinja::Error> {
    list::pairs(value).map_err(refusal)
}

/// The most items that a list or a map may hold, those of its own lists and maps among them, and how deep they may
/// lie. A list that holds itself twice, and that twice again, takes no memory to speak of: to walk through it would
/// take for ever.
const MOST_ITEMS: usize = 4096;
const DEEPEST: usize = 16;

/// Refuses a value that cannot be walked through in a moment.
pub fn check_size(value: &Value) -> Result<(), minijinja::Error> {
    fn fits(value: &Value, left: &mut usize, depth: usize) -> bool {
        use minijinja::value::ValueKind;
        let inner = match value.kind() {
            ValueKind::Seq | ValueKind::Iterable => value.clone(),
            ValueKind::Map => {
                let keys = value.try_iter().into_iter().flatten();
                let items = keys.take(*left + 1).map(|key| value.get_item(&key).unwrap_or_default());
                items.collect::<Vec<_>>().into()
            }
            _ => return true,
        };
        for item in inner.try_iter().into_iter().flatten() {
            if *left == 0 || depth == 0 {
                return false;
            }
            *left -= 1;
            if !fits(&item, left, depth - 1) {
                return false;
            }
        }
        true
    }
    let mut left = MOST_ITEMS;
    if fits(value, &mut left, DEEPEST) {
        return Ok(());
    }
    Err(refusal(format!("at most {MOST_ITEMS} items are allowed in a list, and {DEEPEST} lists in one another")))
}

fn invoke(function: &Function, arguments: &[Value]) -> Result<Value, minijinja::Error> {
    arguments.iter().try_for_each(check_size)?;
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
