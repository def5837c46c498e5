#!/usr/bin/env bash
# The node agent beside NVIDIA's k8s-device-plugin, unmodified, on the same simulated node of 8 GPUs x 7 instances, in one
# run: start to registered, calls, memory, and a new instance. Ratios and the budgets of them; exit 1 if one is missed.
# As root: NVIDIA's plugin makes its sockets in /var/lib/kubelet/device-plugins and nowhere else, so both run in a mount
# namespace with a folder of that name of their own. What is not timed here (a MigLayout to slices) the tests against a
# real cluster hold to a second (layouts.advertised_within_a_second).
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p build
cmake --preset bench >build/bench.log 2>&1 || { cat build/bench.log; exit 1; }
cmake --build build/bench --target plugin_peers >build/bench.log 2>&1 ||
  { tail -40 build/bench.log; exit 1; }
tests/conformance/install.sh k8s_device_plugin
bin=build/bin
theirs=build/conformance/bin/nvidia-device-plugin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export SEPTET_SIM=$work/node
socket=/var/lib/kubelet/device-plugins/kubelet.sock
mkdir -p /var/lib/kubelet
"$bin/septet" sim create --gpus 8 --mig on >/dev/null
# One place is free, so that one more can be made while the plugin runs.
cat >"$work/short.yaml" <<END
gpus: [{gpu: [0, 1, 2, 3, 4, 5, 6], instances: [{profile: 1g.10gb, count: 7}]}, {gpu: 7, instances: [{profile: 1g.10gb, count: 6}]}]
END
run() { # NAME WORDS...
  local name=$1
  shift
  "$bin/septet" apply "$work/short.yaml" >/dev/null
  # shellcheck disable=SC2016  # the inner shell expands it
  unshare -m sh -c 'mount -t tmpfs none /var/lib/kubelet && exec "$@"' sh \
    "$bin/septet" sim run -- build/bench/exe/plugin_peers /var/lib/kubelet/device-plugins 55 \
    --then "$bin/septet" smi mig -i 7 -cgi 19 -C ';' -- "$@" 2>"$work/$name.log" | tail -1 ||
    { cat "$work/$name.log" >&2; exit 1; }
}
ours=$(run ours "$bin/septet-agent" --kubernetes --no-api --mig-strategy=mixed --kubelet-socket="$socket" \
  --cdi-root="$work/cdi")
peer=$(run peer "$theirs" --mig-strategy=mixed --kubelet-socket="$socket")
echo "ours    $ours"
echo "NVIDIA  $peer"
echo "$ours $peer" | awk '{
  split("start_ms allocate_us allocate_p99 preferred_us preferred_p99 rss_mib rss_after new_ms", names)
  n = 0
  for (i = 1; i <= NF; ++i) if ($i ~ /^-?[0-9.]+$/) value[++n] = $i
  bad = 0
  judge("start to registered (<= 1/5)", value[1], value[9], 0.2)
  judge("Allocate p99 (<= 1/2)", value[3], value[11], 0.5)
  judge("GetPreferredAllocation p99 (<= 1/2)", value[5], value[13], 0.5)
  judge("resident memory (<= 1/3)", value[6], value[14], 0.3334)
  fresh = value[8]
  if (fresh < 0 || fresh > 200) late = 1
  printf("%-40s %8.1f ms  NVIDIA: %s  %s\n", "new instance to advertised (<= 200 ms)", fresh,
    (value[16] < 0 ? "not within 5 s" : value[16] " ms"), (late ? "NOT MET" : "met"))
  if (late) bad = 1
  exit bad
}
function judge(what, a, b, most) {
  over = (a > most * b)
  printf("%-40s %8.1f  NVIDIA %8.1f  ratio %.2f  %s\n", what, a, b, a / b, (over ? "NOT MET" : "met"))
  if (over) bad = 1
}'
