#!/usr/bin/env bash
# Benchmarks with their budgets beside them. Not part of the tests: two shared cores are noisy.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p build
cmake --preset bench >build/bench.log 2>&1 || { cat build/bench.log; exit 1; }
cmake --build build/bench --target benchmarks >build/bench.log 2>&1 || { tail -40 build/bench.log; exit 1; }
for bench in build/bench/exe/*_bench; do
  echo "== $(basename "$bench")"
  "$bench" --benchmark_min_time=0.2 2>/dev/null
done
build/bench/exe/plugin_wire
bench/whole_process.sh
