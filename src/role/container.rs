//! The Firefox container that a role, or a sign-in, is opened in: its name, colour and icon.

use std::str::FromStr;

use super::{Role, TagColor};

/// An icon that an `Icon` tag can name: those of the Firefox containers (ledger §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TagIcon {
    /// `fingerprint`
    Fingerprint,
    /// `briefcase`
    Briefcase,
    /// `dollar`
    Dollar,
    /// `cart`
    Cart,
    /// `gift`
    Gift,
    /// `vacation`
    Vacation,
    /// `food`
    Food,
    /// `fruit`
    Fruit,
    /// `pet`
    Pet,
    /// `tree`
    Tree,
    /// `chill`
    Chill,
    /// `circle`
    Circle,
}

impl TagIcon {
    /// Every icon, in the order in which names choose among them (ledger §10.2).
    pub const ALL: [Self; 12] = [
        Self::Fingerprint,
        Self::Briefcase,
        Self::Dollar,
        Self::Cart,
        Self::Gift,
        Self::Vacation,
        Self::Food,
        Self::Fruit,
        Self::Pet,
        Self::Tree,
        Self::Chill,
        Self::Circle,
    ];

    /// The word in a tag.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fingerprint => "fingerprint",
            Self::Briefcase => "briefcase",
            Self::Dollar => "dollar",
            Self::Cart => "cart",
            Self::Gift => "gift",
            Self::Vacation => "vacation",
            Self::Food => "food",
            Self::Fruit => "fruit",
            Self::Pet => "pet",
            Self::Tree => "tree",
            Self::Chill => "chill",
            Self::Circle => "circle",
        }
    }
}

impl FromStr for TagIcon {
    type Err = ();

    /// Upper and lower case are one.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|icon| icon.as_str().eq_ignore_ascii_case(text.trim())).ok_or(())
    }
}

/// A container of Firefox. One that is there already keeps its old colour and icon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Container {
    /// What it is called, and what tells it from others.
    pub name: String,
    /// Its colour.
    pub color: TagColor,
    /// Its icon.
    pub icon: TagIcon,
}

impl Container {
    /// The container `name`, with a colour and an icon that always are those of this name.
    pub fn named(name: &str) -> Self {
        let sum = name.bytes().fold(0_u8, u8::wrapping_add);
        let pick = |length: usize| usize::from(sum) % length;
        Self {
            name: name.to_owned(),
            color: TagColor::ALL[pick(TagColor::ALL.len())],
            icon: TagIcon::ALL[pick(TagIcon::ALL.len())],
        }
    }

    /// The container of a role: by its tags `Color` and `Icon`, where they are of use. Production is red.
    pub fn of_role(role: &Role) -> Self {
        let by_name = Self::named(&role.profile);
        let icon = tag(role, "Icon").and_then(|icon| icon.parse().ok());
        Self {
            color: TagColor::of(role).unwrap_or(by_name.color),
            icon: icon.unwrap_or(by_name.icon),
            name: by_name.name,
        }
    }

    /// The container in which a person signs in to an SSO instance.
    pub fn of_instance(name: &str) -> Self {
        Self { name: name.to_owned(), color: TagColor::Blue, icon: TagIcon::Fingerprint }
    }

    /// The tags of a role that name no colour or icon there is, in words.
    pub fn odd_tags(role: &Role) -> Vec<String> {
        let colors = TagColor::ALL.map(TagColor::as_str).join(", ");
        let icons = TagIcon::ALL.map(TagIcon::as_str).join(", ");
        let color = tag(role, "Color").filter(|color| color.parse::<TagColor>().is_err());
        let icon = tag(role, "Icon").filter(|icon| icon.parse::<TagIcon>().is_err());
        [("Color", color, colors), ("Icon", icon, icons)]
            .into_iter()
            .filter_map(|(key, value, known)| {
                Some(format!("the tag {key} of {} is '{}': use one of {known}", role.profile, value?))
            })
            .collect()
    }
}

fn tag<'a>(role: &'a Role, wanted: &str) -> Option<&'a str> {
    let found = role.tags.iter().find(|(key, _)| key.eq_ignore_ascii_case(wanted));
    found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_always_has_its_own_colour_and_icon() {
        for (name, color, icon) in [
            ("Testy", TagColor::Turquoise, Some(TagIcon::Briefcase)),
            ("a", TagColor::Turquoise, None),
            ("aa", TagColor::Green, None),
            ("2d", TagColor::Pink, None),
            ("", TagColor::Blue, Some(TagIcon::Fingerprint)),
        ] {
            let container = Container::named(name);
            assert_eq!(container.color, color, "{name}");
            assert!(icon.is_none_or(|icon| container.icon == icon), "{name}: {:?}", container.icon);
        }
    }

    #[test]
    fn the_tags_of_a_role_win_where_they_are_of_use() {
        let role = |tags: &[(&str, &str)]| Role {
            profile: "Testy".to_owned(),
            tags: tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            ..Role::default()
        };
        let of = |tags: &[(&str, &str)]| {
            let container = Container::of_role(&role(tags));
            (container.color, container.icon)
        };
        let by_name = (TagColor::Turquoise, TagIcon::Briefcase);
        assert_eq!(of(&[]), by_name);
        assert_eq!(of(&[("color", "Purple"), ("ICON", " tree ")]), (TagColor::Purple, TagIcon::Tree));
        assert_eq!(of(&[("Color", "mauve"), ("Icon", "skull")]), by_name);
        assert_eq!(of(&[("Env", "prod")]).0, TagColor::Red);
        assert_eq!(Container::odd_tags(&role(&[("Color", "red"), ("Icon", "pet")])), [""; 0]);
        let odd = Container::odd_tags(&role(&[("Color", "mauve"), ("Icon", "skull")]));
        assert!(odd[0].contains("'mauve': use one of blue, ") && odd[1].contains("'skull': use one of "), "{odd:?}");
    }
}
