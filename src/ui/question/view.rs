//! What the screen shows of a question.

use crate::config::Color;
use crate::error::one_line;
use crate::ui::screen::Frame;
use crate::ui::style::{Line, Style};
use crate::ui::width::columns;

use super::Answer;
use super::state::{Row, State};

/// Choices that are shown at once.
const TALLEST: usize = 10;

/// Columns between an answer and what it means.
const GAP: usize = 2;

/// The lines for a terminal of this size. No line takes the last column, so that none wraps.
pub fn frame(state: &mut State<'_>, width: usize, height: usize) -> Frame {
    let width = width.saturating_sub(1);
    let (first, cursor) = first_line(state, width);
    let mut lines = vec![first];
    let mut below = below(state, width);
    let room = height.saturating_sub(2).max(1);
    below.truncate(room.saturating_sub(state.rows.len().min(TALLEST).min(3)));
    let list = room.saturating_sub(below.len()).min(TALLEST);
    state.page = list.max(1);
    state.place.show_in(state.page);
    lines.extend(rows(state, width, list));
    lines.extend(below);
    Frame { lines, cursor }
}

/// What is typed, or would be taken; the part around the cursor where all of it is too long.
fn first_line(state: &State<'_>, width: usize) -> (Line, usize) {
    let mut line = Line::default();
    line.push("> ", Style::of(Color::Blue, Color::DefaultColor));
    let room = width.saturating_sub(line.width());
    let before = state.input.before_cursor();
    let skipped = before
        .char_indices()
        .map(|(at, _)| at)
        .chain([before.len()])
        .find(|at| columns(&before[*at..]) < room)
        .unwrap_or(before.len());
    let cursor = line.width() + columns(&before[skipped..]);
    let default = state.question.default.as_deref().filter(|_| state.question.choices.is_empty());
    let (text, style) = match default {
        Some(default) if state.input.text().is_empty() => (one_line(default), dim()),
        _ => (state.input.text()[skipped..].to_owned(), Style::default()),
    };
    line.push(&text, style);
    (line.cut(width, dim()), cursor)
}

fn rows(state: &State<'_>, width: usize, height: usize) -> Vec<Line> {
    let label = |row: &Row| match row {
        Row::Choice(n) => one_line(&state.question.choices[*n].label),
        Row::Typed(text) => one_line(text),
    };
    let shown: Vec<(usize, &Row)> = state.rows.iter().enumerate().skip(state.place.top).take(height).collect();
    let widest = shown.iter().map(|(_, row)| columns(&label(row))).max().unwrap_or(0);
    let lines = shown.into_iter().map(|(n, row)| {
        let selected = n == state.place.selected;
        let mut line = Line::default();
        line.push(if selected { "▌ " } else { "  " }, Style::of(Color::Blue, Color::DefaultColor));
        if let Row::Choice(n) = row
            && state.question.several
        {
            line.push(if state.marked.contains(n) { "[x] " } else { "[ ] " }, Style::default());
        }
        let style = Style { bold: selected, ..Style::default() };
        let about = match row {
            Row::Choice(n) => one_line(&state.question.choices[*n].about),
            Row::Typed(_) => "as typed".to_owned(),
        };
        let start = line.width();
        line.push(&label(row), style);
        if !about.is_empty() {
            line.pad_to(start + widest + GAP, Style::default());
            line.push(&about, dim());
        }
        line.cut(width, dim())
    });
    lines.collect()
}

/// What stands below the list: the preview, what is wrong, which keys there are.
fn below(state: &State<'_>, width: usize) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut say = |text: &str, style: Style| {
        let mut line = Line::default();
        line.push(&one_line(text), style);
        lines.push(line.cut(width, style));
    };
    if let Some(problem) = &state.problem {
        say(problem, Style::of(Color::Red, Color::DefaultColor));
    }
    if let Some(preview) = state.question.preview {
        // A text that is not good yet has its problem in place of a preview.
        let answer = match (state.answer(), state.input.text().trim()) {
            (Ok(answer), _) => Some(answer),
            (Err(_), "") => None,
            (Err(_), typed) => Some(Answer::Text(typed.to_owned())),
        };
        for text in answer.map(|answer| preview(&answer)).unwrap_or_default() {
            say(&text, Style::of(Color::Green, Color::DefaultColor));
        }
    }
    let question = state.question;
    say(
        match () {
            () if question.several => "Enter take · Space mark · Esc leave",
            () if question.choices.is_empty() && question.default.is_some() => "Enter take · TAB edit · Esc leave",
            () => "Enter take · Esc leave",
        },
        dim(),
    );
    lines
}

fn dim() -> Style {
    Style::of(Color::DarkGrey, Color::DefaultColor)
}
