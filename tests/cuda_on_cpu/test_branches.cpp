#include <cctype>

#include <catch2/catch.hpp>

#include "lessons/02_inception/model.hpp"
#include "lessons/05_residual/model.hpp"
#include "native/cuda/branches.hpp"
#include "native/cuda/launch.hpp"
#include "tests/cuda_on_cpu/card.hpp"
#include "tests/cuda_on_cpu/test_card.hpp"
#include "tests/train/tiny.hpp"

using namespace cnnlab;
using namespace cnnlab::cuda;
using namespace cnnlab::testing;

namespace {

// What Branches says of work on memory that is known by names, and how often it lets a stream wait.
struct Planned {
  std::string streams{};
  int waits = 0, waits_to_join = 0;
};

struct Work {
  std::string read, written;  // a letter each, or a letter and a digit: one of its slices
  Way way = Way::branch;
};

constexpr int64_t slice_bytes = 8, letter_bytes = 10 * slice_bytes;

Planned plan(const std::vector<Work>& all) {
  const CudaDevice& card = test_card();
  Card::instance().let_fail(-1);  // counts from here on
  static const std::vector<std::byte> memory(26 * letter_bytes);
  Branches branches(card.stream(), card.side_stream(), [](const void* address) {
    const int64_t place = static_cast<const std::byte*>(address) - memory.data();
    return memory.data() + place / letter_bytes * letter_bytes;
  });
  const auto list = [](const std::string& names) {
    std::vector<cuda::Piece> pieces;
    for (const char name : names) {
      if (std::isdigit(name)) {
        const std::byte* const letter = static_cast<const std::byte*>(pieces.back().address);
        pieces.back() = {letter + (name - '0') * slice_bytes, slice_bytes, letter_bytes};
      } else {
        pieces.push_back({memory.data() + (name - 'a') * letter_bytes});
      }
    }
    return pieces;
  };
  Planned planned;
  for (const Work& work : all) {
    const Arrays arrays{list(work.read), list(work.written)};
    const int stream = branches.begin(arrays, work.way);
    branches.end(arrays, stream);
    planned.streams += static_cast<char>('0' + stream);
  }
  const auto waits = [] {
    const auto& calls = Card::instance().calls_by_function();
    return calls.contains("cudaStreamWaitEvent") ? calls.at("cudaStreamWaitEvent") : 0;
  };
  planned.waits = waits();
  branches.join();
  planned.waits_to_join = waits() - planned.waits;
  return planned;
}

// Of a recorded step: pairs of convolutions, forwards, of which either may be done first.
int64_t convolutions_without_order(const std::shared_ptr<nn::Module>& net) {
  net->to(&test_card());
  const Dataset data = slice(digits(), 0, 16);
  Trainer trainer(net, train_step, {.loader = {.batch_size = 4}, .epochs = 1}, data, data);
  for (int step = 0; step < 4; ++step) trainer.advance();
  REQUIRE(trainer.why_not_repeated().empty());
  return Card::instance().pairs_without_order("cudnnConvolutionForward");
}

}  // namespace

TEST_CASE("work stays in the stream of what it needs, and a second branch goes to the other", "[cuda_on_cpu]") {
  SECTION("a chain") {
    const auto [streams, waits, waits_to_join] = plan({{"a", "b"}, {"b", "c"}, {"c", "d"}});
    CHECK(streams == "000");
    CHECK(waits + waits_to_join == 0);
  }
  SECTION("a chain, though something else came between") {
    const auto [streams, waits, waits_to_join] = plan({{"a", "x"}, {"e", "f"}, {"x", "b"}, {"bf", "c"}});
    CHECK(streams == "0000");
    CHECK(waits + waits_to_join == 0);
  }
  SECTION("two branches of two works, and what needs both") {
    const auto [streams, waits, waits_to_join] =
        plan({{"a", "x"}, {"x", "b"}, {"b", "c"}, {"x", "d"}, {"d", "e"}, {"ce", "y"}});
    CHECK(streams == "000110");
    CHECK(waits == 2);  // d for x, y for e
    CHECK(waits_to_join == 0);
  }
  SECTION("three") {
    const auto [streams, waits, waits_to_join] = plan({{"a", "x"}, {"x", "b"}, {"x", "c"}, {"x", "d"}, {"bcd", "y"}});
    CHECK(streams == "00100");
    CHECK(waits == 2);
    CHECK(waits_to_join == 0);
  }
  SECTION("branches again and again: each time it waits anew, but not for what it has waited for") {
    const auto [streams, waits, waits_to_join] =
        plan({{"a", "x"}, {"x", "b"}, {"x", "c"}, {"bc", "y"}, {"y", "z"}, {"x", "e"}, {"ez", "w"}, {"cw", "v"}});
    CHECK(streams == "00100100");
    CHECK(waits == 3);
    CHECK(waits_to_join == 0);
  }
  SECTION("work that has to stay waits") {
    const auto [streams, waits, waits_to_join] = plan({{"a", "x"}, {"x", "b"}, {"x", "c"}, {"c", "d", Way::main}});
    CHECK(streams == "0010");
    CHECK(waits == 2);
    CHECK(waits_to_join == 0);
  }
  SECTION("small work follows what it reads, and leaves the other stream free") {
    const auto [streams, waits, waits_to_join] =
        plan({{"a", "x"}, {"x", "b"}, {"x", "r", Way::follow}, {"x", "c"}, {"c", "s", Way::follow}});
    CHECK(streams == "00011");
    CHECK(waits == 1);
    CHECK(waits_to_join == 1);
  }
  SECTION("what is left alone is joined") {
    const auto [streams, waits, waits_to_join] = plan({{"a", "x"}, {"x", "b"}, {"x", "c"}});
    CHECK(streams == "001");
    CHECK(waits == 1);
    CHECK(waits_to_join == 1);
  }
  SECTION("memory that is used again: by whom the other stream reads it still, or writes to it") {
    CHECK(plan({{"a", "x"}, {"x", "b"}, {"x", "c"}, {"b", "x"}}).waits == 2);  // the last comes behind c
    CHECK(plan({{"a", "x"}, {"x", "b"}, {"x", "c"}, {"b", "c"}}).waits == 2);
  }
  SECTION("two branches that write to slices of one tensor, who reads it all, and who writes to a slice again") {
    const auto [streams, waits, waits_to_join] =
        plan({{"a", "x"}, {"x", "m1"}, {"x", "m2"}, {"m", "y"}, {"y", "z"}, {"x", "m2"}});
    CHECK(streams == "001001");
    CHECK(waits == 3);  // m2 for x, y for m2, the second m2 for y
    CHECK(waits_to_join == 1);
  }
  SECTION("who writes to all of a tensor waits for who reads slices, and they for it") {
    const auto [streams, waits, waits_to_join] =
        plan({{"a", "x"}, {"x", "m"}, {"m1", "b"}, {"m2", "c"}, {"b", "m"}, {"c", "d"}, {"m2", "e"}});
    CHECK(streams == "0001010");
    CHECK(waits == 2);  // c for m, the second m for c
    CHECK(waits_to_join == 1);
  }
}

