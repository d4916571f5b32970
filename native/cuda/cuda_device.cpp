#include "native/cuda/cuda_device.hpp"

#include <iterator>
#include <utility>

#include "lib/tensor/error.hpp"
#include "native/cuda/backend.hpp"
#include "native/cuda/convolution.hpp"
#include "native/cuda/recorder.hpp"
#include "native/cuda/start.hpp"

namespace cnnlab::cuda {
namespace {

thread_local const CudaDevice* current_device = nullptr;  // as CUDA has a current card for each thread

// What NVIDIA recommends for Hopper; given by us, cuBLAS allocates nothing on its own.
constexpr size_t blas_workspace_bytes = 32 << 20;
constexpr int least_capability = 75;  // Turing: the oldest that the toolkit compiles for

}  // namespace

MemoryPool::~MemoryPool() { release_free(); }

std::shared_ptr<void> MemoryPool::take(size_t bytes) {
  void* memory = nullptr;
  std::deque<void*>& free = free_[bytes];
  // One rests, if it may: who takes turns with another has his own, then.
  if (const bool rests = spread_ && !sealed_ && free.size() == 1; !free.empty() && !rests) {
    memory = spread_ ? free.front() : free.back();
    spread_ ? free.pop_front() : free.pop_back();
  } else {
    memory = allocate(bytes);
  }
  return {memory, [pool = shared_from_this(), bytes](void* used) { pool->free_[bytes].push_back(used); }};
}

void* MemoryPool::allocate(size_t bytes) {
  if (sealed_) throw NotRecordable(text("it takes ", bytes, " bytes of memory that the step before did not take"));
  void* memory = nullptr;
  const size_t asked = bytes ? bytes : 1;
  cudaError_t status = cudaMalloc(&memory, asked);
  if (status == cudaErrorMemoryAllocation) {
    release_free();
    static_cast<void>(cudaGetLastError());  // it would be reported again by the next call
    status = cudaMalloc(&memory, asked);
  }
  if (status == cudaErrorMemoryAllocation) {
    size_t free = 0, total = 0;
    static_cast<void>(cudaGetLastError());
    check_status(cudaMemGetInfo(&free, &total), "asking how much memory is free");
    fail(text(device_name_, ": out of memory: ", asked >> 10, " KiB more are needed, ", free >> 20, " of ", total >> 20,
              " MiB are free; try a smaller --batch, or end other programs that use the card"));
  }
  check_status(status, "taking memory");
  (*allocations_)[static_cast<const std::byte*>(memory)] = asked;
  return memory;
}

// What cannot be freed is lost, and that is all: this runs when a program ends, too.
void MemoryPool::release_free() {
  for (auto& [bytes, buffers] : free_) {
    for (void* buffer : buffers) {
      allocations_->erase(static_cast<const std::byte*>(buffer));
      static_cast<void>(cudaFree(buffer));
    }
  }
  free_.clear();
}

void check_driver() {
  int driver = 0, count = 0;
  check_status(cudaDriverGetVersion(&driver), "asking for the driver");
  check(driver > 0,
        "cuda: there is no NVIDIA driver on this machine; leave out --device cuda, and the processor does it");
  const cudaError_t status = cudaGetDeviceCount(&count);
  check(status != cudaErrorInsufficientDriver, "cuda: the NVIDIA driver knows CUDA ", driver / 1000, ".",
        driver % 1000 / 10, ", but this program needs ", CUDART_VERSION / 1000, ".", CUDART_VERSION % 1000 / 10,
        ": please update the driver");
  check(status != cudaErrorNoDevice, "cuda: there is a driver, but no NVIDIA graphics card");
  check_status(status, "counting graphics cards");
}

void check_usable(int index) {
  check_driver();
  int count = 0;
  check_status(cudaGetDeviceCount(&count), "counting graphics cards");
  check(index < count, "cuda:", index, ": there is no such card; there ", count == 1 ? "is " : "are ", count,
        ", the first is cuda:0");
  cudaDeviceProp card{};
  check_status(cudaGetDeviceProperties(&card, index), "asking what the card is");
  check(10 * card.major + card.minor >= least_capability, "cuda:", index, ": ", card.name, " has compute capability ",
        card.major, ".", card.minor, ", but 7.5 or newer is needed");
}

std::string describe_card(int index) {
  cudaDeviceProp card{};
  check_status(cudaGetDeviceProperties(&card, index), "asking what the card is");
  return text("cuda:", index, ": ", card.name, ", compute capability ", card.major, ".", card.minor, ", ",
              card.multiProcessorCount, " multiprocessors, ", card.totalGlobalMem >> 20, " MiB");
}

CudaDevice::CudaDevice(Options options)
    : options_(options), pool_(std::make_shared<MemoryPool>("cuda:" + std::to_string(options.index), allocations_)) {
  check_usable(options.index);
  try {
    open();
  } catch (...) {
    close();
    throw;
  }
  current_device = this;
}

void CudaDevice::open() {
  check_status(cudaSetDevice(options_.index), "choosing the card");
  for (cudaStream_t& stream : streams_)
    check_status(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "making a stream");
  check_status(cublasCreate(&blas_), "starting cuBLAS");
  check_status(cublasSetStream(blas_, stream()), "giving cuBLAS its stream");
  check_status(cublasSetMathMode(blas_, options_.tf32 ? CUBLAS_TF32_TENSOR_OP_MATH : CUBLAS_PEDANTIC_MATH),
               "setting cuBLAS's precision");
  blas_workspace_ = pool_->take(blas_workspace_bytes);
  check_status(cublasSetWorkspace(blas_, blas_workspace_.get(), blas_workspace_bytes), "giving cuBLAS memory");
  check_status(cudnnCreate(&dnn_), "starting cuDNN");
}

void CudaDevice::close() noexcept {
  if (stream()) static_cast<void>(cudaStreamSynchronize(stream()));
  forget_convolutions();
  if (dnn_) static_cast<void>(cudnnDestroy(dnn_));
  if (blas_) static_cast<void>(cublasDestroy(blas_));
  for (cudaStream_t stream : streams_)
    if (stream) static_cast<void>(cudaStreamDestroy(stream));
}

CudaDevice::~CudaDevice() {
  if (current_device != this) static_cast<void>(cudaSetDevice(options_.index));
  close();
  current_device = nullptr;
}

void CudaDevice::use() const {
  if (current_device == this) return;
  check_status(cudaSetDevice(options_.index), "choosing the card");
  current_device = this;
}

const Backend<float>& CudaDevice::backend() const {
  use();
  return cuda_backend();
}

std::shared_ptr<void> CudaDevice::allocate(size_t bytes) {
  use();
  return recorder_ ? recorder_->memory(*this).take(bytes) : pool_->take(bytes);
}

bool CudaDevice::recording() const { return recorder_ && recorder_->recording(); }

std::unique_ptr<StepRecorder> CudaDevice::step_recorder() { return std::make_unique<Recorder>(*this); }

// Of memory that is not pinned, the driver takes a copy before this returns.
void CudaDevice::upload(const void* from, void* to, size_t bytes) {
  if (recording()) throw NotRecordable("it brings numbers from the CPU");
  use();
  check_status(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, stream()), "copying to the card");
}

