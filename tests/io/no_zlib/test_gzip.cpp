#include <catch2/catch.hpp>

#include "lib/io/gzip.hpp"
#include "lib/tensor/error.hpp"

using namespace cnnlab;

TEST_CASE("gzip is refused where there is no zlib, with the way out", "[io]") {
  const Bytes bytes = {0x1f, 0x8b, 8, 0};
  CHECK(is_gzip(bytes));
  CHECK_THROWS_WITH(gunzip(bytes, "a.gz", 100),
                    "a.gz: gzip is not built into this program; unpack the file first (a page does it with "
                    "DecompressionStream)");
}
