//! The way to AWS: which hosts would be called, whether they answer, and what time it is there.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use crate::config::Config;
use crate::context::{Context, Env};
use crate::identity_center::{Answered, Place, Unanswered, clock_sentence, places, reach};
use crate::shell::Shell;
use crate::{Result, ui};

use super::finding::{Finding, Status};
use super::unset;

/// What is shorter needs no word.
const SILENCE: Duration = Duration::from_secs(2);

/// After that the computer itself is too slow to say more.
const PATIENCE: Duration = Duration::from_secs(5);

/// Seconds that two clocks may differ without a word.
const CLOSE: i64 = 60;

/// A look at the network that is under way.
pub(super) struct Network {
    answer: Receiver<Vec<Finding>>,
}

impl Network {
    pub fn start(context: &Context, config: Option<&Config>, shell: Option<Shell>) -> Self {
        let env = context.env.clone();
        let mut regions: Vec<String> =
            config.iter().flat_map(|config| config.instances.values()).map(|i| i.sso_region.clone()).collect();
        regions.sort();
        regions.dedup();
        let (sender, answer) = channel();
        // A name server that is silent cannot be hurried: the thread ends with the process.
        std::thread::spawn(move || sender.send(look(&env, &regions, shell)));
        Self { answer }
    }

    pub fn wait(self, context: &Context) -> Vec<Finding> {
        let answer = self.answer.recv_timeout(SILENCE).or_else(|_| {
            if context.interactive || std::io::stderr().is_terminal() {
                ui::tell("Waiting for AWS to answer ...");
            }
            self.answer.recv_timeout(PATIENCE)
        });
        answer.unwrap_or_else(|_| vec![Finding::problem("endpoints", "the network could not be looked at: try again")])
    }
}

fn look(env: &Env, regions: &[String], shell: Option<Shell>) -> Vec<Finding> {
    let mut findings = proxies(env, shell);
    let ca_bundle = env.get("AWS_CA_BUNDLE").map(PathBuf::from);
    match crate::runtime().map(|runtime| {
        let found = runtime.block_on(ask(env, regions, ca_bundle.as_deref()));
        runtime.shutdown_background();
        found
    }) {
        Ok(Ok((places, answers))) => {
            let named = ca_bundle
                .map(|path| format!("AWS_CA_BUNDLE is {}: only those authorities are trusted", path.display()));
            findings.extend(named.map(|message| Finding::ok("proxy", message)));
            findings.extend(unresolved(env, &places, shell));
            findings.extend(endpoints(env, &answers, shell));
            findings.extend(clock(&answers));
        }
        // The bundle, which is all that fails before a host is asked.
        Ok(Err(error)) => findings.push(Finding::of_error("proxy", &error).mended_by(unset(shell, &["AWS_CA_BUNDLE"]))),
        Err(error) => findings.push(Finding::of_error("endpoints", &error)),
    }
    findings
}

/// A place that was asked, by its URL.
type Asked = (Place, String, Result<Answered, Unanswered>);

async fn ask(env: &Env, regions: &[String], ca_bundle: Option<&Path>) -> Result<(Vec<Place>, Vec<Asked>)> {
    let mut all: Vec<Place> = Vec::new();
    for region in regions {
        for place in places(env, region).await {
            if !all.contains(&place) {
                all.push(place);
            }
        }
    }
    let known: Vec<(Place, String)> =
        all.iter().filter_map(|place| Some((place.clone(), place.url.as_ref().ok()?.clone()))).collect();
    let mut urls: Vec<String> = known.iter().map(|(_, url)| url.clone()).collect();
    urls.sort();
    urls.dedup();
    let answers = reach(&urls, ca_bundle).await?;
    let answer = |url: &String| urls.iter().position(|known| known == url).map(|at| answers[at].clone());
    let asked = known.into_iter().filter_map(|(place, url)| answer(&url).map(|answer| (place, url, answer))).collect();
    Ok((all, asked))
}

/// The variables that ask for endpoints which AWS does not have everywhere.
fn special(env: &Env) -> Vec<&'static str> {
    ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"].into_iter().filter(|name| env.flag(name)).collect()
}

/// What the SDK knows that AWS has no endpoint for.
fn unresolved(env: &Env, places: &[Place], shell: Option<Shell>) -> Vec<Finding> {
    let failed = places.iter().filter_map(|place| Some((place.service, place.url.as_ref().err()?)));
    let finding = |(service, why): (&str, &String)| {
        let message = format!("{service}: AWS has no such endpoint ({why})");
        Finding::problem("endpoints", message).mended_by(unset(shell, &special(env)))
    };
    failed.map(finding).collect()
}

/// Host and port of a URL, without the password that one in a variable may hold.
fn host(url: &str) -> String {
    let place = url.split("://").nth(1).unwrap_or(url).split(['/', '?', '#']).next().unwrap_or_default();
    place.rsplit('@').next().unwrap_or_default().to_owned()
}

