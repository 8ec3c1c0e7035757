//! bash at work: homes that are signed in, and what the shell starts and reads, as strace sees it.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::path::PathBuf;

use identity_center::Simulator;

use super::support::{BINARY, Home, begins_a_process, config};
use super::typist::{Shell, Typist};

/// A role that needs no session: the shell takes it for inherited, without keys.
pub const INHERITED: &str = "export AWS_SSO=Default AWS_SSO_PROFILE=000000000001:Admin \
                             AWS_SSO_ROLE_ARN=arn:aws:iam::000000000001:role/Admin";
pub const SEGMENT: &str = "☁ 000000000001:Admin ○ ";

/// A home with a session. `more` is further YAML.
pub fn signed_in(simulator: &Simulator, more: &str) -> Home {
    let home = Home::new(simulator, "");
    home.write_config(&config(simulator, "DefaultRegion: us-west-2", &format!("SecureStore: json\n{more}")));
    home.ok(&["login"]);
    home
}

/// The documented line.
pub fn line() -> String {
    Shell::Bash.line()
}

/// An rc file that sets the counting prompt, `before`, the documented line and `after`.
pub fn rc(before: &str, after: &str) -> String {
    format!("{}{before}\n{}{after}\n", Shell::Bash.counting_prompt(), line())
}

/// The value of a variable, read with nothing but a builtin of the shell's own: no command that could need
/// credentials.
pub fn look(typist: &mut Typist, home: &Home, name: &str) -> String {
    let file = home.path().join("look");
    typist.line(&format!("echo \"${{{name}-}}\" >{}", file.display()));
    std::fs::read_to_string(file).expect("the value").trim_end_matches('\n').to_owned()
}

/// A shell under strace.
pub struct Traced {
    pub typist: Typist,
    file: PathBuf,
    marks: u32,
}

impl Traced {
    pub fn sit_down(home: &Home, rc: &str) -> Self {
        let file = home.path().join("trace");
        let calls = "trace=clone,clone3,fork,vfork,execve,chdir,openat";
        let strace = ["strace", "-f", "-qq", "-e", calls, "-o", file.to_str().expect("a path in UTF-8")];
        let typist = Typist::under(&strace, Shell::Bash, home, rc, &[]);
        let mut traced = Self { typist, file, marks: 0 };
        traced.mark();
        traced
    }

    /// Leaves a mark in the trace: a directory that is entered.
    fn mark(&mut self) -> String {
        self.marks += 1;
        let name = format!("mark.{}", self.marks);
        std::fs::create_dir_all(self.file.with_file_name(&name)).expect("a directory");
        self.typist.line(&format!("cd ~/{name}"));
        name
    }

    /// The calls of the kernel between the last mark and a new one.
    pub fn calls(&mut self) -> Vec<String> {
        let from = format!("mark.{}\"", self.marks);
        let to = self.mark() + "\"";
        let trace = std::fs::read_to_string(&self.file).expect("the trace");
        let (_, rest) = trace.split_once(&from).expect("the first mark");
        let (calls, _) = rest.split_once(&to).expect("the second mark");
        calls.lines().skip(1).map(str::to_owned).collect()
    }

    /// How many processes and how many programs were started since the last mark.
    pub fn started(&mut self) -> (usize, usize) {
        let calls = self.calls();
        let processes = calls.iter().filter(|call| begins_a_process(call)).count();
        (processes, calls.iter().filter(|call| call.contains(" execve(")).count())
    }
}

/// A directory with this name in the home whose `aws-sso` is the program under test.
pub fn installed(home: &Home, name: &str) -> PathBuf {
    let directory = home.path().join(name);
    std::fs::create_dir(&directory).expect("a directory");
    let program = directory.join("aws-sso");
    std::os::unix::fs::symlink(BINARY, &program).expect("a link");
    program
}
