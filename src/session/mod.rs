//! A person's session with one SSO instance: what needs AWS, the vault and the index together.
//!
//! Signing in, renewing in silence, fetching the credentials of a role once however many processes ask
//! for them, taking in what AWS lists. Commands call this module and know none of the three.

mod console;
mod lock;
mod network;
mod refresh;
mod relocate;
mod sign_in;

use std::cell::OnceCell;
use std::time::Duration;

use crate::config::{Config, Instance};
use crate::context::Context;
use crate::identity_center::{CallError, CallErrorKind, IdentityCenter, Patience};
use crate::index::{Index, InstanceRow};
use crate::role::{Role, RoleArn, RoleCredentials, Selection, Token};
use crate::vault::{Asking, Vault};
use crate::{Error, Result, ui};

use lock::ProcessLock;
use network::Network;
pub use relocate::Relocation;
pub use sign_in::Farewell;

/// Whether a command may ask the person, or open a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manners {
    /// On a terminal: "Sign in now?", a password prompt.
    MayAsk,
    /// Never: `process`, and what has no terminal.
    Silent,
    /// Never, and without much patience: a command that somebody typed waits for it.
    Brief,
}

/// How good stored credentials must be to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Good for another minute.
    Valid,
    /// Good for longer than this.
    Lasting(Duration),
    /// None is: new ones are fetched.
    New,
}

impl Freshness {
    fn accepts(self, stored: &RoleCredentials) -> bool {
        match self {
            Self::Valid => stored.are_valid_at(now()),
            Self::Lasting(time) => stored.are_valid_at(now().saturating_add(time.as_secs().cast_signed())),
            Self::New => false,
        }
    }
}

/// One SSO instance of one config file, open for work.
pub struct Session<'a> {
    context: &'a Context,
    config: &'a Config,
    instance: &'a Instance,
    /// The instance in the state file.
    pub row: InstanceRow,
    /// The state file.
    pub index: Index,
    vault: Vault,
    may_ask: bool,
    patience: Patience,
    network: OnceCell<Network>,
}

impl<'a> Session<'a> {
    /// Joins a config, its instance and the state file. Neither AWS nor the secure store is touched yet.
    pub fn new(
        context: &'a Context,
        config: &'a Config,
        instance: &'a Instance,
        (index, row): (Index, InstanceRow),
        manners: Manners,
    ) -> Result<Self> {
        let may_ask = context.interactive && manners == Manners::MayAsk;
        let asking = match manners {
            Manners::Brief => Asking::BRIEF,
            Manners::MayAsk | Manners::Silent => Asking::usual(may_ask, context.has_desktop()),
        };
        let vault = Vault::new(config, context, index.path(), asking)?;
        let patience = if manners == Manners::Brief { Patience::BRIEF } else { Patience::USUAL };
        Ok(Self { context, config, instance, row, index, vault, may_ask, patience, network: OnceCell::new() })
    }

    /// The credentials of a role: the stored ones if they are fresh enough, else new ones.
    pub fn credentials(&mut self, role: &Role, freshness: Freshness) -> Result<RoleCredentials> {
        if let Some(stored) = self.stored(role, freshness)? {
            return Ok(stored);
        }
        self.make_writable()?;
        let lock_name = format!("role {} {}", self.row.id, role.arn);
        let _lock = ProcessLock::acquire(self.index.path(), &lock_name, || {})?;
        // Whoever held the lock may have fetched them.
        if let Some(stored) = self.stored(role, freshness)? {
            return Ok(stored);
        }
        let credentials = match &role.via {
            Some(via) => self.assume(role, via, freshness)?,
            None => self.fetch(role)?,
        };
        if !credentials.are_valid_at(now()) {
            let why = self.network()?.aws.clock_warning();
            let why = why.unwrap_or_else(|| "they end within the minute".to_owned());
            return Err(Error::failed(format!(
                "the new credentials of {} have already ended here: {why}",
                role.profile
            )));
        }
        self.keep(role, &credentials);
        Ok(credentials)
    }

    fn stored(&self, role: &Role, freshness: Freshness) -> Result<Option<RoleCredentials>> {
        if freshness == Freshness::New {
            return Ok(None);
        }
        let stored: Option<RoleCredentials> = self.vault.get(&self.index, &self.row, &role.arn.to_string())?;
        Ok(stored.filter(|stored| freshness.accepts(stored)))
    }

    /// Credentials that cannot be stored are still good: the next command fetches them again.
    fn keep(&mut self, role: &Role, credentials: &RoleCredentials) {
        if let Err(error) = self.vault.put(&mut self.index, &self.row, &role.arn.to_string(), credentials) {
            let error = Error::from(error);
            tracing::warn!("the credentials of {} could not be kept: {error}", role.profile);
        }
    }

    fn fetch(&mut self, role: &Role) -> Result<RoleCredentials> {
        let (account, name) = (role.account_id, role.role_name.clone());
        let fetched = self.with_token(|network, token| {
            network.wait(network.aws.role_credentials(&token.access_token, account, &name))
        })?;
        fetched.map_err(|error| match error.kind {
            CallErrorKind::Denied | CallErrorKind::Rejected => Error::no_such_role(format!(
                "AWS gives no credentials for {} ({}): the assignment may have been removed; run '{}'",
                role.profile,
                error.message,
                self.command("cache")
            )),
            _ => Error::from(error),
        })
    }

