#pragma once
#include <functional>
#include <memory>
#include <span>

#include "lessons/facts.hpp"
#include "lib/nn/module.hpp"

// Numbers that several lessons state about their nets.
namespace cnnlab {

/// What a net of each depth costs on one digit: "parameters20" and "mults20" (multiply-adds); `make` builds one.
void cost_facts(FactList& facts, std::span<const int64_t> depths,
                const std::function<std::shared_ptr<nn::Module>(int64_t depth)>& make);

/// The maps that parts of the homework's net make of one image, (C, H, W): "homework_layer2_channels" and
/// "homework_layer2_side" for a part "layer2", and so on. Throws Error where there is no such part.
void homework_shapes(FactList& facts, nn::Module& net, const Shape& image, std::span<const char* const> parts);

}  // namespace cnnlab
