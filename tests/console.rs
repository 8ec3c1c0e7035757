//! `console`: whose console is opened, for how long and where, and that its URL is seen by nobody else.

#[path = "support/sessions.rs"]
mod sessions;
mod support;
#[path = "support/terminal.rs"]
mod terminal;

use std::fs;
use std::time::Duration;

use identity_center::{Console, Fault, Operation, Request, Simulator, TrustPolicy};
use sessions::{simulator, wait_until};
use support::{BINARY, Home, signed_in};
use terminal::aws_sso;

const ACCOUNTS: &str = "\
DefaultRegion: eu-west-1
Accounts:
  '000000000001':
    Roles:
      Admin: {Profile: 'R&D #1', Tags: {Color: purple, Icon: tree}}
      ReadOnly: {DefaultRegion: us-east-2, Tags: {Color: mauve}}
  '999999999999':
    Roles:
      Audit: {Via: '000000000001:Admin', Profile: audit}
";

const READ_ONLY: &str = "000000000001:ReadOnly";

/// A home that is signed in, whose browser (curl) follows the sign-in to the console.
fn home(simulator: &Simulator) -> Home {
    let home = signed_in(simulator, ACCOUNTS, "");
    simulator.trust(
        "arn:aws:iam::999999999999:role/Audit",
        TrustPolicy { from: vec![simulator.role_arn("000000000001", "Admin")], external_id: None },
    );
    home
}

/// The URL that `printurl` shows.
fn url(home: &Home, arguments: &[&str]) -> url::Url {
    let arguments: Vec<&str> = ["-u", "printurl", "console"].iter().chain(arguments).copied().collect();
    let answer = home.run(&arguments);
    assert_eq!((answer.status, answer.stdout.as_str()), (Some(0), ""), "{}", answer.stderr);
    let line = answer.stderr.lines().last().unwrap_or_default();
    url::Url::parse(line).unwrap_or_else(|error| panic!("{error}: {}", answer.stderr))
}

fn part(url: &url::Url, name: &str) -> String {
    let found = url.query_pairs().find(|(key, _)| key == name);
    found.unwrap_or_else(|| panic!("{name} is not in {url}")).1.into_owned()
}

/// The last call for a sign-in token.
fn asked(simulator: &Simulator) -> (Request, Console) {
    let request = simulator.requests().into_iter().rfind(|call| call.operation == Operation::GetSigninToken);
    let request = request.expect("a sign-in token was asked for");
    let console = request.console.clone().expect("what it asked");
    (request, console)
}

#[test]
fn a_browser_lands_in_the_console_as_the_role() {
    let simulator = simulator();
    let home = home(&simulator);
    home.ok(&["console", "-p", READ_ONLY]);
    let login =
        || simulator.requests().into_iter().find(|call| call.operation == Operation::Login && call.status.is_some());
    wait_until("the browser is there", || login().is_some());
    let login = login().expect("a visit");
    assert_eq!((login.status, login.role.as_deref()), (Some(302), Some("ReadOnly")));
    let console = login.console.expect("what it asked");
    assert_eq!(console.issuer.as_deref(), Some(simulator.start_url()));
    assert_eq!(console.destination.as_deref(), Some("https://console.aws.amazon.com/console/home?region=us-east-2"));
    assert!(home.ok(&["tags", "-p", READ_ONLY]).contains("History:"), "it counts as a use of the role");
}

#[test]
fn credentials_travel_in_no_address_and_no_log() {
    let simulator = simulator();
    let home = home(&simulator);
    let keys = support::json(&home.ok(&["process", "-p", READ_ONLY]));
    let answer = home.run(&["-L", "trace", "-u", "open", "-b", "true", "console", "-p", READ_ONLY]);
    assert_eq!(answer.status, Some(0), "{}", answer.stderr);
    assert!(answer.stderr.contains("/federation"), "the call is logged: {}", answer.stderr);
    for secret in ["SecretAccessKey", "SessionToken"] {
        assert!(!answer.stderr.contains(keys[secret].as_str().expect("a secret")), "{}", answer.stderr);
    }
    assert!(!answer.stderr.contains("SigninToken="), "{}", answer.stderr);
    let (request, console) = asked(&simulator);
    assert_eq!(request.status, Some(200));
    assert!(!console.in_address, "a proxy would log it");
}

