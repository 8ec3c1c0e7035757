//! `setup store`: which secure store keeps the secrets, and another one, or another password, from now on.

use crate::cli::StoreArgs;
use crate::command::{load_config, open_session};
use crate::config::{Config, SecureStore, edit};
use crate::context::Context;
use crate::session::{Manners, Relocation};
use crate::user_file::UserFile;
use crate::vault::{Asking, Vault};
use crate::{Error, Result, ui};

use super::shown;

const PASSWORD: &str = "AWS_SSO_FILE_PASSWORD";
const NEW_PASSWORD: &str = "AWS_SSO_NEW_FILE_PASSWORD";

pub(in crate::command) fn run(args: &StoreArgs, context: &Context) -> Result<()> {
    let config = load_config(context)?;
    match args.store {
        _ if args.new_password => change_password(args, &config, context),
        Some(store) if store == config.secure_store => {
            ui::tell(&format!("the secrets are kept by {store} already{}", hint(store)));
            Ok(())
        }
        Some(store) => relocate(store, args, &config, context),
        None => show(&config),
    }
}

fn hint(store: SecureStore) -> &'static str {
    match store {
        SecureStore::File => ": for another password, add --new-password",
        _ => "",
    }
}

/// The stores of this system, with a mark at the one in use.
fn show(config: &Config) -> Result<()> {
    let lines = SecureStore::ALL.iter().filter(|store| is_of_this_system(**store)).map(|store| {
        let mark = if *store == config.secure_store { '*' } else { ' ' };
        format!("{mark} {:<15} {}\n", store.as_str(), about(*store))
    });
    ui::print(&lines.collect::<String>())
}

pub(super) fn is_of_this_system(store: SecureStore) -> bool {
    match store {
        SecureStore::Keychain => cfg!(target_os = "macos"),
        SecureStore::Wincred => cfg!(windows),
        SecureStore::SecretService | SecureStore::Kwallet => cfg!(all(unix, not(target_os = "macos"))),
        _ => true,
    }
}

pub(super) fn about(store: SecureStore) -> &'static str {
    match store {
        SecureStore::File => "a password that you type",
        SecureStore::Keychain => "the macOS keychain",
        SecureStore::Kwallet => "KDE's wallet",
        SecureStore::Pass => "pass, the standard Unix password manager",
        SecureStore::SecretService => "GNOME Keyring, KeePassXC and others",
        SecureStore::Wincred => "the Windows Credential Manager",
        SecureStore::Json => "nobody: clear text in a file, for debugging",
        SecureStore::OnePassword => "not supported",
    }
}

/// A new data key under a new password: a copy of the old state file with the old password opens nothing that
/// is written from now on.
fn change_password(args: &StoreArgs, config: &Config, context: &Context) -> Result<()> {
    if config.secure_store != SecureStore::File || args.store.is_some_and(|store| store != SecureStore::File) {
        return Err(Error::usage(format!(
            "--new-password is of the file store, and the secrets are kept by {}: 'aws-sso setup store file' moves them there",
            config.secure_store
        )));
    }
    let mut around = context.clone();
    around.env.put(PASSWORD, context.env.get(NEW_PASSWORD));
    let mut session = open_session(context, config, Manners::MayAsk)?;
    let target = vault(SecureStore::File, config, &around, &session)?;
    let Relocation { left, .. } = session.move_secrets(&target, || Ok(()))?;
    tell_left(&left);
    let stale = match context.env.get(PASSWORD) {
        Some(_) => format!(": set {PASSWORD} to it where you set that"),
        None => String::new(),
    };
    ui::tell(&format!("the file store has a new password{stale}"));
    Ok(())
}

/// All secrets into another store, and its name into `config.yaml`.
fn relocate(store: SecureStore, args: &StoreArgs, config: &Config, context: &Context) -> Result<()> {
    let file = UserFile::read(&config.path)?;
    let name = shown(&config.path, context);
    let text = std::str::from_utf8(file.content().unwrap_or_default()).unwrap_or_default();
    let new = edit::with_key(text, "SecureStore", store.as_str()).ok_or_else(|| {
        Error::failed(format!(
            "{name} cannot be changed by a program: write 'SecureStore: {store}' into it, then run 'aws-sso login'"
        ))
    })?;
    if context.interactive {
        ui::show_diff(&name, file.content(), Some(new.as_bytes()), &context.env);
    }
    if !args.yes {
        if !context.interactive {
            return Err(Error::usage(format!(
                "nobody can be asked whether to write {name}: add --yes to do it without a question"
            )));
        }
        if !ui::confirm(&format!(
            "Move the secrets from {} to {store}, and write this to {name}?",
            config.secure_store
        ))? {
            ui::tell("nothing was changed");
            return Ok(());
        }
    }
    let mut session = open_session(context, config, Manners::MayAsk)?;
    let target = vault(store, config, context, &session)?;
    // All that can fail for want of rights or space fails before a secret moves.
    let staged = file.stage(Some(new.as_bytes()), true)?;
    let mut backup = None;
    let moved = session.move_secrets(&target, || {
        backup = staged.commit()?;
        Ok(())
    })?;
    tell_left(&moved.left);
    let backup = backup.map(|path| format!(" (backup of the config: {})", shown(&path, context))).unwrap_or_default();
    ui::tell(&format!("moved {} secrets from {} to {store}{backup}", moved.records, config.secure_store));
    if store == SecureStore::Json {
        tracing::warn!("SecureStore json keeps every secret in clear text: it is for debugging only");
    }
    Ok(())
}

fn vault(
    store: SecureStore,
    config: &Config,
    context: &Context,
    session: &crate::session::Session<'_>,
) -> Result<Vault> {
    let asking = Asking::usual(context.interactive, context.has_desktop());
    Ok(Vault::in_store(store, config, context, session.index.path(), asking)?)
}

fn tell_left(left: &[String]) {
    for sentence in left {
        tracing::warn!("{sentence}");
    }
}
