#!/usr/bin/env bash
# run.sh [--keep] [SCENARIO ...]: the scenarios with real container engines (run.py --help).
#
# SEPTET_BIN names the release binary. What tests/conformance/install.sh containers installs is
# installed first where it is not there.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../conformance/client.sh
. "$here/../../conformance/client.sh"
begin containers
rm -rf "$scratch" # the run makes its own
trap - EXIT
export PYTHONDONTWRITEBYTECODE=1
exec python3 "$here/run.py" --septet "$septet" --validator "$clients/bin/cdi-validator" "$@"
