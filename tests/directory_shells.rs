//! Directories that choose the role, beside all else that a shell does: starting, nesting, foreign
//! credentials, direnv, tmux, files that are read again, a program that is gone, and what it all costs.

#[path = "support/ruled.rs"]
mod ruled;
#[path = "support/sessions.rs"]
mod sessions;
mod support;
#[path = "support/typist.rs"]
mod typist;

use std::fs;
use std::path::Path;

use ruled::*;
use sessions::wait_until;
use support::{Answer, Home, begins_a_process, variables};
use typist::*;

/// The shell's way to set a variable.
fn set(shell: Shell, name: &str, value: &str) -> String {
    if shell == Shell::Fish { format!("set -gx {name} {value}") } else { format!("export {name}={value}") }
}

/// A command line of a shell that starts with the suite, is interactive and runs one line.
fn one_line(shell: Shell, home: &Home, directory: &Path, line: &str) -> std::process::Command {
    let rc = shell.rc_file(home);
    fs::create_dir_all(rc.parent().expect("a directory")).expect("a directory");
    fs::write(rc, shell.line()).expect("an rc file");
    let mut command = home.program(shell.program());
    command.env("PATH", home.search_path());
    command.args(["-i", "-c", line]).current_dir(directory).env("PWD", directory).env("TERM", "dumb");
    command
}

#[test]
fn a_shell_that_starts_in_a_directory_is_in_its_role_from_the_first_moment() {
    in_each_shell("", |shell, _, home| {
        for (directory, expected) in
            [("dev/src", "000000000001:ReadOnly"), ("prod", "000000000002:Admin"), ("wild", "")]
        {
            let line = if shell == Shell::Fish { "echo \"<$AWS_PROFILE>\"" } else { "echo \"<${AWS_PROFILE-}>\"" };
            // Without a terminal bash complains that there is no job control; else nothing is said.
            let answer = Answer::of(one_line(shell, home, &home.path().join(directory), line));
            assert_eq!(answer.stdout, format!("<{expected}>\n"), "{shell:?} {directory}: {}", answer.stderr);
            assert!(!answer.stderr.contains("aws-sso"), "{shell:?} {directory}: {}", answer.stderr);
        }
    });
}

#[test]
fn an_environment_that_was_frozen_elsewhere_is_brought_to_where_the_shell_starts() {
    in_each_shell("", |shell, _, home| {
        let mut other = one_line(shell, home, &home.path().join("prod"), "command env -0");
        let frozen = variables(&other.output().expect("it ends").stdout);
        assert_eq!(frozen["AWS_PROFILE"], "000000000002:Admin");
        for (directory, expected) in [("dev", "/d"), ("prod/src", "/p"), ("", "-"), ("wild", "-")] {
            let mut command = one_line(shell, home, &home.path().join(directory), "command env -0");
            command.envs(frozen.iter().filter(|(name, _)| name.starts_with("AWS_")));
            let what = format!("{shell:?} in {directory}");
            assert_eq!(held(&variables(&command.output().expect("it ends").stdout), home, &what), expected, "{what}");
        }
    });
}

#[test]
fn tmux_windows_have_the_role_of_their_own_directory() {
    let simulator = simulator();
    let home = home(&simulator, "");
    let mut typist = Typist::sit_down(Shell::Bash, &home);
    typist.line("cd ~/prod");
    let socket = home.path().join("tmux");
    let tmux = format!("TERM=xterm tmux -f /dev/null -S {}", socket.display());
    typist.line(&format!("{tmux} new-session -d -x 80 -y 24 bash -i"));
    for (directory, expected) in [("prod", "/p"), ("dev", "/d"), ("", "-")] {
        let seen = home.path().join(format!("seen-{}", expected.trim_matches('/')));
        typist.line(&format!("{tmux} new-window -c ~/{directory} bash -i"));
        typist.line(&format!("{tmux} send-keys 'env -0 >seen; mv seen {}' Enter", seen.display()));
        wait_until("the window has told its variables", || seen.exists());
        let what = format!("a window in {directory}");
        assert_eq!(held(&variables(&fs::read(&seen).expect("variables")), &home, &what), expected, "{what}");
    }
    typist.line(&format!("{tmux} kill-server"));
    typist.leave();
}

