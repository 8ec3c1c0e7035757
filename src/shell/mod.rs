//! Shells: which one will read our output, how to write a value so that it reads just that value, and which
//! file it reads when it starts.

mod kind;
mod quote;
mod rc_file;
#[cfg(test)]
mod real_shells;

pub use kind::{Shell, detect, parent_process_names};
pub use quote::is_variable_name;
pub use rc_file::{System, WITH_HOOK, go_tool_files, hook_line, rc_file};
