//! A question: answers to choose from, a text to type, or both.
//!
//! ```text
//! state  → what each key makes of it
//! view   → the lines that show it, for any width and height
//! lines  → the same for a terminal that only knows lines
//! ```
//!
//! Who asks speaks to [`Ask`], so that a course of questions can be tried without a terminal.

mod lines;
mod state;
#[cfg(test)]
mod tests;
mod view;

use crate::context::Env;
use crate::{Result, ui};

use super::screen::{self, Dialog, Frame, Key, Step};
use super::width::columns;
use state::State;

/// What may be typed: what is meant by it, or what is wrong with it.
pub type Check<'a> = &'a dyn Fn(&str) -> Result<String, String>;

/// What an answer would lead to, in a few lines.
pub type Preview<'a> = &'a dyn Fn(&Answer) -> Vec<String>;

/// A question.
#[derive(Default, Clone)]
pub struct Question<'a> {
    /// What is asked, in a line.
    pub title: String,
    /// What helps to answer; may be empty.
    pub about: String,
    /// What can be chosen.
    pub choices: Vec<Choice>,
    /// The choice that Enter takes at first.
    pub start: usize,
    /// The text that Enter takes where nothing was typed.
    pub default: Option<String>,
    /// Whether, and what, can be typed.
    pub typed: Option<Check<'a>>,
    /// What an answer would lead to.
    pub preview: Option<Preview<'a>>,
    /// Whether several can be chosen.
    pub several: bool,
}

/// One of the answers to choose from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// The answer.
    pub label: String,
    /// What it means; may be empty.
    pub about: String,
}

impl Choice {
    /// An answer with what it means.
    pub fn new(label: impl Into<String>, about: impl Into<String>) -> Self {
        Self { label: label.into(), about: about.into() }
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The number of a choice.
    Choice(usize),
    /// What was typed, as its check returned it.
    Text(String),
    /// The numbers of the choices, at least one.
    Several(Vec<usize>),
}

/// Somebody who can be asked.
pub trait Ask {
    /// Asks. A person who leaves is an error with the status of an interrupted command.
    fn ask(&mut self, question: &Question<'_>) -> Result<Answer>;

    /// Says something between two questions.
    fn tell(&mut self, text: &str);
}

/// The person at the terminal.
pub struct Person<'a> {
    env: &'a Env,
}

impl<'a> Person<'a> {
    /// The person at the terminal of this process.
    pub fn new(env: &'a Env) -> Self {
        Self { env }
    }
}

impl Ask for Person<'_> {
    fn ask(&mut self, question: &Question<'_>) -> Result<Answer> {
        let capable = screen::is_capable(self.env);
        let title = crate::error::one_line(&question.title);
        let colour = capable && ui::wants_colour(&std::io::stderr(), self.env);
        let width = screen::width();
        ui::tell("");
        for line in wrapped(&title, width) {
            ui::write_error(&ui::bold(&line, colour));
        }
        if !question.about.is_empty() {
            ui::tell(&wrapped(&question.about, width).join("\n"));
        }
        if !capable {
            return lines::ask(question);
        }
        let answer = screen::run(&mut State::new(question), self.env)?;
        ui::tell(&format!("> {}", question.says(&answer)));
        Ok(answer)
    }

    fn tell(&mut self, text: &str) {
        ui::tell(text);
    }
}

/// A text in lines of so many columns, broken between words where that can be.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if columns(line) + 1 + columns(word) <= width => line.extend([" ", word]),
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

impl Question<'_> {
    /// An answer in words.
    fn says(&self, answer: &Answer) -> String {
        let label = |n: &usize| self.choices.get(*n).map_or("", |choice| choice.label.as_str());
        match answer {
            Answer::Choice(n) => label(n).to_owned(),
            Answer::Text(text) => text.clone(),
            Answer::Several(chosen) => chosen.iter().map(label).collect::<Vec<_>>().join(", "),
        }
    }

    /// What is meant by a typed text.
    fn check(&self, text: &str) -> Result<Answer, String> {
        let text = text.trim();
        let exact = self.choices.iter().position(|choice| choice.label.eq_ignore_ascii_case(text));
        match (exact, self.typed, &self.default) {
            (Some(n), ..) => Ok(if self.several { Answer::Several(vec![n]) } else { Answer::Choice(n) }),
            (None, Some(_), Some(default)) if text.is_empty() => Ok(Answer::Text(default.clone())),
            (None, Some(check), _) => check(text).map(Answer::Text),
            (None, None, _) => Err("choose one of the answers".to_owned()),
        }
    }
}

impl Dialog for State<'_> {
    type Answer = Answer;

    fn frame(&mut self, width: usize, height: usize) -> Frame {
        view::frame(self, width, height)
    }

    fn press(&mut self, key: Key) -> Step<Answer> {
        self.key(key)
    }
}
