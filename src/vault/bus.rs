//! The D-Bus of the person's session: where the Secret Service and KDE's wallet are asked.

use std::time::Duration;

use zbus::blocking::connection::Builder;
use zbus::blocking::{Connection, Proxy};
use zbus::zvariant::{DynamicType, OwnedValue};

/// No answer may take longer, whatever the caller's patience: a window may wait for a person.
const LIMIT: Duration = Duration::from_mins(10);

/// A service at its well-known name that could not be asked.
#[derive(Debug)]
pub(super) enum BusError {
    /// There is no bus: no desktop session, or none that this process belongs to.
    NoBus(String),
    /// Nothing answers at the name, nor could it be started.
    NoService(String),
    /// The service was there and is gone, or does not know its own objects any more.
    Crashed(String),
    /// Anything else that it answered.
    Failed(String),
}

/// Connects to the session's bus.
pub(super) fn session() -> Result<Connection, BusError> {
    let connect = || Builder::session()?.method_timeout(LIMIT).build();
    connect().map_err(|error| BusError::NoBus(error.to_string()))
}

/// An object of a service.
pub(super) fn object<'a>(
    bus: &Connection,
    service: &'a str,
    path: impl TryInto<zbus::zvariant::ObjectPath<'a>, Error: Into<zbus::Error>>,
    interface: &'a str,
) -> Result<Proxy<'a>, BusError> {
    // What a proxy would keep of properties costs calls, and is asked once.
    let proxy = zbus::blocking::proxy::Builder::<Proxy<'_>>::new(bus).destination(service)?.path(path)?;
    Ok(proxy.interface(interface)?.cache_properties(zbus::proxy::CacheProperties::No).build()?)
}

/// Calls a method and reads its answer.
pub(super) fn call<A, T>(object: &Proxy<'_>, method: &str, arguments: &A) -> Result<T, BusError>
where
    A: serde::ser::Serialize + DynamicType,
    T: for<'d> zbus::zvariant::DynamicDeserialize<'d>,
{
    Ok(object.call(method, arguments)?)
}

/// Reads a property.
pub(super) fn property<T>(object: &Proxy<'_>, name: &str) -> Result<T, BusError>
where
    T: TryFrom<OwnedValue>,
    T::Error: Into<zbus::Error>,
{
    Ok(object.get_property(name)?)
}

impl From<zbus::Error> for BusError {
    fn from(error: zbus::Error) -> Self {
        let told = error.to_string();
        match error {
            zbus::Error::MethodError(name, text, _) => Self::of_answer(&name, text.unwrap_or(told)),
            zbus::Error::InputOutput(_) => Self::Crashed(told),
            zbus::Error::FDO(error) => Self::of_fdo(&error),
            _ => Self::Failed(told),
        }
    }
}

impl BusError {
    fn of_fdo(error: &zbus::fdo::Error) -> Self {
        use zbus::DBusError;
        Self::of_answer(&error.name(), error.description().unwrap_or_default().to_owned())
    }

    /// The meaning of an error of D-Bus by its name.
    fn of_answer(name: &str, text: String) -> Self {
        let text = if text.is_empty() { name.to_owned() } else { text };
        match name.rsplit('.').next().unwrap_or_default() {
            "ServiceUnknown" | "NameHasNoOwner" => Self::NoService(text),
            _ if name.contains(".Spawn.") => Self::NoService(text),
            "NoReply" | "Disconnected" | "UnknownObject" | "UnknownMethod" | "UnknownInterface" => Self::Crashed(text),
            _ => Self::Failed(text),
        }
    }
}
