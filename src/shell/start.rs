//! How a shell is started with the suite loaded in it, whether or not its rc file has the line.

use super::Shell;

/// What a shell is started with.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Start {
    /// Arguments.
    pub arguments: Vec<String>,
    /// Variables, beside those of the role.
    pub variables: Vec<(&'static str, String)>,
    /// A file that it reads, with its content; the same for every start of this program.
    pub file: Option<(&'static str, String)>,
}

/// Carries the person's own `ZDOTDIR` past the one that is set to have our `.zshenv` read.
const THEIR_ZDOTDIR: &str = "__AWS_SSO_ZDOTDIR";

/// How to start `shell`. `program` is the path of this program, `directory` where the file of the answer
/// will lie, `zdotdir` the value of `ZDOTDIR`.
pub fn start(shell: Shell, program: &str, directory: &str, zdotdir: Option<&str>) -> Start {
    let program = shell.quote(program);
    match shell {
        Shell::Bash => Start {
            arguments: vec!["--rcfile".into(), format!("{directory}/bashrc")],
            file: Some((
                "bashrc",
                format!(
                    "# What 'aws-sso exec' starts bash with: your own rc file, then the suite.\n\
                     [ ! -r ~/.bashrc ] || . ~/.bashrc\n\
                     eval \"$({program} shell-init bash)\"\n"
                ),
            )),
            ..Start::default()
        },
        // zsh has no option for it, but reads .zshenv where ZDOTDIR says. That one gives ZDOTDIR back, and
        // waits for the first prompt: then all of the person's own files have been read.
        Shell::Zsh => Start {
            variables: [("ZDOTDIR", directory.to_owned())]
                .into_iter()
                .chain(zdotdir.map(|theirs| (THEIR_ZDOTDIR, theirs.to_owned())))
                .collect(),
            file: Some((
                ".zshenv",
                format!(
                    "# What 'aws-sso exec' starts zsh with: your own files, then the suite.\n\
                     if (( ${{+{THEIR_ZDOTDIR}}} )); then\n\
                     \x20   export ZDOTDIR=${THEIR_ZDOTDIR}\n\
                     \x20   unset {THEIR_ZDOTDIR}\n\
                     else\n\
                     \x20   unset ZDOTDIR\n\
                     fi\n\
                     [[ ! -r ${{ZDOTDIR-$HOME}}/.zshenv ]] || source ${{ZDOTDIR-$HOME}}/.zshenv\n\
                     if [[ -o interactive ]]; then\n\
                     \x20   function __aws_sso_start {{\n\
                     \x20       precmd_functions=(${{precmd_functions:#__aws_sso_start}})\n\
                     \x20       unfunction __aws_sso_start\n\
                     \x20       eval \"$({program} shell-init zsh)\"\n\
                     \x20       __aws_sso_precmd\n\
                     \x20   }}\n\
                     \x20   precmd_functions+=(__aws_sso_start)\n\
                     fi\n"
                ),
            )),
            ..Start::default()
        },
        Shell::Fish => Start {
            arguments: vec!["--init-command".into(), format!("{program} shell-init fish | source")],
            ..Start::default()
        },
        Shell::PowerShell => Start {
            arguments: vec![
                "-NoExit".into(),
                "-Command".into(),
                format!("& {program} shell-init powershell | Out-String | Invoke-Expression"),
            ],
            ..Start::default()
        },
        Shell::Posix | Shell::Xonsh => Start::default(),
    }
}