#[test]
fn a_role_that_a_shell_was_started_with_is_its_own() {
    in_each_shell("", |shell, _, home| {
        let mut typist = Typist::sit_down(shell, home);
        typist.line("cd ~/dev");
        // exec starts a shell with the suite; its rc file is that of the outer one.
        let outer = typist.starts_shell("aws-sso exec -p 123456789012:ReadOnly");
        assert_eq!(after(&mut typist, home, ""), "H", "{shell:?}: it was asked for by name");
        assert_eq!(after(&mut typist, home, "cd ~/dev/deep"), "H", "{shell:?}");
        assert_eq!(after(&mut typist, home, "cd ~"), "H", "{shell:?}");
        assert_eq!(after(&mut typist, home, "cd ~/dev"), "/d", "{shell:?}");
        typist.line("cd ~/prod");
        typist.comes_back(outer);
        assert_eq!(after(&mut typist, home, ""), "/d", "{shell:?}: the outer shell has not moved");
        let outer = typist.starts_shell(shell.program());
        assert_eq!(after(&mut typist, home, ""), "/d", "{shell:?}: nested");
        assert_eq!(after(&mut typist, home, "cd ~"), "-", "{shell:?}: nested");
        typist.comes_back(outer);
        typist.leave();
    });
}

#[test]
fn keys_that_were_evaluated_in_a_directory_are_a_decision() {
    in_each_shell("", |shell, _, home| {
        let mut typist = Typist::sit_down(shell, home);
        typist.line("cd ~/dev");
        for arguments in ["-p 000000000001:ReadOnly", "--refresh"] {
            let line = match shell {
                Shell::Fish => format!("aws-sso eval {arguments} | source"),
                _ => format!("eval \"$(aws-sso eval {arguments})\""),
            };
            assert_eq!(after(&mut typist, home, &line), "D", "{shell:?}: {arguments}");
            assert_eq!(after(&mut typist, home, "cd ~/dev/src"), "D", "{shell:?}: {arguments}");
            assert_eq!(after(&mut typist, home, "aws-sso-use --auto"), "/d", "{shell:?}: {arguments}");
        }
        typist.leave();
    });
}

#[test]
fn credentials_of_others_are_left_alone_and_that_is_said_once() {
    in_each_shell("", |shell, _, home| {
        let mut typist = Typist::sit_down(shell, home);
        typist.line(&set(shell, "AWS_PROFILE", "mine"));
        let shown = typist.shown("cd ~/dev").replace("\r\n", "").replace('\r', "");
        let told = format!("somebody else has set AWS_PROFILE, which wins over {}", file(home, "dev").display());
        assert_eq!(shown.matches(&told).count(), 1, "{shell:?}: {shown}");
        for line in ["", "cd ~", "cd ~/dev", "aws-sso-use --auto"] {
            assert!(!typist.shown(line).contains("aws-sso:"), "{shell:?}: {line}");
            assert_eq!(after(&mut typist, home, ""), "F", "{shell:?}: {line}");
        }
        let unset = if shell == Shell::Fish { "set -e AWS_PROFILE" } else { "unset AWS_PROFILE" };
        assert_eq!(after(&mut typist, home, unset), "/d", "{shell:?}: nothing is in the way any more");
        // In the middle of a directory's role: what the directory had set goes, and nothing else.
        assert_eq!(after(&mut typist, home, &set(shell, "AWS_PROFILE", "mine")), "F", "{shell:?}");
        assert_eq!(after(&mut typist, home, unset), "/d", "{shell:?}");
        typist.line(&set(shell, "AWS_ACCESS_KEY_ID", "AKIAMINE"));
        let variables = exported(&mut typist, home);
        let ours = variables.keys().filter(|name| name.starts_with("AWS_SSO") || *name == "AWS_PROFILE");
        let kept = ["AWS_SSO_FILE_PASSWORD", "AWS_SSO_HOOK"];
        assert_eq!(ours.filter(|name| !kept.contains(&name.as_str())).collect::<Vec<_>>(), [""; 0], "{shell:?}");
        assert_eq!(variables["AWS_ACCESS_KEY_ID"], "AKIAMINE", "{shell:?}");
        typist.leave();
    });
}

