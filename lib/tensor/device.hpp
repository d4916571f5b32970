#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace cnnlab {

template <class T>
struct Backend;  // lib/backend.hpp

/// Where the numbers of a tensor can live, other than in the CPU's memory, and what has to be done there. The CPU
/// itself is the null pointer. Whatever is asked of a device happens in the order in which it was asked; only
/// `download` waits.
class Device {
 public:
  Device() = default;
  virtual ~Device() = default;
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  virtual std::string name() const = 0;  ///< "cuda:0"
  /// The kernels that compute on this device's memory.
  virtual const Backend<float>& backend() const = 0;

  /// Memory of the device, which the CPU must not touch; it goes back with its last owner.
  virtual std::shared_ptr<void> allocate(size_t bytes) = 0;
  virtual void upload(const void* from, void* to, size_t bytes) = 0;    ///< from the CPU; `from` may change at once
  virtual void download(const void* from, void* to, size_t bytes) = 0;  ///< to the CPU
  virtual void copy(const void* from, void* to, size_t bytes) = 0;      ///< within the device
  virtual void fill(std::span<float> numbers, float value) = 0;
};

/// "cpu" for the null pointer, else the device's own.
inline std::string device_name(const Device* device) { return device ? device->name() : "cpu"; }

}  // namespace cnnlab
