#include <cmath>
#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "lessons/facts.hpp"
#include "lib/train/trainer.hpp"
#include "native/cli/datasets.hpp"
#include "native/cli/format.hpp"
#include "native/cli/options.hpp"
#include "native/commands/commands.hpp"
#include "native/weights/shipped.hpp"

namespace cnnlab {
namespace {

using nlohmann::ordered_json;

// What every lesson's prose may mention: how it is trained by default, and how good the weights are that come with it.
std::vector<Fact> general_facts(const Lesson& lesson) {
  const TrainSettings settings;
  const DatasetInfo& data = find_dataset(DataChoice{}.name);
  const int64_t batch = settings.loader.batch_size, steps = (data.train + batch - 1) / batch;  // of an epoch
  std::vector<Fact> facts{
      {"batch_size", static_cast<double>(batch)},
      {"learning_rate", settings.sgd.lr, 2},
      {"momentum", settings.sgd.momentum, 1},
      {"epochs", static_cast<double>(settings.epochs)},
      {"train_images", static_cast<double>(data.train)},
      {"test_images", static_cast<double>(data.test)},
      {"steps_per_epoch", static_cast<double>(steps)},
      {"ln10", std::log(10.0), 3},
  };
  if (const ByteSpan bytes = shipped_weights(lesson); !bytes.empty()) {
    const auto notes = parse_safetensors(bytes, lesson.folder + "/weights.safetensors").metadata;
    if (notes.contains("test_correct") && notes.contains("test_total")) {
      const double correct = std::stod(notes.at("test_correct"));
      facts.push_back({"shipped_correct", correct});
      if (notes.contains("epochs")) facts.push_back({"shipped_epochs", std::stod(notes.at("epochs"))});
      facts.push_back({"shipped_accuracy", 100 * correct / std::stod(notes.at("test_total")), 1});
    }
  }
  return facts;
}

ordered_json describe(const Lesson& lesson) {
  ordered_json options = ordered_json::array(), racing = ordered_json::array(), facts = ordered_json::object();
  for (const LessonOption& option : lesson.options) {
    options.push_back({{"name", option.name},
                       {"initial", option.initial},
                       {"least", option.least},
                       {"most", option.most},
                       {"step", option.step},
                       {"help", option.help},
                       {"help_ko", option.help_ko}});
  }
  for (const RacingName& name : lesson.racing) {
    racing.push_back({{"name", name.name},
                      {"option", name.option},
                      {"fixed", name.fixed},
                      {"title_en", name.title_en},
                      {"title_ko", name.title_ko}});
  }
  const auto state = [&](const std::vector<Fact>& more) {
    for (const Fact& fact : more) facts[fact.name] = {{"value", fact.value}, {"decimals", fact.decimals}};
  };
  state(general_facts(lesson));
  state(facts_of(lesson));
  return {{"id", lesson.id},
          {"folder", lesson.folder},
          {"title_en", lesson.title_en},
          {"title_ko", lesson.title_ko},
          {"input", lesson.input.sizes()},
          {"sources", lesson.sources},
          {"options", options},
          {"racing", racing},
          {"facts", facts}};
}

void print_list() {
  Table table({{"lesson"}, {"code"}, {"title"}, {"제목"}});
  for (const Lesson& lesson : lessons()) {
    table.add({lesson.id, lesson.folder, lesson.title_en, lesson.title_ko});
    for (const LessonOption& option : lesson.options)
      table.heading(text("    --set ", option.name, "=", option.initial, "  ", option.help, " (", option.range(), ")"));
  }
  std::cout << table.str();
}

void print_json() {
  ordered_json list = ordered_json::array();
  for (const Lesson& lesson : lessons()) list.push_back(describe(lesson));
  std::cout << ordered_json{{"default", default_lesson().id}, {"lessons", list}}.dump(2) << '\n';
}

}  // namespace

Command lessons_command() {
  return {
      .name = "lessons",
      .help = "lists the lessons, and the options of their networks",
      .examples = "Examples:\n  cnnlab lessons\n  cnnlab lessons --json | jq .lessons[].facts",
      .declare =
          [](OptionList& list) {
            const auto json = std::make_shared<bool>();
            list.flag("--json", *json, "as JSON, with every number that the lessons' prose mentions");
            return [=] {
              *json ? print_json() : print_list();
              return 0;
            };
          },
  };
}

}  // namespace cnnlab