fn endpoints(env: &Env, asked: &[Asked], shell: Option<Shell>) -> Vec<Finding> {
    const CHECK: &str = "endpoints";
    let special = special(env);
    // A host that nobody knows is one that is not there, most likely, where a kind was asked for that few regions have.
    let failed = |status: Status, message: String, failure: &Unanswered| {
        let finding = Finding { status, ..Finding::ok(CHECK, message) };
        match failure.is_unknown && !special.is_empty() {
            true => finding.mended_by(unset(shell, &special)),
            false => finding,
        }
    };
    let failures: Vec<&Unanswered> = asked.iter().filter_map(|(_, _, answer)| answer.as_ref().err()).collect();
    if let [first, _, ..] = &failures[..]
        && failures.len() == asked.len()
        && failures.iter().all(|failure| failure.is_unreachable)
    {
        let asked_for = special.iter().map(|name| format!(" ({name} is set)")).collect::<String>();
        let message = format!(
            "this computer seems to be offline: no host of AWS answers, {} for one{asked_for}: {}",
            host(&asked[0].1),
            first.why
        );
        return vec![failed(Status::Problem, message, first)];
    }
    let finding = |(place, url, answer): &Asked| {
        let name = format!("{} ({})", place.service, host(url));
        match answer {
            Ok(_) => Finding::ok(CHECK, format!("{name} answers")),
            // Only the console needs it.
            Err(failure) if place.service == "console sign-in" => {
                failed(Status::Note, format!("{name}: {}", failure.why), failure)
            }
            Err(failure) => failed(Status::Problem, format!("{name}: {}", failure.why), failure),
        }
    };
    let mut findings: Vec<Finding> = asked.iter().map(finding).collect();
    findings.dedup();
    findings
}

/// The clock against that of the host which is nearest to it: one host may be wrong itself. What is off by minutes makes
/// AWS refuse signatures.
fn clock(asked: &[Asked]) -> Option<Finding> {
    const CHECK: &str = "clock";
    let skews = asked.iter().filter_map(|(_, _, answer)| answer.as_ref().ok()?.skew);
    let skew = skews.min_by_key(|skew| skew.abs())?;
    Some(match clock_sentence(skew) {
        Some(sentence) => Finding::problem(CHECK, sentence).mended_by("timedatectl set-ntp true"),
        None if skew.abs() > CLOSE => {
            Finding::note(CHECK, format!("this computer's clock is {} s off AWS's", skew.abs()))
        }
        None => Finding::ok(CHECK, "this computer's clock agrees with AWS's"),
    })
}

/// The proxies in use, without the passwords that their URLs may hold.
fn proxies(env: &Env, shell: Option<Shell>) -> Vec<Finding> {
    const CHECK: &str = "proxy";
    const NAMES: [&str; 6] = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
    let of_variable = |name: &'static str| {
        let value = env.get(name)?;
        // As the client takes it: without a scheme, of HTTP.
        let url = if value.contains("://") { value.to_owned() } else { format!("http://{value}") };
        let url = url::Url::parse(&url).ok().filter(url::Url::has_host);
        Some(match url {
            Some(url) => {
                let port = url.port_or_known_default().map(|port| format!(":{port}")).unwrap_or_default();
                let message = format!("{name} is {}{port}", url.host_str().unwrap_or_default());
                Finding::ok(CHECK, message)
            }
            None => Finding::problem(CHECK, format!("{name} is no URL of a proxy")).mended_by(unset(shell, &[name])),
        })
    };
    NAMES.into_iter().filter_map(of_variable).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_shown_without_a_password() {
        for (url, expected) in
            [("https://me:secret@a.b:8443/x@y", "a.b:8443"), ("http://127.0.0.1:1", "127.0.0.1:1"), ("a.b?c@d", "a.b")]
        {
            assert_eq!(host(url), expected);
        }
    }

    #[test]
    fn an_endpoint_that_aws_does_not_have_is_named_with_what_asked_for_it() {
        let env: Env = [("AWS_USE_FIPS_ENDPOINT", "true")].into_iter().collect();
        let places = [
            Place { service: "STS", url: Err("no FIPS here".to_owned()) },
            Place { service: "OIDC", url: Ok("https://x".to_owned()) },
        ];
        let found = unresolved(&env, &places, Some(Shell::Fish));
        assert_eq!(
            found,
            [Finding::problem("endpoints", "STS: AWS has no such endpoint (no FIPS here)")
                .mended_by("set -e AWS_USE_FIPS_ENDPOINT")]
        );
    }

    #[test]
    fn a_password_of_a_proxy_is_not_shown() {
        for (value, shown) in [
            ("http://user:hunter2@proxy.example:3128", "HTTPS_PROXY is proxy.example:3128"),
            ("proxy.example:3128", "HTTPS_PROXY is proxy.example:3128"),
            ("user:hunter2@proxy.example", "HTTPS_PROXY is proxy.example:80"),
            ("hunter2 hunter2", "HTTPS_PROXY is no URL of a proxy"),
        ] {
            let env: Env = [("HTTPS_PROXY", value)].into_iter().collect();
            assert_eq!(proxies(&env, None)[0].message, shown, "{value}");
        }
    }
}
