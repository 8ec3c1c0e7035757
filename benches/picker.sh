#!/usr/bin/env bash
# Measures the picker on a terminal: its first picture, and each key to the picture that follows, with 10,000 and
# 100,000 roles. Prints medians and the worst of RUNS runs, in milliseconds.
#
# usage: benches/picker.sh [RUNS]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# shellcheck disable=SC2034 # common.sh reads it
RUNS=${1:-15}
# shellcheck source=benches/common.sh
source benches/common.sh

for roles in 10000 100000; do
    start_simulator "$((roles / 10))" "$roles"
    sign_in "roles-$roles" json
    for keys in 'prod read' 'pdro' $'e\t'; do
        printf '%s roles, %q\n' "$roles" "$keys"
        python3 benches/picker.py "$RUNS" "$keys" "$PROGRAM" exec -- true
    done
done
