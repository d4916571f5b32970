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
  *event = new CUevent_st;
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
  CNNLAB_CALL_OUTSIDE_CAPTURE(cudaErrorUnknown);  // it would be a part of the graph: nobody here wants that
  if (!Card::instance().is_stream(stream)) return cudaErrorInvalidResourceHandle;
  *event = {stream, stream->done + static_cast<int64_t>(stream->work.size())};
  return cudaSuccess;
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  CNNLAB_CALL_OUTSIDE_CAPTURE(cudaErrorUnknown);
  if (event->stream && !Card::instance().is_stream(event->stream)) return cudaErrorInvalidResourceHandle;
  Card::instance().finish(*event);
  return cudaSuccess;
}

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode mode) {
  CNNLAB_CALL_OUTSIDE_CAPTURE(cudaErrorUnknown);
  if (!Card::instance().is_stream(stream)) return cudaErrorStreamCaptureUnsupported;  // the default one
  if (mode != cudaStreamCaptureModeThreadLocal) return cudaErrorInvalidValue;
  stream->capturing = true;
  stream->broken = false;
  stream->captured.clear();
  return cudaSuccess;
}

// It ends the capture, whatever it returns.
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  const bool fails = Card::instance().fails(__func__);
  *graph = nullptr;
  if (!Card::instance().is_stream(stream) || !stream->capturing) return cudaErrorIllegalState;
  stream->capturing = false;
  if (fails) return cudaErrorUnknown;
  if (stream->broken) return cudaErrorStreamCaptureInvalidated;
  *graph = new CUgraph_st{std::move(stream->captured)};
  ++Card::instance().handles;
  return cudaSuccess;
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* executable, cudaGraph_t graph, unsigned long long flags) {
  CNNLAB_CALL_OUTSIDE_CAPTURE(cudaErrorUnknown);
  if (flags != 0) return cudaErrorInvalidValue;
  *executable = new CUgraphExec_st{graph->work};
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
  for (const auto& work : executable->work) Card::instance().submit(stream, work);
  return cudaSuccess;
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable) {
  delete executable;
  CNNLAB_CALL(cudaErrorUnknown);
  --Card::instance().handles;
  return cudaSuccess;
}

}  // extern "C"
