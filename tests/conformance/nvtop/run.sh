#!/usr/bin/env bash
# nvtop against a simulated node, on a pseudo terminal (drive.py).
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../client.sh
. "$(dirname "${BASH_SOURCE[0]}")/../client.sh"
begin nvtop
# A home of its own: nvtop reads and writes its settings there.
HOME=$scratch XDG_CONFIG_HOME=$scratch python3 "$conformance/nvtop/drive.py" \
  --septet "$septet" --state "$scratch/node" "$@"
