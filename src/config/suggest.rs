//! "Did you mean": the known word that a mistyped one is near to.

/// The candidate nearest to `written`, none when nothing is near enough to be a typing slip.
pub fn suggest<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let written = written.to_lowercase();
    // The distance is quadratic in the length, and no known word is anywhere near as long.
    if written.len() > 100 {
        return None;
    }
    let allowed = (written.chars().count() / 3).clamp(1, 3);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&written, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// ` (did you mean X?)`, or nothing.
pub(super) fn did_you_mean<'a>(written: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    suggest(written, candidates).map(|near| format!(" (did you mean {near}?)")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_near_is_suggested() {
        let known = ["Threads", "open", "clip", "exec"];
        for (written, near) in [
            ("Thread", Some("Threads")),
            ("THRAEDS", Some("Threads")),
            ("opne", Some("open")),
            ("clop", Some("clip")),
            ("firefox", None),
            ("", None),
        ] {
            assert_eq!(suggest(written, known), near, "{written}");
        }
        assert_eq!(suggest(&"x".repeat(1 << 20), known), None);
    }
}
