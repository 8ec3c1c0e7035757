//! The throw-away home of the demo.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use identity_center::Simulator;

/// What lies in the home: a config for the simulator, programs, prompts.
pub fn furnish(home: &Path, [program, itself]: [&Path; 2], simulator: &Simulator, terminal: bool) -> Result<()> {
    #[cfg(unix)]
    use std::os::unix::fs::symlink;
    #[cfg(windows)]
    use std::os::windows::fs::symlink_file as symlink;

    let (bin, config, fish) = (home.join("bin"), home.join(".config/aws-sso"), home.join(".config/fish"));
    // Where it finds this one, fish does not fill it in the background while the home is removed.
    let completions = home.join(".local/share/fish/generated_completions");
    for directory in [&bin, &config, &fish, &completions] {
        fs::create_dir_all(directory)?;
    }
    symlink(program, bin.join("aws-sso"))?;
    for helper in ["browser", "who-am-i"] {
        symlink(itself, bin.join(helper))?;
    }
    // Slow enough for the progress bar, where somebody watches it.
    let rate = if terminal { 10 } else { 200 };
    let yaml = format!(
        "SSOConfig:\n  Default:\n    SSORegion: {}\n    StartUrl: {}\n    DefaultRegion: eu-west-1\n\
         ProfileFormat: '{{{{ kebabcase .AccountAlias }}}}:{{{{ .RoleName }}}}'\n\
         SecureStore: file\nUnlockMinutes: 0          # asks AWS_SSO_FILE_PASSWORD each time\n\
         UrlAction: exec\nUrlExecCommand: [browser, '%s']\nAuthWorkflow: pkce\nRateLimit: {rate}\n",
        simulator.region(),
        simulator.start_url(),
    );
    fs::write(config.join("config.yaml"), yaml)?;
    fs::write(home.join(".bashrc"), include_str!("prompt.bash"))?;
    fs::write(home.join(".zshrc"), include_str!("prompt.zsh"))?;
    Ok(fs::write(fish.join("config.fish"), include_str!("prompt.fish"))?)
}

/// The throw-away home, the simulator, and of the person's own only what a terminal needs.
pub fn environment(home: &Path, simulator: &Simulator) -> Result<Vec<(OsString, OsString)>> {
    let kept =
        ["TERM", "COLORTERM", "NO_COLOR", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SHELL", "USER", "LOGNAME", "SystemRoot"];
    let mut variables: Vec<(OsString, OsString)> =
        kept.into_iter().filter_map(|name| Some((name.into(), std::env::var_os(name)?))).collect();
    if std::env::var_os("SHELL").is_none() {
        variables.push(("SHELL".into(), "sh".into()));
    }
    let directories = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([home.join("bin")].into_iter().chain(std::env::split_paths(&directories)))?;
    variables.extend([("HOME".into(), home.into()), ("PATH".into(), path)]);
    for (name, below) in [
        ("XDG_CONFIG_HOME", ".config"),
        ("XDG_STATE_HOME", ".local/state"),
        ("XDG_DATA_HOME", ".local/share"),
        ("XDG_CACHE_HOME", ".cache"),
    ] {
        variables.push((name.into(), home.join(below).into()));
    }
    let mut password = [0; 16];
    getrandom::fill(&mut password).context("the system gives no random numbers")?;
    let password: String = password.iter().map(|byte| format!("{byte:02x}")).collect();
    variables.push(("AWS_SSO_FILE_PASSWORD".into(), password.into()));
    variables.extend(simulator.env().into_iter().map(|(name, value)| (name.into(), value.into())));
    Ok(variables)
}
