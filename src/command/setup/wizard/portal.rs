//! Whether a start URL is where a person says it is: asked of AWS before anything is written, without a browser.

use std::time::Duration;

use crate::config::{Config, Instance};
use crate::context::Context;
use crate::identity_center::{CallErrorKind, IdentityCenter, Patience};
use crate::ui::interrupt::unless_interrupted;
use crate::ui::{self, Progress};
use crate::{Error, Result};

/// Between two regions that are asked, so that a search is no burst of calls.
const PAUSE: Duration = Duration::from_millis(100);

/// Regions in a row that do not answer, after which the network is to blame.
const SILENT: usize = 4;

/// What came of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// The region has an Identity Center with that start URL.
    Known,
    /// It has none.
    Unknown,
    /// Nobody answered, or not AWS; why.
    Unreachable(String),
}

/// What came of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Search {
    /// The region that knows the start URL.
    Found(String),
    /// No region that answered knows it; so many did not answer.
    Nowhere(usize),
    /// Nobody answers any more; why.
    GivenUp(String),
}

/// Somebody who knows which start URLs there are. Only a person who breaks off is an error.
pub trait Portals {
    /// Whether a region knows a start URL.
    fn ask(&mut self, url: &str, region: &str) -> Result<Reply>;

    /// Looks for a region that knows a start URL.
    fn search(&mut self, url: &str, regions: &[&str]) -> Result<Search>;
}

/// AWS.
pub struct Aws<'a> {
    context: &'a Context,
}

impl<'a> Aws<'a> {
    /// AWS, as the environment says how to reach it.
    pub fn new(context: &'a Context) -> Self {
        Self { context }
    }

    async fn reply(&self, url: &str, region: &str, patience: Patience) -> Reply {
        let instance = Instance { sso_region: region.to_owned(), start_url: url.to_owned(), ..Instance::default() };
        let config = Config { max_retry: 2, ..Config::default() };
        let aws = match IdentityCenter::new(&config, &instance, self.context, patience) {
            Ok(aws) => aws,
            Err(error) => return Reply::Unreachable(error.message().to_owned()),
        };
        match aws.knows_start_url().await {
            Ok(true) => Reply::Known,
            Ok(false) => Reply::Unknown,
            // Of a region that has no such service there is no host.
            Err(error) if error.kind == CallErrorKind::Unreachable && error.message.contains("(DNS)") => {
                Reply::Unreachable(format!("{}; or there is no region {region}", plainly(&error.message)))
            }
            Err(error) => Reply::Unreachable(plainly(&error.message)),
        }
    }
}

/// Why nobody answered, without the settings of a file that is not there yet.
fn plainly(message: &str) -> String {
    message.split(" (given up after").next().unwrap_or_default().to_owned()
}

/// Runs a call until it ends or a person breaks it off.
fn run<T>(call: impl Future<Output = T>) -> Result<T> {
    crate::runtime()?.block_on(async { unless_interrupted(call).await }).ok_or_else(Error::cancelled)
}

impl Portals for Aws<'_> {
    fn ask(&mut self, url: &str, region: &str) -> Result<Reply> {
        ui::tell(&format!("Asking AWS in {region} for {url} ..."));
        run(self.reply(url, region, Patience::USUAL))
    }

    fn search(&mut self, url: &str, regions: &[&str]) -> Result<Search> {
        ui::tell(&format!("Looking for {url} in {} regions (Ctrl-C leaves) ...", regions.len()));
        run(async {
            let mut progress = Progress::new("Asking the regions", regions.len());
            let (mut silent, mut in_a_row) = (0, 0);
            for region in regions {
                match self.reply(url, region, Patience::BRIEF).await {
                    Reply::Known => return Search::Found((*region).to_owned()),
                    Reply::Unknown => in_a_row = 0,
                    Reply::Unreachable(why) => {
                        tracing::info!("{region}: {why}");
                        silent += 1;
                        in_a_row += 1;
                        if in_a_row == SILENT {
                            return Search::GivenUp(why);
                        }
                    }
                }
                progress.advance(1);
                tokio::time::sleep(PAUSE).await;
            }
            Search::Nowhere(silent)
        })
    }
}
