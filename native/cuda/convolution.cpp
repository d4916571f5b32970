#include "native/cuda/convolution.hpp"

#include <array>
#include <map>
#include <memory>
#include <optional>
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

// What cuDNN knows of one shape; from image to image of y are `stride` numbers.
class Shape2d {
 public:
  TensorDescriptor x, y;
  FilterDescriptor weight;
  ConvolutionDescriptor convolution;
  Choice<cudnnConvolutionFwdAlgo_t> forward;
  Choice<cudnnConvolutionBwdDataAlgo_t> data;
  Choice<cudnnConvolutionBwdFilterAlgo_t> filter;
  bool known_to_dnn = true;

  Shape2d(const Conv2dGeometry& g, int64_t stride, const CudaDevice& card) {
    const auto narrow = [](int64_t size) { return static_cast<int>(size); };
    const auto describe = [&](cudnnTensorDescriptor_t tensor, int64_t c, int64_t h, int64_t w, int64_t image) {
      check_status(cudnnSetTensor4dDescriptorEx(tensor, CUDNN_DATA_FLOAT, narrow(g.n), narrow(c), narrow(h), narrow(w),
                                                narrow(image), narrow(h * w), narrow(w), 1),
                   "describing a tensor");
    };
    describe(x, g.c, g.h, g.w, g.c * g.h * g.w);
    describe(y, g.o, g.out_h(), g.out_w(), stride);
    const int k = narrow(g.k), padding = narrow(g.padding), step = narrow(g.stride);
    check_status(
        cudnnSetFilter4dDescriptor(weight, CUDNN_DATA_FLOAT, CUDNN_TENSOR_NCHW, narrow(g.o), narrow(g.c), k, k),
        "describing weights");
    check_status(cudnnSetConvolution2dDescriptor(convolution, padding, padding, step, step, 1, 1,
                                                 CUDNN_CROSS_CORRELATION, CUDNN_DATA_FLOAT),
                 "describing a convolution");
    check_status(cudnnSetConvolutionMathType(convolution, card.options().tf32 ? CUDNN_DEFAULT_MATH : CUDNN_FMA_MATH),
                 "setting cuDNN's precision");
  }

  void choose(cudnnHandle_t dnn) {
    int found = 0;
    std::array<cudnnConvolutionFwdAlgoPerf_t, CUDNN_CONVOLUTION_FWD_ALGO_COUNT> forwards{};
    check_status(cudnnGetConvolutionForwardAlgorithm_v7(dnn, x, weight, convolution, y, forwards.size(), &found,
                                                        forwards.data()),
                 "choosing how to convolve");
    forward = first_deterministic<cudnnConvolutionFwdAlgo_t>(forwards, found, "convolution");
    std::array<cudnnConvolutionBwdDataAlgoPerf_t, CUDNN_CONVOLUTION_BWD_DATA_ALGO_COUNT> datas{};
    check_status(
        cudnnGetConvolutionBackwardDataAlgorithm_v7(dnn, weight, y, convolution, x, datas.size(), &found, datas.data()),
        "choosing how to compute dx");
    data = first_deterministic<cudnnConvolutionBwdDataAlgo_t>(datas, found, "gradient of an input");
    std::array<cudnnConvolutionBwdFilterAlgoPerf_t, CUDNN_CONVOLUTION_BWD_FILTER_ALGO_COUNT> filters{};
    check_status(cudnnGetConvolutionBackwardFilterAlgorithm_v7(dnn, x, y, convolution, weight, filters.size(), &found,
                                                               filters.data()),
                 "choosing how to compute dw");
    filter = first_deterministic<cudnnConvolutionBwdFilterAlgo_t>(filters, found, "gradient of weights");
    ask_for_workspaces(dnn);
  }

  // As for images side by side: so a recorded step computes the same bits as one op by op.
  void choose_as(const Shape2d& packed, cudnnHandle_t dnn) {
    forward = packed.forward, data = packed.data, filter = packed.filter;
    ask_for_workspaces(dnn);
  }

 private:
  void ask_for_workspaces(cudnnHandle_t dnn) {
    const auto check_known = [this](cudnnStatus_t status, const char* asking) {
      known_to_dnn &= CUDNN_STATUS_CATEGORY(status) != CUDNN_STATUS_NOT_SUPPORTED;
      if (known_to_dnn) check_status(status, asking);
    };
    check_known(
        cudnnGetConvolutionForwardWorkspaceSize(dnn, x, weight, convolution, y, forward.algorithm, &forward.workspace),
        "asking what memory a convolution needs");
    check_known(
        cudnnGetConvolutionBackwardDataWorkspaceSize(dnn, weight, y, convolution, x, data.algorithm, &data.workspace),
        "asking what memory dx needs");
    check_known(cudnnGetConvolutionBackwardFilterWorkspaceSize(dnn, x, y, convolution, weight, filter.algorithm,
                                                               &filter.workspace),
                "asking what memory dw needs");
  }
};

