//! `version`: before any config is read.

use crate::cli::VersionArgs;
use crate::{Result, ui};

pub(super) fn run(args: &VersionArgs) -> Result<()> {
    let version = env!("CARGO_PKG_VERSION");
    let system = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
    if args.json {
        return ui::print(&format!("{}\n", serde_json::json!({ "version": version, "system": system })));
    }
    ui::print(&format!("aws-sso {version} ({system})\n"))
}
