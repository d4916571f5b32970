#include <catch2/catch.hpp>

#include "lib/data/idx.hpp"
#include "lib/tensor/error.hpp"
#include "tests/support/mutate.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;

namespace {

const Bytes images = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 10, 20, 30, 40, 50, 60};  // 2 images of 1×3
const Bytes labels = {0, 0, 8, 1, 0, 0, 0, 2, 7, 9};

Bytes with(Bytes bytes, size_t at, uint8_t value) {
  bytes.at(at) = value;
  return bytes;
}

Bytes with_sizes(uint8_t rank, std::vector<uint32_t> sizes) {
  Bytes bytes = {0, 0, 8, rank};
  for (uint32_t size : sizes)
    for (int shift = 24; shift >= 0; shift -= 8) bytes.push_back(static_cast<uint8_t>(size >> shift));
  return bytes;
}

}  // namespace

TEST_CASE("IDX is read and written", "[data]") {
  const IdxArray array = parse_idx(images, "x");
  CHECK(array.sizes == std::vector<int64_t>{2, 1, 3});
  CHECK(array.values == Bytes{10, 20, 30, 40, 50, 60});
  CHECK(write_idx(array) == images);
  CHECK(write_idx(parse_idx(labels, "y")) == labels);
}

TEST_CASE("images and labels become a data set", "[data]") {
  const Dataset data = parse_mnist("tiny", images, "x", labels, "y");
  CHECK(data.size() == 2);
  CHECK(data.channels == 1);
  CHECK(data.height == 1);
  CHECK(data.width == 3);
  CHECK(data.image(1)[0] == 40);
  CHECK(data.labels == std::vector<uint8_t>{7, 9});
}

TEST_CASE("each broken IDX header is one clear error", "[data]") {
  CHECK_THROWS_WITH(parse_idx({0, 0}, "x"), "x: not an IDX file: it holds only 2 bytes");
  CHECK_THROWS_WITH(parse_idx(with(images, 0, 80), "x"),
                    "x: not an IDX file: it begins with bytes 80 and 0 instead of two zeros");
  CHECK_THROWS_WITH(parse_idx(with(images, 2, 13), "x"),
                    "x: the IDX file holds numbers of type 13; only type 8 (unsigned bytes) can be read");
  CHECK_THROWS_WITH(parse_idx(with(images, 3, 0), "x"), "x: the IDX file has 0 dimensions; 1 to 4 can be read");
  CHECK_THROWS_WITH(parse_idx(with(images, 3, 200), "x"), "x: the IDX file has 200 dimensions; 1 to 4 can be read");
  CHECK_THROWS_WITH(parse_idx({0, 0, 8, 3, 0, 0}, "x"),
                    "x: an IDX header for 3 dimensions takes 16 bytes, but the file "
                    "holds 6: it is cut short; download it again");
  CHECK_THROWS_WITH(parse_idx(with(images, 7, 0), "x"), "x: the header promises 0×1×3 numbers, that is none");
  CHECK_THROWS_WITH(
      parse_idx(with_sizes(4, {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}), "x"),
      "x: the header promises 4294967295×4294967295×4294967295×4294967295 numbers; at most 1073741824 can be "
      "read");
}

TEST_CASE("an IDX file holds exactly what it promises", "[data]") {
  Bytes mnist = with_sizes(3, {60000, 28, 28});
  mnist.resize(mnist.size() + 1000);
  CHECK_THROWS_WITH(
      parse_idx(mnist, "train-images-idx3-ubyte"),
      "train-images-idx3-ubyte: header promises 60000 images of 28×28 (47040000 bytes) but the file holds 1000 "
      "bytes after the header: it is cut short; download it again");
  Bytes longer = labels;
  longer.push_back(0);
  CHECK_THROWS_WITH(parse_idx(longer, "y"),
                    "y: header promises 2 labels (2 bytes) but the file holds 3 bytes after the header");
  for (size_t size = 0; size < images.size(); ++size)
    CHECK_THROWS_AS(parse_idx(Bytes(images.begin(), images.begin() + static_cast<std::ptrdiff_t>(size)), "x"), Error);
}

TEST_CASE("images and labels must fit each other", "[data]") {
  CHECK_THROWS_WITH(parse_mnist("s", images, "x", with(labels, 9, 10), "y"), "y: label 10 of image 1 is outside 0 … 9");
  CHECK_THROWS_WITH(parse_mnist("s", labels, "y", labels, "y"),
                    "y: images have 3 dimensions (count, height, width), but this file has 1");
  CHECK_THROWS_WITH(parse_mnist("s", images, "x", images, "x"), "x: labels have 1 dimension, but this file has 3");
  CHECK_THROWS_WITH(parse_mnist("s", images, "x", {0, 0, 8, 1, 0, 0, 0, 1, 7}, "y"),
                    "x holds 2 images, but y holds 1 labels");
}

TEST_CASE("what IDX cannot hold is not written", "[data]") {
  CHECK_THROWS_WITH(write_idx({{2, 2}, {1, 2, 3}}), "idx: sizes 2×2 do not fit 3 numbers");
  CHECK_THROWS_WITH(write_idx({{2, -2}, {}}), "idx: sizes 2×-2 cannot be written");
}

TEST_CASE("a folder in MNIST's form is found, and what is missing named", "[data]") {
  const TemporaryFolder folder;
  const std::string path = folder.path();
  CHECK_THROWS_WITH(load_mnist_like(path + "/no"), "there is no folder '" + path + "/no'");
  const std::string first = path + "/train-images-idx3-ubyte";
  CHECK_THROWS_WITH(load_mnist_like(path), "there is neither '" + first + "' nor '" + first + ".gz'");
  for (const std::string set : {"train", "t10k"}) {
    write_file(path + "/" + set + "-images-idx3-ubyte", images);
    write_file(path + "/" + set + "-labels-idx1-ubyte", labels);
  }
  const DataSplit split = load_mnist_like(path);
  CHECK(split.train.size() == 2);
  CHECK(split.test.labels == std::vector<uint8_t>{7, 9});
}

TEST_CASE("no damaged IDX file does worse than an Error", "[data]") {
  int errors = 0;
  for (uint64_t seed = 0; seed < 4000; ++seed) try {
      parse_mnist("s", mutate(images, seed), "x", mutate(labels, seed + 10'000), "y");
    } catch (const Error&) {
      ++errors;
    }
  CHECK(errors > 2000);
}
