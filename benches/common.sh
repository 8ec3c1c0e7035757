# What the benchmarks share: the release build, a simulated Identity Center, medians of whole processes against
# /bin/true in the same run, and the rows of a Markdown table. Sourced, in the root of the repository.
#
# shellcheck shell=bash
# shellcheck disable=SC2016 # the backticks are Markdown

TARGET=${CARGO_TARGET_DIR:-target}

cargo build --quiet --release --locked --bin aws-sso
# The simulator by itself and not optimised: its features are not to be those of the program.
cargo build --quiet --locked --package identity-center --bin identity-center
PROGRAM=$(cd "$TARGET/release" && pwd)/aws-sso
SIMULATOR_PROGRAM=$(cd "$TARGET/debug" && pwd)/identity-center

WORK=$(mktemp -d)
SIMULATOR=
stop_simulator() {
    [[ -n $SIMULATOR ]] || return 0
    exec 9>&-
    wait "$SIMULATOR" || true
    SIMULATOR=
}
clean_up() {
    stop_simulator
    rm -rf "$WORK"
}
trap clean_up EXIT

# A home of its own, and nothing of the caller's that could matter.
for name in $(compgen -e | grep -E '^(AWS_|XDG_|SSH_|WSL_)'); do unset "$name"; done
export HOME=$WORK
mkfifo "$WORK/stdin"

# Starts a simulator with so many accounts and roles; it runs until its standard input is closed.
start_simulator() {
    stop_simulator
    "$SIMULATOR_PROGRAM" --accounts "$1" --roles "$2" <"$WORK/stdin" >"$WORK/environment" &
    SIMULATOR=$!
    exec 9>"$WORK/stdin"
    until grep -q AWS_SSO_SIMULATOR_START_URL "$WORK/environment"; do sleep 0.1; done
    # shellcheck source=/dev/null
    source "$WORK/environment"
}

# Signs in with a config and a state file of that name, in a store, and fetches all roles.
sign_in() {
    cat >"$WORK/$1.yaml" <<YAML
SSOConfig:
  Default:
    SSORegion: eu-central-1
    StartUrl: $AWS_SSO_SIMULATOR_START_URL
    DefaultRegion: eu-west-1
SecureStore: $2
UnlockMinutes: 10
UrlAction: exec
UrlExecCommand: [curl, --silent, --location, --output, /dev/null, "%s"]
AuthWorkflow: pkce
RateLimit: 100000
Threads: 20
YAML
    use "$1"
    AWS_SSO_FILE_PASSWORD=throw-away "$PROGRAM" login 2>/dev/null
    PROFILE=$(first_profile)
    AWS_SSO_FILE_PASSWORD=throw-away "$PROGRAM" process -p "$PROFILE" >/dev/null 2>&1
}

# The profile whose credentials are stored.
first_profile() { "$PROGRAM" list Profile --csv 2>/dev/null | sed -n '2{s/\r$//;p}'; }

use() { export "AWS_SSO_STATE=$WORK/$1.db" "AWS_SSO_CONFIG=$WORK/$1.yaml"; }

# The median of RUNS runs of a command, in seconds.
median() {
    if command -v hyperfine >/dev/null; then
        hyperfine --shell=none --warmup 10 --runs "$RUNS" --style none --export-csv "$WORK/runs.csv" "$(printf '%q ' "$@")" >/dev/null 2>&1
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

YARDSTICK=$(median /bin/true)
