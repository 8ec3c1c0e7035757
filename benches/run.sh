#!/usr/bin/env bash
# Measures the commands that people and tools wait for, as whole processes, against /bin/true in the same
# run, with an organization of 10,000 roles. Prints the table of docs/performance.md.
#
# usage: benches/run.sh [RUNS]
#
# shellcheck disable=SC2016 # the backticks are Markdown
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

RUNS=${1:-200}
ACCOUNTS=2500
ROLES=10000
TARGET=${CARGO_TARGET_DIR:-target}

cargo build --quiet --release --locked --bin aws-sso
# The simulator by itself and not optimised: its features are not to be those of the program.
cargo build --quiet --locked --package identity-center --bin identity-center
PROGRAM=$(cd "$TARGET/release" && pwd)/aws-sso

WORK=$(mktemp -d)
SIMULATOR=
clean_up() {
    exec 9>&- || true
    [[ -z $SIMULATOR ]] || wait "$SIMULATOR" || true
    rm -rf "$WORK"
}
trap clean_up EXIT

# The simulator runs until its standard input is closed.
mkfifo "$WORK/stdin"
"$TARGET/debug/identity-center" --accounts "$ACCOUNTS" --roles "$ROLES" <"$WORK/stdin" >"$WORK/environment" &
SIMULATOR=$!
exec 9>"$WORK/stdin"
until grep -q AWS_SSO_SIMULATOR_START_URL "$WORK/environment"; do sleep 0.1; done

# A home of its own, and nothing of the caller's that could matter.
for name in $(compgen -e | grep -E '^(AWS_|XDG_|SSH_|WSL_)'); do unset "$name"; done
# shellcheck source=/dev/null
source "$WORK/environment"
export HOME=$WORK

for store in json file; do
    cat >"$WORK/$store.yaml" <<YAML
SSOConfig:
  Default:
    SSORegion: eu-central-1
    StartUrl: $AWS_SSO_SIMULATOR_START_URL
    DefaultRegion: eu-west-1
SecureStore: $store
UnlockMinutes: 10
UrlAction: exec
UrlExecCommand: [curl, --silent, --location, --output, /dev/null, "%s"]
AuthWorkflow: pkce
RateLimit: 100000
Threads: 20
YAML
    # Each with an index of its own: the one measured holds 10,000 roles.
    export "AWS_SSO_STATE=$WORK/$store.db" "AWS_SSO_CONFIG=$WORK/$store.yaml"
    AWS_SSO_FILE_PASSWORD=throw-away "$PROGRAM" login 2>/dev/null
    PROFILE=$("$PROGRAM" list Profile --csv | sed -n '2{s/\r$//;p}')
    AWS_SSO_FILE_PASSWORD=throw-away "$PROGRAM" process -p "$PROFILE" >/dev/null
done

# The median of RUNS runs of a command, in seconds.
median() {
    if command -v hyperfine >/dev/null; then
        hyperfine --shell=none --warmup 10 --runs "$RUNS" --style none --export-csv "$WORK/runs.csv" "$*" >/dev/null 2>&1
        awk -F, 'NR == 2 { print $4 }' "$WORK/runs.csv"
    else
        python3 - "$RUNS" "$@" <<'PYTHON'
import os, statistics, sys, time
runs, command = int(sys.argv[1]), sys.argv[2:]
null = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1, 2)]
def once():
    start = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, os.environ, file_actions=null)
    status = os.waitpid(pid, 0)[1]
    assert status == 0, status
    return time.perf_counter() - start
for _ in range(10):
    once()
print(statistics.median(once() for _ in range(runs)))
PYTHON
    fi
}

row() {
    local what=$1
    shift
    if ! "$@" >/dev/null 2>&1; then
        printf '| %s | not possible here | |\n' "$what"
        return
    fi
    local seconds
    seconds=$(median "$@")
    awk -v what="$what" -v seconds="$seconds" -v yardstick="$YARDSTICK" \
        'BEGIN { printf "| %s | %.1f ms | %.1f |\n", what, seconds * 1000, seconds / yardstick }'
}

use() { export "AWS_SSO_STATE=$WORK/$1.db" "AWS_SSO_CONFIG=$WORK/$1.yaml"; }

YARDSTICK=$(median /bin/true)
printf '| %s roles, median of %s runs | time | × `/bin/true` |\n|---|---|---|\n' "$ROLES" "$RUNS"
awk -v seconds="$YARDSTICK" 'BEGIN { printf "| `/bin/true` | %.1f ms | 1.0 |\n", seconds * 1000 }'
row '`version`' "$PROGRAM" version
use json
row '`status`' "$PROGRAM" status
row '`list` (all roles)' "$PROGRAM" list
row '`list --json`' "$PROGRAM" list --json
row '`process`, stored credentials, `json` store' "$PROGRAM" process -p "$PROFILE"
row '`eval`, stored credentials, `json` store' "$PROGRAM" eval --shell bash -p "$PROFILE"
cat >"$WORK/changed.sh" <<SH
#!/bin/sh
echo '# changed' >>"$WORK/json.yaml"
exec "$PROGRAM" status
SH
chmod +x "$WORK/changed.sh"
row '`status` after a change of `config.yaml`: all names derived anew' "$WORK/changed.sh"
use file
row '`process`, stored credentials, unlocked `file` store' "$PROGRAM" process -p "$PROFILE"
row '`eval`, stored credentials, unlocked `file` store' "$PROGRAM" eval --shell bash -p "$PROFILE"
start=$(date +%s%N)
AWS_SSO_FILE_PASSWORD=throw-away "$PROGRAM" cache --silent
printf '\nRefresh of %s accounts as fast as the simulator answers: %s ms\n' "$ACCOUNTS" "$((($(date +%s%N) - start) / 1000000))"
printf '\nRelease binary: %s MiB\n' "$(awk -v bytes="$(wc -c <"$PROGRAM")" 'BEGIN { printf "%.1f", bytes / 1048576 }')"
