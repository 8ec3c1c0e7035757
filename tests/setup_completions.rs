//! `setup completions`: one line in the start-up file of a shell, and all else in it as it was.

mod support;

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::{Path, PathBuf};

use support::{Answer, BINARY, Home};

const SHELLS: [(&str, &str); 4] = [
    ("bash", ".bashrc"),
    ("zsh", ".zshrc"),
    ("fish", ".config/fish/config.fish"),
    ("powershell", ".config/powershell/profile.ps1"),
];
const BEGIN: &str = "# >>> aws-sso >>>";
const END: &str = "# <<< aws-sso <<<";
const GO_BLOCK: &str = "# BEGIN_AWS_SSO_CLI\ncomplete -C aws-sso aws-sso\n# END_AWS_SSO_CLI\n";

/// Runs `setup completions` without a terminal; what it tells.
#[track_caller]
fn setup(home: &Home, shell: &str, arguments: &[&str]) -> String {
    let answer = home.run(&[&["setup", "completions", "--shell", shell], arguments].concat());
    assert_eq!((answer.status, answer.stdout.as_str()), (Some(0), ""), "{}", answer.stderr);
    answer.stderr
}

#[track_caller]
fn install(home: &Home, shell: &str) -> String {
    setup(home, shell, &["--install", "--yes"])
}

#[track_caller]
fn uninstall(home: &Home, shell: &str) -> String {
    setup(home, shell, &["--uninstall", "--yes"])
}

/// Writes a file in the home; its path.
fn write(home: &Home, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = home.path().join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(&path, content).expect("a file");
    path
}

fn read(path: &Path) -> String {
    String::from_utf8(fs::read(path).expect("a file")).expect("UTF-8")
}

fn backup(path: &Path) -> PathBuf {
    let mut name = path.to_path_buf().into_os_string();
    name.push(".aws-sso-backup");
    name.into()
}

/// All files below the home with their content.
fn files(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push((path.clone(), fs::read(&path).unwrap_or_default())),
        }
    }
    found.sort();
    found
}

fn path_of(home: &Home) -> String {
    home.environment().iter().find(|(name, _)| name == "PATH").expect("a PATH").1.clone()
}

/// Makes `directory`/aws-sso a link to the program, and searches it first.
fn put_on_path(home: &mut Home, directory: &str) -> PathBuf {
    let link = home.path().join(directory).join("aws-sso");
    fs::create_dir_all(link.parent().expect("a folder")).expect("a folder");
    symlink(BINARY, &link).expect("a link");
    let path = path_of(home);
    home.set("PATH", &format!("{}:{path}", link.parent().expect("a folder").display()));
    link
}

#[test]
fn what_was_installed_can_be_taken_back_to_the_byte() {
    for (shell, name) in SHELLS {
        for before in [
            &b""[..],
            b"\n",
            b"PS1=x",
            b"PS1=x\n",
            b"PS1=x\n\n\n",
            b"PS1=x\r\nPS2=y\r\n",
            b"PS1=x\r\nPS2=y",
            b"\xff\xfdPS1=\xe9\x00\n",
            b"\xef\xbb\xbfPS1=x\n",
        ] {
            let home = Home::bare();
            let path = write(&home, name, before);
            install(&home, shell);
            let installed = fs::read(&path).expect("the file");
            assert!(installed.starts_with(before) && installed.len() > before.len(), "{shell} {before:?}");
            assert_eq!(fs::read(backup(&path)).expect("a backup"), before);
            uninstall(&home, shell);
            assert_eq!(fs::read(&path).expect("the file"), before, "{shell} {before:?}");
            assert_eq!(fs::read(backup(&path)).expect("a backup"), installed);
        }
        let home = Home::bare();
        install(&home, shell);
        assert_eq!(files(home.path()).len(), 1, "no backup of nothing");
        let told = uninstall(&home, shell);
        assert_eq!(files(home.path()), [], "{shell}: {told}");
    }
}

