#include "native/cuda/convolution.hpp"

#include <array>
#include <map>
#include <memory>
#include <tuple>

#include "lib/tensor/error.hpp"
#include "native/cuda/cuda_device.hpp"
#include "native/cuda/start.hpp"

namespace cnnlab::cuda {
namespace {

// cuDNN's descriptors are made, filled and destroyed by functions; this pairs them.
template <class Handle, cudnnStatus_t (*create)(Handle*), cudnnStatus_t (*destroy)(Handle)>
class Descriptor {
 public:
  Descriptor() { check_status(create(&handle_), "making a descriptor"); }
  ~Descriptor() { static_cast<void>(destroy(handle_)); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  operator Handle() const { return handle_; }  // NOLINT(google-explicit-constructor)

 private:
  Handle handle_ = nullptr;
};
using TensorDescriptor = Descriptor<cudnnTensorDescriptor_t, cudnnCreateTensorDescriptor, cudnnDestroyTensorDescriptor>;
using FilterDescriptor = Descriptor<cudnnFilterDescriptor_t, cudnnCreateFilterDescriptor, cudnnDestroyFilterDescriptor>;
using ConvolutionDescriptor =
    Descriptor<cudnnConvolutionDescriptor_t, cudnnCreateConvolutionDescriptor, cudnnDestroyConvolutionDescriptor>;

template <class Algorithm>
struct Choice {
  Algorithm algorithm{};
  size_t workspace = 0;
};

// The best of cuDNN's ranking that gives the same bits every time. It ranks by its knowledge of the card, not by a
// race: so a run can be repeated bit for bit on the same card.
template <class Algorithm, class Ranked, size_t count>
Choice<Algorithm> first_deterministic(const std::array<Ranked, count>& ranking, int found, const char* what) {
  for (int i = 0; i < found; ++i) {
    if (ranking[i].status == CUDNN_STATUS_SUCCESS && ranking[i].determinism == CUDNN_DETERMINISTIC)
      return {ranking[i].algo, 0};
  }
  fail(text("cuda: cuDNN has no deterministic algorithm for this ", what));
}

// What cuDNN knows of one shape.
struct Shape2d {
  TensorDescriptor x, y;
  FilterDescriptor weight;
  ConvolutionDescriptor convolution;
  Choice<cudnnConvolutionFwdAlgo_t> forward;
  Choice<cudnnConvolutionBwdDataAlgo_t> data;
  Choice<cudnnConvolutionBwdFilterAlgo_t> filter;

  Shape2d(const Conv2dGeometry& g, const CudaDevice& card) {
    const auto narrow = [](int64_t size) { return static_cast<int>(size); };
    const auto describe = [&](cudnnTensorDescriptor_t tensor, int64_t c, int64_t h, int64_t w) {
      check_status(cudnnSetTensor4dDescriptor(tensor, CUDNN_TENSOR_NCHW, CUDNN_DATA_FLOAT, narrow(g.n), narrow(c),
                                              narrow(h), narrow(w)),
                   "describing a tensor");
    };
    describe(x, g.c, g.h, g.w);
    describe(y, g.o, g.out_h(), g.out_w());
    const int k = narrow(g.k), padding = narrow(g.padding), stride = narrow(g.stride);
    check_status(
        cudnnSetFilter4dDescriptor(weight, CUDNN_DATA_FLOAT, CUDNN_TENSOR_NCHW, narrow(g.o), narrow(g.c), k, k),
        "describing weights");
    check_status(cudnnSetConvolution2dDescriptor(convolution, padding, padding, stride, stride, 1, 1,
                                                 CUDNN_CROSS_CORRELATION, CUDNN_DATA_FLOAT),
                 "describing a convolution");
    check_status(cudnnSetConvolutionMathType(convolution, card.options().tf32 ? CUDNN_DEFAULT_MATH : CUDNN_FMA_MATH),
                 "setting cuDNN's precision");
    choose(card.dnn());
  }

