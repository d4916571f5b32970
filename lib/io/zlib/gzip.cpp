#include "lib/io/gzip.hpp"

#include <algorithm>
#include <limits>

#include <zlib.h>

#include "lib/tensor/error.hpp"

namespace cnnlab {
namespace {

constexpr int gzip_only = 16 + MAX_WBITS;  // zlib's way to ask for gzip headers and checksums

struct Inflater {
  z_stream stream{};
  Inflater() { check(inflateInit2(&stream, gzip_only) == Z_OK, "gzip: out of memory"); }
  ~Inflater() { inflateEnd(&stream); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
};

}  // namespace

Bytes gunzip(ByteSpan bytes, const std::string& name, int64_t limit) {
  constexpr size_t most = std::numeric_limits<uInt>::max();  // zlib counts in 32 bits
  check(bytes.size() <= most, name, ": a gzip file of ", bytes.size(), " bytes is too large");
  Inflater inflater;
  z_stream& stream = inflater.stream;
  stream.next_in = const_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());

  const size_t end = static_cast<size_t>(limit);
  Bytes out(std::min(end, 4 * bytes.size()));
  size_t size = 0;
  for (;;) {
    if (size == out.size() && size < end) out.resize(std::min(end, 2 * size + 4096));
    stream.next_out = out.data() + size;
    stream.avail_out = static_cast<uInt>(std::min(out.size() - size, most));
    const uInt room = stream.avail_out;
    const int status = inflate(&stream, Z_NO_FLUSH);
    size += room - stream.avail_out;
    if (status == Z_STREAM_END) {
      if (stream.avail_in == 0) break;
      // A gzip file may consist of several members, one after the other.
      check(is_gzip({stream.next_in, stream.avail_in}), name, ": ", stream.avail_in,
            " bytes follow the end of the gzip data");
      inflateReset(&stream);
    } else if (status == Z_BUF_ERROR || status == Z_OK) {
      if (size == end && stream.avail_out == 0) break;
      check(stream.avail_in > 0 || stream.avail_out == 0, name, ": the gzip data is cut short after ", bytes.size(),
            " bytes (", size, " unpacked); download it again");
    } else {
      fail(text(name, ": the gzip data is damaged (", stream.msg ? stream.msg : "out of memory",
                "); download it again"));
    }
  }
  out.resize(size);
  return out;
}

}  // namespace cnnlab
