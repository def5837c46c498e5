#!/usr/bin/env bash
# Compares septet's own NVML header (src/simnvml/abi) with the published one, to the last field.
#
#   run.sh
#
# Fetches the package named in header.lock with pip (once, into $SEPTET_CONFORMANCE_DIR, default
# build/conformance beside the sources), checks its sum, and compares every prototype's arguments,
# every struct's fields and every constant (compare.py). Then breaks a copy of our header in six
# places and requires the comparison to name all six. Exit status: 0 the same; 1 a difference;
# 77 something needed could not be had and this is not CI (CI=true makes it 1).
# SEPTET_CONFORMANCE_APT=no leaves the system's packages alone.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
sources=$(cd "$here/../../.." && pwd)
cache=${SEPTET_CONFORMANCE_DIR:-$sources/build/conformance}/nvml_abi

say() { printf 'nvml_abi: %s\n' "$*" >&2; }

absent() {
  say "$*"
  if [ "${CI:-}" = true ]; then exit 1; fi
  say "SKIPPED: OUR NVML HEADER WAS NOT COMPARED WITH THE PUBLISHED ONE"
  exit 77
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

ensure() {  # ensure PACKAGE COMMAND...: the command works, if need be after installing the package
  local package=$1
  shift
  if "$@" >/dev/null 2>&1; then return 0; fi
  if [ "${SEPTET_CONFORMANCE_APT:-yes}" = no ]; then
    absent "no $package, and SEPTET_CONFORMANCE_APT=no"
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
    install --no-install-recommends "$package" >&2 || true
  "$@" >/dev/null 2>&1 || absent "$package is needed and could not be installed"
}

fetch_header() {  # leaves the published header at $header
  local package version sum path wheel
  read -r package version sum path < <(grep -v '^#' "$here/header.lock")
  wheel=$(find "$cache" -maxdepth 1 -name '*.whl' -print -quit)
  if ! echo "$sum  $wheel" | sha256sum --check --status 2>/dev/null; then
    rm -f "$cache"/*.whl
    ensure python3-pip python3 -m pip --version
    echo "$package==$version --hash=sha256:$sum" >"$cache/requirements.txt"
    # A header is the same on every machine: one wheel, one sum.
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
      --platform manylinux2014_x86_64 --require-hashes --dest "$cache" \
      -r "$cache/requirements.txt" >&2 || absent "$package $version could not be fetched"
    wheel=$(find "$cache" -maxdepth 1 -name '*.whl' -print -quit)
  fi
  header=$scratch/published.h
  python3 -c 'import sys, zipfile
wheel, path = sys.argv[1:]
sys.stdout.buffer.write(zipfile.ZipFile(wheel).read(path))' "$wheel" "$path" >"$header"
  say "comparing with $package $version"
}

compare() {  # compare FOLDER-WITH-simnvml/abi
  python3 -B "$here/compare.py" "$1" "$header" "$sources/src/simnvml/exports.golden" "$scratch"
}

mutate() {  # mutate FILE SED-EXPRESSION WHAT-THE-REPORT-MUST-SAY
  local file=$scratch/broken/simnvml/abi/$1 before
  before=$(sha256sum <"$file")
  sed -i -E "$2" "$file"
  if [ "$(sha256sum <"$file")" = "$before" ]; then
    say "the mutation '$2' finds nothing to change in $1: mend run.sh"
    exit 1
  fi
  expected+=("$3")
}

check_that_it_can_fail() {
  local expected=() line missed=0
  mkdir -p "$scratch/broken/simnvml"
  cp -r "$sources/src/simnvml/abi" "$scratch/broken/simnvml/abi"
  mutate field_ids_1_to_173.h 's/^(#define NVML_FI_DEV_MEMORY_TEMP) 82$/\1 83/' \
    'K NVML_FI_DEV_MEMORY_TEMP:'
  mutate return_codes.h 's/(NVML_ERROR_IN_USE) = 19/\1 = 119/' 'K NVML_ERROR_IN_USE:'
  # Two fields of one type, exchanged: only their order tells.
  local exchange='s/ start;/ x;/; s/ size;/ start;/; s/ x;/ size;/'
  mutate mig.h "/^struct nvmlComputeInstancePlacement_st/,/^}/ { $exchange }" \
    'struct nvmlComputeInstancePlacement_st: fields'
  mutate processes.h 's/unsigned long long (maxMemoryUsage|usedGpuMemory);/unsigned int \1;/' \
    'R nvmlProcessInfo_v1_st:'
  mutate prototypes_mig.h 's/(nvmlDeviceSetMigMode\(nvmlDevice_t device), unsigned int mode/\1/' \
    'P nvmlDeviceSetMigMode:'
  mutate prototypes_device.h 's/nvmlDeviceAttributes_v1_t/nvmlDeviceAttributes_t/' \
    'P nvmlDeviceGetAttributes:'
  if compare "$scratch/broken" >"$scratch/broken.txt"; then
    say "the comparison finds nothing wrong with a broken header"
    exit 1
  fi
  for line in "${expected[@]}"; do
    if ! grep -qF "DIFFERENT $line" "$scratch/broken.txt"; then
      say "the comparison does not see the broken '$line'"
      missed=1
    fi
  done
  if [ $missed != 0 ]; then exit 1; fi
  say "and it sees all ${#expected[@]} mistakes planted in a copy"
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$cache"
ensure python3 python3 --version
ensure clang-16 clang-16 --version
ensure g++ g++ --version
fetch_header
compare "$sources/src"
check_that_it_can_fail
