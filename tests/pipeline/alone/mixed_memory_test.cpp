// What a mixed source takes from the heap: nothing for a sample, nothing for a copy. This program
// counts the bytes that operator new gives out.

#include <atomic>
#include <cstdlib>
#include <new>

#include <gtest/gtest.h>

#include "inflow/pipeline/mixed.hpp"
#include "inflow/pipeline/pipeline.hpp"
#include "support/numbered_source.hpp"

namespace {
std::atomic<std::size_t> given{0};
}  // namespace

// Not inlined, or the compiler takes free() for the wrong end of somebody's `new`.
[[gnu::noinline]] void* operator new(std::size_t size) {
  given += size;
  void* const memory = std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}

namespace inflow {
namespace {

class MixedMemory : public testing::TestWithParam<MixedMode> {
 protected:
  static std::size_t bytes_of(std::uint64_t real, int copies, std::uint64_t generated) {
    const auto one = std::make_shared<support::NumberedSource>(real);
    const auto other = std::make_shared<support::NumberedSource>(generated);
    const std::size_t before = given;
    const auto mixed = mixed_of({{.source = one, .copies = copies}, {.source = other}}, GetParam());
    EXPECT_GE(mixed->size(), real * static_cast<std::uint64_t>(copies) + generated);
    return given - before;
  }
};

TEST_P(MixedMemory, DoesNotDependOnSamplesAndCopies) {
  const std::size_t of_few = bytes_of(5, 1, 1);
  EXPECT_GT(of_few, 0U);
  EXPECT_EQ(bytes_of(50'000, 10, 1'000'000), of_few);
  EXPECT_EQ(bytes_of(5, 100, 1), of_few);
}

TEST_P(MixedMemory, IsNoneForASeek) {
  const auto real = std::make_shared<support::NumberedSource>(50'000);
  const auto generated = std::make_shared<support::NumberedSource>(1'000'000);
  const Pipeline pipeline{
      .seed = 7,
      .source =
          mixed_of({{.source = real, .share = 0.9, .last_share = 0.3, .share_epochs = 500'000},
                    {.source = generated}},
                   GetParam()),
      .views = {},
      .policy = {},
      .ops = {},
      .batch = {}};
  const std::size_t before = given;
  for (std::uint64_t epoch = 0; epoch < 1'000'000; epoch += 999)
    (void)pipeline.source->about(pipeline.index_at(epoch, 9'999'999 - epoch));
  EXPECT_EQ(given, before);
}

INSTANTIATE_TEST_SUITE_P(Modes, MixedMemory,
                         testing::Values(MixedMode::shuffle, MixedMode::bernoulli,
                                         MixedMode::exact),
                         [](const auto& test) {
                           return std::string(kMixedModes[static_cast<std::size_t>(test.param)]);
                         });

}  // namespace
}  // namespace inflow
