use proptest::prelude::*;

use super::state::State;
use super::*;

fn regions(text: &str) -> Result<String, String> {
    if text.contains('-') { Ok(text.to_lowercase()) } else { Err("write a region".to_owned()) }
}

fn question<'a>(labels: &[&str]) -> Question<'a> {
    Question { choices: labels.iter().map(|label| Choice::new(*label, "")).collect(), ..Question::default() }
}

fn type_in(question: &Question<'_>, keys: &[&str]) -> Step<Answer> {
    let mut state = State::new(question);
    let mut last = Step::Stay;
    for key in keys {
        last = state.key(match *key {
            "Enter" => Key::Enter,
            "Down" => Key::Down,
            "Tab" => Key::Tab,
            "Esc" => Key::Back,
            text => Key::Text(text.to_owned()),
        });
    }
    last
}

#[test]
fn a_choice_is_found_by_its_words() {
    let question = Question { start: 1, ..question(&["us-east-1", "eu-central-1", "eu-west-1"]) };
    for (keys, chosen) in [
        (&["Enter"][..], 1),
        (&["Down", "Enter"], 2),
        (&["us", "Enter"], 0),
        (&["WEST eu", "Enter"], 2),
        (&["eu", "Down", "Enter"], 2),
    ] {
        assert_eq!(type_in(&question, keys), Step::Take(Answer::Choice(chosen)), "{keys:?}");
    }
    assert_eq!(type_in(&question, &["mars", "Enter"]), Step::Stay, "there is nothing to take");
    assert_eq!(type_in(&question, &["Esc"]), Step::Cancel);
}

#[test]
fn what_is_typed_is_taken_where_it_may_be() {
    let check: Check<'_> = &regions;
    let question = Question { typed: Some(check), ..question(&["us-east-1", "us-east-10"]) };
    let text = |text: &str| Step::Take(Answer::Text(text.to_owned()));
    assert_eq!(type_in(&question, &["US-EAST-1", "Enter"]), Step::Take(Answer::Choice(0)));
    assert_eq!(type_in(&question, &["Mars-North-1", "Enter"]), text("mars-north-1"));
    assert_eq!(type_in(&question, &["east-1", "Down", "Down", "Enter"]), text("east-1"));
    assert_eq!(type_in(&question, &["mars", "Enter"]), Step::Stay);
    let free = Question { typed: Some(check), default: Some("eu-x".to_owned()), ..Question::default() };
    assert_eq!(type_in(&free, &["Enter"]), text("eu-x"));
    assert_eq!(type_in(&free, &["Tab", "y", "Enter"]), text("eu-xy"));
    assert_eq!(type_in(&free, &["x", "Enter", "-", "Enter"]), text("x-"));
}

#[test]
fn several_are_marked() {
    let question = Question { several: true, ..question(&["a", "b", "c"]) };
    let take = |chosen: &[usize]| Step::Take(Answer::Several(chosen.to_vec()));
    assert_eq!(type_in(&question, &["Enter"]), take(&[0]));
    assert_eq!(type_in(&question, &["Down", " ", "Down", " ", "Enter"]), take(&[1, 2]));
    assert_eq!(type_in(&question, &[" ", " ", "Down", "Enter"]), take(&[1]));
}

#[test]
fn lines_are_answered_by_numbers_and_words() {
    let check: Check<'_> = &regions;
    let question = Question { start: 1, typed: Some(check), ..question(&["us-east-1", "eu-west-1"]) };
    for (line, answer) in [
        ("", Ok(Answer::Choice(1))),
        ("1\n", Ok(Answer::Choice(0))),
        ("EU-WEST-1", Ok(Answer::Choice(1))),
        ("mars-1", Ok(Answer::Text("mars-1".to_owned()))),
        ("3", Err("write a region".to_owned())),
    ] {
        assert_eq!(lines::read(&question, line), answer, "{line}");
    }
    let several = Question { several: true, typed: None, ..question };
    assert_eq!(lines::read(&several, "2, 1 2"), Ok(Answer::Several(vec![0, 1])));
    assert_eq!(lines::read(&several, ""), Ok(Answer::Several(vec![1])));
    assert!(lines::read(&several, "1 9").is_err());
}

#[test]
fn words_stay_whole() {
    assert_eq!(wrapped("one two three", 8), ["one two", "three"]);
    assert_eq!(wrapped("unbreakable a", 4), ["unbreakable", "a"]);
    assert_eq!(wrapped("", 4), [""]);
}

#[test]
fn a_narrow_screen_shows_the_end_of_what_is_typed() {
    let check: Check<'_> = &regions;
    let question = Question { typed: Some(check), ..Question::default() };
    let mut state = State::new(&question);
    state.key(Key::Text("https://d-1234567890.awsapps.com/start".to_owned()));
    let frame = state.frame(20, 10);
    assert_eq!(frame.lines[0].text(), "> wsapps.com/start");
    assert_eq!(frame.cursor, 18);
}

proptest! {
    #[test]
    fn no_size_and_no_text_breaks_a_line(
        labels in proptest::collection::vec("[^\\p{C}]{0,30}|\u{1b}\\[31m", 0..20), typed in ".{0,40}", problem in proptest::bool::ANY,
        width in 1_usize..90, height in 1_usize..40, downs in 0..20,
    ) {
        let check: Check<'_> = &|text| Err(format!("no {text}"));
        let preview: Preview<'_> = &|answer| vec![format!("{answer:?}"); 4];
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        let question = Question { typed: Some(check), preview: Some(preview), ..question(&labels) };
        let mut state = State::new(&question);
        for _ in 0..downs {
            state.key(Key::Down);
        }
        state.key(Key::Text(typed));
        if problem {
            state.key(Key::Enter);
        }
        let frame = state.frame(width, height);
        prop_assert!(frame.lines.len() <= height.max(2));
        prop_assert!(frame.cursor < width.max(3));
        for line in &frame.lines {
            prop_assert!(line.width() < width.max(3), "{:?}", line.text());
            prop_assert!(!line.text().contains(|c: char| c.is_control()));
        }
    }
}
