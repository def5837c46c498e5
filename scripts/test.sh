#!/usr/bin/env bash
# Everything CI needs, after `make build dev`: rules of the repository, lint, every test. ctest's summary is last.
set -euo pipefail
cd "$(dirname "$0")/.."

echo "== format"
scripts/lint.sh --format
echo "== lint"
scripts/lint.sh --all
echo "== third-party clients"
tests/conformance/install.sh
echo "== fuzz, briefly"
SEPTET_FUZZ_SECONDS="${SEPTET_FUZZ_SECONDS:-10}" scripts/fuzz.sh
echo "== tests"
ctest --test-dir build/dev --output-on-failure -j"$(nproc)" --timeout 900
