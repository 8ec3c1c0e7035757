//! Values as source text of a shell.
//!
//! What [`Shell::set`] and [`Shell::unset`] give may be read by `eval "$(…)"` and by `eval $(…)`, whose
//! text the shell splits at white space, expands as file names, and joins again with single spaces. So
//! wherever a shell has escapes for it, the text is plain ASCII with no white space inside of a value,
//! no pattern character and no quote but our own. The same text works in any locale.

use std::fmt::Write as _;

use crate::environment::Change;

use super::Shell;

/// Whether `name` can be a variable in every shell: `[A-Za-z_][A-Za-z0-9_]*`.
pub fn is_variable_name(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

impl Shell {
    /// `value` as one word, which the shell reads as just that value.
    ///
    /// No environment variable can hold a NUL, and no shell has a way to write one: it is left out.
    /// For [`Shell::Posix`], which has no escapes, a value with line breaks, runs of white space or
    /// pattern characters is exact only where the text is not split: in `eval "$(…)"`, not in
    /// `eval $(…)`.
    pub fn quote(self, value: &str) -> String {
        let without_nul;
        let value = if value.contains('\0') {
            without_nul = value.replace('\0', "");
            &without_nul
        } else {
            value
        };
        match self {
            Self::Bash | Self::Zsh => ansi_c(value),
            Self::Fish => fish(value),
            Self::PowerShell => power_shell(value),
            Self::Posix => posix(value),
            Self::Xonsh => xonsh(value),
        }
    }

    /// A complete statement that sets and exports the variable `name`, which is a name by
    /// [`is_variable_name`].
    ///
    /// PowerShell takes an empty value as the wish to remove the variable.
    pub fn set(self, name: &str, value: &str) -> String {
        debug_assert!(is_variable_name(name), "{name}");
        let value = self.quote(value);
        match self {
            Self::Bash | Self::Zsh | Self::Posix => format!("export {name}={value};"),
            Self::Fish => format!("set -gx {name} {value};"),
            Self::PowerShell => format!("$Env:{name} = {value};"),
            Self::Xonsh => format!("${name} = {value};"),
        }
    }

    /// A complete statement that gives a variable of the shell's own a value: no child sees it.
    pub fn assign(self, name: &str, value: &str) -> String {
        debug_assert!(is_variable_name(name), "{name}");
        let value = self.quote(value);
        match self {
            Self::Bash | Self::Zsh | Self::Posix => format!("{name}={value};"),
            Self::Fish => format!("set -g {name} {value};"),
            Self::PowerShell => format!("$global:{name} = {value};"),
            Self::Xonsh => format!("{name} = {value};"),
        }
    }

    /// A complete statement that prints `text` on the shell's standard output.
    pub fn print(self, text: &str) -> String {
        let text = self.quote(text);
        match self {
            Self::Bash | Self::Zsh => format!(r"\builtin printf '%s\n' {text};"),
            Self::Fish => format!(r"builtin printf '%s\n' {text};"),
            Self::Posix => format!(r"printf '%s\n' {text};"),
            Self::PowerShell => format!(r"Microsoft.PowerShell.Utility\Write-Output {text};"),
            Self::Xonsh => format!("print({text});"),
        }
    }

    /// A complete statement that prints `text` on the shell's standard error.
    pub fn complain(self, text: &str) -> String {
        match self {
            Self::PowerShell => format!("[Console]::Error.WriteLine({});", self.quote(text)),
            Self::Xonsh => format!("print({}, file=__import__('sys').stderr);", self.quote(text)),
            _ => self.print(text).trim_end_matches(';').to_owned() + " >&2;",
        }
    }

    /// The statements that make `changes`, a line each.
    pub fn statements(self, changes: &[Change]) -> String {
        let statement = |change: &Change| match change.value() {
            Some(value) => self.set(&change.name, value),
            None => self.unset(&change.name),
        };
        changes.iter().map(|change| statement(change) + "\n").collect()
    }

    /// The same for the suite's own scripts, in whose way no alias and no function named `export` may be.
    pub fn guarded_statements(self, changes: &[Change]) -> String {
        let guard = if matches!(self, Self::Bash | Self::Zsh) { "\\builtin " } else { "" };
        changes.iter().map(|change| guard.to_owned() + &self.statements(std::slice::from_ref(change))).collect()
    }

    /// A complete statement that removes the variable `name`, silent where there is none.
    pub fn unset(self, name: &str) -> String {
        debug_assert!(is_variable_name(name), "{name}");
        match self {
            Self::Bash | Self::Zsh | Self::Posix => format!("unset {name};"),
            // Only the scope that `set` writes to: a bare `set -e` would take a function's local
            // variable or, without a global one, the universal one of all sessions.
            Self::Fish => format!("set -e -g {name};"),
            Self::PowerShell => format!("Remove-Item Env:\\{name} -ErrorAction SilentlyContinue;"),
            Self::Xonsh => format!("${{...}}.pop('{name}', None);"),
        }
    }
}

/// What means itself in every shell, anywhere in a word. Not among them, for one reason each: `=`
/// (zsh's `=command`), `~` (home directories, also after a `:`), `%` (fish's `%self`), `{` and `^`.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-./:@+,".contains(&byte)
}

