#!/usr/bin/env bash
# lint.sh --format | --changed | --product | --all — clang-format-16 and clang-tidy-16 (the checks are in .clang-tidy).
#
# clang-tidy spends its time in the standard headers, so sources of one folder are read together, as one
# translation unit; where two of them cannot share one (the same name in both), the batch is halved.
# Exit status: 0 clean, 1 something was found (it is printed) or a file does not compile.
set -euo pipefail
cd "$(dirname "$0")/.."
work=build/tidy
batch_size=12
flags=(-std=c++2b -Isrc -Itools -Itests "-isystem$PWD/$work/generated" -DGRPC_USE_PROTO_LITE -w
  # How std::expected of libstdc++ 12 becomes visible to clang 16.
  -U__cpp_concepts -D__cpp_concepts=202002L -Wno-builtin-macro-redefined -D_GLIBCXX_ASSERTIONS
  '-DSEPTET_SOURCE_DIR=""' '-DSEPTET_BUILD_DIR=""' '-DSEPTET_BUILT_FROM=""' '-DSEPTET_BUILT_PROGRAM=""'
  '-DSEPTET_RULES_SOURCE_DIR=""' '-DSEPTET_RULES_INCLUDE_VIEWS=""' '-DSEPTET_RULES_COMPILER=""')

tidy() {
  local unit
  unit=$(mktemp "$work/batch.XXXXXX.cpp")
  printf '#include "%s"\n' "${@/#/$PWD/}" >"$unit"
  local extra=()
  # Tests have one thread, and the environment is how they are told where things are.
  case "$1" in *_test.cpp | *_bench.cpp | tests/*) extra=(--checks=-concurrency-mt-unsafe) ;; esac
  clang-tidy-16 --quiet --warnings-as-errors='*' "${extra[@]}" "$unit" -- "${flags[@]}" >"$unit.log" 2>&1 && return 0
  if [ $# -gt 1 ] && grep -q 'clang-diagnostic-error' "$unit.log"; then
    local half=$(($# / 2)) status=0
    tidy "${@:1:half}" || status=1
    tidy "${@:half+1}" || status=1
    return $status
  fi
  grep -vE '^([0-9]+ warnings? (and [0-9]+ errors? )?generated|Suppressed|Use -header-filter|[0-9]+ warnings? treated)' "$unit.log"
  return 1
}

# Lines of "FILE FILE ...": files of one folder and kind (code, tests, benchmarks), at most a batch each.
batches() {
  local file kind
  for file in "$@"; do
    kind=code
    case "$file" in *_test.cpp) kind=test ;; *_bench.cpp) kind=bench ;; esac
    printf '%s/%s %s\n' "$(dirname "$file")" "$kind" "$file"
  done | sort | awk -v most="$batch_size" '
    $1 != folder || count == most { if (line != "") print line; line = ""; folder = $1; count = 0 }
    { line = line (line == "" ? "" : " ") $2; ++count }
    END { if (line != "") print line }'
}

case "${1:-}" in
  --format)
    git ls-files -co --exclude-standard -- '*.cpp' '*.h' | xargs clang-format-16 --dry-run --Werror
    exit 0
    ;;
  --batch)  # one batch, for xargs below
    shift
    tidy "$@"
    exit
    ;;
  --changed)
    mapfile -t files < <({ git diff --name-only --diff-filter=d HEAD -- '*.cpp'
      git ls-files -o --exclude-standard -- '*.cpp'; } | sort -u)
    ;;
  --product) mapfile -t files < <(git ls-files -co --exclude-standard -- 'src/*.cpp' 'apps/*.cpp' 'tools/*.cpp' |
    grep -vE '_(test|bench)\.cpp$') ;;
  --all) mapfile -t files < <(git ls-files -co --exclude-standard -- '*.cpp') ;;
  *) echo "usage: lint.sh --format | --changed | --product | --all" >&2; exit 1 ;;
esac

existing=()
for file in "${files[@]}"; do
  [ -f "$file" ] && existing+=("$file")
done
[ ${#existing[@]} -eq 0 ] && { echo "lint: nothing to lint"; exit 0; }

rm -rf "$work"
mkdir -p "$work/generated"
protoc -I src --cpp_out="$work/generated" --grpc_out="$work/generated" \
  --plugin=protoc-gen-grpc="$(command -v grpc_cpp_plugin)" src/kube/protocol/*.proto
if ! batches "${existing[@]}" | xargs -P"$(nproc)" -L1 scripts/lint.sh --batch; then
  echo "lint: clang-tidy found something (above)" >&2
  exit 1
fi
echo "lint: ${#existing[@]} files clean"
