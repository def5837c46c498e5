#!/usr/bin/env bash
# ThreadSanitizer over everything that apply() does with a thread per GPU, the journal that all of them write to, and
# what serves kubelet (against our own calls: gRPC's library is not built for it).
# Not part of CI: its build shares nothing with the others.
set -euo pipefail
cd "$(dirname "$0")/.."

mkdir -p build
cmake --preset tsan >build/tsan.log 2>&1 || { cat build/tsan.log; exit 1; }
cmake --build build/tsan --target partition_test kube_test
build/tsan/exe/partition_test --gtest_brief=1 \
  --gtest_filter='Apply*:AwaitReboot*:PlaceApply*:History*:Prune*:Journal.ManyThreadsRecordAtOnce'
build/tsan/exe/kube_test --gtest_brief=1 --gtest_filter='Rpc*'
