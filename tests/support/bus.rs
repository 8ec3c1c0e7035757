//! A D-Bus of a test's own, with the key stores of a desktop on it.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use zbus::blocking::connection::Builder;
use zbus::blocking::{Connection, Proxy};
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

use super::sessions::wait_until;
use super::support::Home;

/// The password of the keyring in every test.
pub const KEYRING_PASSWORD: &str = "open sesame";

pub const SECRETS: &str = "org.freedesktop.secrets";
pub const LOGIN: &str = "/org/freedesktop/secrets/collection/login";

/// A private bus that starts nothing by itself, and what was started on it. All of it ends with it.
pub struct Bus {
    daemon: Child,
    services: Vec<Child>,
    pub address: String,
}

impl Bus {
    /// A bus for programs in `home`, whose commands will find it.
    pub fn start(home: &mut Home) -> Self {
        let runtime = home.path().join("run");
        std::fs::create_dir_all(&runtime).expect("a runtime directory");
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(&runtime, mode).expect("its mode");
        let config = home.path().join("bus.conf");
        let listen = format!("unix:path={}", runtime.join("bus").display());
        std::fs::write(&config, format!("{CONFIG}<listen>{listen}</listen></busconfig>")).expect("the bus's config");
        home.set("XDG_RUNTIME_DIR", runtime.to_str().expect("UTF-8"));
        let mut daemon = home
            .program("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--print-address=1"])
            .stdout(Stdio::piped())
            // It complains of limits that only root may raise.
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon starts");
        let mut address = String::new();
        let out = daemon.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut address).expect("its address");
        let address = address.trim().to_owned();
        home.set("DBUS_SESSION_BUS_ADDRESS", &address);
        Self { daemon, services: Vec::new(), address }
    }

    /// Starts a program and waits until it has the name `name`.
    pub fn serve(&mut self, command: &mut Command, input: Option<&str>, name: &str) -> u32 {
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
        let mut child = command.spawn().expect("the service starts");
        if let (Some(mut pipe), Some(input)) = (child.stdin.take(), input) {
            pipe.write_all(input.as_bytes()).expect("its input");
        }
        let pid = child.id();
        self.services.push(child);
        let bus = self.connect();
        wait_until(name, || owner(&bus, name).is_some());
        pid
    }

    /// GNOME Keyring with its default collection open.
    pub fn gnome_keyring(&mut self, home: &Home) -> u32 {
        let mut command = home.program("gnome-keyring-daemon");
        command.args(["--foreground", "--unlock", "--components=secrets"]);
        let pid = self.serve(&mut command, Some(KEYRING_PASSWORD), SECRETS);
        let bus = self.connect();
        wait_until("there is a default collection", || alias(&bus).as_str() != "/");
        pid
    }

    /// A connection of the test's own.
    pub fn connect(&self) -> Connection {
        Builder::address(self.address.as_str()).expect("an address").build().expect("the bus answers")
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        for child in self.services.iter_mut().chain([&mut self.daemon]) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

const CONFIG: &str = "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\" \
    \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\"><busconfig><type>session</type><policy context=\"default\">\
    <allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/><allow own=\"*\"/></policy>";

/// The process that has a name.
pub fn owner(bus: &Connection, name: &str) -> Option<u32> {
    let dbus =
        Proxy::new(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus").expect("the bus");
    dbus.call("GetConnectionUnixProcessID", &(name,)).ok()
}

pub fn service(bus: &Connection) -> Proxy<'static> {
    Proxy::new(bus, SECRETS, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service").expect("a proxy")
}

fn alias(bus: &Connection) -> OwnedObjectPath {
    service(bus).call("ReadAlias", &("default",)).expect("an alias")
}

/// Our items: those that are open, and those that are locked.
pub fn items(bus: &Connection) -> (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) {
    service(bus).call("SearchItems", &(HashMap::from([("service", "aws-sso")]),)).expect("items")
}

pub fn lock(bus: &Connection, path: &str) {
    let path = OwnedObjectPath::try_from(path).expect("a path");
    let _: (Vec<OwnedObjectPath>, OwnedObjectPath) = service(bus).call("Lock", &(vec![path],)).expect("locked");
}

/// A secret in a session without encryption: session, parameters, value, content type.
fn plain(bus: &Connection, value: &str) -> (OwnedObjectPath, Vec<u8>, Vec<u8>, String) {
    let (_, session): (OwnedValue, OwnedObjectPath) =
        service(bus).call("OpenSession", &("plain", Value::from(""))).expect("a session");
    (session, Vec::new(), value.as_bytes().to_vec(), "text/plain".to_owned())
}

/// Writes something else into an item.
pub fn overwrite(bus: &Connection, item: &OwnedObjectPath, value: &str) {
    let proxy = Proxy::new(bus, SECRETS, item.clone(), "org.freedesktop.Secret.Item").expect("a proxy");
    let () = proxy.call("SetSecret", &(plain(bus, value),)).expect("overwritten");
}

/// Makes a collection the way that GNOME's own programs do it where nobody can be asked.
pub fn make_collection(bus: &Connection, label: &str, password: &str) -> OwnedObjectPath {
    let interface = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface";
    let internal = Proxy::new(bus, SECRETS, "/org/freedesktop/secrets", interface).expect("a proxy");
    let attributes = HashMap::from([("org.freedesktop.Secret.Collection.Label", Value::from(label))]);
    internal.call("CreateWithMasterPassword", &(attributes, plain(bus, password))).expect("a collection")
}

/// Opens a locked collection, as signing in to a desktop does.
pub fn unlock(bus: &Connection, path: &str, password: &str) {
    let interface = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface";
    let internal = Proxy::new(bus, SECRETS, "/org/freedesktop/secrets", interface).expect("a proxy");
    let path = OwnedObjectPath::try_from(path).expect("a path");
    let () = internal.call("UnlockWithMasterPassword", &(path, plain(bus, password))).expect("unlocked");
}

/// Whether a path exists below `directory`, at any depth, whose name satisfies `wanted`.
pub fn has_file(directory: &Path, wanted: &dyn Fn(&str) -> bool) -> bool {
    let Ok(entries) = std::fs::read_dir(directory) else { return false };
    entries.flatten().any(|entry| {
        let path = entry.path();
        wanted(&entry.file_name().to_string_lossy()) || path.is_dir() && has_file(&path, wanted)
    })
}
