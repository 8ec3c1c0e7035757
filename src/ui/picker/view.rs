//! The picker as lines of text, for a terminal of any size.

use std::collections::HashMap;

use crate::config::Color;
use crate::error::one_line;
use crate::finder::{Class, Entry, Field, Hit, Marks};
use crate::role::{Role, TagColor};
use crate::ui::style::{Line, Style, color_of};
use crate::ui::time_left;
use crate::ui::width::columns;

use super::state::{Completing, State};
use super::{Details, Picking};
use crate::ui::screen::Frame;

/// The most lines that the picker takes: it is a part of the terminal, not all of it.
const TALLEST: usize = 16;

/// A terminal of so few lines is filled.
const SMALL: usize = 5;

/// Columns between two columns.
const GAP: usize = 2;

/// A description that is cut to fewer columns says nothing.
const LEAST: usize = 8;

const HINT: &str = "Enter take · TAB tags · Esc leave";
const HINT_TAGS: &str = "Enter choose · Esc back to the roles";

/// Draws a state; remembers what the state file says of roles that were shown.
pub struct View<'a> {
    picking: &'a Picking<'a>,
    details: HashMap<i64, Option<Details>>,
}

/// How the lines below the first one are used.
struct Lines {
    list: usize,
    preview: bool,
    hint: bool,
}

impl Lines {
    fn of(height: usize) -> Self {
        // The line of the command stays in sight where that costs little.
        let height = if height > SMALL { height - 1 } else { height }.clamp(2, TALLEST);
        let (preview, hint) = (height >= 4, height >= 8);
        Self { list: height - 1 - usize::from(preview) - usize::from(hint), preview, hint }
    }
}

impl<'a> View<'a> {
    pub fn new(picking: &'a Picking<'a>) -> Self {
        Self { picking, details: HashMap::new() }
    }

    /// The lines for a terminal of this size. No line takes the last column, so that none wraps.
    pub fn frame(&mut self, state: &mut State<'_>, width: usize, height: usize) -> Frame {
        let width = width.saturating_sub(1);
        let plan = Lines::of(height);
        state.page = plan.list;
        let (first, cursor) = self.first_line(state, width);
        let mut lines = vec![first];
        if let Some(completing) = &mut state.completing {
            completing.place.show_in(plan.list);
            self.choices(completing, width, plan.list, &mut lines);
        } else {
            state.place.show_in(plan.list);
            self.roles(state, width, plan.list, &mut lines);
        }
        if plan.preview {
            lines.push(self.preview(state).cut(width, Style::default()));
        }
        if plan.hint {
            let hint = if state.completing.is_some() { HINT_TAGS } else { HINT };
            lines.push(plain(hint, dim()).cut(width, dim()));
        }
        Frame { lines, cursor }
    }

    /// What is typed, and how many roles fit. The part around the cursor is shown where all of it is too long.
    fn first_line(&self, state: &State<'_>, width: usize) -> (Line, usize) {
        let colors = self.picking.colors;
        let mut line = Line::default();
        let prompt =
            self.picking.instance.map_or_else(|| "> ".to_owned(), |instance| format!("{} > ", one_line(instance)));
        let prompt = if columns(&prompt) + LEAST > width { "> ".to_owned() } else { prompt };
        line.push(&prompt, Style::of(colors.prefix_text, colors.prefix_background));
        let count = format!("{}/{}", state.found.total, self.picking.finder.catalog().len());
        let room = width.saturating_sub(line.width());
        let counted = columns(state.input.text()).max(LEAST) + GAP + columns(&count) <= room;
        let room = if counted { room - columns(&count) - GAP } else { room };
        let before = state.input.before_cursor();
        let mut skipped = 0;
        for c in before.chars() {
            if columns(&before[skipped..]) < room {
                break;
            }
            skipped += c.len_utf8();
        }
        let cursor = line.width() + columns(&before[skipped..]);
        let style = Style::of(colors.input_text, colors.input_background);
        let typed = plain(&state.input.text()[skipped..], style);
        // What is typed and what it finds stand close together: short lines survive a smaller window.
        line.push_cell(&typed, typed.width().max(LEAST).min(room), style);
        if counted {
            line.push(&format!("{}{count}", " ".repeat(GAP)), dim());
        }
        (line, cursor)
    }

    fn roles(&mut self, state: &State<'_>, width: usize, height: usize, lines: &mut Vec<Line>) {
        let mut marks = Marks::new(&state.typed());
        let hits = &state.found.hits;
        let shown = hits.iter().enumerate().skip(state.place.top).take(height);
        let rows: Vec<Row> = shown.map(|(n, hit)| self.row(*hit, n == state.place.selected, &mut marks)).collect();
        // No gap stands behind the last column.
        let widths = widths(&rows, (width + GAP).saturating_sub(2));
        let bar = Scrollbar::of(state.place.top, height, hits.len().max(state.found.total));
        for (n, row) in rows.iter().enumerate() {
            lines.push(self.row_line(row, &widths, width, bar.as_ref().map(|bar| bar.thumb.contains(&n))));
        }
        if rows.is_empty() {
            let text = if self.picking.finder.catalog().is_empty() { "no roles" } else { "no role fits" };
            lines.push(plain(text, dim()).cut(width, dim()));
        }
    }

