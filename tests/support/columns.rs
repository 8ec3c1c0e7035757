//! What `list --csv` answers.

use super::support::Home;

/// One column, without its name.
pub fn column(home: &Home, field: &str, arguments: &[&str]) -> Vec<String> {
    let text = home.ok(&[&["list", "--csv", field], arguments].concat());
    let mut lines = text.split("\r\n");
    assert_eq!(lines.next(), Some(field));
    let mut values: Vec<String> = lines.map(|line| line.trim_matches('"').to_owned()).collect();
    assert_eq!(values.pop().as_deref(), Some(""), "the last record is ended");
    values
}
