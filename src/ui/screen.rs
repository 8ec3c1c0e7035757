//! The terminal of what is chosen or typed with single keys. It draws below the cursor and gives everything back: the
//! lines, the modes.
//!
//! Between two drawings the cursor stands in the first line, so that nothing has to be asked of the terminal: what
//! is drawn goes from there down. A terminal that becomes narrower breaks that line, and the cursor is then in a
//! later part of it; those that do not break lines have the cursor where it was.

use std::io::{self, Write};
use std::time::Duration;

use crossterm::event::{self, DisableBracketedPaste, EnableBracketedPaste, Event, KeyCode, KeyEvent, KeyModifiers};
use crossterm::terminal::{self, BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate};
use crossterm::{cursor, queue};

use crate::context::Env;
use crate::{Error, Result, ui};

use super::style::Line;

/// A key, by what it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// Text, typed or pasted.
    Text(String),
    Enter,
    Tab,
    BackTab,
    Up,
    Down,
    PageUp,
    PageDown,
    Left,
    Right,
    Home,
    End,
    Backspace,
    Delete,
    /// Ctrl-D: out of the dialog where nothing is typed.
    DeleteOrCancel,
    DeleteWord,
    DeleteToStart,
    DeleteToEnd,
    /// Esc: one step back, or out of the dialog.
    Back,
    /// Ctrl-C and its like.
    Cancel,
}

/// What a key led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<T> {
    Stay,
    Take(T),
    Cancel,
}

/// What is on the terminal.
#[derive(Debug, PartialEq, Eq)]
pub struct Frame {
    /// The first one is the line that is typed.
    pub lines: Vec<Line>,
    /// The column of the cursor in the first line.
    pub cursor: usize,
}

/// What a person talks to, key by key.
pub trait Dialog {
    /// What it ends with.
    type Answer;

    /// The lines for a terminal of this size. None may take the last column, so that none wraps.
    fn frame(&mut self, width: usize, height: usize) -> Frame;

    fn press(&mut self, key: Key) -> Step<Self::Answer>;
}

/// What a terminal that does not tell its size is taken for.
const USUAL: (u16, u16) = (80, 24);

/// Whether the terminal can do more than print lines.
pub fn is_capable(env: &Env) -> bool {
    env.get("TERM").is_some_and(|term| term != "dumb") || !cfg!(unix)
}

/// How many columns the terminal has.
pub fn width() -> usize {
    size().0.into()
}

/// Columns and lines of the terminal.
fn size() -> (u16, u16) {
    terminal::size().ok().filter(|(width, height)| width * height > 0).unwrap_or(USUAL)
}

/// Runs a dialog to its end. A person who leaves it is an error with the status of an interrupted command.
pub fn run<D: Dialog>(dialog: &mut D, env: &Env) -> Result<D::Answer> {
    let failed = |error: io::Error| Error::failed(format!("could not use the terminal: {error}"));
    let mut screen = Screen::open(ui::wants_colour(&io::stderr(), env)).map_err(failed)?;
    let outcome = talk(&mut screen, dialog);
    drop(screen);
    outcome.map_err(failed)?.ok_or_else(Error::cancelled)
}

fn talk<D: Dialog>(screen: &mut Screen, dialog: &mut D) -> io::Result<Option<D::Answer>> {
    loop {
        let (width, height) = size();
        screen.draw(&dialog.frame(width.into(), height.into()), width.into())?;
        let mut patient = true;
        // What was typed ahead is taken in before the next drawing.
        loop {
            let event = match next(patient)? {
                Next::Event(event) => event,
                Next::Nothing => break,
                Next::Gone => return Ok(None),
            };
            match of_event(event).map(|key| dialog.press(key)) {
                Some(Step::Take(answer)) => return Ok(Some(answer)),
                Some(Step::Cancel) => return Ok(None),
                Some(Step::Stay) | None => {}
            }
            patient = false;
        }
    }
}

/// What a terminal has to say.
enum Next {
    Event(Event),
    Nothing,
    /// There is no terminal any more.
    Gone,
}

/// The next event; waits for one where `patient`. Before the event library is asked, the terminal must be known to be
/// there: of one that is gone it would ask for ever.
fn next(patient: bool) -> io::Result<Next> {
    // A change of the size interrupts; one that came just before is seen a moment later.
    const MOMENT: Duration = Duration::from_millis(500);
    let mut patience = Duration::ZERO;
    loop {
        if is_gone(patience)? {
            return Ok(Next::Gone);
        }
        if event::poll(Duration::ZERO)? {
            return event::read().map(Next::Event);
        }
        if !patient {
            return Ok(Next::Nothing);
        }
        patience = MOMENT;
    }
}

