#!/usr/bin/env bash
# Measures what a person waits for in a shell: a TAB with 100, 10,000 and 100,000 roles, aws-sso-use, a prompt, and
# the start of a shell, each beside a yardstick of the same run. Prints the tables of docs/performance.md.
#
# usage: benches/shell.sh [RUNS]
#
# shellcheck disable=SC2016 # the backticks are Markdown
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

RUNS=${1:-200}
# shellcheck source=benches/common.sh
source benches/common.sh
TERM=dumb

printf '| median of %s runs | time | × `/bin/true` |\n|---|---|---|\n' "$RUNS"
awk -v seconds="$YARDSTICK" 'BEGIN { printf "| `/bin/true` | %.2f ms | 1.0 |\n", seconds * 1000 }'
for roles in 100 10000 100000; do
    start_simulator "$((roles / 4))" "$roles"
    sign_in "roles-$roles" json
    row "TAB after the first 6 of 12 digits, $roles roles" "$PROGRAM" hook zsh complete -- aws-sso-use "${PROFILE:0:6}"
    row "TAB after a word inside of a name, $roles roles" "$PROGRAM" hook zsh complete -- aws-sso-use "${PROFILE:6:10}"
    row "TAB after nothing, $roles roles" "$PROGRAM" hook zsh complete -- aws-sso-use ''
    row "\`aws-sso-use\` of a profile name, stored credentials, $roles roles" "$PROGRAM" hook bash use -- "$PROFILE"
    row "\`aws-sso-use\` of two words, stored credentials, $roles roles" "$PROGRAM" hook bash use -- "${PROFILE%%:*}" "${PROFILE#*:}"
done

use roles-10000
PROFILE=$(first_profile)
export PATH=${PROGRAM%/*}:$PATH

# Microseconds of one prompt: the hook, 10,000 times in a loop within the shell.
prompt_bash() {
    bash --norc -ic "$1"'
        eval "$(aws-sso shell-init bash)"; '"$2"'
        __aws_sso_hook
        start=${EPOCHREALTIME/./}; for ((i = 0; i < 10000; i++)); do __aws_sso_hook; done; end=${EPOCHREALTIME/./}
        empty() { :; }
        start0=${EPOCHREALTIME/./}; for ((i = 0; i < 10000; i++)); do empty; done; end0=${EPOCHREALTIME/./}
        echo $(((end - start) / 10000)) $(((end0 - start0) / 10000))' 2>/dev/null
}
prompt_zsh() {
    zsh -f -ic "$1"'
        eval "$(aws-sso shell-init zsh)"; '"$2"'
        zmodload zsh/datetime; typeset -F s e s0 e0
        __aws_sso_precmd
        prompt() { for hook in $precmd_functions; do $hook; done }
        s=$EPOCHREALTIME; for ((i = 0; i < 10000; i++)); do prompt; done; e=$EPOCHREALTIME
        empty() { : }
        s0=$EPOCHREALTIME; for ((i = 0; i < 10000; i++)); do empty; done; e0=$EPOCHREALTIME
        printf "%.0f %.0f\n" $(( (e - s) * 100 )) $(( (e0 - s0) * 100 ))' 2>/dev/null
}
prompt_fish() {
    fish --no-config -ic "$1"'
        aws-sso shell-init fish | source; '"$2"'
        __aws_sso_hook
        set -l start (date +%s%N); for i in (seq 10000); __aws_sso_hook; end; set -l stop (date +%s%N)
        function empty; end
        set -l start0 (date +%s%N); for i in (seq 10000); empty; end; set -l stop0 (date +%s%N)
        echo (math --scale=0 "($stop - $start) / 10000000") (math --scale=0 "($stop0 - $start0) / 10000000")' 2>/dev/null
}
printf '\n| A prompt where nothing changed | no role | a role | an empty function |\n|---|---|---|---|\n'
for shell in bash zsh fish; do
    command -v "$shell" >/dev/null || continue
    read -r none empty < <("prompt_$shell" '' '')
    read -r role empty < <("prompt_$shell" '' "aws-sso-use '$PROFILE'")
    printf '| %s | %s µs | %s µs | %s µs |\n' "$shell" "$none" "$role" "$empty"
done

# Milliseconds to start an interactive shell and leave it again, with an rc file that holds these lines.
start() {
    local shell=$1 seconds
    mkdir -p "$WORK/rc/fish"
    printf '%s\n' "$2" >"$WORK/rc/.bashrc"
    printf '%s\n' "$2" >"$WORK/rc/.zshrc"
    printf '%s\n' "$2" >"$WORK/rc/fish/config.fish"
    case $shell in
        bash) seconds=$(median bash --rcfile "$WORK/rc/.bashrc" -ic exit) ;;
        zsh) seconds=$(ZDOTDIR=$WORK/rc median zsh -ic exit) ;;
        fish) seconds=$(XDG_CONFIG_HOME=$WORK/rc median fish -ic exit) ;;
    esac
    awk -v seconds="$seconds" 'BEGIN { printf "%.1f", seconds * 1000 }'
}
printf '\n| Start of a shell, ms | nothing | aws-sso | zoxide | direnv | starship |\n|---|---|---|---|---|---|\n'
for shell in bash zsh fish; do
    command -v "$shell" >/dev/null || continue
    case $shell in
        fish) form='%s | source' ;;
        *) form='eval "$(%s)"' ;;
    esac
    printf '| %s | %s |' "$shell" "$(start "$shell" '')"
    for hook in "aws-sso shell-init $shell" "zoxide init $shell" "direnv hook $shell" "starship init $shell"; do
        if command -v "${hook%% *}" >/dev/null; then
            # shellcheck disable=SC2059 # the form is ours
            printf ' %s |' "$(start "$shell" "$(printf "$form" "$hook")")"
        else
            printf ' not here |'
        fi
    done
    printf '\n'
done
