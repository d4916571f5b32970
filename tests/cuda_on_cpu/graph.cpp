#include "tests/cuda_on_cpu/card.hpp"

// Stand-ins for the functions of the CUDA runtime that record work and repeat it, and those that wait for a part of it.
using cnnlab::testing::Card;

// What is lost when a thing cannot be destroyed is the card's: our own part of it is gone anyway.
extern "C" {

cudaError_t cudaMallocHost(void** address, size_t bytes) {
  CNNLAB_CALL_OUTSIDE_CAPTURE(cudaErrorUnknown);
  *address = Card::instance().allocate_pinned(bytes);
  return cudaSuccess;
}

cudaError_t cudaFreeHost(void* address) {
  CNNLAB_CALL_OUTSIDE_CAPTURE(cudaErrorUnknown);
  return Card::instance().release_pinned(address) ? cudaSuccess : cudaErrorInvalidValue;
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned flags) {
  CNNLAB_CALL(cudaErrorUnknown);
  if (flags != cudaEventDisableTiming) return cudaErrorInvalidValue;
  *event = new CUevent_st{.device = Card::current};
  ++Card::instance().handles;
  return cudaSuccess;
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  delete event;
  CNNLAB_CALL(cudaErrorUnknown);
  --Card::instance().handles;
  return cudaSuccess;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  CNNLAB_CALL(cudaErrorUnknown);
  const Card& card = Card::instance();
  if (!card.is_stream(stream) || event->device != stream->device) return cudaErrorInvalidResourceHandle;
  card.record(*event, stream);
  return cudaSuccess;
}

cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned flags) {
  CNNLAB_CALL(cudaErrorUnknown);
  if (!Card::instance().is_stream(stream)) return cudaErrorInvalidResourceHandle;
  if (flags != cudaEventWaitDefault) return cudaErrorInvalidValue;
  return Card::instance().wait(stream, *event) ? cudaSuccess : cudaErrorStreamCaptureIsolation;
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  CNNLAB_CALL_OUTSIDE_CAPTURE(cudaErrorUnknown);
  if (event->capture || (event->stream && !Card::instance().is_stream(event->stream)))
    return cudaErrorInvalidResourceHandle;
  Card::instance().finish(*event);
  return cudaSuccess;
}

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode mode) {
  CNNLAB_CALL_OUTSIDE_CAPTURE(cudaErrorUnknown);
  if (!Card::instance().is_stream(stream)) return cudaErrorStreamCaptureUnsupported;  // the default one
  if (mode != cudaStreamCaptureModeThreadLocal) return cudaErrorInvalidValue;
  Card::instance().begin_capture(stream);
  return cudaSuccess;
}

// It ends the capture, whatever it returns.
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  const bool fails = Card::instance().fails(__func__);
  *graph = nullptr;
  if (!Card::instance().is_stream(stream) || !stream->began) return cudaErrorIllegalState;
  bool joined = false;
  CUgraph_st* const captured = Card::instance().end_capture(stream, joined);
  if (fails) {
    delete captured;
    return cudaErrorUnknown;
  }
  if (!captured) return joined ? cudaErrorStreamCaptureInvalidated : cudaErrorStreamCaptureUnjoined;
  *graph = captured;
  ++Card::instance().handles;
  return cudaSuccess;
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph, unsigned long long flags) {
  CNNLAB_CALL_OUTSIDE_CAPTURE(cudaErrorUnknown);
  if (flags != 0) return cudaErrorInvalidValue;
  *executable = new CUgraphExec_st{std::make_shared<cnnlab::testing::Executable>(graph->nodes)};
  ++Card::instance().handles;
  return cudaSuccess;
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  delete graph;
  CNNLAB_CALL(cudaErrorUnknown);
  --Card::instance().handles;
  return cudaSuccess;
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream) {
  CNNLAB_CALL_OUTSIDE_CAPTURE(cudaErrorUnknown);
  if (!Card::instance().is_stream(stream)) return cudaErrorInvalidResourceHandle;
  Card::instance().launch(*executable, stream);
  return cudaSuccess;
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable) {
  delete executable;
  CNNLAB_CALL(cudaErrorUnknown);
  --Card::instance().handles;
  return cudaSuccess;
}

}  // extern "C"
