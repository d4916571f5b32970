#include <algorithm>
#include <cstring>
#include <vector>

#include <cudnn.h>

#include "lib/backend.hpp"
#include "tests/cuda_on_cpu/card.hpp"

// Stand-ins for the functions of cuDNN that native/cuda calls. They compute with the CPU's kernels.
using namespace cnnlab;
using cnnlab::testing::Card;
using Numbers = std::vector<float>;

struct cudnnContext {
  cudaStream_t stream = nullptr;
};
struct cudnnTensorStruct {
  int n = 0, c = 0, h = 0, w = 0, stride = 0;  // from image to image
  size_t image() const { return size_t{1} * c * h * w; }
  size_t numel() const { return n * image(); }
  bool apart() const { return static_cast<size_t>(stride) != image(); }
};
struct cudnnFilterStruct {
  int o = 0, c = 0, kh = 0, kw = 0;
  size_t numel() const { return size_t{1} * o * c * kh * kw; }
};
struct cudnnConvolutionStruct {
  int padding = -1, stride = 0;
  cudnnMathType_t math = CUDNN_DEFAULT_MATH;
};

namespace {

size_t workspace_bytes(bool apart) { return apart ? 2000 : 1000; }
constexpr int chosen_algorithm = 1;  // the ranking names 0 first, which is not deterministic

Conv2dGeometry geometry(cudnnTensorDescriptor_t x, cudnnFilterDescriptor_t w,
                        cudnnConvolutionDescriptor_t convolution) {
  return {.n = x->n,
          .c = x->c,
          .h = x->h,
          .w = x->w,
          .o = w->o,
          .k = w->kh,
          .stride = convolution->stride,
          .padding = convolution->padding};
}

// Whether descriptors describe one convolution, in full precision.
bool fit(cudnnTensorDescriptor_t x, cudnnFilterDescriptor_t w, cudnnConvolutionDescriptor_t convolution,
         cudnnTensorDescriptor_t y) {
  if (convolution->stride < 1 || convolution->padding < 0 || convolution->math != CUDNN_FMA_MATH) return false;
  const Conv2dGeometry g = geometry(x, w, convolution);
  return x->n > 0 && w->kh == w->kw && x->c == w->c && y->n == x->n && y->c == w->o && y->h == g.out_h() &&
         y->w == g.out_w();
}

// A tensor or a filter on the card.
struct Array {
  float* first;
  size_t runs, run, stride;  // of numbers

  Array(cudnnTensorDescriptor_t tensor, const void* data)
      : Array(data, static_cast<size_t>(tensor->n), tensor->image(), static_cast<size_t>(tensor->stride)) {}
  Array(cudnnFilterDescriptor_t filter, const void* data) : Array(data, 1, filter->numel(), filter->numel()) {}

  size_t numel() const { return runs * run; }
  bool apart() const { return stride != run; }
  cnnlab::testing::Piece piece() const { return {first, run * sizeof(float), stride * sizeof(float)}; }
  bool lies_on_card() const {
    return Card::instance().owns(first, ((runs - 1) * stride + run) * sizeof(float), Card::current);
  }
  // Side by side, as the CPU's kernels want them: where they lie, or else in `copies`.
  std::span<float> side_by_side(Numbers& copies) const {
    if (!apart()) return {first, run * runs};
    copies.resize(numel());
    return copies;
  }
  std::span<const float> read(Numbers& copies) const {
    const std::span<float> all = side_by_side(copies);
    if (all.data() == first) return all;
    for (size_t i = 0; i < runs; ++i) std::copy_n(first + i * stride, run, all.data() + i * run);
    return all;
  }
  void set(std::span<const float> all) const {
    if (all.data() == first) return;
    for (size_t i = 0; i < runs; ++i) std::copy_n(all.data() + i * run, run, first + i * stride);
  }