#[test]
fn the_block_is_one_line_at_the_end_and_source_shows_it() {
    for (shell, name) in SHELLS {
        let home = Home::bare();
        let path = write(&home, name, "first\n");
        let told = install(&home, shell);
        let block = home.ok(&["setup", "completions", "--source", "--shell", shell]);
        assert_eq!(read(&path), format!("first\n\n{block}"));
        let lines: Vec<&str> = block.lines().collect();
        let [BEGIN, line, END] = lines[..] else { panic!("{block}") };
        assert!(line.contains(&format!("{BINARY} shell-init {shell}")) || shell == "powershell", "{line}");
        let next = if shell == "powershell" { "open a new PowerShell".to_owned() } else { format!("exec {shell}") };
        for word in [format!("~/{name}"), format!("~/{name}.aws-sso-backup"), next] {
            assert!(told.contains(&word) && told.lines().count() == 1, "{word}: {told}");
        }
    }
}

#[test]
fn twice_is_once() {
    for (shell, name) in SHELLS {
        let home = Home::bare();
        let path = write(&home, name, "first\n");
        install(&home, shell);
        fs::remove_file(backup(&path)).expect("the backup");
        let stamp = || fs::metadata(&path).map(|m| (m.ino(), m.mtime(), m.mtime_nsec())).expect("the file");
        let (before, stamped) = (read(&path), stamp());
        // No question, so no --yes.
        let told = setup(&home, shell, &["--install"]);
        assert!(told.contains("already installed in") && told.contains(name), "{told}");
        assert_eq!((read(&path), stamp()), (before, stamped));
        assert!(!backup(&path).exists());
        uninstall(&home, shell);
        let told = setup(&home, shell, &["--uninstall"]);
        assert!(told.contains("not installed in"), "{told}");
    }
    let home = Home::bare();
    assert!(setup(&home, "zsh", &["--uninstall"]).contains("not installed in ~/.zshrc"));
    assert_eq!(files(home.path()), []);
}

#[test]
fn a_program_that_moved_is_found_again_by_the_same_block() {
    let mut home = Home::bare();
    let path = write(&home, ".zshrc", "first\r\n");
    let link = put_on_path(&mut home, "bin");
    install(&home, "zsh");
    let before = read(&path);
    assert!(before.contains(&format!("{} shell-init zsh", link.display())), "PATH's link, not its target: {before}");
    let edited = before.clone() + "last";
    fs::write(&path, &edited).expect("the file");
    // Somebody else's program of that name is passed over.
    let other = write(&home, "other/aws-sso", "#!/bin/sh\n");
    fs::set_permissions(&other, fs::Permissions::from_mode(0o755)).expect("a mode");
    let new = put_on_path(&mut home, "new");
    home.set("PATH", &format!("{}:{}", other.parent().expect("a folder").display(), path_of(&home)));
    install(&home, "zsh");
    assert_eq!(read(&path), edited.replace(&*link.to_string_lossy(), &new.to_string_lossy()));
    uninstall(&home, "zsh");
    assert_eq!(read(&path), "first\r\nlast");
}

#[test]
fn line_ends_are_those_of_the_file() {
    let home = Home::bare();
    let path = write(&home, ".bashrc", "first\r\n");
    install(&home, "bash");
    let installed = read(&path);
    assert_eq!(installed.matches("\r\n").count(), installed.matches('\n').count());
    assert!(setup(&home, "bash", &["--install"]).contains("already installed"), "the markers are known again");
    assert_eq!(read(&path).matches(BEGIN).count(), 1);
}

