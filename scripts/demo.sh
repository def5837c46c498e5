#!/usr/bin/env bash
# scripts/demo.sh — what does septet look like when it is at work? A simulated node whose workloads live, the
# agent with its web page, the address and the token to change it with. Until Ctrl-C; then nothing is left running.
#
#   SEPTET_DEMO_ADDRESS  where the page is (default 127.0.0.1:8640)
#   SEPTET_DEMO_NODE     the node's state file (default build/demo/node, made anew)
set -euo pipefail
cd "$(dirname "$0")/.."

septet=$PWD/build/bin/septet
address=${SEPTET_DEMO_ADDRESS:-127.0.0.1:8640}
export SEPTET_SIM="${SEPTET_DEMO_NODE:-$PWD/build/demo/node}"
unset SEPTET_DRIVER
folder=$(dirname "$SEPTET_SIM")

mkdir -p "$folder"
if [ -e "$SEPTET_SIM" ]; then
  "$septet" sim process stop --all >/dev/null 2>&1 || true
  "$septet" sim destroy >/dev/null
fi
rm -f "$folder/layout.yaml"
"$septet" sim create --gpus 4 --product h100-sxm5-80gb --mig on >/dev/null

running=()
end() {
  trap - EXIT INT TERM
  for pid in "${running[@]}"; do kill "$pid" 2>/dev/null || true; done
  "$septet" sim process stop --all >/dev/null 2>&1 || true
  wait 2>/dev/null || true
}
trap end EXIT
trap 'exit 0' INT TERM

# One GPU of services, one of notebooks with room left, one with a slice that nobody can use, one that trains.
cat >"$folder/layout.yaml" <<'LAYOUT'
layouts:
  demo:
  - gpu: 0
    instances: [3g.40gb:0, 2g.20gb:4, 1g.10gb:6]
  - gpu: 1
    instances: [1g.10gb:0, 1g.10gb:1, 1g.10gb:2, 1g.20gb:4]
  - gpu: 2
    instances: [3g.40gb:0, 3g.40gb:4]
  - gpu: 3
    instances: [7g.80gb]
LAYOUT
"$septet" apply "$folder/layout.yaml" -c demo >/dev/null

# who GPU PLACE MEMORY SM MEMORY-ACTIVITY: a workload in the instance that begins at PLACE
who() {
  local instance
  instance=$("$septet" smi mig -i "$2" -lgi | awk -v place="$3:" '$7 ~ "^" place { print $6 }')
  "$septet" sim process start --gpu "$2" --gi "$instance" --name "$1" --memory "$4" --sm "$5" --memory-activity "$6" >/dev/null
}
who llama-13b       0 0 31GiB 78 61
who code-completion 0 4 14GiB 55 48
who embeddings      0 6 5GiB  32 20
who notebook-ada    1 0 3GiB  12 6
who notebook-grace  1 1 6GiB  64 41
who whisper         1 4 13GiB 47 33
who sdxl            2 0 24GiB 88 52
who reranker        2 4 9GiB  26 22
who pretrain        3 0 70GiB 93 74
"$septet" sim process vary --every 1 --spread 18 &
running+=($!)

# The token is kept where only this user reads it, and never stands in an address.
token_file="$folder/token"
(umask 077 && head -c 18 /dev/urandom | base64 | tr '+/' '-_' >"$token_file")
"$septet" agent --http "$address" --token-file "$token_file" &
agent=$!
running+=("$agent")

cat <<SAY

The node:   4x H100 80GB, simulated; nothing here touches a real GPU
The page:   http://$address/
The token:  $(cat "$token_file")   (asked for when you change something)

In another terminal:
  export SEPTET_SIM=$SEPTET_SIM
  $septet top
  $septet smi mig -i 1 -cgi 1g.10gb -C
  $septet sim fault xid 79 --gpu 2
  curl -s http://$address/metrics | grep septet_

Ctrl-C ends it.
SAY
wait "$agent"
