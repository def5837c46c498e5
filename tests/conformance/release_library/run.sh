#!/usr/bin/env bash
# The library that users get: it exports exactly the golden list and needs libc alone.
#
# The unit tests ask the same of the library they are built with, which has sanitizers in CI.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
sources=$(cd "$here/../../.." && pwd)
library=${SEPTET_LIB:-$sources/build/lib/libnvidia-ml.so.1}
if [ ! -f "$library" ]; then
  echo "release_library: there is no $library: run make build first" >&2
  if [ "${CI:-}" = true ]; then exit 1; fi
  exit 77
fi

exported=$(nm -D --defined-only "$library" | awk '{print $3}' | sed 's/@.*//' | LC_ALL=C sort)
golden=$(grep -v '^#' "$sources/src/simnvml/exports.golden" | LC_ALL=C sort)
if ! diff <(echo "$golden") <(echo "$exported"); then
  echo "release_library: the exported names (>) are not those of exports.golden (<)" >&2
  exit 1
fi
needed=$(readelf -d "$library" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | tr '\n' ' ')
case "$needed" in
  "libc.so.6 " | "libc.so.6 ld-linux-x86-64.so.2 ") ;;
  *) echo "release_library: needs $needed, not libc alone" >&2; exit 1 ;;
esac
echo "release_library: $(echo "$exported" | wc -l) names, needs $needed"
