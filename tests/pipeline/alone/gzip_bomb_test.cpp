// What a small gzip file takes from the heap that stands for much more. This program counts the
// bytes that operator new has given out at most.

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

#include <gtest/gtest.h>
#include <malloc.h>

#include "inflow/pipeline/source.hpp"
#include "support/message.hpp"
#include "support/temporary_directory.hpp"
#include "support/tiny_data.hpp"

namespace {
std::atomic<std::size_t> held{0};
std::atomic<std::size_t> most{0};
}  // namespace

// Not inlined, or the compiler takes free() for the wrong end of somebody's `new`.
[[gnu::noinline]] void* operator new(std::size_t size) {
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  held += malloc_usable_size(memory);
  most = std::max<std::size_t>(most, held);
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  held -= malloc_usable_size(memory);
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t /*size*/) noexcept {
  operator delete(memory);
}

namespace inflow {
namespace {

using nlohmann::json;
using support::gzip_bomb;
using support::gzipped;
using support::write_file;

constexpr std::size_t kMebibyte = std::size_t{1} << 20;

class GzipBomb : public testing::Test {
 protected:
  // What the source says, without taking more than that.
  static std::string refusal(const json& settings, std::size_t mebibytes) {
    most = held.load();
    const std::size_t before = held;
    const std::string message =
        support::message_of<InputError>([&] { support::make_source(settings); });
    EXPECT_LT((most - before) / kMebibyte, mebibytes);
    return message;
  }

  support::TemporaryDirectory directory_;
  std::string file_ = directory_ / "data.gz";
};

TEST_F(GzipBomb, IsReadNoFurtherThanTheHeaderOfAnIdxFileSays) {
  write_file(file_, gzipped(support::tiny_idx_images(3, 2, 2)) + gzip_bomb(6400));
  EXPECT_LT(std::filesystem::file_size(file_) / kMebibyte, 8U);
  EXPECT_EQ(refusal({{"type", "idx"}, {"images", file_}}, 4),
            "idx file is too long: expected at most 28 bytes, found more: " + file_);

  const std::string images = directory_ / "images";
  write_file(images, support::tiny_idx_images(3, 2, 2));
  write_file(file_, gzipped(support::tiny_idx_labels(3, 3)) + gzip_bomb(6400));
  EXPECT_EQ(refusal({{"type", "idx"}, {"images", images}, {"labels", file_}}, 4),
            "idx file is too long: expected at most 11 bytes, found more: " + file_);
}

TEST_F(GzipBomb, IsReadAsFarAsTheHeaderOfAnIdxFileSaysAndNoMemoryTakenBeforehand) {
  write_file(file_, gzipped(support::idx({0xFFFFFFFF, 16384, 16384}, "")) + gzip_bomb(16));
  EXPECT_EQ(
      refusal({{"type", "idx"}, {"images", file_}}, 80),
      "idx file is truncated: expected 1152921504338411536 bytes, found 16777232 bytes: " + file_);
}

TEST_F(GzipBomb, IsNoListOfClasses) {
  const std::string images = directory_ / "images.npy";
  const std::string arrays = std::string(INFLOW_SOURCE_DIR) + "/tests/golden/arrays/";
  write_file(file_, gzip_bomb(6400));
  const json settings{{"type", "npy"},
                      {"images", arrays + "pixels.npy"},
                      {"labels", arrays + "labels_int8.npy"},
                      {"classes", file_}};
  EXPECT_EQ(refusal(settings, 60),
            "classes file is too long: expected at most 16777216 bytes, found more: " + file_);
  write_file(file_, gzipped([] {
               std::string names;
               for (int i = 0; i < 65537; ++i) names += "x\n";
               return names;
             }()));
  EXPECT_EQ(refusal(settings, 60),
            "classes file has too many names: expected at most 65536: " + file_);
}

}  // namespace
}  // namespace inflow
