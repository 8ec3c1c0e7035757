//! Shells: which one will read our output, and how to write a value so that it reads just that value.

mod kind;
mod quote;
#[cfg(test)]
mod real_shells;

pub use kind::{Shell, detect, parent_process_names};
pub use quote::is_variable_name;
