//! The session: renewed in silence, revoked, missing, and ended by `logout`.

#[path = "support/sessions.rs"]
mod sessions;
mod support;
#[path = "support/wire.rs"]
mod wire;

use std::process::Stdio;
use std::time::Duration;

use identity_center::{Fault, Operation, Organization, Simulator};
use sessions::*;
use support::{Answer, Home, json};
use wire::{Server, send, split, status};

mod a_session {
    use super::*;

    #[test]
    fn that_is_good_makes_login_call_nobody() {
        let (simulator, home) = signed_in("");
        simulator.clear_log();
        let answer = home.run(&["login"]);
        assert_eq!((answer.status, answer.stdout.as_str()), (Some(0), ""), "{}", answer.stderr);
        assert!(answer.stderr.contains("Already signed in to Default ("), "{}", answer.stderr);
        assert_eq!(simulator.requests(), []);
    }

    #[test]
    fn that_ended_is_renewed_in_silence() {
        for store in ["file", "json"] {
            let (simulator, home) = signed_in(&format!("SecureStore: {store}\n"));
            expire(&simulator, &home);
            let answer = home.run(&PROCESS);
            assert_eq!((answer.status, answer.stderr.as_str()), (Some(0), ""));
            assert_eq!(grants(&simulator), ["refresh_token"], "{store}");
            assert_no_browser(&simulator);
            home.ok(&["cache"]);
            assert_eq!(grants(&simulator), ["refresh_token"], "{store}: the renewed token was not kept");
        }
    }

    #[test]
    fn that_ended_makes_login_renew_it() {
        let (simulator, home) = signed_in("");
        expire(&simulator, &home);
        let answer = home.run(&["login"]);
        assert!(answer.stderr.contains("Already signed in to Default ("), "{}", answer.stderr);
        assert_eq!(grants(&simulator), ["refresh_token"]);
        assert_no_browser(&simulator);
    }

    #[test]
    fn keeps_its_refresh_token_where_aws_sends_no_new_one() {
        let simulator = simulator();
        simulator.set_refresh_once(false);
        let upstream = split(simulator.url()).0;
        let quiet = Server::start(move |request| {
            let answer = send(&upstream, request);
            match request.contains("\"grantType\":\"refresh_token\"") && status(&answer) == 200 {
                true => {
                    let mut body = json(answer.split_once("\r\n\r\n").expect("a body").1);
                    body.as_object_mut().expect("an object").remove("refreshToken").expect("a refresh token");
                    wire::answer("200 OK", "application/json", &body.to_string())
                }
                false => answer,
            }
        });
        let mut home = Home::new(&simulator, "");
        home.set("AWS_ENDPOINT_URL_SSO_OIDC", &quiet.url());
        home.ok(&["login"]);
        for round in 1..=2 {
            simulator.expire_access_tokens();
            home.ok(&["cache"]);
            let renewals = grants(&simulator).iter().filter(|grant| *grant == "refresh_token").count();
            assert_eq!(renewals, round);
        }
    }

    #[test]
    fn is_renewed_once_however_many_processes_want_it() {
        let (simulator, home) = signed_in("");
        expire(&simulator, &home);
        // A renewal that takes time is one that the others meet.
        simulator.fault(Operation::CreateToken, Fault::latency(Duration::from_millis(100)));
        let roles = ["000000000001:Admin", "000000000001:ReadOnly", "000000000002:Admin", "123456789012:ReadOnly"];
        let commands: Vec<_> = (0..20).map(|n| vec!["process", "-p", roles[n % roles.len()]]).collect();
        for answer in home.run_at_once(&commands) {
            assert_eq!((answer.status, answer.stderr.as_str()), (Some(0), ""));
        }
        assert_eq!(grants(&simulator), ["refresh_token"]);
        assert_eq!(simulator.count(Operation::GetRoleCredentials), roles.len());
    }

