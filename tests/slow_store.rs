//! A secure store that takes its time holds up the commands that need a secret, and nothing else: no prompt,
//! no `cd`, no TAB. The store is a double on D-Bus that answers every question after three seconds.

#[path = "support/bus.rs"]
mod bus;
#[path = "support/sessions.rs"]
mod sessions;
mod support;
#[path = "support/terminal.rs"]
mod terminal;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bus::{Bus, SECRETS, owner};
use identity_center::Simulator;
use rustix::process::{Pid, Signal, kill_process};
use sessions::{PROCESS, simulator, wait_until};
use support::Home;
use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::zvariant::OwnedObjectPath;

struct Slow {
    calls: Arc<AtomicUsize>,
}

type Paths = Vec<OwnedObjectPath>;

#[zbus::interface(name = "org.freedesktop.Secret.Service")]
#[expect(clippy::needless_pass_by_value, reason = "what arrives is owned")]
impl Slow {
    fn search_items(&self, attributes: HashMap<String, String>) -> zbus::fdo::Result<(Paths, Paths)> {
        assert_eq!(attributes.get("service").map(String::as_str), Some("aws-sso"));
        self.calls.fetch_add(1, Ordering::SeqCst);
        std::thread::sleep(Duration::from_secs(3));
        // What a keyring says that has lost its collection.
        let message = "Object does not exist at path \u{201c}/org/freedesktop/secrets/collection/login\u{201d}";
        Err(zbus::fdo::Error::UnknownObject(message.to_owned()))
    }
}

/// A home that is signed in, whose keyring has become slow.
struct Scene {
    home: Home,
    calls: Arc<AtomicUsize>,
    _simulator: Simulator,
    _double: Connection,
    _bus: Bus,
}

impl Scene {
    fn new(more: &str) -> Self {
        let simulator = simulator();
        let mut home = Home::new(&simulator, &format!("SecureStore: secret-service\n{more}"));
        let mut bus = Bus::start(&mut home);
        let keyring = bus.gnome_keyring(&home);
        home.ok(&["login"]);
        kill_process(Pid::from_raw(keyring.cast_signed()).expect("a process"), Signal::KILL).expect("killed");
        let connection = bus.connect();
        wait_until("the name is free", || owner(&connection, SECRETS).is_none());
        let calls = Arc::new(AtomicUsize::new(0));
        let double = Builder::address(bus.address.as_str())
            .and_then(|builder| builder.serve_at("/org/freedesktop/secrets", Slow { calls: calls.clone() }))
            .and_then(|builder| builder.name(SECRETS))
            .and_then(Builder::build)
            .expect("a double");
        Self { home, calls, _simulator: simulator, _double: double, _bus: bus }
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

#[test]
fn what_a_shell_asks_all_the_time_never_asks_the_store() {
    let mut scene = Scene::new("DirectoryRoles: {Mode: keys}\n");
    scene.home.set("AWS_SSO_ROLE_ARN", "arn:aws:iam::000000000001:role/Admin");
    scene.home.set("AWS_SSO_PROFILE", "000000000001:Admin");
    let project = scene.home.path().join("project");
    std::fs::create_dir(&project).expect("made");
    std::fs::write(project.join(".aws-sso-role"), "000000000002:Admin\n").expect("written");
    let project = project.to_str().expect("UTF-8").to_owned();
    scene.home.ok(&["allow", &project]);
    for shell in ["bash", "zsh", "fish"] {
        for call in [&["complete", "--", "aws-sso-use", "0000"][..], &["sync"], &["sync", "--start"], &["clear"]] {
            scene.home.ok(&[&["hook", shell], call].concat());
            let mut inside = scene.home.command(&[&["hook", shell], call].concat());
            let answer = support::Answer::of({
                inside.current_dir(&project).env("PWD", &project);
                inside
            });
            assert_eq!(answer.status, Some(0), "{shell} {call:?}: {}", answer.stderr);
        }
    }
    for command in [
        &["list"][..],
        &["tags"],
        &["status"],
        &["time"],
        &["setup", "store"],
        &["eval", "--clear", "--shell", "bash"],
        &["shell-init", "zsh"],
    ] {
        scene.home.ok(command);
    }
    assert_eq!(scene.calls(), 0);
}

#[test]
fn the_renewal_of_a_shell_gives_up_after_two_seconds() {
    let mut scene = Scene::new("");
    scene.home.set("AWS_SSO_ROLE_ARN", "arn:aws:iam::000000000001:role/Admin");
    scene.home.set("AWS_SSO_PROFILE", "000000000001:Admin");
    scene.home.refuses(5, &["hook", "bash", "renew"], &["the secret service did not answer within 2 s"]);
    assert_eq!(scene.calls(), 1);
}

#[test]
fn a_command_waits_and_says_what_the_store_says() {
    let scene = Scene::new("");
    scene.home.refuses(5, &PROCESS, &["Object does not exist at path", "gnome-keyring-daemon -r -d"]);
    let (shown, status) = terminal::end(terminal::aws_sso(&scene.home, &["cache"]));
    assert_eq!(status, 5, "{shown}");
    assert!(shown.contains("Waiting for the secret service to answer"), "{shown}");
}
