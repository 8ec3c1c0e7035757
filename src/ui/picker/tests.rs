//! What each key does, and what is drawn of it, at any size.

use std::collections::HashMap;

use proptest::prelude::*;

use crate::config::PromptColors;
use crate::finder::{Catalog, Field, Finder, Lister, Query};
use crate::role::Role;

use super::state::{State, Step};
use super::view::View;
use super::{Details, Picking};
use crate::ui::screen::Key;

fn role(number: u64, account: &str, name: &str, tags: &[(&str, &str)]) -> Role {
    let account_id = number.try_into().expect("an id");
    Role {
        profile: format!("{account}:{name}"),
        account_id,
        account_alias: account.to_owned(),
        role_name: name.to_owned(),
        region: Some("eu-west-1".to_owned()),
        tags: tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        ..Role::default()
    }
}

/// Does something with a picker of these roles.
fn with<T>(roles: &[Role], work: impl FnOnce(&Picking<'_>) -> T) -> T {
    let mut lister = Lister::default();
    (0..).zip(roles).for_each(|(id, role)| lister.add(id, role));
    let finder = Finder::new(Catalog::read(lister.finish()).expect("a catalog"), &HashMap::new(), true);
    let details = |id: i64| {
        let role = roles.get(usize::try_from(id).ok()?)?.clone();
        Some(Details { role, last_used: (id == 0).then_some(1_000 - 7_300) })
    };
    work(&Picking {
        finder: &finder,
        narrow: &Query::default(),
        instance: None,
        first_tag: Some("Team"),
        primary_tags: &["AccountName".to_owned(), "AccountAlias".to_owned()],
        colors: &PromptColors::default(),
        details: &details,
        now: 1_000,
    })
}

fn some_roles() -> Vec<Role> {
    vec![
        role(1, "payments-dev", "Admin", &[("Team", "blue"), ("Env", "dev")]),
        role(1, "payments-dev", "ReadOnly", &[("Team", "blue"), ("Env", "dev")]),
        role(2, "payments-prod", "Admin", &[("Team", "blue"), ("Env", "prod")]),
        role(3, "日本の会計", "ReadOnly", &[("Team", "big data")]),
    ]
}

fn many_roles() -> Vec<Role> {
    (0..1_500).map(|number| role(number, &format!("account-{number:04}"), "Admin", &[])).collect()
}

fn lines(state: &mut State<'_>, width: usize, height: usize) -> Vec<String> {
    let frame = View::new(state.picking).frame(state, width, height);
    frame.lines.iter().map(|line| line.text().trim_end().to_owned()).collect()
}

fn typed(text: &str) -> Key {
    Key::Text(text.to_owned())
}

#[test]
fn lines_say_what_fits_into_the_width() {
    with(&some_roles(), |picking| {
        let mut state = State::new(picking, "");
        for (width, height, expected) in [
            (
                100,
                10,
                &[
                    ">           4/4",
                    "▌ payments-dev:Admin     000000000001  payments-dev",
                    "  payments-dev:ReadOnly  000000000001  payments-dev",
                    "  payments-prod:Admin    000000000002  payments-prod",
                    "  日本の会計:ReadOnly    000000000003  日本の会計",
                    "arn:aws:iam::000000000000:role/ · eu-west-1 · used 2h ago · Env=dev · Team=blue",
                    "Enter take · TAB tags · Esc leave",
                ][..],
            ),
            (
                40,
                6,
                &[
                    ">           4/4",
                    "▌ payments-dev:Admin     payments-dev",
                    "▏ payments-dev:ReadOnly  payments-dev",
                    "  payments-prod:Admin    payments-prod",
                    "arn:aws:iam::000000000000:role/ · eu-w…",
                ],
            ),
            (
                20,
                5,
                &[
                    ">           4/4",
                    "▌ payments-dev:Adm…",
                    "▏ payments-dev:Rea…",
                    "  payments-prod:Ad…",
                    "arn:aws:iam::00000…",
                ],
            ),
            (12, 2, &[">", "▌ payments…"]),
        ] {
            assert_eq!(lines(&mut state, width, height), expected, "{width} x {height}");
        }
    });
}

#[test]
fn keys_move_through_the_list_and_its_window() {
    with(&many_roles(), |picking| {
        let mut state = State::new(picking, "");
        assert_eq!(lines(&mut state, 60, 24)[0], ">           1500/1500");
        for _ in 0..13 {
            state.press(Key::Down);
        }
        let shown = lines(&mut state, 60, 24);
        assert!(shown.iter().any(|line| line.starts_with("▌ account-0013")), "{shown:#?}");
        assert!(!shown.iter().any(|line| line.contains("account-0000")), "the window has moved: {shown:#?}");
        state.press(Key::PageUp);
        state.press(Key::Up);
        state.press(Key::Up);
        assert_eq!(lines(&mut state, 60, 24)[1], "▌ account-0000:Admin  000000000000  account-0000");
        // All of them can be reached.
        for _ in 0..200 {
            state.press(Key::PageDown);
        }
        assert!(lines(&mut state, 60, 24).iter().any(|line| line.starts_with("▌ account-1499")));
        // What is typed starts at the top again.
        state.press(typed("7"));
        assert_eq!(state.place.selected, 0);
    });
}

#[test]
fn enter_takes_the_selected_role_and_nothing_where_none_fits() {
    with(&some_roles(), |picking| {
        let mut state = State::new(picking, "payments admin");
        state.press(Key::Down);
        let Step::Take(number) = state.press(Key::Enter) else { panic!("a role is taken") };
        assert_eq!(picking.finder.catalog().entry(number).field(Field::Profile), "payments-prod:Admin");
        let mut state = State::new(picking, "zzz");
        assert_eq!(state.press(Key::Enter), Step::Stay);
        assert_eq!(lines(&mut state, 60, 24)[1], "no role fits");
        assert_eq!(state.press(Key::DeleteOrCancel), Step::Stay, "there is a line to delete from");
        state.press(Key::DeleteToStart);
        assert_eq!(state.press(Key::DeleteOrCancel), Step::Cancel);
    });
}

#[test]
fn tags_are_put_in_key_by_key() {
    with(&some_roles(), |picking| {
        let mut state = State::new(picking, "");
        state.press(Key::Tab);
        let shown = lines(&mut state, 60, 24);
        assert_eq!(shown[1], "▌ Team=          4 roles, 2 values", "FirstTag is the first: {shown:#?}");
        state.press(Key::Enter);
        assert_eq!(state.input.text(), "Team=");
        assert_eq!(lines(&mut state, 60, 24)[1..3], ["▌ big data   1 role", "  blue       3 roles"]);
        // A term ends at a space: an underscore stands for the one in the value.
        state.press(Key::Enter);
        assert_eq!(state.input.text(), "Team=big_data ");
        assert_eq!(state.found.total, 1);
        // Where a choice is the only one it needs no list.
        state.press(Key::DeleteToStart);
        state.press(typed("Env=p"));
        state.press(Key::Tab);
        assert_eq!(state.input.text(), "Env=prod ");
        assert!(state.completing.is_none());
        // What cannot become a tag stays.
        state.press(typed("zzz"));
        state.press(Key::Tab);
        assert_eq!(state.input.text(), "Env=prod zzz");
        assert_eq!(state.press(Key::Back), Step::Cancel);
    });
}

#[test]
fn a_long_line_shows_the_part_around_the_cursor() {
    with(&some_roles(), |picking| {
        let mut state = State::new(picking, "one two three four five");
        let frame = View::new(picking).frame(&mut state, 20, 5);
        assert_eq!(frame.lines[0].text().trim_end(), ">  three four five");
        assert_eq!(frame.cursor, 18);
        state.press(Key::Home);
        let frame = View::new(picking).frame(&mut state, 20, 5);
        assert_eq!((frame.lines[0].text().trim_end(), frame.cursor), ("> one two three fo…", 2));
    });
}

proptest! {
    #[test]
    fn every_size_holds_every_state(
        width in 1_usize..120,
        height in 1_usize..40,
        keys in proptest::collection::vec((0_u8..20, "[a-zA-Z=_ 日é]{0,6}"), 0..12),
    ) {
        with(&some_roles(), |picking| {
            let mut state = State::new(picking, "");
            for (key, text) in keys {
                let key = match key {
                    0 => Key::Tab,
                    1 => Key::Enter,
                    2 => Key::Down,
                    3 => Key::Up,
                    4 => Key::Back,
                    5 => Key::Backspace,
                    6 => Key::Left,
                    7 => Key::Home,
                    8 => Key::DeleteWord,
                    9 => Key::PageDown,
                    10 => Key::BackTab,
                    _ => typed(&text),
                };
                state.press(key);
                let frame = View::new(picking).frame(&mut state, width, height);
                prop_assert!(frame.lines.len() <= height.max(2), "{} lines", frame.lines.len());
                for line in &frame.lines {
                    prop_assert!(line.width() <= width.saturating_sub(1).max(2), "{} of {width}: {:?}", line.width(), line.text());
                }
                prop_assert!(frame.cursor < width.max(3), "{} of {width}", frame.cursor);
            }
            Ok(())
        })?;
    }
}