    /// Takes a chained role by way of the one before it.
    fn assume(&mut self, role: &Role, via: &RoleArn, freshness: Freshness) -> Result<RoleCredentials> {
        let found = self.index.find(self.row.id, &Selection::Arn(via.to_string()))?;
        let Some(previous) = found.into_iter().next() else {
            return Err(Error::no_such_role(format!(
                "{} is reached via {via}, which is no role of {}: correct Via in {}",
                role.profile,
                self.instance.name,
                self.config.path.display()
            )));
        };
        // Who wants new credentials may want them because AWS takes those of an earlier hop no more.
        let freshness = if freshness == Freshness::New { freshness } else { Freshness::Valid };
        // Loops were refused when the config was read, so this ends.
        let held = self.credentials(&previous, freshness)?;
        let own = self.instance.accounts.get(&role.account_id).and_then(|account| account.roles.get(&role.role_name));
        let external_id = own.and_then(|own| own.external_id.as_deref());
        let source_identity = own.and_then(|own| own.source_identity.as_deref());
        let network = self.network()?;
        let taken = network.aws.assume_role((&previous.arn, &held), &role.arn, external_id, source_identity);
        network.wait(taken).map_err(|error| self.explain_chain(role, &previous, error))
    }

    fn explain_chain(&self, role: &Role, previous: &Role, error: CallError) -> Error {
        let skew = self.network().ok().and_then(|network| network.aws.clock_warning());
        match (error.kind, skew) {
            (CallErrorKind::Denied | CallErrorKind::Rejected, Some(skew)) => {
                Error::failed(format!("{} ({skew})", error.message))
            }
            (CallErrorKind::Denied, None) => Error::failed(format!(
                "{} may not take {} ({}): check the role's trust policy, ExternalId and SourceIdentity",
                previous.arn, role.arn, error.message
            )),
            _ => error.into(),
        }
    }

    /// Runs a portal call with a valid access token. A token that AWS refuses is renewed once; if that
    /// fails, the session is over.
    fn with_token<T>(
        &mut self,
        mut call: impl FnMut(&Network, &Token) -> Result<T, CallError>,
    ) -> Result<Result<T, CallError>> {
        let token = self.token()?;
        match call(self.network()?, &token) {
            Err(error) if error.kind == CallErrorKind::Unauthorized => {}
            outcome => return Ok(outcome),
        }
        let token = self.replace_refused_token(&token)?;
        match call(self.network()?, &token) {
            Err(error) if error.kind == CallErrorKind::Unauthorized => {
                self.forget_session()?;
                Err(self.sign_in_needed("AWS refused the session just renewed"))
            }
            outcome => Ok(outcome),
        }
    }

    /// What surrounds the command.
    pub fn context(&self) -> &'a Context {
        self.context
    }

    /// The config that the instance is of.
    pub fn config(&self) -> &'a Config {
        self.config
    }

    /// Whether the person can be asked to sign in.
    pub fn may_ask(&self) -> bool {
        self.may_ask
    }

    /// Fetches accounts and roles where none were fetched yet and the person can be asked; whether it did.
    pub fn fetch_if_never(&mut self) -> Result<bool> {
        let needed = self.row.refreshed_at.is_none() && self.may_ask();
        if needed {
            self.refresh()?;
        }
        Ok(needed)
    }

    /// The network, from the first call on.
    fn network(&self) -> Result<&Network> {
        if self.network.get().is_none() {
            let aws = IdentityCenter::new(self.config, self.instance, self.context, self.patience)?;
            let _ = self.network.set(Network::new(aws, self.may_ask)?);
        }
        self.network.get().ok_or_else(|| Error::failed("could not start the network"))
    }

    /// Opens the state file for writing, where it was open for reading only.
    fn make_writable(&mut self) -> Result<()> {
        if self.index.is_read_only()? {
            let (index, opened) = Index::open(self.index.path())?;
            self.index = index;
            if let Some(sentence) = opened.sentence(self.index.path()) {
                // What this session found in the old file is gone.
                return Err(Error::failed(sentence));
            }
        }
        Ok(())
    }

    /// Notes in the history that a role was used, unless `HistoryLimit` is 0. Nobody wants to hear of it
    /// if that fails.
    pub fn record_use(&mut self, role: &Role) {
        if self.config.history_limit == 0 {
            return;
        }
        let noted = self.make_writable().and_then(|()| Ok(self.index.record_use(self.row.id, &role.arn)?));
        if let Err(error) = noted {
            tracing::debug!("the use of {} was not recorded: {error}", role.profile);
        }
    }

    /// What to type to have a command such as `login` speak of this instance.
    pub fn command(&self, command: &str) -> String {
        self.config.command(command, &self.instance.name, self.context.env.get("AWS_SSO"))
    }

    fn sign_in_needed(&self, why: &str) -> Error {
        Error::sign_in_needed(format!("{why}: run '{}'", self.command("login")))
    }
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// Says that the computer's clock is off, where AWS's answers told so.
fn warn_of_clock(aws: &IdentityCenter) {
    if let Some(sentence) = aws.clock_warning() {
        ui::tell(&format!("aws-sso: {sentence}"));
    }
}