TEST_CASE("slices overlap where they share bytes, or might", "[cuda_on_cpu]") {
  const Extent slice{.offset = 16, .run = 8, .stride = 64};
  CHECK(overlap(slice, slice));
  CHECK(overlap(slice, {}));
  CHECK(overlap(slice, {.offset = 20, .run = 8, .stride = 64}));
  CHECK(overlap(slice, {.offset = 64 + 16, .run = 4, .stride = 64}));
  CHECK_FALSE(overlap(slice, {.offset = 24, .run = 40, .stride = 64}));
  CHECK_FALSE(overlap({.offset = 0, .run = 16, .stride = 64}, slice));
  CHECK(overlap(slice, {.offset = 24, .run = 8, .stride = 32}));
  CHECK(overlap(slice, {.offset = 60, .run = 8, .stride = 64}));  // it goes on where others begin
}

TEST_CASE("a missing wait between two streams is an error that names both works", "[cuda_on_cpu]") {
  CudaDevice& card = test_card();
  cudaStream_t const main = card.stream(), side = card.side_stream();
  Tensor x({4}, &card), y({4}, &card), z({4}, &card);
  cudaEvent_t forked = nullptr, written = nullptr, joined = nullptr;
  for (cudaEvent_t* const event : {&forked, &written, &joined})
    REQUIRE(cudaEventCreateWithFlags(event, cudaEventDisableTiming) == cudaSuccess);
  const auto waits = [](cudaStream_t stream, cudaEvent_t event, cudaStream_t for_stream) {
    REQUIRE(cudaEventRecord(event, for_stream) == cudaSuccess);
    REQUIRE(cudaStreamWaitEvent(stream, event, cudaEventWaitDefault) == cudaSuccess);
  };
  const auto capture = [&](bool with_wait, const std::function<void()>& first, const std::function<void()>& second) {
    cudaGraph_t graph = nullptr;
    REQUIRE(cudaStreamBeginCapture(main, cudaStreamCaptureModeThreadLocal) == cudaSuccess);
    waits(side, forked, main);
    first();
    if (with_wait) waits(side, written, main);
    second();
    waits(main, joined, side);
    const cudaError_t status = cudaStreamEndCapture(main, &graph);
    if (graph) cudaGraphDestroy(graph);
    return status;
  };
  const auto check_needs_wait = [&](const std::string& message, const std::function<void()>& first,
                                    const std::function<void()>& second) {
    CHECK(capture(true, first, second) == cudaSuccess);
    CHECK_THROWS_WITH(capture(false, first, second), Catch::Matchers::Matches(message));
  };
  const auto fill_x = [&] { launch(main, 4, Fill{x.raw().data(), 1}); };
  const auto read_x = [&](cudaStream_t stream, Tensor& to) {
    launch(stream, 4, Relu{x.raw().data(), to.raw().data()});
  };
  const std::string end = " on another stream, and no event stands between";
  check_needs_wait("cuda_on_cpu: .*Relu.* reads what .*Fill.* writes" + end, fill_x, [&] { read_x(side, y); });
  check_needs_wait("cuda_on_cpu: .*Fill.* writes what .*Fill.* writes" + end, fill_x, [&] {
    launch(side, 4, Fill{x.raw().data(), 2});
  });
  check_needs_wait(
      "cuda_on_cpu: .*Fill.* writes what .*Relu.* reads" + end, [&] { read_x(main, y); },
      [&] {
        launch(side, 4, Fill{x.raw().data(), 2});
      });
  CHECK(capture(
            false, [&] { read_x(main, y); }, [&] { read_x(side, z); }) == cudaSuccess);
  for (cudaEvent_t event : {forked, written, joined}) cudaEventDestroy(event);
}

TEST_CASE("in a recorded step Inception's branches and ResNet's projection have no order", "[cuda_on_cpu]") {
  manual_seed(1);
  const auto res_net = [](bool projection) {
    return std::make_shared<residual::ResNet>(
        residual::ResNet({.in = 1, .depth = 8, .width = 4, .projection = projection}));
  };
  CHECK(convolutions_without_order(tiny_net()) == 0);
  CHECK(convolutions_without_order(res_net(false)) == 0);
  CHECK(convolutions_without_order(res_net(true)) >= 2);  // two projections, each beside one that it goes around
  CHECK(convolutions_without_order(std::make_shared<inception::MainNet>()) >= 12);
}
