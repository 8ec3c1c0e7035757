#!/usr/bin/env bash
# Measures directories that choose the role: what a `cd` and a prompt cost in each shell, and the one call of the
# program on entry and on leaving. Prints the tables of docs/performance.md.
#
# usage: benches/directory.sh [RUNS]
#
# shellcheck disable=SC2016 # the backticks are Markdown
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

RUNS=${1:-200}
# shellcheck source=benches/common.sh
source benches/common.sh
export TERM=dumb

start_simulator 2500 10000
sign_in roles-10000 json
export PATH=${PROGRAM%/*}:$PATH
DEV=$(first_profile)
mkdir -p "$HOME/src/dev/a/b" "$HOME/src/none/a/b" "$HOME/src/none/a/c" "$HOME/.aws"
printf '%s\n' "$DEV" >"$HOME/src/dev/.aws-sso-role"
aws-sso allow "$HOME/src/dev" 2>/dev/null

printf '| median of %s runs, 10,000 roles | time | × `/bin/true` |\n|---|---|---|\n' "$RUNS"
awk -v seconds="$YARDSTICK" 'BEGIN { printf "| `/bin/true` | %.2f ms | 1.0 |\n", seconds * 1000 }'
cd "$HOME/src/dev/a/b"
row 'entering a directory that chooses (one process)' aws-sso hook bash sync --memory={} --directories=1
eval "$(aws-sso hook bash sync --memory={} --directories=1)"
row '`process` for the role of the shell, by the file above' aws-sso process -p "$DEV"
row '`process --here`' aws-sso process --here
cd "$HOME/src/none/a/b"
# shellcheck disable=SC2154 # set by the answer
row 'leaving it (one process)' aws-sso hook bash sync --memory="$__aws_sso_memory" --directories=1
for name in $(compgen -e | grep -E '^(AWS_PROFILE$|AWS_SSO_(ROLE|PROFILE|ACCOUNT|DIRECTORY)|AWS_SSO$)'); do unset "$name"; done
cd "$HOME"

# Microseconds of a `cd` with a prompt after it, there and back, 5,000 times; and of the prompt alone.
walk_bash() {
    bash --norc -ic '
        eval "$('"$1"')"; cd ~/src/'"$2"'/a/b; __aws_sso_hook
        start=${EPOCHREALTIME/./}
        for ((i = 0; i < 5000; i++)); do cd ../b; __aws_sso_hook; cd ../'"$3"'; __aws_sso_hook; done
        middle=${EPOCHREALTIME/./}
        for ((i = 0; i < 10000; i++)); do __aws_sso_hook; done
        echo $(((middle - start) / 10000)) $(((${EPOCHREALTIME/./} - middle) / 10000))' 2>/dev/null
}
walk_zsh() {
    zsh -f -ic '
        eval "$('"$1"')"; cd ~/src/'"$2"'/a/b; zmodload zsh/datetime; typeset -F s m e
        prompt() { for hook in $precmd_functions; do $hook; done }; prompt
        s=$EPOCHREALTIME
        for ((i = 0; i < 5000; i++)); do cd ../b; prompt; cd ../'"$3"'; prompt; done
        m=$EPOCHREALTIME
        for ((i = 0; i < 10000; i++)); do prompt; done
        e=$EPOCHREALTIME
        printf "%.0f %.0f\n" $(( (m - s) * 100 )) $(( (e - m) * 100 ))' 2>/dev/null
}
walk_fish() {
    fish --no-config -ic '
        '"$1"' | source; cd ~/src/'"$2"'/a/b; __aws_sso_hook
        set -l start (date +%s%N)
        for i in (seq 5000); cd ../b; __aws_sso_hook; cd ../'"$3"'; __aws_sso_hook; end
        set -l middle (date +%s%N)
        for i in (seq 10000); __aws_sso_hook; end
        set -l stop (date +%s%N)
        echo (math --scale=0 "($middle - $start) / 10000000") (math --scale=0 "($stop - $middle) / 10000000")' 2>/dev/null
}
mkdir -p "$HOME/src/dev/a/c"
printf '\n| `cd` and a prompt | without directories | no file near | the same file rules | a prompt: no file | a prompt: a role |\n|---|---|---|---|---|---|\n'
for shell in bash zsh fish; do
    command -v "$shell" >/dev/null || continue
    read -r off _ < <("walk_$shell" "aws-sso shell-init $shell --no-directory" none c)
    read -r none prompt < <("walk_$shell" "aws-sso shell-init $shell" none c)
    read -r role in_role < <("walk_$shell" "aws-sso shell-init $shell" dev c)
    printf '| %s | %s µs | %s µs | %s µs | %s µs | %s µs |\n' "$shell" "$off" "$none" "$role" "$prompt" "$in_role"
done
