//! Taking in what AWS lists.

use crate::identity_center::{CallError, CallErrorKind, ListingFailure};
use crate::index::{Changes, Listing};
use crate::role::{ListedAccount, Token};
use crate::ui::Progress;
use crate::{Error, Result, ui};

use super::lock::ProcessLock;
use super::{Session, now};

impl Session<'_> {
    /// Whether the last complete listing is older than `CacheRefresh`, or there was none.
    pub fn is_stale(&self) -> bool {
        self.row.is_stale(self.config.cache_refresh, now())
    }

    /// Lists all accounts and roles, and says what changed. What was fetched before a failure is kept;
    /// the next refresh goes on from there.
    pub fn refresh(&mut self) -> Result<Changes> {
        self.make_writable()?;
        let asked_at = now();
        let name = self.instance.name.clone();
        let _lock = ProcessLock::acquire(self.index.path(), &format!("refresh {}", self.row.id), || {
            ui::tell(&format!("Another aws-sso is fetching the roles of {name}: waiting for it"));
        })?;
        if self.index.refreshed_at(self.row.id)?.is_some_and(|at| at > asked_at) {
            return Ok(Changes::default());
        }
        let accounts = self.with_token(|network, token| network.wait(network.aws.accounts(&token.access_token)))??;
        let listing = self.index.start_listing(self.row.id)?;
        if accounts.is_empty() {
            ui::tell(&format!("AWS lists no accounts for you in {name}: ask your administrator for an assignment"));
        }
        self.fetch_roles(listing, &accounts)?;
        let changes = self.index.finish_listing(listing, self.config, self.instance);
        self.row.refreshed_at = Some(now());
        Ok(changes?)
    }

    fn fetch_roles(&mut self, listing: Listing, accounts: &[ListedAccount]) -> Result<()> {
        let mut left_at_renewal = None;
        loop {
            let todo = self.index.store_accounts(listing, accounts)?;
            if todo.is_empty() {
                return Ok(());
            }
            let left = todo.len();
            let token = self.token()?;
            let Err(failure) = self.fetch_some(listing, todo, accounts.len(), &token)? else { return Ok(()) };
            if failure.first.kind != CallErrorKind::Unauthorized {
                return Err(self.incomplete(&failure, accounts.len()));
            }
            if left_at_renewal == Some(left) {
                self.forget_session()?;
                return Err(self.sign_in_needed("AWS refused the session just renewed"));
            }
            left_at_renewal = Some(left);
            // Goes on with what is left, under the renewed session.
            self.replace_refused_token(&token)?;
        }
    }

    fn fetch_some(
        &mut self,
        listing: Listing,
        todo: Vec<crate::role::AccountId>,
        total: usize,
        token: &Token,
    ) -> Result<Result<(), ListingFailure>> {
        self.network()?;
        let mut progress = Progress::new(format!("Fetching roles for {total} accounts"), total);
        progress.advance(total - todo.len());
        let Some(network) = self.network.get() else { return Err(Error::failed("could not start the network")) };
        let index = &mut self.index;
        network.run(network.aws.roles_of(&token.access_token, todo, |fetched| {
            index.store_roles(listing, fetched)?;
            progress.advance(fetched.len());
            Ok(())
        }))
    }

    fn incomplete(&self, failure: &ListingFailure, total: usize) -> Error {
        let CallError { message, .. } = &failure.first;
        Error::failed(format!(
            "could not fetch the roles of {} of {total} accounts ({message}): what came is kept; run '{}' to go on where it stopped",
            failure.accounts,
            self.command("cache")
        ))
    }
}
