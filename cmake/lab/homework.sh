# shellcheck shell=bash
# ./lab homework: compiles what the learner wrote in lessons/homework/, and checks it.

homeworks=(deeper residual dense)

# homework_main [NAME [FILE]]: all of them, or one; FILE is checked in place of lessons/homework/NAME.hpp.
homework_main() {
  local name=${1:-} file=${2:-} chosen=("${homeworks[@]}") right=() wrong=()
  if [[ $name ]]; then
    [[ " ${homeworks[*]} " == *" $name "* ]] || usage "there is no homework $name; there are: ${homeworks[*]}"
    chosen=("$name")
  fi
  [[ $# -le 2 ]] || usage "homework takes a name and a file: ${*:3}"
  if [[ $file ]]; then
    # shellcheck disable=SC2154  # ./lab sets it
    file=$(cd "$called_from" && readlink -f -- "$file") || true
    [[ -f $file ]] || usage "there is no file $2"
  fi
  lock
  need_native
  configure release build/native
  for name in "${chosen[@]}"; do
    if check_homework "$name" "${file:-$root/lessons/homework/$name.hpp}"; then right+=("$name"); else wrong+=("$name"); fi
  done
  unlock
  printf 'right: %s; not yet: %s\n' "${right[*]:-none}" "${wrong[*]:-none}"
  [[ ${#wrong[@]} == 0 ]]
}

# check_homework NAME FILE
check_homework() {
  local name=$1 file=$2 log=build/logs/homework-$1.log included=build/native/homework/$1.hpp status=0
  printf '%s (%s)\n' "$name" "${file#"$root/"}"
  mkdir -p build/native/homework
  printf '#include "%s"\n' "$file" | cmp -s - "$included" || printf '#include "%s"\n' "$file" >"$included"
  if ! cmake --build --preset release --target "cnnlab_homework_$name" 2>&1 </dev/null | tee "$log" |
    show_progress "what checks homework $name"; then
    compile_errors "${file#"$root/"}" "$log"
    return 1
  fi
  # A list that grows without end must not use up the machine's memory; macOS knows no such limit.
  (ulimit -d 4194304 2>/dev/null || true; exec "build/native/bin/cnnlab_homework_$name" </dev/null) || status=$?
  [[ $status -le 1 ]] || printf '  ✗ the check ended with status %s before it was done\n' "$status"
  return "$status"
}

# compile_errors FILE LOG: the compiler's first errors, each with the line of FILE that it is about. An error in a header of
# the library is about the last line of FILE that the compiler named on its way there.
compile_errors() {
  awk -v file="$1" '
    function place(line) {  # "residual.hpp:12" of a line that mentions the file, else ""
      if (!match(line, name ":[0-9]+")) return ""
      return substr(line, RSTART, RLENGTH)
    }
    BEGIN { name = file; sub(/.*\//, "", name) }
    {
      mentioned = place($0)
      if (match($0, /: (fatal )?error: /)) {
        message = substr($0, RSTART + RLENGTH)
        if (!mentioned) mentioned = last
        if (found < 3 && !(mentioned SUBSEP message in seen)) {
          printf "  ✗ it does not compile%s: %s\n", mentioned ? " (" substr(file, 1, length(file) - length(name)) mentioned ")" : "", message
          ++found
        }
        seen[mentioned, message] = 1
        last = ""
      } else if (mentioned) last = mentioned
    }
    END { if (!found) exit 1 }' "$2" || tail -n 20 "$2"
  printf '    (the whole output: %s)\n' "$2"
}
