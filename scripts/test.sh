#!/usr/bin/env bash
# Everything CI needs, after `make test` built it: other people's clients, then every test. ctest's summary is last.
set -euo pipefail
cd "$(dirname "$0")/.."

echo "== third-party clients"
tests/conformance/install.sh
echo "== tests"
# The properties' inputs are the same in every run of CI; make check and make fuzz look for new ones.
export RC_PARAMS="${RC_PARAMS:-seed=20261121}"
ctest --test-dir build/test --output-on-failure -j"$(nproc)" --timeout 900