#[test]
fn keys_that_replace_ours_are_somebody_elses() {
    in_each_shell("DirectoryRoles: {Mode: keys}\n", |shell, _, home| {
        let mut typist = Typist::sit_down(shell, home);
        typist.line("cd ~/dev");
        assert_eq!(after(&mut typist, home, "/bin/true"), "/D", "{shell:?}");
        typist.line(&set(shell, "AWS_ACCESS_KEY_ID", "AKIAMINE"));
        let variables = exported(&mut typist, home);
        assert_eq!(variables["AWS_ACCESS_KEY_ID"], "AKIAMINE", "{shell:?}");
        assert!(
            !variables.contains_key("AWS_SSO_ROLE_ARN") && !variables.contains_key("AWS_SSO_DIRECTORY"),
            "{shell:?}"
        );
        typist.leave();
    });
}

#[test]
fn direnv_wins_in_either_order_and_leaves_no_ghost() {
    in_each_shell("", |shell, _, home| {
        let hook = match shell {
            Shell::Fish => "direnv hook fish | source\n".to_owned(),
            _ => format!("eval \"$(direnv hook {})\"\n", shell.program()),
        };
        fs::write(home.path().join("dev/.envrc"), "export AWS_PROFILE=mine\n").expect("written");
        let mut allow = home.program("direnv");
        allow.arg("allow").current_dir(home.path().join("dev"));
        assert!(allow.status().expect("direnv runs").success());
        for (before, later) in [(hook.as_str(), ""), ("", hook.as_str())] {
            let mut typist = Typist::with_rc(shell, home, before, later);
            let order = if later.is_empty() { "direnv first" } else { "direnv last" };
            let mut shown = typist.shown("cd ~/dev");
            shown += &typist.shown("");
            let shown = shown.replace("\r\n", "").replace('\r', "");
            let told = format!("aws-sso: direnv has set AWS_PROFILE, which wins over {}", file(home, "dev").display());
            assert_eq!(shown.matches(&told).count(), 1, "{shell:?}, {order}: {shown}");
            assert_eq!(after(&mut typist, home, ""), "F", "{shell:?}, {order}");
            typist.line("cd ~/prod");
            assert_eq!(after(&mut typist, home, ""), "/p", "{shell:?}, {order}: direnv has left");
            typist.line("cd ~/dev");
            assert_eq!(after(&mut typist, home, ""), "F", "{shell:?}, {order}");
            typist.line("cd ~");
            assert_eq!(after(&mut typist, home, ""), "-", "{shell:?}, {order}");
            typist.leave();
        }
    });
}

#[test]
fn an_rc_file_that_is_read_again_loses_nothing() {
    in_each_shell("", |shell, _, home| {
        let mut typist = Typist::sit_down(shell, home);
        typist.line("aws-sso-use 123456789012:ReadOnly");
        typist.line("cd ~/dev");
        for _ in 0..2 {
            assert_eq!(after(&mut typist, home, shell.line().trim_end()), "/d", "{shell:?}");
        }
        assert_eq!(after(&mut typist, home, "aws-sso-use 000000000002:ReadOnly"), "G", "{shell:?}");
        assert_eq!(after(&mut typist, home, shell.line().trim_end()), "G", "{shell:?}: decided before");
        assert_eq!(after(&mut typist, home, "cd ~"), "h", "{shell:?}: the role from before is known");
        // To read the file is a command, before which keys come.
        assert_eq!(after(&mut typist, home, shell.line().trim_end()), "H", "{shell:?}");
        typist.leave();
    });
}

