//! What a person has typed and chosen so far, and what each key makes of it. Knows no terminal.

use std::collections::BTreeSet;

use crate::ui::input::Input;
use crate::ui::place::Place;
use crate::ui::screen::{Key, Step};

use super::{Answer, Question};

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// The number of a choice.
    Choice(usize),
    /// What was typed, as it would be taken.
    Typed(String),
}

/// The state of a question.
pub struct State<'a> {
    pub question: &'a Question<'a>,
    pub input: Input,
    pub rows: Vec<Row>,
    pub place: Place,
    /// The choices that are marked, where several can be.
    pub marked: BTreeSet<usize>,
    /// Why the last Enter was not taken.
    pub problem: Option<String>,
    /// Lines of the list that are shown, as the screen last had it.
    pub page: usize,
}

impl<'a> State<'a> {
    pub fn new(question: &'a Question<'a>) -> Self {
        let mut state = Self {
            question,
            input: Input::default(),
            rows: Vec::new(),
            place: Place::default(),
            marked: BTreeSet::new(),
            problem: None,
            page: 10,
        };
        state.search();
        state.place.selected = question.start.min(state.rows.len().saturating_sub(1));
        state
    }

    /// What a key does.
    pub fn key(&mut self, key: Key) -> Step<Answer> {
        match key {
            Key::Cancel | Key::Back => return Step::Cancel,
            Key::DeleteOrCancel if self.input.text().is_empty() => return Step::Cancel,
            Key::Enter => return self.enter(),
            Key::Up | Key::BackTab => self.step(-1),
            Key::Down => self.step(1),
            Key::PageUp => self.step(-self.page.cast_signed()),
            Key::PageDown => self.step(self.page.cast_signed()),
            Key::Tab => self.complete(),
            Key::Text(text) if self.question.several => {
                if text == " " {
                    self.mark();
                }
            }
            // Nothing can be typed where there is nothing to find and nothing to say.
            key => self.edit(key),
        }
        Step::Stay
    }

    /// What Enter would take, if it would.
    pub fn answer(&self) -> Result<Answer, String> {
        if self.question.several && !self.marked.is_empty() {
            return Ok(Answer::Several(self.marked.iter().copied().collect()));
        }
        match self.rows.get(self.place.selected) {
            Some(Row::Choice(n)) if self.question.several => Ok(Answer::Several(vec![*n])),
            Some(Row::Choice(n)) => Ok(Answer::Choice(*n)),
            Some(Row::Typed(text)) => Ok(Answer::Text(text.clone())),
            None => self.question.check(self.input.text()),
        }
    }

    fn enter(&mut self) -> Step<Answer> {
        match self.answer() {
            Ok(answer) => Step::Take(answer),
            Err(problem) => {
                self.problem = Some(problem);
                Step::Stay
            }
        }
    }

    fn step(&mut self, by: isize) {
        self.place.step(by, self.rows.len());
    }

    fn mark(&mut self) {
        if let Some(Row::Choice(n)) = self.rows.get(self.place.selected)
            && !self.marked.remove(n)
        {
            self.marked.insert(*n);
        }
    }

    /// Takes what stands under the cursor, or by default, into the line.
    fn complete(&mut self) {
        if self.question.several {
            return self.step(1);
        }
        let text = match self.rows.get(self.place.selected) {
            Some(Row::Choice(n)) => self.question.choices[*n].label.clone(),
            Some(Row::Typed(_)) => return,
            None => match &self.question.default {
                Some(default) if self.input.text().is_empty() => default.clone(),
                _ => return,
            },
        };
        self.input = Input::new(&text);
        self.changed();
    }

    fn edit(&mut self, key: Key) {
        let before = self.input.text().to_owned();
        self.input.press(key);
        if self.input.text() != before {
            self.changed();
        }
    }

    fn changed(&mut self) {
        self.place = Place::default();
        self.problem = None;
        self.search();
        if self.input.text().is_empty() {
            self.place.selected = self.question.start.min(self.rows.len().saturating_sub(1));
        }
    }

    /// The choices that hold every word of what is typed; the one that is it comes first.
    fn search(&mut self) {
        let typed = self.input.text().trim().to_lowercase();
        let words: Vec<&str> = typed.split_whitespace().collect();
        let choices = self.question.choices.iter().enumerate();
        let mut found: Vec<usize> = choices
            .filter(|(_, choice)| {
                let text = format!("{} {}", choice.label, choice.about).to_lowercase();
                words.iter().all(|word| text.contains(word))
            })
            .map(|(n, _)| n)
            .collect();
        let label = |n: &usize| self.question.choices[*n].label.to_lowercase();
        found.sort_by_key(|n| {
            if typed.is_empty() {
                0
            } else {
                2 - usize::from(label(n).starts_with(&typed)) - usize::from(label(n) == typed)
            }
        });
        let exact = found.iter().any(|n| label(n) == typed);
        self.rows = found.into_iter().map(Row::Choice).collect();
        if let Some(check) = self.question.typed
            && !self.question.choices.is_empty()
            && !typed.is_empty()
            && !exact
            && let Ok(text) = check(self.input.text().trim())
        {
            self.rows.push(Row::Typed(text));
        }
    }
}