    fn row(&mut self, hit: Hit, selected: bool, marks: &mut Marks) -> Row {
        let now = self.picking.now;
        let entry = self.picking.finder.catalog().entry(hit.number);
        let guessed = hit.class == Class::Guess;
        let (text, about) = self.looks(selected);
        let mut cell = |field: &str, style: Style| marked(field, &marks.in_name(field, !hit.sure), style);
        let profile = entry.field(Field::Profile);
        let details = self.details(self.picking.finder.catalog().id(hit.number));
        let tag = details.and_then(|details| TagColor::of(&details.role)).map(color_of);
        let named = Style { text: tag.unwrap_or(text.text), bold: selected, ..text };
        let left = details.and_then(|details| details.role.expires_at).filter(|at| *at > now);
        let said = |field: &str| if profile.contains(field) { String::new() } else { field.to_owned() };
        Row {
            selected,
            guessed,
            style: text,
            about,
            cells: [
                cell(profile, named),
                cell(&description(entry, self.picking.primary_tags), about),
                plain(&left.map(|at| time_left(at, now)).unwrap_or_default(), about),
                cell(&said(entry.field(Field::AccountId)), about),
                cell(&said(entry.field(Field::Role)), about),
            ],
        }
    }

    /// How a line of the list looks: its name, and what is said about it.
    fn looks(&self, selected: bool) -> (Style, Style) {
        let colors = self.picking.colors;
        if selected {
            (
                Style::of(colors.selected_suggestion_text, colors.selected_suggestion_background),
                Style::of(colors.selected_description_text, colors.selected_description_background),
            )
        } else {
            (
                Style::of(colors.suggestion_text, colors.suggestion_background),
                Style::of(colors.description_text, colors.description_background),
            )
        }
    }

    fn row_line(&self, row: &Row, widths: &[usize; COLUMNS], width: usize, thumb: Option<bool>) -> Line {
        let colors = self.picking.colors;
        let mut line = Line::default();
        match thumb {
            _ if row.selected => line.push("▌", Style::of(colors.prefix_text, row.style.background)),
            Some(true) => line.push("▏", Style::of(colors.scrollbar_thumb, colors.scrollbar_background)),
            Some(false) => line.push(" ", Style::of(colors.scrollbar_thumb, colors.scrollbar_background)),
            None => line.push(" ", row.style),
        }
        line.push(if row.guessed { "~" } else { " " }, if row.selected { row.style } else { dim() });
        for column in ORDER.into_iter().filter(|column| widths[*column] > 0) {
            let style = if column == PROFILE { row.style } else { row.about };
            if column != PROFILE {
                line.push(&" ".repeat(GAP), style);
            }
            line.push_cell(&row.cells[column], widths[column], style);
        }
        line.cut(width, row.about)
    }

    fn choices(&self, completing: &Completing, width: usize, height: usize, lines: &mut Vec<Line>) {
        let colors = self.picking.colors;
        let name = |text: &str, key: bool| if key { format!("{text}=") } else { text.to_owned() };
        let is_key = completing.key.is_none();
        let widest = completing.choices.iter().map(|choice| columns(&choice.text)).max().unwrap_or(0) + 1;
        let shown = completing.choices.iter().enumerate().skip(completing.place.top).take(height);
        for (n, choice) in shown {
            let selected = n == completing.place.selected;
            let (text, about) = self.looks(selected);
            let mut line = Line::default();
            line.push(if selected { "▌ " } else { "  " }, Style { text: colors.prefix_text, ..text });
            let cell = plain(&name(&choice.text, is_key), Style { bold: selected, ..text });
            line.push_cell(&cell, widest.min(width.saturating_sub(2)), text);
            line.push(&" ".repeat(GAP), text);
            let roles = plural(choice.roles, "role");
            let counts = if is_key { format!("{roles}, {}", plural(choice.values, "value")) } else { roles };
            line.push(&counts, about);
            lines.push(line.cut(width, about));
        }
    }

