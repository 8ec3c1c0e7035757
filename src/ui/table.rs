//! Tables whose columns stand under each other whatever script the names are in.

use std::io::IsTerminal;

use crate::config::Color;
use crate::context::Env;
use crate::error::one_line;

use super::style::coloured;
use super::wants_colour;
use super::width::{columns, cut};

const BETWEEN: &str = " | ";

/// A column that is too wide keeps as many columns of the terminal: fewer say nothing.
const LEAST: usize = 6;

/// What a table is written on. Without a width and without colours it is for other programs.
#[derive(Debug, Clone, Copy, Default)]
pub struct Paper {
    /// Columns of the terminal.
    pub width: Option<usize>,
    /// Whether colours are wanted.
    pub colour: bool,
}

impl Paper {
    /// Standard output as it is.
    pub fn of_output(env: &Env) -> Self {
        let output = std::io::stdout();
        Self { width: output.is_terminal().then(terminal_width).flatten(), colour: wants_colour(&output, env) }
    }
}

/// How wide the terminal of standard output is, where it says so.
#[cfg(unix)]
fn terminal_width() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(rustix::stdio::stdout()).ok()?;
    Some(usize::from(size.ws_col)).filter(|width| *width > 0)
}

#[cfg(not(unix))]
fn terminal_width() -> Option<usize> {
    crossterm::terminal::size().ok().map(|(width, _)| usize::from(width)).filter(|width| *width > 0)
}

/// A text and its colour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    text: String,
    color: Color,
}

impl Cell {
    /// `text` in a colour, where colours are wanted.
    pub fn of(text: impl Into<String>, color: Color) -> Self {
        Self { text: text.into(), color }
    }

    /// What a terminal does not obey: names come from other people.
    fn safe(self) -> Self {
        Self { text: one_line(&self.text), ..self }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::of(text, Color::DefaultColor)
    }
}

/// Rows under a header, columns joined by ` | `, with a rule between. Control characters in cells are
/// made visible.
pub fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    table_on(Paper::default(), header, rows.into_iter().map(|row| row.into_iter().map(Cell::from).collect()))
}

/// The same as wide as the paper at most: the widest columns are cut.
pub fn table_on(paper: Paper, header: &[&str], rows: impl IntoIterator<Item = Vec<Cell>>) -> String {
    let head: Vec<Cell> = header.iter().map(|cell| Cell::from((*cell).to_owned())).collect();
    let rows: Vec<Vec<Cell>> = rows.into_iter().map(|row| row.into_iter().map(Cell::safe).collect()).collect();
    let mut widths = vec![0; header.len()];
    widen(&mut widths, std::iter::once(&head).chain(&rows));
    let between = BETWEEN.len() * widths.len().saturating_sub(1);
    if let Some(width) = paper.width {
        shrink(&mut widths, width.saturating_sub(between));
    }
    let mut text = String::new();
    write_line(&mut text, &head, &widths, BETWEEN, paper);
    text.push_str(&"=".repeat(widths.iter().sum::<usize>() + between));
    text.push('\n');
    for row in &rows {
        write_line(&mut text, row, &widths, BETWEEN, paper);
    }
    text
}

/// Titles, each with its rows below it. All rows have the same columns.
pub fn tree_on(paper: Paper, groups: Vec<(String, Vec<Vec<Cell>>)>) -> String {
    const GAP: &str = "  ";
    const BRANCHES: [&str; 2] = ["├─ ", "└─ "];
    let safe = |rows: Vec<Vec<Cell>>| rows.into_iter().map(|row| row.into_iter().map(Cell::safe).collect()).collect();
    let groups: Vec<(String, Vec<Vec<Cell>>)> =
        groups.into_iter().map(|(title, rows)| (one_line(&title), safe(rows))).collect();
    let rows = || groups.iter().flat_map(|(_, rows)| rows);
    let mut widths = vec![0; rows().map(Vec::len).max().unwrap_or(0)];
    widen(&mut widths, rows());
    if let Some(width) = paper.width {
        let taken = columns(BRANCHES[0]) + GAP.len() * widths.len().saturating_sub(1);
        shrink(&mut widths, width.saturating_sub(taken));
    }
    let mut text = String::new();
    for (title, rows) in &groups {
        text.push_str(&super::bold(
            &paper.width.map_or_else(|| title.clone(), |width| cut(title, width)),
            paper.colour,
        ));
        text.push('\n');
        for (at, row) in rows.iter().enumerate() {
            text.push_str(BRANCHES[usize::from(at + 1 == rows.len())]);
            write_line(&mut text, row, &widths, GAP, paper);
        }
    }
    text
}

