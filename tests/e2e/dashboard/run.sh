#!/usr/bin/env bash
# run.sh [SPEC ...]: the dashboard in a real browser, against a real agent on simulated nodes.
#
# SEPTET_BIN and SEPTET_LIB name the release binaries. What tests/conformance/install.sh dashboard
# installs (Debian's chromium, Playwright and axe from npm) is installed first where it is not there.
# Pictures of what failed go to build/dashboard.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../conformance/client.sh
. "$here/../../conformance/client.sh"
begin dashboard
rm -rf "$scratch" # each test makes its own
trap - EXIT
export SEPTET_BIN=$septet SEPTET_LIB=$library
cd "$here"
exec npx --no-install playwright test "$@"
