//! Spellings of names: `kebab-case`, `snake_case`, `CamelCase`, with the word boundaries that users of
//! sprig know.

use minijinja::value::Value;

use super::answer::Answer;
use super::{bounded, text_of};

pub fn kebab(arguments: &[Value]) -> Answer {
    bounded(separate(&text_of(&arguments[0]), '-'))
}

pub fn snake(arguments: &[Value]) -> Answer {
    bounded(separate(&text_of(&arguments[0]), '_'))
}

pub fn camel(arguments: &[Value]) -> Answer {
    bounded(camel_case(&text_of(&arguments[0])))
}

fn is_connector(c: char) -> bool {
    c == '-' || c == '_' || c.is_whitespace()
}

/// Lower case with a separator before each word; spaces, `-` and `_` become separators one by one.
fn separate(text: &str, separator: char) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut separated = String::with_capacity(text.len() + 8);
    let mut word_has_digit = false;
    for (i, &c) in chars.iter().enumerate() {
        if is_connector(c) {
            separated.push(separator);
            word_has_digit = false;
            continue;
        }
        if i > 0 && starts_word(&chars, i, word_has_digit) {
            separated.push(separator);
            word_has_digit = false;
        }
        word_has_digit |= c.is_numeric();
        separated.extend(c.to_lowercase());
    }
    separated
}

/// Whether the character at `at` is the first of a word.
fn starts_word(chars: &[char], at: usize, word_has_digit: bool) -> bool {
    let (before, c) = (chars[at - 1], chars[at]);
    if c.is_uppercase() {
        let lower_follows = chars.get(at + 1).is_some_and(|after| after.is_lowercase());
        return before.is_lowercase() || before.is_numeric() || (before.is_uppercase() && lower_follows);
    }
    // A number belongs to the word before it, unless small letters follow: IPv6 is i-pv6, http2xx is http-2xx.
    let after = chars[at..].iter().find(|after| !after.is_numeric());
    c.is_numeric() && before.is_alphabetic() && !word_has_digit && after.is_some_and(|after| after.is_lowercase())
}

/// Each part between spaces, `-` and `_` with an upper initial and the rest in lower case. Connectors at
/// either end stay; of several in a row inside, one goes.
fn camel_case(text: &str) -> String {
    let mut camel = String::with_capacity(text.len());
    let inner = text.trim_matches(is_connector);
    let start = text.len() - text.trim_start_matches(is_connector).len();
    camel.push_str(&text[..start]);
    let mut before = '_';
    let mut in_gap = false;
    for c in inner.chars() {
        if is_connector(c) {
            if in_gap {
                camel.push(before);
            }
            in_gap = true;
        } else if is_connector(before) {
            camel.extend(c.to_uppercase());
            in_gap = false;
        } else {
            camel.extend(c.to_lowercase());
        }
        before = c;
    }
    if !inner.is_empty() {
        camel.push_str(&text[start + inner.len()..]);
    }
    camel
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_found_as_sprig_finds_them() {
        for (text, kebab) in [
            ("", ""),
            ("AStringLikeThis", "a-string-like-this"),
            ("My Company Production", "my-company-production"),
            ("  two  spaces ", "--two--spaces-"),
            ("already-kebab_and snake", "already-kebab-and-snake"),
            ("AWSProdEU", "aws-prod-eu"),
            ("prod2eu", "prod-2eu"),
            ("PROD2EU", "prod2-eu"),
            ("DATA30xOK", "data-30x-ok"),
            ("DATA30XReady", "data30-x-ready"),
            ("IPv6", "i-pv6"),
            ("a.b/C", "a.b/c"),
            ("ÄrgerÜber", "ärger-über"),
            ("_X", "-x"),
        ] {
            assert_eq!(separate(text, '-'), kebab, "{text}");
            assert_eq!(separate(text, '_'), kebab.replace('-', "_"), "{text}");
        }
    }

    #[test]
    fn camel_case_starts_with_a_capital() {
        for (text, camel) in [
            ("", ""),
            ("my company", "MyCompany"),
            ("HTTP_SERVER", "HttpServer"),
            ("_a__b_", "_A_B_"),
            ("--", "--"),
            ("x", "X"),
        ] {
            assert_eq!(camel_case(text), camel, "{text}");
        }
    }

    proptest! {
        #[test]
        fn kebab_case_has_no_capital_and_no_space(text in ".*") {
            let kebab = separate(&text, '-');
            prop_assert!(!kebab.contains([' ', '_']));
            prop_assert!(!kebab.bytes().any(|b| b.is_ascii_uppercase()));
            let _ = camel_case(&text);
        }
    }
}
