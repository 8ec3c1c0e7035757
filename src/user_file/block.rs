//! A block of lines between two markers, in a text that is otherwise somebody else's: pure functions on
//! bytes, for nobody promised that the text is UTF-8.
//!
//! [`uninstall`] undoes [`install`] to the byte. Where that takes more than the text shows, the block
//! remembers it in a comment of its own.

use std::fmt;
use std::ops::Range;

/// The two comment lines that enclose a block.
#[derive(Debug, Clone, Copy)]
pub struct Markers<'a> {
    /// The line above the block.
    pub begin: &'a str,
    /// The line below it.
    pub end: &'a str,
}

/// Markers that do not make one block: whoever guessed what lies between them would delete what is the
/// person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// A first marker whose last one is missing.
    Unclosed(usize),
    /// A last marker without a first one.
    Unopened(usize),
    /// A second block.
    Second(usize),
}

impl Damage {
    /// The line of the marker in question, from 1.
    pub fn line(self) -> usize {
        match self {
            Self::Unclosed(line) | Self::Unopened(line) | Self::Second(line) => line,
        }
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unclosed(_) => "a block begins here that has no end: put the line back that ends it, or remove the block, then run this again",
            Self::Unopened(_) => "a block ends here that has no beginning: put the line back that begins it, or remove this one, then run this again",
            Self::Second(_) => "a second block begins here: remove one of the two, then run this again",
        })
    }
}

/// Where a block is.
struct Block {
    line: usize,
    /// Markers included, and the line break of the last one.
    whole: Range<usize>,
    inner: Range<usize>,
}

/// There was no file.
const NO_FILE: &str = "# (this file was made for these lines)";
/// The text ended without a line break.
const NO_LINE_BREAK: &str = "# (the text above ended without a line break)";
/// The text ended with a blank line of its own.
const BLANK_LINE: &str = "# (the blank line above was there before)";

/// The block that holds `lines`, as it stands in a file of its own.
pub fn render(markers: Markers<'_>, lines: &str) -> String {
    format!("{}\n{}\n{}\n", markers.begin, lines.trim_end_matches('\n'), markers.end)
}

/// `text` (none: there is no file) with `lines` as its block: in the place of the one that is there, else
/// at the end, after a blank line. Line ends are those of the text.
pub fn install(text: Option<&[u8]>, markers: Markers<'_>, lines: &str) -> Result<Vec<u8>, Damage> {
    let old = text.unwrap_or_default();
    let Some(block) = find(old, markers)? else { return Ok(append(text, markers, lines)) };
    let note = note(&old[block.inner.clone()]);
    let mut new = old[..block.inner.start].to_vec();
    push_lines(&mut new, line_break_before(old, block.inner.start), note.into_iter().chain(lines.lines()));
    new.extend(&old[block.inner.end..]);
    Ok(new)
}

fn append(text: Option<&[u8]>, markers: Markers<'_>, lines: &str) -> Vec<u8> {
    let old = text.unwrap_or_default();
    let line_break = line_break_before(old, old.len());
    let mut new = old.to_vec();
    let note = match text {
        None => Some(NO_FILE),
        Some(b"") => None,
        Some(_) if !old.ends_with(b"\n") => {
            new.extend(line_break.repeat(2));
            Some(NO_LINE_BREAK)
        }
        Some(_) if ends_with_blank_line(old) => Some(BLANK_LINE),
        Some(_) => {
            new.extend(line_break);
            None
        }
    };
    let block = [markers.begin].into_iter().chain(note).chain(lines.lines()).chain([markers.end]);
    push_lines(&mut new, line_break, block);
    new
}

