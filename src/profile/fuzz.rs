//! No format does harm: random text, random tokens, and random blocks that are mostly right.

use proptest::prelude::*;

use super::functions;
use super::tests::render;

/// Pieces of both languages, to get deeper into the parsers than random text does.
fn token_soup() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "{{",
        "}}",
        "{{-",
        "-}}",
        " ",
        "\n",
        ".",
        ".RoleName",
        ".Tags",
        ".Foo",
        "$",
        "$x",
        ":=",
        "=",
        "|",
        "(",
        ")",
        "\"a\"",
        "`b`",
        "'c'",
        "'",
        "\"",
        "`",
        "\\",
        "/*",
        "*/",
        "{%",
        "%}",
        "{#",
        "#}",
        "if",
        "else",
        "end",
        "with",
        "range",
        "break",
        "continue",
        "define",
        "template",
        "block",
        "\"x\"",
        "$i, $v :=",
        "splitList \" \" .AccountAlias",
        "dict",
        "regexReplaceAll",
        "repeat",
        "wrap",
        "indent",
        "slice",
        "printf",
        "\"%s%5d\"",
        "nospace",
        "default",
        "index",
        "and",
        "not",
        "eq",
        "join",
        "splitList",
        "1",
        "-2",
        "0x",
        "nil",
        "true",
        "RoleName",
        "Tags",
        "endif",
        "for",
        "in",
        "set",
        "~",
        "[",
        "]",
        ",",
        "é",
        "trunc",
        "kebabcase",
        "replace",
        "macro",
        "len",
        "first",
        "list",
    ]);
    prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.join(""))
}

/// How many inputs a property is tried with: some hundred, or as many as AWS_SSO_FUZZ_CASES says.
#[expect(clippy::disallowed_methods, reason = "whoever fuzzes sets it: no Context is near")]
fn cases() -> u32 {
    let wanted = std::env::var("AWS_SSO_FUZZ_CASES").ok();
    wanted.and_then(|count| count.parse().ok()).unwrap_or(512)
}

/// Whole blocks of Go's language, nested and side by side: most of them are right.
fn templates() -> impl Strategy<Value = String> {
    let value = prop::sample::select(vec![
        ".RoleName",
        ".AccountAlias",
        ".Tags",
        ".Tags.Foo",
        ".",
        "$",
        "$x",
        "1",
        "\"a b\"",
        "nil",
        "(list 1 2 \"x\")",
        "(splitList \" \" .AccountAlias)",
        "(dict \"k\" 1)",
        "(until 9)",
        "(repeat 99 \"ab\")",
    ]);
    let call =
        (prop::sample::select(functions::names().collect::<Vec<_>>()), prop::collection::vec(value.clone(), 0..4))
            .prop_map(|(name, values)| format!("{name} {}", values.join(" ")));
    let pipeline = prop_oneof![
        value.prop_map(str::to_owned),
        call.clone(),
        call.clone(),
        (call.clone(), call).prop_map(|(first, then)| format!("{first} | {then}"))
    ];
    let leaf = prop_oneof![
        "[a-z {}]{0,4}".prop_map(String::from),
        pipeline.clone().prop_map(|value| format!("{{{{ {value} }}}}")),
        pipeline.clone().prop_map(|value| format!("{{{{- $x := {value} -}}}}")),
        Just("{{ break }}".to_owned()),
        Just("{{ continue }}".to_owned()),
        Just("{{ template \"t\" . }}".to_owned()),
    ];
    leaf.prop_recursive(5, 40, 4, move |inner| {
        let body = prop::collection::vec(inner, 0..4).prop_map(|nodes| nodes.concat());
        (
            prop::sample::select(vec!["if", "with", "range", "range $i, $x :=", "define", "block"]),
            pipeline.clone(),
            body.clone(),
            body,
        )
            .prop_map(|(word, value, body, other)| match word {
                "define" => format!("{{{{ define \"t\" }}}}{body}{{{{ end }}}}{other}"),
                "block" => format!("{{{{ block \"t\" {value} }}}}{body}{{{{ end }}}}"),
                word => format!("{{{{ {word} {value} }}}}{body}{{{{ else }}}}{other}{{{{ end }}}}"),
            })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_template_of_whole_blocks_panics_or_grows(format in templates()) {
        if let Ok(name) = render(&format) {
            prop_assert!(name.len() <= 64 * 1024);
        }
    }

    #[test]
    fn no_text_panics(format in "(?s).{0,60}") {
        let _ = render(&format);
    }

    #[test]
    fn no_soup_of_tokens_panics(format in token_soup()) {
        if let Err(error) = render(&format) {
            prop_assert!(!error.to_string().contains('\n'));
        }
        let _ = render(&format!("{{{{ {format} }}}}"));
        let _ = render(&format!("{{{{ .SSO }}}}{{{{ {format} }}}}"));
    }

    #[test]
    fn what_is_outside_of_actions_stays_as_it_is(text in "[^{]{0,40}", tail in "[{#%}a\n\r\"\\\\]{0,6}") {
        prop_assume!(!tail.contains("{{"));
        let format = format!("{text}{{{{ .Id }}}}{tail}");
        prop_assert_eq!(render(&format).unwrap(), format!("{text}0{tail}"));
    }

    #[test]
    fn a_string_literal_is_its_text(text in "(?s).{0,40}") {
        let escaped = text.chars().map(|c| format!("\\U{:08x}", u32::from(c))).collect::<Vec<_>>().concat();
        prop_assert_eq!(render(&format!("{{{{ .Id }}}}{{{{ \"{escaped}\" }}}}")).unwrap(), format!("0{text}"));
    }

    #[test]
    fn every_whole_number_is_read(number: i64) {
        prop_assert_eq!(render(&format!("{{{{ print {number} }}}}")).unwrap(), number.to_string());
    }
}
