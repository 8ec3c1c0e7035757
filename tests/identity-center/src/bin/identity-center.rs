//! The simulator as a program: prints the environment of its clients and runs until it is stopped.

use std::io::{self, Write as _};
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Duration;

use identity_center::{Fault, Operation, Organization, RateLimit, Simulator};

const USAGE: &str = "usage: identity-center [--accounts N] [--roles N] [--region REGION] [--start-url URL] [--rate N]
                       [--burst N] [--latency MS] [--hostile]

Simulates AWS IAM Identity Center on 127.0.0.1. Prints the environment for its clients, to be
evaluated by a shell, and runs until its standard input is closed.";

struct Options {
    accounts: usize,
    roles: usize,
    region: String,
    start_url: Option<String>,
    rate: Option<f64>,
    burst: f64,
    latency: u64,
    hostile: bool,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            accounts: 12,
            roles: 40,
            region: "eu-central-1".into(),
            start_url: None,
            rate: None,
            burst: 10.0,
            latency: 0,
            hostile: false,
        };
        while let Some(name) = arguments.next() {
            if name == "--hostile" {
                options.hostile = true;
                continue;
            }
            let value = arguments.next().ok_or_else(|| format!("{name}: a value is missing, or it is unknown"))?;
            match name.as_str() {
                "--accounts" => options.accounts = number(&name, &value)?,
                "--roles" => options.roles = number(&name, &value)?,
                "--region" => options.region = value,
                "--start-url" => options.start_url = Some(value),
                "--rate" => options.rate = Some(number(&name, &value)?),
                "--burst" => options.burst = number(&name, &value)?,
                "--latency" => options.latency = number(&name, &value)?,
                _ => return Err(format!("{name}: unknown option")),
            }
        }
        Ok(options)
    }

    fn start(&self) -> Simulator {
        let organization =
            if self.hostile { Organization::hostile() } else { Organization::generated(self.accounts, self.roles) };
        let mut builder = Simulator::builder(organization).region(&self.region);
        if let Some(url) = &self.start_url {
            builder = builder.start_url(url);
        }
        if let Some(per_second) = self.rate {
            builder = builder.rate_limit(RateLimit { per_second, burst: self.burst });
        }
        let simulator = builder.start();
        if self.latency > 0 {
            let late = Fault::latency(Duration::from_millis(self.latency));
            for operation in Operation::ALL {
                simulator.fault(operation, late);
            }
        }
        simulator
    }
}

fn number<T: FromStr>(name: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("{name}: {value:?} is not a number"))
}

fn announce(simulator: &Simulator) -> io::Result<()> {
    let start_url = ("AWS_SSO_SIMULATOR_START_URL", simulator.start_url().to_owned());
    let mut stdout = io::stdout().lock();
    for (name, value) in simulator.env().into_iter().chain([start_url]) {
        writeln!(stdout, "export {name}='{}'", value.replace('\'', r"'\''"))?;
    }
    stdout.flush()
}

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == "--help") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("identity-center: {message}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let simulator = options.start();
    // Both ends of the conversation gone means that nobody needs the simulator any more.
    let done = announce(&simulator).and_then(|()| io::copy(&mut io::stdin(), &mut io::sink()));
    if let Err(error) = done {
        eprintln!("identity-center: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
