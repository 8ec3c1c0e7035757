//! `SecureStore: kwallet`: KDE's wallet, over D-Bus (`org.kde.KWallet` of kwalletd 6 and 5).

use zbus::blocking::Proxy;
use zeroize::Zeroizing;

use super::bus::{self, BusError};
use super::item::{ItemStore, SERVICE};

/// The names of the daemon and its object, newest first.
const DAEMONS: [(&str, &str); 2] =
    [("org.kde.kwalletd6", "/modules/kwalletd6"), ("org.kde.kwalletd5", "/modules/kwalletd5")];

const INTERFACE: &str = "org.kde.KWallet";

/// The name by which the wallet knows us, and the folder of our items.
const APP: &str = SERVICE;
const FOLDER: &str = SERVICE;

#[derive(Clone)]
pub(super) struct Wallet {
    /// Whether the wallet may show a window to be opened.
    pub(super) in_window: bool,
}

/// The wallet, open.
struct Open {
    daemon: Proxy<'static>,
    handle: i32,
}

impl Wallet {
    /// The daemon with the name of the wallet, which is open already unless a window may ask for its password.
    fn find(&self) -> Result<(Proxy<'static>, String), String> {
        let daemon = daemon().map_err(explain)?;
        let enabled: bool = bus::call(&daemon, "isEnabled", &()).map_err(explain)?;
        if !enabled {
            return Err("KDE's wallet is turned off: turn it on in the system settings, or use SecureStore: file in \
                        config.yaml"
                .to_owned());
        }
        let wallet: String = bus::call(&daemon, "networkWallet", &()).map_err(explain)?;
        if !self.in_window && !bus::call::<_, bool>(&daemon, "isOpen", &(wallet.as_str(),)).map_err(explain)? {
            return Err(format!(
                "KDE's wallet {wallet} is locked: run 'aws-sso login' in a terminal of the desktop to open it"
            ));
        }
        Ok((daemon, wallet))
    }

    fn open(&self) -> Result<Open, String> {
        let (daemon, wallet) = self.find()?;
        let handle: i32 = bus::call(&daemon, "open", &(wallet.as_str(), 0_i64, APP)).map_err(explain)?;
        if handle < 0 {
            return Err(format!("KDE's wallet {wallet} was not opened: try again, and let aws-sso in"));
        }
        Ok(Open { daemon, handle })
    }
}

impl ItemStore for Wallet {
    fn called(&self) -> &'static str {
        "KDE's wallet"
    }

    fn read(&self, name: &str) -> Result<Option<Zeroizing<String>>, String> {
        let open = self.open()?;
        let item = &(open.handle, FOLDER, name, APP);
        if !open.call::<_, bool>("hasEntry", item)? {
            return Ok(None);
        }
        open.call("readPassword", item).map(Zeroizing::new).map(Some)
    }

    fn write(&self, name: &str, text: &str) -> Result<(), String> {
        let open = self.open()?;
        if !open.call::<_, bool>("hasFolder", &(open.handle, FOLDER, APP))? {
            open.call::<_, bool>("createFolder", &(open.handle, FOLDER, APP))?;
        }
        match open.call("writePassword", &(open.handle, FOLDER, name, text, APP))? {
            0 => Ok(()),
            code => Err(refused("write to", code)),
        }
    }

    fn remove(&self, name: &str) -> Result<(), String> {
        let open = self.open()?;
        let item = &(open.handle, FOLDER, name, APP);
        if !open.call::<_, bool>("hasEntry", item)? {
            return Ok(());
        }
        match open.call("removeEntry", item)? {
            0 => Ok(()),
            code => Err(refused("remove from", code)),
        }
    }

    /// The wallet asks the person whether a program that it does not know may open it: it is not opened for that.
    fn reach(&self) -> Result<(), String> {
        self.find().map(drop)
    }

    fn place(&self, name: &str) -> String {
        format!("folder {FOLDER}, entry {name}")
    }
}

impl Open {
    fn call<A, T>(&self, method: &str, arguments: &A) -> Result<T, String>
    where
        A: serde::Serialize + zbus::zvariant::DynamicType,
        T: for<'d> zbus::zvariant::DynamicDeserialize<'d>,
    {
        bus::call(&self.daemon, method, arguments).map_err(explain)
    }
}

/// The first daemon that answers.
fn daemon() -> Result<Proxy<'static>, BusError> {
    let bus = bus::session()?;
    let mut missing = None;
    for (name, path) in DAEMONS {
        let daemon = bus::object(&bus, name, path, INTERFACE)?;
        match bus::call::<_, bool>(&daemon, "isEnabled", &()) {
            Err(BusError::NoService(cause)) => missing = Some(BusError::NoService(cause)),
            Err(other) => return Err(other),
            Ok(_) => return Ok(daemon),
        }
    }
    Err(missing.unwrap_or_else(|| BusError::NoService("no daemon is known".to_owned())))
}

fn refused(what: &str, code: i32) -> String {
    format!("could not {what} KDE's wallet (code {code}): see in the system settings whether aws-sso is let in")
}

fn explain(error: BusError) -> String {
    match error {
        BusError::NoBus(cause) => format!(
            "SecureStore kwallet needs the D-Bus of a desktop session, and there is none ({cause}): run this within \
             the session, or use SecureStore: file in config.yaml"
        ),
        BusError::NoService(cause) => format!(
            "no kwalletd answers on D-Bus ({cause}): install KDE's wallet and turn it on in the system settings, or use \
             SecureStore: file in config.yaml"
        ),
        BusError::Crashed(cause) => format!(
            "KDE's wallet went away when it was asked ({cause}): turn it on in the system settings, and sign in to the \
             desktop anew where it is"
        ),
        BusError::Failed(cause) => format!("could not use KDE's wallet ({cause}): open it and try again"),
    }
}