/// Makes columns as wide as what stands in them.
fn widen<'a>(widths: &mut [usize], rows: impl Iterator<Item = &'a Vec<Cell>>) {
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(columns(&cell.text));
        }
    }
}

/// Takes what is too much for `room` from the widest columns, and leaves each enough to be told from others.
fn shrink(widths: &mut [usize], room: usize) {
    let mut excess = widths.iter().sum::<usize>().saturating_sub(room);
    while excess > 0 {
        let widest = widths.iter().copied().max().unwrap_or(0);
        if widest <= LEAST {
            break;
        }
        let next = widths.iter().copied().filter(|width| *width < widest).max().unwrap_or(0).max(LEAST);
        let mut wide: Vec<&mut usize> = widths.iter_mut().filter(|width| **width == widest).collect();
        let taken = (excess.div_ceil(wide.len())).min(widest - next);
        for width in &mut wide {
            let taken = taken.min(excess);
            **width -= taken;
            excess -= taken;
        }
    }
}

/// Appends a row to `text`.
fn write_line(text: &mut String, cells: &[Cell], widths: &[usize], between: &str, paper: Paper) {
    let mut missing = 0;
    for (n, (cell, width)) in cells.iter().zip(widths).enumerate() {
        // Spaces come when something follows them.
        if n > 0 {
            text.extend(std::iter::repeat_n(' ', missing));
            text.push_str(between);
        }
        let shown = cut(&cell.text, *width);
        missing = width.saturating_sub(columns(&shown));
        text.push_str(&if paper.colour { coloured(&shown, cell.color) } else { shown });
    }
    text.truncate(text.trim_end_matches(' ').len());
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cells(row: &[&str]) -> Vec<Cell> {
        row.iter().map(|text| Cell::from((*text).to_owned())).collect()
    }

    #[test]
    fn wide_names_do_not_move_the_columns() {
        let rows = [vec!["日本".to_owned(), "x".to_owned()], vec!["a\u{1b}[31m".to_owned(), "y".to_owned()]];
        let text = table(&["Name", "Role"], rows);
        assert_eq!(text, "Name   | Role\n=============\n日本   | x\na\u{fffd}[31m | y\n");
    }

    #[test]
    fn the_widest_columns_give_way() {
        for (widths, room, expected) in [
            (&[4, 20, 8][..], 40, &[4, 20, 8][..]),
            (&[4, 20, 8], 30, &[4, 18, 8]),
            (&[4, 20, 8], 20, &[4, 8, 8]),
            (&[4, 20, 8], 19, &[4, 7, 8]),
            (&[4, 20, 8], 17, &[4, 6, 7]),
            (&[4, 20, 8], 3, &[4, 6, 6]),
            (&[12, 12], 21, &[10, 11]),
            (&[], 0, &[]),
        ] {
            let mut shrunk = widths.to_vec();
            shrink(&mut shrunk, room);
            assert_eq!(shrunk, expected, "{widths:?} in {room}");
        }
    }

    #[test]
    fn a_narrow_terminal_has_a_narrow_table() {
        let paper = Paper { width: Some(20), colour: false };
        let rows = [cells(&["payments-development", "Admin"]), cells(&["日本語日本語日本語", "Ops"])];
        let text = table_on(paper, &["Account", "Role"], rows);
        assert_eq!(text, "Account      | Role\n====================\npayments-de… | Admin\n日本語日本…  | Ops\n");
        let tree = tree_on(
            paper,
            vec![("000000000001 payments-development".to_owned(), vec![cells(&["Admin", "x:Administrator"])])],
        );
        assert_eq!(tree, "000000000001 paymen…\n└─ Admin  x:Adminis…\n");
    }

    #[test]
    fn colours_take_no_room() {
        let paper = Paper { width: None, colour: true };
        let row = |text: &str, color| vec![Cell::of(text, color), Cell::from("x".to_owned())];
        let text = table_on(paper, &["A", "B"], [row("red", Color::Red), row("", Color::Green)]);
        assert_eq!(text, "A   | B\n=======\n\x1b[91mred\x1b[0m | x\n    | x\n");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_terminal(
            rows in prop::collection::vec(prop::collection::vec("[^\\p{C}]{0,30}", 3), 1..5),
            width in 25_usize..100,
        ) {
            let paper = Paper { width: Some(width), colour: false };
            let rows: Vec<Vec<Cell>> = rows.into_iter().map(|row| row.into_iter().map(Cell::from).collect()).collect();
            for text in [table_on(paper, &["A", "B", "C"], rows.clone()), tree_on(paper, vec![("x".repeat(200), rows)])] {
                for line in text.lines() {
                    prop_assert!(columns(line) <= width, "{line:?}");
                }
            }
        }
    }
}
