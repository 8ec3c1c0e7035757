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
            *width = (*width).max(cell.width());
        }
    }
    let mut text = line(&head, &widths);
    text.push_str(&"=".repeat(widths.iter().sum::<usize>() + BETWEEN.len() * widths.len().saturating_sub(1)));
    text.push('\n');
    text.extend(rows.iter().map(|row| line(row, &widths)));
    text
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let padded =
        cells.iter().zip(widths).map(|(cell, width)| cell.clone() + &" ".repeat(width.saturating_sub(cell.width())));
    let line = padded.collect::<Vec<_>>().join(BETWEEN);
    format!("{}\n", line.trim_end())
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
