#include "native/cuda/backend.hpp"

#include <algorithm>

#include "native/cuda/convolution.hpp"
#include "native/cuda/cuda_device.hpp"
#include "native/cuda/recorder.hpp"
#include "native/cuda/start.hpp"

// The functions of the table: each starts work on the current card's stream and returns.
namespace cnnlab::cuda {
namespace {

using In = std::span<const float>;
using Out = std::span<float>;

template <class Kernel>
void on_each(Out y, const Kernel& kernel) {
  start(current(), static_cast<int64_t>(y.size()), kernel);
}

void relu(In x, Out y) { on_each(y, Relu{x.data(), y.data()}); }
void relu_backward(In x, In dy, Out dx) { on_each(dx, ReluBackward{x.data(), dy.data(), dx.data()}); }
void add(In a, In b, Out y) { on_each(y, Add{a.data(), b.data(), y.data()}); }
void dropout(uint64_t key, double p, In x, Out y) {
  const int64_t first = current().share().place * std::ssize(x);
  on_each(y, Dropout{key, key_while_recording(key), p, first, x.data(), y.data()});
}

void copy_runs(int64_t rows, int64_t run, In from, int64_t from_stride, Out to, int64_t to_stride) {
  const CopyRuns kernel{run, from.data(), from_stride, to.data(), to_stride};
  CudaDevice& card = current();
  Arrays arrays = arrays_of(kernel);
  arrays.copies = true;
  if (card.recording() && from.data() == to.data()) return card.leave_out(arrays);
  card.work(arrays, [&](cudaStream_t stream) { launch(stream, rows * run, kernel); });
}

void max_pool2d(const Pool2dGeometry& g, In x, Out y, std::span<int32_t> argmax) {
  on_each(y, MaxPool2d{g, g.out_h(), g.out_w(), x.data(), y.data(), argmax.data()});
}
void max_pool2d_backward(const Pool2dGeometry& g, std::span<const int32_t> argmax, In dy, Out dx) {
  on_each(dx, MaxPool2dBackward{g, g.out_h(), g.out_w(), argmax.data(), dy.data(), dx.data()});
}
void avg_pool2d(const Pool2dGeometry& g, In x, Out y) {
  on_each(y, AvgPool2d{g, g.out_h(), g.out_w(), x.data(), y.data()});
}
void avg_pool2d_backward(const Pool2dGeometry& g, In dy, Out dx) {
  on_each(dx, AvgPool2dBackward{g, g.out_h(), g.out_w(), dy.data(), dx.data()});
}
void global_avg_pool2d(int64_t /*planes*/, int64_t pixels, In x, Out y) {
  on_each(y, GlobalAvgPool2d{pixels, x.data(), y.data()});
}
void global_avg_pool2d_backward(int64_t /*planes*/, int64_t pixels, In dy, Out dx) {
  on_each(dx, GlobalAvgPool2dBackward{pixels, dy.data(), dx.data()});
}

void zero_pad_shortcut(const ShortcutGeometry& g, In x, Out y) {
  on_each(y, ZeroPadShortcut{g, g.out_h(), g.out_w(), g.zeros_before(), x.data(), y.data()});
}
void zero_pad_shortcut_backward(const ShortcutGeometry& g, In dy, Out dx) {
  on_each(dx, ZeroPadShortcutBackward{g, g.out_h(), g.out_w(), g.zeros_before(), dy.data(), dx.data()});
}

void log_softmax(int64_t rows, int64_t classes, In x, Out y) {
  start(current(), rows, LogSoftmax{classes, x.data(), y.data()});
}
void log_softmax_backward(int64_t rows, int64_t classes, In y, In dy, Out dx) {
  start(current(), rows, LogSoftmaxBackward{classes, y.data(), dy.data(), dx.data()});
}
void nll_loss(int64_t rows, int64_t classes, In x, std::span<const int32_t> labels, Out loss) {
  start_blocks(current(), 1, NllLoss{rows, classes, x.data(), labels.data(), loss.data()});
}
void nll_loss_backward(int64_t rows, int64_t classes, std::span<const int32_t> labels, In dy, Out dx) {
  on_each(dx, NllLossBackward{rows, classes, labels.data(), dy.data(), dx.data()});
}

// From the statistics of the cards' shares to those of the batch. All shares have equally many numbers, so its mean is
// the mean of theirs, and its variance the mean of theirs about it.
void share_statistics(CudaDevice& card, Out mean, Out variance) {
  const Share& share = card.share();
  if (share.of == 1) return;
  const std::shared_ptr<void> own_mean = card.allocate(mean.size_bytes());
  card.copy(mean.data(), own_mean.get(), mean.size_bytes());
  share.with->average(share.place, {mean});
  on_each(variance, MoveCentre{static_cast<const float*>(own_mean.get()), mean.data(), variance.data()});
  share.with->average(share.place, {variance});
}

void batch_norm2d(const BatchNorm2dGeometry& g, In x, In weight, In bias, Out mean, Out variance, Out y) {
  if (g.training) {
    CudaDevice& card = current();
    start_blocks(card, g.c, BatchNorm2dStatistics{g, x.data(), mean.data(), variance.data()});
    share_statistics(card, mean, variance);
  }
  on_each(y, BatchNorm2d{g, x.data(), weight.data(), bias.data(), mean.data(), variance.data(), y.data()});
}

void batch_norm2d_backward(const BatchNorm2dGeometry& g, In x, In weight, In mean, In variance, In dy, Out dx, Out dw,
                           Out db) {
  CudaDevice& card = current();
  // dx needs both sums, even where nobody wants dw and db.
  const size_t channels = static_cast<size_t>(g.c);
  const std::shared_ptr<void> own = card.allocate(2 * channels * sizeof(float));
  auto* const sums = static_cast<float*>(own.get());
  float* const dw_sum = dw.empty() ? sums : dw.data();
  float* const db_sum = db.empty() ? sums + channels : db.data();
  start_blocks(card, g.c, BatchNorm2dSums{g, x.data(), mean.data(), variance.data(), dy.data(), dw_sum, db_sum});
  // Each card's loss is the mean of its share, so dy is as many times as large as for the whole batch as there are
  // cards: with the mean of their sums the gradient is, too.
  if (const Share& share = card.share(); g.training && share.of > 1)
    share.with->average(share.place, {{dw_sum, channels}, {db_sum, channels}});
  on_each(dx, BatchNorm2dBackward{g, x.data(), weight.data(), mean.data(), variance.data(), dy.data(), dw_sum, db_sum,
                                  dx.data()});
}

void move_towards(double momentum, double factor, In batch, Out running) {
  const MoveTowards kernel{static_cast<float>(1 - momentum), static_cast<float>(momentum * factor), batch.data(),
                           running.data()};
  start(current(), std::ssize(running), kernel, Way::follow);
}
void count(Out counter) { on_each(counter, Count{counter.data()}); }

// cuBLAS counts columns first: to it, our (rows, columns) array is its transpose. c = op(a)·op(b), all in its reading.
struct Factor {
  cublasOperation_t operation;
  const float* numbers;
  int64_t leading;
};
void multiply(int64_t rows, int64_t columns, int64_t depth, Factor a, Factor b, float* c) {
  const float one = 1, zero = 0;
  const auto narrow = [](int64_t size) { return static_cast<int>(size); };
  CudaDevice& card = current();
  const auto start = [&](cudaStream_t) {
    check_status(cublasSgemm(card.blas(), a.operation, b.operation, narrow(rows), narrow(columns), narrow(depth), &one,
                             a.numbers, narrow(a.leading), b.numbers, narrow(b.leading), &zero, c, narrow(rows)),
                 "multiplying matrices");
  };
  card.work(arrays_of_work(a.numbers, b.numbers, c, card.blas_workspace()), start, Way::main);
}

// yᵀ (O, N) = weight (O, I) · xᵀ (I, N)
void linear(const LinearGeometry& g, In x, In weight, In bias, Out y) {
  if (y.empty()) return;
  multiply(g.o, g.n, g.i, {CUBLAS_OP_T, weight.data(), g.i}, {CUBLAS_OP_N, x.data(), g.i}, y.data());
  if (!bias.empty()) on_each(y, AddBias{bias.data(), y.data(), g.o, 1, g.o});
}

// dxᵀ (I, N) = weightᵀ (I, O) · dyᵀ (O, N), dwᵀ (I, O) = xᵀ (I, N) · dy (N, O)
void linear_backward(const LinearGeometry& g, In x, In weight, In dy, Out dx, Out dw, Out db) {
  if (!dx.empty()) multiply(g.i, g.n, g.o, {CUBLAS_OP_N, weight.data(), g.i}, {CUBLAS_OP_N, dy.data(), g.o}, dx.data());
  if (!dw.empty()) multiply(g.i, g.o, g.n, {CUBLAS_OP_N, x.data(), g.i}, {CUBLAS_OP_T, dy.data(), g.o}, dw.data());
  if (!db.empty()) start_blocks(current(), g.o, ChannelSum{g.n, g.o, 1, g.o, dy.data(), db.data()});
}

void sgd_step(const SgdSettings& s, std::span<const SgdParameter<float>> all) {
  while (!all.empty()) {
    const auto now = all.first(std::min<size_t>(all.size(), Sgd::capacity));
    Sgd kernel{.rates = rates_of(s),
               .rates_there = rates_while_recording(),
               .nesterov = s.nesterov,
               .count = static_cast<int>(now.size()),
               .parameters = {}};
    int64_t end = 0;
    for (size_t i = 0; i < now.size(); ++i) {
      end += static_cast<int64_t>(now[i].parameter.size());
      kernel.parameters[i] = {now[i].gradient.data(), now[i].velocity.empty() ? nullptr : now[i].velocity.data(),
                              now[i].parameter.data(), end, now[i].first};
    }
    start(current(), end, kernel);
    all = all.subspan(now.size());
  }
}

}  // namespace

const Backend<float>& cuda_backend() {
  static constexpr Backend<float> table{
      .name = "cuda",
      .conv2d = cuda::conv2d,
      .conv2d_backward = cuda::conv2d_backward,
      .batch_norm2d = cuda::batch_norm2d,
      .batch_norm2d_backward = cuda::batch_norm2d_backward,
      .linear = cuda::linear,
      .linear_backward = cuda::linear_backward,
      .max_pool2d = cuda::max_pool2d,
      .max_pool2d_backward = cuda::max_pool2d_backward,
      .avg_pool2d = cuda::avg_pool2d,
      .avg_pool2d_backward = cuda::avg_pool2d_backward,
      .global_avg_pool2d = cuda::global_avg_pool2d,
      .global_avg_pool2d_backward = cuda::global_avg_pool2d_backward,
      .zero_pad_shortcut = cuda::zero_pad_shortcut,
      .zero_pad_shortcut_backward = cuda::zero_pad_shortcut_backward,
      .relu = cuda::relu,
      .relu_backward = cuda::relu_backward,
      .add = cuda::add,
      .dropout = cuda::dropout,
      .copy_runs = cuda::copy_runs,
      .log_softmax = cuda::log_softmax,
      .log_softmax_backward = cuda::log_softmax_backward,
      .nll_loss = cuda::nll_loss,
      .nll_loss_backward = cuda::nll_loss_backward,
      .move_towards = cuda::move_towards,
      .count = cuda::count,
      .sgd_step = cuda::sgd_step,
  };
  return table;
}

}  // namespace cnnlab::cuda
