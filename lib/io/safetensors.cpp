#include "lib/io/safetensors.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <optional>
#include <set>

#include <nlohmann/json.hpp>

#include "lib/io/half.hpp"

namespace cnnlab {
namespace {

using nlohmann::json;

static_assert(std::endian::native == std::endian::little, "numbers are copied as they stand in the file");

constexpr uint64_t length_bytes = 8;
constexpr uint64_t max_header = 100'000'000;  // the reference implementation's limit
constexpr int max_depth = 3;                  // {"name": {"shape": [ … ]}}

struct Entry {
  std::string name, dtype;
  Shape shape;
  uint64_t begin = 0, end = 0;  // in the bytes after the header
};

// Bytes of one number; 0 for a dtype that cannot be read.
uint64_t bytes_of(std::string_view dtype) {
  if (dtype == "F64" || dtype == "I64") return 8;
  if (dtype == "F32") return 4;
  return dtype == "F16" || dtype == "BF16" ? 2 : 0;
}

// "model.safetensors: tensor 'conv1.weight': " before every complaint.
template <class... Parts>
void check_entry(bool ok, const std::string& file, const std::string& tensor, const Parts&... parts) {
  check(ok, file, ": tensor '", tensor, "' ", parts...);
}

// ---- reading ----

std::string_view header_text(ByteSpan bytes, const std::string& name) {
  check(bytes.size() >= length_bytes, name, ": not a safetensors file: it holds ", bytes.size(),
        " bytes, and the header's length alone takes 8");
  uint64_t length = 0;
  std::memcpy(&length, bytes.data(), length_bytes);
  check(length <= max_header, name, ": not a safetensors file: its first 8 bytes promise a header of ", length,
        " bytes; at most ", max_header, " are allowed");
  check(length <= bytes.size() - length_bytes, name, ": the header should take ", length, " bytes, but only ",
        bytes.size() - length_bytes, " follow: the file is cut short");
  return {reinterpret_cast<const char*>(bytes.data()) + length_bytes, static_cast<size_t>(length)};
}

json parse_header(std::string_view header, const std::string& name) {
  // The library would let the last of two equal keys win; and depth is bounded before anything deep is built.
  std::vector<std::set<std::string>> keys;
  auto inspect = [&](int depth, json::parse_event_t event, json& parsed) {
    check(
        depth < max_depth || (event != json::parse_event_t::object_start && event != json::parse_event_t::array_start),
        name, ": the header is nested deeper than ", max_depth, " levels");
    if (event == json::parse_event_t::object_start) {
      keys.resize(static_cast<size_t>(depth) + 1);
      keys.back().clear();
    } else if (event == json::parse_event_t::key) {
      const auto key = parsed.get<std::string>();
      check(keys.at(static_cast<size_t>(depth) - 1).insert(key).second, name, ": the header names '", key, "' twice");
    }
    return true;
  };
  try {
    json parsed = json::parse(header, inspect);
    check(parsed.is_object(), name, ": the header is not a JSON object");
    return parsed;
  } catch (const json::parse_error& error) {
    fail(text(name, ": the header is not valid JSON (byte ", error.byte, " of ", header.size(), ")"));
  } catch (const json::exception&) {  // a number beyond all bounds
    fail(text(name, ": the header is not valid JSON"));
  }
}

std::map<std::string, std::string> read_metadata(const json& header, const std::string& name) {
  std::map<std::string, std::string> metadata;
  const auto found = header.find("__metadata__");
  if (found == header.end()) return metadata;
  check(found->is_object(), name, ": __metadata__ is not a JSON object");
  for (const auto& [key, value] : found->items()) {
    check(value.is_string(), name, ": __metadata__ '", key, "' is not a string");
    metadata[key] = value.get<std::string>();
  }
  return metadata;
}

// A whole number of at least 0 that fits 63 bits; the library keeps −1 and 1.5 under other types.
std::optional<uint64_t> size_from(const json& value) {
  if (!value.is_number_unsigned() || value.get<uint64_t>() >> 63) return std::nullopt;
  return value.get<uint64_t>();
}

Shape read_shape(const json& value, const std::string& file, const std::string& tensor) {
  check_entry(value.is_array(), file, tensor, "has no shape");
  check_entry(value.size() <= Shape::max_rank, file, tensor, "has ", value.size(), " dimensions; at most ",
              Shape::max_rank, " are supported");
  std::vector<int64_t> sizes;
  uint64_t product = 1;
  for (const json& item : value) {
    const auto size = size_from(item);
    check_entry(size.has_value(), file, tensor, "has shape ", value.dump(), ", which is not a list of sizes");
    check_entry(*size == 0 || product <= (uint64_t{1} << 60) / *size, file, tensor, "has shape ", value.dump(),
                ", which is too large");
    product *= *size;
    sizes.push_back(static_cast<int64_t>(*size));
  }
  return Shape(sizes);
}

Entry read_entry(const std::string& tensor, const json& value, const std::string& file) {
  check_entry(value.is_object(), file, tensor, "is not described by a JSON object");
  const json dtype = value.value("dtype", json()), offsets = value.value("data_offsets", json());
  check_entry(dtype.is_string(), file, tensor, "has no dtype");
  Entry entry{tensor, dtype.get<std::string>(), read_shape(value.value("shape", json()), file, tensor)};
  check_entry(bytes_of(entry.dtype) > 0, file, tensor, "has dtype ", entry.dtype,
              "; only F64, F32, F16, BF16 and I64 can be read");

  check_entry(offsets.is_array() && offsets.size() == 2, file, tensor, "has no data_offsets [begin, end]");
  const auto begin = size_from(offsets[0]), end = size_from(offsets[1]);
  check_entry(begin && end && *begin <= *end, file, tensor, "has data_offsets ", offsets.dump(),
              ", which are not a begin and an end");
  const uint64_t bytes = static_cast<uint64_t>(entry.shape.numel()) * bytes_of(entry.dtype);
  check_entry(*end - *begin == bytes, file, tensor, "has shape ", entry.shape, " of ", entry.dtype, ", that is ", bytes,
              " bytes, but data_offsets ", offsets.dump(), ", that is ", *end - *begin);
  entry.begin = *begin;
  entry.end = *end;
  return entry;
}

// Like the reference implementation: whatever the order in the header, the bytes must be covered once and without gaps.
void check_layout(const std::vector<Entry>& entries, uint64_t available, const std::string& name) {
  uint64_t position = 0;
  for (const Entry& entry : entries) {
    check_entry(entry.begin == position, name, entry.name, "begins at byte ", entry.begin, " of the data, but ",
                position, " was expected: tensors ", entry.begin < position ? "overlap" : "leave a gap");
    position = entry.end;
  }
  check(position == available, name, ": the tensors take ", position, " bytes, but ", available, " follow the header",
        position > available ? ": the file is cut short" : "");
}

// Numbers as they stand in the file, each made a float.
template <class Stored, class Convert>
void convert(const uint8_t* from, std::span<float> to, const Convert& convert_one) {
  for (float& value : to) {
    Stored stored{};
    std::memcpy(&stored, from, sizeof stored);
    from += sizeof stored;
    value = convert_one(stored);
  }
}

Tensor read_numbers(const Entry& entry, ByteSpan data) {
  Tensor tensor(entry.shape);
  if (tensor.numel() == 0) return tensor;
  const uint8_t* from = data.data() + entry.begin;
  const auto to_float = [](auto value) { return static_cast<float>(value); };
  if (entry.dtype == "F32") {
    std::memcpy(tensor.data().data(), from, tensor.data().size_bytes());
  } else if (entry.dtype == "F64") {
    convert<double>(from, tensor.data(), to_float);
  } else if (entry.dtype == "I64") {
    convert<int64_t>(from, tensor.data(), to_float);
  } else {
    convert<uint16_t>(from, tensor.data(), entry.dtype == "F16" ? half_to_float : bfloat16_to_float);
  }
  return tensor;
}

// ---- writing ----

const char* stored_dtype(const StateFile& file, const std::string& tensor, StoredAs stored_as) {
  return file.whole.contains(tensor) ? "I64" : stored_as == StoredAs::f16 ? "F16" : "F32";
}

// Whole numbers first: they are the widest, so that every number begins at a multiple of its size.
std::vector<std::pair<std::string, Tensor>> in_written_order(const StateFile& file) {
  auto tensors = file.tensors;
  std::stable_partition(tensors.begin(), tensors.end(),
                        [&](const auto& entry) { return file.whole.contains(entry.first); });
  return tensors;
}

template <class Stored>
void append(Bytes& bytes, Stored value) {
  const auto* from = reinterpret_cast<const uint8_t*>(&value);
  bytes.insert(bytes.end(), from, from + sizeof value);
}

std::string write_header(const StateFile& file, StoredAs stored_as) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!file.metadata.empty()) header["__metadata__"] = file.metadata;
  uint64_t position = 0;
  for (const auto& [name, tensor] : in_written_order(file)) {
    check(name != "__metadata__", "safetensors: a tensor cannot be called '__metadata__'");
    check(!header.contains(name), "safetensors: two tensors are called '", name, "'");
    const char* dtype = stored_dtype(file, name, stored_as);
    const uint64_t end = position + static_cast<uint64_t>(tensor.numel()) * bytes_of(dtype);
    const auto sizes = tensor.shape().sizes();
    header[name] = {{"dtype", dtype},
                    {"shape", std::vector<int64_t>(sizes.begin(), sizes.end())},
                    {"data_offsets", {position, end}}};
    position = end;
  }
  std::string written;
  try {
    written = header.dump();
  } catch (const json::exception&) {
    fail("safetensors: a name or a metadata string is not valid UTF-8");
  }
  written.resize((written.size() + 7) / 8 * 8, ' ');
  return written;
}

}  // namespace

