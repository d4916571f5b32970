#include <algorithm>
#include <tuple>
#include <type_traits>

#include "lib/tensor/tensor.hpp"
#include "native/cuda/backend.hpp"
#include "tests/cuda_on_cpu/test_card.hpp"
#include "tests/kernels/support.hpp"

// CUDA's table in a form that takes arrays of the CPU: so the cases of tests/kernels run for it as for every other
// table.
namespace cnnlab::testing {
namespace {

template <class Argument>
struct OnCard {
  Argument value;
  OnCard(const Argument& argument) : value(argument) {}  // NOLINT(google-explicit-constructor)
  const Argument& argument() const { return value; }
  void bring_back() const {}
};

template <class Number>
struct OnCard<std::span<Number>> {
  using Value = std::remove_const_t<Number>;
  std::span<Number> host;
  BasicTensor<Value> there;
  OnCard(std::span<Number> numbers)  // NOLINT(google-explicit-constructor)
      : host(numbers), there(Shape{static_cast<int64_t>(numbers.size())}, numbers) {
    there.move_to(&test_card());
  }
  std::span<Number> argument() { return host.empty() ? std::span<Number>() : there.raw(); }
  void bring_back() const {
    if constexpr (!std::is_const_v<Number>) std::ranges::copy(there.to(nullptr).data(), host.begin());
  }
};

// One function of the table, or a call of it.
template <auto member, class... Arguments>
void through_host(Arguments... arguments) {
  std::tuple<OnCard<std::remove_cvref_t<Arguments>>...> there(arguments...);
  std::apply(
      [](auto&... each) {
        (cuda::cuda_backend().*member)(each.argument()...);
        (each.bring_back(), ...);
      },
      there);
}
template <auto member, class... Arguments>
void wrap(Backend<float>& table, void (*Backend<float>::*)(Arguments...)) {
  table.*member = through_host<member, Arguments...>;
}
template <auto... members>
void wrap_all(Backend<float>& table) {
  (wrap<members>(table, members), ...);
}

void sgd_step(const SgdSettings& settings, std::span<const SgdParameter<float>> all) {
  std::vector<OnCard<std::span<const float>>> gradients;
  std::vector<OnCard<std::span<float>>> changed;
  std::vector<SgdParameter<float>> there;
  changed.reserve(2 * all.size());
  for (const auto& [first, gradient, velocity, parameter] : all) {
    gradients.emplace_back(gradient);
    auto& new_velocity = changed.emplace_back(velocity);
    auto& new_parameter = changed.emplace_back(parameter);
    there.push_back({first, gradients.back().argument(), new_velocity.argument(), new_parameter.argument()});
  }
  cuda::cuda_backend().sgd_step(settings, there);
  for (const auto& tensor : changed) tensor.bring_back();
}

Backend<float> make_table() {
  using B = Backend<float>;
  B table{};
  table.name = "cuda on the CPU";
  wrap_all<&B::conv2d, &B::conv2d_backward, &B::batch_norm2d, &B::batch_norm2d_backward, &B::linear,
           &B::linear_backward, &B::max_pool2d, &B::max_pool2d_backward, &B::avg_pool2d, &B::avg_pool2d_backward,
           &B::global_avg_pool2d, &B::global_avg_pool2d_backward, &B::zero_pad_shortcut, &B::zero_pad_shortcut_backward,
           &B::relu, &B::relu_backward, &B::add, &B::dropout, &B::copy_runs, &B::log_softmax, &B::log_softmax_backward,
           &B::nll_loss, &B::nll_loss_backward, &B::move_towards, &B::count>(table);
  table.sgd_step = sgd_step;
  return table;
}

const Backend<float> table = make_table();
const bool added = (test::added_backends().push_back(&table), true);

}  // namespace
}  // namespace cnnlab::testing