 private:
  Array(const void* data, size_t count, size_t size, size_t distance)
      : first(static_cast<float*>(const_cast<void*>(data))), runs(count), run(size), stride(distance) {}
};

// All that is the same for the three directions: factors, workspace, two arrays and the result, which `compute` makes
// of their numbers once it is the stream's turn.
template <class Compute>
cudnnStatus_t submit(const char* function, cudnnHandle_t handle, const void* alpha, const void* beta, int algorithm,
                     void* workspace, size_t size, const Array& a, const Array& b, const Array& result,
                     const Compute& compute) {
  Card& card = Card::instance();
  const auto factor = [](const void* value) { return *static_cast<const float*>(value); };
  if (!card.takes_kernels(handle->stream) || factor(alpha) != 1 || factor(beta) != 0) return CUDNN_STATUS_BAD_PARAM;
  const bool apart = a.apart() || b.apart() || result.apart();
  if (algorithm != chosen_algorithm || size != workspace_bytes(apart) || !card.owns(workspace, size, Card::current))
    return CUDNN_STATUS_BAD_PARAM;
  if (!a.lies_on_card() || !b.lies_on_card() || !result.lies_on_card()) return CUDNN_STATUS_BAD_PARAM;
  card.submit(handle->stream,
              {.by = function, .read = {a.piece(), b.piece()}, .written = {result.piece()}, .workspace = workspace},
              [=] {
                std::memset(workspace, 0xff, size);  // it is cuDNN's to write to
                Numbers copies[3];
                const std::span<float> computed = result.side_by_side(copies[2]);
                compute(a.read(copies[0]), b.read(copies[1]), computed);
                result.set(computed);
              });
  return CUDNN_STATUS_SUCCESS;
}

template <class Perf>
cudnnStatus_t rank(int asked, int* found, Perf* results) {
  if (asked < 2) return CUDNN_STATUS_BAD_PARAM;
  for (int i = 0; i < 2; ++i) {
    results[i] = {};
    results[i].algo = static_cast<decltype(results[i].algo)>(i);
    results[i].determinism = i == chosen_algorithm ? CUDNN_DETERMINISTIC : CUDNN_NON_DETERMINISTIC;
  }
  *found = 2;
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t tell_workspace(const cudnnTensorStruct& y, size_t* size) {
  *size = workspace_bytes(y.apart());
  return !y.apart() || Card::instance().convolves_slices ? CUDNN_STATUS_SUCCESS : CUDNN_STATUS_NOT_SUPPORTED_LAYOUT;
}

template <class Handle>
cudnnStatus_t make(Handle* handle) {
  *handle = new std::remove_pointer_t<Handle>;
  ++Card::instance().handles;
  return CUDNN_STATUS_SUCCESS;
}
template <class Handle>
cudnnStatus_t destroy(Handle handle, const char* function) {
  delete handle;  // what is lost when this fails is the card's
  if (Card::instance().fails(function)) return CUDNN_STATUS_INTERNAL_ERROR;
  --Card::instance().handles;
  return CUDNN_STATUS_SUCCESS;
}

}  // namespace

// One stand-in: the call is counted, then `body` is its value.
#define CNNLAB_STAND_IN(declaration, body)    \
  cudnnStatus_t declaration {                 \
    CNNLAB_CALL(CUDNN_STATUS_INTERNAL_ERROR); \
    return body;                              \
  }

extern "C" {

CNNLAB_STAND_IN(cudnnCreate(cudnnHandle_t* handle), make(handle))
cudnnStatus_t cudnnDestroy(cudnnHandle_t handle) { return destroy(handle, __func__); }
CNNLAB_STAND_IN(cudnnCreateTensorDescriptor(cudnnTensorDescriptor_t* tensor), make(tensor))
cudnnStatus_t cudnnDestroyTensorDescriptor(cudnnTensorDescriptor_t tensor) { return destroy(tensor, __func__); }
CNNLAB_STAND_IN(cudnnCreateFilterDescriptor(cudnnFilterDescriptor_t* filter), make(filter))
cudnnStatus_t cudnnDestroyFilterDescriptor(cudnnFilterDescriptor_t filter) { return destroy(filter, __func__); }
CNNLAB_STAND_IN(cudnnCreateConvolutionDescriptor(cudnnConvolutionDescriptor_t* convolution), make(convolution))
cudnnStatus_t cudnnDestroyConvolutionDescriptor(cudnnConvolutionDescriptor_t convolution) {
  return destroy(convolution, __func__);
}

cudnnStatus_t cudnnSetStream(cudnnHandle_t handle, cudaStream_t stream) {
  CNNLAB_CALL(CUDNN_STATUS_INTERNAL_ERROR);
  if (!Card::instance().takes_kernels(stream)) return CUDNN_STATUS_BAD_PARAM;
  handle->stream = stream;
  return CUDNN_STATUS_SUCCESS;
}

// Images may lie apart, but not what belongs to one.
cudnnStatus_t cudnnSetTensor4dDescriptorEx(cudnnTensorDescriptor_t tensor, cudnnDataType_t type, int n, int c, int h,
                                           int w, int n_stride, int c_stride, int h_stride, int w_stride) {
  CNNLAB_CALL(CUDNN_STATUS_INTERNAL_ERROR);
  if (type != CUDNN_DATA_FLOAT || std::min({n, c, h, w}) < 1 || w_stride != 1 || h_stride != w || c_stride != h * w ||
      n_stride < c * c_stride)
    return CUDNN_STATUS_BAD_PARAM;
  *tensor = {n, c, h, w, n_stride};
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnSetFilter4dDescriptor(cudnnFilterDescriptor_t filter, cudnnDataType_t type,
                                         cudnnTensorFormat_t format, int o, int c, int h, int w) {
  CNNLAB_CALL(CUDNN_STATUS_INTERNAL_ERROR);
  if (format != CUDNN_TENSOR_NCHW || type != CUDNN_DATA_FLOAT || std::min({o, c, h, w}) < 1)
    return CUDNN_STATUS_BAD_PARAM;
  *filter = {o, c, h, w};
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnSetConvolution2dDescriptor(cudnnConvolutionDescriptor_t convolution, int pad_h, int pad_w,
                                              int stride_h, int stride_w, int dilation_h, int dilation_w,
                                              cudnnConvolutionMode_t mode, cudnnDataType_t type) {
  CNNLAB_CALL(CUDNN_STATUS_INTERNAL_ERROR);
  if (pad_h != pad_w || stride_h != stride_w || dilation_h != 1 || dilation_w != 1 || mode != CUDNN_CROSS_CORRELATION ||
      type != CUDNN_DATA_FLOAT)
    return CUDNN_STATUS_BAD_PARAM;
  convolution->padding = pad_h;
  convolution->stride = stride_h;
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnSetConvolutionMathType(cudnnConvolutionDescriptor_t convolution, cudnnMathType_t math) {
  CNNLAB_CALL(CUDNN_STATUS_INTERNAL_ERROR);
  convolution->math = math;
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnGetConvolutionForwardAlgorithm_v7(cudnnHandle_t, cudnnTensorDescriptor_t x,
                                                     cudnnFilterDescriptor_t w,
                                                     cudnnConvolutionDescriptor_t convolution,
                                                     cudnnTensorDescriptor_t y, int asked, int* found,
                                                     cudnnConvolutionFwdAlgoPerf_t* results) {
  CNNLAB_CALL(CUDNN_STATUS_INTERNAL_ERROR);
  return fit(x, w, convolution, y) ? rank(asked, found, results) : CUDNN_STATUS_BAD_PARAM;
}

cudnnStatus_t cudnnGetConvolutionBackwardDataAlgorithm_v7(cudnnHandle_t, cudnnFilterDescriptor_t w,
                                                          cudnnTensorDescriptor_t dy,
                                                          cudnnConvolutionDescriptor_t convolution,
                                                          cudnnTensorDescriptor_t dx, int asked, int* found,
                                                          cudnnConvolutionBwdDataAlgoPerf_t* results) {
  CNNLAB_CALL(CUDNN_STATUS_INTERNAL_ERROR);
  return fit(dx, w, convolution, dy) ? rank(asked, found, results) : CUDNN_STATUS_BAD_PARAM;
}

cudnnStatus_t cudnnGetConvolutionBackwardFilterAlgorithm_v7(cudnnHandle_t, cudnnTensorDescriptor_t x,
                                                            cudnnTensorDescriptor_t dy,
                                                            cudnnConvolutionDescriptor_t convolution,
                                                            cudnnFilterDescriptor_t dw, int asked, int* found,
                                                            cudnnConvolutionBwdFilterAlgoPerf_t* results) {
  CNNLAB_CALL(CUDNN_STATUS_INTERNAL_ERROR);
  return fit(x, dw, convolution, dy) ? rank(asked, found, results) : CUDNN_STATUS_BAD_PARAM;
}

cudnnStatus_t cudnnGetConvolutionForwardWorkspaceSize(cudnnHandle_t, cudnnTensorDescriptor_t x,
                                                      cudnnFilterDescriptor_t w,
                                                      cudnnConvolutionDescriptor_t convolution,
                                                      cudnnTensorDescriptor_t y, cudnnConvolutionFwdAlgo_t,
                                                      size_t* size) {
  CNNLAB_CALL(CUDNN_STATUS_INTERNAL_ERROR);
  return fit(x, w, convolution, y) ? tell_workspace(*y, size) : CUDNN_STATUS_BAD_PARAM;
}

cudnnStatus_t cudnnGetConvolutionBackwardDataWorkspaceSize(cudnnHandle_t, cudnnFilterDescriptor_t w,
                                                           cudnnTensorDescriptor_t dy,
                                                           cudnnConvolutionDescriptor_t convolution,
                                                           cudnnTensorDescriptor_t dx, cudnnConvolutionBwdDataAlgo_t,
                                                           size_t* size) {
  CNNLAB_CALL(CUDNN_STATUS_INTERNAL_ERROR);
  return fit(dx, w, convolution, dy) ? tell_workspace(*dy, size) : CUDNN_STATUS_BAD_PARAM;
}

cudnnStatus_t cudnnGetConvolutionBackwardFilterWorkspaceSize(cudnnHandle_t, cudnnTensorDescriptor_t x,
                                                             cudnnTensorDescriptor_t dy,
                                                             cudnnConvolutionDescriptor_t convolution,
                                                             cudnnFilterDescriptor_t dw,
                                                             cudnnConvolutionBwdFilterAlgo_t, size_t* size) {
  CNNLAB_CALL(CUDNN_STATUS_INTERNAL_ERROR);
  return fit(x, dw, convolution, dy) ? tell_workspace(*dy, size) : CUDNN_STATUS_BAD_PARAM;
}

cudnnStatus_t cudnnConvolutionForward(cudnnHandle_t handle, const void* alpha, cudnnTensorDescriptor_t x,
                                      const void* x_data, cudnnFilterDescriptor_t w, const void* w_data,
                                      cudnnConvolutionDescriptor_t convolution, cudnnConvolutionFwdAlgo_t algorithm,
                                      void* workspace, size_t size, const void* beta, cudnnTensorDescriptor_t y,
                                      void* y_data) {
  CNNLAB_CALL(CUDNN_STATUS_INTERNAL_ERROR);
  if (!fit(x, w, convolution, y)) return CUDNN_STATUS_BAD_PARAM;
  const Conv2dGeometry g = geometry(x, w, convolution);
  const Array in(x, x_data), weight(w, w_data), out(y, y_data);
  return submit(__func__, handle, alpha, beta, algorithm, workspace, size, in, weight, out,
                [g](std::span<const float> x_numbers, std::span<const float> weights, std::span<float> result) {
                  simd_backend().conv2d(g, x_numbers, weights, {}, result);
                });
}

cudnnStatus_t cudnnConvolutionBackwardData(cudnnHandle_t handle, const void* alpha, cudnnFilterDescriptor_t w,
                                           const void* w_data, cudnnTensorDescriptor_t dy, const void* dy_data,
                                           cudnnConvolutionDescriptor_t convolution,
                                           cudnnConvolutionBwdDataAlgo_t algorithm, void* workspace, size_t size,
                                           const void* beta, cudnnTensorDescriptor_t dx, void* dx_data) {
  CNNLAB_CALL(CUDNN_STATUS_INTERNAL_ERROR);
  if (!fit(dx, w, convolution, dy)) return CUDNN_STATUS_BAD_PARAM;
  const Conv2dGeometry g = geometry(dx, w, convolution);
  const Array weight(w, w_data), gradient(dy, dy_data), out(dx, dx_data);
  return submit(__func__, handle, alpha, beta, algorithm, workspace, size, weight, gradient, out,
                [g](std::span<const float> weights, std::span<const float> gradients, std::span<float> result) {
                  // dx does not depend on x: any numbers do
                  simd_backend().conv2d_backward(g, result, weights, gradients, result, {}, {});
                });
}

cudnnStatus_t cudnnConvolutionBackwardFilter(cudnnHandle_t handle, const void* alpha, cudnnTensorDescriptor_t x,
                                             const void* x_data, cudnnTensorDescriptor_t dy, const void* dy_data,
                                             cudnnConvolutionDescriptor_t convolution,
                                             cudnnConvolutionBwdFilterAlgo_t algorithm, void* workspace, size_t size,
                                             const void* beta, cudnnFilterDescriptor_t dw, void* dw_data) {
  CNNLAB_CALL(CUDNN_STATUS_INTERNAL_ERROR);
  if (!fit(x, dw, convolution, dy)) return CUDNN_STATUS_BAD_PARAM;
  const Conv2dGeometry g = geometry(x, dw, convolution);
  const Array in(x, x_data), gradient(dy, dy_data), out(dw, dw_data);
  return submit(__func__, handle, alpha, beta, algorithm, workspace, size, in, gradient, out,
                [g](std::span<const float> x_numbers, std::span<const float> gradients, std::span<float> result) {
                  const Numbers any(result.size());  // dw does not depend on the weights
                  simd_backend().conv2d_backward(g, x_numbers, any, gradients, {}, result, {});
                });
}

size_t cudnnGetVersion() { return 91203; }

const char* cudnnGetErrorString(cudnnStatus_t) { return "an internal operation failed"; }

}  // extern "C"
