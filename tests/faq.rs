//! docs/faq.md: each question is shown by a test somewhere, or there is a reason why none can be. What no other file
//! shows is shown here.

#[path = "support/sessions.rs"]
mod sessions;
mod support;

use std::collections::BTreeSet;
use std::path::Path;

use identity_center::{Fault, Operation};
use sessions::{assert_no_browser, simulator};
use support::{Home, signed_in};

/// What shows an answer.
enum Shown {
    /// Functions of test files: `file::function`.
    By(&'static [&'static str]),
    /// None can.
    Not(&'static str),
}

use Shown::{By, Not};

/// The questions, by their headings, and what shows their answers.
const QUESTIONS: &[(&str, Shown)] = &[
    (
        "When will my credentials expire?",
        By(&["tests/status.rs::a_shell_with_a_role_is_explained", "tests/zsh_prompt.rs", "tests/bash_renewal.rs"]),
    ),
    ("Why is my new role not there?", By(&["tests/faq.rs::a_new_role_comes_with_cache_which_shows_what_aws_lists"])),
    ("Can it chain roles?", By(&["tests/role_chaining.rs::a_chain_may_have_any_depth", "tests/profile_clients.rs"])),
    (
        "Who sets AWS_DEFAULT_REGION?",
        By(&["tests/eval.rs::the_region_is_ours_until_the_person_sets_one", "tests/region_shells.rs"]),
    ),
    (
        "How do I use several SSO instances?",
        By(&["tests/instances.rs::every_command_speaks_of_the_instance_that_was_asked_for"]),
    ),
    (
        "Does completion know other instances?",
        By(&[
            "tests/completion.rs::the_instance_is_the_one_that_the_line_the_variable_or_the_config_names",
            "tests/bash_completion.rs",
        ]),
    ),
    ("The colour or icon of a Firefox container does not change", Not("it is Firefox that keeps them")),
    (
        "What is different with several instances?",
        By(&["tests/instances.rs::who_leaves_one_stays_in_the_other", "tests/setup_profiles.rs"]),
    ),
    (
        "How do I delete all secrets from the macOS keychain?",
        Not("macOS cannot be run here; logout is shown with the stores of Linux, in tests/secret_service.rs"),
    ),
    (
        "Which SecureStore should I use?",
        By(&[
            "tests/secret_service.rs",
            "tests/kwallet.rs",
            "tests/pass.rs",
            "tests/password.rs",
            "tests/stores.rs",
            "tests/setup_store.rs",
        ]),
    ),
    ("Does it use FIPS endpoints?", By(&["tests/endpoints.rs"])),
    ("Are items of the macOS keychain synced?", Not("macOS cannot be run here")),
    (
        "How do I stop typing my password?",
        By(&["tests/password.rs::is_typed_once_where_the_kernel_keeps_the_key", "tests/setup_store.rs"]),
    ),
    ("macOS asks for the keychain again after an upgrade", Not("macOS cannot be run here")),
    (
        "AccountAlias or AccountName?",
        By(&[
            "src/profile/tests.rs::every_documented_format_renders_as_documented",
            "tests/list.rs::every_column_is_documented_and_has_its_value",
        ]),
    ),
    (
        "What are AWS_PROFILE and AWS_SSO_PROFILE?",
        By(&["tests/setup_profiles.rs", "tests/profile_clients.rs", "tests/aws_sso_use.rs"]),
    ),
    (
        "How do I write a ProfileFormat?",
        By(&[
            "src/profile/tests.rs::every_documented_format_renders_as_documented",
            "tests/profile_format.rs::templates_render_as_go_renders_them_but_for_the_listed_differences",
        ]),
    ),
    (
        "Are spaces allowed in profile names?",
        By(&[
            "tests/allow_profiles.rs",
            "tests/bash_completion.rs::whatever_was_typed_is_completed",
            "tests/picker.rs",
        ]),
    ),
    (
        "What are tags for?",
        By(&["tests/tags.rs::filters_narrow_together", "tests/picker.rs::tab_offers_tags_and_their_values"]),
    ),
    ("Invalid grant", By(&["tests/sign_in.rs::is_named_when_the_client_registers", "tests/setup_wizard.rs"])),
    (
        "The interface org.freedesktop.DBus.Properties does not exist",
        By(&["tests/secret_service.rs::a_keyring_that_is_killed_is_said_to_have_crashed"]),
    ),
    (
        "AccessToken failure while roles are fetched",
        By(&["tests/faq.rs::a_token_that_is_refused_while_roles_are_fetched_is_renewed_and_nothing_is_lost"]),
    ),
    (
        "MaxRetry or MaxBackoff exceeded",
        By(&["tests/refresh.rs::two_thousand_accounts_take_as_long_as_the_limit_asks", "tests/network_errors.rs"]),
    ),
    (
        "Fetching roles takes a while",
        By(&["tests/terminal.rs::a_long_refresh_shows_a_bar_with_rate_and_time_and_leaves_nothing_of_it"]),
    ),
    (
        "Is it in Homebrew?",
        Not("nothing to run; the paths that outlive an upgrade are shown by tests/setup_completions.rs"),
    ),
    ("How good is it on Windows?", By(&["tests/powershell_scripts.rs"])),
    ("How can I say thanks?", Not("thanks are welcome untested")),
];

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_question_has_its_answer_and_its_test() {
    let faq = read("docs/faq.md");
    let asked: BTreeSet<&str> = faq.lines().filter_map(|line| line.strip_prefix("### ")).collect();
    let known: BTreeSet<&str> = QUESTIONS.iter().map(|(question, _)| *question).collect();
    assert_eq!(asked, known);
    for (question, shown) in QUESTIONS {
        match shown {
            By(places) => {
                for place in *places {
                    let (file, function) = place.split_once("::").unwrap_or((place, ""));
                    let text = read(file);
                    assert!(text.contains(&format!("fn {function}")), "{question}: {file} has no {function}");
                    assert!(text.contains("#[test]"), "{question}: {file} has no test");
                }
            }
            Not(reason) => assert!(!reason.is_empty(), "{question}"),
        }
    }
}

