//! The block of a catalog, as it is made of roles.

use std::collections::HashMap;

use crate::error::one_line;
use crate::role::Role;

use super::catalog::{FIELD_END, Field, Part, TAG_VALUE, VERSION};
use super::text::initials;

/// Collects roles for a [`Catalog`](super::catalog::Catalog).
#[derive(Debug, Default)]
pub struct Lister {
    roles: Vec<Listed>,
    shared: [Shared; 3],
}

/// Texts that roles share, numbered as they come.
#[derive(Debug, Default)]
struct Shared {
    numbers: HashMap<String, u32>,
    texts: Vec<String>,
}

impl Shared {
    fn number(&mut self, text: String) -> u32 {
        if let Some(number) = self.numbers.get(&text) {
            return *number;
        }
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(text.clone());
        self.numbers.insert(text, number);
        number
    }
}

/// A role as it goes into the block; ordered by its name first.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Listed {
    name: String,
    id: i64,
    profile: String,
    shared: [u32; 3],
}

impl Lister {
    /// Takes in a role with its tags, under the key of its row.
    pub fn add(&mut self, id: i64, role: &Role) {
        let profile = one_line(&role.profile);
        let account_id = role.account_id.to_string();
        let account =
            join([&account_id, &role.account_name, &role.account_alias, &role.email].map(|field| one_line(field)));
        let tags = role.tags.iter().filter(|(key, value)| {
            // A tag that only says a field again is that field.
            let said = Field::of_tag(key).is_some_and(|field| match field {
                Field::Profile => *value == &role.profile,
                Field::AccountId => *value == &account_id,
                Field::AccountName => *value == &role.account_name,
                Field::AccountAlias => *value == &role.account_alias,
                Field::Email => *value == &role.email,
                Field::Role => *value == &role.role_name,
            });
            !said && !value.is_empty()
        });
        let tags =
            join(tags.map(|(key, value)| format!("{}{}{}", one_line(key), char::from(TAG_VALUE), one_line(value))));
        let [accounts, names, tag_sets] = &mut self.shared;
        let shared = [accounts.number(account), names.number(one_line(&role.role_name)), tag_sets.number(tags)];
        self.roles.push(Listed { name: profile.to_lowercase(), id, profile, shared });
    }

    /// The block, ordered by profile name, as it is kept.
    pub fn finish(mut self) -> Vec<u8> {
        self.roles.sort_unstable();
        let mut block = Vec::with_capacity(16 + self.roles.len() * 96);
        block.extend(VERSION.to_le_bytes());
        block.extend(u32::try_from(self.roles.len()).unwrap_or(u32::MAX).to_le_bytes());
        for role in &self.roles {
            block.extend(role.id.to_le_bytes());
        }
        for part in 0..self.shared.len() {
            for role in &self.roles {
                block.extend(role.shared[part].to_le_bytes());
            }
        }
        let profiles: Vec<&str> = self.roles.iter().map(|role| role.profile.as_str()).collect();
        write_texts(&mut block, &profiles, true);
        for (part, shared) in Part::SHARED.into_iter().zip(&self.shared) {
            let texts: Vec<&str> = shared.texts.iter().map(String::as_str).collect();
            write_texts(&mut block, &texts, part != Part::Tags);
        }
        block
    }
}

fn join(fields: impl IntoIterator<Item = String>) -> String {
    let fields: Vec<String> = fields.into_iter().collect();
    fields.join(char::from(FIELD_END).encode_utf8(&mut [0; 4]))
}

/// Appends texts, and their initials where somebody may type those.
fn write_texts(block: &mut Vec<u8>, texts: &[&str], with_initials: bool) {
    block.extend(u32::try_from(texts.len()).unwrap_or(u32::MAX).to_le_bytes());
    write_pieces(block, texts);
    let letters = |text: &&str| if with_initials { initials(text) } else { String::new() };
    let letters: Vec<String> = texts.iter().map(letters).collect();
    write_pieces(block, &letters);
}

fn write_pieces(block: &mut Vec<u8>, pieces: &[impl AsRef<str>]) {
    let mut end = 0_u32;
    for piece in pieces {
        end = end.saturating_add(u32::try_from(piece.as_ref().len()).unwrap_or(u32::MAX));
        block.extend(end.to_le_bytes());
    }
    for piece in pieces {
        block.extend(piece.as_ref().as_bytes());
    }
}
