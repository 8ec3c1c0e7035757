//! The session itself: there, renewed in silence, or to be asked for.

use secrecy::ExposeSecret;

use crate::browser::{self, Page};
use crate::config::UrlAction;
use crate::identity_center::{SignIn, SignInError, choose_workflow};
use crate::role::{ClientRegistration, Container, Token};
use crate::{Error, Exit, Result, ui};

use super::lock::ProcessLock;
use super::relocate::session_lock;
use super::{Session, now, warn_of_clock};

/// There is one registration and one token of an instance.
const ONLY: &str = "";

/// What a sign-out could not do, in words; the secrets are gone in any case.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Farewell {
    /// Why AWS was not told.
    pub at_aws: Option<String>,
    /// What is left of the key in the secure store.
    pub key: Option<String>,
}

impl Session<'_> {
    /// A valid access token: the stored one, a renewed one, or, where the person may be asked and
    /// agrees, one of a new sign-in.
    pub(super) fn token(&mut self) -> Result<Token> {
        if let Some(token) = self.existing_token()? {
            return Ok(token);
        }
        let nobody = format!("nobody is signed in to {}", self.instance.name);
        if !self.may_ask {
            return Err(self.sign_in_needed(&nobody));
        }
        if !self.config.auto_login
            && !ui::confirm(&format!("You are not signed in to {}. Sign in now?", self.instance.name))?
        {
            return Err(self.sign_in_needed(&nobody));
        }
        self.sign_in()
    }

    /// When the session ends (Unix time in seconds), after a silent renewal if one was due; none:
    /// nobody is signed in.
    pub fn session_end(&mut self) -> Result<Option<i64>> {
        Ok(self.existing_token()?.map(|token| token.expires_at))
    }

    /// The stored token, renewed in silence where it ended and AWS allows it.
    fn existing_token(&mut self) -> Result<Option<Token>> {
        match self.vault.get::<Token>(&self.index, &self.row, ONLY)? {
            None => Ok(None),
            Some(token) if token.is_valid_at(now()) => Ok(Some(token)),
            Some(_) => self.renew(|stored| !stored.is_valid_at(now())),
        }
    }

    /// AWS refused `token` though it should last: it was revoked, or another process renewed it.
    pub(super) fn replace_refused_token(&mut self, token: &Token) -> Result<Token> {
        let refused = token.access_token.expose_secret();
        match self.renew(|stored| stored.access_token.expose_secret() == refused)? {
            Some(token) => Ok(token),
            None => {
                Err(self.sign_in_needed(&format!("the session with {} was revoked or has ended", self.instance.name)))
            }
        }
    }

    /// Renews the stored token, if it is still `due` once no other process is at it.
    fn renew(&mut self, due: impl Fn(&Token) -> bool) -> Result<Option<Token>> {
        self.make_writable()?;
        let _lock = ProcessLock::acquire(self.index.path(), &session_lock(self.row.id), || {})?;
        let Some(token) = self.vault.get::<Token>(&self.index, &self.row, ONLY)? else { return Ok(None) };
        if !due(&token) {
            return Ok(Some(token));
        }
        let registration: Option<ClientRegistration> = self.vault.get(&self.index, &self.row, ONLY)?;
        let Some(registration) = registration else { return Ok(None) };
        let network = self.network()?;
        match network.wait(network.aws.renew(&registration, &token)) {
            Ok(renewed) => {
                self.keep_token(&renewed)?;
                Ok(Some(renewed))
            }
            Err(SignInError::Refused(why)) => {
                tracing::info!("{why}");
                self.forget_session()?;
                Ok(None)
            }
            Err(other) => Err(Error::failed(format!("could not renew the session: {other}"))),
        }
    }

    /// Signs in through a browser, whatever session there is.
    pub fn sign_in(&mut self) -> Result<Token> {
        self.make_writable()?;
        self.vault.unlock(&mut self.index, &self.row)?;
        let known: Option<ClientRegistration> = self.vault.get(&self.index, &self.row, ONLY)?;
        let workflow = choose_workflow(self.config.auth_workflow, &self.context.env);
        let action = self.sign_in_action();
        let (config, context, instance) = (self.config, self.context, self.instance);
        // Kept until the answer is there: a browser that fails meanwhile is a reason to show the URL.
        let mut watch = None;
        let present = |sign_in: &SignIn| {
            if let Some(code) = &sign_in.user_code {
                ui::tell(&format!("Compare this code with the one in the browser: {code}"));
            }
            let purpose = format!("sign in to {}", instance.name);
            let container = Container::of_instance(&instance.name);
            let page = Page { url: &sign_in.url, purpose: &purpose, container: &container };
            watch = Some(browser::handle_and_watch(config, context, action, &page)?);
            Ok(())
        };
        let network = self.network()?;
        let answer = network.run(network.aws.sign_in(workflow, known, present));
        drop(watch);
        let (token, registration) = answer?;
        warn_of_clock(&network.aws);
        // The registration first: a session without one could not be renewed.
        self.vault.put(&mut self.index, &self.row, ONLY, &registration)?;
        self.keep_token(&token)?;
        Ok(token)
    }

    /// Ends the session: here, then at AWS, so that no command finds a token that AWS takes no more. Answers
    /// what could not be done.
    pub fn sign_out(&mut self) -> Result<Farewell> {
        self.make_writable()?;
        let (token, unread) = match self.last_token() {
            Ok(token) => (token, None),
            Err(error) if error.exit() == Exit::Interrupted => return Err(error),
            // A lost password must not keep the secrets here.
            Err(error) => (None, Some(error.message().to_owned())),
        };
        let key = self.vault.clear(&mut self.index, &self.row)?;
        let at_aws = unread.or_else(|| self.end_at_aws(&token?));
        Ok(Farewell { at_aws, key })
    }

    /// Ends the session where another sign-in follows: the registration serves that one too. Answers
    /// what could not be done at AWS.
    pub fn make_way(&mut self) -> Result<Option<String>> {
        self.make_writable()?;
        let token = self.last_token()?;
        self.forget_session()?;
        // Somebody else may sign in now.
        self.forget_credentials()?;
        Ok(token.and_then(|token| self.end_at_aws(&token)))
    }

    /// The token of a session that is to end. One that has ended itself is renewed first: with a refresh token
    /// the session goes on at AWS, and only a good token ends it there.
    fn last_token(&mut self) -> Result<Option<Token>> {
        let token: Option<Token> = self.vault.get(&self.index, &self.row, ONLY)?;
        let Some(token) = token else { return Ok(None) };
        let renewed = if token.is_valid_at(now()) { None } else { self.existing_token().ok().flatten() };
        Ok(Some(renewed.unwrap_or(token)))
    }

    /// Answers what could not be done.
    fn end_at_aws(&self, token: &Token) -> Option<String> {
        let told = self
            .network()
            .map_err(|error| error.message().to_owned())
            .and_then(|network| network.wait(network.aws.log_out(&token.access_token)).map_err(|error| error.message));
        told.err()
    }

    /// Forgets the role credentials; the session stays.
    pub fn forget_credentials(&mut self) -> Result<()> {
        self.make_writable()?;
        Ok(self.vault.clear_role_credentials(&mut self.index, &self.row)?)
    }

    pub(super) fn forget_session(&mut self) -> Result<()> {
        Ok(self.vault.delete::<Token>(&mut self.index, &self.row, ONLY)?)
    }

    fn keep_token(&mut self, token: &Token) -> Result<()> {
        self.vault.put(&mut self.index, &self.row, ONLY, token)?;
        self.row.session_expires_at = Some(token.expires_at);
        Ok(())
    }

    fn sign_in_action(&self) -> UrlAction {
        self.context.globals.url_action.unwrap_or_else(|| self.config.auth_url_action(self.instance))
    }
}