#[test]
fn a_new_role_comes_with_cache_which_shows_what_aws_lists() {
    let simulator = simulator();
    let home = signed_in(&simulator, "", "");
    simulator.change(|organization| {
        *organization = support::small_organization().with_account(
            "000000000003",
            "new",
            "new@example.com",
            &["Auditor", "ReadOnly"],
        );
    });
    home.refuses(4, &["exec", "-p", "000000000003:Auditor", "--", "true"], &["000000000003:Auditor", "aws-sso cache"]);
    let answer = home.run(&["cache", "-L", "debug"]);
    assert_eq!(answer.status, Some(0), "{}", answer.stderr);
    assert!(answer.stdout.contains("+ arn:aws:iam::000000000003:role/Auditor\n"), "{}", answer.stdout);
    assert!(
        answer.stderr.contains("AWS lists account=000000000003 roles=\"Auditor, ReadOnly\"")
            || answer.stderr.contains("AWS lists account=000000000003 roles=Auditor, ReadOnly"),
        "{}",
        answer.stderr
    );
    home.ok(&["exec", "-p", "000000000003:Auditor", "--", "true"]);
}

#[test]
fn a_token_that_is_refused_while_roles_are_fetched_is_renewed_and_nothing_is_lost() {
    let simulator = simulator();
    let home = Home::new(&simulator, "SecureStore: json\n");
    home.ok(&["login", "--no-refresh"]);
    simulator.clear_log();
    simulator.fault(Operation::ListAccountRoles, Fault::unauthorized().times(1));
    let answer = home.run(&["cache"]);
    assert_eq!(answer.status, Some(0), "{}", answer.stderr);
    assert_eq!(answer.stdout.lines().count(), 5, "{}", answer.stdout);
    assert_eq!(simulator.count(Operation::CreateToken), 1, "renewed once");
    assert_no_browser(&simulator);
    // Where AWS refuses the renewal as well, the session is over, and what came is kept.
    simulator.clear_faults();
    simulator.refuse_refresh(true);
    simulator.fault(Operation::ListAccountRoles, Fault::unauthorized());
    home.refuses(3, &["cache"], &["revoked or has ended", "aws-sso login"]);
    assert!(home.ok(&["list"]).contains("000000000002:ReadOnly"));
    assert_no_browser(&simulator);
}