/// `text` as it was before [`install`]; none if there was no file then and nothing else has come into it.
/// Without a block, it is `text` itself.
pub fn uninstall(text: &[u8], markers: Markers<'_>) -> Result<Option<Vec<u8>>, Damage> {
    let Some(block) = find(text, markers)? else { return Ok(Some(text.to_vec())) };
    let line_break = line_break_before(text, block.inner.start);
    let note = note(&text[block.inner.clone()]);
    let (mut before, after) = (&text[..block.whole.start], &text[block.whole.end..]);
    if matches!(note, None | Some(NO_LINE_BREAK)) {
        // The person may have taken the blank line away, or moved the block.
        let without = before.strip_suffix(line_break).filter(|rest| rest.is_empty() || rest.ends_with(b"\n"));
        before = without.unwrap_or(before);
        // Text that came after the block must not run into the line above it.
        if note == Some(NO_LINE_BREAK) && without.is_some() && after.is_empty() {
            before = before.strip_suffix(line_break).unwrap_or(before);
        }
    }
    let rest = [before, after].concat();
    Ok((note != Some(NO_FILE) || !rest.is_empty()).then_some(rest))
}

/// `text` without any block between these markers: for blocks that others wrote, of which there may be
/// several.
pub fn strip(text: &[u8], markers: Markers<'_>) -> Result<Vec<u8>, Damage> {
    let (mut rest, mut kept_to) = (Vec::with_capacity(text.len()), 0);
    for block in find_all(text, markers)? {
        rest.extend(&text[kept_to..block.whole.start]);
        kept_to = block.whole.end;
    }
    rest.extend(&text[kept_to..]);
    Ok(rest)
}

/// What is between these markers, a piece for each block, without what a block remembers.
pub fn contents<'a>(text: &'a [u8], markers: Markers<'_>) -> Result<Vec<&'a [u8]>, Damage> {
    let content = |block: Block| {
        let inner = &text[block.inner];
        let first = inner.iter().position(|byte| *byte == b'\n').map_or(inner.len(), |end| end + 1);
        if note(inner).is_some() { &inner[first..] } else { inner }
    };
    Ok(find_all(text, markers)?.into_iter().map(content).collect())
}

/// `text` with every block between these markers emptied, line for line: what is left has the lines that it had.
pub fn blanked(text: &[u8], markers: Markers<'_>) -> Result<Vec<u8>, Damage> {
    let (mut rest, mut kept_to) = (Vec::with_capacity(text.len()), 0);
    for block in find_all(text, markers)? {
        rest.extend(&text[kept_to..block.whole.start]);
        rest.extend(text[block.whole.clone()].iter().filter(|byte| **byte == b'\n'));
        kept_to = block.whole.end;
    }
    rest.extend(&text[kept_to..]);
    Ok(rest)
}

/// Whether nothing comes after the block.
pub fn is_last(text: &[u8], markers: Markers<'_>) -> Result<bool, Damage> {
    Ok(find(text, markers)?.is_some_and(|block| block.whole.end == text.len()))
}

fn find(text: &[u8], markers: Markers<'_>) -> Result<Option<Block>, Damage> {
    let mut blocks = find_all(text, markers)?;
    match blocks.get(1) {
        Some(second) => Err(Damage::Second(second.line)),
        None => Ok(blocks.pop()),
    }
}

fn find_all(text: &[u8], markers: Markers<'_>) -> Result<Vec<Block>, Damage> {
    let mut blocks = Vec::new();
    // Line and offset of a marker that waits for the other one, and where the line below it starts.
    let mut open: Option<(usize, usize, usize)> = None;
    // Windows' editors put a byte order mark in front of the first line.
    let mut at = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    for (number, line) in (1..).zip(text[at..].split_inclusive(|byte| *byte == b'\n')) {
        let next = at + line.len();
        let word = line.trim_ascii();
        if word == markers.begin.as_bytes() {
            if let Some((first, ..)) = open {
                return Err(Damage::Unclosed(first));
            }
            open = Some((number, at, next));
        } else if word == markers.end.as_bytes() {
            let (line, start, inner) = open.take().ok_or(Damage::Unopened(number))?;
            blocks.push(Block { line, whole: start..next, inner: inner..at });
        }
        at = next;
    }
    match open {
        Some((line, ..)) => Err(Damage::Unclosed(line)),
        None => Ok(blocks),
    }
}

