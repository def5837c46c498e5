#!/usr/bin/env bash
# Everything CI needs, after `make build dev`: format, lint, other people's clients, then every test with sanitizers.
# ctest's summary is last.
set -euo pipefail
cd "$(dirname "$0")/.."

echo "== format and lint"
scripts/lint.sh --format
scripts/lint.sh --product
echo "== third-party clients"
# The real Kubernetes is a test of its own (make test-kubernetes): it takes ten minutes to build, and a machine that lets
# its root make namespaces, mounts and cgroups.
tests/conformance/install.sh pynvml nvtop mig_parted slurm
echo "== tests (a real Kubernetes: make test-kubernetes)"
# The properties' inputs are the same in every run of CI; make check and make fuzz look for new ones.
export RC_PARAMS="${RC_PARAMS:-seed=20261121}"
ctest --test-dir build/dev -LE cluster --output-on-failure -j"$(nproc)" --timeout 900