#[test]
fn links_modes_and_owners_stay() {
    let home = Home::bare();
    let target = write(&home, "dotfiles/zshrc", "first\n");
    fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).expect("a mode");
    // Only root may give a file away; who may not still shows that the owner stays.
    let _ = chown(&target, Some(12345), Some(54321));
    let owner = || fs::metadata(&target).map(|file| (file.uid(), file.gid())).expect("the file");
    let before = owner();
    symlink("dotfiles/zshrc", home.path().join(".zshrc")).expect("a link");
    symlink("dotfiles/new/bashrc", home.path().join(".bashrc")).expect("a link");
    let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode() & 0o7777;
    install(&home, "zsh");
    assert!(read(&target).contains(BEGIN) && home.path().join(".zshrc").is_symlink());
    assert_eq!((mode(&target), mode(&backup(&target))), (0o640, 0o640));
    install(&home, "bash");
    let new = home.path().join("dotfiles/new/bashrc");
    assert!(read(&new).contains(BEGIN) && home.path().join(".bashrc").is_symlink());
    uninstall(&home, "zsh");
    uninstall(&home, "bash");
    assert_eq!((read(&target).as_str(), mode(&target), owner()), ("first\n", 0o640, before));
    assert!(!new.exists() && home.path().join(".bashrc").is_symlink() && home.path().join(".zshrc").is_symlink());
}

#[test]
fn a_new_file_follows_the_umask() {
    for (umask, mode) in [("022", 0o644), ("077", 0o600)] {
        let home = Home::bare();
        let mut command = home.program("sh");
        command.args(["-c", "umask $1; exec \"$2\" setup completions -I --shell fish -y", "sh", umask, BINARY]);
        assert_eq!(Answer::of(command).status, Some(0));
        let made = fs::metadata(home.path().join(".config/fish/config.fish")).expect("the file");
        assert_eq!(made.permissions().mode() & 0o777, mode);
    }
}

#[test]
fn the_environment_says_where_the_file_is() {
    let mut home = Home::bare();
    let root = home.path().display().to_string();
    home.set("ZDOTDIR", &format!("{root}/z"));
    home.set("XDG_CONFIG_HOME", &format!("{root}/x"));
    for (shell, name) in [("zsh", "z/.zshrc"), ("fish", "x/fish/config.fish"), ("pwsh", "x/powershell/profile.ps1")] {
        assert!(install(&home, shell).contains(&format!("~/{name}")));
        assert!(read(&home.path().join(name)).contains(BEGIN));
    }
    setup(&home, "bash", &["-I", "-y", "--shell-script", "~/mine"]);
    setup(&home, "bash", &["-I", "--force", "--shell-script", "relative"]);
    for name in ["mine", "relative"] {
        assert!(read(&home.path().join(name)).contains(BEGIN));
    }
    assert!(!home.path().join(".bashrc").exists());
    home.unset("HOME");
    home.refuses(1, &["setup", "completions", "-I", "-y", "--shell", "bash"], &["HOME", "--shell-script"]);
    setup(&home, "bash", &["-U", "-y", "--shell-script", &format!("{root}/mine")]);
}

#[test]
fn the_go_tools_block_goes_in_the_same_go() {
    let home = Home::bare();
    let profile = write(&home, ".bash_profile", format!("first\n{GO_BLOCK}last\n"));
    let rc = write(&home, ".bashrc", "rc\n");
    let told = install(&home, "bash");
    assert!(told.contains("Go tool's block out of ~/.bash_profile") && told.contains(".bashrc"), "{told}");
    assert_eq!(read(&profile), "first\nlast\n");
    assert_eq!(read(&backup(&profile)), format!("first\n{GO_BLOCK}last\n"));
    assert_eq!(read(&backup(&rc)), "rc\n");
    uninstall(&home, "bash");
    assert_eq!((read(&profile).as_str(), read(&rc).as_str()), ("first\nlast\n", "rc\n"));

    // It did not know its own block where lines end with CR LF, and added another.
    let twice = format!("a\n{GO_BLOCK}b\n{GO_BLOCK}").replace('\n', "\r\n");
    let rc = write(&home, ".zshrc", &twice);
    assert!(install(&home, "zsh").contains("Go tool's block"));
    let block = home.ok(&["setup", "completions", "--source", "--shell", "zsh"]);
    assert_eq!(read(&rc), format!("a\nb\n\n{block}").replace('\n', "\r\n"));
    assert_eq!(read(&backup(&rc)), twice);

    // Where nothing else is in a file of the person's, it stays, empty.
    let profile = write(&home, ".bash_profile", GO_BLOCK);
    install(&home, "bash");
    assert_eq!(read(&profile), "");
    fs::write(&profile, GO_BLOCK).expect("the file");
    let told = setup(&home, "bash", &["-I", "-y"]);
    assert!(told.contains("already installed in ~/.bashrc") && told.contains("out of ~/.bash_profile"), "{told}");
    fs::write(&profile, GO_BLOCK).expect("the file");
    uninstall(&home, "bash");
    assert_eq!(read(&profile), GO_BLOCK, "only ours is taken out");
}

