#!/usr/bin/env bash
# nvidia-mig-parted against simulated nodes (drive.py), and septet in its place (defaults.py).
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../client.sh
. "$(dirname "${BASH_SOURCE[0]}")/../client.sh"
begin mig_parted
python3 "$conformance/mig_parted/drive.py" --septet "$septet" \
  --program "$clients/bin/nvidia-mig-parted" --scratch "$scratch"
python3 "$conformance/mig_parted/defaults.py" --septet "$septet" \
  --program "$clients/bin/nvidia-mig-parted" --scratch "$scratch"
