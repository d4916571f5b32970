#include "lib/io/gzip.hpp"

#include "lib/tensor/error.hpp"

namespace cnnlab {

Bytes gunzip(ByteSpan, const std::string& name, int64_t) {
  fail(text(name,
            ": gzip is not built into this program; unpack the file first (a page does it with DecompressionStream)"));
}

}  // namespace cnnlab
