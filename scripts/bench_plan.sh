#!/usr/bin/env bash
# The planner's bars: ours, the published number, the bound. Public data is read from SEPTET_DATA
# (default ../shared/data beside the checkout); a missing set is named and fails the bar.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p build
cmake --preset bench >build/bench.log 2>&1 || { cat build/bench.log; exit 1; }
cmake --build build/bench --target plan_serving >build/bench.log 2>&1 || { tail -40 build/bench.log; exit 1; }
build/bench/exe/plan_serving
