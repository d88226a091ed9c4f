#include "inflow/pipeline/sources/detail/mapped_file.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inflow/pipeline/sources/detail/data_file.hpp"

namespace inflow {
namespace {

// A descriptor of a file opened to be read.
class Reading {
 public:
  // Does not wait for a writer, should it be a pipe.
  explicit Reading(const std::string& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (descriptor_ < 0) refuse_unreadable(errno, path);
  }
  ~Reading() { ::close(descriptor_); }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace

MappedFile::MappedFile(const std::string& path) : MappedFile(Reading(path).descriptor(), path) {}

MappedFile::MappedFile(int descriptor, const std::string& path) {
  struct stat about {};
  if (::fstat(descriptor, &about) != 0) refuse_unreadable(errno, path);
  if (S_ISDIR(about.st_mode)) refuse_unreadable(EISDIR, path);
  if (!S_ISREG(about.st_mode)) refuse_irregular(path);
  modified_ = std::int64_t{about.st_mtim.tv_sec} * 1'000'000'000 + about.st_mtim.tv_nsec;
  const auto size = static_cast<std::size_t>(about.st_size);
  if (size == 0) return;
  void* const memory = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor, 0);
  if (memory == MAP_FAILED) refuse_unreadable(errno, path);
  bytes_ = {static_cast<const std::uint8_t*>(memory), size};
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<std::uint8_t*>(bytes_.data()), bytes_.size());
}

}  // namespace inflow
