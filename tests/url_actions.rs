//! What happens to a URL, by every action: the browser, containers of Firefox, the clipboard, the terminal's.

#[path = "support/sessions.rs"]
mod sessions;
mod support;
#[path = "support/terminal.rs"]
mod terminal;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use identity_center::{Operation, Simulator};
use sessions::{simulator, wait_until};
use support::{Home, signed_in};
use terminal::{aws_sso, end};

const ACCOUNTS: &str = "\
Accounts:
  '000000000001':
    Roles:
      Admin: {Profile: 'R&D #1=ü', Tags: {Color: purple, Icon: tree}}
      ReadOnly: {Profile: aa, Tags: {Color: mauve, Icon: skull}}
";

/// A program of the home that writes down the words it was called with, line by line, whole or not at all.
fn recorder(home: &Home, name: &str) -> (PathBuf, PathBuf) {
    let (program, words) = (home.path().join(name), home.path().join(format!("{name}.words")));
    let script = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$@\" >'{words}.new'\nmv '{words}.new' '{words}'\n",
        words = words.display()
    );
    fs::write(&program, script).expect("a program");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("a program");
    (program, words)
}

/// The words that a recorder was called with.
fn words(file: &PathBuf) -> Vec<String> {
    wait_until("the program is called", || file.exists());
    let text = fs::read_to_string(file).expect("the words");
    fs::remove_file(file).expect("the words");
    text.lines().map(str::to_owned).collect()
}

