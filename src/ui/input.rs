//! The line that is typed.

use crate::error::is_format_control;

use super::screen::Key;

/// A line of text with a cursor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Input {
    text: String,
    /// A byte where a character starts, or the end.
    cursor: usize,
}

impl Input {
    /// A line with the cursor at its end.
    pub fn new(text: &str) -> Self {
        let mut input = Self::default();
        input.insert(text);
        input
    }

    /// What a key does to the line; those that mean nothing here do nothing.
    pub fn press(&mut self, key: Key) {
        match key {
            Key::Text(text) => self.insert(&text),
            Key::Left => self.left(),
            Key::Right => self.right(),
            Key::Home => self.home(),
            Key::End => self.end(),
            Key::Backspace => self.backspace(),
            Key::Delete | Key::DeleteOrCancel => self.delete(),
            Key::DeleteWord => self.delete_word(),
            Key::DeleteToStart => self.delete_to_start(),
            Key::DeleteToEnd => self.delete_to_end(),
            _ => {}
        }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn before_cursor(&self) -> &str {
        &self.text[..self.cursor]
    }

    /// Types a text. What a terminal would obey, which a paste may hold, is a space.
    pub fn insert(&mut self, text: &str) {
        let obeyed = |c: char| c.is_control() || is_format_control(c);
        let typed: String = text.chars().map(|c| if obeyed(c) { ' ' } else { c }).collect();
        self.text.insert_str(self.cursor, &typed);
        self.cursor += typed.len();
    }

    /// Puts `text` in place of what stands between `start` and the cursor.
    pub fn replace_from(&mut self, start: usize, text: &str) {
        self.text.replace_range(start..self.cursor, "");
        self.cursor = start;
        self.insert(text);
    }

    /// Where the word begins that the cursor is in or behind.
    pub fn word_start(&self) -> usize {
        let before = self.before_cursor();
        before.rfind(char::is_whitespace).map_or(0, |at| at + before[at..].chars().next().map_or(0, char::len_utf8))
    }

    pub fn left(&mut self) {
        self.cursor -= self.before_cursor().chars().next_back().map_or(0, char::len_utf8);
    }

    pub fn right(&mut self) {
        self.cursor += self.text[self.cursor..].chars().next().map_or(0, char::len_utf8);
    }

    pub fn home(&mut self) {
        self.cursor = 0;
    }

    pub fn end(&mut self) {
        self.cursor = self.text.len();
    }

    pub fn backspace(&mut self) {
        let end = self.cursor;
        self.left();
        self.text.replace_range(self.cursor..end, "");
    }

    pub fn delete(&mut self) {
        let start = self.cursor;
        self.right();
        self.text.replace_range(start..self.cursor, "");
        self.cursor = start;
    }

    /// Takes away the word before the cursor.
    pub fn delete_word(&mut self) {
        let end = self.cursor;
        self.cursor = self.before_cursor().trim_end().len();
        let start = self.word_start();
        self.text.replace_range(start..end, "");
        self.cursor = start;
    }

    pub fn delete_to_start(&mut self) {
        self.text.replace_range(..self.cursor, "");
        self.cursor = 0;
    }

    pub fn delete_to_end(&mut self) {
        self.text.truncate(self.cursor);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_is_edited_by_whole_characters() {
        let mut input = Input::new("päy dev");
        input.left();
        input.left();
        input.left();
        input.backspace();
        input.backspace();
        assert_eq!((input.text(), input.before_cursor()), ("pädev", "pä"));
        input.delete();
        input.left();
        input.delete();
        assert_eq!((input.text(), input.before_cursor()), ("pev", "p"));
        input.end();
        input.insert("\nx\u{1b}[A\u{202e}");
        assert_eq!(input.text(), "pev x [A ");
        input.delete_word();
        assert_eq!(input.text(), "pev x ");
        input.replace_from(4, "Team=");
        assert_eq!(input.text(), "pev Team=");
        assert_eq!(input.word_start(), 4);
        input.home();
        input.right();
        input.delete_to_end();
        assert_eq!(input.text(), "p");
        input.delete_to_start();
        assert_eq!(input.text(), "");
        input.delete_word();
    }

    proptest! {
        #[test]
        fn no_sequence_of_keys_breaks_it(keys in proptest::collection::vec(0_u8..11, 0..60), text in ".{0,8}") {
            let mut input = Input::default();
            for key in keys {
                match key {
                    0 => input.left(),
                    1 => input.right(),
                    2 => input.home(),
                    3 => input.end(),
                    4 => input.backspace(),
                    5 => input.delete(),
                    6 => input.delete_word(),
                    7 => input.delete_to_start(),
                    8 => input.delete_to_end(),
                    9 => input.replace_from(input.word_start(), "ü"),
                    _ => input.insert(&text),
                }
                prop_assert!(input.text.is_char_boundary(input.cursor));
            }
        }
    }
}
