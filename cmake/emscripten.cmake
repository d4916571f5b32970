# Toolchain file of the WebAssembly presets: finds the Emscripten of this machine and hands over to its own toolchain file.
execute_process(COMMAND em-config EMSCRIPTEN_ROOT
  OUTPUT_VARIABLE _emscripten_root OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE _failed)
if(_failed)
  message(FATAL_ERROR "Emscripten is needed for the WebAssembly builds, but em-config does not run: install emscripten")
endif()
include("${_emscripten_root}/cmake/Modules/Platform/Emscripten.cmake")
