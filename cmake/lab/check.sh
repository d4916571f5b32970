# shellcheck shell=bash
# ./lab check: layout, lint and the direction of includes.

cpp_files() { git ls-files -co --exclude-standard -- '*.cpp' '*.hpp' '*.cu' '*.cuh'; }

check_format() {
  local files
  mapfile -t files < <(cpp_files)
  [[ ${#files[@]} == 0 ]] || clang-format --dry-run --Werror --ferror-limit=1 "${files[@]}"
}

# Files that differ from where this branch left main (on main itself: from the last commit), and what is not committed.
changed_files() {
  local base
  base=$(git merge-base HEAD main 2>/dev/null || git merge-base HEAD origin/main 2>/dev/null || git rev-parse HEAD)
  [[ $base != "$(git rev-parse HEAD)" ]] || base=$(git rev-parse HEAD~1 2>/dev/null || git hash-object -t tree /dev/null)
  { git diff --name-only --diff-filter=d "$base"; git ls-files -o --exclude-standard; } | sort -u
}

# clang-tidy reads how a file is compiled from the native build; headers are seen through the sources that include them.
check_tidy() {
  local files
  if [[ ${1:-} == all ]]; then
    mapfile -t files < <(cpp_files)
  else
    mapfile -t files < <(changed_files)
  fi
  # What a learner writes, and what includes it, is not ours to lint.
  mapfile -t files < <(printf '%s\n' "${files[@]}" | grep '\.cpp$' | grep -vE '^tests/homework/run/(deeper|residual|dense)\.cpp$' |
    while read -r file; do grep -qF "\"$PWD/$file\"" build/native/compile_commands.json && echo "$file"; done)
  [[ ${#files[@]} -gt 0 ]] || return 0
  printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" clang-tidy --quiet -p build/native 2>/dev/null
}

check_shell() { shellcheck -x lab .ci/run cmake/lab/*.sh; }

check_one() {
  if "${@:2}"; then
    echo "$1: fine"
  else
    echo "$1: FAILED"
    check_failed=1
  fi
}

check_main() {
  local check_failed=0
  need_native
  need "to check the code" clang-format:clang-format clang-tidy:clang-tidy shellcheck:shellcheck git:git python3:python3
  configure release build/native
  unlock
  check_one "include arrows" python3 tests/check/arrows.py
  check_one "clang-format" check_format
  check_one "shellcheck" check_shell
  check_one "clang-tidy" check_tidy "${1:-}"
  return $check_failed
}
