#!/usr/bin/env bash
# run.sh [--keep] [SCENARIO|GROUP ...]: the scenarios against a real cluster (run.py --help).
#
# SEPTET_BIN and SEPTET_LIB name the release binaries, SEPTET_AGENT septet-agent (default: beside
# septet). The clients of tests/conformance/install.sh are built first where they are not there.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../conformance/client.sh
. "$here/../../conformance/client.sh"
for client in k8s_device_plugin kubernetes; do
  begin $client
  rm -rf "$scratch" # the run makes its own
done
trap - EXIT
export PYTHONDONTWRITEBYTECODE=1
exec python3 "$here/run.py" --clients "$clients" --septet "$septet" --library "$library" \
  ${SEPTET_AGENT:+--agent "$SEPTET_AGENT"} "$@"
