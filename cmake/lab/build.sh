# shellcheck shell=bash
# Builds: CMake presets into build/native, build/web-threads, build/web-single, …, and the page into build/page.

# show_progress: passes nothing on but Ninja's last "[12/80] …" line, overwritten in place, where a person is watching.
show_progress() {
  local line
  while IFS= read -r line; do
    [[ -t 2 && $line == \[*/*\]* ]] && printf '\r\033[K%.*s' "$((${COLUMNS:-80} - 1))" "$line" >&2
  done
  [[ ! -t 2 ]] || printf '\r\033[K' >&2
}

# build PRESET TARGET…: configures when needed, builds what is stale, and is silent when nothing is.
build() {
  local preset=$1 dir=build/$1 log=build/logs/$1.log
  shift
  [[ $preset != release ]] || dir=build/native
  configure "$preset" "$dir" "$log"
  [[ $(ninja -C "$dir" -n "$@" 2>&1) != *"no work to do"* ]] || return 0
  local start=$SECONDS
  say "building $* in $dir (log: $log)"
  if ! cmake --build --preset "$preset" --target "$@" 2>&1 </dev/null | tee "$log" | show_progress; then
    grep -E -A 12 'error|FAILED|undefined' "$log" | head -n 60 >&2 || tail -n 40 "$log" >&2
    die "the build in $dir failed (the whole output: $log)"
  fi
  say "built $* in $((SECONDS - start)) s"
}

configure() {
  local preset=$1 dir=$2 log=$3
  # A tree that was moved or copied has to start over.
  if [[ -e $dir/CMakeCache.txt ]] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$(pwd -P)" "$dir/CMakeCache.txt"; then
    rm -rf "$dir"
  fi
  [[ -e $dir/build.ninja && $dir/.configured -nt CMakePresets.json ]] && return
  logged "${log:11:-4}-configure" cmake --preset "$preset"
  touch "$dir/.configured"
}

build_native() {
  need_native
  build release cnnlab
  ln -sfn native/bin/cnnlab build/cnnlab
}

# The page: both WebAssembly builds, MNIST in pieces, and everything bundled into build/page.
build_page() {
  [[ -e web/package.json ]] || die "this tree has no web/package.json"
  build_native
  need_wasm
  need_mnist
  build web-threads cnnlab_web
  build web-single cnnlab_web
  npm_ci web
  if [[ -e build/page/index.html && -e build/.page && -z $(page_sources -newer build/.page -print -quit) ]]; then
    return
  fi
  say "bundling the page into build/page"
  touch build/.page.begun  # what changes during the bundling counts as newer than the page
  logged page npm run --prefix web build
  mv build/.page.begun build/.page
}

page_sources() {
  find web lessons lib build/web-threads/bin/cnnlab_web* build/web-single/bin/cnnlab_web* build/data/mnist/ build/native/bin/cnnlab \
    -name node_modules -prune -o "$@"
}
