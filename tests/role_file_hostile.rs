//! A repository that was cloned from somebody who means harm: whatever its role file is, to come into it
//! switches nothing, runs nothing, waits for nothing, and is one clean line.

#[path = "support/directories.rs"]
mod directories;
mod support;
#[path = "support/typist.rs"]
mod typist;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use directories::{DEV, DEV_ARN, FILE, PROD, allowed, directory, inside};
use support::{Answer, Home};
use typist::{Shell, Typist};

/// A colour that nothing else in these shells uses, as bytes and as YAML.
const ESCAPE: &str = "\x1b[41m";

struct Clone {
    /// Name of the directory, behind its number.
    name: &'static [u8],
    /// Makes its role file.
    make: Box<dyn Fn(&Path)>,
    /// What is said of it.
    said: &'static str,
}

fn clone(said: &'static str, make: impl Fn(&Path) + 'static) -> Clone {
    Clone { name: b"", make: Box::new(make), said }
}

fn content(said: &'static str, content: impl AsRef<[u8]> + 'static) -> Clone {
    clone(said, move |path| fs::write(path, &content).expect("a role file"))
}

fn named(name: &'static [u8], said: &'static str) -> Clone {
    Clone { name, ..content(said, PROD) }
}

fn with_mode(mode: u32) -> impl Fn(&Path) {
    move |path| {
        fs::write(path, DEV).expect("a role file");
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
    }
}

