# shellcheck shell=bash
# Builds: CMake presets into build/native, build/web-threads, build/web-single, …, and the page into build/page.

# Emscripten's compiler is a Python program: where python3 is a wrapper of pyenv's, starting it costs more than small files.
[[ ! -x /usr/bin/python3 ]] || export EMSDK_PYTHON=${EMSDK_PYTHON:-/usr/bin/python3}

# show_progress WHAT: reads Ninja's output and says that WHAT is being built, once something is; where a person is watching,
# the last "[12/80] …" line stands below, overwritten in place.
show_progress() {
  local line begun=""
  while IFS= read -r line; do
    [[ $line == \[*/*\]* && $line != *"Re-checking globbed"* ]] || continue
    [[ $begun ]] || { begun=$SECONDS; say "building $1"; }
    [[ ! -t 2 ]] || printf '\r\033[K%.*s' "$((${COLUMNS:-80} - 1))" "$line" >&2
  done
  [[ $begun ]] || return 0
  [[ ! -t 2 ]] || printf '\r\033[K' >&2
  say "that took $((SECONDS - begun)) s"
}

# build PRESET TARGET…: configures when needed, builds what is stale, and is silent when nothing is.
build() {
  local preset=$1 dir=build/$1 log=build/logs/$1.log
  shift
  [[ $preset != release ]] || dir=build/native
  configure "$preset" "$dir"
  if ! cmake --build --preset "$preset" --target "$@" 2>&1 </dev/null | tee "$log" | show_progress "$* in $dir"; then
    grep -E -A 12 'error|FAILED|undefined' "$log" | head -n 60 >&2 || tail -n 40 "$log" >&2
    die "the build in $dir failed (the whole output: $log)"
  fi
}

# configure PRESET FOLDER
configure() {
  local preset=$1 dir=$2
  # A tree that was moved or copied has to start over.
  if [[ -e $dir/CMakeCache.txt ]] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$(pwd -P)" "$dir/CMakeCache.txt"; then
    rm -rf "$dir"
  fi
  [[ -e $dir/build.ninja && $dir/.configured -nt CMakePresets.json ]] && return
  logged "$preset-configure" cmake --preset "$preset"
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
  offer_fashion
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
  find web lessons lib tests/homework build/web-threads/bin/cnnlab_web* build/web-single/bin/cnnlab_web* build/data/mnist/ build/native/bin/cnnlab \
    -name node_modules -prune -o "$@"
}
