//! A look at the Secret Service before the `keyring` crate works with it: whether it is there, whether
//! what is asked for is locked, and what to say where it is not to be had.

use std::collections::HashMap;

use zbus::blocking::Connection;
use zbus::zvariant::OwnedObjectPath;

use super::bus::{self, BusError};
use super::item::SERVICE;

const NAME: &str = "org.freedesktop.secrets";
const ROOT: &str = "/org/freedesktop/secrets";

/// Items or collections: those that are open, and those that are locked.
type Found = (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>);

/// Makes sure that the item `name`, or the collection that it would go into, can be used: unless a window
/// may ask for the password, it must be open already.
pub(super) fn look(collection: Option<&str>, name: &str, may_unlock: bool) -> Result<(), String> {
    find(collection, name, may_unlock).map_err(|error| message(collection, error))
}

/// What a failure of the crate means, by the text that it gives.
pub(super) fn explain(collection: Option<&str>, cause: &str) -> String {
    let lower = cause.to_lowercase();
    message(
        collection,
        match () {
            () if lower.contains("prompt") => Refusal::Dismissed,
            () if lower.contains("locked") => Refusal::Locked,
            // The answers of a service that has lost its own objects, or is no more.
            () if ["does not exist", "no such", "disconnected", "noreply", "broken pipe"]
                .iter()
                .any(|word| lower.contains(word)) =>
            {
                Refusal::Bus(BusError::Crashed(cause.to_owned()))
            }
            () => Refusal::Bus(BusError::Failed(cause.to_owned())),
        },
    )
}

enum Refusal {
    Bus(BusError),
    Locked,
    /// The person was asked and would not.
    Dismissed,
    NoCollection,
}

impl From<BusError> for Refusal {
    fn from(error: BusError) -> Self {
        Self::Bus(error)
    }
}

fn find(collection: Option<&str>, name: &str, may_unlock: bool) -> Result<(), Refusal> {
    let bus = bus::session()?;
    let service = bus::object(&bus, NAME, ROOT, "org.freedesktop.Secret.Service")?;
    let mut attributes = HashMap::from([("service", SERVICE), ("username", name)]);
    attributes.extend(collection.map(|label| ("target", label)));
    let (open, locked): Found = bus::call(&service, "SearchItems", &(attributes,))?;
    if !open.is_empty() || may_unlock {
        return Ok(());
    }
    if !locked.is_empty() {
        return Err(Refusal::Locked);
    }
    // A new item needs a collection that is open.
    let place = match collection {
        Some(label) => labelled(&bus, label, bus::property(&service, "Collections")?)?,
        None => Some(bus::call::<_, OwnedObjectPath>(&service, "ReadAlias", &("default",))?)
            .filter(|path| path.as_str() != "/"),
    };
    let place = place.ok_or(Refusal::NoCollection)?;
    let place = bus::object(&bus, NAME, place, "org.freedesktop.Secret.Collection")?;
    if bus::property(&place, "Locked")? { Err(Refusal::Locked) } else { Ok(()) }
}

/// The collection with a label: people know them by that.
fn labelled(bus: &Connection, label: &str, all: Vec<OwnedObjectPath>) -> Result<Option<OwnedObjectPath>, Refusal> {
    for path in all {
        let collection = bus::object(bus, NAME, path.clone(), "org.freedesktop.Secret.Collection")?;
        if bus::property::<String>(&collection, "Label")? == label {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

fn message(collection: Option<&str>, refusal: impl Into<Refusal>) -> String {
    let which =
        collection.map_or_else(|| "the default collection".to_owned(), |label| format!("the collection {label}"));
    match refusal.into() {
        Refusal::Locked => format!(
            "{which} of the secret service is locked: unlock it in your desktop's password manager, or without a desktop by \
             'gnome-keyring-daemon -r --unlock' (its password, then Ctrl-D), and try again"
        ),
        Refusal::Dismissed => {
            format!("{which} of the secret service was not unlocked: try again, and give its password")
        }
        Refusal::NoCollection => format!(
            "the secret service has no such collection ({which}): make it in your desktop's password manager, or change \
             SecretServiceCollection in config.yaml"
        ),
        Refusal::Bus(BusError::NoBus(cause)) => format!(
            "SecureStore secret-service needs the D-Bus of a session, and there is none ({cause}): start this within \
             'dbus-run-session', or use SecureStore: file in config.yaml"
        ),
        Refusal::Bus(BusError::NoService(cause)) => format!(
            "no secret service answers on D-Bus ({cause}): start one, as by 'gnome-keyring-daemon -r -d', or use \
             SecureStore: file in config.yaml"
        ),
        Refusal::Bus(BusError::Crashed(cause)) => format!(
            "the secret service has crashed or lost its collections ({cause}): restart it, as by 'gnome-keyring-daemon -r \
             -d', and try again"
        ),
        Refusal::Bus(BusError::Failed(cause)) => format!(
            "could not use {which} of the secret service ({cause}): restart it, as by 'gnome-keyring-daemon -r -d', and \
             try again"
        ),
    }
}
