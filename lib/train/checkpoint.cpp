#include "lib/train/checkpoint.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace cnnlab {
namespace {

using nlohmann::json;

const std::string momentum_prefix = "momentum/";

// One list of fields serves writing and reading.
template <class Visitor>
void visit(TrainSettings& s, std::string& schedule, Visitor&& field) {
  field("lr", s.sgd.lr);
  field("momentum", s.sgd.momentum);
  field("dampening", s.sgd.dampening);
  field("weight_decay", s.sgd.weight_decay);
  field("nesterov", s.sgd.nesterov);
  field("schedule", schedule);
  field("batch_size", s.loader.batch_size);
  field("shuffle", s.loader.shuffle);
  field("seed", s.loader.seed);
  field("window", s.loader.window);
  field("epochs", s.epochs);
  field("max_steps", s.max_steps);
  field("log_every", s.log_every);
  field("norms_every", s.norms_every);
}

template <class Visitor>
void visit(AugmentOptions& a, Visitor&& field) {
  field("shift", a.shift);
  field("scale", a.scale);
  field("stretch", a.stretch);
  field("rotation", a.rotation);
  field("shear", a.shear);
  field("warp", a.warp);
  field("thickness", a.thickness);
  field("redraw", a.redraw);
}

template <class Visitor>
void visit(CropOptions& c, Visitor&& field) {
  field("padding", c.padding);
  field("flip", c.flip);
}

template <class Visitor>
void visit(TrainProgress& p, Visitor&& field) {
  field("epoch", p.epoch);
  field("batch", p.batch);
  field("image", p.image);
  field("step", p.step);
  field("epoch_loss", p.epoch_loss);
  field("epoch_seconds", p.epoch_seconds);
  field("tested", p.tested);
  field("event_loss", p.event_loss);
  field("event_steps", p.event_steps);
  field("event_images", p.event_images);
  field("event_seconds", p.event_seconds);
  field("epoch_correct", p.epoch_answers.correct);
  field("epoch_answers", p.epoch_answers.total);
  field("event_correct", p.event_answers.correct);
  field("event_answers", p.event_answers.total);
}

struct Write {
  json& object;
  void operator()(const char* key, const auto& value) const { object[key] = value; }
};
struct Read {
  const json& object;
  template <class T>
  void operator()(const char* key, T& value) const {
    value = object.at(key).get<T>();
  }
};

json settings_json(TrainSettings settings) {
  json object;
  std::string schedule(schedule_name(settings.schedule));
  visit(settings, schedule, Write{object});
  if (settings.loader.augment) visit(*settings.loader.augment, Write{object["augment"]});
  if (settings.loader.crop) visit(*settings.loader.crop, Write{object["crop"]});
  return object;
}

TrainSettings settings_from(const json& object) {
  TrainSettings settings;
  std::string schedule;
  visit(settings, schedule, Read{object});
  settings.schedule = parse_schedule(schedule);
  if (object.contains("augment")) visit(settings.loader.augment.emplace(), Read{object["augment"]});
  if (object.contains("crop")) visit(settings.loader.crop.emplace(), Read{object["crop"]});
  return settings;
}

// The name, and the images where those tell two networks apart.
std::string describe(const NetworkName& name, bool with_images) {
  std::string described = name.lesson;
  for (const auto& [option, value] : name.options) described += text(" ", option, "=", value);
  if (const Shape& image = name.input; with_images && image.rank() == 3) {
    described +=
        text(" for ", image[1], "x", image[2], " images with ", image[0], image[0] == 1 ? " channel" : " channels");
  }
  return described;
}

// Refuses weights found under one name for a network of another; where one does not say its input, it fits all. Files
// that PyTorch wrote have no name: then names and shapes of the weights decide.
void check_same_network(const NetworkName& found, const NetworkName& wanted) {
  if (found.lesson.empty()) return;
  const bool same_name = found.lesson == wanted.lesson && found.options == wanted.options;
  const bool same_input = found.input == wanted.input || found.input.rank() != 3 || wanted.input.rank() != 3;
  check(same_name && same_input, "it holds weights of ", describe(found, same_name), ", not of ",
        describe(wanted, same_name));
}

}  // namespace

