//! Letters and words, in texts whose places are compared byte by byte.

use super::catalog::FIELD_END;

/// Lower case, character by character and only where that needs no other number of bytes: places in the folded
/// text are places in the text.
pub(super) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let lower = |c: char| {
        let mut lower = c.to_lowercase();
        lower.next().filter(|one| lower.next().is_none() && one.len_utf8() == c.len_utf8()).unwrap_or(c)
    };
    text.chars().map(lower).collect()
}

/// Whether a word begins between two bytes: after what is no letter, at a capital after a small letter, and where
/// digits begin.
pub(super) fn starts_word(before: u8, first: u8) -> bool {
    let is_letter = before.is_ascii_alphanumeric() || !before.is_ascii();
    !is_letter
        || (before.is_ascii_lowercase() && first.is_ascii_uppercase())
        || (!before.is_ascii_digit() && first.is_ascii_digit())
}

/// The first letters of the words of a text, in lower case, field by field.
pub(super) fn initials(name: &str) -> String {
    let mut before = b' ';
    let mut initials = String::new();
    for c in name.chars() {
        let mut bytes = [0; 4];
        let first = c.encode_utf8(&mut bytes).as_bytes()[0];
        if first == FIELD_END || (c.is_alphanumeric() && starts_word(before, first)) {
            initials.push(c);
        }
        before = first;
    }
    fold(&initials)
}

/// Which letters and digits a text in lower case has: a bit for each or for two, and one for all signs. Letters
/// beyond ASCII may be taken for others: such a text is not told from any.
pub(super) fn letters(folded: &[u8]) -> u32 {
    folded.iter().fold(0, |letters, byte| letters | BITS[usize::from(*byte)])
}

/// The bit of each byte.
const BITS: [u32; 256] = {
    let mut bits = [1 << 31; 256];
    let mut byte = 0;
    while byte < 256 {
        // The index is the byte.
        #[expect(clippy::cast_possible_truncation, reason = "it is below 256")]
        match byte as u8 {
            letter @ b'a'..=b'z' => bits[byte] = 1 << (letter - b'a'),
            digit @ b'0'..=b'9' => bits[byte] = 1 << (26 + (digit - b'0') / 2),
            0x80.. => bits[byte] = u32::MAX,
            _ => {}
        }
        byte += 1;
    }
    bits
};

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn initials_are_those_of_words() {
        for (name, letters) in [
            ("ReadOnly", "ro"),
            ("payments-dev:PowerUserAccess", "pdpua"),
            ("data platform 2", "dp2"),
            ("prod2eu", "p2"),
            ("Ärger über", "äü"),
            ("pay\u{1f}Big Data", "p\u{1f}bd"),
            ("--", ""),
        ] {
            assert_eq!(initials(name), letters, "{name}");
        }
    }

    proptest! {
        #[test]
        fn places_in_folded_text_are_places_in_the_text(text in ".*") {
            let folded = fold(&text);
            prop_assert_eq!(folded.len(), text.len());
            prop_assert!(text.char_indices().all(|(at, _)| folded.is_char_boundary(at)));
        }
    }
}
