//! Which line of a list is chosen, and which ones are shown.

/// A place in a list that is longer than its window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    pub selected: usize,
    /// The first line that is shown.
    pub top: usize,
}

impl Place {
    /// Moves by some lines, within `count`.
    pub fn step(&mut self, by: isize, count: usize) {
        self.selected = self.selected.saturating_add_signed(by).min(count.saturating_sub(1));
    }

    /// Keeps the selected line inside a window of `height` lines.
    pub fn show_in(&mut self, height: usize) {
        self.top = self.top.min(self.selected).max((self.selected + 1).saturating_sub(height.max(1)));
    }
}
