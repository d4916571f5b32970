#include <filesystem>

#include <catch2/catch.hpp>

#include "lib/io/files.hpp"
#include "lib/tensor/error.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace cnnlab;
using cnnlab::testing::TemporaryFolder;

TEST_CASE("a file is written whole and read back", "[io]") {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/a.bin";
  CHECK_FALSE(file_exists(path));
  write_file(path, Bytes{});
  CHECK(read_file(path).empty());
  Bytes bytes(100'000);
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i * 7);
  write_file(path, bytes);  // over the one before
  CHECK(read_file(path) == bytes);
  CHECK(file_exists(path));
  CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);  // no temporary file stays
}

TEST_CASE("file errors name the path and the reason", "[io]") {
  const TemporaryFolder folder;
  const std::string missing = folder.path() + "/missing";
  CHECK_THROWS_WITH(read_file(missing), "cannot read '" + missing + "': No such file or directory");
  CHECK_THROWS_WITH(read_file(folder.path()), "cannot read '" + folder.path() + "': it is a folder, not a file");
  CHECK_THROWS_WITH(write_file(missing + "/a", Bytes{1}),
                    "cannot write '" + missing + "/a': No such file or directory");
  CHECK_THROWS_WITH(write_file(folder.path(), Bytes{1}), "cannot write '" + folder.path() + "': it is a folder");
}
