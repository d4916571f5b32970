#include <catch2/catch.hpp>

#include "lib/data/idx.hpp"
#include "lib/io/gzip.hpp"
#include "tests/support/gzip.hpp"
#include "tests/support/mutate.hpp"

using namespace cnnlab;
using namespace cnnlab::testing;

namespace {
const Bytes hello = {'h', 'e', 'l', 'l', 'o', ',', ' ', 'h', 'e', 'l', 'l', 'o'};
}

TEST_CASE("gunzip gives back what was packed", "[io]") {
  CHECK(gunzip(gzip(hello), "a.gz", 1000) == hello);
  CHECK(gunzip(gzip(hello), "a.gz", 5) == Bytes{'h', 'e', 'l', 'l', 'o'});
  CHECK(gunzip(gzip(Bytes{}), "a.gz", 10).empty());

  Bytes two = gzip(hello);  // a file may have several members
  const Bytes second = gzip(Bytes{'!'});
  two.insert(two.end(), second.begin(), second.end());
  CHECK(gunzip(two, "a.gz", 1000).size() == hello.size() + 1);
}

TEST_CASE("gunzip names what is wrong with a damaged file", "[io]") {
  const Bytes packed = gzip(hello);
  for (size_t size = 0; size < packed.size(); ++size)
    CHECK_THROWS_WITH(gunzip(ByteSpan(packed).first(size), "a.gz", 1000),
                      Catch::Matchers::StartsWith(text("a.gz: the gzip data is cut short after ", size, " bytes (")));
  Bytes damaged = packed;
  damaged[damaged.size() - 6] ^= 1;  // in the checksum
  CHECK_THROWS_WITH(gunzip(damaged, "a.gz", 1000),
                    "a.gz: the gzip data is damaged (incorrect data check); download it again");
  Bytes trailing = packed;
  trailing.insert(trailing.end(), 3, 'x');
  CHECK_THROWS_WITH(gunzip(trailing, "a.gz", 1000), "a.gz: 3 bytes follow the end of the gzip data");
}

TEST_CASE("a gzip bomb unpacks no further than it is let", "[io]") {
  const Bytes bomb = gzip(Bytes(64 << 20));
  CHECK(bomb.size() < 100'000);
  CHECK(gunzip(bomb, "bomb.gz", 1000) == Bytes(1000));
}

TEST_CASE("gzipped IDX is read like raw IDX", "[data][io]") {
  const IdxArray array{{2, 2, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}};
  const Bytes raw = write_idx(array);
  const IdxArray back = parse_idx(gzip(raw), "x.gz");
  CHECK(back.sizes == array.sizes);
  CHECK(back.values == array.values);

  Bytes cut = raw, longer = raw;
  cut.pop_back();
  longer.push_back(0);
  CHECK_THROWS_WITH(
      parse_idx(gzip(cut), "x.gz"),
      "x.gz: header promises 2 images of 2×3 (12 bytes) but the file holds 11 bytes after the header: it is "
      "cut short; download it again");
  CHECK_THROWS_WITH(parse_idx(gzip(longer), "x.gz"),
                    "x.gz: header promises 2 images of 2×3 (12 bytes) but the file holds more bytes after the header");
}

TEST_CASE("no damaged gzip file does worse than an Error", "[io]") {
  const Bytes packed = gzip(write_idx({{2, 2, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}}));
  int errors = 0;
  for (uint64_t seed = 0; seed < 2000; ++seed) try {
      parse_idx(mutate(packed, seed), "fuzz");
    } catch (const Error&) {
      ++errors;
    }
  CHECK(errors > 1500);
}