#[test]
fn a_session_lasts_as_long_as_was_asked_for() {
    let simulator = simulator();
    let home = signed_in(&simulator, ACCOUNTS, "ConsoleDuration: 30\n");
    simulator.trust(
        "arn:aws:iam::999999999999:role/Audit",
        TrustPolicy { from: vec![simulator.role_arn("000000000001", "Admin")], external_id: None },
    );
    url(&home, &["-p", READ_ONLY]);
    assert_eq!(asked(&simulator).1.duration.as_deref(), Some("1800"));
    url(&home, &["-p", READ_ONLY, "-d", "720"]);
    assert_eq!(asked(&simulator).1.duration.as_deref(), Some("43200"));
    for minutes in ["14", "721", "0", "-5", "x"] {
        home.refuses(
            2,
            &["console", "-p", READ_ONLY, &format!("--duration={minutes}")],
            &["--duration", "console --help'"],
        );
    }
    let answer = home.run(&["-u", "printurl", "console", "-p", "audit", "-d", "60"]);
    assert_eq!(answer.status, Some(0), "{}", answer.stderr);
    assert!(answer.stderr.contains("ends with its credentials"), "{}", answer.stderr);
    assert_eq!(asked(&simulator).1.duration, None, "AWS refuses a duration for a chained role");
}

#[test]
fn the_region_is_the_typed_one_the_persons_or_the_roles() {
    let simulator = simulator();
    let mut home = home(&simulator);
    let region = |home: &Home, more: &[&str]| {
        let arguments: Vec<&str> = ["-p", READ_ONLY].iter().chain(more).copied().collect();
        let destination = part(&url(home, &arguments), "Destination");
        destination.rsplit_once("region=").map(|(_, region)| region.to_owned())
    };
    assert_eq!(region(&home, &[]).as_deref(), Some("us-east-2"));
    home.set("AWS_DEFAULT_REGION", "eu-west-1");
    home.set("AWS_SSO_DEFAULT_REGION", "eu-west-1");
    assert_eq!(region(&home, &[]).as_deref(), Some("us-east-2"), "that of the role before is not the person's");
    home.unset("AWS_SSO_DEFAULT_REGION");
    assert_eq!(region(&home, &[]).as_deref(), Some("eu-west-1"));
    home.unset("AWS_DEFAULT_REGION");
    home.set("AWS_REGION", "sa-east-1");
    assert_eq!(region(&home, &[]).as_deref(), Some("sa-east-1"));
    assert_eq!(region(&home, &["-r", "ap-south-1"]).as_deref(), Some("ap-south-1"));
    home.refuses(2, &["console", "-p", READ_ONLY, "--region", "Virginia"], &["Virginia", "us-east-1"]);
    home.refuses(2, &["console", "-p", READ_ONLY, "--region", "cn-north-1"], &["cn-north-1", "partition aws "]);
    for region_elsewhere in ["us-gov-west-1", "x y"] {
        home.set("AWS_REGION", region_elsewhere);
        assert_eq!(
            region(&home, &[]).as_deref(),
            Some("us-east-2"),
            "the console of the role has no {region_elsewhere}"
        );
    }
}

#[test]
fn a_page_is_opened_where_it_is_one_of_the_console() {
    let simulator = simulator();
    let home = home(&simulator);
    let destination = part(&url(&home, &["-p", READ_ONLY, "--destination", "s3"]), "Destination");
    assert_eq!(destination, "https://console.aws.amazon.com/s3/home?region=us-east-2");
    home.refuses(2, &["console", "-p", READ_ONLY, "--destination", "https://evil.example/"], &["evil.example", "s3"]);
}

#[test]
fn every_partition_has_its_own_console() {
    for (region, console, federation) in [
        ("cn-north-1", "console.amazonaws.cn", "cn-north-1.signin.amazonaws.cn"),
        ("us-gov-west-1", "console.amazonaws-us-gov.com", "us-gov-west-1.signin.amazonaws-us-gov.com"),
        ("eusc-de-east-1", "console.amazonaws-eusc.eu", "eusc-de-east-1.signin.amazonaws-eusc.eu"),
    ] {
        let simulator = Simulator::builder(support::small_organization()).region(region).start();
        let mut home = signed_in(&simulator, "", "MaxRetry: 1\n");
        let url = url(&home, &["-p", "000000000001:Admin"]);
        assert_eq!(url::Url::parse(&part(&url, "Destination")).expect("a URL").host_str(), Some(console));
        // Without the variable it is AWS's own host that is asked for.
        home.unset("AWS_ENDPOINT_URL_SIGNIN");
        let proxy = refusing_proxy();
        home.set("HTTPS_PROXY", &proxy.url);
        let answer = home.run(&["-L", "debug", "console", "-p", "000000000001:Admin"]);
        assert_eq!(answer.status, Some(1));
        let asked = proxy.asked.recv_timeout(Duration::from_secs(20)).expect("a request");
        assert_eq!(asked, format!("CONNECT {federation}:443 HTTP/1.1"));
    }
}

struct Proxy {
    url: String,
    asked: std::sync::mpsc::Receiver<String>,
}

