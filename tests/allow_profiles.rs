//! The profiles that `allow` puts into `~/.aws/config`, for the SDKs to find what AWS_PROFILE names: one
//! block, and nothing else in the file is touched.

#[path = "support/directories.rs"]
mod directories;
#[path = "support/sessions.rs"]
mod sessions;
mod support;

use std::fs;
use std::path::PathBuf;

use directories::*;
use support::{Answer, BINARY, Home};

fn aws_config(home: &Home) -> PathBuf {
    home.path().join(".aws/config")
}

fn write(home: &Home, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let path = directory(home, ".aws").join(name);
    fs::write(&path, text).expect("a file of the person");
    path
}

/// The lines of the block, without its markers and notes; none where there is no file.
fn block(home: &Home) -> Option<Vec<String>> {
    let bytes = fs::read(aws_config(home)).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let (_, rest) = text.split_once("# >>> aws-sso directories >>>")?;
    let (block, _) = rest.split_once("# <<< aws-sso directories <<<").expect("the end of the block");
    assert_eq!(text.matches("# >>> aws-sso directories >>>").count(), 1);
    Some(block.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect())
}

fn profile(name: &str, sso: &str, arn: &str) -> [String; 2] {
    [format!("[profile {name}]"), format!("credential_process = {BINARY} -S {sso} process --arn {arn}")]
}

fn here() -> [String; 2] {
    ["[profile here]".to_owned(), format!("credential_process = {BINARY} process --here")]
}

fn dev() -> [String; 2] {
    profile(DEV, "Default", DEV_ARN)
}

/// What `allow` said of a directory, where it must succeed.
#[track_caller]
fn allow(home: &Home, tree: &str) -> String {
    let answer = home.run(&["allow", tree]);
    assert_eq!(answer.status, Some(0), "{}", answer.stderr);
    answer.stderr
}

#[test]
fn there_is_one_for_each_role_that_was_allowed_and_one_that_follows_directories() {
    let (_simulator, home) = signed_in();
    ruled(&home, "a", DEV);
    ruled(&home, "b", PROD);
    ruled(&home, "c", DEV_ARN);
    let said = allow(&home, "a");
    assert!(said.contains(".aws/config up to date") && said.lines().count() == 2, "{said}");
    assert_eq!(block(&home).expect("a block"), [dev(), here()].concat());
    allow(&home, "b");
    let both = [dev(), profile(PROD, "Default", PROD_ARN), here()].concat();
    assert_eq!(block(&home).expect("a block"), both);
    let written = fs::metadata(aws_config(&home)).and_then(|metadata| metadata.modified()).expect("a time");
    for tree in ["c", "c", "a"] {
        let said = allow(&home, tree);
        assert!(!said.contains("up to date"), "the same role has its profile already: {said}");
    }
    assert_eq!(block(&home).expect("a block"), both);
    assert_eq!(fs::metadata(aws_config(&home)).and_then(|metadata| metadata.modified()).expect("a time"), written);

    home.ok(&["deny", "a"]);
    assert_eq!(block(&home).expect("a block"), both, "c still asks for it");
    home.ok(&["deny", "c"]);
    assert_eq!(block(&home).expect("a block"), [profile(PROD, "Default", PROD_ARN), here()].concat());
    home.ok(&["deny", "b"]);
    assert!(!aws_config(&home).exists(), "the file was made for these lines");
}

#[test]
fn a_file_that_comes_to_ask_for_another_role_changes_its_profile() {
    let (_simulator, home) = signed_in();
    let tree = allowed(&home, "a", DEV);
    fs::write(tree.join(FILE), PROD).expect("another role");
    allow(&home, "a");
    assert_eq!(block(&home).expect("a block"), [profile(PROD, "Default", PROD_ARN), here()].concat());
}

#[test]
fn the_text_of_the_person_stays_as_it_is_to_the_byte_and_in_a_backup() {
    for theirs in [
        &b"[default]\nregion = eu-west-1\n\n# mine \xff\xfe\n[profile x]\nrole_arn=y"[..],
        b"[default]\r\nregion = eu-west-1\r\n\r\n",
        b"; nothing but this\n[broken\n\n\n",
        b"",
    ] {
        let (_simulator, home) = signed_in();
        let path = write(&home, "config", theirs);
        let backup = path.with_file_name("config.aws-sso-backup");
        ruled(&home, "a", DEV);
        ruled(&home, "b", PROD);
        assert!(allow(&home, "a").contains(&format!("(backup: {})", backup.display())));
        assert_eq!(fs::read(&backup).expect("a backup"), theirs);
        let first = fs::read(&path).expect("the file");
        assert!(first.starts_with(theirs));
        // What the person writes below it later is theirs as well.
        let more = b"[profile later]\nregion = us-east-1\n";
        fs::write(&path, [&first[..], more].concat()).expect("the file");
        allow(&home, "b");
        let second = fs::read(&path).expect("the file");
        assert!(second.starts_with(theirs) && second.ends_with(more));
        assert_eq!(fs::read(&backup).expect("a backup"), [&first[..], more].concat());
        fs::write(&path, second.strip_suffix(more).expect("its end")).expect("the file");
        home.ok(&["deny", "a"]);
        home.ok(&["deny", "b"]);
        assert_eq!(fs::read(&path).expect("the file"), theirs);
    }
}