#[test]
fn the_go_tools_files_of_fish_go_unless_the_person_wrote_in_them() {
    let home = Home::bare();
    let names = ["completions/aws-sso", "functions/aws-sso-profile", "completions/aws-sso-profile"];
    let gone = names.map(|name| write(&home, &format!(".config/fish/{name}.fish"), GO_BLOCK));
    let kept = write(&home, ".config/fish/functions/aws-sso-clear.fish", format!("mine\n{GO_BLOCK}"));
    let told = install(&home, "fish");
    assert_eq!(told.lines().count(), 5, "{told}");
    for path in gone {
        assert!(!path.exists() && backup(&path).exists(), "{}", path.display());
    }
    assert_eq!(read(&kept), "mine\n");
    assert!(read(&home.path().join(".config/fish/config.fish")).contains(BEGIN));
}

#[test]
fn one_file_under_two_names_is_changed_once() {
    let home = Home::bare();
    let rc = write(&home, ".bashrc", format!("a\n{GO_BLOCK}"));
    symlink(".bashrc", home.path().join(".bash_profile")).expect("a link");
    install(&home, "bash");
    uninstall(&home, "bash");
    assert_eq!(read(&rc), "a\n");
}

#[test]
fn broken_markers_are_named_and_left_alone() {
    for (content, line) in [
        (format!("a\n{BEGIN}\nb\n"), 2),
        (format!("a\n{END}\n{BEGIN}\n"), 2),
        (format!("{BEGIN}\n{BEGIN}\n{END}\n"), 1),
        (format!("{BEGIN}\n{END}\n\n{BEGIN}\n{END}\n"), 4),
        ("a\nb\n# BEGIN_AWS_SSO_CLI\r\nc".to_owned(), 3),
    ] {
        let home = Home::bare();
        let path = write(&home, ".zshrc", &content);
        let place = format!("{}:{line}:", path.display());
        home.refuses(1, &["setup", "completions", "-I", "-y", "--shell", "zsh"], &[&place, "run this again"]);
        if !content.contains("BEGIN_") {
            home.refuses(1, &["setup", "completions", "-U", "-y", "--shell", "zsh"], &[&place]);
        }
        assert_eq!(files(home.path()), [(path, content.into_bytes())]);
    }
    let home = Home::bare();
    write(&home, ".bash_profile", "# BEGIN_AWS_SSO_CLI\n");
    home.refuses(1, &["setup", "completions", "-I", "-y", "--shell", "bash"], &[".bash_profile:1:"]);
    assert!(!home.path().join(".bashrc").exists(), "all or nothing");
}

