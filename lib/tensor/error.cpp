#include "lib/tensor/error.hpp"

namespace cnnlab {

void fail(const std::string& message) { throw Error(message); }

}  // namespace cnnlab