/// A proxy that notes which host it is asked for, and refuses.
fn refusing_proxy() -> Proxy {
    use std::io::{BufRead, BufReader, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (tell, asked) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut line = String::new();
            let _ = BufReader::new(&stream).read_line(&mut line);
            let _ = (&stream).write_all(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
            let _ = tell.send(line.trim().to_owned());
        }
    });
    Proxy { url, asked }
}

#[test]
fn the_role_is_the_typed_one_then_that_of_the_shell() {
    let simulator = simulator();
    let mut home = home(&simulator);
    let role = |home: &Home, arguments: &[&str]| {
        url(home, arguments);
        asked(&simulator).0.role.expect("a role")
    };
    assert_eq!(role(&home, &["-a", "000000000001:Admin"]), "Admin");
    home.set("AWS_SSO_ROLE_ARN", "arn:aws:iam::000000000001:role/ReadOnly");
    home.set("AWS_SSO_PROFILE", READ_ONLY);
    assert_eq!(role(&home, &[]), "ReadOnly");
    assert_eq!(role(&home, &["-A", "1", "-R", "Admin"]), "Admin", "what was typed wins");
    home.set("AWS_PROFILE", "other");
    home.refuses(1, &["console"], &["AWS_PROFILE", READ_ONLY, "-p PROFILE"]);
    assert_eq!(role(&home, &["-p", "audit"]), "Audit", "typed, there is no doubt");
}

#[test]
fn a_role_that_is_gone_is_known_to_be_that_of_the_shell() {
    let simulator = simulator();
    let mut home = home(&simulator);
    home.set("AWS_SSO_ROLE_ARN", "arn:aws:iam::000000000001:role/Gone");
    for command in [&["console"][..], &["exec", "true"]] {
        home.refuses(4, command, &["AWS_SSO_ROLE_ARN", "role/Gone", "aws-sso-clear"]);
    }
    let answer = home.run(&["console", "-p", "nobody"]);
    assert!(!answer.stderr.contains("aws-sso-clear"), "it was typed: {}", answer.stderr);
}

#[test]
fn keys_in_the_environment_open_the_console_of_whoever_they_are_of() {
    let simulator = simulator();
    let mut home = home(&simulator);
    let keys = support::json(&home.ok(&["process", "-p", READ_ONLY]));
    for (name, key) in [
        ("AWS_ACCESS_KEY_ID", "AccessKeyId"),
        ("AWS_SECRET_ACCESS_KEY", "SecretAccessKey"),
        ("AWS_SESSION_TOKEN", "SessionToken"),
    ] {
        home.set(name, keys[key].as_str().expect("a key"));
    }
    home.set("AWS_REGION", "no region");
    let answer = home.run(&["-u", "print", "console"]);
    assert_eq!(answer.status, Some(0), "{}", answer.stderr);
    assert!(answer.stderr.contains("use the console as 000000000001:ReadOnly"), "{}", answer.stderr);
    let (request, console) = asked(&simulator);
    assert_eq!((request.role.as_deref(), console.duration), (Some("ReadOnly"), None));
    url(&home, &["-d", "45"]);
    assert_eq!(asked(&simulator).1.duration.as_deref(), Some("2700"));
}

#[test]
fn keys_of_a_user_become_a_federated_session() {
    let simulator = simulator();
    let mut home = home(&simulator);
    let (id, secret) = simulator.add_user("000000000002", "jane");
    home.set("AWS_ACCESS_KEY_ID", &id);
    home.set("AWS_SECRET_ACCESS_KEY", &secret);
    home.set("USER", "jane döe");
    let answer = home.run(&["-u", "printurl", "console", "-d", "30"]);
    assert_eq!(answer.stderr.lines().count(), 1, "the time is that of the credentials: {}", answer.stderr);
    let (request, console) = asked(&simulator);
    assert_eq!((request.role.as_deref(), console.duration), (Some("janede"), None));
    assert_eq!(simulator.count_status(Operation::GetFederationToken, 200), 1);
    home.set("AWS_SECRET_ACCESS_KEY", "wrong");
    home.refuses(1, &["console"], &["GetCallerIdentity", "SignatureDoesNotMatch"]);
}

