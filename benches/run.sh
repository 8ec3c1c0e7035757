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
# shellcheck source=benches/common.sh
source benches/common.sh

start_simulator "$ACCOUNTS" "$ROLES"
for store in json file; do
    # Each with an index of its own: the one measured holds 10,000 roles.
    sign_in "$store" "$store"
done

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
