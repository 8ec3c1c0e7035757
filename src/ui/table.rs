//! Tables whose columns stand under each other whatever script the names are in.

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, ContentArrangement, Table};

use crate::error::one_line;

/// Rows under a header, columns joined by ` | `, with a rule between. Control characters in cells are
/// made visible: names come from other people.
pub fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_preset(NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_style(comfy_table::TableComponent::VerticalLines, '|');
    table.set_style(comfy_table::TableComponent::HeaderLines, '=');
    table.set_style(comfy_table::TableComponent::MiddleHeaderIntersections, '=');
    table.set_header(header.iter().map(Cell::new));
    for row in rows {
        table.add_row(row.iter().map(|cell| Cell::new(one_line(cell))));
    }
    if let Some(first) = table.column_mut(0) {
        first.set_padding((0, 1));
    }
    let lines = table.lines().map(|line| line.trim_end().to_owned() + "\n");
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_names_do_not_move_the_columns() {
        let rows = [vec!["日本".to_owned(), "x".to_owned()], vec!["a\u{1b}[31m".to_owned(), "y".to_owned()]];
        let text = table(&["Name", "Role"], rows);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "Name   | Role", "{text}");
        assert_eq!(lines[2], "日本   | x", "{text}");
        assert!(lines[3].starts_with("a\u{fffd}[31m | y"), "{text}");
    }
}
