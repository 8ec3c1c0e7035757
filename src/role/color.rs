//! The colour of a role, from its tags.

use std::str::FromStr;

use super::Role;

/// A colour that a `Color` tag can name: those of the Firefox containers, as the Go tool has them
/// (ledger §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TagColor {
    /// `blue`
    Blue,
    /// `turquoise`
    Turquoise,
    /// `green`
    Green,
    /// `yellow`
    Yellow,
    /// `orange`
    Orange,
    /// `red`
    Red,
    /// `pink`
    Pink,
    /// `purple`
    Purple,
}

/// Tags that commonly say which stage a role belongs to.
const STAGE_TAGS: [&str; 3] = ["Environment", "Env", "Stage"];

impl FromStr for TagColor {
    type Err = ();

    /// Upper and lower case are one.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|color| color.as_str().eq_ignore_ascii_case(text.trim())).ok_or(())
    }
}

impl TagColor {
    /// Every colour, in the order in which names choose among them (ledger §10.2).
    pub const ALL: [Self; 8] =
        [Self::Blue, Self::Turquoise, Self::Green, Self::Yellow, Self::Orange, Self::Red, Self::Pink, Self::Purple];

    /// The word in a tag.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Blue => "blue",
            Self::Turquoise => "turquoise",
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Orange => "orange",
            Self::Red => "red",
            Self::Pink => "pink",
            Self::Purple => "purple",
        }
    }

    /// The tags that give a role its colour, whatever their case.
    pub const TAGS: [&str; 4] = ["Color", STAGE_TAGS[0], STAGE_TAGS[1], STAGE_TAGS[2]];

    /// The colour that the role's tags give it: its `Color`, else red for what is tagged production.
    pub fn of(role: &Role) -> Option<Self> {
        let tag = |wanted: &str| {
            let found = role.tags.iter().find(|(key, _)| key.eq_ignore_ascii_case(wanted));
            found.map(|(_, value)| value.trim().to_ascii_lowercase())
        };
        let own = tag("Color").and_then(|color| color.parse().ok());
        let is_production = || STAGE_TAGS.iter().filter_map(|key| tag(key)).any(|stage| stage.starts_with("prod"));
        own.or_else(|| is_production().then_some(Self::Red))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tags_of_a_role_give_it_a_colour() {
        for (tags, color) in [
            (&[("Color", "green")][..], Some(TagColor::Green)),
            (&[("color", " Purple ")], Some(TagColor::Purple)),
            (&[("Color", "mauve")], None),
            (&[("Environment", "Production")], Some(TagColor::Red)),
            (&[("Stage", "prod-eu")], Some(TagColor::Red)),
            (&[("Env", "prod"), ("Color", "yellow")], Some(TagColor::Yellow)),
            (&[("Env", "prod"), ("Color", "mauve")], Some(TagColor::Red)),
            (&[("Env", "dev")], None),
            (&[], None),
        ] {
            let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
            assert_eq!(TagColor::of(&Role { tags, ..Role::default() }), color);
        }
    }
}
