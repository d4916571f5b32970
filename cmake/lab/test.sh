# shellcheck shell=bash
# ./lab test: every suite (browsers only when asked for), a summary, and as the last line the sum of their test cases.

suite_help="native, sanitize, cuda-on-cpu, wasm, program, cli, page, browsers, cuda"
passed=0 failed=0 summary=()

# counts LOG: prints "PASSED FAILED" out of the last totals in a log; 1 where there are none, as after a crash.
counts() {
  awk '
    { gsub(/\033\[[0-9;]*m/, "") }
    /All tests passed \(.* in [0-9]+ test cases?\)/ { match($0, /in [0-9]+ test/); p = substr($0, RSTART + 3) + 0; f = 0; ok = 1 }
    /^test cases: / {
      p = f = 0; ok = 1
      if (match($0, /[0-9]+ passed/)) p = substr($0, RSTART) + 0
      if (match($0, /[0-9]+ failed as expected/)) p += substr($0, RSTART) + 0
      gsub(/[0-9]+ failed as expected/, "")
      if (match($0, /[0-9]+ failed/)) f = substr($0, RSTART) + 0
    }
    /^[0-9]+ passed, [0-9]+ failed$/ { p = $1; f = $3; ok = 1 }
    /^(#|ℹ) pass [0-9]+$/ { p = $3; ok = 1 }
    /^(#|ℹ) (fail|cancelled) [0-9]+$/ { f = ($2 == "fail" ? 0 : f) + $3 }
    END { if (!ok) exit 1; print p, f }' "$1"
}

# record NAME PASSED FAILED SECONDS [REMARK]
record() {
  passed=$((passed + $2)) failed=$((failed + $3))
  summary+=("$(printf '  %-16s %5d passed %5d failed %5d s  %s' "$1" "$2" "$3" "$4" "${5:-}")")
}

# suite NAME COMMAND…: runs a suite. One that cannot be built or that ends without totals counts as one failure.
suite() {
  local name=$1 log=build/logs/test-$1.log status=0 start=$SECONDS totals
  shift
  printf '\n== %s\n' "$name"
  set +e
  (set -e; "$@") 2>&1 </dev/null | tee "$log"
  status=${PIPESTATUS[0]}
  set -e
  totals=$(counts "$log") || totals="0 0"
  if [[ $totals == "0 0" && $status == 0 ]]; then
    record "$name" 0 1 $((SECONDS - start)) "no test ran ($log)"
  elif [[ $status != 0 && $totals == *" 0" ]]; then
    record "$name" "${totals% *}" 1 $((SECONDS - start)) "exit status $status ($log)"
  else
    # shellcheck disable=SC2086  # two numbers
    record "$name" $totals $((SECONDS - start))
  fi
}

suite_native() {
  lock; need_native; need_mnist; build release cnnlab_tests; unlock
  build/native/bin/cnnlab_tests "$@"
}

build_sanitized() { lock; need_native; need_mnist; build asan cnnlab_tests; unlock; }
sanitized_tests() {
  ASAN_OPTIONS=detect_stack_use_after_return=1 UBSAN_OPTIONS=print_stacktrace=1 build/asan/bin/cnnlab_tests "$@"
}

suite_sanitize() {
  build_sanitized
  sanitized_tests "$@" "~[cuda_on_cpu]"
}

# The code for graphics cards on the processor, with stand-ins for CUDA's libraries; of CUDA it takes the headers.
suite_cuda_on_cpu() {
  has_cuda_headers || die "suite cuda-on-cpu needs the headers of CUDA 12.8 or newer and cuDNN 9, which are not here"
  build_sanitized
  sanitized_tests "$@" "[cuda_on_cpu]"
}

# The same tests as WebAssembly: PRESET FILTER…
suite_wasm() {
  local preset=$1
  shift
  lock; need_wasm; need_mnist; build "$preset" cnnlab_tests; unlock
  node --no-experimental-fetch "build/$preset/bin/cnnlab_tests.js" "$@"
}

# The page's WebAssembly program, without a page.
suite_program() {
  lock; need_wasm; build web-single cnnlab_web; unlock
  node --no-experimental-fetch --test tests/web "$@"
}

suite_cli() {
  lock; need "to test the program" python3:python3; need_mnist; build_native; unlock
  python3 tests/native/run.py "$@"
}

suite_page() {
  lock; need "to open the page" chromium:chromium; build_page; npm_ci tests/page; npm_ci tests/lighthouse; unlock
  node --test tests/page tests/lighthouse "$@"
}

# The page in Firefox and WebKit, as Debian has them.
suite_browsers() {
  lock
  need "to open the page in other browsers" firefox-esr:firefox-esr WebKitWebDriver:webkit2gtk-driver Xvfb:xvfb
  build_page; npm_ci tests/page; npm_ci tests/browsers
  unlock
  node --test tests/browsers "$@"
}

# Whether CMake found CUDA's headers.
has_cuda_headers() {
  lock; need_native; configure asan build/asan; unlock
  grep -q '^CUDNN_INCLUDE_DIR:PATH=/' build/asan/CMakeCache.txt
}

# The kernels and the training on a real graphics card. (Without one, the suite cuda-on-cpu runs them with stand-ins.)
suite_cuda() {
  lock; need_native; need_mnist; build cuda cnnlab_cuda_tests; unlock
  build/cuda/bin/cnnlab_cuda_tests "$@"
}

# test_main [--SUITE…] [FILTER…]: filters go to the suites as they are.
test_main() {
  local wanted=()
  while [[ ${1:-} == --* ]]; do
    [[ " ${suite_help//,/} " == *" ${1#--} "* ]] || die "there is no suite $1; there are: $suite_help"
    wanted+=("${1#--}")
    shift
  done
  named() { [[ " ${wanted[*]} " == *" $1 "* ]]; }
  wants() { [[ ${#wanted[@]} == 0 ]] || named "$1"; }
  export CNNLAB_DATA=$PWD/build/data CNNLAB=$PWD/build/cnnlab
  mkdir -p build/logs

  if wants native; then suite native suite_native "$@"; fi
  if wants sanitize; then suite sanitize suite_sanitize "$@"; fi
  if named cuda-on-cpu || { wants cuda-on-cpu && has_cuda_headers; }; then
    suite cuda-on-cpu suite_cuda_on_cpu "$@"
  fi
  if wants cli; then suite cli suite_cli "$@"; fi
  if wants wasm; then
    suite wasm-threads suite_wasm web-threads "$@"
    suite wasm-single suite_wasm web-single "$@"
  fi
  if wants program; then suite program suite_program "$@"; fi
  if wants page && [[ -d tests/page ]]; then suite page suite_page "$@"; fi
  if named browsers; then suite browsers suite_browsers "$@"; fi
  if wants cuda && command -v nvidia-smi >/dev/null; then
    suite cuda suite_cuda "$@"
  elif named cuda; then
    die "suite cuda needs an NVIDIA graphics card and its driver (nvidia-smi), which are not here"
  elif wants cuda; then
    summary+=("  cuda             skipped: there is no NVIDIA graphics card with its driver (nvidia-smi)")
  fi
  finish
}

# Prints the summary and, last, the totals.
finish() {
  printf '\n'
  [[ ${#summary[@]} == 0 ]] || printf '%s\n' "${summary[@]}"
  printf '%d passed, %d failed\n' "$passed" "$failed"
  [[ $failed == 0 && $passed -gt 0 ]]
}