#[test]
fn a_program_that_is_gone_takes_the_role_of_the_directory_with_it() {
    in_each_shell("", |shell, _, home| {
        let mut typist = Typist::sit_down(shell, home);
        typist.line("cd ~/dev");
        let gone = match shell {
            Shell::Fish => "set -g __aws_sso_program /nowhere/aws-sso",
            _ => "__aws_sso_program=/nowhere/aws-sso",
        };
        assert_eq!(after(&mut typist, home, gone), "/d");
        for line in ["cd ~/prod", "cd ~", "", "cd ~/dev", ""] {
            let shown = typist.shown(line);
            assert!(!shown.contains("nowhere") && !shown.contains("aws-sso:"), "{shell:?}: {line}: {shown}");
            assert_eq!(after(&mut typist, home, ""), "-", "{shell:?}: {line}");
        }
        typist.leave();
    });
}

#[test]
fn strict_options_and_statuses_survive_a_change_of_role() {
    in_each_shell("", |shell, _, home| {
        let mut typist = Typist::sit_down(shell, home);
        if shell != Shell::Fish {
            typist.line("set -u; set -o noclobber; set -o pipefail");
        }
        let status = if shell == Shell::Fish { "$status" } else { "$?" };
        for directory in ["dev", "wild", "prod", ""] {
            typist.line(&format!("cd ~/{directory} && false"));
            assert_eq!(typist.output(&format!("builtin printf %s {status}")), "1", "{shell:?} {directory}");
        }
        if shell != Shell::Fish {
            typist.line("set -e");
        }
        assert_eq!(after(&mut typist, home, "cd ~/dev"), "/d", "{shell:?}");
        assert_eq!(after(&mut typist, home, "cd ~/wild"), "-", "{shell:?}");
        typist.leave();
    });
}

#[test]
fn a_shell_without_a_person_follows_no_directory() {
    let simulator = simulator();
    let home = home(&simulator, "");
    let path = home.search_path();
    for (program, line) in [
        ("bash", "eval \"$(aws-sso shell-init bash)\"; cd ~/dev; echo \"<$AWS_PROFILE>\""),
        ("zsh", "eval \"$(aws-sso shell-init zsh)\"; cd ~/dev; echo \"<$AWS_PROFILE>\""),
        ("fish", "aws-sso shell-init fish | source; cd ~/dev; echo \"<$AWS_PROFILE>\""),
    ] {
        let mut command = home.program(program);
        command.args(["-c", line]).env("PATH", &path);
        let answer = Answer::of(command);
        assert_eq!((answer.stdout.as_str(), answer.stderr.as_str()), ("<>\n", ""), "{program}");
    }
}

#[test]
fn no_directory_means_none() {
    in_each_shell("", |shell, _, home| {
        let line = shell.line().replace("shell-init", "shell-init --no-directory");
        let mut typist = Typist::with_exact_rc(shell, home, &format!("{}{line}", shell.counting_prompt()), &[]);
        assert_eq!(after(&mut typist, home, "cd ~/dev"), "-", "{shell:?}");
        assert_eq!(after(&mut typist, home, "aws-sso-use 123456789012:ReadOnly"), "H", "{shell:?}");
        assert_eq!(after(&mut typist, home, "cd ~/prod"), "H", "{shell:?}");
        assert_eq!(after(&mut typist, home, "cd ~"), "H", "{shell:?}");
        typist.leave();
    });
}

#[test]
fn what_a_start_could_not_say_is_said_at_the_first_prompt_or_the_second_under_powerlevel10k() {
    let simulator = simulator();
    let home = home(&simulator, "");
    let path = home.search_path();
    // So many lines have one prompt more.
    let told = |rc: &str, lines: usize| {
        fs::write(home.path().join(".zshrc"), format!("cd ~/wild\n{rc}{}", Shell::Zsh.line())).expect("an rc file");
        fs::write(home.path().join("lines"), ":\n".repeat(lines)).expect("lines");
        let mut command = home.program("sh");
        command.args(["-c", "exec zsh -i -s <lines 2>&1"]).env("PATH", &path).env("TERM", "dumb");
        Answer::of(command).stdout.matches("'aws-sso allow' permits it").count()
    };
    assert_eq!([told("", 0), told("", 2)], [1, 1]);
    let p10k = "p10k() { : }\n";
    assert_eq!([told(p10k, 0), told(p10k, 1), told(p10k, 3)], [0, 1, 1]);
}

