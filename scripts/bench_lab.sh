#!/usr/bin/env bash
# The lab's bars: ours, the peer or published number, the bound. Seeds are fixed: what goes to standard output, and to
# build/lab-bars.txt, is the same bytes on every run; times and memory, which are not, go to standard error. The exit
# code speaks of the quality of the answers. Public data is read from SEPTET_DATA (default ../shared/data beside the
# checkout); a missing set is named and fails its bar.
set -uo pipefail
cd "$(dirname "$0")/.."
mkdir -p build
programs=(lab_pods_bars lab_online_bars lab_migration_bars lab_queue_bars lab_model_bars)
cmake --preset bench >build/bench.log 2>&1 || { cat build/bench.log; exit 1; }
cmake --build build/bench --target "${programs[@]}" >build/bench.log 2>&1 || { tail -40 build/bench.log; exit 1; }
failed=0
: >build/lab-bars.txt
for program in "${programs[@]}"; do
  build/bench/exe/"$program" | tee -a build/lab-bars.txt || failed=1
done
sha256sum build/lab-bars.txt
exit "$failed"
