#!/usr/bin/env bash
# septet status and septet explain as whole processes on 8 GPUs x 7 instances. Budget: 10 ms each.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -x build/bin/septet ] || { echo "make build first" >&2; exit 1; }
state=$(mktemp -u)
trap 'rm -f "$state"' EXIT
septet() { build/bin/septet --sim="$state" "$@"; }
septet sim create --gpus 8 --product h100-sxm5-80gb --mig on >/dev/null
septet smi mig -cgi 19,19,19,19,19,19,19 -C >/dev/null

median_ms() {
  local runs=41 times=()
  for ((i = 0; i < runs; i++)); do
    local begin end
    begin=$(date +%s%N)
    "$@" >/dev/null
    end=$(date +%s%N)
    times+=($(((end - begin) / 1000)))
  done
  printf '%s\n' "${times[@]}" | sort -n | awk -v n=$((runs / 2 + 1)) 'NR == n {printf "%.2f", $1 / 1000}'
}
report() {
  local name=$1
  shift
  local ms
  ms=$(median_ms "$@")
  awk -v name="$name" -v ms="$ms" 'BEGIN {printf "%-28s median %6.2f ms   budget 10 ms   ratio %.2f\n", name, ms, ms / 10}'
}
report "septet status" build/bin/septet --sim="$state" status
report "septet explain" build/bin/septet --sim="$state" explain --gpu 0 3g.40gb || true
report "(bash: true, for scale)" /bin/true
