//! Text with colours, cut to the columns of a terminal.

use crate::config::Color;
use crate::role::TagColor;

use super::width::{columns, fitting};

/// How a piece of text looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Style {
    pub text: Color,
    pub background: Color,
    pub bold: bool,
    pub underline: bool,
}

impl Style {
    pub fn of(text: Color, background: Color) -> Self {
        Self { text, background, ..Self::default() }
    }

    /// The same, as letters that were typed look.
    pub fn matched(self) -> Self {
        Self { bold: true, underline: true, ..self }
    }

    /// What switches a terminal to it from its plain state, and whether it has to be switched back.
    fn escape(self, colour: bool) -> String {
        let mut codes = Vec::new();
        if self.bold {
            codes.push("1".to_owned());
        }
        if self.underline {
            codes.push("4".to_owned());
        }
        if colour {
            codes.extend(code(self.text, 30));
            codes.extend(code(self.background, 40));
        }
        if codes.is_empty() { String::new() } else { format!("\x1b[{}m", codes.join(";")) }
    }
}

/// The code of a colour; 8 to 15 are the bright ones.
fn code(color: Color, base: u8) -> Option<String> {
    let number = match color {
        Color::DefaultColor => return None,
        Color::Black => 0,
        Color::DarkRed => 1,
        Color::DarkGreen => 2,
        Color::Brown => 3,
        Color::DarkBlue => 4,
        Color::Purple => 5,
        Color::Cyan => 6,
        Color::LightGrey => 7,
        Color::DarkGrey => 8,
        Color::Red => 9,
        Color::Green => 10,
        Color::Yellow => 11,
        Color::Blue => 12,
        Color::Fuchsia => 13,
        Color::Turquoise => 14,
        Color::White => 15,
    };
    Some((if number < 8 { base + number } else { base + 52 + number }).to_string())
}

/// The colour of a terminal that is nearest to that of a tag.
pub fn color_of(tag: TagColor) -> Color {
    match tag {
        TagColor::Blue => Color::Blue,
        TagColor::Turquoise => Color::Turquoise,
        TagColor::Green => Color::Green,
        TagColor::Yellow => Color::Yellow,
        TagColor::Orange => Color::Brown,
        TagColor::Red => Color::Red,
        TagColor::Pink => Color::Fuchsia,
        TagColor::Purple => Color::Purple,
    }
}

/// `text` in a colour.
pub fn coloured(text: &str, color: Color) -> String {
    match Style::of(color, Color::DefaultColor).escape(true) {
        escape if escape.is_empty() || text.is_empty() => text.to_owned(),
        escape => format!("{escape}{text}\x1b[0m"),
    }
}

/// A line of a terminal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    spans: Vec<(String, Style)>,
    /// Columns that it takes.
    width: usize,
}

impl Line {
    pub fn width(&self) -> usize {
        self.width
    }

    pub fn push(&mut self, text: &str, style: Style) {
        self.width += columns(text);
        match self.spans.last_mut() {
            Some((before, same)) if *same == style => before.push_str(text),
            _ => self.spans.push((text.to_owned(), style)),
        }
    }

    /// Appends as much of a line as fits into `width` columns, and spaces up to there.
    pub fn push_cell(&mut self, cell: &Self, width: usize, style: Style) {
        let end = self.width + width;
        let fits = cell.width <= width;
        let mut room = if fits { width } else { width.saturating_sub(1) };
        for (text, style) in &cell.spans {
            let shown = fitting(text, room);
            self.push(shown, *style);
            room -= columns(shown);
            if shown.len() < text.len() {
                break;
            }
        }
        if !fits && width > 0 {
            self.push("…", style);
        }
        self.pad_to(end, style);
    }

    /// The line in `width` columns at most.
    pub fn cut(self, width: usize, style: Style) -> Self {
        if self.width <= width {
            return self;
        }
        let mut line = Self::default();
        line.push_cell(&self, width, style);
        line
    }

    /// Appends spaces up to a column.
    pub fn pad_to(&mut self, column: usize, style: Style) {
        if column > self.width {
            self.push(&" ".repeat(column - self.width), style);
        }
    }

    /// What a terminal is sent; without spaces at the end that nobody sees.
    pub fn render(&self, colour: bool) -> String {
        let seen = |style: &Style| colour && style.background != Color::DefaultColor;
        let mut spans: Vec<(&str, Style)> = self.spans.iter().map(|(text, style)| (text.as_str(), *style)).collect();
        while let Some((text, style)) = spans.last_mut().filter(|(_, style)| !seen(style)) {
            *text = text.trim_end_matches(' ');
            if !text.is_empty() || style.underline {
                break;
            }
            spans.pop();
        }
        let mut rendered = String::new();
        for (text, style) in spans {
            let escape = style.escape(colour);
            rendered.push_str(&escape);
            rendered.push_str(text);
            if !escape.is_empty() {
                rendered.push_str("\x1b[0m");
            }
        }
        rendered
    }

    /// The text alone.
    #[cfg(test)]
    pub fn text(&self) -> String {
        self.spans.iter().map(|(text, _)| text.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(text: &str) -> Line {
        let mut line = Line::default();
        line.push(text, Style::default());
        line
    }

    #[test]
    fn a_cell_has_the_width_that_it_was_given() {
        for (text, width, shown) in [
            ("abc", 5, "abc  "),
            ("abcdef", 4, "abc…"),
            ("日本語", 5, "日本…"),
            ("日本語", 4, "日… "),
            ("日", 1, "…"),
            ("x", 0, ""),
        ] {
            let mut line = Line::default();
            line.push_cell(&plain(text), width, Style::default());
            assert_eq!((line.text().as_str(), line.width()), (shown, width), "{text}");
        }
    }

    #[test]
    fn colours_are_codes_and_go_where_they_are_not_wanted() {
        let mut line = Line::default();
        line.push("a", Style::of(Color::Red, Color::DarkBlue));
        line.push("b", Style::default().matched());
        line.push("  ", Style::default());
        assert_eq!(line.render(true), "\x1b[91;44ma\x1b[0m\x1b[1;4mb\x1b[0m");
        assert_eq!(line.render(false), "a\x1b[1;4mb\x1b[0m");
        line.push(" ", Style::of(Color::Red, Color::White));
        assert!(line.render(true).ends_with("\x1b[91;107m \x1b[0m"));
    }

    proptest! {
        #[test]
        fn no_text_takes_more_than_its_cell(text in "[^\\p{C}]*", width in 0_usize..20) {
            let mut line = Line::default();
            line.push_cell(&plain(&text), width, Style::default());
            prop_assert_eq!(line.width(), width);
            prop_assert_eq!(columns(&line.text()), width);
        }
    }
}
