//! A bash command line that is being completed: which words it has, and how a candidate must be written
//! for readline to put it in the place of what was typed.
//!
//! bash hands its own split of the line (`COMP_WORDS`) over, but that is split at every character of
//! `COMP_WORDBREAKS`, `:` and `=` among them, and says nothing of open quotes. So the line itself is read.

/// The quote that is open at the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quote {
    None,
    Single,
    Double,
    /// `$'…'`
    Escapes,
}

impl Quote {
    /// What closes it.
    fn character(self) -> Option<char> {
        match self {
            Self::None => None,
            Self::Single | Self::Escapes => Some('\''),
            Self::Double => Some('"'),
        }
    }
}

/// A command line up to the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BashLine {
    /// The words as the command will see them; the last one is the one at the cursor, maybe empty.
    pub words: Vec<String>,
    quote: Quote,
    /// How many bytes of the last word's value stand before what readline replaces.
    kept: usize,
}

impl BashLine {
    /// Reads `text`, the line up to the cursor. `breaks` is `COMP_WORDBREAKS`: readline replaces what
    /// comes after the last of these characters that is not quoted, or after the open quote.
    pub fn read(text: &str, breaks: &str) -> Self {
        let mut reader = Reader { breaks, words: Vec::new(), word: None, kept: 0, quote: Quote::None };
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match reader.quote {
                Quote::None => reader.unquoted(c, &mut chars),
                quote if quote.character() == Some(c) => reader.close(c),
                Quote::Double if c == '\\' => match chars.next() {
                    Some(c) if "$`\"\\".contains(c) => reader.push(c),
                    Some('\n') => {}
                    Some(c) => {
                        reader.push('\\');
                        reader.push(c);
                    }
                    None => reader.push('\\'),
                },
                Quote::Escapes if c == '\\' => reader.push(chars.next().unwrap_or('\\')),
                Quote::Single | Quote::Double | Quote::Escapes => reader.push(c),
            }
        }
        let Reader { mut words, word, kept, quote, .. } = reader;
        words.push(word.unwrap_or_default());
        Self { words, quote, kept }
    }

    /// What readline is to insert for the `candidates`, which are values of the last word.
    ///
    /// With several candidates readline inserts what they have in common. Where they match in the middle
    /// of a name, that would destroy what was typed; they are then only good for a list (`listing`: the
    /// second TAB, `COMP_TYPE` 63, or menu completion, 37).
    pub fn replies(&self, candidates: &[String], listing: bool) -> Vec<String> {
        let typed = self.words.last().map_or("", String::as_str);
        let Some(kept) = typed.get(..self.kept) else { return Vec::new() };
        let rests: Vec<&str> = candidates.iter().filter_map(|candidate| candidate.strip_prefix(kept)).collect();
        let inner = rests.iter().any(|rest| !rest.starts_with(&typed[kept.len()..]));
        if inner && rests.len() > 1 && !listing && !common(&rests).is_empty() {
            return Vec::new();
        }
        let mut quoted: Vec<String> = rests.iter().map(|rest| self.quoted(rest, kept.is_empty())).collect();
        // Readline closes the quote for a word that is complete, but not where the quote seems to be there.
        if let ([only], Some(quote)) = (quoted.as_mut_slice(), self.quote.character())
            && only.ends_with(quote)
        {
            only.push(quote);
        }
        let cut = common(&quoted);
        // What they have in common must not end within an escape.
        let dangling = cut.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1;
        if self.quote == Quote::None && quoted.len() > 1 && dangling {
            return rests.iter().map(|rest| format!("'{}'", rest.replace('\'', r"'\''"))).collect();
        }
        quoted
    }

    /// `text` as it must stand where the cursor is.
    fn quoted(&self, text: &str, starts_word: bool) -> String {
        let mut quoted = String::with_capacity(text.len());
        for (at, c) in text.chars().enumerate() {
            match (self.quote, c) {
                (Quote::None, '~') if at == 0 && starts_word => quoted.push_str("\\~"),
                (Quote::None, c) if c.is_ascii() && !c.is_ascii_alphanumeric() && !"_-./:=@%+,^~".contains(c) => {
                    quoted.extend(['\\', c]);
                }
                (Quote::Double, '"' | '\\' | '$' | '`') | (Quote::Escapes, '\'' | '\\') => quoted.extend(['\\', c]),
                // History expansion knows no escape inside of double quotes.
                (Quote::Double, '!') => quoted.push_str("\"\\!\""),
                (Quote::Single, '\'') => quoted.push_str(r"'\''"),
                (_, c) => quoted.push(c),
            }
        }
        quoted
    }
}

