#!/usr/bin/env bash
# promtool and Prometheus on what septet tells, on the alert rules and on the Grafana board (drive.py).
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../client.sh
. "$(dirname "${BASH_SOURCE[0]}")/../client.sh"
begin prometheus
python3 "$conformance/prometheus/drive.py" --septet "$septet" --deploy "$sources/deploy" \
  --scratch "$scratch"
