#include <algorithm>
#include <cstring>

#include <catch2/catch.hpp>

#include "lib/io/safetensors.hpp"
#include "tests/support/mutate.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;

namespace {

StateFile example() {
  StateFile file;
  file.tensors.emplace_back("conv1.weight", Tensor({1, 2, 1, 2}, std::vector<float>{1, -2.5f, 3e-8f, 4}));
  file.tensors.emplace_back("conv1.bias", Tensor({1}, std::vector<float>{0.5f}));
  file.tensors.emplace_back("steps", Tensor::scalar(7));
  file.tensors.emplace_back("none", Tensor(Shape{0, 3}));
  file.tensors.emplace_back("counter", Tensor::scalar(3));
  file.whole = {"counter"};
  file.metadata = {{"lesson", "inception"}, {"말", "안녕 \"\n"}};
  return file;
}

std::vector<float> numbers(const Tensor& tensor) { return {tensor.data().begin(), tensor.data().end()}; }

// A file of this header and `data` zero bytes.
Bytes raw(const std::string& header, size_t data = 0) {
  const uint64_t length = header.size();
  Bytes bytes(8 + header.size() + data);
  std::memcpy(bytes.data(), &length, 8);
  std::memcpy(bytes.data() + 8, header.data(), header.size());
  return bytes;
}

StateFile parse(const std::string& header, size_t data = 0) { return parse_safetensors(raw(header, data), "w"); }

std::string one(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"({"a":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}}";
}

}  // namespace

TEST_CASE("safetensors: what is written is read back, bit for bit", "[io]") {
  const StateFile file = example();
  const StateFile back = parse_safetensors(write_safetensors(file), "w");
  CHECK(back.metadata == file.metadata);
  REQUIRE(back.tensors.size() == file.tensors.size());
  for (const auto& [name, tensor] : file.tensors) {
    const auto found = std::find_if(back.tensors.begin(), back.tensors.end(),
                                    [wanted = &name](const auto& pair) { return pair.first == *wanted; });
    REQUIRE(found != back.tensors.end());
    CHECK(found->second.shape() == tensor.shape());
    CHECK(numbers(found->second) == numbers(tensor));
  }
  CHECK(back.tensors[0].first == "counter");
  CHECK(back.tensors[1].first == "conv1.weight");
  CHECK(back.tensors[2].first == "conv1.bias");
}

TEST_CASE("safetensors: the bytes are the format's", "[io]") {
  StateFile file;
  file.tensors.emplace_back("b", Tensor({2}, std::vector<float>{1, 2}));
  file.tensors.emplace_back("a", Tensor({1}, std::vector<float>{-1}));
  file.metadata["k"] = "v";
  const std::string header = R"({"__metadata__":{"k":"v"},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                             R"("a":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})";
  Bytes expected = raw(header + std::string((8 - header.size() % 8) % 8, ' '));
  for (uint8_t byte : Bytes{0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0, 0, 0x80, 0xbf}) expected.push_back(byte);
  CHECK(write_safetensors(file) == expected);
  CHECK(write_safetensors({}) == raw("{}      "));
}

TEST_CASE("safetensors: half precision is written and read, bfloat16 read", "[io]") {
  const StateFile back = parse_safetensors(write_safetensors(example(), StoredAs::f16), "w");
  CHECK(back.tensors[1].second.data()[1] == -2.5f);
  CHECK(back.tensors[1].second.data()[2] == Approx(3e-8f).margin(0x1p-25));
  CHECK(back.tensors[3].second.item() == 7);

  Bytes bytes = raw(one("BF16", "[2]", "[0,4]"));
  for (uint8_t byte : Bytes{0x80, 0x3f, 0x40, 0xc0}) bytes.push_back(byte);
  CHECK(numbers(parse_safetensors(bytes, "w").tensors[0].second) == std::vector<float>{1, -3});
}

