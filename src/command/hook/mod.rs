//! `hook`: what the scripts of `shell-init` call. The answer is source text for the shell, printed whole
//! or not at all.

mod answer;
mod clear;
mod complete;
mod renew;
mod state;
mod sync;
mod take;

use std::ffi::OsString;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Parser;
use clap::error::ErrorKind;

use crate::cli::{HookCall, HookCli};
use crate::context::{Context, Globals};
use crate::shell::Shell;
use crate::{Error, Result, ui};

use super::usage_message;

pub(super) use state::known_state;

/// Where PowerShell puts words that it could not pass on as arguments: base64 of UTF-8, joined by NUL.
const WORDS: &str = "__AWS_SSO_WORDS";

pub(super) fn run(args: HookCli, context: &Context) -> Result<()> {
    let shell = Shell::from_name(&args.shell).ok_or_else(|| Error::usage("the shell that asks is not known"))?;
    let answer = match args.call {
        HookCall::Use(call) => take::run(shell, call, context)?,
        HookCall::Clear(call) => clear::run(shell, call, context)?,
        HookCall::Sync(call) => sync::run(shell, &call, context)?,
        HookCall::Renew(call) => renew::run(shell, &call, context)?,
        // PowerShell decodes what a program prints by the console's code page: base64 is the same in all of them.
        HookCall::Complete(call) if shell == Shell::PowerShell => {
            STANDARD.encode(complete::run(shell, &call, context)) + "\n"
        }
        HookCall::Complete(call) => complete::run(shell, &call, context),
    };
    ui::print(&answer)
}

/// A function of the shell as it was called, or the help that was asked for.
enum Called<T> {
    With(T),
    Help(String),
}

/// Reads the words that a function of the shell was called with, after those of `AWS_SSO_HELPER_ARGS`.
fn read_call<T: Parser>(name: &str, helper_args: Option<&str>, words: Vec<OsString>) -> Result<Called<T>> {
    let helper_args = shell_words::split(helper_args.unwrap_or_default())
        .map_err(|_| Error::usage("AWS_SSO_HELPER_ARGS has a quote that is not closed: correct it"))?;
    let all = std::iter::once(OsString::from(name)).chain(helper_args.into_iter().map(OsString::from)).chain(words);
    match T::try_parse_from(all) {
        Ok(call) => Ok(Called::With(call)),
        Err(error) if error.kind() == ErrorKind::DisplayHelp => Ok(Called::Help(error.to_string())),
        Err(error) => Err(Error::usage(usage_message(&error, name))),
    }
}

/// The surroundings of a call that has global flags of its own.
fn surroundings(context: &Context, globals: Globals) -> Context {
    let interactive = context.interactive && !globals.no_input;
    Context { env: context.env.clone(), globals, interactive }
}

/// Reads a call of the scripts; none where the command line is another one.
pub(super) fn parse(arguments: &[OsString]) -> Option<Result<HookCli>> {
    let (hook, rest) = arguments.get(1..)?.split_first()?;
    if hook != "hook" {
        return None;
    }
    let mut rest = rest.to_vec();
    if rest.last().is_some_and(|word| word == "--words-from-environment") {
        rest.pop();
        rest.extend(words_of_environment());
    }
    let parsed = HookCli::try_parse_from(std::iter::once(OsString::from("aws-sso hook")).chain(rest));
    Some(parsed.map_err(|error| Error::usage(usage_message(&error, "aws-sso hook"))))
}

/// What PowerShell handed over.
fn words_of_environment() -> Vec<OsString> {
    let words = Context::of_process(Globals::default()).env.get(WORDS).map(str::to_owned).unwrap_or_default();
    let words = STANDARD.decode(words).ok().and_then(|words| String::from_utf8(words).ok()).unwrap_or_default();
    words.split('\0').map(OsString::from).collect()
}
