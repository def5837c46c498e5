#!/usr/bin/env bash
# The main job, end to end, on a simulated 8x H100 80GB node: read workloads, choose slices, show the plan,
# apply it through libnvidia-ml.so.1, draw the node. A second run finds nothing to do.
set -euo pipefail
cd "$(dirname "$0")/.."

septet=build/bin/septet
workloads=examples/inference-mix.yaml
export SEPTET_SIM="${SEPTET_SIM:-$PWD/build/demo-node}"
unset SEPTET_DRIVER

[ -e "$SEPTET_SIM" ] || "$septet" sim create --gpus 8 --product h100-sxm5-80gb --mig on >/dev/null
echo "A simulated node of 8x H100 80GB (its state is the file $SEPTET_SIM)."
echo

"$septet" apply "$workloads"

cat <<NEXT

Next, try:
  export SEPTET_SIM=$SEPTET_SIM
  $septet explain --gpu 0 3g.40gb 3g.40gb 1g.10gb
  $septet smi mig -lgi
  $septet sim run -- nvidia-smi -L
NEXT
