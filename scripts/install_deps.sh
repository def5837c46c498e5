#!/usr/bin/env bash
# install_deps.sh build|test — installs what this needs from Debian 12's packages, if it is not there.
# Root, or sudo when not root. Says what it installs; does nothing when all is there.
set -euo pipefail

build=(g++ cmake ninja-build pkg-config libyaml-cpp-dev nlohmann-json3-dev libfmt-dev libcli11-dev
  libsqlite3-dev coinor-libclp-dev coinor-libcbc-dev libnghttp2-dev libprotobuf-dev protobuf-compiler
  libcurl4-openssl-dev libmicrohttpd-dev prometheus-cpp-dev libncurses-dev)
test=("${build[@]}" git ccache libgtest-dev librapidcheck-dev libbenchmark-dev libgrpc++-dev
  protobuf-compiler-grpc clang-16 clang-tidy-16 clang-format-16 libclang-rt-16-dev python3 python3-venv binutils tmux openssl)

case "${1:-}" in
  build) wanted=("${build[@]}") ;;
  test) wanted=("${test[@]}") ;;
  *) echo "usage: install_deps.sh build|test" >&2; exit 1 ;;
esac

# The dashboard is built with node and npm, any of 18 and newer; NodeSource's nodejs has npm inside and
# conflicts with Debian's, so the commands are asked for, not the packages.
if [ "$1" = build ] || [ "$1" = test ]; then
  command -v node >/dev/null || wanted+=(nodejs)
  command -v npm >/dev/null || wanted+=(npm)
fi

missing=()
for package in "${wanted[@]}"; do
  status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "septet: these are missing and this is not Debian: ${missing[*]}" >&2
  echo "  try: install them with your package manager (names are Debian 12's), then run make again" >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "septet: these are missing: ${missing[*]}" >&2
    echo "  try: as root, apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "septet: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() { "${as_root[@]}" apt-get -o DPkg::Lock::Timeout=300 -qq "$@" >"$log" 2>&1; }
if ! { apt update && apt install -y --no-install-recommends "${missing[@]}"; }; then
  cat "$log" >&2
  echo "septet: apt-get could not install ${missing[*]} (its words are above)" >&2
  exit 1
fi
