//! All roles of an instance as one block: what is searched, and nothing else. It is made when the index changes and
//! kept in the state file, so that a search reads one row.
//!
//! Most of what is known of a role it shares with others: its account, its name, its tags. Each of these texts is in
//! the block once, and a word is looked for in it once.

use std::ops::Range;
use std::sync::OnceLock;

use super::parts::in_parts;
use super::text::{fold, letters};

/// Ends a field. No field holds it: control characters are replaced.
pub(super) const FIELD_END: u8 = 0x1f;

/// Stands between the key and the value of a tag.
pub(super) const TAG_VALUE: u8 = 0x1e;

/// The layout of the block; another one is not read.
pub(super) const VERSION: u32 = 1;

/// What is known of a role besides its tags.
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
    /// Root e-mail address of the account.
    Email,
    /// Name of the role.
    Role,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Profile, Self::AccountId, Self::AccountName, Self::AccountAlias, Self::Email, Self::Role];

    /// The automatic tag with the same value.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Profile => "Profile",
            Self::AccountId => "AccountID",
            Self::AccountName => "AccountName",
            Self::AccountAlias => "AccountAlias",
            Self::Email => "Email",
            Self::Role => "Role",
        }
    }

    /// The field that an automatic tag repeats.
    pub(super) fn of_tag(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.tag().eq_ignore_ascii_case(key))
    }

    /// The part that the field is in, and its place there.
    pub(super) fn place(self) -> (Part, usize) {
        match self {
            Self::Profile => (Part::Profile, 0),
            Self::AccountId => (Part::Account, 0),
            Self::AccountName => (Part::Account, 1),
            Self::AccountAlias => (Part::Account, 2),
            Self::Email => (Part::Account, 3),
            Self::Role => (Part::Name, 0),
        }
    }
}

/// The parts of what is known of a role; the last three are shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Profile,
    Account,
    Name,
    Tags,
}

impl Part {
    /// The shared ones.
    pub const SHARED: [Self; 3] = [Self::Account, Self::Name, Self::Tags];

    /// How much the fields of the part say, in their order, where one word is in two of them.
    pub fn weights(self) -> &'static [u32] {
        match self {
            Self::Profile => &[3],
            Self::Account => &[2, 3, 3, 0],
            Self::Name => &[2],
            Self::Tags => &[],
        }
    }
}

/// The roles of an instance, ready to be searched. Each has a number, in the order of profile names.
#[derive(Debug, Default)]
pub struct Catalog {
    block: Vec<u8>,
    ids: Vec<i64>,
    /// For each shared part the number of each role's text.
    shared: [Vec<u32>; 3],
    texts: [Texts; 4],
    /// The letters of each profile name, found out when they are asked for first.
    letters: OnceLock<Vec<u32>>,
}

/// Texts, the same in lower case, byte by byte in the same place, and their initials in lower case.
#[derive(Debug, Default)]
struct Texts {
    shown: Pieces,
    folded: Vec<u8>,
    initials: Pieces,
}

/// Texts that lie side by side in the block.
#[derive(Debug, Default)]
struct Pieces {
    start: usize,
    ends: Vec<u32>,
}

/// Reads a block from its front.
struct Reader<'a> {
    block: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let bytes = self.block.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(bytes)
    }

    fn numbers(&mut self, count: usize) -> Option<Vec<u32>> {
        let bytes = self.bytes(count.checked_mul(4)?)?;
        Some(bytes.as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect())
    }

    fn number(&mut self) -> Option<u32> {
        self.numbers(1)?.pop()
    }

    /// Texts, each of them in UTF-8, and all of them together.
    fn pieces(&mut self, count: usize) -> Option<(Pieces, &'a str)> {
        let ends = self.numbers(count)?;
        let start = self.at;
        let text = std::str::from_utf8(self.bytes(ends.last().map_or(0, |end| *end as usize))?).ok()?;
        let whole = ends.is_sorted() && ends.iter().all(|end| text.is_char_boundary(*end as usize));
        whole.then_some((Pieces { start, ends }, text))
    }

    fn texts(&mut self) -> Option<Texts> {
        let count = self.number()? as usize;
        let (shown, text) = self.pieces(count)?;
        let (initials, _) = self.pieces(count)?;
        Some(Texts { shown, folded: fold(text).into_bytes(), initials })
    }
}

impl Pieces {
    /// The place of a text among the others.
    fn range(&self, number: usize) -> Range<usize> {
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        start as usize..self.ends[number] as usize
    }

    /// The place of a text in the block.
    fn in_block(&self, number: usize) -> Range<usize> {
        let Range { start, end } = self.range(number);
        self.start + start..self.start + end
    }
}