#[test]
fn the_file_is_the_one_that_the_sdks_read() {
    let (_simulator, mut home) = signed_in();
    let dotfiles = directory(&home, "dotfiles").join("aws");
    fs::write(&dotfiles, "# mine\n").expect("a file");
    std::os::unix::fs::symlink(&dotfiles, directory(&home, ".aws").join("config")).expect("a link");
    ruled(&home, "a", DEV);
    allow(&home, "a");
    assert!(fs::symlink_metadata(aws_config(&home)).expect("the link").is_symlink());
    assert!(fs::read_to_string(&dotfiles).expect("the file").starts_with("# mine\n\n# >>> aws-sso directories >>>\n"));

    let before = fs::read(&dotfiles).expect("the file");
    for value in [format!("{}/elsewhere/config", home.path().display()), "~/tilde/config".to_owned()] {
        home.set("AWS_CONFIG_FILE", &value);
        allow(&home, "a");
        let path = value.replace('~', &home.path().display().to_string());
        let text = fs::read_to_string(path).expect("the file");
        assert!(text.contains(&dev().join("\n")), "{text}");
    }
    assert_eq!(fs::read(&dotfiles).expect("the file"), before);
}

/// `allow` fails with these words, and nothing is written or trusted for it.
#[track_caller]
fn refuses(home: &Home, words: &[&str]) {
    let before = fs::read(aws_config(home)).ok();
    let tree = ruled(home, "refused", DEV);
    home.refuses(1, &["allow", "refused"], words);
    assert_eq!(fs::read(aws_config(home)).ok(), before);
    enter(home, &tree).refused(&["'aws-sso allow' permits it"]);
}

#[test]
fn a_profile_of_the_persons_own_under_that_name_is_in_the_way() {
    let (_simulator, home) = signed_in();
    for body in ["region = eu-west-1", "credential_process = other process --arn", "sso_session = x"] {
        write(&home, "config", format!("[default]\n\n[ profile \"{DEV}\" ]\n{body}\n"));
        refuses(&home, &[&format!(".aws/config:3: the profile '{DEV}' is not of aws-sso"), DEV_ARN]);
    }
    fs::remove_file(aws_config(&home)).expect("the file goes");
    let credentials = write(&home, "credentials", format!("[x]\n[{DEV}]\naws_access_key_id = AKIA\n"));
    let words = [&*format!("credentials:2: there are credentials under the name '{DEV}'"), "win over the role"];
    refuses(&home, &words);
    let mut home = home;
    let elsewhere = home.path().join("keys");
    fs::rename(credentials, &elsewhere).expect("it moves");
    allow(&home, "refused");
    home.ok(&["deny", "refused"]);
    fs::remove_dir_all(home.path().join("refused")).expect("the directory goes");
    home.set("AWS_SHARED_CREDENTIALS_FILE", text(&elsewhere));
    home.refuses(1, &["allow", text(&ruled(&home, "refused", DEV))], &["keys:2: there are credentials"]);
}

#[test]
fn a_profile_that_asks_for_the_same_role_already_serves() {
    let (_simulator, home) = signed_in();
    let theirs = format!("[profile {DEV}]\nregion = us-west-2\ncredential_process = aws-sso process --arn {DEV_ARN}\n");
    write(&home, "config", &theirs);
    ruled(&home, "a", DEV);
    allow(&home, "a");
    assert_eq!(block(&home).expect("a block"), here());
    // With `here` there as well, nothing is left to be added.
    home.ok(&["deny", "a"]);
    let theirs = format!("{theirs}[profile here]\nregion = us-west-2\n");
    write(&home, "config", &theirs);
    let said = allow(&home, "a");
    assert!(!said.contains("up to date"), "{said}");
    assert_eq!(fs::read_to_string(aws_config(&home)).expect("the file"), theirs);
    enter(&home, &home.path().join("a")).chose(DEV_ARN);
}

#[test]
fn markers_that_make_no_block_are_named_by_their_line() {
    let (_simulator, home) = signed_in();
    write(&home, "config", "[default]\n# >>> aws-sso directories >>>\nregion = x\n");
    refuses(&home, &[".aws/config:2: a block begins here that has no end"]);
}