void CudaDevice::download(const void* from, void* to, size_t bytes) {
  use();
  if (recording()) return recorder_->record_loss(*this, from, to, bytes);
  if (recorder_) recorder_->memory(*this).touch({.read = {{from}}});
  check_status(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, stream()), "copying from the card");
  check_status(cudaStreamSynchronize(stream()), "waiting for the card");
}

void CudaDevice::copy(const void* from, void* to, size_t bytes) {
  use();
  // Between cards their main streams keep the order.
  const bool across = !allocation_of(from) || !allocation_of(to);
  const auto start = [&](cudaStream_t stream) {
    check_status(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice, stream), "copying on the card");
  };
  work({.read = {{from}}, .written = {{to}}}, start, across ? Way::main : Way::branch);
}

void CudaDevice::fill(std::span<float> numbers, float value) {
  use();
  start(*this, static_cast<int64_t>(numbers.size()), Fill{numbers.data(), value});
}

// One handle for both: what it keeps ready it has from the rehearsal, and asks the driver for nothing while recorded.
cudnnHandle_t CudaDevice::dnn(cudaStream_t stream) {
  if (dnn_stream_ != stream) check_status(cudnnSetStream(dnn_, stream), "giving cuDNN its stream");
  dnn_stream_ = stream;
  return dnn_;
}

int CudaDevice::begin_work(const Arrays& arrays, Way way) {
  if (recorder_) recorder_->memory(*this).touch(arrays);
  return recording() ? recorder_->branches(*this).begin(arrays, way) : 0;
}
void CudaDevice::end_work(const Arrays& arrays, int stream) {
  if (!recording()) return;
  use();  // its events are this card's
  recorder_->branches(*this).end(arrays, stream);
}
void CudaDevice::leave_out(const Arrays& arrays) { recorder_->memory(*this).touch(arrays); }
void CudaDevice::join_branches() {
  if (recording()) recorder_->branches(*this).join();
}

const void* CudaDevice::allocation_of(const void* address) const {
  const auto* const byte = static_cast<const std::byte*>(address);
  const auto after = allocations_->upper_bound(byte);
  if (after == allocations_->begin()) return nullptr;
  const auto& [begin, bytes] = *std::prev(after);
  return byte < begin + bytes ? begin : nullptr;
}

int64_t CudaDevice::image_stride(std::span<const float> images, int64_t image) const {
  constexpr auto bytes = static_cast<int64_t>(sizeof(float));
  if (!recording()) return image;
  return recorder_->memory(*this).image_stride(images.data(), images.size_bytes(), image * bytes) / bytes;
}

std::shared_ptr<void> CudaDevice::allocate_for(std::span<const float> images, int64_t image,
                                               const NeededBytes& needed) {
  const size_t bytes = needed(image_stride(images, image)).value();
  return recorder_ ? recorder_->memory(*this).take(bytes, images.data(), needed) : pool_->take(bytes);
}

CudaDevice& current() {
  check(current_device != nullptr, "cuda: no card was chosen");
  return const_cast<CudaDevice&>(*current_device);  // whoever asks for a table of kernels has the card itself
}

}  // namespace cnnlab::cuda
