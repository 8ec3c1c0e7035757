//! `.aws-sso-role` files: find, parse, trust. The place is laid out; no command reads them yet.