/// What a block remembers of the text that it was put into.
fn note(inner: &[u8]) -> Option<&'static str> {
    let first = inner.split(|byte| *byte == b'\n').next()?.trim_ascii();
    [NO_FILE, NO_LINE_BREAK, BLANK_LINE].into_iter().find(|note| note.as_bytes() == first)
}

/// The kind of the last line break before an offset; a text without any gets `\n`.
fn line_break_before(text: &[u8], offset: usize) -> &'static [u8] {
    let last = text[..offset].iter().rposition(|byte| *byte == b'\n');
    if last.is_some_and(|at| text[..at].ends_with(b"\r")) { b"\r\n" } else { b"\n" }
}

fn ends_with_blank_line(text: &[u8]) -> bool {
    let Some(text) = text.strip_suffix(b"\n") else { return false };
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    text.is_empty() || text.ends_with(b"\n")
}

fn push_lines<'a>(text: &mut Vec<u8>, line_break: &[u8], lines: impl Iterator<Item = &'a str>) {
    for line in lines {
        text.extend(line.as_bytes());
        text.extend(line_break);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OURS: Markers<'_> = Markers { begin: "# >>> x >>>", end: "# <<< x <<<" };

    #[test]
    fn a_block_goes_to_the_end_after_one_blank_line() {
        let block = "# >>> x >>>\nline\n# <<< x <<<\n";
        let noted = |note: &str| format!("# >>> x >>>\n{note}\nline\n# <<< x <<<\n");
        for (before, after) in [
            (None, noted(NO_FILE)),
            (Some(""), block.to_owned()),
            (Some("a\n"), format!("a\n\n{block}")),
            (Some("a"), format!("a\n\n{}", noted(NO_LINE_BREAK))),
            (Some("a\n\n"), format!("a\n\n{}", noted(BLANK_LINE))),
            (Some("\n"), format!("\n{}", noted(BLANK_LINE))),
            (Some("a\r\n"), format!("a\n\n{block}").replace('\n', "\r\n")),
            (Some("a\r\n\r\n"), format!("a\n\n{}", noted(BLANK_LINE)).replace('\n', "\r\n")),
        ] {
            let installed = install(before.map(str::as_bytes), OURS, "line").unwrap();
            assert_eq!(String::from_utf8(installed).unwrap(), after, "{before:?}");
        }
    }

    #[test]
    fn a_block_is_replaced_where_it_is() {
        for (before, after) in [
            ("a\n# >>> x >>>\nold\nolder\n# <<< x <<<\nb", "a\n# >>> x >>>\nnew\n# <<< x <<<\nb"),
            ("# >>> x >>>\r\n# <<< x <<<", "# >>> x >>>\r\nnew\r\n# <<< x <<<"),
            (
                "if true\n\t# >>> x >>> \n\told\n\t# <<< x <<<\nfi\n",
                "if true\n\t# >>> x >>> \nnew\n\t# <<< x <<<\nfi\n",
            ),
            ("\u{feff}# >>> x >>>\nold\n# <<< x <<<\n", "\u{feff}# >>> x >>>\nnew\n# <<< x <<<\n"),
        ] {
            let installed = install(Some(before.as_bytes()), OURS, "new").unwrap();
            assert_eq!(String::from_utf8(installed).unwrap(), after);
        }
    }

    #[test]
    fn text_that_came_later_stays_as_it_is() {
        for (before, between, after, expected) in [
            (Some("a"), "", "b\n", "a\nb\n"),
            (Some("a\n"), "", "b", "a\nb"),
            (Some("a\n"), "b\n", "", "a\n\nb\n"),
            (None, "", "b\n", "b\n"),
            (None, "b\n", "", "b\n"),
        ] {
            let installed = String::from_utf8(install(before.map(str::as_bytes), OURS, "line").unwrap()).unwrap();
            let edited = installed.replace(OURS.begin, &format!("{between}{}", OURS.begin)) + after;
            let rest = uninstall(edited.as_bytes(), OURS).unwrap().expect("a file");
            assert_eq!(String::from_utf8(rest).unwrap(), expected, "{edited:?}");
        }
    }

    #[test]
    fn markers_that_make_no_block_are_refused() {
        for (text, damage) in [
            ("a\n# >>> x >>>\nb\n", Damage::Unclosed(2)),
            ("# <<< x <<<\n# >>> x >>>\n", Damage::Unopened(1)),
            ("# >>> x >>>\n# >>> x >>>\n# <<< x <<<\n", Damage::Unclosed(1)),
            ("# >>> x >>>\n# <<< x <<<\n\n# >>> x >>>\n# <<< x <<<\n", Damage::Second(4)),
        ] {
            assert_eq!(install(Some(text.as_bytes()), OURS, "line"), Err(damage));
            assert_eq!(uninstall(text.as_bytes(), OURS), Err(damage));
        }
    }

    #[test]
    fn every_block_of_others_is_stripped() {
        let text = b"a\r\n# >>> x >>>\r\nb\r\n# <<< x <<<\r\nc\n# >>> x >>>\n# <<< x <<<";
        assert_eq!(strip(text, OURS).unwrap(), b"a\r\nc\n");
        assert_eq!(strip(b"a\n# >>> x >>>\nb", OURS), Err(Damage::Unclosed(2)));
    }

    #[test]
    fn what_a_block_holds_is_found_and_blanked_line_for_line() {
        let text =
            b"a\n# >>> x >>>\n# (this file was made for these lines)\r\nb\n# <<< x <<<\nc\n# >>> x >>>\n# <<< x <<<";
        assert_eq!(contents(text, OURS).unwrap(), [&b"b\n"[..], b""]);
        assert_eq!(blanked(text, OURS).unwrap(), b"a\n\n\n\n\nc\n\n");
        assert_eq!(blanked(b"a\n# <<< x <<<", OURS), Err(Damage::Unopened(2)));
        for (text, last) in
            [("# >>> x >>>\n# <<< x <<<\n", true), ("# >>> x >>>\n# <<< x <<<\n\n", false), ("a", false)]
        {
            assert_eq!(is_last(text.as_bytes(), OURS), Ok(last), "{text:?}");
        }
    }

    /// Bytes of all kinds, most of them those that matter here.
    fn text() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just(b"\n".to_vec()),
            Just(b"\r\n".to_vec()),
            Just(b"\r".to_vec()),
            Just(b"# >>> x >>>".to_vec()),
            Just(b"# <<< x <<<".to_vec()),
            Just(NO_LINE_BREAK.as_bytes().to_vec()),
            Just(b"\xef\xbb\xbf".to_vec()),
            prop::collection::vec(any::<u8>(), 0..4),
        ];
        prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
    }

    fn unmarked() -> impl Strategy<Value = Vec<u8>> {
        text().prop_filter("markers", |text| find_all(text, OURS).is_ok_and(|blocks| blocks.is_empty()))
    }

    proptest! {
        #[test]
        fn uninstall_undoes_install_to_the_byte(text in prop::option::of(unmarked()), lines in "[ -~]{0,9}(\n[ -~]{0,9})?") {
            let installed = install(text.as_deref(), OURS, &lines).unwrap();
            prop_assert!(installed.starts_with(text.as_deref().unwrap_or_default()), "only appended");
            prop_assert_eq!(&install(Some(&installed), OURS, &lines).unwrap(), &installed, "twice is once");
            let other = install(Some(&installed), OURS, "other").unwrap();
            prop_assert_eq!(uninstall(&installed, OURS).unwrap(), text.clone());
            prop_assert_eq!(uninstall(&other, OURS).unwrap(), text);
        }

        #[test]
        fn nothing_outside_of_the_block_is_touched(before in text(), after in text(), inner in text(), lines in "[a-z]{0,9}") {
            let around = [&before[..], b"\n# >>> x >>>\nx", &inner, b"\n# <<< x <<<\n", &after].concat();
            if let Ok(new) = install(Some(&around), OURS, &lines) {
                prop_assert!(new.starts_with(&before) && new.ends_with(&after));
                let rest = uninstall(&around, OURS).unwrap().unwrap_or_default();
                prop_assert!(rest.starts_with(&before) && rest.ends_with(&after));
            }
        }
    }
}
