#include "native/cli/files.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

#include "lib/tensor/error.hpp"

namespace cnnlab {

void check_writable(const std::string& path, int64_t bytes) {
  std::error_code ignored;
  check(!std::filesystem::exists(path, ignored) || std::filesystem::is_regular_file(path, ignored), path,
        ": it is not a file, so nothing can be saved there");
  std::string probe = path + ".XXXXXX";
  const int file = mkstemp(probe.data());
  check(file >= 0, path, ": cannot be written (", std::strerror(errno), ")");
  int problem = posix_fallocate(file, 0, bytes);
  if (problem == EOPNOTSUPP || problem == EINVAL) problem = 0;  // a file system that cannot say beforehand
  close(file);
  unlink(probe.c_str());
  check(problem == 0, path, ": cannot be written, ", bytes, " bytes are needed (", std::strerror(problem), ")");
}

}  // namespace cnnlab
