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

use super::finding::Finding;
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
            findings.extend(endpoints(&answers));
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

/// What AWS has no endpoint for.
fn unresolved(env: &Env, places: &[Place], shell: Option<Shell>) -> Vec<Finding> {
    let wanted = ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"];
    let wanted: Vec<&str> = wanted.into_iter().filter(|name| env.flag(name)).collect();
    let failed = places.iter().filter_map(|place| Some((place.service, place.url.as_ref().err()?)));
    let finding = |(service, why): (&str, &String)| {
        let message = format!("{service}: AWS has no such endpoint ({why})");
        Finding::problem("endpoints", message).mended_by(unset(shell, &wanted))
    };
    failed.map(finding).collect()
}

fn endpoints(asked: &[Asked]) -> Vec<Finding> {
    const CHECK: &str = "endpoints";
    let host = |url: &str| url.split("://").nth(1).unwrap_or(url).split('/').next().unwrap_or_default().to_owned();
    let mut failures = asked.iter().filter_map(|(_, _, answer)| answer.as_ref().err());
    if asked.len() > 1 && failures.clone().count() == asked.len() && failures.all(|failure| failure.is_unreachable) {
        let why = asked[0].2.as_ref().err().map(|failure| failure.why.clone()).unwrap_or_default();
        let message = format!("no host of AWS answers, {} for one: {why}", host(&asked[0].1));
        return vec![Finding::problem(CHECK, format!("this computer seems to be offline: {message}"))];
    }
    let finding = |(place, url, answer): &Asked| {
        let name = format!("{} ({})", place.service, host(url));
        match answer {
            Ok(_) => Finding::ok(CHECK, format!("{name} answers")),
            // Only the console needs it.
            Err(failure) if place.service == "console sign-in" => {
                Finding::note(CHECK, format!("{name}: {}", failure.why))
            }
            Err(failure) => Finding::problem(CHECK, format!("{name}: {}", failure.why)),
        }
    };
    let mut findings: Vec<Finding> = asked.iter().map(finding).collect();
    findings.dedup();
    findings
}

/// The clock against that of whoever is furthest away: what is off by minutes makes AWS refuse signatures.
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
        let url = url::Url::parse(value).ok().filter(url::Url::has_host);
        let url = url.or_else(|| url::Url::parse(&format!("http://{value}")).ok().filter(url::Url::has_host));
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
