#include <catch2/catch.hpp>

#include "lib/data/cifar10.hpp"
#include "lib/tensor/error.hpp"
#include "tests/support/mutate.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;

namespace {

constexpr size_t record = 3073;

// Records with these labels; image i is filled with i + 10·channel.
Bytes file_of(const std::vector<uint8_t>& labels) {
  Bytes file;
  for (size_t i = 0; i < labels.size(); ++i) {
    file.push_back(labels[i]);
    for (size_t c = 0; c < 3; ++c) file.insert(file.end(), 1024, static_cast<uint8_t>(i + 10 * c));
  }
  return file;
}

}  // namespace

TEST_CASE("CIFAR-10's records become images of three channels", "[data]") {
  const Dataset data = parse_cifar10("train", file_of({7, 0}), "b.bin");
  CHECK(data.size() == 2);
  CHECK(data.labels == std::vector<uint8_t>{7, 0});
  CHECK(data.channels == 3);
  CHECK(data.height == 32);
  CHECK(data.width == 32);
  CHECK(data.image(1)[0] == 1);
  CHECK(data.image(1)[1024] == 11);
  CHECK(data.image(1)[3071] == 21);
  CHECK(data.mean.size() == 3);
  CHECK(data.deviation.size() == 3);
  CHECK_NOTHROW(data.validate());
}

TEST_CASE("a broken CIFAR-10 file is one clear error", "[data]") {
  CHECK_THROWS_WITH(parse_cifar10("train", {}, "b.bin"),
                    "b.bin: CIFAR-10 has records of 3073 bytes, but 0 bytes are 0 records and 0 bytes: it is no such "
                    "file, or it is cut short; download it again");
  Bytes cut = file_of({1, 2});
  cut.pop_back();
  CHECK_THROWS_WITH(parse_cifar10("train", cut, "b.bin"),
                    "b.bin: CIFAR-10 has records of 3073 bytes, but 6145 bytes are 1 records and 3072 bytes: it is no "
                    "such file, or it is cut short; download it again");
  CHECK_THROWS_WITH(parse_cifar10("train", file_of({1, 10}), "b.bin"),
                    "b.bin: label 10 of record 1 is outside 0 … 9: it is no CIFAR-10 file, or it is damaged");
}

TEST_CASE("CIFAR-10's folder: the standard files, as many as there are", "[data]") {
  const TemporaryFolder folder;
  const std::string path = folder.path();
  CHECK_THROWS_WITH(load_cifar10(path + "/no"), "there is no folder '" + path + "/no'");
  CHECK_THROWS_WITH(load_cifar10(path),
                    "CIFAR-10: there is neither '" + path + "/data_batch_1.bin' nor a '*train*.bin' in that folder");
  write_file(path + "/data_batch_2.bin", file_of({3}));
  write_file(path + "/data_batch_1.bin", file_of({1, 2}));
  CHECK_THROWS_WITH(load_cifar10(path),
                    "CIFAR-10: there is neither '" + path + "/test_batch.bin' nor a '*test*.bin' in that folder");
  write_file(path + "/test_batch.bin", file_of({4}));
  const DataSplit data = load_cifar10(path);
  CHECK(data.train.labels == std::vector<uint8_t>{1, 2, 3});
  CHECK(data.test.labels == std::vector<uint8_t>{4});
  CHECK(data.train.mean.size() == 3);
  write_file(path + "/data_batch_2.bin", Bytes(record + 1));
  CHECK_THROWS_WITH(load_cifar10(path), Catch::StartsWith(path + "/data_batch_2.bin: CIFAR-10 has records"));
}

TEST_CASE("CIFAR-10's folder: other names that tell training from testing", "[data]") {
  const TemporaryFolder folder;
  write_file(folder.path() + "/first_train_part.bin", file_of({5}));
  write_file(folder.path() + "/a_test_part.bin", file_of({6}));
  write_file(folder.path() + "/train.txt", Bytes{1, 2, 3});
  const DataSplit data = load_cifar10(folder.path());
  CHECK(data.train.labels == std::vector<uint8_t>{5});
  CHECK(data.test.labels == std::vector<uint8_t>{6});
}

TEST_CASE("no damaged CIFAR-10 file does worse than an Error", "[data]") {
  const Bytes whole = file_of({1, 2, 3});
  int errors = 0;
  for (uint64_t seed = 0; seed < 1000; ++seed) try {
      parse_cifar10("s", mutate(whole, seed), "fuzz").validate();
    } catch (const Error&) {
      ++errors;
    }
  CHECK(errors > 200);
}
