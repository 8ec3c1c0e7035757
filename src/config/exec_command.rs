//! `UrlExecCommand`: a program and its arguments, one of which holds the URL.

/// A command that is written as one text: at its commas where it has any, else as a shell splits it.
pub fn split(text: &str) -> Result<Vec<String>, String> {
    if text.contains(',') {
        return Ok(super::section::at_commas(text));
    }
    shell_words::split(text).map_err(|_| "its quotes do not match".to_owned())
}

/// What is wrong with a command that has to open a URL; none when nothing is.
pub fn problem(command: &[String]) -> Option<&'static str> {
    let Some((program, arguments)) = command.split_first() else {
        return Some("needs a program and the argument %s, which stands for the URL");
    };
    let places: usize = arguments.iter().map(|argument| argument.matches("%s").count()).sum();
    match places {
        _ if program.contains("%s") => Some("has %s in its program: put it into an argument"),
        0 => Some("needs %s, which stands for the URL, in one of its arguments"),
        1 => None,
        _ => Some("has %s more than once: keep one"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_is_split_at_commas_or_as_a_shell_would() {
        for (text, expected) in [
            ("firefox,%s", vec!["firefox", "%s"]),
            ("/opt/my browser,--new-tab,%s", vec!["/opt/my browser", "--new-tab", "%s"]),
            ("firefox %s", vec!["firefox", "%s"]),
            ("'/opt/my browser' %s", vec!["/opt/my browser", "%s"]),
        ] {
            assert_eq!(split(text).unwrap(), expected, "{text}");
        }
        assert!(split("'open").is_err());
    }

    #[test]
    fn the_url_has_exactly_one_place() {
        for (command, fine) in [
            ("firefox,%s", true),
            ("firefox,--url=%s", true),
            ("", false),
            ("firefox", false),
            ("firefox,--new", false),
            ("%s,x", false),
            ("%s,%s", false),
            ("firefox,%s,%s", false),
            ("firefox,%s%s", false),
        ] {
            let command: Vec<String> = command.split(',').filter(|item| !item.is_empty()).map(str::to_owned).collect();
            assert_eq!(problem(&command).is_none(), fine, "{command:?}");
        }
    }
}