    #[test]
    fn that_aws_refuses_is_renewed_once_however_many_processes_want_it() {
        let (simulator, home) = signed_in("");
        simulator.expire_access_tokens();
        simulator.clear_log();
        simulator.fault(Operation::CreateToken, Fault::latency(Duration::from_millis(100)));
        let roles = ["000000000001:Admin", "000000000001:ReadOnly", "000000000002:Admin"];
        for answer in home.run_at_once(&roles.map(|role| vec!["process", "-p", role])) {
            assert_eq!((answer.status, answer.stderr.as_str()), (Some(0), ""));
        }
        assert_eq!(grants(&simulator), ["refresh_token"]);
    }

    #[test]
    fn that_cannot_be_renewed_needs_a_sign_in() {
        let (simulator, home) = signed_in("");
        expire(&simulator, &home);
        simulator.refuse_refresh(true);
        let message = home.fails(3, &PROCESS);
        assert!(message.contains("'aws-sso login'"), "{message}");
        assert_no_browser(&simulator);
        assert_eq!(grants(&simulator), ["refresh_token"]);
        home.fails(3, &PROCESS);
        assert_eq!(grants(&simulator), ["refresh_token"], "asked again for what was refused");
    }

    #[test]
    fn without_a_refresh_token_needs_a_sign_in_when_it_ended() {
        let (simulator, home) = signed_in("");
        simulator.set_refresh_tokens(false);
        expire(&simulator, &home);
        home.fails(3, &PROCESS);
        assert_eq!(simulator.requests(), []);
    }

    #[test]
    fn outlives_a_renewal_that_could_not_be_asked_for() {
        let faults = [Fault::html(), Fault::status(503), Fault::reset(), Fault::throttle()];
        for fault in faults {
            let (simulator, home) = signed_in("MaxRetry: 1\nMaxBackoff: 1\n");
            expire(&simulator, &home);
            simulator.fault(Operation::CreateToken, fault);
            let message = home.fails(1, &PROCESS);
            assert!(message.contains("could not renew the session"), "{fault:?}: {message}");
            simulator.clear_faults();
            home.ok(&PROCESS);
            assert_no_browser(&simulator);
        }
    }

    #[test]
    fn outlives_a_tls_failure_and_a_proxy_that_says_no() {
        let (simulator, mut home) = signed_in("MaxRetry: 1\n");
        expire(&simulator, &home);
        let endpoint = "AWS_ENDPOINT_URL_SSO_OIDC";
        let forbidding = Server::start(|_| wire::answer("403 Forbidden", "text/plain", "blocked"));
        for url in [simulator.url().replace("http:", "https:"), forbidding.url()] {
            home.set(endpoint, &url);
            home.fails(1, &PROCESS);
        }
        home.set(endpoint, simulator.url());
        home.ok(&PROCESS);
        assert_eq!(grants(&simulator), ["refresh_token"]);
    }

    #[test]
    fn that_was_revoked_needs_a_sign_in() {
        let (simulator, home) = signed_in("");
        simulator.revoke_sessions();
        let message = home.fails(3, &PROCESS);
        assert!(message.contains("revoked or has ended") && message.contains("'aws-sso login'"), "{message}");
        assert_eq!(simulator.count(Operation::Authorize), 1, "only the first sign-in may use a browser");
        assert!(home.ok(&["status"]).contains("not signed in"));
    }

    #[test]
    fn that_aws_refuses_is_renewed_in_silence() {
        let (simulator, home) = signed_in("");
        simulator.expire_access_tokens();
        simulator.clear_log();
        let answer = home.run(&PROCESS);
        assert_eq!((answer.status, answer.stderr.as_str()), (Some(0), ""));
        assert_eq!(grants(&simulator), ["refresh_token"]);
        assert_eq!(simulator.count(Operation::GetRoleCredentials), 2);
        assert_no_browser(&simulator);
    }

