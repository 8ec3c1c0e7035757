//! What a person has typed and chosen so far, and what each key makes of it. Knows no terminal.

use crate::finder::{Choice, Found, Query};

use super::Picking;
use crate::ui::input::Input;
use crate::ui::place::Place;
use crate::ui::screen::{self, Key};

/// What a key led to; a role is taken by its number.
pub type Step = screen::Step<usize>;

/// Roles that are kept at first; more are fetched for those who scroll that far.
const FIRST: usize = 200;

/// Keys or values of tags, offered in place of the roles.
#[derive(Debug)]
pub struct Completing {
    /// The key whose values these are; none: these are keys.
    pub key: Option<String>,
    pub choices: Vec<Choice>,
    pub place: Place,
}

/// The state of the picker.
pub struct State<'a> {
    pub picking: &'a Picking<'a>,
    pub input: Input,
    pub found: Found,
    pub place: Place,
    pub completing: Option<Completing>,
    /// Lines of the list that are shown, as the screen last had it.
    pub page: usize,
    kept: usize,
}

impl<'a> State<'a> {
    pub fn new(picking: &'a Picking<'a>, typed: &str) -> Self {
        let mut state = Self {
            picking,
            input: Input::new(typed),
            found: Found::default(),
            place: Place::default(),
            completing: None,
            page: 10,
            kept: FIRST,
        };
        state.search();
        state
    }

    /// What a key does.
    pub fn press(&mut self, key: Key) -> Step {
        match key {
            Key::Cancel => return Step::Cancel,
            Key::DeleteOrCancel if self.input.text().is_empty() => return Step::Cancel,
            Key::Back if self.completing.take().is_none() => return Step::Cancel,
            Key::Back => {}
            Key::Enter => return self.enter(),
            Key::Tab if self.completing.is_some() => self.step(1),
            Key::BackTab | Key::Up => self.step(-1),
            Key::Tab => self.complete(),
            Key::Down => self.step(1),
            Key::PageUp => self.step(-self.page.cast_signed()),
            Key::PageDown => self.step(self.page.cast_signed()),
            key => self.edit(key),
        }
        Step::Stay
    }

    /// What was typed, and what the command line asked for before.
    fn query(&self, text: &str) -> Query {
        let narrow = &self.picking.narrow;
        Query { account: narrow.account, role: narrow.role.clone(), ..Query::of_line(text) }
    }

    /// What is typed now.
    pub fn typed(&self) -> Query {
        self.query(self.input.text())
    }

    fn search(&mut self) {
        self.found = self.picking.finder.search(&self.typed(), self.kept);
    }

    fn edit(&mut self, key: Key) {
        let before = self.input.text().to_owned();
        self.input.press(key);
        if self.input.text() != before {
            self.changed();
            if self.completing.is_some() {
                self.completing = self.choices();
            }
        }
    }

    fn changed(&mut self) {
        self.place = Place::default();
        self.kept = FIRST;
        self.search();
    }

    fn step(&mut self, by: isize) {
        if let Some(completing) = &mut self.completing {
            completing.place.step(by, completing.choices.len());
            return;
        }
        self.place.step(by, self.found.hits.len());
        let is_last = self.place.selected + 1 == self.found.hits.len();
        if is_last && by > 0 && self.found.hits.len() < self.found.total {
            self.kept *= 4;
            self.search();
        }
    }

    fn enter(&mut self) -> Step {
        if let Some(completing) = self.completing.take() {
            if let Some(choice) = completing.choices.get(completing.place.selected) {
                self.accept(completing.key.as_deref(), &choice.text);
            }
            return Step::Stay;
        }
        self.found.hits.get(self.place.selected).map_or(Step::Stay, |hit| Step::Take(hit.number))
    }

    /// TAB: the tag that the word at the cursor may become.
    fn complete(&mut self) {
        let Some(completing) = self.choices() else { return };
        match completing.choices.as_slice() {
            [only] => self.accept(completing.key.as_deref(), &only.text),
            _ => self.completing = Some(completing),
        }
    }

    /// The keys, or the values of the key, that the word at the cursor may become.
    fn choices(&self) -> Option<Completing> {
        let start = self.input.word_start();
        let word = &self.input.before_cursor()[start..];
        let after = &self.input.text()[self.input.before_cursor().len()..];
        let others = self.query(&format!("{} {after}", &self.input.text()[..start]));
        let finder = self.picking.finder;
        let (key, typed, choices) = match word.split_once('=') {
            Some((key, value)) if !key.is_empty() => (Some(key), value, finder.tag_values(&others, key)),
            _ => (None, word, finder.tag_keys(&others, self.picking.first_tag)),
        };
        let typed = typed.to_lowercase().replace('_', " ");
        let fits =
            |choice: &Choice, fits: fn(&str, &str) -> bool| fits(&choice.text.to_lowercase().replace('_', " "), &typed);
        let starting: Vec<Choice> =
            choices.iter().filter(|choice| fits(choice, |text, typed| text.starts_with(typed))).cloned().collect();
        let choices = if starting.is_empty() {
            choices.into_iter().filter(|choice| fits(choice, |text, typed| text.contains(typed))).collect()
        } else {
            starting
        };
        let found = !choices.is_empty();
        found.then(|| Completing { key: key.map(str::to_owned), choices, place: Place::default() })
    }

    /// Puts a key or a value into the line. After a key its values are offered.
    fn accept(&mut self, key: Option<&str>, text: &str) {
        // A term ends at a space, and an underscore stands for one.
        let spaceless = text.replace(char::is_whitespace, "_");
        let start = self.input.word_start();
        match key {
            Some(key) => self.input.replace_from(start, &format!("{key}={spaceless} ")),
            None => self.input.replace_from(start, &format!("{spaceless}=")),
        }
        self.changed();
        if key.is_none() {
            self.completing = self.choices();
        }
    }
}