#[test]
fn one_name_for_two_roles_is_refused_with_both() {
    let simulator = sessions::simulator();
    let home = sessions::two_instances(&simulator, "SecureStore: json\n");
    let yaml = fs::read_to_string(home.config_path()).expect("config.yaml");
    // In the second instance the names of two roles are swapped.
    let twin = format!(
        "    Accounts: {{'2': {{Roles: {{Admin: {{Profile: '{DEV}'}}}}}}, '1': {{Roles: {{Admin: {{Profile: '{PROD}'}}}}}}}}\nUrlAction:"
    );
    let yaml = yaml.replace("UrlAction:", &twin);
    home.write_config(&yaml);
    home.ok(&["login"]);
    home.ok(&["-S", "Other", "login"]);
    let (one, other) = (allowed(&home, "one", DEV), ruled(&home, "other", &format!("arn: {PROD_ARN}\nsso: Other\n")));
    home.refuses(1, &["allow", "other"], &[&format!("'{DEV}' would be two roles"), DEV_ARN, PROD_ARN, "deny one"]);
    enter(&home, &other).refused(&["'aws-sso allow' permits it"]);
    enter(&home, &one).chose(DEV_ARN);
    assert_eq!(block(&home).expect("a block"), [dev(), here()].concat());
    home.ok(&["deny", "one"]);
    allow(&home, "other");
    assert_eq!(block(&home).expect("a block"), [profile(DEV, "Other", PROD_ARN), here()].concat());
    enter(&home, &other).chose(PROD_ARN);
}

#[test]
fn names_that_no_header_can_hold_are_refused_and_all_others_are_written() {
    for (name, fits) in [
        ("it's mine", false),
        ("a \"b\"", false),
        ("a]b", false),
        ("a\\b", false),
        ("a;b", false),
        ("#a", false),
        ("[a", false),
        ("two words", true),
        ("a=b & $(touch x) `y` %s", true),
        ("été", true),
    ] {
        let instance = format!("Accounts: {{'1': {{Roles: {{Admin: {{Profile: {}}}}}}}}}", support::yaml(name));
        let (_simulator, home) = signed_in_with(&instance, "");
        let tree = ruled(&home, "tree", DEV_ARN);
        if fits {
            let said = allow(&home, "tree");
            assert!(said.contains(&format!("find the profile '{name}', other SDKs may not")), "{said}");
            let header = if name.contains(' ') { format!("\"{name}\"") } else { name.to_owned() };
            assert_eq!(block(&home).expect("a block"), [profile(&header, "Default", DEV_ARN), here()].concat());
            let shell = enter(&home, &tree);
            shell.chose(DEV_ARN);
            assert_eq!(shell.env["AWS_PROFILE"], name);
        } else {
            home.refuses(1, &["allow", "tree"], &[&format!("'{name}' cannot be the name of an AWS profile"), DEV_ARN]);
            assert_eq!(enter(&home, &tree).role(), None);
        }
    }
}

#[test]
fn a_name_with_a_blank_at_its_end_is_refused_rather_than_trimmed() {
    let (_simulator, home) =
        signed_in_with("", "ProfileFormat: '{{ .AccountIdPad }}:{{ .RoleName }}{{ print \" \" }}'\n");
    ruled(&home, "refused", DEV_ARN);
    let words = [&*format!("'{DEV} ' cannot be the name of an AWS profile"), DEV_ARN];
    home.refuses(1, &["allow", "refused"], &words);
    assert!(!aws_config(&home).exists());
}

#[test]
fn a_name_that_every_sdk_reads_is_written_without_a_word() {
    let (_simulator, home) = signed_in();
    ruled(&home, "tree", DEV);
    let said = allow(&home, "tree");
    assert!(said.contains("up to date") && !said.contains("other SDKs"), "{said}");
}

#[test]
fn a_call_that_an_sdk_would_cut_off_is_refused() {
    let (_simulator, home) = signed_in_with("", "ConfigProfilesBinaryPath: '/opt/aws #1/aws-sso'\n");
    ruled(&home, "refused", DEV);
    home.refuses(1, &["allow", "refused"], &["cannot be written", "# or ; after a blank", "/opt/aws #1/aws-sso"]);
    assert!(!aws_config(&home).exists());
}

#[test]
fn the_call_finds_the_program_and_the_config_from_anywhere() {
    let (_simulator, mut home) = signed_in();
    let place = directory(&home, "a place").join("config.yaml");
    fs::rename(home.config_path(), &place).expect("it moves");
    home.set("AWS_SSO_CONFIG", text(&place));
    home.ok(&["login"]);
    ruled(&home, "a", DEV);
    allow(&home, "a");
    let lines = block(&home).expect("a block");
    let calls: Vec<&str> = lines.iter().filter_map(|line| line.strip_prefix("credential_process = ")).collect();
    assert_eq!(calls.len(), 2);
    home.unset("AWS_SSO_CONFIG");
    for call in calls {
        // As an SDK calls it: no shell, and another directory than this one.
        let words = shell_words::split(call).expect("words");
        let mut command = inside(home.program(&words[0]), &home.path().join("a"));
        command.args(&words[1..]);
        let answer = Answer::of(command);
        assert_eq!(answer.status, Some(0), "{call}: {}", answer.stderr);
        assert!(support::json(&answer.stdout)["AccessKeyId"].is_string());
    }
}
