//! A person who answers the wizard, line by line: on a terminal that knows no more, each question is a line.

#![allow(dead_code, reason = "each test file uses a part of it")]

use identity_center::Simulator;
use rexpect::session::PtySession;

use super::support::Home;
use super::terminal::{aws_sso, end};

/// The answer of somebody who takes what is offered.
pub const ENTER: &str = "";

pub fn read_config(home: &Home) -> String {
    std::fs::read_to_string(home.config_path()).expect("config.yaml")
}

/// A wizard at its first question.
pub struct Wizard {
    session: PtySession,
}

impl Wizard {
    pub fn start(home: &Home, arguments: &[&str]) -> Self {
        Self { session: aws_sso(home, arguments) }
    }

    /// Waits for a text.
    #[track_caller]
    pub fn sees(&mut self, text: &str) -> String {
        self.session.exp_string(text).unwrap_or_else(|error| panic!("{text} does not come: {error}"))
    }

    /// Waits for a question, and answers it; what was shown between its title and its prompt.
    #[track_caller]
    pub fn answers(&mut self, title: &str, answer: &str) -> String {
        self.sees(title);
        let shown = self.waits();
        self.session.send_line(answer).expect("the answer");
        shown
    }

    /// Waits until a question waits for its answer.
    #[track_caller]
    pub fn waits(&mut self) -> String {
        let (before, prompt) = self
            .session
            .exp_regex(r"\r\n(Text|Number|Numbers|Number or text)( \[[^\r\n]*\])?: ")
            .unwrap_or_else(|error| panic!("no question: {error}"));
        format!("{before}{prompt}")
    }

    /// Answers a question that waits already.
    pub fn types(&mut self, answer: &str) {
        self.session.send_line(answer).expect("the answer");
    }

    pub fn control(&mut self, key: char) {
        self.session.send_control(key).expect("a key");
    }

    /// What was shown to the end, and the exit status.
    pub fn end(self) -> (String, i32) {
        end(self.session)
    }
}

/// A home without a config, whose AWS is a simulator.
pub fn plain_home(simulator: &Simulator) -> Home {
    let mut home = Home::bare();
    for (name, value) in simulator.env() {
        home.set(name, &value);
    }
    home
}