    #[test]
    fn that_aws_refuses_in_the_middle_of_a_listing_is_renewed_there() {
        let simulator = Simulator::start(Organization::generated(40, 80));
        let home = Home::new(&simulator, "");
        home.ok(&["login", "--no-refresh"]);
        simulator.clear_log();
        simulator.fault(Operation::ListAccountRoles, Fault::latency(Duration::from_millis(10)));
        let child = home.command(&["cache"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a child");
        wait_until("some accounts are listed", || simulator.count(Operation::ListAccountRoles) >= 10);
        simulator.expire_access_tokens();
        let answer = Answer::from(child.wait_with_output().expect("it ends"));
        assert_eq!(answer.status, Some(0), "{}", answer.stderr);
        assert!(answer.stderr.contains("80 roles in 40 accounts"), "{}", answer.stderr);
        assert_eq!(grants(&simulator), ["refresh_token"]);
        assert_eq!(simulator.count_status(Operation::ListAccountRoles, 200), 40, "each account once");
        assert_eq!(simulator.count(Operation::ListAccounts), 1);
    }

    #[test]
    fn that_aws_refuses_again_and_again_is_no_endless_loop() {
        let operations = [Operation::ListAccounts, Operation::ListAccountRoles, Operation::GetRoleCredentials];
        for operation in operations {
            let (simulator, home) = signed_in("");
            simulator.clear_log();
            simulator.fault(operation, Fault::unauthorized());
            let command: &[&str] = if operation == Operation::GetRoleCredentials { &PROCESS } else { &["cache"] };
            let message = home.fails(3, command);
            assert!(message.contains("'aws-sso login'"), "{message}");
            assert_eq!(grants(&simulator), ["refresh_token"], "{operation:?}");
        }
    }

    #[test]
    fn that_is_missing_is_named_by_every_command_that_needs_it() {
        let commands: [&[&str]; 4] = [
            &PROCESS,
            &["eval", "--shell", "bash", "-p", "000000000001:Admin"],
            &["exec", "-p", "000000000001:Admin", "--", "true"],
            &["cache"],
        ];
        let (simulator, home) = signed_in("AutoLogin: true\n");
        home.ok(&["logout"]);
        let fresh = Home::new(&simulator, "");
        simulator.clear_log();
        for command in commands {
            for home in [&home, &fresh] {
                let message = home.fails(3, command);
                assert!(message.contains("'aws-sso login'"), "{command:?}: {message}");
            }
        }
        assert_eq!(simulator.requests(), []);
    }

    #[test]
    fn that_is_missing_is_named_with_its_instance() {
        let simulator = simulator();
        let home = two_instances(&simulator, "");
        let message = home.fails(3, &["cache", "-S", "Other"]);
        assert!(message.contains("'aws-sso login -S Other'"), "{message}");
        let message = home.fails(3, &["cache"]);
        assert!(message.contains("'aws-sso login'"), "{message}");
        let message = home.fails(3, &["process", "-S", "Other", "-p", "x"]);
        assert!(message.contains("'aws-sso login -S Other'"), "{message}");
    }

    #[test]
    fn that_is_missing_is_named_with_its_instance_where_the_shell_has_another() {
        let simulator = simulator();
        let mut home = two_instances(&simulator, "");
        home.set("AWS_SSO", "Other");
        let message = home.fails(3, &["cache", "-S", "Default"]);
        assert!(message.contains("'aws-sso login -S Default'"), "{message}");
    }
}

mod logout {
    use super::*;

    #[test]
    fn ends_the_session_at_aws_and_here() {
        for store in ["file", "json"] {
            let (simulator, home) = signed_in(&format!("SecureStore: {store}\n"));
            home.ok(&PROCESS);
            let answer = home.run(&["logout"]);
            assert_eq!((answer.status, answer.stderr.as_str()), (Some(0), "Signed out of Default\n"));
            assert_eq!(simulator.count_status(Operation::Logout, 200), 1);
            assert_eq!(records(&home), 0);
            let message = home.fails(3, &PROCESS);
            assert!(message.contains("'aws-sso login'"), "{message}");
            assert!(home.ok(&["status"]).contains("not signed in"));
            if store == "json" {
                let left = std::fs::read_to_string(home.state_path().with_file_name("store.json")).expect("the store");
                assert_eq!(json(&left)["records"], serde_json::json!({}));
            }
        }
    }

    #[test]
    fn works_where_aws_cannot_be_reached() {
        let (_simulator, mut home) = signed_in("");
        home.ok(&PROCESS);
        home.set("AWS_ENDPOINT_URL_SSO", &wire::closed_port());
        let answer = home.run(&["logout"]);
        assert_eq!(answer.status, Some(0), "{}", answer.stderr);
        assert!(
            answer.stderr.contains("AWS could not be told (sso:Logout: the connection was refused"),
            "{}",
            answer.stderr
        );
        assert_eq!((answer.stderr.lines().count(), records(&home)), (1, 0));
        home.fails(3, &PROCESS);
    }

    #[test]
    fn works_where_the_network_cannot_even_be_set_up() {
        let (_simulator, mut home) = signed_in("");
        home.set("AWS_CA_BUNDLE", "/no/such/file.pem");
        let answer = home.run(&["logout"]);
        assert_eq!((answer.status, records(&home)), (Some(0), 0), "{}", answer.stderr);
        assert!(answer.stderr.contains("AWS could not be told (could not read the CA bundle"), "{}", answer.stderr);
    }

    #[test]
    fn without_a_session_calls_nobody() {
        let simulator = simulator();
        let home = Home::new(&simulator, "");
        home.ok(&["logout"]);
        assert_eq!(simulator.requests(), []);
    }

    #[test]
    fn of_one_instance_leaves_the_other_signed_in() {
        for store in ["file", "json"] {
            let simulator = simulator();
            let home = two_instances(&simulator, &format!("SecureStore: {store}\n"));
            for instance in ["Default", "Other"] {
                home.ok(&["login", "-S", instance]);
                home.ok(&["process", "-S", instance, "-p", "000000000001:Admin"]);
            }
            simulator.clear_log();
            home.ok(&["logout"]);
            assert_eq!(simulator.count_status(Operation::Logout, 200), 1);
            home.fails(3, &PROCESS);
            // Stored credentials, and the session itself.
            home.ok(&["process", "-S", "Other", "-p", "000000000001:Admin"]);
            home.ok(&["process", "-S", "Other", "-p", "000000000001:ReadOnly"]);
            assert_eq!(simulator.count_status(Operation::GetRoleCredentials, 200), 1);
            assert_eq!(grants(&simulator).len(), 0);
        }
    }

    #[test]
    fn with_a_lost_password_still_works_for_every_instance() {
        let simulator = simulator();
        let mut home = two_instances(&simulator, "UnlockMinutes: 0\n");
        for instance in ["Default", "Other"] {
            home.ok(&["login", "--no-refresh", "-S", instance]);
        }
        home.set("AWS_SSO_FILE_PASSWORD", "forgotten");
        let message = home.fails(5, &["login"]);
        assert!(message.contains("wrong password") && message.contains("'aws-sso logout'"), "{message}");
        let answer = home.run(&["logout", "--all"]);
        assert_eq!((answer.status, records(&home)), (Some(0), 0), "{}", answer.stderr);
        home.ok(&["login", "--no-refresh"]);
    }

    #[test]
    fn is_not_what_flush_does() {
        let (simulator, home) = signed_in("");
        home.ok(&PROCESS);
        simulator.clear_log();
        home.ok(&["flush"]);
        assert_eq!(simulator.requests(), []);
        home.ok(&PROCESS);
        assert_eq!(simulator.count(Operation::GetRoleCredentials), 1, "the credentials were not forgotten");
        assert_eq!(grants(&simulator).len(), 0);
    }
}