impl Catalog {
    /// Reads a block; none if it is not one.
    pub fn read(block: Vec<u8>) -> Option<Self> {
        let mut reader = Reader { block: &block, at: 0 };
        if reader.number()? != VERSION {
            return None;
        }
        let count = reader.number()? as usize;
        let ids = reader.bytes(count.checked_mul(8)?)?;
        let ids = ids.as_chunks().0.iter().map(|bytes| i64::from_le_bytes(*bytes)).collect();
        let shared = [reader.numbers(count)?, reader.numbers(count)?, reader.numbers(count)?];
        let texts = [reader.texts()?, reader.texts()?, reader.texts()?, reader.texts()?];
        let has = |part: usize, number: &u32| (*number as usize) < texts[part].shown.ends.len();
        let whole = texts[0].shown.ends.len() == count
            && (1..).zip(&shared).all(|(part, numbers)| numbers.iter().all(|number| has(part, number)));
        let whole = whole && reader.at == block.len();
        whole.then(|| Self { block, ids, shared, texts, letters: OnceLock::new() })
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
        Entry { catalog: self, number }
    }

    /// How many texts a part has.
    pub(super) fn count(&self, part: Part) -> usize {
        self.texts[part as usize].shown.ends.len()
    }

    /// The number of a role's text in a part.
    pub(super) fn text_of(&self, part: Part, role: usize) -> usize {
        (part as usize).checked_sub(1).map_or(role, |shared| self.shared[shared][role] as usize)
    }

    /// The [`letters`] of a role's profile name.
    pub(super) fn letters(&self, number: usize) -> u32 {
        let of = |number| letters(self.text(Part::Profile, number).folded());
        self.letters.get_or_init(|| in_parts(self.len(), |part| part.map(of).collect()))[number]
    }

    /// A text of a part.
    pub(super) fn text(&self, part: Part, number: usize) -> Text<'_> {
        Text { block: &self.block, texts: &self.texts[part as usize], number }
    }
}

/// One text of a part.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'a> {
    block: &'a [u8],
    texts: &'a Texts,
    number: usize,
}

impl<'a> Text<'a> {
    /// It as it is shown.
    pub fn shown(self) -> &'a str {
        std::str::from_utf8(self.bytes()).unwrap_or_default()
    }

    /// The same, letter by letter.
    pub fn bytes(self) -> &'a [u8] {
        &self.block[self.texts.shown.in_block(self.number)]
    }

    /// It in lower case, of the same length.
    pub fn folded(self) -> &'a [u8] {
        &self.texts.folded[self.texts.shown.range(self.number)]
    }

    /// Its initials in lower case.
    pub fn initials(self) -> &'a [u8] {
        &self.block[self.texts.initials.in_block(self.number)]
    }
}

/// What a catalog knows of a role. All of it is safe to show on a terminal.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    catalog: &'a Catalog,
    number: usize,
}

impl<'a> Entry<'a> {
    fn text(self, part: Part) -> &'a str {
        self.catalog.text(part, self.catalog.text_of(part, self.number)).shown()
    }

    /// One of the fields.
    pub fn field(self, field: Field) -> &'a str {
        let (part, place) = field.place();
        self.text(part).split(char::from(FIELD_END)).nth(place).unwrap_or_default()
    }

    /// All tags with a value, automatic ones first; a key may come twice where the role's own tag has another
    /// value than the automatic one: the later counts.
    pub fn tags(self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let fields = Field::ALL.into_iter().map(move |field| (field.tag(), self.field(field)));
        fields.filter(|(_, value)| !value.is_empty()).chain(own_tags(self.text(Part::Tags)))
    }

    /// The value of a tag, whatever the case of its key.
    pub fn tag(self, key: &str) -> Option<&'a str> {
        self.tags().filter(|(known, _)| known.eq_ignore_ascii_case(key)).last().map(|(_, value)| value)
    }
}

/// The tags in a text of [`Part::Tags`].
pub(super) fn own_tags(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split(char::from(FIELD_END)).filter_map(|tag| tag.split_once(char::from(TAG_VALUE)))
}

#[cfg(test)]
mod tests {
    use super::super::Lister;
    use super::*;
    use crate::role::Role;
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
        Catalog::read(lister.finish()).expect("a catalog")
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
            assert!(Catalog::read(block[..length].to_vec()).is_none(), "{length}");
        }
        let mut other = block.clone();
        other[0] = 9;
        assert!(Catalog::read(other).is_none());
        assert!(Catalog::read(Lister::default().finish()).expect("none is a catalog too").is_empty());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(block in proptest::collection::vec(any::<u8>(), 0..64)) {
            if let Some(catalog) = Catalog::read(block) {
                for number in 0..catalog.len() {
                    let _ = catalog.entry(number).tags().count();
                }
            }
        }
    }
}
