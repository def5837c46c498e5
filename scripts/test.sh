#!/usr/bin/env bash
# Everything CI needs, after `make test` built it: other people's clients, then every test. ctest's summary is last.
set -euo pipefail
cd "$(dirname "$0")/.."

echo "== third-party clients"
tests/conformance/install.sh
echo "== tests"
ctest --test-dir build/test --output-on-failure -j"$(nproc)" --timeout 900
