#!/usr/bin/env bash
# ThreadSanitizer over everything that apply() does with a thread per GPU, and the journal that all of them write to.
# Not part of CI: its build shares nothing with the others.
set -euo pipefail
cd "$(dirname "$0")/.."

mkdir -p build
cmake --preset tsan >build/tsan.log 2>&1 || { cat build/tsan.log; exit 1; }
cmake --build build/tsan --target partition_test
build/tsan/exe/partition_test --gtest_brief=1 \
  --gtest_filter='Apply*:AwaitReboot*:PlaceApply*:History*:Prune*:Journal.ManyThreadsRecordAtOnce'