/// Whether the terminal is gone; waits for so long, or until it has something to say.
#[cfg(unix)]
fn is_gone(patience: Duration) -> io::Result<bool> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let patience = Timespec { tv_sec: 0, tv_nsec: patience.subsec_nanos().into() };
    let stdin = rustix::stdio::stdin();
    let mut terminal = [PollFd::new(&stdin, PollFlags::IN)];
    match poll(&mut terminal, Some(&patience)) {
        Ok(_) => Ok(terminal[0].revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL)),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(unix))]
fn is_gone(patience: Duration) -> io::Result<bool> {
    event::poll(patience).map(|_| false)
}

/// What an event is for; none for a change of the size and for what means nothing.
fn of_event(event: Event) -> Option<Key> {
    match event {
        Event::Key(key) if key.is_press() || key.is_repeat() => of_key(key),
        Event::Paste(text) => Some(Key::Text(text)),
        _ => None,
    }
}

fn of_key(event: KeyEvent) -> Option<Key> {
    let control = event.modifiers.contains(KeyModifiers::CONTROL);
    let alt = event.modifiers.contains(KeyModifiers::ALT);
    Some(match event.code {
        KeyCode::Char(c) if control => match c.to_ascii_lowercase() {
            'c' | 'g' => Key::Cancel,
            'd' => Key::DeleteOrCancel,
            'p' => Key::Up,
            'n' => Key::Down,
            'a' => Key::Home,
            'e' => Key::End,
            'b' => Key::Left,
            'f' => Key::Right,
            'h' => Key::Backspace,
            'j' | 'm' => Key::Enter,
            'i' => Key::Tab,
            'k' => Key::DeleteToEnd,
            'u' => Key::DeleteToStart,
            'w' => Key::DeleteWord,
            _ => return None,
        },
        KeyCode::Char(_) if alt => return None,
        KeyCode::Char(c) => Key::Text(c.to_string()),
        KeyCode::Enter => Key::Enter,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => Key::BackTab,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::Backspace if alt => Key::DeleteWord,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        KeyCode::Esc => Key::Back,
        _ => return None,
    })
}

/// A terminal whose keys come one by one. Dropped, it is as it was.
struct Screen {
    colour: bool,
    /// Where the cursor was left, in columns.
    cursor: usize,
}

impl Screen {
    fn open(colour: bool) -> io::Result<Self> {
        terminal::enable_raw_mode()?;
        let screen = Self { colour, cursor: 0 };
        let mut out = io::stderr().lock();
        queue!(out, EnableBracketedPaste)?;
        out.flush()?;
        Ok(screen)
    }

    fn draw(&mut self, frame: &Frame, width: usize) -> io::Result<()> {
        let mut bytes = Vec::new();
        queue!(bytes, BeginSynchronizedUpdate)?;
        let broken = u16::try_from(self.cursor / width).unwrap_or(0);
        if broken > 0 {
            queue!(bytes, cursor::MoveUp(broken))?;
        }
        for (n, line) in frame.lines.iter().enumerate() {
            let start = if n == 0 { "\r" } else { "\r\n" };
            write!(bytes, "{start}{}", line.render(self.colour))?;
            queue!(bytes, Clear(ClearType::UntilNewLine))?;
        }
        queue!(bytes, Clear(ClearType::FromCursorDown))?;
        let below = u16::try_from(frame.lines.len().saturating_sub(1)).unwrap_or(0);
        if below > 0 {
            queue!(bytes, cursor::MoveUp(below))?;
        }
        queue!(bytes, cursor::MoveToColumn(u16::try_from(frame.cursor).unwrap_or(0)), EndSynchronizedUpdate)?;
        self.cursor = frame.cursor;
        let mut out = io::stderr().lock();
        out.write_all(&bytes)?;
        out.flush()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let mut out = io::stderr().lock();
        // There is nobody to tell if the terminal is gone.
        let _ = write!(out, "\r");
        let _ = queue!(out, Clear(ClearType::FromCursorDown), DisableBracketedPaste);
        let _ = out.flush();
        let _ = terminal::disable_raw_mode();
    }
}