NetworkName network_name(const StateFile& file) {
  NetworkName name;
  if (const auto lesson = file.metadata.find("lesson"); lesson != file.metadata.end()) name.lesson = lesson->second;
  try {
    if (const auto options = file.metadata.find("options"); options != file.metadata.end())
      name.options = json::parse(options->second).get<std::map<std::string, int64_t>>();
    if (const auto input = file.metadata.find("input"); input != file.metadata.end())
      name.input = Shape(json::parse(input->second).get<std::vector<int64_t>>());
  } catch (const json::exception& error) {
    fail(text("the network's options and input cannot be read (", error.what(), ")"));
  }
  return name;
}

StateFile weights_file(const nn::Module& model, const NetworkName& name, std::map<std::string, std::string> notes) {
  StateFile file;
  file.metadata = std::move(notes);
  file.metadata["lesson"] = name.lesson;
  file.metadata["options"] = json(name.options).dump();
  const auto sizes = name.input.sizes();
  if (!sizes.empty()) file.metadata["input"] = json(std::vector<int64_t>(sizes.begin(), sizes.end())).dump();
  for (const auto& [key, tensor] : model.state_dict()) file.tensors.emplace_back(key, tensor.cpu_copy());
  for (std::string& counter : model.counters()) file.whole.insert(std::move(counter));
  return file;
}

void load_weights(nn::Module& model, const StateFile& file, const NetworkName& name, const std::string& file_name) {
  std::vector<std::pair<std::string, Tensor>> weights;
  for (const auto& entry : file.tensors)
    if (!entry.first.starts_with(momentum_prefix)) weights.push_back(entry);
  try {
    check_same_network(network_name(file), name);
    model.load(weights);
  } catch (const std::exception& error) {
    fail(text(file_name, ": ", error.what()));
  }
}

StateFile checkpoint(Trainer& trainer, const NetworkName& name) {
  trainer.settle();
  StateFile file = weights_file(trainer.model(), name);
  const auto parameters = trainer.model().named_parameters();
  for (size_t i = 0; i < parameters.size(); ++i) {
    if (const Tensor& velocity = trainer.velocities()[i]; velocity.numel() > 0)
      file.tensors.emplace_back(momentum_prefix + parameters[i].first, velocity.cpu_copy());
  }
  TrainProgress progress = trainer.progress();
  json progress_json;
  visit(progress, Write{progress_json});
  file.metadata["settings"] = settings_json(trainer.settings()).dump();
  file.metadata["progress"] = progress_json.dump();
  return file;
}

CheckpointInfo read_checkpoint(const StateFile& file, const std::string& file_name) {
  check(file.metadata.contains("settings") && file.metadata.contains("progress"), file_name,
        ": this is a weights file, not a checkpoint: it does not say where a run stood (load it with --init instead)");
  try {
    CheckpointInfo info{.name = network_name(file),
                        .settings = settings_from(json::parse(file.metadata.at("settings"))),
                        .progress = {}};
    visit(info.progress, Read{json::parse(file.metadata.at("progress"))});
    return info;
  } catch (const std::exception& error) {
    fail(text(file_name, ": the checkpoint's description cannot be read (", error.what(), ")"));
  }
}

void resume_from(Trainer& trainer, const StateFile& file, const std::string& file_name) {
  const CheckpointInfo info = read_checkpoint(file, file_name);
  load_weights(trainer.model(), file, info.name, file_name);
  std::vector<Tensor> velocities;
  for (const auto& [key, variable] : trainer.model().named_parameters()) {
    const auto stored =
        std::ranges::find(file.tensors, momentum_prefix + key, [](const auto& entry) { return entry.first; });
    velocities.push_back(stored == file.tensors.end() ? Tensor() : stored->second.clone());
  }
  try {
    trainer.resume(info.progress, std::move(velocities));
  } catch (const Error& error) {
    fail(text(file_name, ": ", error.what()));
  }
}

}  // namespace cnnlab
