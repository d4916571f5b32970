#pragma once
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lib/io/files.hpp"
#include "lib/tensor/tensor.hpp"

namespace cnnlab {

/// Named tensors and strings: a network's weights, or a checkpoint.
struct StateFile {
  std::vector<std::pair<std::string, Tensor>> tensors{};  ///< in the order of their bytes
  std::map<std::string, std::string> metadata{};
  /// The names of those tensors that are stored as I64, as PyTorch keeps what counts (BatchNorm's num_batches_tracked).
  std::set<std::string> whole{};
};

/// How numbers are stored; F16 halves a download and keeps three decimal digits.
enum class StoredAs { f32, f16 };

/// The safetensors format (github.com/huggingface/safetensors, "Format"): 8 bytes with the header's length,
/// little-endian; the header, a JSON object that names each tensor's dtype, shape and place; the numbers, without gaps.
///
/// Writing: tensors in the given order (I64 ones first, so that each begins at a multiple of its size), the header
/// padded by spaces so that the numbers begin at a multiple of 8. Throws Error when a name occurs twice, is
/// "__metadata__", or is not UTF-8.
Bytes write_safetensors(const StateFile& file, StoredAs stored_as = StoredAs::f32);

/// Reading: F64, F32, F16, BF16 and I64 become float, rounded where that has to be. Throws Error, always naming `name`,
/// for anything that is not a whole and consistent file: every length, offset, shape and name is checked before it is
/// used.
StateFile parse_safetensors(ByteSpan bytes, const std::string& name);

StateFile load_safetensors(const std::string& path);
/// Atomic, as `write_file` is.
void save_safetensors(const std::string& path, const StateFile& file, StoredAs stored_as = StoredAs::f32);

}  // namespace cnnlab
