//! Asking on a terminal that only knows lines: a numbered list, and a line to answer.

use crate::{Error, Result, ui};

use super::{Answer, Question};

/// Asks until there is an answer. The question itself has been written.
pub fn ask(question: &Question<'_>) -> Result<Answer> {
    for (n, choice) in question.choices.iter().enumerate() {
        let about = if choice.about.is_empty() { String::new() } else { format!("  ({})", choice.about) };
        ui::tell(&format!("{:>3} {}{about}", n + 1, choice.label));
        if let (Some(preview), 1..=9) = (question.preview, question.choices.len()) {
            for line in preview(&Answer::Choice(n)) {
                ui::tell(&format!("      {line}"));
            }
        }
    }
    loop {
        let Some(line) = ui::prompt::line(&invitation(question))? else { return Err(Error::cancelled()) };
        match read(question, &line) {
            Ok(answer) => return Ok(answer),
            Err(problem) => ui::tell(&problem),
        }
    }
}

fn invitation(question: &Question<'_>) -> String {
    let default = match (&question.default, question.choices.is_empty()) {
        (Some(default), true) => format!(" [{default}]"),
        (None, true) => String::new(),
        (_, false) => format!(" [{}]", question.start + 1),
    };
    let what = match (question.choices.is_empty(), question.several, question.typed.is_some()) {
        (true, ..) => "Text",
        (false, true, _) => "Numbers",
        (false, false, true) => "Number or text",
        (false, false, false) => "Number",
    };
    format!("{what}{default}:")
}

/// What a line answers.
pub fn read(question: &Question<'_>, line: &str) -> Result<Answer, String> {
    let line = line.trim();
    let count = question.choices.len();
    let number = |word: &str| word.parse().ok().filter(|n| (1..=count).contains(n)).map(|n: usize| n - 1);
    if question.several && !line.is_empty() {
        let words = line.split([' ', ',']).filter(|word| !word.is_empty());
        let mut chosen = words.map(number).collect::<Option<Vec<_>>>().unwrap_or_default();
        chosen.sort_unstable();
        chosen.dedup();
        if !chosen.is_empty() {
            return Ok(Answer::Several(chosen));
        }
    }
    if count > 0 && line.is_empty() {
        return Ok(if question.several {
            Answer::Several(vec![question.start])
        } else {
            Answer::Choice(question.start)
        });
    }
    match number(line) {
        Some(n) if !question.several => Ok(Answer::Choice(n)),
        _ => question.check(line),
    }
}