    /// What there is to know of the selected role.
    fn preview(&mut self, state: &State<'_>) -> Line {
        let colors = self.picking.colors;
        let style = Style::of(colors.preview_suggestion_text, colors.preview_suggestion_background);
        let Some(hit) = state.found.hits.get(state.place.selected).filter(|_| state.completing.is_none()) else {
            return Line::default();
        };
        let now = self.picking.now;
        let marks = Marks::new(&state.typed());
        let Some(details) = self.details(self.picking.finder.catalog().id(hit.number)) else {
            return plain("this role is gone: 'aws-sso cache' fetches what there is", style);
        };
        let role = &details.role;
        let mut line = plain(&one_line(&role.arn.to_string()), style);
        let mut say = |text: String| line.push(&format!(" · {text}"), style);
        if let Some(region) = &role.region {
            say(one_line(region));
        }
        if let Some(via) = &role.via {
            say(format!("via {}", one_line(&via.to_string())));
        }
        if let Some(at) = role.expires_at.filter(|at| *at > now) {
            say(format!("{} left", time_left(at, now)));
        }
        if let Some(at) = details.last_used {
            say(format!("used {}", ago(now - at)));
        }
        for (key, value) in own_tags(role) {
            line.push(&format!(" · {}=", one_line(key)), style);
            let value = one_line(value);
            push_marked(&mut line, &value, &marks.in_value(&value), style);
        }
        line
    }

    fn details(&mut self, id: i64) -> Option<&Details> {
        self.details.entry(id).or_insert_with(|| (self.picking.details)(id)).as_ref()
    }
}

const COLUMNS: usize = 5;
const PROFILE: usize = 0;
const DESCRIPTION: usize = 1;
const LEFT: usize = 2;

/// The order in which cells stand; they are numbered by how much they matter.
const ORDER: [usize; COLUMNS] = [PROFILE, 3, DESCRIPTION, 4, LEFT];

struct Row {
    selected: bool,
    guessed: bool,
    style: Style,
    about: Style,
    cells: [Line; COLUMNS],
}

/// The widths of the columns; 0 for one that has no room or says nothing.
fn widths(rows: &[Row], room: usize) -> [usize; COLUMNS] {
    let mut widths = [0; COLUMNS];
    let mut room = room;
    for (column, width) in widths.iter_mut().enumerate() {
        let natural = rows.iter().map(|row| row.cells[column].width()).max().unwrap_or(0);
        *width = match column {
            PROFILE => natural.min(room.saturating_sub(GAP)),
            DESCRIPTION if room >= LEAST + GAP => natural.min(room - GAP),
            _ if natural + GAP <= room => natural,
            _ => 0,
        };
        room -= if *width > 0 { (*width + GAP).min(room) } else { 0 };
    }
    widths
}

/// Which lines of the list the thumb of the scrollbar is on.
struct Scrollbar {
    thumb: std::ops::Range<usize>,
}

impl Scrollbar {
    fn of(top: usize, height: usize, count: usize) -> Option<Self> {
        if count <= height || height == 0 {
            return None;
        }
        let length = (height * height / count).max(1);
        let start = (top * height / count).min(height - length);
        Some(Self { thumb: start..start + length })
    }
}

/// What describes a role: the first of the primary tags that it has.
pub fn description(entry: Entry<'_>, primary_tags: &[String]) -> String {
    let plain_tags = ["AccountName", "AccountAlias", "Email"];
    let tag = primary_tags.iter().find_map(|key| Some((key, entry.tag(key)?)));
    match tag {
        Some((key, value)) if plain_tags.iter().any(|plain| plain.eq_ignore_ascii_case(key)) => value.to_owned(),
        Some((key, value)) => format!("{}={value}", one_line(key)),
        None => String::new(),
    }
}

/// The tags that say what the columns do not; the e-mail address last.
fn own_tags(role: &Role) -> impl Iterator<Item = (&String, &String)> {
    const SAID: [&str; 7] = ["AccountID", "AccountAlias", "AccountName", "Role", "Profile", "Via", "DefaultRegion"];
    let told = |wanted: bool| {
        let tags = role.tags.iter().filter(|(key, value)| !SAID.contains(&key.as_str()) && !value.is_empty());
        tags.filter(move |(key, _)| (key.as_str() == "Email") == wanted)
    };
    told(false).chain(told(true))
}

fn plain(text: &str, style: Style) -> Line {
    let mut line = Line::default();
    line.push(text, style);
    line
}

fn marked(text: &str, ranges: &[std::ops::Range<usize>], style: Style) -> Line {
    let mut line = Line::default();
    push_marked(&mut line, text, ranges, style);
    line
}

fn push_marked(line: &mut Line, text: &str, ranges: &[std::ops::Range<usize>], style: Style) {
    let mut from = 0;
    for range in ranges {
        line.push(&text[from..range.start], style);
        line.push(&text[range.clone()], style.matched());
        from = range.end;
    }
    line.push(&text[from..], style);
}

fn dim() -> Style {
    Style::of(Color::DarkGrey, Color::DefaultColor)
}

/// `1 role`, `2 roles`
fn plural(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// How long ago something was, in seconds.
fn ago(seconds: i64) -> String {
    match seconds {
        ..60 => "just now".to_owned(),
        60..3600 => format!("{}m ago", seconds / 60),
        3600..86_400 => format!("{}h ago", seconds / 3600),
        _ => format!("{}d ago", seconds / 86_400),
    }
}
