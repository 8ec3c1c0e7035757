//! The binary: parse, dispatch, turn an error into a line and an exit status.

use std::alloc::System;
use std::process::ExitCode;

use zeroizing_alloc::ZeroAlloc;

/// Wipes all memory that is given back: the libraries that carry secrets over the wire and into a terminal do not.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

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
