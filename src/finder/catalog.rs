//! All roles of an instance as one block of text: what is searched, and nothing else. It is made when the
//! index changes and kept in the state file, so that a search reads one row.

use std::ops::Range;

use crate::error::one_line;
use crate::role::{AccountId, Role};

/// Ends a field. No field holds it: control characters are replaced.
pub(super) const FIELD_END: u8 = 0x1f;

/// Stands between the key and the value of a tag.
pub(super) const TAG_VALUE: u8 = 0x1e;

/// The layout of the block; another one is not read.
const VERSION: u32 = 1;

/// The fields whose initials may be typed: `ro` for ReadOnly, `pd` for payments-dev.
const INITIALED: [Field; 4] = [Field::Profile, Field::AccountName, Field::AccountAlias, Field::Role];

/// The fields that stand in front of the tags, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// Name of the profile.
    Profile,
    /// Account id, 12 digits.
    AccountId,
    /// `Name` of the account in `config.yaml`.
    AccountName,
    /// The account's name at AWS.
    AccountAlias,
    /// Name of the role.
    Role,
    /// Root e-mail address of the account.
    Email,
}

impl Field {
    /// All of them, in the order of the block.
    pub const ALL: [Self; 6] =
        [Self::Profile, Self::AccountId, Self::AccountName, Self::AccountAlias, Self::Role, Self::Email];

    /// The automatic tag with the same value.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Profile => "Profile",
            Self::AccountId => "AccountID",
            Self::AccountName => "AccountName",
            Self::AccountAlias => "AccountAlias",
            Self::Role => "Role",
            Self::Email => "Email",
        }
    }

    fn of_tag(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.tag().eq_ignore_ascii_case(key))
    }
}

/// Collects roles for a [`Catalog`].
#[derive(Debug, Default)]
pub struct Lister {
    roles: Vec<Listed>,
}

/// A role as it goes into the block; ordered by its name first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Listed {
    name: String,
    id: i64,
    line: String,
    initials: String,
}

impl Lister {
    /// Takes in a role with its tags, under the key of its row.
    pub fn add(&mut self, id: i64, role: &Role) {
        let profile = one_line(&role.profile);
        let mut line = profile.clone();
        let account_id = role.account_id.to_string();
        let fields = [&account_id, &role.account_name, &role.account_alias, &role.role_name, &role.email];
        for field in fields {
            line.push(char::from(FIELD_END));
            line.push_str(&one_line(field));
        }
        for (key, value) in &role.tags {
            // A tag that only says a field again is that field.
            let said = Field::of_tag(key).is_some_and(|field| match field {
                Field::Profile => value == &role.profile,
                Field::AccountId => value == &account_id,
                Field::AccountName => value == &role.account_name,
                Field::AccountAlias => value == &role.account_alias,
                Field::Role => value == &role.role_name,
                Field::Email => value == &role.email,
            });
            if !said && !value.is_empty() {
                line.push(char::from(FIELD_END));
                line.push_str(&one_line(key));
                line.push(char::from(TAG_VALUE));
                line.push_str(&one_line(value));
            }
        }
        let initials: Vec<String> =
            INITIALED.iter().map(|field| initials(Entry { line: &line }.field(*field))).collect();
        let initials = initials.join(std::str::from_utf8(&[FIELD_END]).unwrap_or_default());
        self.roles.push(Listed { name: profile.to_lowercase(), id, line, initials });
    }

    /// The block, ordered by profile name, as it is kept.
    pub fn finish(mut self) -> Vec<u8> {
        self.roles.sort_unstable();
        let count = u32::try_from(self.roles.len()).unwrap_or(u32::MAX);
        let text: usize = self.roles.iter().map(|role| role.line.len() + role.initials.len()).sum();
        let mut block = Vec::with_capacity(8 + self.roles.len() * 16 + text);
        block.extend(VERSION.to_le_bytes());
        block.extend(count.to_le_bytes());
        for role in &self.roles {
            block.extend(role.id.to_le_bytes());
        }
        let parts: [fn(&Listed) -> &str; 2] = [|role| &role.line, |role| &role.initials];
        for part in parts {
            let mut end = 0_u32;
            for role in &self.roles {
                end = end.saturating_add(u32::try_from(part(role).len()).unwrap_or(u32::MAX));
                block.extend(end.to_le_bytes());
            }
            for role in &self.roles {
                block.extend(part(role).as_bytes());
            }
        }
        block
    }
}

