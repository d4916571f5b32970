#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "lib/ops/ops.hpp"
#include "tests/support/close.hpp"
#include "tests/support/golden.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;
using nlohmann::json;

namespace {

// `buffers` may be changed in place.
using Run = std::function<Variable(const std::vector<Variable>& inputs, const json& options,
                                   const std::vector<Tensor>& buffers)>;

Variable third(const std::vector<Variable>& inputs) { return inputs.size() > 2 ? inputs[2] : Variable(); }

Pool2dOptions pool_options(const json& options) {
  return {.kernel = options["kernel"], .stride = options["stride"], .padding = options["padding"]};
}

// How each case of goldens/generate.py is computed here.
const std::map<std::string, Run> ops{
    {"conv2d",
     [](const auto& in, const json& options, const auto&) {
       return conv2d(in[0], in[1], third(in), {.stride = options["stride"], .padding = options["padding"]});
     }},
    {"batch_norm2d",
     [](const auto& in, const json& options, const auto& running) {
       return batch_norm2d(in[0], in[1], in[2], running[0], running[1],
                           {.momentum = options["momentum"], .eps = options["eps"], .training = options["training"]});
     }},
    {"max_pool2d",
     [](const auto& in, const json& options, const auto&) { return max_pool2d(in[0], pool_options(options)); }},
    {"avg_pool2d",
     [](const auto& in, const json& options, const auto&) { return avg_pool2d(in[0], pool_options(options)); }},
    {"global_avg_pool2d", [](const auto& in, const json&, const auto&) { return global_avg_pool2d(in[0]); }},
    {"zero_pad_shortcut",
     [](const auto& in, const json& options, const auto&) {
       return zero_pad_shortcut(in[0], {.channels = options["channels"], .stride = options["stride"]});
     }},
    {"relu", [](const auto& in, const json&, const auto&) { return relu(in[0]); }},
    {"linear", [](const auto& in, const json&, const auto&) { return linear(in[0], in[1], third(in)); }},
    {"cat",
     [](const auto& in, const json& options, const auto&) { return cat(in, options["axis"].template get<int>()); }},
    {"add", [](const auto& in, const json&, const auto&) { return add(in[0], in[1]); }},
    {"flatten", [](const auto& in, const json&, const auto&) { return flatten(in[0]); }},
    {"view",
     [](const auto& in, const json& options, const auto&) {
       const std::vector<int64_t> sizes = options["sizes"];
       return view(in[0], {sizes[0], sizes[1], sizes[2]});
     }},
    {"log_softmax", [](const auto& in, const json&, const auto&) { return log_softmax(in[0]); }},
    {"nll_loss", [](const auto& in, const json& options,
                    const auto&) { return nll_loss(in[0], options["labels"].template get<std::vector<int32_t>>()); }},
};

// 1e-5 of what the tensor's numbers are like (their root mean square, where that is above 1): a sum of a thousand
// products of size 1 has rounding errors in proportion to the whole, also where it happens to come out small.
Tolerance of_its_size(const Tensor& expected) {
  double squares = 0;
  int64_t finite = 0;
  for (float value : expected.data())
    if (std::isfinite(value)) squares += static_cast<double>(value) * value, ++finite;
  const double size = finite ? std::sqrt(squares / static_cast<double>(finite)) : 0;
  return {.absolute = 1e-5 * std::max(1.0, size), .relative = 1e-5};
}

std::string off(const Tensor& got, const Tensor& expected) { return difference(got, expected, of_its_size(expected)); }

}  // namespace

TEST_CASE("every op and all of its gradients equal PyTorch's") {
  const Golden golden("ops");
  std::map<std::string, int> tried;
  for (const json& test : json::parse(golden.metadata("cases"))) {
    const std::string op = test["op"], key = test["key"];
    INFO(key << " " << test["options"]);
    std::vector<Variable> inputs;
    for (int i = 0; i < test["inputs"]; ++i) inputs.emplace_back(golden[text(key, "/input", i)].clone(), true);
    std::vector<Tensor> buffers;
    for (const std::string name : test["buffers"]) buffers.push_back(golden[key + "/" + name + "/before"].clone());
    const Variable y = ops.at(op)(inputs, test["options"], buffers);
    CHECK(off(y.value(), golden[key + "/y"]) == "");
    // From y's own node: so that outputs that are NaN or infinite do not reach a sum before dy does.
    const auto gradients = y.node()->gradient(golden[key + "/dy"], Needs(inputs.size(), true));
    for (size_t i = 0; i < inputs.size(); ++i) CHECK(off(gradients[i], golden[text(key, "/grad", i)]) == "");
    for (size_t i = 0; i < buffers.size(); ++i)
      CHECK(off(buffers[i], golden[key + "/" + test["buffers"][i].get<std::string>() + "/after"]) == "");
    ++tried[op];
  }
  CHECK(tried.size() == ops.size());
  CHECK(tried["conv2d"] == 12);
  CHECK(tried["batch_norm2d"] == 7);
}
