# Whether to compute on NVIDIA graphics cards: CNNLAB_WITH_CUDA. And whether CUDA's headers are here, which is all that the
# tests need that run its code on the CPU: CNNLAB_CUDA_HEADERS.
# OFF until the whole step is one CUDA graph and the stand-ins' tests are fast enough for every run of the suite.
set(CNNLAB_CUDA OFF CACHE STRING "Compute on NVIDIA graphics cards: ON, OFF, or AUTO (where nvcc and cuDNN 9 are)")
set(CNNLAB_WITH_CUDA OFF)
set(CNNLAB_CUDA_SOURCES backend.cpp convolution.cpp cuda_device.cpp status.cpp)  # of native/cuda: what a card or its stand-in runs
set(CNNLAB_CUDA_HEADERS OFF)
if(CNNLAB_CUDA AND NOT EMSCRIPTEN)
  find_package(CUDAToolkit 12.8 QUIET)  # the first that knows compute capability 12.0
  if(CUDAToolkit_FOUND)
    find_package(cuDNN 9 QUIET)
  endif()
  if(CUDAToolkit_FOUND AND cuDNN_FOUND)
    set(CNNLAB_CUDA_HEADERS ON)
  endif()
  if(CNNLAB_CUDA STREQUAL "ON" AND NOT CNNLAB_CUDA_HEADERS)
    message(FATAL_ERROR "CNNLAB_CUDA=ON needs the CUDA toolkit 12.8 or newer and cuDNN 9")
  endif()
  if(CNNLAB_CUDA_HEADERS AND CUDAToolkit_NVCC_EXECUTABLE)
    set(CNNLAB_WITH_CUDA ON)
    # From Turing to Blackwell as machine code, and PTX of the newest for what comes after.
    set(CMAKE_CUDA_ARCHITECTURES 75-real 80-real 86-real 89-real 90-real 100-real 120 CACHE STRING "Compute capabilities")
    if(NOT CMAKE_CUDA_COMPILER)
      set(CMAKE_CUDA_COMPILER "${CUDAToolkit_NVCC_EXECUTABLE}" CACHE FILEPATH "nvcc")
    endif()
    if(CCACHE)
      set(CMAKE_CUDA_COMPILER_LAUNCHER "${CCACHE}")
    endif()
    enable_language(CUDA)
  endif()
endif()
