#include "lib/io/files.hpp"

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/tensor/error.hpp"

namespace cnnlab {
namespace {

[[noreturn]] void fail_with_errno(const char* verb, const std::string& path) {
  fail(text("cannot ", verb, " '", path, "': ", std::strerror(errno)));
}

// An open file that is closed on every way out.
class File {
 public:
  File(const std::string& path, int flags) : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  bool is_open() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }
  /// Closing can still report a failed write (network file systems).
  bool close() { return ::close(std::exchange(descriptor_, -1)) == 0; }

 private:
  int descriptor_;
};

bool write_all(int descriptor, ByteSpan bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) bytes = bytes.subspan(static_cast<size_t>(written));
  }
  return true;
}

bool sync(int descriptor) {
  // Some file systems cannot sync a folder or a pipe and say so; there is nothing more to be done there.
  return ::fsync(descriptor) == 0 || errno == EINVAL || errno == ENOTSUP || errno == ENOSYS;
}

bool write_synced(const std::string& path, ByteSpan bytes) {
  File file(path, O_WRONLY | O_CREAT | O_TRUNC);
  return file.is_open() && write_all(file.descriptor(), bytes) && sync(file.descriptor()) && file.close();
}

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

Bytes read_file(const std::string& path) {
  File file(path, O_RDONLY);
  struct stat info {};
  if (!file.is_open() || ::fstat(file.descriptor(), &info) != 0) fail_with_errno("read", path);
  check(!S_ISDIR(info.st_mode), "cannot read '", path, "': it is a folder, not a file");

  // One byte more than the file seems to hold: the read that returns 0 then needs no second buffer. Pipes hold "0".
  Bytes bytes(static_cast<size_t>(info.st_size) + 1);
  size_t size = 0;
  for (;;) {
    if (size == bytes.size()) bytes.resize(2 * size + 4096);
    const ssize_t got = ::read(file.descriptor(), bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail_with_errno("read", path);
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  bytes.resize(size);
  return bytes;
}

void write_file(const std::string& path, ByteSpan bytes) {
  struct stat info {};
  check(::stat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode), "cannot write '", path, "': it is a folder");
  static std::atomic<int> counter{0};  // two threads may write at once
  const std::string temporary = text(path, ".", ::getpid(), "-", counter++, ".tmp");
  if (!write_synced(temporary, bytes) || ::rename(temporary.c_str(), path.c_str()) != 0) {
    const int reason = errno;
    ::unlink(temporary.c_str());
    errno = reason;
    fail_with_errno("write", path);
  }
  // The new name is safe only when the folder is on the disk too.
  File folder(folder_of(path), O_RDONLY);
  if (folder.is_open() && !sync(folder.descriptor())) fail_with_errno("sync the folder of", path);
}

bool file_exists(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0;
}

}  // namespace cnnlab
