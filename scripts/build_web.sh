#!/usr/bin/env bash
# build_web.sh — is build/web the dashboard of what is in web/ now? Builds it when it is not.
#
# Quick when nothing has changed: a stamp holds the hash of every input and of node's version. The
# bundle is the same, byte for byte, wherever it is built from the same inputs. SEPTET_WEB_OUT names
# another folder (the tests' second build).
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(realpath -m "${SEPTET_WEB_OUT:-build/web}")
mkdir -p "$(dirname "$out")"
exec 9>"build/web.lock"
flock 9

fail() {
  printf 'septet: %s\n  try: %s\n' "$1" "$2" >&2
  exit 1
}
command -v node >/dev/null && command -v npm >/dev/null ||
  fail "node or npm is not there, and the dashboard is built with them" "scripts/install_deps.sh build"
major=$(node --version | sed -E 's/^v([0-9]+).*/\1/')
[ "$major" -ge 18 ] || fail "node $(node --version) is too old for the dashboard" "install node 18 or newer"

inputs() {
  find web -name node_modules -prune -o -path web/mock -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
  node --version
}
wanted=$(inputs | sha256sum | cut -d' ' -f1)
if [ -f "$out/index.html" ] && [ "$(cat "$out.stamp" 2>/dev/null)" = "$wanted" ]; then exit 0; fi

log=$(mktemp)
trap 'rm -rf "$log" "$out.new"' EXIT
locked=$(sha256sum web/package-lock.json | cut -d' ' -f1)
if [ "$(cat web/node_modules/.septet-stamp 2>/dev/null)" != "$locked" ]; then
  echo "septet: installing what the dashboard is built with (web/package-lock.json)"
  (cd web && npm ci --ignore-scripts --no-audit --no-fund) >"$log" 2>&1 || {
    cat "$log" >&2
    fail "npm could not install what the dashboard is built with (its words are above)" "look at web/package-lock.json and npm's registry"
  }
  echo "$locked" >web/node_modules/.septet-stamp
fi
echo "septet: building the dashboard"
(cd web && npx --no-install tsc --noEmit && SEPTET_WEB_OUT="$out.new" npx --no-install vite build --logLevel warn) >"$log" 2>&1 || {
  cat "$log" >&2
  fail "the dashboard does not build (the words above are tsc's or vite's)" "cd web && npx tsc --noEmit"
}
# Whole or not at all: what is served is never half of two builds.
rm -rf "$out.old"
if [ -e "$out" ]; then mv "$out" "$out.old"; fi
mv "$out.new" "$out"
rm -rf "$out.old"
echo "$wanted" >"$out.stamp"
