#!/usr/bin/env bash
# The planner's bars: ours, the peer or published number, the bound, the ratio. Not part of the tests: times on a
# shared machine are noisy; the exit code speaks of the quality of the answers only. Public data is read from
# SEPTET_DATA (default ../shared/data beside the checkout); a missing set is named and fails its bar.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p build
cmake --preset bench >build/bench.log 2>&1 || { cat build/bench.log; exit 1; }
cmake --build build/bench --target fleet_bars compact_bars plan_serving transition_bars makespan_bars >build/bench.log 2>&1 ||
  { tail -40 build/bench.log; exit 1; }
failed=0
build/bench/exe/fleet_bars build/cost_curve.svg || failed=1
build/bench/exe/compact_bars || failed=1
build/bench/exe/plan_serving || failed=1
build/bench/exe/transition_bars || failed=1
build/bench/exe/makespan_bars || failed=1
exit "$failed"
