#include <algorithm>
#include <cmath>
#include <map>
#include <regex>
#include <set>

#include <catch2/catch.hpp>

#include "lessons/facts.hpp"
#include "lib/autograd/tape.hpp"
#include "lib/io/files.hpp"

using namespace cnnlab;

namespace {

std::map<std::string, double> facts(const std::string& lesson) {
  std::map<std::string, double> found;
  for (const Fact& fact : facts_of(find_lesson(lesson))) {
    INFO(fact.name);
    CHECK(found.emplace(fact.name, fact.value).second);  // each name once
  }
  return found;
}

const SourceFile& source(const std::string& path) {
  const auto all = lesson_sources();
  const auto found = std::find_if(all.begin(), all.end(), [&](const SourceFile& file) { return file.path == path; });
  check(found != all.end(), path, " is not embedded");
  return *found;
}

// Line `number` (from 1) of a text.
std::string line_of(std::string_view text, int number) {
  for (; number > 1; --number) text.remove_prefix(text.find('\n') + 1);
  return std::string(text.substr(0, text.find('\n')));
}

// Whether a line of code calls an op, or a module that it ran in, be it one of a row: conv3 is called as conv[i](x); or
// one that need not be there: (*bn)(x).
bool calls(const std::string& line, const Node<float>& node) {
  if (line.find(text(node.op, "(")) != std::string::npos) return true;
  return std::any_of(node.frames.begin(), node.frames.end(), [&](const Frame& frame) {
    const std::string row = frame.module.substr(0, frame.module.find_last_not_of("0123456789") + 1);
    return !frame.module.empty() &&
           (line.find(frame.module + "(") != std::string::npos || line.find(row + "[") != std::string::npos ||
            line.find("*" + frame.module + ")(") != std::string::npos);
  });
}

}  // namespace