fn clones(is_root: bool) -> Vec<Clone> {
    let mut bomb = String::from("profile: x\na0: &a0 [x, x]\n");
    for n in 1..40 {
        bomb += &format!("a{n}: &a{n} [*a{0}, *a{0}, *a{0}, *a{0}]\n", n - 1);
    }
    let mut clones = vec![
        content("asks for '$(touch PWNED)`touch PWNED`'", "$(touch PWNED)`touch PWNED`"),
        content("asks for '\";touch PWNED;(touch PWNED)&'", r#"profile: "\";touch PWNED;(touch PWNED)&""#),
        content("asks for ''\\'';touch PWNED;#'", r#"profile: "'\\'';touch PWNED;#""#),
        content(".aws-sso-role:1: there is a control character", format!("dev{ESCAPE}")),
        content(".aws-sso-role:2: there is a control character", "# x\ndev\r\rSECOND\x07"),
        content("asks for 'dev", r#"profile: "dev\e[41m\nSECOND\r\x07\u009b41m\u202E""#),
        content("unknown key", r#"{"x\e[41m\nSECOND\r": "dev"}"#),
        content("aliases (*name) repeat too much", bomb),
        content("this is nested too deeply", format!("profile: {}", "[".repeat(15_000))),
        content("asks for 'xxx", "x".repeat(16_000)),
        content("unknown key 'xxx", format!("{}: y", "x".repeat(900))),
        content(".aws-sso-role:1: this is not UTF-8", (0..=255).rev().cycle().take(9000).collect::<Vec<u8>>()),
        content("'profile' must be a text", "profile: !!python/object/apply:os.system ['touch PWNED']\n"),
        clone("it is larger than 16 KiB", |path| {
            fs::File::create(path).and_then(|file| file.set_len(100 << 20)).expect("100 MiB");
        }),
        clone("it is not a regular file", |path| {
            let made = std::process::Command::new("mkfifo").arg(path).status();
            assert!(made.is_ok_and(|status| status.success()));
        }),
        clone("it is a directory", |path| fs::create_dir(path).expect("a directory")),
        clone("it is a link that leaves its directory", |path| symlink("/etc/shadow", path).expect("a link")),
        clone("it is a link that leaves its directory", |path| symlink("/dev/zero", path).expect("a link")),
        clone("can be written by other users", with_mode(0o646)),
        named(b"-\xff\xfe", "its path is not UTF-8"),
        named(b"-\x1b[41m$(touch PWNED)`touch PWNED`;\n'\"", "asks for 000000000002:Admin"),
    ];
    if is_root {
        // A person may have a group of their own, and count as it.
        clones.push(clone("can be written by other users", with_mode(0o664)));
    } else {
        clones.push(clone("it could not be read: permission denied", with_mode(0o000)));
    }
    clones
}

/// The lines of ours in what a terminal showed, from their beginning.
fn said(shown: &str) -> Vec<String> {
    // The bytes of the terminal come as one character each.
    let bytes: Vec<u8> = shown.chars().map(|c| u8::try_from(u32::from(c)).expect("a byte")).collect();
    let text = String::from_utf8_lossy(&bytes);
    let ours = text.split(['\r', '\n']).filter_map(|line| Some(line[line.find("aws-sso: ")?..].to_owned()));
    ours.collect()
}

/// The variables of AWS in the environment of a child. Nothing is said meanwhile.
fn aws(typist: &mut Typist, home: &Home) -> Vec<String> {
    // The directory's own name, which is in the environment as well, need not be text.
    let shown = typist.shown("command env -0 | command grep -az '^AWS_' | command tr '\\0' '\\n' >~/seen");
    assert_eq!(said(&shown), [""; 0], "{shown:?}");
    let seen = fs::read_to_string(home.path().join("seen")).expect("the variables");
    let mut variables: Vec<String> = seen.lines().map(str::to_owned).collect();
    variables.sort();
    variables
}

#[track_caller]
fn assert_clean(line: &str, expected: &str) {
    assert!(line.contains(expected), "no {expected:?} in {line:?}");
    assert!(line.chars().count() < 1100, "a screen full: {line}");
    let unclean = |c: char| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c);
    assert!(!line.contains(unclean), "{line:?}");
}

fn visit(shell: Shell) {
    let (_simulator, home) = directories::signed_in();
    allowed(&home, "dev", DEV);
    let root = directory(&home, "clones");
    let clones = clones(fs::metadata(&root).expect("what we made").uid() == 0);
    let places: Vec<_> = clones.iter().enumerate().map(|(number, clone)| make(&root, number, clone)).collect();

    // fish would put the directory's name into the title of the window, as it is.
    let title = if shell == Shell::Fish { "function fish_title; end" } else { "" };
    let mut typist = Typist::with_rc(shell, &home, title, "");
    let before = aws(&mut typist, &home);
    let is_role = |variable: &String| variable.starts_with("AWS_SSO_ROLE") || variable.starts_with("AWS_PROFILE");
    assert!(!before.iter().any(is_role), "{before:?}");
    // A star, for a name that cannot be typed.
    let enter = |number: usize| format!("cd ~/clones/c{number:02}*");
    for (number, clone) in clones.iter().enumerate() {
        let shown = typist.shown(&enter(number));
        let lines = said(&shown);
        assert_eq!(lines.len(), 1, "{shell:?} {number}, and nothing of the one before: {shown:?}");
        assert_clean(&lines[0], clone.said);
        // Not as a line of its own either, and not beside it.
        assert!(!shown.contains(ESCAPE) && !shown.contains("\nSECOND"), "{shell:?} {number}: {shown:?}");
        assert_eq!(aws(&mut typist, &home), before, "{shell:?} {number}");
    }
    assert_eq!(said(&typist.shown("cd")), [""; 0]);
    // Straight from a role of another directory: nothing of it is left, and once was enough to say it.
    for number in 0..clones.len() {
        typist.line("cd ~/dev");
        let shown = typist.shown(&format!("echo $AWS_SSO_ROLE_ARN >~/was; {}", enter(number)));
        assert_eq!(said(&shown), [""; 0], "{shell:?} {number}: {shown:?}");
        assert_eq!(
            fs::read_to_string(home.path().join("was")).expect("a role").trim_end(),
            DEV_ARN,
            "{shell:?} {number}"
        );
        assert_eq!(aws(&mut typist, &home), before, "{shell:?} {number}");
    }
    typist.leave();
    for place in places {
        let names: Vec<OsString> =
            fs::read_dir(&place).expect("a clone").map(|e| e.expect("a name").file_name()).collect();
        assert_eq!(names, [FILE], "{shell:?}: {}", place.display());
    }
    assert!(!home.path().join("PWNED").exists() && !home.path().join("dev/PWNED").exists());
}

fn make(root: &Path, number: usize, clone: &Clone) -> std::path::PathBuf {
    let mut name = OsString::from(format!("c{number:02}"));
    name.push(OsStr::from_bytes(clone.name));
    let place = root.join(name);
    fs::create_dir(&place).expect("a clone");
    (clone.make)(&place.join(FILE));
    place
}

#[test]
fn bash_comes_through_every_hostile_clone_unchanged() {
    visit(Shell::Bash);
}

#[test]
fn zsh_comes_through_every_hostile_clone_unchanged() {
    visit(Shell::Zsh);
}

#[test]
fn fish_comes_through_every_hostile_clone_unchanged() {
    visit(Shell::Fish);
}

/// The commands that read a role file for a person say the same in one clean line.
#[test]
fn commands_refuse_every_hostile_clone_in_one_clean_line() {
    let (_simulator, home) = directories::signed_in();
    let root = directory(&home, "clones");
    for (number, hostile) in clones(fs::metadata(&root).expect("what we made").uid() == 0).iter().enumerate() {
        let place = make(&root, number, hostile);
        let run = |arguments: &[&str]| Answer::of(inside(home.command(arguments), &place));
        for command in [&["process", "--here"][..], &["exec", "--here", "--", "touch", "PWNED"]] {
            let refused = run(command);
            assert_eq!((refused.status, refused.stdout.as_str()), (Some(1), ""), "{command:?}: {}", refused.stderr);
            assert_eq!(refused.stderr.lines().count(), 1, "{:?}", refused.stderr);
            assert_clean(refused.stderr.trim_end_matches('\n'), hostile.said);
        }
        let status = run(&["status"]);
        assert_eq!((status.status, status.stderr.as_str()), (Some(0), ""), "{number}");
        let line = status.stdout.lines().find(|line| line.starts_with("Directory")).expect("the directory");
        assert_clean(line, hostile.said);
        assert!(!place.join("PWNED").exists());
    }
}

#[test]
fn what_was_checked_is_what_is_used_however_the_file_is_swapped() {
    const CALLS: usize = 200;
    let (_simulator, home) = directories::signed_in();
    let tree = allowed(&home, "tree", DEV);
    fs::write(tree.join("prod"), PROD).expect("a file");
    // The allowed role, and still another wish.
    let elsewhere = format!("profile: '{DEV}'\nregion: eu-central-1\n");
    let done = AtomicBool::new(false);
    let (mut chosen, mut refused) = (0, 0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for turn in 0_usize.. {
                if done.load(Ordering::Relaxed) {
                    break;
                }
                let next = tree.join("next");
                // What is allowed takes the place of each that is not, at the very moment of a look perhaps.
                match turn % 6 {
                    0 => fs::write(&next, PROD).expect("a file"),
                    2 => fs::write(&next, &elsewhere).expect("a file"),
                    4 => symlink("prod", &next).expect("a link"),
                    _ => fs::write(&next, DEV).expect("a file"),
                }
                fs::rename(&next, tree.join(FILE)).expect("it takes the place");
            }
        });
        // Whatever comes of it, the other one is to end.
        let end = Done(&done);
        // A machine may be slow to swap; one that never does proves nothing.
        while chosen + refused < CALLS || chosen == 0 || refused == 0 {
            assert!(chosen + refused < 50 * CALLS, "{chosen} times chosen, {refused} times refused");
            match exported(&home, &tree).as_ref().map(|given| given.each_ref().map(String::as_str)) {
                Some([DEV_ARN, "us-west-2"]) => chosen += 1,
                None => refused += 1,
                Some(other) => panic!("{other:?} was never allowed"),
            }
        }
        drop(end);
    });
}

struct Done<'a>(&'a AtomicBool);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The role and the region that a shell is given.
fn exported(home: &Home, tree: &Path) -> Option<[String; 2]> {
    let call = ["hook", "bash", "sync", "--directories=1", "--memory={}"];
    let answer = Answer::of(inside(home.command(&call), tree));
    assert_eq!((answer.status, answer.stderr.as_str()), (Some(0), ""));
    let value = |name: &str| {
        let start = format!("\\builtin export {name}=");
        let value = answer.stdout.lines().find_map(|line| line.strip_prefix(&start))?;
        Some(value.trim_end_matches(';').to_owned())
    };
    let role = value("AWS_SSO_ROLE_ARN")?;
    Some([role, value("AWS_REGION").unwrap_or_default()])
}
