//! Writes the man pages, one for each command and each function of the shell: `cargo run --example man -- DIRECTORY`.

use std::path::PathBuf;
use std::process::ExitCode;

use aws_sso::cli::{ClearCli, Cli, UseCli};
use clap::CommandFactory;

fn main() -> ExitCode {
    let Some(directory) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("man: name the directory for the man pages, such as ~/.local/share/man/man1");
        return ExitCode::from(2);
    };
    let commands = [Cli::command().disable_help_subcommand(true), UseCli::command(), ClearCli::command()];
    let written = std::fs::create_dir_all(&directory)
        .and_then(|()| commands.into_iter().try_for_each(|command| clap_mangen::generate_to(command, &directory)));
    if let Err(error) = written {
        eprintln!("man: could not write to {}: {error}", directory.display());
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