#[test]
fn aws_profile_is_one_of_ours_or_one_with_keys() {
    let simulator = simulator();
    let mut home = home(&simulator);
    let (id, secret) = simulator.add_user("000000000002", "jane");
    let aws = home.path().join(".aws");
    fs::create_dir_all(&aws).expect("~/.aws");
    fs::write(
        aws.join("config"),
        format!(
            "[profile mine]\ncredential_process = {BINARY} -u open process --arn arn:aws:iam::000000000001:role/Admin\n\
             [profile else]\ncredential_process = other-tool x\n[profile here]\ncredential_process = \
             {BINARY} process --here\n[profile jane]\nregion = eu-north-1\n"
        ),
    )
    .expect("config");
    fs::write(aws.join("credentials"), format!("[jane]\naws_access_key_id={id}\naws_secret_access_key = {secret}\n"))
        .expect("credentials");
    home.set("USER", "me");
    for (profile, role) in [(READ_ONLY, "ReadOnly"), ("audit", "Audit"), ("mine", "Admin"), ("jane", "me")] {
        home.set("AWS_PROFILE", profile);
        let url = url(&home, &[]);
        assert_eq!(asked(&simulator).0.role.as_deref(), Some(role), "{profile}");
        let region = if profile == "jane" { "eu-north-1" } else { "" };
        assert!(part(&url, "Destination").contains(region), "{url}");
    }
    home.set("AWS_PROFILE", "here");
    home.refuses(2, &["console"], &[".aws-sso-role", "aws-sso allow --init"]);
    fs::write(home.path().join(".aws-sso-role"), format!("{READ_ONLY}\n")).expect("a role file");
    home.refuses(1, &["console"], &["aws-sso allow"]);
    home.ok(&["allow"]);
    url(&home, &[]);
    assert_eq!(asked(&simulator).0.role.as_deref(), Some("ReadOnly"), "as the directory has it");
    home.set("AWS_PROFILE", "else");
    home.refuses(1, &["console"], &["'else'", ".aws/config", "-p PROFILE"]);
    home.set("AWS_PROFILE", "nowhere");
    home.refuses(4, &["console"], &["'nowhere'", ".aws/config", "aws-sso list"]);
}

#[test]
fn without_a_role_and_a_terminal_it_says_how_to_name_one() {
    let simulator = simulator();
    let home = home(&simulator);
    home.refuses(2, &["console"], &["-p PROFILE"]);
    home.refuses(2, &["console", "--prompt"], &["no terminal"]);
    home.refuses(2, &["console", "-R", "Admin"], &["--account"]);
    home.refuses(4, &["console", "-p", "nobody"], &["nobody"]);
    home.refuses(2, &["console", "--here"], &[".aws-sso-role"]);
}

#[test]
fn on_a_terminal_one_chooses() {
    let simulator = simulator();
    let mut home = home(&simulator);
    home.set("AWS_SSO_ROLE_ARN", "arn:aws:iam::000000000001:role/ReadOnly");
    home.set("AWS_SSO_PROFILE", READ_ONLY);
    let mut command = home.command(&["-u", "printurl", "console", "--prompt"]);
    command.stdin(std::process::Stdio::inherit()).env("TERM", "xterm-256color");
    let mut session = rexpect::session::spawn_command(command, Some(20_000)).expect("a terminal");
    session.exp_string("audit").expect("the roles");
    session.send("audit\r").expect("typed");
    session.flush().expect("sent");
    let shown = session.exp_eof().expect("it ends");
    assert!(shown.contains("SigninToken="), "{shown:?}");
    assert_eq!(asked(&simulator).0.role.as_deref(), Some("Audit"));
}

#[test]
fn what_aws_refuses_is_said_without_the_credentials() {
    let simulator = simulator();
    let home = signed_in(&simulator, ACCOUNTS, "MaxRetry: 2\n");
    home.ok(&["process", "-p", READ_ONLY]);
    simulator.expire_credentials();
    home.refuses(1, &["console", "-p", READ_ONLY], &["signin:getSigninToken", "400", "--sts-refresh", "--duration"]);
    home.ok(&["-u", "printurl", "--sts-refresh", "console", "-p", READ_ONLY]);
    for (fault, words) in
        [(Fault::html(), "captive portal"), (Fault::truncate(), "cut short"), (Fault::status(403), "status 403")]
    {
        simulator.clear_faults();
        simulator.fault(Operation::GetSigninToken, fault);
        home.refuses(1, &["console", "-p", READ_ONLY], &[words]);
    }
    simulator.clear_faults();
    simulator.fault(Operation::GetSigninToken, Fault::reset().times(1));
    url(&home, &["-p", READ_ONLY]);
}

#[test]
fn a_browser_that_is_missing_is_named_and_the_url_shown() {
    let simulator = simulator();
    let home = home(&simulator);
    let answer = home.run(&["-u", "open", "-b", "/nowhere/firefox", "console", "-p", READ_ONLY]);
    assert_eq!(answer.status, Some(0), "{}", answer.stderr);
    assert!(answer.stderr.contains("/nowhere/firefox") && answer.stderr.contains("SigninToken="), "{}", answer.stderr);
}

#[test]
fn a_terminal_says_what_was_opened() {
    let simulator = simulator();
    let home = home(&simulator);
    let shown = aws_sso(&home, &["-u", "open", "-b", "true", "console", "-p", "R&D #1"]).exp_eof().expect("it ends");
    assert!(shown.contains("Opened a browser to use the console as R&D #1"), "{shown:?}");
}
