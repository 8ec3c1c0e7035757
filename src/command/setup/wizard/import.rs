//! The Identity Centers that `~/.aws/config` knows already: its `[sso-session NAME]` blocks, and profiles of the older
//! kind that have a start URL themselves.

use crate::config::checked_region;
use crate::role::Partition;
use crate::user_file::aws_config::{Kind, sections};

use super::{instance, start_url};

/// An Identity Center of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// What it can be called: the name of its session or of its first profile, where that can be a name here.
    pub name: Option<String>,
    /// Its start URL, as it is written into `config.yaml`.
    pub url: String,
    /// Its region.
    pub region: String,
}

/// What a text has of them, each once, sessions before profiles. What cannot be an address or a region is passed
/// over: the file is somebody else's.
pub fn find(text: &[u8]) -> Vec<Known> {
    let (mut sessions, mut profiles) = (Vec::new(), Vec::new());
    for section in sections(text) {
        let (name, list) = match section.session_name() {
            Some(name) => (Some(name.to_owned()), &mut sessions),
            None => (section.profile_name(Kind::Config), &mut profiles),
        };
        let (Some(url), Some(region)) = (section.get("sso_start_url"), section.get("sso_region")) else { continue };
        let Ok(region) = checked_region(region) else { continue };
        let Ok(url) = start_url::parse(url, Partition::of_region(&region)) else { continue };
        let name = name.filter(|name| instance::name(name).is_ok());
        list.push(Known { name, url: url.url, region });
    }
    let mut known: Vec<Known> = Vec::new();
    for found in sessions.into_iter().chain(profiles) {
        if !known.iter().any(|other| other.url == found.url && other.region == found.region) {
            known.push(found);
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sessions_and_old_profiles_are_found_once() {
        let text = b"[default]\nregion = x\n[profile old]\nsso_start_url = https://d-2222222222.awsapps.com/start/#/\r\n\
                     sso_region = eu-west-1\n[profile twin]\nsso_start_url=https://D-2222222222.awsapps.com/start\n\
                     sso_region=eu-west-1\n[sso-session work]\nsso_region = us-east-1 \nsso_registration_scopes = x\n\
                     sso_start_url = https://d-1111111111.awsapps.com/start\n[profile new]\nsso_session = work\n\
                     [sso-session bad\x1b[31m]\nsso_start_url = https://d-3333333333.awsapps.com/start\nsso_region = us-east-1\n\
                     [sso-session half]\nsso_start_url = https://d-4444444444.awsapps.com/start\n\
                     [sso-session odd]\nsso_start_url = javascript:alert(1)\nsso_region = us-east-1\n\xff\n\
                     [sso-session nowhere]\nsso_start_url = https://d-5.awsapps.com/start\nsso_region = $(id)\n";
        let known = |name: Option<&str>, url: &str, region: &str| Known {
            name: name.map(str::to_owned),
            url: url.to_owned(),
            region: region.to_owned(),
        };
        assert_eq!(
            find(text),
            [
                known(Some("work"), "https://d-1111111111.awsapps.com/start", "us-east-1"),
                known(None, "https://d-3333333333.awsapps.com/start", "us-east-1"),
                known(Some("old"), "https://d-2222222222.awsapps.com/start", "eu-west-1"),
            ]
        );
    }

    proptest! {
        #[test]
        fn no_text_panics(text in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = find(&text);
        }
    }
}
