//! How many columns of a terminal a text takes, and as much of it as fits: character by character, so that what was
//! measured is what is cut.

use unicode_width::UnicodeWidthChar;

/// How many columns a text takes.
pub fn columns(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().map(of_char).sum() }
}

/// As much of the start of a text as takes `room` columns at most.
pub fn fitting(text: &str, room: usize) -> &str {
    let mut taken = 0;
    let end = text.char_indices().find(|(_, c)| {
        taken += of_char(*c);
        taken > room
    });
    end.map_or(text, |(end, _)| &text[..end])
}

/// A text that takes `width` columns at most; an ellipsis stands for what is missing.
pub fn cut(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    format!("{}…", fitting(text, width.saturating_sub(1)))
}

fn of_char(c: char) -> usize {
    c.width().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts_are_cut_between_characters() {
        for (text, width, shown) in [
            ("abc", 5, "abc"),
            ("abc", 3, "abc"),
            ("abcdef", 4, "abc…"),
            ("日本語", 5, "日本…"),
            ("日本語", 4, "日…"),
            ("日", 1, "…"),
        ] {
            assert_eq!(cut(text, width), shown, "{text} {width}");
        }
        assert_eq!(fitting("e\u{301}é日", 2), "e\u{301}é", "a mark goes with its letter");
    }

    proptest! {
        #[test]
        fn what_fits_takes_no_more(text in "[^\\p{C}]*", room in 0_usize..20) {
            let fits = fitting(&text, room);
            prop_assert!(text.starts_with(fits) && columns(fits) <= room);
            prop_assert!(columns(&cut(&text, room + 1)) <= room + 1);
        }
    }
}
