# shellcheck shell=bash
# What every client's run.sh does first; sourced, not run.
#
#   begin pynvml     finds the release binaries, installs the client, makes a scratch folder; leaves
#                    $septet, $library, $clients (where install.sh puts things) and $scratch.
#
# SEPTET_BIN and SEPTET_LIB name the binaries (default: build/ beside the sources). Status 77 is
# a skipped test: something is missing and this is not CI. In CI (CI=true) that is a failure.

conformance=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
sources=$(cd "$conformance/../.." && pwd)

absent() {
  printf '%s: %s\n' "$1" "$2" >&2
  if [ "${CI:-}" = true ]; then exit 1; fi
  printf 'SKIPPED: %s\n' "$1" >&2
  exit 77
}

begin() {
  septet=${SEPTET_BIN:-$sources/build/bin/septet}
  library=${SEPTET_LIB:-$sources/build/lib/libnvidia-ml.so.1}
  clients=${SEPTET_CONFORMANCE_DIR:-$sources/build/conformance}
  local file status=0
  for file in "$septet" "$library"; do
    [ -f "$file" ] || absent "$1" "there is no $file: run make build first"
  done
  "$conformance/install.sh" "$1" || status=$?
  if [ $status = 77 ]; then absent "$1" "the client is not installed (see above)"; fi
  if [ $status != 0 ]; then exit "$status"; fi
  septet=$(realpath "$septet")
  library=$(realpath "$library")
  clients=$(realpath "$clients")
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  export septet library clients scratch
}