/// The state of [`BashLine::read`].
struct Reader<'a> {
    breaks: &'a str,
    words: Vec<String>,
    word: Option<String>,
    kept: usize,
    quote: Quote,
}

impl Reader<'_> {
    fn unquoted(&mut self, c: char, chars: &mut std::iter::Peekable<std::str::Chars<'_>>) {
        match c {
            '\\' => match chars.next() {
                Some('\n') => {}
                Some(c) => self.push(c),
                None => self.push('\\'),
            },
            '\'' => self.open(Quote::Single),
            '"' => self.open(Quote::Double),
            '$' if chars.peek() == Some(&'\'') => {
                chars.next();
                self.open(Quote::Escapes);
            }
            c if c.is_ascii_whitespace() => self.end_word(),
            // Another command starts; what came before is not ours.
            ';' | '|' | '&' | '(' | '\n' | '`' => {
                self.end_word();
                self.words.clear();
            }
            // The file of a redirection is no argument; that one word too many is read there does no harm.
            '<' | '>' => self.end_word(),
            c => {
                self.push(c);
                self.note_break(c);
            }
        }
    }

    fn push(&mut self, c: char) {
        self.word.get_or_insert_default().push(c);
    }

    /// Readline replaces what comes after an open quote.
    fn open(&mut self, quote: Quote) {
        self.quote = quote;
        self.kept = self.word.get_or_insert_default().len();
    }

    fn close(&mut self, quote: char) {
        self.quote = Quote::None;
        self.note_break(quote);
    }

    fn note_break(&mut self, c: char) {
        if self.breaks.contains(c) {
            self.kept = self.word.as_ref().map_or(0, String::len);
        }
    }

    fn end_word(&mut self) {
        self.words.extend(self.word.take());
        self.kept = 0;
    }
}

