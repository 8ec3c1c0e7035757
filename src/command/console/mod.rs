//! `console`: the AWS console in a browser, as a role.

mod keys;

use std::time::Duration;

use secrecy::ExposeSecret;

use crate::browser::{self, Page};
use crate::cli::ConsoleArgs;
use crate::config::{Config, ShellSettings, checked_region};
use crate::context::Context;
use crate::environment::own_region;
use crate::finder::Query;
use crate::identity_center::{ConsoleSignIn, destination};
use crate::role::{Container, Partition, Role, RoleCredentials, RoleFlags};
use crate::session::{Manners, Session};
use crate::{Error, Result, ui};

use super::ruling::{self, View};
use super::{choose, freshness, load_config, open_session, role};
use keys::{Asked, Foreign, ForeignProfile, foreign_keys, foreign_profile, refuse_mixture};

pub(super) fn run(args: &ConsoleArgs, context: &Context) -> Result<()> {
    let region = args
        .region
        .as_deref()
        .map(|text| checked_region(text).map_err(|hint| Error::usage(format!("--region is '{text}': {hint}"))));
    let region = region.transpose()?;
    let config = load_config(context)?;
    let visit = Visit { args, context, config: &config, region };
    visit.begin()
}

/// A visit to the console, as it was asked for.
struct Visit<'a> {
    args: &'a ConsoleArgs,
    context: &'a Context,
    config: &'a Config,
    region: Option<String>,
}

/// What is known of whoever will be in the console.
struct Visitor<'a> {
    credentials: &'a RoleCredentials,
    partition: Partition,
    /// That of the person, then that of the role.
    regions: [Option<String>; 2],
    /// Whether a time is asked for: credentials of chained roles and federated users say themselves how long.
    lasting: bool,
    name: &'a str,
    container: Container,
}