 private:
  void choose(cudnnHandle_t dnn) {
    int found = 0;
    std::array<cudnnConvolutionFwdAlgoPerf_t, CUDNN_CONVOLUTION_FWD_ALGO_COUNT> forwards{};
    check_status(cudnnGetConvolutionForwardAlgorithm_v7(dnn, x, weight, convolution, y, forwards.size(), &found,
                                                        forwards.data()),
                 "choosing how to convolve");
    forward = first_deterministic<cudnnConvolutionFwdAlgo_t>(forwards, found, "convolution");
    check_status(
        cudnnGetConvolutionForwardWorkspaceSize(dnn, x, weight, convolution, y, forward.algorithm, &forward.workspace),
        "asking what memory a convolution needs");
    std::array<cudnnConvolutionBwdDataAlgoPerf_t, CUDNN_CONVOLUTION_BWD_DATA_ALGO_COUNT> datas{};
    check_status(
        cudnnGetConvolutionBackwardDataAlgorithm_v7(dnn, weight, y, convolution, x, datas.size(), &found, datas.data()),
        "choosing how to compute dx");
    data = first_deterministic<cudnnConvolutionBwdDataAlgo_t>(datas, found, "gradient of an input");
    check_status(
        cudnnGetConvolutionBackwardDataWorkspaceSize(dnn, weight, y, convolution, x, data.algorithm, &data.workspace),
        "asking what memory dx needs");
    std::array<cudnnConvolutionBwdFilterAlgoPerf_t, CUDNN_CONVOLUTION_BWD_FILTER_ALGO_COUNT> filters{};
    check_status(cudnnGetConvolutionBackwardFilterAlgorithm_v7(dnn, x, y, convolution, weight, filters.size(), &found,
                                                               filters.data()),
                 "choosing how to compute dw");
    filter = first_deterministic<cudnnConvolutionBwdFilterAlgo_t>(filters, found, "gradient of weights");
    check_status(cudnnGetConvolutionBackwardFilterWorkspaceSize(dnn, x, y, convolution, weight, filter.algorithm,
                                                                &filter.workspace),
                 "asking what memory dw needs");
  }
};

using Key = std::tuple<const CudaDevice*, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t>;
std::map<Key, std::unique_ptr<Shape2d>>& known_shapes() {
  static std::map<Key, std::unique_ptr<Shape2d>> shapes;
  return shapes;
}

const Shape2d& shape_of(const Conv2dGeometry& g, const CudaDevice& card) {
  std::unique_ptr<Shape2d>& shape = known_shapes()[{&card, g.n, g.c, g.h, g.w, g.o, g.k, g.stride, g.padding}];
  if (!shape) shape = std::make_unique<Shape2d>(g, card);
  return *shape;
}

const float one = 1, zero = 0;  // results are overwritten

}  // namespace

void forget_convolutions() noexcept { known_shapes().clear(); }

void conv2d(const Conv2dGeometry& g, std::span<const float> x, std::span<const float> weight,
            std::span<const float> bias, std::span<float> y) {
  if (y.empty()) return;
  CudaDevice& card = current();
  const Shape2d& shape = shape_of(g, card);
  const std::shared_ptr<void> workspace = card.allocate(shape.forward.workspace);
  card.work({.read = {x.data(), weight.data()}, .written = {y.data(), workspace.get()}}, [&](cudaStream_t stream) {
    check_status(cudnnConvolutionForward(card.dnn(stream), &one, shape.x, x.data(), shape.weight, weight.data(),
                                         shape.convolution, shape.forward.algorithm, workspace.get(),
                                         shape.forward.workspace, &zero, shape.y, y.data()),
                 "convolving");
  });
  if (!bias.empty())
    start(card, static_cast<int64_t>(y.size()), AddBias{bias.data(), y.data(), g.o, g.out_h() * g.out_w()});
}

void conv2d_backward(const Conv2dGeometry& g, std::span<const float> x, std::span<const float> weight,
                     std::span<const float> dy, std::span<float> dx, std::span<float> dw, std::span<float> db) {
  if (dy.empty()) return;
  CudaDevice& card = current();
  const Shape2d& shape = shape_of(g, card);
  if (!dx.empty()) {
    const std::shared_ptr<void> workspace = card.allocate(shape.data.workspace);
    card.work({.read = {weight.data(), dy.data()}, .written = {dx.data(), workspace.get()}}, [&](cudaStream_t stream) {
      check_status(cudnnConvolutionBackwardData(card.dnn(stream), &one, shape.weight, weight.data(), shape.y, dy.data(),
                                                shape.convolution, shape.data.algorithm, workspace.get(),
                                                shape.data.workspace, &zero, shape.x, dx.data()),
                   "computing dx");
    });
  }
  if (!dw.empty()) {
    const std::shared_ptr<void> workspace = card.allocate(shape.filter.workspace);
    card.work({.read = {x.data(), dy.data()}, .written = {dw.data(), workspace.get()}}, [&](cudaStream_t stream) {
      check_status(cudnnConvolutionBackwardFilter(card.dnn(stream), &one, shape.x, x.data(), shape.y, dy.data(),
                                                  shape.convolution, shape.filter.algorithm, workspace.get(),
                                                  shape.filter.workspace, &zero, shape.weight, dw.data()),
                   "computing dw");
    });
  }
  if (!db.empty()) start_blocks(card, g.o, ChannelSum{g.n, g.o, g.out_h() * g.out_w(), dy.data(), db.data()});
}

}  // namespace cnnlab::cuda