TEST_CASE("safetensors: whole numbers are stored as I64, in front of all others", "[io]") {
  StateFile file;
  file.tensors.emplace_back("mean", Tensor({1}, std::vector<float>{0.5f}));
  file.tensors.emplace_back("count", Tensor::scalar(12));
  file.whole = {"count"};
  const std::string header = R"({"count":{"dtype":"I64","shape":[],"data_offsets":[0,8]},)"
                             R"("mean":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})";
  Bytes expected = raw(header + std::string((8 - header.size() % 8) % 8, ' '));
  for (uint8_t byte : Bytes{12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x3f}) expected.push_back(byte);
  CHECK(write_safetensors(file) == expected);
  for (const StoredAs stored_as : {StoredAs::f32, StoredAs::f16}) {
    const StateFile back = parse_safetensors(write_safetensors(file, stored_as), "w");
    CHECK(back.whole == file.whole);
    CHECK(back.tensors[0].second.item() == 12);
    CHECK(back.tensors[1].second.item() == 0.5f);
  }
  file.tensors[1].second.fill(1e30f);
  CHECK_THROWS_WITH(write_safetensors(file), "safetensors: tensor 'count' holds 1e+30, which I64 cannot");
}

TEST_CASE("safetensors: double precision is read as far as a float holds it", "[io]") {
  Bytes bytes = raw(one("F64", "[1]", "[0,8]"));
  for (uint8_t byte : Bytes{0x9a, 0x99, 0x99, 0x99, 0x99, 0x99, 0xb9, 0x3f}) bytes.push_back(byte);
  const StateFile file = parse_safetensors(bytes, "w");
  CHECK(file.tensors[0].second.item() == 0.1f);
  CHECK(file.whole.empty());
}

TEST_CASE("safetensors: files on disk", "[io]") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/w.safetensors";
  save_safetensors(path, example());
  CHECK(load_safetensors(path).metadata == example().metadata);
  write_file(path, Bytes{1, 2, 3});
  CHECK_THROWS_WITH(load_safetensors(path), path +
                                                ": not a safetensors file: it holds 3 bytes, and the header's length "
                                                "alone takes 8");
}

TEST_CASE("safetensors: the header's tensors may stand in any order", "[io]") {
  const StateFile file = parse(R"({"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},)"
                               R"("z":{"dtype":"F32","shape":[],"data_offsets":[0,4]}})",
                               8);
  CHECK(file.tensors[0].first == "z");
  CHECK(file.tensors[1].first == "b");
}

TEST_CASE("safetensors: each broken header is one clear error", "[io]") {
  Bytes huge(16, 0xff);
  CHECK_THROWS_WITH(parse_safetensors(huge, "w"),
                    "w: not a safetensors file: its first 8 bytes promise a header of "
                    "18446744073709551615 bytes; at most 100000000 are allowed");
  Bytes beyond = raw("{}");
  beyond[0] = 99;
  CHECK_THROWS_WITH(parse_safetensors(beyond, "w"),
                    "w: the header should take 99 bytes, but only 2 follow: the file is cut short");
  CHECK_THROWS_WITH(parse(R"({"a":)"), "w: the header is not valid JSON (byte 6 of 5)");
  CHECK_THROWS_WITH(parse("{\"\xff\":1}"), "w: the header is not valid JSON (byte 3 of 7)");
  CHECK_THROWS_WITH(parse(R"({"a":1e999})"), "w: the header is not valid JSON");
  CHECK_THROWS_WITH(parse("[]"), "w: the header is not a JSON object");
  CHECK_THROWS_WITH(parse(R"({"a":{"b":{"c":{}}}})"), "w: the header is nested deeper than 3 levels");
  CHECK_THROWS_WITH(parse(std::string(1'000'000, '[')), "w: the header is nested deeper than 3 levels");
  CHECK_THROWS_WITH(parse(R"({"a":{},"a":{}})"), "w: the header names 'a' twice");
  CHECK_THROWS_WITH(parse(R"({"__metadata__":{"k":"1","k":"2"}})"), "w: the header names 'k' twice");
  CHECK_THROWS_WITH(parse(R"({"__metadata__":[]})"), "w: __metadata__ is not a JSON object");
  CHECK_THROWS_WITH(parse(R"({"__metadata__":{"k":1}})"), "w: __metadata__ 'k' is not a string");
}