impl Visit<'_> {
    /// Finds out whose console it is: what was typed, what this shell is, whose keys are in it, which profile it
    /// names, and, where none of these says it, what the person chooses.
    fn begin(&self) -> Result<()> {
        let (args, context) = (self.args, self.context);
        if args.here {
            return self.as_role_here();
        }
        let typed = RoleFlags::from(&args.role);
        let is_half = typed.account.is_some() != typed.role.is_some();
        if args.prompt || is_half && context.interactive {
            return self.as_chosen(&Query { account: typed.account, role: typed.role, ..Query::default() });
        }
        if let Some(selection) = typed.select(None)? {
            return self.as_role_of(context, |session| role::find(session, self.config, &selection));
        }
        refuse_mixture(&context.env)?;
        if let Some(selection) = typed.select(Some(&context.role_variables()))? {
            return self.as_role_of(context, |session| role::find_of_shell(session, self.config, &selection));
        }
        if let Some(foreign) = foreign_keys(&context.env) {
            return self.as_foreign(&open_session(context, self.config, Manners::MayAsk)?, &foreign);
        }
        match context.env.get("AWS_PROFILE") {
            Some(profile) => self.as_profile(profile),
            None => self.as_chosen(&Query::default()),
        }
    }

    fn as_chosen(&self, query: &Query) -> Result<()> {
        if !self.context.interactive {
            return Err(Error::usage(
                "which role? Name it with -p PROFILE, -a ARN, or -A ACCOUNT -R ROLE: there is no terminal to choose on",
            ));
        }
        self.as_role_of(self.context, |session| choose::choose(session, self.config, self.context, "", query))
    }

    fn as_role_here(&self) -> Result<()> {
        let (file, around) = ruling::file_here(self.context, self.config)?;
        let settings = ShellSettings::of(self.config);
        self.as_role_of(&around, |session| {
            ruling::permitted(&file, View::new(&session.index, &session.row, self.config, &settings))
        })
    }

    /// `AWS_PROFILE`: one of ours, by its name or by what `~/.aws/config` has it call, or one with keys.
    fn as_profile(&self, name: &str) -> Result<()> {
        let session = open_session(self.context, self.config, Manners::MayAsk)?;
        let selection = crate::role::Selection::Profile(name.to_owned());
        if let Some(role) = session.index.find(session.row.id, &selection)?.pop() {
            return self.as_role(session, &role);
        }
        match foreign_profile(self.context, name)? {
            ForeignProfile::Ours(Asked { here: true, .. }) => {
                drop(session);
                self.as_role_here()
            }
            ForeignProfile::Ours(Asked { sso, role, .. }) => {
                drop(session);
                let mut around = self.context.clone();
                around.globals.sso = sso.or(around.globals.sso);
                let selection = role.select(None)?;
                let selection = selection.ok_or_else(|| {
                    Error::failed(format!(
                        "the profile '{name}' (AWS_PROFILE) asks aws-sso for no role: name one with -p"
                    ))
                })?;
                self.as_role_of(&around, |session| role::find(session, self.config, &selection))
            }
            ForeignProfile::Keys(foreign) => self.as_foreign(&session, &foreign),
        }
    }

    fn as_role_of(&self, around: &Context, find: impl FnOnce(&mut Session<'_>) -> Result<Role>) -> Result<()> {
        let mut session = open_session(around, self.config, Manners::MayAsk)?;
        session.fetch_if_never()?;
        let role = find(&mut session)?;
        self.as_role(session, &role)
    }

    fn as_role(&self, mut session: Session<'_>, role: &Role) -> Result<()> {
        let credentials = session.credentials(role, freshness(self.context))?;
        for odd in Container::odd_tags(role).iter().filter(|_| self.action().is_container()) {
            tracing::warn!("{odd}");
        }
        if self.args.duration.is_some() && role.via.is_some() {
            ui::tell(&format!(
                "aws-sso: AWS takes no --duration for {}, which is reached via another role: the session ends with its \
                 credentials",
                role.profile
            ));
        }
        self.enter(
            &session,
            &Visitor {
                credentials: &credentials,
                partition: role.arn.partition,
                regions: [self.own_region(), role.region.clone()],
                lasting: role.via.is_none(),
                name: &role.profile,
                container: Container::of_role(role),
            },
        )?;
        session.record_use(role);
        Ok(())
    }

    fn as_foreign(&self, session: &Session<'_>, foreign: &Foreign) -> Result<()> {
        let regions = [self.own_region(), foreign.region.clone()];
        let region = regions.iter().flatten().next().cloned();
        let caller = session.caller(&foreign.keys, region.as_deref())?;
        let credentials = match &foreign.keys.session_token {
            Some(token) => RoleCredentials {
                access_key_id: foreign.keys.access_key_id.clone(),
                secret_access_key: foreign.keys.secret_access_key.clone(),
                session_token: token.clone(),
                expires_at: i64::MAX,
            },
            None => session.federate(&foreign.keys, region.as_deref(), &session_name(self.context), self.duration())?,
        };
        let name = format!("{}:{}", caller.account, caller.name);
        self.enter(
            session,
            &Visitor {
                credentials: &credentials,
                partition: caller.partition,
                regions,
                // How they were made is not known, and AWS takes a time for some only.
                lasting: self.args.duration.is_some() && foreign.keys.session_token.is_some(),
                name: &name,
                container: Container::named(&name),
            },
        )
    }

    fn enter(&self, session: &Session<'_>, visitor: &Visitor<'_>) -> Result<()> {
        let region = self.region_of(visitor)?;
        let destination = destination(visitor.partition, region.as_deref(), self.args.destination.as_deref())?;
        let url = session.console_url(&ConsoleSignIn {
            credentials: visitor.credentials,
            partition: visitor.partition,
            issuer: session.start_url(),
            destination: &destination,
            duration: visitor.lasting.then(|| self.duration()),
        })?;
        let purpose = format!("use the console as {}", visitor.name);
        let page = Page { url: url.expose_secret(), purpose: &purpose, container: &visitor.container };
        browser::handle_url(self.config, self.context, self.action(), &page)
    }

    /// The region that the person set in this shell, where it is one.
    fn own_region(&self) -> Option<String> {
        own_region(&self.context.env).and_then(|region| checked_region(region).ok())
    }

    /// The typed region, which must be one of the visitor's partition; else what else says one of it.
    fn region_of(&self, visitor: &Visitor<'_>) -> Result<Option<String>> {
        let partition = visitor.partition;
        let is_there = |region: &str| Partition::of_region(region) == partition;
        match &self.region {
            Some(region) if !is_there(region) => Err(Error::usage(format!(
                "--region is '{region}', which is no region of the partition {partition} that {} is in",
                visitor.name
            ))),
            Some(region) => Ok(Some(region.clone())),
            None => Ok(visitor.regions.iter().flatten().find(|region| is_there(region)).cloned()),
        }
    }

    fn action(&self) -> crate::config::UrlAction {
        self.context.globals.url_action.unwrap_or(self.config.url_action)
    }

    fn duration(&self) -> Duration {
        self.args.duration.map_or(self.config.console_duration, |minutes| Duration::from_mins(minutes.into()))
    }
}

/// The name under which AWS logs a federated session: that of the person here, in the characters that IAM takes.
fn session_name(context: &Context) -> String {
    let user = context.env.get("USER").or_else(|| context.env.get("USERNAME")).unwrap_or("aws-sso");
    let name: String = user.chars().filter(|c| c.is_ascii_alphanumeric() || "+=,.@-_".contains(*c)).take(32).collect();
    if name.len() < 2 { "aws-sso".to_owned() } else { name }
}
