//! The findings for a person: what is wrong first, each with its command on a line of its own.

use crate::error::one_line;
use crate::ui;

use super::finding::{Finding, Status};

/// Columns of the first two words of a line.
const STATUS: usize = 8;
const CHECK: usize = 12;

/// The whole report.
pub(super) fn text(findings: &[Finding], colour: bool) -> String {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| finding.status);
    let mut text = String::new();
    for finding in &sorted {
        let (word, escape) = match finding.status {
            Status::Problem => ("problem", "\x1b[31m"),
            Status::Note => ("note", "\x1b[33m"),
            Status::Ok => ("ok", "\x1b[32m"),
        };
        let word = format!("{word:<STATUS$}");
        let word = if colour { format!("{escape}{word}\x1b[0m") } else { word };
        text += &format!("{word} {:<CHECK$} {}\n", finding.check, one_line(&finding.message));
        if let Some(command) = &finding.command {
            let indent = " ".repeat(STATUS + CHECK + 2);
            text += &format!("{indent}run: {}\n", ui::bold(&one_line(command), colour));
        }
    }
    text + &summary(findings)
}

fn summary(findings: &[Finding]) -> String {
    let count = |status| findings.iter().filter(|finding| finding.status == status).count();
    let counted = |number: usize, word: &str| match number {
        1 => format!("1 {word}"),
        number => format!("{number} {word}s"),
    };
    match (count(Status::Problem), count(Status::Note)) {
        (0, 0) => "All is well.\n".to_owned(),
        (0, notes) => format!("All is well, with {}.\n", counted(notes, "note")),
        (problems, 0) => format!("{}.\n", counted(problems, "problem")),
        (problems, notes) => format!("{}, {}.\n", counted(problems, "problem"), counted(notes, "note")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_comes_first_and_nothing_moves_the_cursor() {
        let findings = [
            Finding::ok("config", "fine"),
            Finding::note("path", "two\nlines \x1b[31m"),
            Finding::problem("session", "ended").mended_by("aws-sso login"),
        ];
        assert_eq!(
            text(&findings, false),
            "problem  session      ended\n                      run: aws-sso login\n\
             note     path         two lines \u{fffd}[31m\nok       config       fine\n1 problem, 1 note.\n"
        );
        assert!(text(&findings, true).starts_with("\x1b[31mproblem "));
        assert_eq!(text(&findings[..1], false).lines().last(), Some("All is well."));
    }
}
