//! The binary: parse, dispatch, turn an error into a line and an exit status.

use std::process::ExitCode;

use aws_sso::memory::Wiping;

#[global_allocator]
static ALLOCATOR: Wiping = Wiping;

fn main() -> ExitCode {
    let outcome = aws_sso::command::parse(std::env::args_os()).and_then(aws_sso::command::run);
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if !error.message().is_empty() {
                aws_sso::ui::tell(&format!("aws-sso: {error}"));
            }
            ExitCode::from(error.exit() as u8)
        }
    }
}
