#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "lib/tensor/device.hpp"

namespace cnnlab {

/// Of a device: what share it has of the batch that is computed now.
class BatchSharer {
 public:
  BatchSharer() = default;
  virtual ~BatchSharer() = default;
  BatchSharer(const BatchSharer&) = delete;
  BatchSharer& operator=(const BatchSharer&) = delete;

  /// How many devices have an equal share of it (DeviceGroup::together); 1: this one has all.
  virtual int64_t sharers() const = 0;
};
inline int64_t sharers_with(const Device* device) {
  const auto* const sharer = dynamic_cast<const BatchSharer*>(device);
  return sharer ? sharer->sharers() : 1;
}

/// Devices that train one network together, each on its share of a batch. The first leads: what it was asked before
/// `fork` is done before what the others are asked behind it, and what they were asked before `join`, before what the
/// first is asked behind that. Between them all work at the same time. `copy` of one brings numbers from any other.
class DeviceGroup {
 public:
  DeviceGroup() = default;
  virtual ~DeviceGroup() = default;
  DeviceGroup(const DeviceGroup&) = delete;
  DeviceGroup& operator=(const DeviceGroup&) = delete;

  virtual const std::vector<Device*>& devices() const = 0;
  virtual void fork() = 0;
  virtual void join() = 0;
  /// Between the two: work(d) for each device d, as if all ran at the same time, one at a time. They compute one step
  /// on one batch, of which each has an equal share, in the devices' order: so BatchNorm's statistics are those of the
  /// whole batch, and Dropout's mask is the share's part of the whole batch's. They must ask for the same ops in the
  /// same order. Rethrows the first error.
  virtual void together(const std::function<void(size_t)>& work) = 0;
  /// Between the two: each array becomes the mean of those at its place on all devices. `arrays[d]` lie on device d.
  virtual void average(const std::vector<std::vector<std::span<float>>>& arrays) = 0;
  /// Whether what they are asked is recorded (StepRecorder), and not done.
  virtual bool recording() const = 0;
};

}  // namespace cnnlab
