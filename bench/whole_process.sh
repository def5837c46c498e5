#!/usr/bin/env bash
# septet status and septet explain as whole processes on 8 GPUs x 7 instances. Budget: 10 ms each.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x build/bin/septet ] || { echo "make build first" >&2; exit 1; }
state=$(mktemp -u)
trap 'rm -f "$state"' EXIT
septet=(build/bin/septet --sim="$state")
"${septet[@]}" sim create --gpus 8 --product h100-sxm5-80gb --mig on >/dev/null
"${septet[@]}" smi mig -cgi 19,19,19,19,19,19,19 -C >/dev/null

timed() { build/bench/exe/time_process 101 "$@"; }
timed 10 "septet status" "${septet[@]}" status
timed 10 "septet explain" "${septet[@]}" explain --gpu 0 3g.40gb
timed 0 "(/bin/true, for scale)" /bin/true
