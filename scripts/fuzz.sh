#!/usr/bin/env bash
# Each libFuzzer harness for a while (SEPTET_FUZZ_SECONDS, default 30), starting from tests/fuzz/corpus.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds="${SEPTET_FUZZ_SECONDS:-30}"

mkdir -p build
cmake --preset fuzz >build/fuzz.log 2>&1 || { cat build/fuzz.log; exit 1; }
cmake --build build/fuzz >build/fuzz.log 2>&1 || { tail -40 build/fuzz.log; exit 1; }
for harness in build/fuzz/exe/fuzz_*; do
  name=$(basename "$harness")
  corpus=build/fuzz/corpus/$name
  mkdir -p "$corpus"
  seeds=()
  [ -d "tests/fuzz/corpus/$name" ] && seeds=("tests/fuzz/corpus/$name")
  echo "$name: ${seconds} s"
  "$harness" -max_total_time="$seconds" -max_len=4096 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/$name-" "$corpus" "${seeds[@]}" >build/fuzz/"$name".log 2>&1 ||
    { tail -30 build/fuzz/"$name".log; echo "$name failed" >&2; exit 1; }
  grep -E 'number_of_executed_units' build/fuzz/"$name".log
done
