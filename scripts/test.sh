#!/usr/bin/env bash
# Everything CI needs, after `make build dev`: format, lint, other people's clients, then every test with sanitizers.
# ctest's summary is last.
set -euo pipefail
cd "$(dirname "$0")/.."

echo "== format and lint"
scripts/lint.sh --format
scripts/lint.sh --product
echo "== third-party clients"
tests/conformance/install.sh || [ $? = 77 ] # not CI: the tests of what is not there say so, and are skipped
echo "== tests"
# The properties' inputs are the same in every run of CI; make check and make fuzz look for new ones.
export RC_PARAMS="${RC_PARAMS:-seed=20261121}"
ctest --test-dir build/dev --output-on-failure -j"$(nproc)" --timeout 900
