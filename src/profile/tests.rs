//! Formats from end to end: what they render, what they are refused for.

use std::time::Instant;

use super::*;
use crate::role::{Partition, Role, RoleArn};

fn role() -> Role {
    let account_id = "12345".parse().unwrap();
    Role {
        sso: "Work".into(),
        sso_region: "eu-west-1".into(),
        start_url: "https://work.awsapps.com/start".into(),
        account_id,
        account_alias: "My Company Prod".into(),
        email: "root@example.com".into(),
        role_name: "AdminAccess".into(),
        arn: RoleArn::new(Partition::Aws, account_id, "AdminAccess"),
        expires_at: Some(1_767_323_045),
        tags: [("Team".into(), "Blue".into()), ("cost-center".into(), "7".into())].into(),
        ..Role::default()
    }
}

pub(super) fn render(format: &str) -> Result<String, TemplateError> {
    ProfileTemplate::parse(format)?.render(&ProfileFields::of(&role()))
}

#[track_caller]
fn assert_renders(table: &[(&str, &str)]) {
    for (format, expected) in table {
        match render(format) {
            Ok(name) => assert_eq!(&name, expected, "{format}"),
            Err(error) => panic!("{format}: {error}"),
        }
    }
}

#[track_caller]
fn assert_refused(table: &[(&str, &str)]) {
    for (format, expected) in table {
        match render(format) {
            Ok(name) => panic!("{format} renders {name:?}"),
            Err(error) => assert!(error.to_string().starts_with(expected), "{format}: {error}"),
        }
    }
}

