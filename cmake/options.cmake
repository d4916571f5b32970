# What every target of ours shares: the standard, warnings as errors, sanitizers on request, and source paths that are
# relative to this tree (the tape stores them, and the page shows them).
option(CNNLAB_TESTS "Build the tests" ON)
option(CNNLAB_SANITIZE "AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(CNNLAB_THREADS "WebAssembly only: build with pthreads (needs a cross-origin isolated page)" ON)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE}")
  set(CMAKE_C_COMPILER_LAUNCHER "${CCACHE}")
endif()

# ccache with a base_dir hands the compiler paths that are relative to the build folder.
file(RELATIVE_PATH _to_source "${CMAKE_BINARY_DIR}" "${CMAKE_SOURCE_DIR}")
string(REGEX REPLACE "/$" "" _to_source "${_to_source}")

add_library(cnnlab_options INTERFACE)
target_compile_features(cnnlab_options INTERFACE cxx_std_20)
target_include_directories(cnnlab_options INTERFACE "${CMAKE_SOURCE_DIR}")
target_compile_options(cnnlab_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Werror
  "-fmacro-prefix-map=${CMAKE_SOURCE_DIR}/=" "-fmacro-prefix-map=${_to_source}/=")

if(CNNLAB_SANITIZE)
  target_compile_options(cnnlab_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Behind the sanitizers' code GCC 12 loses sight of what is set, in std::function for one.
    target_compile_options(cnnlab_options INTERFACE -Wno-maybe-uninitialized)
  endif()
  target_link_options(cnnlab_options INTERFACE -fsanitize=address,undefined)
endif()

if(EMSCRIPTEN)
  # xsimd 8.1 has no wasm architecture of its own; through Emscripten's SSE headers it compiles to wasm SIMD.
  target_compile_options(cnnlab_options INTERFACE -msimd128 -msse4.2 -fwasm-exceptions)
  # Its standard library lacks the algorithms of std::ranges.
  target_compile_options(cnnlab_options INTERFACE "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-include \"${CMAKE_SOURCE_DIR}/cmake/emscripten_ranges.hpp\">")
  # size_t has 32 bits there: every index would need a cast.
  target_compile_options(cnnlab_options INTERFACE -Wno-shorten-64-to-32)
  target_link_options(cnnlab_options INTERFACE -fwasm-exceptions)
  if(CNNLAB_THREADS)
    target_compile_options(cnnlab_options INTERFACE -pthread)
    target_link_options(cnnlab_options INTERFACE -pthread)
    if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 15)  # the file says what it repairs
      find_program(LLVM_AS NAMES llvm-as-14 llvm-as REQUIRED)
      set(_repair "${CMAKE_BINARY_DIR}/wasm_exceptions.bc")
      execute_process(COMMAND "${LLVM_AS}" "${CMAKE_SOURCE_DIR}/cmake/wasm_exceptions.ll" -o "${_repair}"
        COMMAND_ERROR_IS_FATAL ANY)
      target_compile_options(cnnlab_options INTERFACE "SHELL:-Xclang -mlink-bitcode-file -Xclang \"${_repair}\"")
    endif()
  endif()
else()
  set(THREADS_PREFER_PTHREAD_FLAG ON)
  find_package(Threads REQUIRED)
  target_link_libraries(cnnlab_options INTERFACE Threads::Threads)
endif()

# cnnlab_library(tensor SOURCES a.cpp … LINK cnnlab_x …): one static library a folder, called cnnlab_tensor.
# As WebAssembly, which is downloaded, it is made small rather than fast, unless it is called FAST.
function(cnnlab_library name)
  cmake_parse_arguments(ARG "FAST" "" "SOURCES;LINK" ${ARGN})
  add_library(cnnlab_${name} STATIC ${ARG_SOURCES})
  target_link_libraries(cnnlab_${name} PUBLIC cnnlab_options ${ARG_LINK})
  if(EMSCRIPTEN AND NOT ARG_FAST)
    target_compile_options(cnnlab_${name} PRIVATE -Oz)
  endif()
endfunction()
