#pragma once
#include <span>
#include <vector>

#include "lib/tensor/device.hpp"

namespace cnnlab {

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
  /// Between the two: each array becomes the mean of those at its place on all devices. `arrays[d]` lie on device d.
  virtual void average(const std::vector<std::vector<std::span<float>>>& arrays) = 0;
  /// Whether what they are asked is recorded (StepRecorder), and not done.
  virtual bool recording() const = 0;
};

}  // namespace cnnlab