TEST_CASE("safetensors: each broken entry is one clear error", "[io]") {
  CHECK_THROWS_WITH(parse(R"({"a":[]})"), "w: tensor 'a' is not described by a JSON object");
  CHECK_THROWS_WITH(parse(R"({"a":{"shape":[1],"data_offsets":[0,4]}})", 4), "w: tensor 'a' has no dtype");
  CHECK_THROWS_WITH(parse(R"({"a":{"dtype":"F32","data_offsets":[0,4]}})", 4), "w: tensor 'a' has no shape");
  CHECK_THROWS_WITH(parse(R"({"a":{"dtype":"F32","shape":[1]}})", 4), "w: tensor 'a' has no data_offsets [begin, end]");
  CHECK_THROWS_WITH(parse(one("I32", "[1]", "[0,4]"), 4),
                    "w: tensor 'a' has dtype I32; only F64, F32, F16, BF16 and I64 can be read");
  CHECK_THROWS_WITH(parse(one("I64", "[1]", "[0,4]"), 4),
                    "w: tensor 'a' has shape (1,) of I64, that is 8 bytes, but data_offsets [0,4], that is 4");
  CHECK_THROWS_WITH(parse(one("F32", "[-1]", "[0,4]"), 4),
                    "w: tensor 'a' has shape [-1], which is not a list of sizes");
  CHECK_THROWS_WITH(parse(one("F32", "[1.5]", "[0,4]"), 4),
                    "w: tensor 'a' has shape [1.5], which is not a list of sizes");
  CHECK_THROWS_WITH(parse(one("F32", "[1,1,1,1,1]", "[0,4]"), 4),
                    "w: tensor 'a' has 5 dimensions; at most 4 are supported");
  CHECK_THROWS_WITH(parse(one("F32", "[4294967296,4294967296,4]", "[0,0]")),
                    "w: tensor 'a' has shape [4294967296,4294967296,4], which is too large");
  CHECK_THROWS_WITH(parse(one("F32", "[3]", "[0,8]"), 8),
                    "w: tensor 'a' has shape (3,) of F32, that is 12 bytes, but data_offsets [0,8], that is 8");
  CHECK_THROWS_WITH(parse(one("F32", "[1]", "[4,0]"), 4),
                    "w: tensor 'a' has data_offsets [4,0], which are not a begin and an end");
  CHECK_THROWS_WITH(parse(one("F32", "[1]", "[-4,0]"), 4),
                    "w: tensor 'a' has data_offsets [-4,0], which are not a begin and an end");
  CHECK_THROWS_WITH(parse(one("F32", "[1]", "[4,8]"), 8),
                    "w: tensor 'a' begins at byte 4 of the data, but 0 was expected: tensors leave a gap");
  const std::string overlap = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
                              R"("b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})";
  CHECK_THROWS_WITH(parse(overlap, 8),
                    "w: tensor 'b' begins at byte 4 of the data, but 8 was expected: tensors overlap");
  CHECK_THROWS_WITH(parse(one("F32", "[1]", "[0,4]"), 3),
                    "w: the tensors take 4 bytes, but 3 follow the header: the file is cut short");
  CHECK_THROWS_WITH(parse(one("F32", "[1]", "[0,4]"), 5), "w: the tensors take 4 bytes, but 5 follow the header");
}

TEST_CASE("safetensors: what cannot be written is refused", "[io]") {
  StateFile twice;
  twice.tensors = {{"a", Tensor::scalar(1)}, {"a", Tensor::scalar(2)}};
  CHECK_THROWS_WITH(write_safetensors(twice), "safetensors: two tensors are called 'a'");
  StateFile reserved;
  reserved.tensors = {{"__metadata__", Tensor::scalar(1)}};
  CHECK_THROWS_WITH(write_safetensors(reserved), "safetensors: a tensor cannot be called '__metadata__'");
  StateFile bad;
  bad.metadata["k"] = "\xff";
  CHECK_THROWS_WITH(write_safetensors(bad), "safetensors: a name or a metadata string is not valid UTF-8");
}

TEST_CASE("safetensors: cut short anywhere, it is an Error", "[io]") {
  const Bytes whole = write_safetensors(example());
  for (size_t size = 0; size < whole.size(); ++size)
    CHECK_THROWS_AS(parse_safetensors(ByteSpan(whole).first(size), "w"), Error);
}

TEST_CASE("safetensors: no damaged file does worse than an Error", "[io]") {
  const Bytes whole = write_safetensors(example());
  int errors = 0;
  for (uint64_t seed = 0; seed < 4000; ++seed) try {
      parse_safetensors(mutate(whole, seed), "fuzz");
    } catch (const Error&) {
      ++errors;
    }
  CHECK(errors > 2000);
}