fn parts(address: &str) -> Vec<(String, String)> {
    let (_, query) = address.split_once(':').expect("a scheme");
    url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

#[test]
fn a_container_has_the_name_colour_and_icon_of_the_role() {
    let simulator = simulator();
    let home = signed_in(&simulator, ACCOUNTS, "");
    let (firefox, called) = recorder(&home, "firefox");
    let config = fs::read_to_string(home.config_path()).expect("the config");
    let (head, _) = config.split_once("UrlAction:").expect("an action");
    home.write_config(&format!(
        "{head}UrlAction: open-url-in-container\nUrlExecCommand: [{}, --new-tab, '%s']\nSecureStore: json\n",
        firefox.display()
    ));
    for (action, scheme, profile, color, icon) in [
        (None, "ext+container:", "R&D #1=ü", "purple", "tree"),
        (Some("granted-containers"), "ext+granted-containers:", "R&D #1=ü", "purple", "tree"),
        (None, "ext+container:", "aa", "green", "dollar"),
        (None, "ext+container:", "000000000002:Admin", "blue", "dollar"),
    ] {
        let mut arguments = vec!["console", "-p", profile];
        arguments.extend(action.iter().flat_map(|action| ["-u", action]));
        let answer = home.run(&arguments);
        assert_eq!(answer.status, Some(0), "{}", answer.stderr);
        let odd = answer.stderr.contains("'mauve'") && answer.stderr.contains("'skull'");
        assert_eq!(odd, profile == "aa", "{}", answer.stderr);
        let called = words(&called);
        assert_eq!(called[0], "--new-tab");
        assert!(called[1].starts_with(scheme), "{called:?}");
        let parts = parts(&called[1]);
        let [name, url, shown, with] = &parts[..] else { panic!("{parts:?}") };
        assert_eq!((name.0.as_str(), name.1.as_str()), ("name", profile));
        assert!(url.0 == "url" && url.1.starts_with(simulator.url()) && url.1.contains("SigninToken="), "{url:?}");
        if profile != "000000000002:Admin" {
            assert_eq!((shown.1.as_str(), with.1.as_str()), (color, icon), "{profile}");
        }
    }
}

#[test]
fn a_sign_in_has_a_container_of_its_own() {
    let simulator = simulator();
    let mut home = Home::new(&simulator, "AuthWorkflow: device_code\nSecureStore: json\n");
    simulator.auto_approve(true);
    let (firefox, called) = recorder(&home, "firefox");
    home.set("AWS_SSO_BROWSER", &firefox.display().to_string());
    let config = fs::read_to_string(home.config_path()).expect("the config");
    let without = config.lines().filter(|line| !line.starts_with("UrlExecCommand"));
    let with: Vec<String> = without
        .map(|line| match line {
            // The instance has an action of its own.
            "    DefaultRegion: us-west-2" => format!("{line}\n    AuthUrlAction: granted-containers"),
            _ => line.replace("UrlAction: exec", "UrlAction: print"),
        })
        .collect();
    home.write_config(&(with.join("\n") + "\n"));
    home.ok(&["login"]);
    let called = words(&called);
    let parts = parts(&called[0]);
    let rest: Vec<&str> = [0, 2, 3].iter().map(|at| parts[*at].1.as_str()).collect();
    assert_eq!(rest, ["Default", "blue", "fingerprint"]);
    assert!(parts[1].1.contains("user_code="), "{parts:?}");
    home.ok(&["login", "--force", "-u", "printurl"]);
}

#[test]
fn without_a_firefox_the_plain_url_is_shown() {
    let simulator = simulator();
    let mut home = signed_in(&simulator, ACCOUNTS, "");
    let config = fs::read_to_string(home.config_path()).expect("the config");
    let without: Vec<&str> = config.lines().filter(|line| !line.starts_with("Url")).collect();
    home.write_config(&without.join("\n"));
    home.set("PATH", "/nowhere");
    let answer = home.run(&["-u", "open-url-in-container", "console", "-p", "aa"]);
    assert_eq!(answer.status, Some(0), "{}", answer.stderr);
    assert!(answer.stderr.contains("Firefox was not found"), "{}", answer.stderr);
    assert!(answer.stderr.contains(&format!("\n{}/federation?Action=login", simulator.url())), "{}", answer.stderr);
    for (action, words) in
        [("open", "no program that opens a browser"), ("clip", "no desktop"), ("exec", "UrlExecCommand")]
    {
        let answer = home.run(&["-u", action, "console", "-p", "aa"]);
        assert_eq!(answer.status, Some(0), "{}", answer.stderr);
        assert!(answer.stderr.contains(words) && answer.stderr.contains("SigninToken="), "{action}: {}", answer.stderr);
    }
    home.set("DISPLAY", ":987");
    let answer = home.run(&["-u", "clip", "console", "-p", "aa"]);
    assert!(answer.stderr.contains("xclip, xsel, and none was found"), "{}", answer.stderr);
}

#[test]
fn a_command_gets_the_url_in_its_place_and_the_rest_as_it_is() {
    let simulator = simulator();
    let home = signed_in(&simulator, ACCOUNTS, "");
    let (_, called) = recorder(&home, "browse");
    let config = fs::read_to_string(home.config_path()).expect("the config");
    let lines: Vec<&str> = config.lines().filter(|line| !line.starts_with("UrlExecCommand")).collect();
    let rest = lines.join("\n");
    for command in [
        "[~/browse, '--x=%s', '100%', $HOME/a, '~/b', \"$(touch x)\"]",
        "\"~/browse,--x=%s,100%,$HOME/a,~/b,$(touch x)\"",
    ] {
        home.write_config(&format!("{rest}\nUrlExecCommand: {command}\n"));
        home.ok(&["console", "-p", "aa"]);
        let called = words(&called);
        let home = home.path().display();
        assert!(called[0].starts_with(&format!("--x={}/federation?", simulator.url())), "{called:?}");
        assert_eq!(called[1..], ["100%".to_owned(), format!("{home}/a"), format!("{home}/b"), "$(touch x)".to_owned()]);
    }
}

/// A program of the home that fails as a browser without a display does, after it has done as it is told.
fn failing(home: &Home, first: &str) -> PathBuf {
    let program = home.path().join("no-display");
    fs::write(&program, format!("#!/bin/sh\n{first}\nexit 3\n")).expect("a program");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("a program");
    program
}

#[test]
fn a_browser_that_fails_at_once_is_named_and_the_url_shown() {
    let simulator = simulator();
    let home = signed_in(&simulator, ACCOUNTS, "");
    let program = failing(&home, ":");
    let program = program.to_str().expect("a path");
    let config = fs::read_to_string(home.config_path()).expect("the config");
    let lines: Vec<&str> = config.lines().filter(|line| !line.starts_with("Url")).collect();
    home.write_config(&lines.join("\n"));
    for action in ["open", "granted-containers"] {
        let (shown, status) = end(aws_sso(&home, &["-b", program, "-u", action, "console", "-p", "aa"]));
        assert_eq!(status, 0, "{shown}");
        assert!(shown.contains("no-display failed (exit status: 3); open this URL"), "{shown}");
        assert!(shown.contains("SigninToken=") && !shown.contains("Opened"), "{shown}");
    }
}

#[test]
fn a_browser_that_stays_is_not_waited_for() {
    let simulator = simulator();
    let home = signed_in(&simulator, ACCOUNTS, "");
    let (program, ended) = (failing(&home, "cat ended"), home.path().join("ended"));
    assert!(Command::new("mkfifo").arg(&ended).status().expect("mkfifo").success());
    let (shown, status) =
        end(aws_sso(&home, &["-b", program.to_str().expect("a path"), "-u", "open", "console", "-p", "aa"]));
    assert_eq!(status, 0, "{shown}");
    assert!(shown.contains("Opened a browser") && !shown.contains("SigninToken="), "{shown}");
    fs::write(&ended, "").expect("the browser was still there");
}

#[test]
fn a_sign_in_whose_browser_fails_shows_the_url_and_goes_on() {
    let simulator = simulator();
    let home = Home::new(&simulator, "SecureStore: json\nAuthWorkflow: device_code\n");
    let program = failing(&home, ":");
    let mut terminal = aws_sso(&home, &["-b", program.to_str().expect("a path"), "-u", "open", "login"]);
    terminal.exp_string("no-display failed (exit status: 3); open this URL").expect("the failure");
    terminal.exp_string("user_code=").expect("the URL");
    simulator.auto_approve(true);
    let (shown, status) = end(terminal);
    assert_eq!(status, 0, "{shown}");
}

/// An X server without a screen, on a display that it chose.
struct Display {
    server: Child,
    name: String,
}

impl Display {
    fn start() -> Self {
        use std::io::{BufRead as _, BufReader};
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", "64x64x8"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb starts");
        let mut number = String::new();
        BufReader::new(server.stdout.take().expect("its output")).read_line(&mut number).expect("a number");
        Self { server, name: format!(":{}", number.trim()) }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[test]
fn the_clipboard_of_a_desktop_holds_the_url() {
    let simulator = simulator();
    let mut home = signed_in(&simulator, ACCOUNTS, "");
    let display = Display::start();
    home.set("DISPLAY", &display.name);
    let (shown, status) = end(aws_sso(&home, &["-u", "clip", "console", "-p", "aa"]));
    assert_eq!(status, 0, "{shown}");
    assert!(shown.contains("Copied the URL to the clipboard") && !shown.contains("SigninToken"), "{shown}");
    let mut paste = home.program("xclip");
    paste.args(["-selection", "clipboard", "-out"]);
    let pasted = support::Answer::of(paste);
    assert!(pasted.stdout.starts_with(&format!("{}/federation?", simulator.url())), "{pasted:?}");
    assert!(pasted.stdout.contains("SigninToken="), "{pasted:?}");
}

#[test]
fn a_program_that_stays_for_the_clipboard_is_not_waited_for() {
    let simulator = simulator();
    let mut home = signed_in(&simulator, ACCOUNTS, "");
    let (copied, ended) = (home.path().join("copied"), home.path().join("ended"));
    let program = failing(&home, &format!("cat >'{}'; cat '{}'", copied.display(), ended.display()));
    fs::rename(program, home.path().join("xclip")).expect("its name");
    assert!(Command::new("mkfifo").arg(&ended).status().expect("mkfifo").success());
    home.set("DISPLAY", ":987");
    home.set("PATH", &format!("{}:/usr/bin:/bin", home.path().display()));
    let (shown, status) = end(aws_sso(&home, &["-u", "clip", "console", "-p", "aa"]));
    assert_eq!(status, 0, "{shown}");
    assert!(shown.contains("Copied the URL") && !shown.contains("SigninToken"), "{shown}");
    assert!(fs::read_to_string(&copied).expect("the copy").contains("SigninToken="));
    fs::write(&ended, "").expect("the program was still there");
}

#[test]
fn the_clipboard_of_the_terminal_holds_the_url() {
    let simulator = simulator();
    let home = signed_in(&simulator, ACCOUNTS, "");
    let socket = home.path().join("tmux");
    let tmux = |arguments: &[&str]| {
        let mut command = home.program("tmux");
        command.arg("-S").arg(&socket).args(["-f", "/dev/null"]).args(arguments);
        support::Answer::of(command)
    };
    let done = home.path().join("done");
    let command = format!(
        "'{}' -u ansi-osc52 console -p aa 2>'{}'; '{0}' -u ansi-osc52 console -p aa; : >'{}'; exec sleep 1000",
        support::BINARY,
        home.path().join("to-a-file").display(),
        done.display()
    );
    let started = tmux(&["set", "-g", "set-clipboard", "on", ";", "new-session", "-d", &command]);
    assert_eq!(started.status, Some(0), "{}", started.stderr);
    wait_until("both have ended", || done.exists());
    let held = || tmux(&["list-buffers", "-F", "#{buffer_sample}"]).stdout;
    wait_until("the terminal holds the URL", || held().lines().count() == 2);
    let buffer = tmux(&["show-buffer"]).stdout;
    tmux(&["kill-server"]);
    assert!(
        buffer.starts_with(&format!("{}/federation?", simulator.url())) && buffer.contains("SigninToken="),
        "{buffer}"
    );
    let file = fs::read_to_string(home.path().join("to-a-file")).expect("the file");
    assert!(!file.contains('\x1b') && !file.contains("Signin"), "nothing of it goes into a file: {file:?}");
}

#[test]
fn without_any_terminal_the_url_is_shown_in_the_place_of_the_clipboard() {
    let simulator = simulator();
    let home = signed_in(&simulator, ACCOUNTS, "");
    let mut alone = home.program("setsid");
    alone.args(["--wait", support::BINARY, "-u", "ansi-osc52", "console", "-p", "aa"]);
    let answer = support::Answer::of(alone);
    assert_eq!(answer.status, Some(0), "{}", answer.stderr);
    assert!(answer.stderr.contains("no terminal") && answer.stderr.contains("SigninToken="), "{}", answer.stderr);
    assert_eq!(simulator.count(Operation::GetSigninToken), 1);
}

#[test]
fn chromium_signs_in_by_pkce() {
    let simulator: Simulator = simulator();
    let home = Home::new(&simulator, "SecureStore: json\nAuthWorkflow: pkce\n");
    let (profile, browser, ended) = ["chromium", "browser", "ended"].map(|name| home.path().join(name)).into();
    // What it writes on its way out would be left in a home that is gone.
    let script = format!(
        "#!/bin/sh\nchromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
         --user-data-dir='{}' --dump-dom \"$1\"\n: >'{}'\n",
        profile.display(),
        ended.display()
    );
    fs::write(&browser, script).expect("a program");
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).expect("a program");
    let config = fs::read_to_string(home.config_path()).expect("the config");
    let lines: Vec<&str> = config.lines().filter(|line| !line.starts_with("UrlExecCommand")).collect();
    home.write_config(&format!("{}\nUrlExecCommand: [{}, '%s']\n", lines.join("\n"), browser.display()));
    home.ok(&["login"]);
    assert_eq!(simulator.count(Operation::Authorize), 1);
    assert!(home.ok(&["list"]).contains("payments-dev"));
    wait_until("it has ended", || ended.exists());
}