#[test]
fn every_documented_format_renders_as_documented() {
    assert_renders(&[
        (DEFAULT_FORMAT, "000000012345:AdminAccess"),
        ("{{ FirstItem .AccountName .AccountAlias }}", "My Company Prod"),
        ("{{ .AccountIdPad }}", "000000012345"),
        ("{{ .AccountId }}", "12345"),
        (r#"{{ StringsJoin ":" .AccountAlias .RoleName }}"#, "My Company Prod:AdminAccess"),
        ("{{ .AccountAlias }}:{{ .RoleName }}", "My Company Prod:AdminAccess"),
        (r#"{{ StringReplace " " "_" .AccountAlias }}"#, "My_Company_Prod"),
        ("{{ FirstItem .AccountName (nospace .AccountAlias) }}:{{ .RoleName }}", "MyCompanyProd:AdminAccess"),
        ("{{ FirstItem .AccountName (.AccountAlias | nospace) }}:{{ .RoleName }}", "MyCompanyProd:AdminAccess"),
        ("{{ kebabcase .AccountAlias }}:{{ .RoleName }}", "my-company-prod:AdminAccess"),
        ("{{ AccountIdStr .AccountId }}:{{ .RoleName }}", "000000012345:AdminAccess"),
        ("  \n", "000000012345:AdminAccess"),
    ]);
}

#[test]
fn every_field_has_its_value() {
    assert_renders(&[
        ("{{.Id}} {{.ExpiresEpoch}} {{.Expires}}", "0 1767323045 2026-01-02T03:04:05Z"),
        ("{{.Arn}} {{.SSO}} {{.SSORegion}}", "arn:aws:iam::000000012345:role/AdminAccess Work eu-west-1"),
        ("[{{.AccountName}}{{.Profile}}{{.DefaultRegion}}{{.Via}}]", "[]"),
        ("{{.EmailAddress}} {{.StartUrl}}", "root@example.com https://work.awsapps.com/start"),
        ("{{.Tags.Team}} {{.Tags.Foo}} {{ $.Tags.Team }}", "Blue <no value> Blue"),
        (r#"{{index .Tags "cost-center"}}[{{index .Tags "Foo"}}]"#, "7[]"),
        ("{{ .Tags }}", "map[Team:Blue cost-center:7]"),
    ]);
}

#[test]
fn go_is_read_as_go_reads_it() {
    assert_renders(&[
        ("a {{- .Id -}} b {{ .Id }} c", "a0b 0 c"),
        ("x\n{{- /* a\ncomment */ -}}\ny {{/**/}}z", "xy z"),
        ("{{-3}} {{ 0x1F }} {{ 0b101 }} {{ 017 }} {{ 1_000 }} {{ 'a' }}", "-3 31 5 15 1000 97"),
        (r#"{{ "a\tb\"\u00e9\x41\101" }}{{ `c\n` }}"#, "a\tb\"éAAc\\n"),
        ("{{ true }} {{ print nil }}", "true <nil>"),
        (r#"{{ .RoleName | trunc 5 | printf "%s-%s" .AccountIdPad | lower }}"#, "000000012345-admin"),
        ("{{ (index .Tags \"Team\") }}{{ ($).RoleName }}{{ (.Tags).Team }}", "BlueAdminAccessBlue"),
        ("{ {% x %} {# y #} }} {{ .Id }}{{ \"{{ }} {% %}\" }} %}\r\n", "{ {% x %} {# y #} }} 0{{ }} {% %} %}\r\n"),
        (r#"{{ "{{ .X }}" }}"#, "{{ .X }}"),
        ("plain", "plain"),
        ("{{ -9223372036854775808 }}", "-9223372036854775808"),
    ]);
}

#[test]
fn blocks_and_variables_follow_the_scopes_of_go() {
    assert_renders(&[
        ("{{ if .AccountName }}a{{ else if .Tags.Foo }}b{{ else }}c{{ end }}", "c"),
        (r#"{{ if eq .Tags.Team "Red" "Blue" }}a{{ end }}"#, "a"),
        ("{{ if and .RoleName (not .AccountName) }}a{{ end }}{{ if or .Via 0 }}b{{ end }}", "a"),
        ("{{ or .AccountName .RoleName }}{{ and .RoleName .Id }}", "AdminAccess0"),
        ("{{ with .Tags }}{{ .Team }}{{ $.Id }}{{ end }}", "Blue0"),
        ("{{ with .Tags.Foo }}{{ . }}{{ else }}none{{ end }}", "none"),
        ("{{ with $t := .Tags.Team }}{{ . }}{{ $t }}{{ end }}", "BlueBlue"),
        ("{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ $x }}{{ end }}{{ $x }}", "21"),
        ("{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}", "2"),
        ("{{ $t := .Tags }}{{ $t.Team }}", "Blue"),
    ]);
}

#[test]
fn functions_do_what_sprig_and_go_say() {
    assert_renders(&[
        (r#"{{ replace " " "-" .AccountAlias | lower | trimSuffix "-prod" }}"#, "my-company"),
        (r#"{{ .Tags.Foo | default "none" }} {{ default "x" .RoleName }}"#, "none AdminAccess"),
        (r#"{{ coalesce .AccountName .Via "z" }} {{ empty .Via }} {{ EmptyString .RoleName }}"#, "z true false"),
        (r#"{{ ternary "y" "n" (contains "Admin" .RoleName) }}{{ ternary "y" "n" (hasPrefix "x" "y") }}"#, "yn"),
        (
            r#"{{ splitList " " .AccountAlias | join "+" }} {{ splitList " " .AccountAlias | last }}"#,
            "My+Company+Prod Prod",
        ),
        (r#"{{ first (splitList " " .AccountAlias) }} {{ splitList " " .AccountAlias }}"#, "My [My Company Prod]"),
        (r#"{{ trunc -4 "abcdef" }} {{ substr 1 3 "abcdef" }} {{ substr -1 2 "äöü" }}"#, "cdef bc äö"),
        (
            r#"{{ title "hello wORLD" }} {{ upper "aß" }} {{ trim "  x " }}{{ trimPrefix "a" "ab" }}"#,
            "Hello WORLD Aß xb",
        ),
        (r#"{{ snakecase .RoleName }} {{ camelcase "a_b c" }}"#, "admin_access ABC"),
        (
            r#"{{ printf "%05d|%-4s|%4s|%q|%v|%x|%t|%%|%.2s" 42 "a" "b" "c" .AccountId 255 true "xyz" }}"#,
            "00042|a   |   b|\"c\"|12345|ff|true|%|xy",
        ),
        (r#"{{ print "a" 1 2 "b" }}{{ println 1 "a" }}"#, "a1 2b1 a\n"),
        (r#"{{ len .RoleName }} {{ len .Tags }} {{ index (splitList "," "a,b") 1 }}"#, "11 2 b"),
        ("{{ lt 1 2 }} {{ ge 1 2 }} {{ ne .Id 0 }} {{ eq .SSO \"Work\" }}", "true false false true"),
        (r#"{{ StringsJoin "-" "" "a" "" "b" }} {{ StringsJoin "-" }}"#, "a-b "),
        ("{{ nospace \"a\u{a0}b\u{2003}c\\td\" }}", "abcd"),
    ]);
}

#[test]
fn jinja_is_jinja() {
    assert_renders(&[
        ("{{ AccountIdPad }}:{{ RoleName }}", "000000012345:AdminAccess"),
        ("{{ AccountAlias | nospace }}", "MyCompanyProd"),
        ("{{ FirstItem(AccountName, AccountAlias) }}", "My Company Prod"),
        ("{{ AccountName | FirstItem(AccountAlias) | kebabcase }}", "my-company-prod"),
        (
            "{{ AccountAlias | replace(' ', '_') }} {{ AccountAlias | StringReplace(' ', '_') }}",
            "My_Company_Prod My_Company_Prod",
        ),
        ("{{ replace(' ', '_', AccountAlias) }}", "My_Company_Prod"),
        ("{% if AccountName %}{{ AccountName }}{% else %}{{ AccountAlias | lower }}{% endif %}", "my company prod"),
        ("{{ Tags.Team }}[{{ Tags.Foo }}]{{ Tags['cost-center'] }}", "Blue[]7"),
        ("{{ Tags.Foo | default('x') }}{{ RoleName | trunc(5) }}", "xAdmin"),
        ("{{ AccountId + 1 }}{# note #}", "12346"),
        ("{{ dict(a=1).a }} {{ 'a\nb' | indent(1) }} {{ [3, 1] | min }} {{ '7' | int + 1 }}", "1 a\n b 1 8"),
        ("{{ RoleName | regexReplaceAll('[a-z]+', '') }} {{ AccountAlias | sha256sum | trunc(4) }}", "AA d816"),
        ("{{ RoleName | repeat(2) | abbrev(9) }}", "AdminA..."),
        ("{% for part in AccountAlias | split %}{{ part[0] }}{% endfor %}", "MCP"),
    ]);
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    assert_refused(&[
        ("{{ .AccountNam }}", "1:4: no field .AccountNam; did you mean .AccountName?"),
        ("ä\n  {{ .Zzzzzzzz }}", "2:6: no field .Zzzzzzzz; expected"),
        ("{{ nospaces .AccountAlias }}", "1:4: no function nospaces; did you mean nospace?"),
        ("{{ nospace AccountAlias }}", "1:12: no function AccountAlias; did you mean the field .AccountAlias?"),
        ("{{ .RoleName.Foo }}", "1:13: no field .Foo here"),
        ("{{ StringReplace \" \" .RoleName }}", "1:4: StringReplace takes 3 arguments, not 2"),
        ("{{ .RoleName", "1:1: this action has no end: expected }}"),
        ("{{ (.RoleName }}", "1:4: this parenthesis has no end: expected )"),
        ("{{ .RoleName .SSO }}", "1:14: unexpected .SSO: only a function takes arguments"),
        ("{{ .RoleName | .SSO }}", "1:16: expected a function after |"),
        ("{{ .SSO }}{{ print \"a }}", "1:20: this string has no end"),
        ("{{ print \"\\y\" .SSO }}", "1:11: unknown escape"),
        ("{{ range .RoleName }}{{ end }}", "1:10: range cannot go over 'AdminAccess'"),
        ("{{ range .Tags }}{{ . }}", "1:4: this range has no end"),
        ("{{ range $i, 5 }}{{ end }}", "1:14: expected a second variable and := after the comma"),
        ("{{ break }}", "1:4: break outside of a range"),
        ("{{ template \"x\" . }}", "1:4: no template \"x\"; expected {{ define … }} for it"),
        ("{{ define \"ab\" }}{{ end }}{{ template \"ac\" }}", "1:30: no template \"ac\"; did you mean ab?"),
        (
            "{{ define \"x\" }}{{ template \"x\" }}{{ end }}{{ template \"x\" }}",
            "1:20: the templates use each other too often",
        ),
        ("{{ if .SSO }}{{ define \"x\" }}{{ end }}{{ end }}", "1:17: a define inside of another block"),
        ("{{ env \"HOME\" }}", "1:4: sprig's env is left out"),
        ("{{ printf }}", "1:4: a function has no text: call it"),
        ("{{ regexFind \"(\" .SSO }}", "1:4: regexFind: '(' is no regular expression"),
        ("{{ if .SSO }}x", "1:4: this if has no end"),
        ("{{ end }}", "1:4: unexpected {{ end }}"),
        ("{{ . }}", "1:4: the whole record has no text"),
        ("{{ $x }}", "1:4: no variable $x"),
        ("{{ if true }}{{ $x := 1 }}{{ end }}{{ $x }}", "1:39: no variable $x"),
        ("{{}}{{ .SSO }}", "1:1: this action is empty"),
        ("{{ 1.5 | print .SSO }}", "1:4: fractions are not supported yet"),
        ("x\n{{ .RoleName }} {{ .RoleName | splitList 1 | first | len | first }}", "2:60: first: '11' is not a list"),
        ("{{ printf \"%d\" .RoleName }}", "1:4: printf: %d does not fit 'AdminAccess'"),
        ("{{ eq .AccountId .RoleName }}", "1:4: eq: '12345' and 'AdminAccess' cannot be compared"),
        ("{{ AccountNam }}", "1:4: no field or function AccountNam; did you mean AccountName?"),
        ("{% if 1 %}x{% endif %}\n{{ 'Rol' ~ Rol }}", "2:12: no field or function Rol;"),
        ("{{ RoleName | nospaces }}", "1:15: no filter nospaces; did you mean nospace?"),
        ("{{ nospaces(RoleName) }}", "1:4: no field or function nospaces; did you mean nospace?"),
        ("{{ RoleName is foo }}", "1:16: unknown test: "),
        ("{{ nospace.Foo .SSO }}", "1:11: unexpected .Foo: expected a space before it"),
        ("{{ RoleName + }}", "1:15: syntax error"),
    ]);
}

#[test]
fn no_format_costs_more_than_a_name_is_worth() {
    let nested = format!("{{{{ {}.RoleName{} }}}}", "(".repeat(50), ")".repeat(50));
    let piped = format!("{{{{ .RoleName {} }}}}", "| lower ".repeat(500));
    let chained = format!("{{{{ {}{{{{ end }}}}", "if .SSO }}{{ else ".repeat(300));
    let grown = format!("{{{{ .RoleName {} }}}}", r#"| replace "A" "AAAAAAAAAAAAAAAA""#.repeat(30));
    let long = format!("{{{{ .RoleName }}}}{}", "x".repeat(5000));
    let huge = "x".repeat(MAX_FORMAT + 1);
    let elifs = format!("{{% if SSO == 'x' %}}{}{{% endif %}}", "{% elif 1 %}".repeat(650));
    for format in [&nested, &piped, &chained, &grown, &long, &huge] {
        assert!(render(format).is_err(), "{format}");
    }
    let _ = render(&elifs);
    // A list that holds itself twice, and that twice again: little memory, and no end of items.
    let doubled = format!("{{{{ $x := list 1 }}}}{}", "{{ $x = list $x $x }}".repeat(60));
    for end in ["{{ $x }}", "{{ len (print $x) }}", "{{ has 1 (list $x) }}", "{{ range $x }}{{ . }}{{ end }}"] {
        let format = format!("{doubled}{end}");
        assert!(render(&format).is_err(), "{format}");
    }
    let set = "{% set n = namespace(x=[1]) %}{% for i in range(60) %}{% set n.x = [n.x, n.x] %}{% endfor %}";
    for end in ["{{ n.x }}", "{{ quote(n.x) }}", "{{ n.x | toString }}"] {
        assert!(render(&format!("{set}{end}")).is_err(), "{end}");
    }
    for format in [
        "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
        "{{ 'x' * 1000000000 }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{{ 'a' | indent(1000000000) }}",
        "{{ '%999999999d' | format(1) }}",
        "{{ list(range(100000000)) | join('x') }}",
        "{% set ns = namespace(x='aaaaaaaa') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}{{ ns.x }}",
    ] {
        assert!(render(format).is_err(), "{format}");
    }
}

#[test]
fn ten_thousand_names_take_a_moment() {
    let role = role();
    let template =
        ProfileTemplate::parse("{{ FirstItem .AccountName (nospace .AccountAlias) }}:{{ .RoleName }}").unwrap();
    let start = Instant::now();
    for _ in 0..10_000 {
        template.render(&ProfileFields::of(&role)).unwrap();
    }
    // The budget is 100 ms for an optimised program; this one is not, and the machine may be busy.
    assert!(start.elapsed().as_secs() < 4, "{:?}", start.elapsed());
}

#[test]
fn a_name_is_a_line_of_visible_text() {
    assert_eq!(check_name("my account:Admin"), Ok(()));
    for name in ["", "  ", "a\nb", "a\0", "a\u{1b}[1m", "a\u{85}b"] {
        assert!(check_name(name).is_err(), "{name:?}");
    }
}
