//! config.yaml