TEST_CASE("the source lesson's numbers come out of the library") {
  auto fact = facts("inception");
  CHECK(fact.at("conv5x5_weights") == 153'600);
  CHECK(fact.at("conv5x5_mults") == 120'422'400);
  CHECK(fact.at("bottleneck_weights") == 31'744);
  CHECK(fact.at("bottleneck_mults") == 24'887'296);
  CHECK(fact.at("mults_ratio") == Approx(120'422'400.0 / 24'887'296).epsilon(1e-12));
  CHECK(fact.at("branch1x1_channels") == 16);
  CHECK(fact.at("branch5x5_channels") == 24);
  CHECK(fact.at("branch3x3_channels") == 24);
  CHECK(fact.at("branch_pool_channels") == 24);
  CHECK(fact.at("inception_channels") == 88);
  CHECK(fact.at("inception_in_first") == 10);
  CHECK(fact.at("inception_in_second") == 20);
  CHECK(fact.at("flatten_height") == 4);
  CHECK(fact.at("flatten_size") == 1408);
  CHECK(fact.at("mainnet_parameters") == 97'298);
  CHECK(fact.at("source_correct") == 9822);
  CHECK(fact.at("source_loss") == 0.0536);
}

TEST_CASE("the numbers of the Inception prose that the source lesson does not give, worked out by hand") {
  auto fact = facts("inception");
  CHECK(fact.at("conv1_side") == 24);
  CHECK(fact.at("incept1_side") == 12);
  CHECK(fact.at("conv2_side") == 8);
  CHECK(fact.at("conv2_parameters") == 88 * 20 * 25 + 20);
  CHECK(fact.at("fc_parameters") == 14'090);
  const int64_t inside = 16 * 24 * 25 + 24 + 16 * 24 * 9 + 24 + 24 * 24 * 9 + 24;  // layers behind the 1×1 ones
  CHECK(fact.at("incept1_parameters") == 10 * (3 * 16 + 24) + 3 * 16 + 24 + inside);
  CHECK(fact.at("incept2_parameters") == 20 * (3 * 16 + 24) + 3 * 16 + 24 + inside);
  CHECK(fact.at("conv2_bottleneck_parameters") == 88 * 16 + 16 + 16 * 20 * 25 + 20);
  CHECK(fact.at("incept2_inputs") == 320);
  CHECK(fact.at("collapsed_parameters") == 320 * 10 + 10);
  // A 5×5 window on 4×4 meets, along one side, 3 + 4 + 4 + 3 = 14 of 20 places: (14/20)² lie on the map.
  CHECK(fact.at("incept2_padding_percent") == Approx(51).margin(1e-5));
  const int64_t module1 = 144 * (10 * 72 + 16 * 24 * 34 + 24 * 24 * 9),
                module2 = 16 * (20 * 72 + 16 * 24 * 34 + 24 * 24 * 9);
  CHECK(fact.at("mainnet_mults") == 576 * 10 * 25 + module1 + 64 * 20 * 88 * 25 + module2 + 14'080);
}

TEST_CASE("lessons are found by id, and options are checked") {
  CHECK(find_lesson("inception").folder == "lessons/02_inception");
  CHECK_THROWS_WITH(find_lesson("x"),
                    Catch::StartsWith("there is no lesson \"x\"; there are: ") && Catch::Contains("inception"));
  CHECK_THROWS_WITH(find_lesson("inception").make({{"depth", 3}}), "lesson inception has no option \"depth\"");

  const Lesson lesson{.id = "test",
                      .folder = "",
                      .title_en = "",
                      .title_ko = "",
                      .input = {1, 28, 28},
                      .options = {{.name = "depth", .initial = 20, .least = 8, .most = 56, .help = "", .step = 6}},
                      .sources = {},
                      .build = [](const LessonOptions& options, const Shape& input) -> std::shared_ptr<nn::Module> {
                        fail(text("built with ", options.at("depth"), " for ", input));
                      },
                      .other_inputs = {{3, 32, 32}}};
  CHECK_THROWS_WITH(lesson.make(), "built with 20 for (1, 28, 28)");
  CHECK_THROWS_WITH(lesson.make({{"depth", 8}}), "built with 8 for (1, 28, 28)");
  CHECK_THROWS_WITH(lesson.make({}, {3, 32, 32}), "built with 20 for (3, 32, 32)");
  CHECK_THROWS_WITH(lesson.make({}, {3, 28, 28}),
                    "lesson test reads 28x28 images with 1 channel, not images of shape (3, 28, 28)");
  for (const int64_t wrong : {2, 9, 62})
    CHECK_THROWS_WITH(lesson.make({{"depth", wrong}}),
                      text("lesson test: depth must be 8 to 56 in steps of 6, got ", wrong));
}

TEST_CASE("every lesson builds, reads its input, and runs code that is embedded") {
  for (const Lesson& lesson : lessons()) {
    INFO(lesson.id);
    CHECK_FALSE(lesson.title_en.empty());
    CHECK_FALSE(lesson.title_ko.empty());
    const auto net = lesson.make();
    const Tape tape;
    const Variable output = (*net)(Tensor::zeros({2, lesson.input[0], lesson.input[1], lesson.input[2]}));
    CHECK(output.shape() == Shape{2, 10});
    for (const auto& [node, value] : tape.records()) {
      if (std::string_view(node->site.file).starts_with("tests/")) continue;  // the call above
      INFO(node->site.file << ":" << node->site.line);
      CHECK(std::find(lesson.sources.begin(), lesson.sources.end(), node->site.file) != lesson.sources.end());
      CHECK(calls(line_of(source(node->site.file).text, node->site.line), *node));
    }
  }
}

TEST_CASE("every {{number}} of the prose is a fact of its lesson") {
  for (const Lesson& lesson : lessons()) {
    const auto known = facts(lesson.id);
    for (const std::string language : {"en", "ko"}) {
      const std::string path = SOURCE_TREE + lesson.folder + "/text." + language + ".md";
      if (!file_exists(path)) continue;
      const Bytes bytes = read_file(path);
      const std::string prose(bytes.begin(), bytes.end());
      const std::regex number(R"(\{\{([a-z0-9_]+)\}\})");
      int mentioned = 0;
      for (std::sregex_iterator it(prose.begin(), prose.end(), number), end; it != end; ++it, ++mentioned) {
        INFO(path << ": {{" << (*it)[1] << "}}");
        // shipped_…: what the lesson's trained weights reach; written in the metadata of their file.
        CHECK((known.contains((*it)[1]) || (*it)[1].str().starts_with("shipped_")));
      }
      CHECK(mentioned > 0);
    }
  }
}