#[test]
fn what_is_no_file_to_write_is_named() {
    let home = Home::bare();
    let refuses = |name: &str, words: &[&str]| {
        let arguments = ["setup", "completions", "-I", "-y", "--shell", "zsh", "--shell-script", name];
        home.refuses(1, &arguments, &[words, &["--shell-script"]].concat());
    };
    fs::create_dir(home.path().join("folder")).expect("a folder");
    refuses("~/folder", &["/folder", "is a directory"]);
    assert!(home.program("mkfifo").arg("pipe").status().is_ok_and(|status| status.success()));
    refuses("~/pipe", &["/pipe", "not a regular file"]);
    refuses("/dev/null", &["/dev/null", "not a regular file"]);
    symlink("loop", home.path().join("loop")).expect("a link");
    refuses("~/loop", &["/loop", "links"]);
    refuses("/proc/rc", &["/proc/rc"]);
    refuses("/dev/null/rc", &["/dev/null/rc"]);
    write(&home, "wide", b"\xff\xfea\x00\n\x00");
    refuses("~/wide", &["/wide", "UTF-16", "UTF-8"]);
    let path = write(&home, "read-only", "a\n");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).expect("a mode");
    symlink("read-only", home.path().join("link")).expect("a link");
    refuses("~/read-only", &["/read-only", "it is read-only"]);
    refuses("~/link", &["/link (a link to ", "/read-only)", "it is read-only"]);
    assert_eq!(read(&path), "a\n");
    assert!(!backup(&path).exists());
}

#[test]
fn a_home_that_cannot_be_written_is_left_as_it_was() {
    let home = Home::bare();
    // Both would change; the second cannot.
    write(&home, ".bashrc", "a\n");
    write(&home, "store/profile", GO_BLOCK);
    symlink("store/profile", home.path().join(".bash_profile")).expect("a link");
    let before = files(home.path());
    for read_only in ["$HOME", "$HOME/store"] {
        let script = format!(
            "mount --bind {read_only} {read_only}; mount -o remount,ro,bind {read_only}
             exec \"$BINARY\" setup completions -I -y --shell bash"
        );
        let mut command = home.program("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-euc", &script]).env("BINARY", BINARY);
        let answer = Answer::of(command);
        assert_eq!((answer.status, answer.stderr.lines().count()), (Some(1), 1), "{}", answer.stderr);
        assert!(answer.stderr.contains("Read-only file system"), "{}", answer.stderr);
        assert_eq!(files(home.path()), before);
    }
}

#[test]
fn wrong_usage_says_what_is_right() {
    let home = Home::bare();
    let all = "bash, zsh, fish, powershell";
    let cases: &[(&str, &[&str])] = &[
        ("setup", &["subcommand", "completions", "aws-sso setup --help"]),
        ("setup completions", &["--install", "--uninstall", "--source", "aws-sso setup completions --help"]),
        ("completions", &["--install", "--uninstall", "--source"]),
        ("setup completions -I -U", &["--install", "--uninstall", "cannot be used"]),
        ("setup completions -I --source", &["--install", "--source", "cannot be used"]),
        ("setup completions --source --shell tcsh", &["'tcsh'", all]),
        ("setup completions -I -y --shell xonsh", &["'xonsh'", all]),
        ("setup completions -I --shell zsh", &["~/.zshrc", "--yes"]),
    ];
    for (line, words) in cases {
        home.refuses(2, &line.split(' ').collect::<Vec<_>>(), words);
    }
    write(&home, ".zshrc", format!("{BEGIN}\nx\n{END}\n"));
    home.refuses(2, &["setup", "completions", "-U", "--shell", "zsh"], &["~/.zshrc", "--yes"]);
    assert_eq!(files(home.path()).len(), 1);
}

#[test]
fn the_old_name_does_the_same_and_help_shows_examples() {
    let home = Home::bare();
    let arguments = ["completions", "--source", "--shell", "bash"];
    assert_eq!(home.ok(&arguments), home.ok(&[&["setup"][..], &arguments].concat()));
    let help = home.ok(&["setup", "completions", "--help"]);
    assert!(help.contains("Usage: aws-sso setup completions") && help.contains("\nExamples:\n  "), "{help}");
    assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
    assert!(!home.ok(&["--help"]).contains("\n  completions"), "only an old spelling");
}