/// The roles of an instance, ready to be searched. Each has a number, in the order of profile names.
#[derive(Debug, Default)]
pub struct Catalog {
    ids: Vec<i64>,
    text: Texts,
    /// The text in lower case, byte by byte in the same place.
    folded: Vec<u8>,
    /// The initials of each role, in lower case.
    initials: Texts,
}

/// One text for each role, in one piece.
#[derive(Debug, Default)]
struct Texts {
    ends: Vec<u32>,
    text: String,
}

impl Texts {
    /// Reads `count` texts; what follows them is the rest.
    fn read(block: &[u8], count: usize) -> Option<(Self, &[u8])> {
        let (ends, rest) = block.split_at_checked(count.checked_mul(4)?)?;
        let ends: Vec<u32> = ends.as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect();
        let (text, rest) = rest.split_at_checked(ends.last().map_or(0, |end| *end as usize))?;
        let text = std::str::from_utf8(text).ok()?.to_owned();
        let whole = ends.is_sorted() && ends.iter().all(|end| text.is_char_boundary(*end as usize));
        whole.then_some((Self { ends, text }, rest))
    }

    fn range(&self, number: usize) -> Range<usize> {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        start as usize..self.ends[number] as usize
    }

    fn get(&self, number: usize) -> &str {
        &self.text[self.range(number)]
    }
}

impl Catalog {
    /// Reads a block; none if it is not one.
    pub fn read(block: &[u8]) -> Option<Self> {
        let (version, rest) = block.split_first_chunk()?;
        let (count, rest) = rest.split_first_chunk()?;
        if u32::from_le_bytes(*version) != VERSION {
            return None;
        }
        let count = usize::try_from(u32::from_le_bytes(*count)).ok()?;
        let (ids, rest) = rest.split_at_checked(count.checked_mul(8)?)?;
        let ids = ids.as_chunks().0.iter().map(|bytes| i64::from_le_bytes(*bytes)).collect();
        let (text, rest) = Texts::read(rest, count)?;
        let (initials, rest) = Texts::read(rest, count)?;
        rest.is_empty().then(|| Self { ids, folded: fold(&text.text).into_bytes(), text, initials })
    }

    /// How many roles there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no role.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The key of a role's row.
    pub fn id(&self, number: usize) -> i64 {
        self.ids[number]
    }

    /// A role by its number.
    pub fn entry(&self, number: usize) -> Entry<'_> {
        Entry { line: self.text.get(number) }
    }

    /// A part of a role's text, by its place in the line.
    pub(super) fn shown(&self, number: usize, place: Range<usize>) -> &str {
        self.text.get(number).get(place).unwrap_or_default()
    }

    pub(super) fn line(&self, number: usize) -> Line<'_> {
        let range = self.text.range(number);
        let initials = self.initials.get(number).as_bytes();
        Line { shown: &self.text.text.as_bytes()[range.clone()], folded: &self.folded[range], initials }
    }
}

/// A role's text as it is shown and in lower case, of one length, and its initials.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    pub shown: &'a [u8],
    pub folded: &'a [u8],
    pub initials: &'a [u8],
}

/// Whether a word begins between two bytes: after what is no letter, at a capital after a small letter, and where
/// digits begin.
pub(super) fn starts_word(before: u8, first: u8) -> bool {
    let is_letter = before.is_ascii_alphanumeric() || !before.is_ascii();
    !is_letter
        || (before.is_ascii_lowercase() && first.is_ascii_uppercase())
        || (!before.is_ascii_digit() && first.is_ascii_digit())
}

/// The first letters of the words of a name, in lower case.
fn initials(name: &str) -> String {
    let mut before = b' ';
    let mut initials = String::new();
    for c in name.chars() {
        let mut bytes = [0; 4];
        let first = c.encode_utf8(&mut bytes).as_bytes()[0];
        if c.is_alphanumeric() && starts_word(before, first) {
            initials.push(c);
        }
        before = first;
    }
    fold(&initials)
}

/// What a catalog knows of a role. All of it is safe to show on a terminal.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    line: &'a str,
}

