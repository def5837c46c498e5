#!/usr/bin/env bash
# run.sh [--keep] [--list] [SCENARIO|GROUP ...]: scenarios against a real Slurm (run.py --help).
#
# SEPTET_BIN and SEPTET_LIB name the release binaries. Slurm, munge and Debian's gpu/nvml plugin are
# installed first where they are not there (tests/conformance/slurm.sh).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../conformance/client.sh
. "$here/../../conformance/client.sh"
begin slurm
rm -rf "$scratch" # the run makes its own
trap - EXIT
export PYTHONDONTWRITEBYTECODE=1
exec python3 "$here/run.py" --clients "$clients" --septet "$septet" --library "$library" "$@"
