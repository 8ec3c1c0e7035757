//! Profile names.
