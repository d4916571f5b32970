#include <algorithm>

#include <catch2/catch.hpp>

#include "lessons/lesson.hpp"
#include "lib/inspect/diagram.hpp"
#include "lib/nn/layers.hpp"

using namespace cnnlab;

namespace {

// A residual block whose activation is one module, called twice, as PyTorch's BasicBlock does.
struct Residual : nn::Module {
  nn::Conv2d conv1 = add("conv1", nn::Conv2d({.in = 2, .out = 2, .kernel = 3, .padding = 1}));
  nn::Conv2d conv2 = add("conv2", nn::Conv2d({.in = 2, .out = 2, .kernel = 3, .padding = 1}));
  nn::ReLU relu = add("relu", nn::ReLU());
  Variable forward(Variable x) override { return relu(cnnlab::add(conv2(relu(conv1(x))), x)); }
};

struct Dense : nn::Module {
  nn::Conv2d layer1 = add("layer1", nn::Conv2d({.in = 2, .out = 3, .kernel = 1}));
  nn::Conv2d layer2 = add("layer2", nn::Conv2d({.in = 5, .out = 3, .kernel = 1}));
  Variable forward(Variable x) override {
    x = cat({x, layer1(x)}, 1);
    return cat({x, layer2(x)}, 1);
  }
};

struct Net : nn::Module {
  Residual block = add("block", Residual());
  Dense dense = add("dense", Dense());
  Variable forward(Variable x) override { return flatten(dense(block(x))); }
};

Diagram run(nn::Module& net, const Shape& input) {
  const Tape tape;
  const Variable loss = view(net(Tensor::zeros(input)), {-1});  // outside the network, as a loss is
  return Diagram(tape.records());
}

using Names = std::vector<std::string>;

Names ids(const Diagram& diagram, const std::vector<int>& parts) {
  Names found;
  for (const int part : parts) found.push_back(diagram.parts()[part].id);
  return found;
}

Names sources(const Diagram& diagram, const std::string& id) {
  return ids(diagram, diagram.parts()[diagram.find(id)].sources);
}

}  // namespace

TEST_CASE("a diagram has modules, their layers and ops, each under a name of its own") {
  Net net;
  const Diagram diagram = run(net, {1, 2, 4, 4});
  CHECK(ids(diagram, diagram.outermost()) == Names{"block", "dense", "flatten"});
  const auto& block = diagram.parts()[diagram.find("block")];
  CHECK(ids(diagram, block.children) == Names{"block.conv1", "block.relu", "block.conv2", "block.add", "block.relu-2"});
  CHECK(block.op.empty());
  CHECK(diagram.parts()[diagram.find("block.conv1")].op == "conv2d");
  CHECK(diagram.parts()[diagram.find("block.conv1")].module);
  CHECK_FALSE(diagram.parts()[diagram.find("block.add")].module);
  CHECK(diagram.parts()[diagram.find("block.add")].path == "block");
  CHECK(diagram.parts()[diagram.find("block.relu-2")].path == "block.relu");
  CHECK(diagram.find("view") == -1);  // ran outside the network
}

TEST_CASE("wires: a shortcut goes round, a dense block's maps go to every later layer") {
  Net net;
  const Diagram diagram = run(net, {1, 2, 4, 4});
  CHECK(sources(diagram, "dense") == Names{"block"});
  CHECK(sources(diagram, "block.add") == Names{"block.conv2"});
  CHECK(diagram.parts()[diagram.find("block.add")].takes_input);
  CHECK(diagram.parts()[diagram.find("block.conv1")].takes_input);
  CHECK_FALSE(diagram.parts()[diagram.find("block.conv2")].takes_input);
  CHECK(diagram.parts()[diagram.find("block.relu-2")].gives_output);
  CHECK_FALSE(diagram.parts()[diagram.find("block.add")].gives_output);
  CHECK(sources(diagram, "dense.cat-2") == Names{"dense.cat", "dense.layer2"});
  CHECK(diagram.parts()[diagram.find("flatten")].gives_output);
}

TEST_CASE("costs add up, and shared parameters count once") {
  struct Twice : nn::Module {
    nn::Linear fc = add("fc", nn::Linear({.in = 3, .out = 3}));
    Variable forward(Variable x) override { return fc(relu(fc(x))); }
  };
  Twice net;
  const Diagram diagram = run(net, {1, 3});
  CHECK(ids(diagram, diagram.outermost()) == Names{"fc", "relu", "fc-2"});
  CHECK(diagram.parameters() == 12);
  CHECK(diagram.parts()[diagram.find("fc-2")].parameters == 12);
  CHECK(diagram.multiply_adds() == 18);
}

TEST_CASE("a part that is switched off stays one part, and what comes out of it is its zeros") {
  Net net;
  const Shape input{1, 2, 4, 4};
  const Diagram before = run(net, input);
  net.switch_off("block.conv2");
  net.switch_off("dense");
  const Diagram diagram = run(net, input);
  REQUIRE(diagram.parts().size() == before.parts().size());
  for (size_t i = 0; i < before.parts().size(); ++i) {
    const auto &part = diagram.parts()[i], &as_before = before.parts()[i];
    INFO(part.id);
    CHECK(part.id == as_before.id);
    CHECK(part.op == as_before.op);
    CHECK(part.parameters == as_before.parameters);
    CHECK(part.sources == as_before.sources);
    CHECK(part.gives_output == as_before.gives_output);
  }
  const auto& conv2 = diagram.parts()[diagram.find("block.conv2")];
  CHECK(conv2.last == conv2.first + 1);
}

TEST_CASE("every lesson's network has a diagram whose parameters are the network's") {
  for (const Lesson& lesson : lessons()) {
    INFO(lesson.id);
    const auto net = lesson.make();
    const Diagram diagram = run(*net, {1, lesson.input[0], lesson.input[1], lesson.input[2]});
    CHECK(diagram.parameters() == net->parameter_count());
    int64_t parameters = 0, multiply_adds = 0;
    for (const int part : diagram.outermost()) {
      parameters += diagram.parts()[part].parameters;
      multiply_adds += diagram.parts()[part].multiply_adds;
    }
    CHECK(parameters == diagram.parameters());
    CHECK(multiply_adds == diagram.multiply_adds());
    CHECK(std::ranges::any_of(diagram.outermost(), [&](int part) { return diagram.parts()[part].takes_input; }));
  }
}
