//! Tables whose columns stand under each other whatever script the names are in.

use unicode_width::UnicodeWidthStr;

use crate::error::one_line;

const BETWEEN: &str = " | ";

/// Rows under a header, columns joined by ` | `, with a rule between. Control characters in cells are
/// made visible: names come from other people.
pub fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let head: Vec<String> = header.iter().map(|cell| (*cell).to_owned()).collect();
    let safe = |row: Vec<String>| row.iter().map(|cell| one_line(cell)).collect::<Vec<String>>();
    let rows: Vec<Vec<String>> = rows.into_iter().map(safe).collect();
    let mut widths = vec![0; header.len()];
    for row in rows.iter().chain([&head]) {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(columns(cell));
        }
    }
    let mut text = String::new();
    write_line(&mut text, &head, &widths);
    text.push_str(&"=".repeat(widths.iter().sum::<usize>() + BETWEEN.len() * widths.len().saturating_sub(1)));
    text.push('\n');
    for row in &rows {
        write_line(&mut text, row, &widths);
    }
    text
}

/// Appends a row to `text`.
fn write_line(text: &mut String, cells: &[String], widths: &[usize]) {
    for (n, (cell, width)) in cells.iter().zip(widths).enumerate() {
        if n > 0 {
            text.push_str(BETWEEN);
        }
        text.push_str(cell);
        text.extend(std::iter::repeat_n(' ', width.saturating_sub(columns(cell))));
    }
    text.truncate(text.trim_end_matches(' ').len());
    text.push('\n');
}

/// How many columns of a terminal a text takes.
fn columns(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.width() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_names_do_not_move_the_columns() {
        let rows = [vec!["日本".to_owned(), "x".to_owned()], vec!["a\u{1b}[31m".to_owned(), "y".to_owned()]];
        let text = table(&["Name", "Role"], rows);
        assert_eq!(text, "Name   | Role\n=============\n日本   | x\na\u{fffd}[31m | y\n");
    }
}
