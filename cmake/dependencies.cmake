# One set of versions for native and web: Debian 12's. A system package comes first; where there is none, CMake fetches
# the pinned release (this needs a network).
include(FetchContent)

# Header-only packages of the system are reached through a folder of links: -I/usr/include would put the native C library's
# headers in front of Emscripten's own.
set(CNNLAB_HEADERS "${CMAKE_BINARY_DIR}/headers")
file(MAKE_DIRECTORY "${CNNLAB_HEADERS}")
set(_missing "")
foreach(header xtl xtensor xsimd nlohmann CLI catch2 stb)
  find_path(CNNLAB_${header}_DIR NAMES ${header} PATHS /usr/include /usr/local/include NO_CMAKE_FIND_ROOT_PATH)
  if(CNNLAB_${header}_DIR)
    file(CREATE_LINK "${CNNLAB_${header}_DIR}/${header}" "${CNNLAB_HEADERS}/${header}" SYMBOLIC)
  else()
    list(APPEND _missing ${header})
  endif()
endforeach()

function(cnnlab_fetch header repository tag subfolder)
  if(header IN_LIST _missing)
    FetchContent_Declare(cnnlab_fetch_${header} GIT_REPOSITORY ${repository} GIT_TAG ${tag} SOURCE_SUBDIR none)
    FetchContent_MakeAvailable(cnnlab_fetch_${header})
    file(CREATE_LINK "${cnnlab_fetch_${header}_SOURCE_DIR}/${subfolder}" "${CNNLAB_HEADERS}/${header}" SYMBOLIC)
  endif()
endfunction()
cnnlab_fetch(xtl https://github.com/xtensor-stack/xtl 0.7.2 include/xtl)
cnnlab_fetch(xtensor https://github.com/xtensor-stack/xtensor 0.24.3 include/xtensor)
cnnlab_fetch(xsimd https://github.com/xtensor-stack/xsimd 8.1.0 include/xsimd)
cnnlab_fetch(nlohmann https://github.com/nlohmann/json v3.11.2 include/nlohmann)
cnnlab_fetch(CLI https://github.com/CLIUtils/CLI11 v2.1.2 include/CLI)
cnnlab_fetch(catch2 https://github.com/catchorg/Catch2 v2.13.10 single_include/catch2)
cnnlab_fetch(stb https://github.com/nothings/stb 8b5f1f37b5b75829fc72d38e7b5d4bcbf8a26d55 .)

add_library(cnnlab_headers INTERFACE)
target_include_directories(cnnlab_headers SYSTEM INTERFACE "${CNNLAB_HEADERS}")