/// The beginning that all texts share.
fn common<T: AsRef<str>>(texts: &[T]) -> &str {
    let Some(first) = texts.first().map(AsRef::as_ref) else { return "" };
    let shared = texts.iter().fold(first.len(), |shared, text| {
        let pairs = first.char_indices().zip(text.as_ref().chars());
        let differs = pairs.clone().find(|((_, a), b)| a != b).map(|((at, _), _)| at);
        shared.min(differs.unwrap_or_else(|| first.len().min(text.as_ref().len())))
    });
    &first[..shared]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BREAKS: &str = " \t\n\"'@><=;|&(:";

    fn words(text: &str) -> Vec<String> {
        BashLine::read(text, BREAKS).words
    }

    #[test]
    fn a_line_has_the_words_that_the_command_will_see() {
        for (text, expected) in [
            ("aws-sso ", &["aws-sso", ""][..]),
            ("aws-sso ex", &["aws-sso", "ex"]),
            ("aws-sso exec -p 12:Ad", &["aws-sso", "exec", "-p", "12:Ad"]),
            (r"x data\ pl", &["x", "data pl"]),
            (r#"x "data pl"#, &["x", "data pl"]),
            (r#"x "a\"b\x$"#, &["x", "a\"b\\x$"]),
            ("x 'a b' ", &["x", "a b", ""]),
            ("x '' y", &["x", "", "y"]),
            (r"x $'a\'b", &["x", "a'b"]),
            (r#"x pre"mid"'end'"#, &["x", "premidend"]),
            ("echo a; aws-sso li", &["aws-sso", "li"]),
            ("(aws-sso li", &["aws-sso", "li"]),
            ("x a\\", &["x", "a\\"]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    fn replies(text: &str, breaks: &str, candidates: &[&str], listing: bool) -> Vec<String> {
        let candidates: Vec<String> = candidates.iter().map(|text| (*text).to_owned()).collect();
        BashLine::read(text, breaks).replies(&candidates, listing)
    }

    #[test]
    fn a_reply_takes_the_place_of_what_readline_replaces() {
        for (text, breaks, candidate, expected) in [
            ("x 12", BREAKS, "123:Admin", "123:Admin"),
            ("x 123:A", BREAKS, "123:Admin", "Admin"),
            ("x 123:A", " \t\n", "123:Admin", "123:Admin"),
            ("x --profile=123:A", BREAKS, "--profile=123:Admin", "Admin"),
            ("x --profile=A", " ", "--profile=Admin", "--profile=Admin"),
            (r"x 123\:A", BREAKS, "123:Admin", "123:Admin"),
            (r"x data\ p", BREAKS, "data platform:Read Only", r"data\ platform:Read\ Only"),
            (r#"x "data p"#, BREAKS, "data platform:Read", "data platform:Read"),
            (r#"x "data:p"#, BREAKS, "data:pl $(x)!", r#"data:pl \$(x)"\!"""#),
            ("x 'it", BREAKS, "it's", r"it'\''s"),
            (r"x it\'", BREAKS, "it's", r"it\'s"),
            ("x 'it", BREAKS, "it'", r"it'\'''"),
            (r#"x "say"#, BREAKS, "say \"so\"", r#"say \"so\"""#),
            (r#"x "hi"#, BREAKS, "hi!", r#"hi"\!"""#),
            (r#"x "12":A"#, BREAKS, "12:Admin", "Admin"),
            (r#"x "12""#, BREAKS, "12:Admin", ":Admin"),
            ("x $'a", BREAKS, "a'b", r"a\'b"),
            ("x ", BREAKS, "~root", r"\~root"),
            ("x ", BREAKS, "données", "données"),
            ("x admin", BREAKS, "123:admin", "123:admin"),
        ] {
            assert_eq!(replies(text, breaks, &[candidate], false), [expected], "{text}");
        }
    }

    #[test]
    fn matches_inside_of_names_never_destroy_what_was_typed() {
        let both = ["pay:admin", "payroll:admin"];
        assert_eq!(replies("x admin", " ", &both, false), Vec::<String>::new());
        assert_eq!(replies("x admin", " ", &both, true), both);
        assert_eq!(replies("x admin", " ", &["pay:admin", "x:admin"], false), ["pay:admin", "x:admin"]);
        assert_eq!(replies("x 1:ad", BREAKS, &["2:admin"], true), Vec::<String>::new(), "the part before stays");
    }

    #[test]
    fn what_candidates_share_does_not_end_within_an_escape() {
        assert_eq!(replies("x a", BREAKS, &["a b", "a(c"], false), ["'a b'", "'a(c'"]);
        assert_eq!(replies("x a", BREAKS, &["a b", "a c"], false), [r"a\ b", r"a\ c"]);
    }

    proptest! {
        #[test]
        fn no_line_panics(text in "(?s).{0,40}", breaks in "[ -~]{0,12}", candidate in "(?s).{0,20}") {
            let line = BashLine::read(&text, &breaks);
            line.replies(&[candidate.clone(), candidate + "x"], false);
        }

        #[test]
        fn an_inserted_candidate_is_read_back(
            start in "[a-z:= ]{0,6}",
            rest in "[ -~éß]{0,12}",
            opened in prop::sample::select(vec!["", "\"", "'"]),
        ) {
            // What was typed of the word, in the quotes that were opened for it.
            let typed = if opened.is_empty() { start.replace(' ', "\\ ") } else { start.clone() };
            let line = format!("x {opened}{typed}");
            let candidate = format!("{start}{rest}");
            let replies = BashLine::read(&line, BREAKS).replies(std::slice::from_ref(&candidate), false);
            prop_assert_eq!(replies.len(), 1);
            // Readline keeps the line up to the last break, or up to the quote.
            let keep = if opened.is_empty() {
                line.rfind([':', '=']).or_else(|| line.find(' ')).unwrap_or(0) + 1
            } else {
                3
            };
            let closing = if replies[0].ends_with(opened) { "" } else { opened };
            let completed = format!("{}{}{closing}", &line[..keep], replies[0]);
            prop_assert_eq!(&BashLine::read(&completed, BREAKS).words[1], &candidate, "{}", completed);
        }
    }
}