/// For bash and zsh: `$'…'` with everything else as `\xNN`, byte by byte.
fn ansi_c(value: &str) -> String {
    if value.is_empty() {
        return "''".to_owned();
    }
    if value.bytes().all(is_plain) {
        return value.to_owned();
    }
    let mut quoted = String::from("$'");
    for byte in value.bytes() {
        push_escaped(&mut quoted, byte, "\\x");
    }
    quoted.push('\'');
    quoted
}

/// For fish: escapes outside of quotes, `\X` for any byte.
fn fish(value: &str) -> String {
    if value.is_empty() {
        return "''".to_owned();
    }
    let mut quoted = String::with_capacity(value.len());
    for byte in value.bytes() {
        push_escaped(&mut quoted, byte, "\\X");
    }
    quoted
}

fn push_escaped(quoted: &mut String, byte: u8, escape: &str) {
    if is_plain(byte) {
        quoted.push(byte.into());
    } else {
        let _ = write!(quoted, "{escape}{byte:02x}");
    }
}

/// For any shell of the family: single quotes, in which nothing but their end has a meaning.
fn posix(value: &str) -> String {
    if !value.is_empty() && value.bytes().all(is_plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', r"'\''"))
}

/// For PowerShell: a literal string, with line breaks, other control characters and all that is not
/// ASCII as `[char]` in between. PowerShell decodes what a program prints by the console's code page,
/// and takes the typographic quotes U+2018 to U+201B for `'`; neither can happen to ASCII.
fn power_shell(value: &str) -> String {
    let mut quoted = String::from("'");
    let mut is_expression = false;
    for unit in value.encode_utf16() {
        match u8::try_from(unit) {
            Ok(b'\'') => quoted.push_str("''"),
            Ok(byte) if byte == b' ' || byte.is_ascii_graphic() => quoted.push(byte.into()),
            _ => {
                let _ = write!(quoted, "'+[char]{unit}+'");
                is_expression = true;
            }
        }
    }
    quoted.push('\'');
    if is_expression { format!("({quoted})") } else { quoted }
}

/// For xonsh: a string literal of Python in ASCII.
fn xonsh(value: &str) -> String {
    let mut quoted = String::from("'");
    for c in value.chars() {
        match c {
            ' ' => quoted.push(' '),
            c if c.is_ascii_graphic() && !matches!(c, '\'' | '\\') => quoted.push(c),
            c => {
                let _ = write!(quoted, "\\U{:08x}", u32::from(c));
            }
        }
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SHELLS: [Shell; 6] = [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell, Shell::Posix, Shell::Xonsh];

    #[track_caller]
    fn assert_quotes(shell: Shell, table: &[(&str, &str)]) {
        for (value, quoted) in table {
            assert_eq!(shell.quote(value), *quoted, "{value:?}");
        }
    }

    #[test]
    fn bash_and_zsh_get_escapes() {
        for shell in [Shell::Bash, Shell::Zsh] {
            assert_quotes(
                shell,
                &[
                    ("", "''"),
                    ("arn:aws:iam::000000000001:role/A+b@c,d.e-f_g", "arn:aws:iam::000000000001:role/A+b@c,d.e-f_g"),
                    ("a b", r"$'a\x20b'"),
                    ("it's $HOME", r"$'it\x27s\x20\x24HOME'"),
                    ("\u{e9}\n", r"$'\xc3\xa9\x0a'"),
                    ("a\0b", "ab"),
                ],
            );
            assert_eq!(shell.set("A", "x;y"), r"export A=$'x\x3by';");
            assert_eq!(shell.unset("A"), "unset A;");
            assert_eq!(shell.assign("a", "x;y"), r"a=$'x\x3by';");
            let changes = [Change::set("A", "x;y"), Change::unset("B")];
            assert_eq!(shell.guarded_statements(&changes), "\\builtin export A=$'x\\x3by';\n\\builtin unset B;\n");
        }
        assert_eq!(Shell::Fish.assign("a", "b c"), r"set -g a b\X20c;");
        assert_eq!(Shell::PowerShell.assign("a", "b c"), "$global:a = 'b c';");
    }

    #[test]
    fn fish_gets_its_own_escapes() {
        assert_quotes(Shell::Fish, &[("", "''"), ("a b", r"a\X20b"), ("\\'\u{e9}", r"\X5c\X27\Xc3\Xa9")]);
        assert_eq!(Shell::Fish.set("A", ""), "set -gx A '';");
        assert_eq!(Shell::Fish.unset("A"), "set -e -g A;");
    }

    #[test]
    fn posix_shells_get_single_quotes() {
        assert_quotes(Shell::Posix, &[("", "''"), ("a", "a"), ("it's $x", r"'it'\''s $x'"), ("\n", "'\n'")]);
    }

    #[test]
    fn power_shell_gets_ascii_and_no_second_quote() {
        assert_quotes(
            Shell::PowerShell,
            &[
                ("", "''"),
                ("it's $x `n", "'it''s $x `n'"),
                ("a\nb", "('a'+[char]10+'b')"),
                ("\u{2019}; x", "(''+[char]8217+'; x')"),
                ("\u{1f600}", "(''+[char]55357+''+[char]56832+'')"),
            ],
        );
        assert_eq!(Shell::PowerShell.set("A", "b"), "$Env:A = 'b';");
        assert_eq!(Shell::PowerShell.unset("A"), r"Remove-Item Env:\A -ErrorAction SilentlyContinue;");
    }

    #[test]
    fn xonsh_gets_a_python_string() {
        assert_quotes(Shell::Xonsh, &[("it's \\", r"'it\U00000027s \U0000005c'"), ("\n", r"'\U0000000a'")]);
        assert_eq!(Shell::Xonsh.set("A", "b"), "$A = 'b';");
        assert_eq!(Shell::Xonsh.unset("A"), "${...}.pop('A', None);");
    }

    #[test]
    fn variables_have_names_that_every_shell_allows() {
        for (name, valid) in
            [("A", true), ("_a1", true), ("", false), ("1a", false), ("a-b", false), ("a b", false), ("é", false)]
        {
            assert_eq!(is_variable_name(name), valid, "{name}");
        }
    }

    proptest! {
        #[test]
        fn a_statement_survives_splitting_and_joining(value in "(?s).*") {
            for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
                let statement = shell.set("A", &value);
                let joined = statement.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
                prop_assert_eq!(&joined, &statement);
                let expands = statement.contains(['*', '?', '[', ']', '!', '{', '}', '~', '"', '`']);
                prop_assert!(!expands, "{}", statement);
            }
        }

        #[test]
        fn every_statement_is_one_line_of_ascii_but_for_posix(value in "(?s).*") {
            for shell in SHELLS.into_iter().filter(|shell| *shell != Shell::Posix) {
                let statement = shell.set("A", &value);
                prop_assert!(statement.bytes().all(|b| b == b' ' || b.is_ascii_graphic()), "{}", statement);
            }
        }
    }
}
