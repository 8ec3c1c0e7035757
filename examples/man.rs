//! Writes the man pages, one for each command: `cargo run --example man -- DIRECTORY`.

use std::path::PathBuf;
use std::process::ExitCode;

use aws_sso::cli::Cli;
use clap::CommandFactory;

fn main() -> ExitCode {
    let Some(directory) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("man: name the directory for the man pages, such as ~/.local/share/man/man1");
        return ExitCode::from(2);
    };
    let written = std::fs::create_dir_all(&directory)
        .and_then(|()| clap_mangen::generate_to(Cli::command().disable_help_subcommand(true), &directory));
    if let Err(error) = written {
        eprintln!("man: could not write to {}: {error}", directory.display());
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
