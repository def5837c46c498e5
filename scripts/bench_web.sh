#!/usr/bin/env bash
# scripts/bench_web.sh — what does the HTTP side of the agent cost? A simulated node of 8 GPUs x 7 instances with a process in
# each, sampled every second: memory and processor time at rest, /metrics, the state, 200 live streams; beside it, in the
# same run and on the same node, the memory of NVIDIA's k8s-device-plugin. Budgets with each; exit 1 if one is missed.
set -euo pipefail
cd "$(dirname "$0")/.."
rest_s=${SEPTET_BENCH_SECONDS:-60}
cmake --preset bench >build/bench.log 2>&1 || { cat build/bench.log; exit 1; }
cmake --build build/bench --target plugin_peers >build/bench.log 2>&1 || { tail -40 build/bench.log; exit 1; }
tests/conformance/install.sh k8s_device_plugin
septet=$PWD/build/bin/septet
work=$(mktemp -d)
export SEPTET_SIM=$work/node
agent=
clients=
end() {
  for pid in $clients $agent; do kill "$pid" 2>/dev/null || true; done
  "$septet" sim process stop --all >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap end EXIT
bad=0
judge() { # WHAT VALUE UNIT MOST
  local verdict=met
  awk -v a="$2" -v b="$4" 'BEGIN { exit !(a > b) }' && { verdict="NOT MET"; bad=1; }
  printf '%-52s %8.2f %-5s (<= %s)  %s\n' "$1" "$2" "$3" "$4" "$verdict"
}
resident_mib() { awk '/^VmRSS/ { printf "%.2f", $2 / 1024 }' "/proc/$1/status"; }
ticks() { awk '{ print $14 + $15 }' "/proc/$1/stat"; }
get() { curl -sf --unix-socket "$work/api.sock" "$@"; }
wait_until() { # COMMAND...: at most ten seconds
  local left=100
  until "$@" >/dev/null 2>&1; do
    left=$((left - 1))
    [ $left -gt 0 ] || { echo "bench-web: did not come to be: $*" >&2; exit 1; }
    read -rt 0.1 <> <(:) || true
  done
}

"$septet" sim create --gpus 8 --mig on >/dev/null
printf 'gpus: [{gpu: all, instances: [{profile: 1g.10gb, count: 7}]}]\n' >"$work/sevenths.yaml"
"$septet" apply "$work/sevenths.yaml" >/dev/null
for gpu in 0 1 2 3 4 5 6 7; do
  for instance in 7 8 9 10 11 12 13; do
    "$septet" sim process start --gpu $gpu --gi $instance --memory 2GiB --sm 40 >/dev/null
  done
done
"$septet" agent --http "unix:$work/api.sock" 2>"$work/agent.log" &
agent=$!
wait_until get http://localhost/healthz
sampled() { get http://localhost/api/v1/node | grep -q '"revision"'; }
wait_until sampled
read -rt 12 <> <(:) || true # what only the start needed has been given back by then

before=$(ticks $agent)
read -rt "$rest_s" <> <(:) || true
after=$(ticks $agent)
judge "at rest, $rest_s s: processor" "$(awk -v d=$((after - before)) -v s="$rest_s" -v hz="$(getconf CLK_TCK)" 'BEGIN { print 100 * d / hz / s }')" "%" 0.5
judge "at rest: resident" "$(resident_mib $agent)" MiB 15

times() { # URL: median of 21, in ms
  for _ in $(seq 21); do get -o /dev/null -w '%{time_total}\n' "$1"; done | sort -n | awk 'NR == 11 { print $1 * 1000 }'
}
judge "/metrics, $(get http://localhost/metrics | wc -c) bytes" "$(times http://localhost/metrics)" ms 5
judge "/api/v1/node, $(get http://localhost/api/v1/node | wc -c) bytes" "$(times http://localhost/api/v1/node)" ms 5

sockets() { find "/proc/$agent/fd" -lname 'socket:*' | wc -l; }
without=$(sockets)
urls=()
for _ in $(seq 200); do urls+=(-o /dev/null http://localhost/api/v1/events); done
curl -sN --no-progress-meter --unix-socket "$work/api.sock" --parallel --parallel-immediate --parallel-max 200 "${urls[@]}" &
clients=$!
read -rt 15 <> <(:) || true
first=$(resident_mib $agent)
before=$(ticks $agent)
read -rt 30 <> <(:) || true
second=$(resident_mib $agent)
after=$(ticks $agent)
held=$(($(sockets) - without))
printf '%-52s %8d\n' "live streams" "$held"
[ "$held" = 200 ] || bad=1
printf '%-52s %8.2f MiB\n' "200 streams: resident" "$first"
judge "200 streams, 30 s later: growth" "$(awk -v a="$first" -v b="$second" 'BEGIN { print b - a }')" MiB 1
printf '%-52s %8.2f %%\n' "200 streams: processor" "$(awk -v d=$((after - before)) -v hz="$(getconf CLK_TCK)" 'BEGIN { print 100 * d / hz / 30 }')"
kill $clients 2>/dev/null || true
clients=

mkdir -p /var/lib/kubelet
# shellcheck disable=SC2016  # the inner shell expands it
peer=$(unshare -m sh -c 'mount -t tmpfs none /var/lib/kubelet && exec "$@"' sh \
  "$septet" sim run -- build/bench/exe/plugin_peers /var/lib/kubelet/device-plugins 56 \
  --then true ';' -- build/conformance/bin/nvidia-device-plugin --mig-strategy=mixed \
  --kubelet-socket=/var/lib/kubelet/device-plugins/kubelet.sock 2>"$work/peer.log" | tail -1) || peer=
echo "NVIDIA's device plugin on the same node (resident MiB is the sixth number): ${peer:-not measured}"
exit $bad
