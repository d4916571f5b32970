#include <cstring>
#include <vector>

#include "tests/cuda_on_cpu/card.hpp"

// Stand-ins for the functions of the CUDA runtime that native/cuda calls.
using cnnlab::testing::Card;

extern "C" {

cudaError_t cudaDriverGetVersion(int* version) {
  CNNLAB_CALL(cudaErrorUnknown);
  *version = Card::instance().driver;
  return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int* version) {
  CNNLAB_CALL(cudaErrorUnknown);
  *version = CUDART_VERSION;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int* count) {
  CNNLAB_CALL(cudaErrorUnknown);
  *count = Card::instance().cards;
  if (Card::instance().driver < CUDART_VERSION) return cudaErrorInsufficientDriver;
  return *count == 0 ? cudaErrorNoDevice : cudaSuccess;
}

cudaError_t cudaSetDevice(int device) {
  CNNLAB_CALL(cudaErrorUnknown);
  if (device < 0 || device >= Card::instance().cards) return cudaErrorInvalidDevice;
  Card::current = device;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* card, int device) {
  CNNLAB_CALL(cudaErrorUnknown);
  if (device < 0 || device >= Card::instance().cards) return cudaErrorInvalidDevice;
  std::strcpy(card->name, "a card that is none");
  card->major = Card::instance().capability / 10;
  card->minor = Card::instance().capability % 10;
  card->multiProcessorCount = 1;
  card->totalGlobalMem = Card::instance().memory;
  return cudaSuccess;
}

cudaError_t cudaMemGetInfo(size_t* free, size_t* total) {
  CNNLAB_CALL(cudaErrorUnknown);
  *total = Card::instance().memory;
  *free = *total - Card::instance().used(Card::current);
  return cudaSuccess;
}

cudaError_t cudaMalloc(void** address, size_t bytes) {
  CNNLAB_CALL_OUTSIDE_CAPTURE(cudaErrorUnknown);
  if (bytes == 0) return cudaErrorInvalidValue;  // the real one gives null: of no use to anybody here
  *address = Card::instance().allocate(bytes);
  return *address ? cudaSuccess : cudaErrorMemoryAllocation;
}

cudaError_t cudaFree(void* address) {
  CNNLAB_CALL_OUTSIDE_CAPTURE(cudaErrorUnknown);
  return Card::instance().release(address) ? cudaSuccess : cudaErrorInvalidValue;
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags) {
  CNNLAB_CALL(cudaErrorUnknown);
  if (flags != cudaStreamNonBlocking) return cudaErrorInvalidValue;
  *stream = Card::instance().add_stream();
  return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  CNNLAB_CALL(cudaErrorUnknown);
  return Card::instance().remove_stream(stream) ? cudaSuccess : cudaErrorInvalidResourceHandle;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  CNNLAB_CALL_OUTSIDE_CAPTURE(cudaErrorUnknown);
  if (!Card::instance().is_stream(stream)) return cudaErrorInvalidResourceHandle;
  Card::instance().finish(stream);
  return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream) {
  CNNLAB_CALL(cudaErrorUnknown);
  Card& card = Card::instance();
  if (!card.is_stream(stream)) return cudaErrorInvalidResourceHandle;
  const bool to_card = kind != cudaMemcpyDeviceToHost, from_card = kind != cudaMemcpyHostToDevice;
  if (kind != cudaMemcpyHostToDevice && kind != cudaMemcpyDeviceToHost && kind != cudaMemcpyDeviceToDevice)
    return cudaErrorInvalidMemcpyDirection;
  if (to_card ? !card.owns(to, bytes) : card.inside(to)) return cudaErrorInvalidValue;
  if (from_card ? !card.owns(from, bytes) : card.inside(from)) return cudaErrorInvalidValue;
  const bool pinned = (from_card || card.is_pinned(from, bytes)) && (to_card || card.is_pinned(to, bytes));
  if (stream->capture && !pinned && card.capture_forbids()) return cudaErrorStreamCaptureUnsupported;
  // From one card to another, or by another's stream.
  const bool across =
      (to_card && !card.owns(to, bytes, stream->device)) || (from_card && !card.owns(from, bytes, stream->device));
  if (from_card) {
    card.submit(stream, {.by = __func__, .read = {{from, bytes}}, .written = {{to, bytes}}}, [=] {
      if (across) Card::instance().open_all();
      std::memmove(to, from, bytes);
    });
    if (!pinned) card.finish(stream);  // to such memory it returns when all is done
  } else {                             // memory that is not pinned is read before this returns
    const auto* const first = static_cast<const unsigned char*>(from);
    card.submit(stream, {.by = __func__, .written = {{to, bytes}}},
                [to, across, staged = std::vector(first, first + bytes)] {
                  if (across) Card::instance().open_all();
                  std::memcpy(to, staged.data(), staged.size());
                });
  }
  return cudaSuccess;
}

cudaError_t cudaGetLastError() { return cudaSuccess; }

const char* cudaGetErrorString(cudaError_t status) {
  return status == cudaErrorUnknown ? "unknown error" : "invalid argument";
}

}  // extern "C"
