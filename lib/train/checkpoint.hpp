#pragma once
#include <map>
#include <string>

#include "lib/io/safetensors.hpp"
#include "lib/train/trainer.hpp"

namespace cnnlab {

/// Which network some weights belong to: kept in the file's `__metadata__`, so that a mismatch is told by name.
struct NetworkName {
  std::string lesson;                      ///< id
  std::map<std::string, int64_t> options;  ///< as the network was built
  Shape input{};                           ///< of the images that it reads, (C, H, W); () where that is not known
};

/// What a file says of itself; no lesson for files that PyTorch wrote.
NetworkName network_name(const StateFile& file);

/// A network's weights under PyTorch's names, copied; nothing but tensors that torch's `load_state_dict` takes. `notes`
/// go to the metadata.
StateFile weights_file(const nn::Module& model, const NetworkName& name, std::map<std::string, std::string> notes = {});

/// Puts a file's weights (of a weights file or a checkpoint) into a network. Throws Error, naming `file_name`, when it
/// is another lesson's file or does not fit.
void load_weights(nn::Module& model, const StateFile& file, const NetworkName& name, const std::string& file_name);

/// All of a run's state: weights, momentum buffers ("momentum/NAME"), settings and progress (JSON in the metadata).
/// Random numbers need no state: they are functions of (seed, epoch, image). Throws Error, as `Trainer::settle`, when
/// the losses of the last steps turn out not to be finite.
StateFile checkpoint(Trainer& trainer, const NetworkName& name);

/// What a checkpoint says of its run. Throws Error, naming `file_name`, when the file is no checkpoint or is damaged.
struct CheckpointInfo {
  NetworkName name;
  TrainSettings settings;
  TrainProgress progress;
};
CheckpointInfo read_checkpoint(const StateFile& file, const std::string& file_name);

/// Lets a trainer with the checkpoint's settings go on from it; from there on every bit is the same as if it had never
/// stopped.
void resume_from(Trainer& trainer, const StateFile& file, const std::string& file_name);

}  // namespace cnnlab
