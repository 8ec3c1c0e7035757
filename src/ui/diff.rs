//! What will change in a file, for a person to agree with: a unified diff.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices, group_diff_ops};

use crate::Result;
use crate::context::Env;
use crate::error::one_line;

/// Unchanged lines around a change.
const AROUND: usize = 3;

/// Lines of a diff that a person is shown unasked.
const LONGEST: usize = 200;

const RED: u8 = 31;
const GREEN: u8 = 32;
const CYAN: u8 = 36;

/// Writes how the content of the file `name` changes to standard error; none stands for no file. Answers how many
/// lines were left out, because nobody reads thousands of them before a question.
pub fn show_diff(name: &str, old: Option<&[u8]>, new: Option<&[u8]>, env: &Env) -> usize {
    let mut lines = unified(name, old, new, super::wants_colour(&std::io::stderr(), env));
    let left_out = cut(&mut lines);
    super::write_error(&lines.join("\n"));
    left_out
}

/// Prints it to standard output.
pub fn print_diff(name: &str, old: Option<&[u8]>, new: Option<&[u8]>, env: &Env) -> Result<()> {
    super::print(&(unified(name, old, new, super::wants_colour(&std::io::stdout(), env)).join("\n") + "\n"))
}

/// Takes the middle out of a diff that is too long, and says so in its place. Answers how many lines it had.
fn cut(lines: &mut Vec<String>) -> usize {
    let left_out = lines.len().saturating_sub(LONGEST);
    if left_out > 0 {
        let middle = LONGEST / 2..LONGEST / 2 + left_out;
        lines.splice(middle, [format!("… {left_out} more lines …")]);
    }
    left_out
}

/// The diff. A file may hold anything: each of its lines is made safe for a terminal by itself.
fn unified(name: &str, old: Option<&[u8]>, new: Option<&[u8]>, colour: bool) -> Vec<String> {
    let name = |content: Option<&[u8]>| content.map_or_else(|| "/dev/null".to_owned(), |_| one_line(name));
    let mut lines =
        vec![super::bold(&format!("--- {}", name(old)), colour), super::bold(&format!("+++ {}", name(new)), colour)];
    let (old, new) = (lines_of(old), lines_of(new));
    for hunk in group_diff_ops(capture_diff_slices(Algorithm::Myers, &old, &new), AROUND) {
        let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else { continue };
        let span = |first: Range<usize>, last: Range<usize>| {
            let length = last.end - first.start;
            format!("{},{length}", first.start + usize::from(length > 0))
        };
        let head = format!(
            "@@ -{} +{} @@",
            span(first.old_range(), last.old_range()),
            span(first.new_range(), last.new_range())
        );
        lines.push(painted(&head, CYAN, colour));
        for part in &hunk {
            if let DiffOp::Equal { .. } = part {
                push(&mut lines, ' ', &old[part.old_range()], None);
            } else {
                push(&mut lines, '-', &old[part.old_range()], Some(RED).filter(|_| colour));
                push(&mut lines, '+', &new[part.new_range()], Some(GREEN).filter(|_| colour));
            }
        }
    }
    lines
}

fn lines_of(content: Option<&[u8]>) -> Vec<&[u8]> {
    content.unwrap_or_default().split_inclusive(|byte| *byte == b'\n').collect()
}

fn push(lines: &mut Vec<String>, sign: char, part: &[&[u8]], colour: Option<u8>) {
    for line in part {
        let text = format!("{sign}{}", one_line(&String::from_utf8_lossy(line)));
        lines.push(painted(&text, colour.unwrap_or_default(), colour.is_some()));
        if !line.ends_with(b"\n") {
            lines.push("\\ No newline at end of file".to_owned());
        }
    }
}

fn painted(text: &str, number: u8, colour: bool) -> String {
    if colour { format!("\x1b[{number}m{text}\x1b[0m") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str, old: Option<&[u8]>, new: Option<&[u8]>, colour: bool) -> String {
        unified(name, old, new, colour).join("\n")
    }

    #[test]
    fn the_middle_of_a_long_change_is_left_out() {
        let mut short: Vec<String> = (0..LONGEST).map(|line| line.to_string()).collect();
        let as_it_was = short.clone();
        assert_eq!(cut(&mut short), 0);
        assert_eq!(short, as_it_was);
        let mut long: Vec<String> = (0..LONGEST + 7).map(|line| line.to_string()).collect();
        assert_eq!(cut(&mut long), 7);
        assert_eq!(long.len(), LONGEST + 1);
        let half = LONGEST / 2;
        assert_eq!(
            long[half - 1..=half + 1],
            [(half - 1).to_string(), "… 7 more lines …".into(), (half + 7).to_string()]
        );
        assert_eq!(long.last(), Some(&(LONGEST + 6).to_string()));
    }

    #[test]
    fn a_change_is_shown_with_what_is_around_it() {
        let old = b"1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let new = b"1\n2\n3\n4\nfive\n6\n7\n8\n9\n10";
        let expected = "--- ~/f\n+++ ~/f\n@@ -2,8 +2,9 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n 9\n+10\n\
                        \\ No newline at end of file";
        assert_eq!(shown("~/f", Some(old), Some(new), false), expected);
    }

    #[test]
    fn a_file_may_come_and_go() {
        assert_eq!(shown("f", None, Some(b"a\nb\n"), false), "--- /dev/null\n+++ f\n@@ -0,0 +1,2 @@\n+a\n+b");
        assert_eq!(shown("f", Some(b"a\n"), None, false), "--- f\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-a");
    }

    #[test]
    fn nothing_in_a_file_reaches_the_terminal_but_text() {
        let hostile = b"\x1b]0;pwned\x07\xff\xc2\x9b31m\x0c\xe2\x80\xae\tx\r\n";
        for (old, new) in [(None, Some(&hostile[..])), (Some(&hostile[..]), None)] {
            let shown = shown("a\x1b[31m\nb", old, new, false);
            assert!(shown.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'), "{shown:?}");
            assert_eq!(shown.lines().count(), 4);
        }
    }

    #[test]
    fn colours_end_with_their_line() {
        let shown = shown("f", Some(b"a\nb\n"), Some(b"a\nc\n"), true);
        assert!(shown.contains("\x1b[31m-b\x1b[0m\n\x1b[32m+c\x1b[0m"), "{shown:?}");
        assert!(shown.contains("\n a\n"), "{shown:?}");
    }
}