StateFile parse_safetensors(ByteSpan bytes, const std::string& name) {
  const std::string_view written = header_text(bytes, name);
  const json header = parse_header(written, name);
  StateFile file{.metadata = read_metadata(header, name)};

  std::vector<Entry> entries;
  for (const auto& [tensor, value] : header.items())
    if (tensor != "__metadata__") entries.push_back(read_entry(tensor, value, name));
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });

  const ByteSpan data = bytes.subspan(length_bytes + written.size());
  check_layout(entries, data.size(), name);
  for (const Entry& entry : entries) {
    file.tensors.emplace_back(entry.name, read_numbers(entry, data));
    if (entry.dtype == "I64") file.whole.insert(entry.name);
  }
  return file;
}

Bytes write_safetensors(const StateFile& file, StoredAs stored_as) {
  const std::string header = write_header(file, stored_as);
  const uint64_t length = header.size();
  Bytes bytes(length_bytes + length);
  std::memcpy(bytes.data(), &length, length_bytes);
  std::copy(header.begin(), header.end(), bytes.begin() + length_bytes);
  for (const auto& [name, tensor] : in_written_order(file)) {
    const std::string_view dtype = stored_dtype(file, name, stored_as);
    if (dtype == "F32") {
      const auto* from = reinterpret_cast<const uint8_t*>(tensor.data().data());
      bytes.insert(bytes.end(), from, from + tensor.data().size_bytes());
    } else if (dtype == "F16") {
      for (const float value : tensor.data()) append(bytes, float_to_half(value));
    } else {
      for (const float value : tensor.data()) {
        check(std::abs(value) < 0x1p63f, "safetensors: tensor '", name, "' holds ", value, ", which I64 cannot");
        append(bytes, static_cast<int64_t>(value));
      }
    }
  }
  return bytes;
}

StateFile load_safetensors(const std::string& path) { return parse_safetensors(read_file(path), path); }

void save_safetensors(const std::string& path, const StateFile& file, StoredAs stored_as) {
  write_file(path, write_safetensors(file, stored_as));
}

}  // namespace cnnlab
