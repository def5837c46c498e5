#!/usr/bin/env bash
# The inner loop, after `make dev`: format, unit tests, lint of the files that changed.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/lint.sh --format
scripts/lint.sh --changed
ctest --test-dir build/dev -LE 'slow|conformance' --output-on-failure -j"$(nproc)"
