#!/usr/bin/env bash
# nvidia-ml-py against simulated nodes: both chip layouts, seven boards, then the mode changes.
#
#   run.sh [SEED]        repeats the random calls of a printed seed
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../client.sh
. "$(dirname "${BASH_SOURCE[0]}")/../client.sh"
begin pynvml
here=$conformance/pynvml
seed=${1:-$(date +%s)}

# walk NAME WHAT BOARDS CHIP MIG: a fresh node of these boards, and the walk inside it.
walk() {
  local state=$scratch/$1 what=$2 boards=$3 chip=$4 mig=$5
  local commas=${boards//[^,]/}
  "$septet" --sim="$state" sim create --gpus $((${#commas} + 1)) --product "$boards" \
    --chip "$chip" --mig "$mig" >/dev/null
  PYTHONDONTWRITEBYTECODE=1 "$septet" --sim="$state" sim run -- \
    "$clients/venv/bin/python" "$here/walk.py" "$what" --septet "$septet" --state "$state" \
    --library "$library" --boards "$boards" --chip "$chip" --seed "$seed"
}

seven_slices=h100-sxm5-80gb,a100-40gb,a100-80gb,h200-141gb,b200-180gb
status=0
walk normal instances "$seven_slices,a30-24gb,rtx-pro-6000-blackwell-96gb" normal on || status=1
walk rotated instances "$seven_slices" rotated on || status=1
walk off mode a100-80gb,h100-sxm5-80gb normal off || status=1
exit $status