using Key =
    std::tuple<const CudaDevice*, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t, int64_t>;
std::map<Key, std::unique_ptr<Shape2d>>& known_shapes() {
  static std::map<Key, std::unique_ptr<Shape2d>> shapes;
  return shapes;
}

int64_t image_size(const Conv2dGeometry& g) { return g.o * g.out_h() * g.out_w(); }  // of y

const Shape2d& shape_of(const Conv2dGeometry& g, int64_t stride, const CudaDevice& card) {
  std::unique_ptr<Shape2d>& known = known_shapes()[{&card, g.n, g.c, g.h, g.w, g.o, g.k, g.stride, g.padding, stride}];
  if (known) return *known;
  auto shape = std::make_unique<Shape2d>(g, stride, card);
  if (stride == image_size(g)) {
    shape->choose(card.dnn());
  } else {
    shape->choose_as(shape_of(g, image_size(g), card), card.dnn());
  }
  known = std::move(shape);
  return *known;
}

// For images of y, or dy, wherever a recorded step will have them.
template <class Algorithm>
std::shared_ptr<void> workspace_for(CudaDevice& card, const Conv2dGeometry& g, std::span<const float> images,
                                    Choice<Algorithm> Shape2d::*choice) {
  return card.allocate_for(images, image_size(g), [&card, g, choice](int64_t stride) -> std::optional<size_t> {
    const Shape2d& shape = shape_of(g, stride, card);
    if (!shape.known_to_dnn) return std::nullopt;
    return (shape.*choice).workspace;
  });
}

const float one = 1, zero = 0;  // results are overwritten

}  // namespace

void forget_convolutions() noexcept { known_shapes().clear(); }

void conv2d(const Conv2dGeometry& g, std::span<const float> x, std::span<const float> weight,
            std::span<const float> bias, std::span<float> y) {
  if (y.empty()) return;
  CudaDevice& card = current();
  const int64_t stride = card.image_stride(y, image_size(g));
  const Shape2d& shape = shape_of(g, stride, card);
  const std::shared_ptr<void> workspace = workspace_for(card, g, y, &Shape2d::forward);
  const Runs<float> images{y.data(), image_size(g), stride};
  card.work(arrays_of_work(x.data(), weight.data(), images, workspace.get()), [&](cudaStream_t stream) {
    check_status(cudnnConvolutionForward(card.dnn(stream), &one, shape.x, x.data(), shape.weight, weight.data(),
                                         shape.convolution, shape.forward.algorithm, workspace.get(),
                                         shape.forward.workspace, &zero, shape.y, y.data()),
                 "convolving");
  });
  if (!bias.empty()) start(card, std::ssize(y), AddBias{bias.data(), y.data(), g.o, g.out_h() * g.out_w(), stride});
}

void conv2d_backward(const Conv2dGeometry& g, std::span<const float> x, std::span<const float> weight,
                     std::span<const float> dy, std::span<float> dx, std::span<float> dw, std::span<float> db) {
  if (dy.empty()) return;
  CudaDevice& card = current();
  const int64_t stride = card.image_stride(dy, image_size(g));
  const Shape2d& shape = shape_of(g, stride, card);
  const Runs<const float> images{dy.data(), image_size(g), stride};
  if (!dx.empty()) {
    const std::shared_ptr<void> workspace = workspace_for(card, g, dy, &Shape2d::data);
    card.work(arrays_of_work(weight.data(), images, dx.data(), workspace.get()), [&](cudaStream_t stream) {
      check_status(cudnnConvolutionBackwardData(card.dnn(stream), &one, shape.weight, weight.data(), shape.y, dy.data(),
                                                shape.convolution, shape.data.algorithm, workspace.get(),
                                                shape.data.workspace, &zero, shape.x, dx.data()),
                   "computing dx");
    });
  }
  if (!dw.empty()) {
    const std::shared_ptr<void> workspace = workspace_for(card, g, dy, &Shape2d::filter);
    card.work(arrays_of_work(x.data(), images, dw.data(), workspace.get()), [&](cudaStream_t stream) {
      check_status(cudnnConvolutionBackwardFilter(card.dnn(stream), &one, shape.x, x.data(), shape.y, dy.data(),
                                                  shape.convolution, shape.filter.algorithm, workspace.get(),
                                                  shape.filter.workspace, &zero, shape.weight, dw.data()),
                   "computing dw");
    });
  }
  if (!db.empty()) start_blocks(card, g.o, ChannelSum{g.n, g.o, g.out_h() * g.out_w(), stride, dy.data(), db.data()});
}

}  // namespace cnnlab::cuda
