//! Sections of `~/.aws/credentials`, of which some are ours: pure functions on bytes.

/// A section that is in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conflict {
    /// One that is to be written is there already, and not ours.
    Foreign {
        /// Line of its header, from 1.
        line: usize,
        /// Its name.
        name: String,
    },
    /// One that would be lost.
    Others {
        /// Line of its header, from 1.
        line: usize,
        /// Its name.
        name: String,
    },
    /// Text outside of all sections would be lost: the file may be none of credentials.
    Text {
        /// Its first line, from 1.
        line: usize,
    },
}

struct Section<'a> {
    line: usize,
    name: String,
    /// Blank lines and comments above the header.
    above: &'a [u8],
    /// From the header on.
    text: &'a [u8],
    is_ours: bool,
}

/// `text` without the sections `names`, and, unless `append` keeps them, without anything else. A section with a
/// line that begins with `mark` is ours; no other one is taken out. A comment above a header is the person's, whatever
/// is below it: we write none there.
pub fn without(text: &[u8], names: &[&str], mark: &[u8], append: bool) -> Result<Vec<u8>, Conflict> {
    let (head, sections, tail) = split(text, mark);
    let mut kept = head.to_vec();
    // Where text begins that is of no section.
    let mut outside: Vec<(usize, &[u8])> = vec![(1, head)];
    for Section { line, name, above, text, is_ours } in sections {
        match (append, names.contains(&name.as_str())) {
            (true, true) if !is_ours => return Err(Conflict::Foreign { line, name }),
            (false, _) if !is_ours => return Err(Conflict::Others { line, name }),
            (true, false) => kept.extend([above, text].concat()),
            _ if above.trim_ascii().is_empty() => {}
            _ => kept.extend(above),
        }
        outside.push((line - count_lines(above), above));
    }
    if !append {
        outside.push((count_lines(&text[..text.len() - tail.len()]) + 1, tail));
        let lost = outside.into_iter().find(|(_, part)| !part.trim_ascii().is_empty());
        return match lost {
            Some((line, part)) => {
                let blank = &part[..part.len() - part.trim_ascii_start().len()];
                Err(Conflict::Text { line: line + count_lines(blank) })
            }
            None => Ok(Vec::new()),
        };
    }
    kept.extend(tail);
    kept.truncate(kept.trim_ascii_end().len());
    if !kept.is_empty() {
        kept.push(b'\n');
    }
    Ok(kept)
}

fn count_lines(text: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', text).count()
}

/// What is above the first section, the sections, and what is below the last one.
fn split<'a>(text: &'a [u8], mark: &[u8]) -> (&'a [u8], Vec<Section<'a>>, &'a [u8]) {
    // Line and name of each section, where what is above it begins, where its header does, and where it ends.
    let mut found: Vec<(usize, String, usize, usize, usize)> = Vec::new();
    let (mut at, mut above) = (0, 0);
    for (number, line) in (1..).zip(text.split_inclusive(|byte| *byte == b'\n')) {
        let word = line.trim_ascii();
        let next = at + line.len();
        if let Some(header) = word.strip_prefix(b"[") {
            let name = header.split(|byte| *byte == b']').next().unwrap_or_default().trim_ascii();
            found.push((number, String::from_utf8_lossy(name).into_owned(), above, at, next));
        } else if word.starts_with(mark.trim_ascii()) || !(word.is_empty() || word.starts_with(b"#")) {
            if let Some((.., end)) = found.last_mut() {
                *end = next;
            }
        } else {
            // It may be the comment of the next header.
            at = next;
            continue;
        }
        at = next;
        above = next;
    }
    let head = &text[..found.first().map_or(text.len(), |(_, _, start, ..)| *start)];
    let tail = &text[found.last().map_or(text.len(), |(.., end)| *end)..];
    let sections = found.into_iter().map(|(line, name, start, header, end)| {
        let (above, text) = (&text[start..header], &text[header..end]);
        let is_ours = text.split(|byte| *byte == b'\n').any(|line| line.starts_with(mark));
        Section { line, name, above, text, is_ours }
    });
    (head, sections.collect(), tail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OURS: &str = "[a]\n# Expires: x\nk = 1\n\n";
    const THEIRS: &str = "# mine\n[b]\nk = 2\n";

    fn left(text: &str, names: &[&str], append: bool) -> Result<String, Conflict> {
        without(text.as_bytes(), names, b"# Expires: ", append).map(|text| String::from_utf8(text).unwrap())
    }

    #[test]
    fn what_is_not_ours_stays() {
        let both = format!("{OURS}{THEIRS}");
        assert_eq!(left(&both, &["a"], true).unwrap(), format!("\n{THEIRS}"));
        assert_eq!(left(&format!("{THEIRS}\n{OURS}# end"), &["a"], true).unwrap(), format!("{THEIRS}\n# end\n"));
        assert_eq!(left(&both, &["c"], true).unwrap(), both);
        assert_eq!(left(&format!("{THEIRS}# above\n{OURS}"), &["a"], true).unwrap(), format!("{THEIRS}# above\n"));
        assert_eq!(left(&format!("\n# above\n{OURS}"), &["a"], false), Err(Conflict::Text { line: 2 }));
        assert_eq!(left(&both, &["b"], true), Err(Conflict::Foreign { line: 6, name: "b".into() }));
        assert_eq!(left(&both, &["a"], false), Err(Conflict::Others { line: 6, name: "b".into() }));
        assert_eq!(left(OURS, &["c"], false).unwrap(), "");
        assert_eq!(left(&format!("\n \n{OURS}{OURS}\n"), &["c"], false).unwrap(), "");
        assert_eq!(left("\nDear diary\n", &["a"], false), Err(Conflict::Text { line: 2 }));
        assert_eq!(left(&format!("; mine\n{OURS}"), &["a"], false), Err(Conflict::Text { line: 1 }));
        assert_eq!(left(&format!("{OURS}\n# mine\n"), &["a"], false), Err(Conflict::Text { line: 6 }));
        assert_eq!(left("", &["c"], true).unwrap(), "");
    }

    proptest! {
        #[test]
        fn a_section_that_is_not_named_is_never_lost(
            text in "(\\[[ab]\\]\n|# Expires: \n|k = v\n|#\n|\r\n|é\n){0,12}",
        ) {
            if let Ok(kept) = left(&text, &["a"], true) {
                for (line, section) in text.split("[b]").skip(1).enumerate() {
                    let body = section.split("[a]").next().unwrap().trim_end();
                    prop_assert!(kept.contains(&format!("[b]{body}")), "{line}: {kept:?}");
                }
            }
        }
    }
}