#[test]
fn mode_off_means_none_until_it_is_on_again() {
    in_each_shell("DirectoryRoles: {Mode: off}\n", |shell, _, home| {
        let mut typist = Typist::sit_down(shell, home);
        assert_eq!(after(&mut typist, home, "cd ~/dev"), "-", "{shell:?}");
        assert_eq!(after(&mut typist, home, "aws-sso-use 123456789012:ReadOnly"), "H", "{shell:?}");
        assert_eq!(after(&mut typist, home, "cd ~/prod"), "H", "{shell:?}");
        let config = fs::read_to_string(home.config_path()).expect("the config");
        let switch = |from: &str, to: &str| home.write_config(&config.replace(from, to));
        switch("Mode: off", "Mode: profile");
        assert_eq!(after(&mut typist, home, "cd ~/dev"), "/d", "{shell:?}: on again");
        assert_eq!(after(&mut typist, home, "cd ~"), "h", "{shell:?}");
        typist.line("cd ~/prod");
        switch("Mode: profile", "Mode: off");
        assert_eq!(after(&mut typist, home, "cd ~/dev"), "h", "{shell:?}: off again");
        typist.leave();
    });
}

/// How many processes and how many programs a shell starts while it reads `lines`, told by strace.
fn started(shell: Shell, home: &Home, lines: &[String]) -> (usize, usize) {
    let trace = home.path().join("trace");
    let rc = shell.rc_file(home);
    fs::create_dir_all(rc.parent().expect("a directory")).expect("a directory");
    fs::write(rc, shell.line()).expect("an rc file");
    // fish has prompts only on a terminal; it is told that there is one.
    let end = if shell == Shell::Fish { "\nemit fish_prompt\n" } else { "\n" };
    fs::write(home.path().join("lines"), lines.iter().map(|line| format!("{line}{end}")).collect::<String>())
        .expect("the lines");
    let mut command = home.program("sh");
    command.env("PATH", home.search_path());
    let read = if shell == Shell::Fish { "-i -c 'source lines'" } else { "-i <lines" };
    let strace = "strace -f -q --seccomp-bpf -e trace=execve,fork,vfork,clone,clone3 -e signal=none -o";
    command.args(["-c", &format!("exec {strace} {} {} {read}", trace.display(), shell.program())]).env("TERM", "dumb");
    let output = command.output().expect("it ends");
    assert!(output.status.success(), "{shell:?}: {}", String::from_utf8_lossy(&output.stderr));
    let text = fs::read_to_string(&trace).expect("a trace");
    let count = |what: &dyn Fn(&str) -> bool| text.lines().filter(|line| what(line)).count();
    (count(&begins_a_process), count(&|line| line.contains("execve") && line.ends_with("= 0")))
}

#[test]
fn ten_thousand_directories_cost_no_process_and_one_that_chooses_costs_one() {
    in_each_shell("", |shell, _, home| {
        let way =
            |count: usize| -> Vec<String> { (0..count).map(|number| format!("cd ~/many/d{number}/src")).collect() };
        for number in 0..10_000 {
            fs::create_dir_all(home.path().join(format!("many/d{number}/src"))).expect("a directory");
        }
        shell.settle_in(home);
        // What a shell does once in its life (fish) is done.
        started(shell, home, &way(1));
        let few = started(shell, home, &way(2));
        assert_eq!(started(shell, home, &way(10_000)), few, "{shell:?}");
        let line = |line: &str| vec![line.to_owned()];
        let into = started(shell, home, &[way(2), line("cd ~/dev")].concat());
        assert_eq!((into.0 - few.0, into.1 - few.1), (1, 1), "{shell:?}");
        let deeper =
            started(shell, home, &[way(2), line("cd ~/dev"), line("cd src"), line(""), line("cd ..")].concat());
        assert_eq!(deeper, into, "{shell:?}: the same file rules");
        let out = started(shell, home, &[way(2), line("cd ~/dev"), line("cd ~")].concat());
        assert_eq!((out.0 - into.0, out.1 - into.1), (1, 1), "{shell:?}");
    });
}