impl<'a> Entry<'a> {
    /// One of the fields.
    pub fn field(self, field: Field) -> &'a str {
        self.line.split(char::from(FIELD_END)).nth(field as usize).unwrap_or_default()
    }

    /// The account.
    pub fn account_id(self) -> AccountId {
        self.field(Field::AccountId).parse().unwrap_or_default()
    }

    /// All tags with a value, automatic ones first; a key may come twice where the role's own tag has another
    /// value than the automatic one: the later counts.
    pub fn tags(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let mut fields = Field::ALL.into_iter();
        self.line.split(char::from(FIELD_END)).filter_map(move |text| match fields.next() {
            Some(field) => (!text.is_empty()).then(|| (field.tag(), text)),
            None => text.split_once(char::from(TAG_VALUE)),
        })
    }

    /// The value of a tag, whatever the case of its key.
    pub fn tag(self, key: &str) -> Option<&'a str> {
        self.tags().filter(|(known, _)| known.eq_ignore_ascii_case(key)).last().map(|(_, value)| value)
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn role(profile: &str, tags: &[(&str, &str)]) -> Role {
        let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Role {
            profile: profile.to_owned(),
            account_id: "12".parse().expect("an id"),
            account_alias: "payments".to_owned(),
            role_name: "Admin".to_owned(),
            tags,
            ..Role::default()
        }
    }

    fn catalog(roles: &[Role]) -> Catalog {
        let mut lister = Lister::default();
        for (id, role) in (1..).zip(roles) {
            lister.add(id, role);
        }
        Catalog::read(&lister.finish()).expect("a catalog")
    }

    #[test]
    fn roles_are_ordered_by_profile_whatever_the_case() {
        let catalog = catalog(&[role("b", &[]), role("C", &[]), role("a", &[])]);
        let profiles: Vec<&str> = (0..3).map(|number| catalog.entry(number).field(Field::Profile)).collect();
        assert_eq!(profiles, ["a", "b", "C"]);
        assert_eq!((0..3).map(|number| catalog.id(number)).collect::<Vec<_>>(), [3, 1, 2]);
    }

    #[test]
    fn tags_that_say_a_field_again_are_that_field() {
        let tags = [("AccountID", "000000000012"), ("Role", "other"), ("Team", "blue"), ("Empty", "")];
        let catalog = catalog(&[role("p", &tags)]);
        let tags: Vec<_> = catalog.entry(0).tags().collect();
        let expected = [
            ("Profile", "p"),
            ("AccountID", "000000000012"),
            ("AccountAlias", "payments"),
            ("Role", "Admin"),
            ("Role", "other"),
            ("Team", "blue"),
        ];
        assert_eq!(tags, expected);
        assert_eq!(catalog.entry(0).tag("role"), Some("other"), "the role's own tag wins");
        assert_eq!(catalog.entry(0).tag("nothing"), None);
    }

    #[test]
    fn initials_are_those_of_words() {
        for (name, letters) in [
            ("ReadOnly", "ro"),
            ("payments-dev:PowerUserAccess", "pdpua"),
            ("data platform 2", "dp2"),
            ("prod2eu", "p2"),
            ("Ärger über", "äü"),
            ("--", ""),
        ] {
            assert_eq!(initials(name), letters, "{name}");
        }
    }

    #[test]
    fn names_that_would_break_the_block_or_a_terminal_are_made_harmless() {
        let catalog = catalog(&[role("a\u{1f}b\u{1e}c\nd\u{1b}[31m\u{202e}", &[("x\u{1e}y", "\u{1f}z")])]);
        let entry = catalog.entry(0);
        assert_eq!(entry.field(Field::Profile), "a\u{fffd}b\u{fffd}c d\u{fffd}[31m\u{fffd}");
        assert_eq!(entry.tag("x\u{fffd}y"), Some("\u{fffd}z"));
    }

    #[test]
    fn a_block_that_is_cut_short_or_of_another_layout_is_none() {
        let mut lister = Lister::default();
        lister.add(1, &role("päym", &[]));
        lister.add(2, &role("b", &[]));
        let block = lister.finish();
        for length in 0..block.len() {
            assert!(Catalog::read(&block[..length]).is_none(), "{length}");
        }
        let mut other = block.clone();
        other[0] = 9;
        assert!(Catalog::read(&other).is_none());
        assert!(Catalog::read(&Lister::default().finish()).expect("none is a catalog too").is_empty());
    }

    proptest! {
        #[test]
        fn places_in_folded_text_are_places_in_the_text(text in ".*") {
            let folded = fold(&text);
            prop_assert_eq!(folded.len(), text.len());
            prop_assert!(text.char_indices().all(|(at, _)| folded.is_char_boundary(at)));
        }

        #[test]
        fn no_bytes_make_it_panic(block in proptest::collection::vec(any::<u8>(), 0..64)) {
            if let Some(catalog) = Catalog::read(&block) {
                for number in 0..catalog.len() {
                    let _ = catalog.entry(number).tags().count();
                }
            }
        }
    }
}
