//! Shells: which one will read our output, how to write a value so that it reads just that value, which
//! file it reads when it starts, and the suite that lives in it.

mod hook_state;
mod kind;
mod line;
mod quote;
mod rc_file;
#[cfg(test)]
mod real_shells;
mod script;
mod start;

pub use hook_state::{HookState, segment_text};
pub use kind::{Shell, detect, parent_process_ids, parent_process_names};
pub use line::BashLine;
pub use quote::is_variable_name;
pub use rc_file::{System, WITH_HOOK, go_tool_files, hook_line, rc_file};
pub use script::{HOOK, Parts, script, version};
pub use start::{Start, start};
