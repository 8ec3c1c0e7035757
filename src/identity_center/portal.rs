//! The portal: accounts, roles, credentials, logout.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::role::{AccountId, ListedAccount, RoleCredentials};

use super::client::IdentityCenter;
use super::error::{CallError, CallErrorKind};
use super::pace::Pace;

/// AWS's largest page.
const PAGE: i32 = 100;

/// What [`IdentityCenter::roles_of`] reports while it works: the roles of one account.
pub type ListingEvent = (AccountId, Vec<String>);

/// Why a listing could not be completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingFailure {
    /// How many accounts could not be listed.
    pub accounts: usize,
    /// The first failure.
    pub first: CallError,
}

/// What one worker needs.
#[derive(Clone)]
struct Worker {
    sso: aws_sdk_sso::Client,
    pace: Arc<Pace>,
    token: SecretString,
    todo: Arc<Mutex<VecDeque<AccountId>>>,
    done: mpsc::Sender<(AccountId, Result<Vec<String>, CallError>)>,
}

/// Bytes of a role's name that fit into a URL, where each may take three.
const LONGEST_NAME: usize = 16 * 1024;

impl IdentityCenter {
    /// Every account that the person may use (sso:ListAccounts, all pages).
    pub async fn accounts(&self, token: &SecretString) -> Result<Vec<ListedAccount>, CallError> {
        const OPERATION: &str = "sso:ListAccounts";
        let mut accounts = Vec::new();
        let mut next = None;
        loop {
            let page = self.pace.call(|| {
                let request = self
                    .sso
                    .list_accounts()
                    .access_token(token.expose_secret())
                    .max_results(PAGE)
                    .set_next_token(next.clone());
                async move { request.send().await.map_err(|error| CallError::of(OPERATION, &error)) }
            });
            let page = page.await?;
            for account in page.account_list() {
                let id = account.account_id().and_then(|id| id.parse().ok());
                let id = id.ok_or_else(|| CallError::unexpected(OPERATION, "an account without a valid id"))?;
                let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
                accounts.push(ListedAccount {
                    id,
                    name: text(account.account_name()),
                    email: text(account.email_address()),
                });
            }
            next = page.next_token().filter(|token| !token.is_empty()).map(str::to_owned);
            if next.is_none() {
                return Ok(accounts);
            }
        }
    }

    /// Fetches the roles of each account, several at a time, and hands them over as they come, in
    /// batches. An account that fails is left out and counted; a token that is refused ends it all.
    pub async fn roles_of<E>(
        &self,
        token: &SecretString,
        accounts: Vec<AccountId>,
        mut take: impl FnMut(&[ListingEvent]) -> Result<(), E>,
    ) -> Result<Result<(), ListingFailure>, E> {
        let (done, mut results) = mpsc::channel(1024);
        let todo = Arc::new(Mutex::new(VecDeque::from(accounts)));
        let worker = Worker { sso: self.sso.clone(), pace: Arc::clone(&self.pace), token: token.clone(), todo, done };
        let mut workers = JoinSet::new();
        for _ in 0..self.threads {
            workers.spawn(worker.clone().work());
        }
        drop(worker);
        let mut failure: Option<ListingFailure> = None;
        let mut batch = Vec::new();
        while results.recv_many(&mut batch, 1024).await > 0 {
            let mut fetched = Vec::with_capacity(batch.len());
            for (account, result) in batch.drain(..) {
                match result {
                    Ok(roles) => fetched.push((account, roles)),
                    Err(error) => {
                        let ended = error.kind == CallErrorKind::Unauthorized;
                        let failure = failure.get_or_insert(ListingFailure { accounts: 0, first: error });
                        failure.accounts += 1;
                        if ended {
                            workers.abort_all();
                        }
                    }
                }
            }
            take(&fetched)?;
        }
        Ok(failure.map_or(Ok(()), Err))
    }

    /// The credentials of a role (sso:GetRoleCredentials).
    pub async fn role_credentials(
        &self,
        token: &SecretString,
        account: AccountId,
        role: &str,
    ) -> Result<RoleCredentials, CallError> {
        const OPERATION: &str = "sso:GetRoleCredentials";
        if role.is_empty() || role.len() > LONGEST_NAME {
            // The SDK panics when it cannot make a URL of it.
            return Err(CallError::refused(OPERATION, "no role has such a name"));
        }
        let answer = self.pace.call(|| {
            let request = self
                .sso
                .get_role_credentials()
                .access_token(token.expose_secret())
                .account_id(account.to_string())
                .role_name(role);
            async move { request.send().await.map_err(|error| CallError::of(OPERATION, &error)) }
        });
        let answer = answer.await?;
        let incomplete = || CallError::unexpected(OPERATION, "credentials that are incomplete");
        let credentials = answer.role_credentials().ok_or_else(incomplete)?;
        let secret = |text: Option<&str>| text.map(SecretString::from).ok_or_else(incomplete);
        Ok(RoleCredentials {
            access_key_id: credentials.access_key_id().ok_or_else(incomplete)?.to_owned(),
            secret_access_key: secret(credentials.secret_access_key())?,
            session_token: secret(credentials.session_token())?,
            // AWS gives milliseconds here, and seconds everywhere else.
            expires_at: credentials.expiration() / 1000,
        })
    }

    /// Ends the session at AWS (sso:Logout).
    pub async fn log_out(&self, token: &SecretString) -> Result<(), CallError> {
        let request = self.sso.logout().access_token(token.expose_secret());
        request.send().await.map(drop).map_err(|error| CallError::of("sso:Logout", &error))
    }
}

impl Worker {
    async fn work(self) {
        loop {
            let account = self.todo.lock().unwrap_or_else(std::sync::PoisonError::into_inner).pop_front();
            let Some(account) = account else { return };
            let roles = self.roles(account).await;
            if self.done.send((account, roles)).await.is_err() {
                return;
            }
        }
    }

    /// The roles of one account (sso:ListAccountRoles, all pages).
    async fn roles(&self, account: AccountId) -> Result<Vec<String>, CallError> {
        let mut roles = Vec::new();
        let mut next: Option<String> = None;
        loop {
            let page = self.pace.call(|| {
                let request = self
                    .sso
                    .list_account_roles()
                    .access_token(self.token.expose_secret())
                    .account_id(account.to_string())
                    .max_results(PAGE)
                    .set_next_token(next.clone());
                async move { request.send().await.map_err(|error| CallError::of("sso:ListAccountRoles", &error)) }
            });
            let page = page.await?;
            roles.extend(page.role_list().iter().filter_map(|role| role.role_name()).map(str::to_owned));
            next = page.next_token().filter(|token| !token.is_empty()).map(str::to_owned);
            if next.is_none() {
                tracing::debug!(%account, roles = roles.join(", "), "AWS lists");
                return Ok(roles);
            }
        }
    }
}
