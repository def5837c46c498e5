#!/usr/bin/env bash
# chart.sh [--write]: deploy/kubernetes/septet.yaml is what the chart says, rendered by helm's own
# engine (--write: makes it so). Exit status: 0 it is, 1 it is not, 77 no renderer here (1 in CI).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=../../conformance/client.sh
. "$here/../../conformance/client.sh"
begin kubernetes
rendered=$sources/deploy/kubernetes/septet.yaml
{
  echo "# septet's node agent: kubectl apply -f septet.yaml. Made from deploy/helm/septet by"
  echo "# tests/e2e/kubernetes/chart.sh --write."
  "$clients/kubernetes/helm-template" septet septet-system "$sources/deploy/helm/septet" \
    createNamespace=true
} >"$scratch/septet.yaml"
# Without a folder for MPS nothing of the host is mounted for it.
if "$clients/kubernetes/helm-template" septet septet-system "$sources/deploy/helm/septet" \
  mps.root= | grep -n mps >&2; then
  echo "deploy/helm/septet mounts something for MPS where mps.root is empty" >&2
  exit 1
fi
if [ "${1:-}" = --write ]; then
  mkdir -p "$(dirname "$rendered")"
  cp "$scratch/septet.yaml" "$rendered"
elif ! diff -u "$rendered" "$scratch/septet.yaml"; then
  echo "deploy/kubernetes/septet.yaml is not what deploy/helm/septet renders: $0 --write" >&2
  exit 1
fi
