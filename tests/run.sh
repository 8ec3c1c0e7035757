#!/usr/bin/env bash
# Runs every check of this repository: formatting, lints, shell scripts, all tests.
#
# What the tests need beside Rust is installed first where it is missing, on Debian and Ubuntu; other
# systems are told what to install. When everything is there, no network is needed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Each program, or a file where there is none, with the Debian package that has it. The shells are tested as they
# are used: a missing one is a failure, not a test less. Somebody's own aws may be another version than Debian's.
NEEDED=(
    bash:bash zsh:zsh fish:fish dash:dash
    /usr/share/bash-completion/bash_completion:bash-completion direnv:direnv zoxide:zoxide
    /usr/bin/aws:awscli cc:build-essential curl:curl expect:expect faketime:faketime git:git openssl:openssl python3:python3 shellcheck:shellcheck
    strace:strace tmux:tmux
    chromium:chromium Xvfb:xvfb xclip:xclip
    dbus-daemon:dbus gnome-keyring-daemon:gnome-keyring gpg:gnupg kwalletd5:libkf5wallet-bin pass:pass
)
TARGET=${CARGO_TARGET_DIR:-target}
PYTHON=$TARGET/test-python/bin/python
BOTO3='boto3>=1.34,<2'

say() { printf '\n== %s\n' "$*"; }

die() {
    printf 'tests/run.sh: %s\n' "$*" >&2
    exit 1
}

# The packages of what is missing, one a line.
missing_packages() {
    local need
    for need in "${NEEDED[@]}"; do
        [[ ${need%%:*} == /* && -f ${need%%:*} ]] || command -v "${need%%:*}" >/dev/null || printf '%s\n' "${need#*:}"
    done
    # Debian's Python comes without what makes a virtual environment.
    if [[ ! -x $PYTHON ]] && ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
        printf 'python3-venv\n'
    fi
}

install_packages() {
    local as_root=()
    if ((EUID != 0)); then
        command -v sudo >/dev/null || die "as root, run: apt-get install --yes $*"
        as_root=(sudo)
    fi
    "${as_root[@]}" apt-get update --quiet
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends "$@"
}

prepare_programs() {
    command -v cargo >/dev/null || die "cargo is missing: install Rust from https://rustup.rs"
    local packages
    mapfile -t packages < <(missing_packages)
    ((${#packages[@]})) || return 0
    if command -v apt-get >/dev/null; then
        say "Installing ${packages[*]}"
        install_packages "${packages[@]}"
    else
        say "Missing here, under Debian's names: ${packages[*]}. Install them; their tests will fail."
    fi
}

# A Python with boto3, the SDK that the credentials are tried with.
prepare_python() {
    if ! "$PYTHON" -c 'import boto3' 2>/dev/null; then
        say "Installing boto3 for the tests into $TARGET/test-python"
        python3 -m venv --clear "$TARGET/test-python"
        "$PYTHON" -m pip install --quiet "$BOTO3"
    fi
    AWS_SSO_TEST_PYTHON=$(cd "$(dirname "$PYTHON")" && pwd)/python
    export AWS_SSO_TEST_PYTHON
}

# The repository's own shell scripts, by name and by first line.
shell_scripts() {
    git ls-files --cached --others --exclude-standard | while IFS= read -r file; do
        [[ -f $file ]] || continue
        case ${file##*/} in
            *.sh | *.bash) printf '%s\0' "$file" ;;
            *.*) ;;
            *)
                # Where the first line is no text, it names no shell either.
                if LC_ALL=C head -n 1 "$file" | LC_ALL=C grep -qaE '^#!.*[/ ](ba|da)?sh$'; then
                    printf '%s\0' "$file"
                fi
                ;;
        esac
    done
}

prepare_programs
prepare_python

say "Format"
cargo fmt --all --check

say "Shell scripts"
shell_scripts | xargs -0 shellcheck --shell=bash

say "Lints"
cargo clippy --workspace --all-targets --locked -- -D warnings

say "Tests"
cargo test --workspace --locked

missing=$(missing_packages)
[[ -z $missing ]] || die "all that could run has passed, but this is missing: ${missing//$'\n'/ }"
say "All checks passed"
