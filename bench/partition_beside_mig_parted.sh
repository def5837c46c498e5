#!/usr/bin/env bash
# septet beside nvidia-mig-parted on the same simulated 8x H100 80GB, in one run: the same change from
# the same start, by each.
#
#   calls   driver calls that changed something: every one publishes one generation of the node's
#           state file (a count in its header). Calls that the driver refused are not in it.
#   ms      wall time of the program inside `septet sim run`, median of RUNS (default 5). Where the
#           kernel has no /proc/modules each openat goes through the simulator, which costs more the
#           more files a program opens; the real driver's own latency is not in it.
#   in use  a second pass with a workload in every instance that the target keeps: how many of those
#           lost their instance, how many instances of before are not there afterwards (the change
#           itself takes one), whether the target was reached, and how the program ended
set -euo pipefail
cd "$(dirname "$0")/.."
septet=$(realpath "${SEPTET_BIN:-build/bin/septet}")
parted=${SEPTET_CONFORMANCE_DIR:-build/conformance}/bin/nvidia-mig-parted
[ -x "$septet" ] || { echo "make build first" >&2; exit 1; }
[ -x "$parted" ] || tests/conformance/install.sh mig_parted
parted=$(realpath "$parted")
runs=${RUNS:-5}
scratch=$(mktemp -d)
trap 'stop_workloads; rm -rf "$scratch"' EXIT
state=$scratch/node
ln -s "$septet" "$scratch/nvidia-mig-parted"
pids=()

sim() { "$septet" --sim="$state" "$@"; }
stop_workloads() {
  local pid
  for pid in "${pids[@]}"; do sim sim process stop "$pid" >/dev/null 2>&1 || true; done
  pids=()
}

cat >"$scratch/configs.yaml" <<'CONFIGS'
version: v1
mig-configs:
  all-1g:
  - {devices: all, mig-enabled: true, mig-devices: {1g.10gb: 7}}
  all-balanced:
  - {devices: all, mig-enabled: true, mig-devices: {1g.10gb: 2, 2g.20gb: 1, 3g.40gb: 1}}
  one-gpu:
  - {devices: [0, 1, 2, 3, 4, 5, 6], mig-enabled: true, mig-devices: {1g.10gb: 7}}
  - {devices: [7], mig-enabled: true, mig-devices: {1g.10gb: 2, 2g.20gb: 1, 3g.40gb: 1}}
  one-instance:
  - {devices: [0, 1, 2, 3, 4, 5, 6], mig-enabled: true, mig-devices: {1g.10gb: 7}}
  - {devices: [7], mig-enabled: true, mig-devices: {1g.10gb: 6, 1g.10gb+me: 1}}
CONFIGS

cat >"$scratch/timed.sh" <<'TIMED'
# usage: timed.sh OUT PROGRAM ...    microseconds and exit status into OUT
out=$1; shift
begin=${EPOCHREALTIME/./}
status=0
"$@" >/dev/null 2>"$out.err" || status=$?
end=${EPOCHREALTIME/./}
echo "$((end - begin)) $status" >"$out"
TIMED

generation() { od -An -tu8 -j64 -N8 "$state" | tr -d ' '; }
instances() { sim smi mig -lgi | awk '/MIG/ { print $2, $4, $7 }' | sort; } # GPU, profile, place

# Sets $calls, $us, $status from one run of PROGRAM on CONFIG.
one() {
  local before
  before=$(generation)
  sim sim run -- bash "$scratch/timed.sh" "$scratch/out" "$1" "$2" -f "$scratch/configs.yaml" -c "$3"
  calls=$(($(generation) - before))
  read -r us status <"$scratch/out"
}

median() { sort -n | sed -n "$(((runs + 1) / 2))p"; }

# A workload in every instance of GPU 7 that the target keeps: $kept of them.
occupy() {
  local gi
  for gi in $(sim smi mig -lgi -i 7 | awk '/MIG/ { print $6 }' | sort -n | tail -n "$kept"); do
    pids+=("$(sim sim process start --gpu 7 --gi "$gi" | awk '{ print $NF }')")
  done
}

workloads() { sim --json status | grep -o '"pid": [0-9]*' | sort -u | wc -l; }

# usage: compare LABEL START TARGET KEPT
compare() {
  local label=$1 start=$2 target=$3 kept=$4 who program at before idle
  sim sim create --force --gpus 8 --product h100-sxm5-80gb --mig on >/dev/null
  sim parted apply -f "$scratch/configs.yaml" -c "$start" >/dev/null
  cp "$state" "$scratch/saved"
  declare -A called took
  for who in septet mig-parted; do
    program=$scratch/nvidia-mig-parted
    [ $who = septet ] || program=$parted
    : >"$scratch/times"
    for ((at = 0; at < runs; ++at)); do
      cp "$scratch/saved" "$state"
      one "$program" apply "$target"
      [ "$status" = 0 ] || { cat "$scratch/out.err" >&2; exit 1; }
      echo "$us" >>"$scratch/times"
    done
    called[$who]=$calls took[$who]=$(median <"$scratch/times")
    sim parted assert -f "$scratch/configs.yaml" -c "$target" >/dev/null
    : >"$scratch/times"
    for ((at = 0; at < runs; ++at)); do
      one "$program" assert "$target"
      echo "$us" >>"$scratch/times"
    done
    took[assert-$who]=$(median <"$scratch/times")
  done
  row "$label" calls "${called[septet]}" "${called[mig-parted]}"
  row "" "apply ms" "$(ms "${took[septet]}")" "$(ms "${took[mig-parted]}")"
  row "" "assert ms" "$(ms "${took[assert-septet]}")" "$(ms "${took[assert-mig-parted]}")"
  [ "$kept" -gt 0 ] || return 0
  declare -A lost gone ended reached
  for who in septet mig-parted; do
    program=$scratch/nvidia-mig-parted
    [ $who = septet ] || program=$parted
    cp "$scratch/saved" "$state"
    occupy
    before=$(workloads)
    instances >"$scratch/before"
    one "$program" apply "$target"
    lost[$who]=$((before - $(workloads)))
    ended[$who]=$status
    instances >"$scratch/after"
    idle=$(comm -23 "$scratch/before" "$scratch/after" | wc -l)
    gone[$who]=$idle
    reached[$who]=no
    if sim parted assert -f "$scratch/configs.yaml" -c "$target" >/dev/null 2>&1; then
      reached[$who]=yes
    fi
    stop_workloads
  done
  row "" "of $before in use, lost" "${lost[septet]}" "${lost[mig-parted]}"
  row "" "instances gone" "${gone[septet]}" "${gone[mig-parted]}"
  row "" "target reached" "${reached[septet]}" "${reached[mig-parted]}" none
  row "" "exit status" "${ended[septet]}" "${ended[mig-parted]}" none
}

ms() { awk "BEGIN { printf \"%.1f\", $1 / 1000 }"; }

row() {
  local ratio=""
  if [ "${5:-}" != none ]; then
    ratio=$(awk -v a="$3" -v b="$4" 'BEGIN { if (b > 0) printf "%.2f", a / b; else print "-" }')
  fi
  printf '%-34s %-22s %10s %12s %8s\n' "$1" "$2" "$3" "$4" "$ratio"
}

printf '%-34s %-22s %10s %12s %8s\n' "change" "" septet mig-parted ratio
compare "(a) no change" all-balanced all-balanced 0
compare "(b) one GPU of eight" all-1g one-gpu 0
compare "(c) one instance of seven" all-1g one-instance 6
compare "(d) all-1g to all-balanced" all-1g all-balanced 0
