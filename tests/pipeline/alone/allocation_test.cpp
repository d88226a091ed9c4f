// What the flow graph takes from the heap once it runs: nothing for a sample. This program stands
// in for malloc and operator new and notes who called.

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <latch>
#include <map>
#include <new>
#include <optional>
#include <string>
#include <string_view>

#include <execinfo.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include "inflow/pipeline/cached_source.hpp"
#include "inflow/pipeline/run.hpp"
#include "support/group_policy.hpp"
#include "support/memory_source.hpp"
#include "support/symbols.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kCounts = false;
#else
constexpr bool kCounts = true;
#endif

namespace {

using Stack = std::array<void*, 24>;

// The stacks of allocations while counting is on; the table is fixed, since noting must not
// allocate.
std::atomic<bool> counting{false};
std::atomic<std::size_t> noted{0};
std::array<Stack, 8192> stacks{};

[[maybe_unused]] void note() {
  thread_local bool noting = false;
  if (!counting.load(std::memory_order_relaxed) || noting) return;
  noting = true;
  const std::size_t at = noted++;
  if (at < stacks.size()) backtrace(stacks[at].data(), static_cast<int>(stacks[at].size()));
  noting = false;
}

}  // namespace

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

extern "C" {

void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t size) {
  note();
  return __libc_malloc(size);
}

void* calloc(std::size_t count, std::size_t size) {
  note();
  return __libc_calloc(count, size);
}

void* realloc(void* memory, std::size_t size) {
  note();
  return __libc_realloc(memory, size);
}

void* memalign(std::size_t alignment, std::size_t size) {
  note();
  return __libc_memalign(alignment, size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) {
  note();
  return __libc_memalign(alignment, size);
}

int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  note();
  *memory = __libc_memalign(alignment, size);
  return *memory == nullptr ? ENOMEM : 0;
}

}  // extern "C"

#endif

namespace inflow {
namespace {

bool starts_with_any(std::string_view name, std::initializer_list<std::string_view> beginnings) {
  return std::ranges::any_of(beginnings,
                             [name](std::string_view each) { return name.starts_with(each); });
}

// A template's instance has its result before its name.
bool is_of_standard_library(std::string_view name) {
  const std::string_view before_arguments = name.substr(0, name.rfind('('));
  return starts_with_any(name, {"std::", "void std::", "__gnu_cxx::", "libstdc++", "libc.so"}) ||
         before_arguments.find(" std::") != std::string_view::npos;
}

// Who is to answer for an allocation: the innermost function that is neither the allocator's nor
// the standard library's.
std::string responsible(const Stack& stack, const support::Symbols& symbols) {
  for (const void* address : stack) {
    if (address == nullptr) break;
    std::string name = symbols.name_of(address);
    const bool allocates =
        starts_with_any(name, {"(anonymous namespace)::note", "malloc", "calloc", "realloc",
                               "memalign", "aligned_alloc", "posix_memalign", "operator new"});
    if (!allocates && !is_of_standard_library(name)) return name;
  }
  return "unknown";
}

// oneTBB's flow graph is templates, so it is part of this program: the queues between its nodes
// allocate, group by group. What runs in a node may be inlined in one of its functions called
// ..._body_leaf: that is ours.
bool is_of_another(const std::string& name) {
  if (name.starts_with("lib")) return true;
  return name.find("tbb::detail::") < name.find("inflow::") &&
         name.find("body_leaf<") == std::string::npos;
}

constexpr int kSamples = 640;
constexpr int kBatchesPerEpoch = 10;
const LimitOptions kLimits{.threads = 2, .group = 16, .buffers = 3};

Pipeline endless_pipeline() {
  ViewOptions views;
  views.blur = 0.5;
  return {.seed = 7,
          .source = std::make_shared<support::MemorySource>(kSamples, Size{32, 32}),
          .views = views,
          .policy = policies().make(policies().part("uniform"), catalog()),
          .ops = {catalog().begin(), catalog().end()},
          .batch = {.size = kSamples / kBatchesPerEpoch, .keep_drawn = true}};
}

// With mixtures of pictures, and with mixed rows.
Pipeline endless_mixing_pipeline() {
  Pipeline pipeline = endless_pipeline();
  pipeline.policy = policies().make(policies().part("aug_mix"), catalog());
  pipeline.mix.type = MixType::either;
  return pipeline;
}

Pipeline endless_fast_pipeline() {
  Pipeline pipeline = endless_pipeline();
  pipeline.views.profile = Profile::fast;
  pipeline.policy = policies().make(policies().part("none"), catalog());
  return pipeline;
}

// With a policy that sees groups of a size that limits.group does not divide.
Pipeline endless_pipeline_of_groups() {
  Pipeline pipeline = endless_pipeline();
  pipeline.policy = std::make_shared<support::GroupPolicy>(24);
  return pipeline;
}

// Whose pictures a cache may keep.
class CostlySource final : public support::MemorySource {
 public:
  using MemorySource::MemorySource;
  std::uint64_t pictures() const override { return size(); }
  std::optional<std::uint64_t> picture(std::uint64_t index) const override { return index; }
};

// With room for half of the pictures.
Pipeline endless_caching_pipeline() {
  Pipeline pipeline = endless_pipeline();
  const auto source = std::make_shared<CostlySource>(kSamples, Size{32, 32});
  pipeline.source = std::make_shared<CachedSource>(source, kSamples / 2 * 32 * 32 * 3);
  return pipeline;
}

void take_epochs(Loader& loader, int epochs) {
  for (int i = 0; i < epochs * kBatchesPerEpoch; ++i) ASSERT_NE(loader.next(), nullptr);
}

class Allocation : public testing::Test {
 protected:
  void SetUp() override {
    if (!kCounts) GTEST_SKIP() << "a sanitizer stands in for malloc itself";
    Stack first{};
    backtrace(first.data(), 1);  // loads what it needs
    noted = 0;
  }

  void expect_none_of_our_code(const Pipeline& pipeline);

  const support::Symbols symbols_;
};

void Allocation::expect_none_of_our_code(const Pipeline& pipeline) {
  constexpr int kEpochs = 5;
  const auto loader = run_parallel(pipeline, kLimits);
  take_epochs(*loader, 2 * kEpochs);
  counting = true;
  take_epochs(*loader, kEpochs);
  counting = false;

  ASSERT_LT(noted, stacks.size());
  std::map<std::string, int> counts;
  for (std::size_t i = 0; i < noted; ++i) ++counts[responsible(stacks[i], symbols_)];
  for (const auto& [name, times] : counts) {
    EXPECT_TRUE(is_of_another(name)) << times << " allocations by " << name;
    std::printf("%d allocations in %d samples by %s\n", times, kEpochs * kSamples, name.c_str());
  }
}

TEST_F(Allocation, OfOurCodeIsNoneOnceTheFlowGraphRuns) {
  expect_none_of_our_code(endless_pipeline());
}

TEST_F(Allocation, OfOurCodeIsNoneWhereThingsAreMixed) {
  expect_none_of_our_code(endless_mixing_pipeline());
}

TEST_F(Allocation, OfOurCodeIsNoneWhereAPolicySeesGroups) {
  expect_none_of_our_code(endless_pipeline_of_groups());
}

TEST_F(Allocation, OfOurCodeIsNoneInProfileFast) {
  expect_none_of_our_code(endless_fast_pipeline());
}

TEST_F(Allocation, OfOurCodeIsNoneOnceTheCacheIsFull) {
  expect_none_of_our_code(endless_caching_pipeline());
}

TEST_F(Allocation, IsNotedWithTheFunctionThatCausedIt) {
  const auto loader = run_serial(endless_pipeline());
  counting = true;
  const Batch batch = loader->next();
  counting = false;
  std::string names;
  for (std::size_t i = 0; i < std::min(noted.load(), stacks.size()); ++i) {
    names += responsible(stacks[i], symbols_) + "\n";
  }
  EXPECT_NE(names.find("inflow::make_batch("), std::string::npos) << names;
}

std::size_t resident_pages() {
  std::size_t total = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident;
}

TEST(Memory, IsConstantOverEpochs) {
  if (!kCounts) GTEST_SKIP() << "a sanitizer keeps memory that was freed";
  const auto loader = run_parallel(endless_pipeline(), kLimits);
  take_epochs(*loader, 2);
  const auto before = static_cast<double>(resident_pages());
  take_epochs(*loader, 18);
  const auto after = static_cast<double>(resident_pages());
  EXPECT_LT(after, 1.01 * before);
}

// Bytes of the most pages that were resident since the last reset.
std::size_t most_resident() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    std::size_t kibibytes = 0;
    if (word == "VmHWM:" && status >> kibibytes) return 1024 * kibibytes;
  }
  return 0;
}

void reset_most_resident() { std::ofstream("/proc/self/clear_refs") << 5; }

// Large pictures, the first of which are there only when `together` threads have one.
class LargePictures final : public support::MemorySource {
 public:
  explicit LargePictures(int together)
      : MemorySource(kSamples, kSize, 2), first_(together), all_there_(together) {}

  Meta about(std::uint64_t index) const override { return {.identity = index, .size = kSize}; }

  SampleError at(std::uint64_t index, Sample& sample, const WindowOf& wanted) const override {
    SampleError error = MemorySource::at(index, sample, wanted);
    if (first_-- > 0) all_there_.arrive_and_wait();
    return error;
  }

 private:
  static constexpr Size kSize{1500, 1000};
  mutable std::atomic<int> first_;
  mutable std::latch all_there_;
};

// What the flow graph takes at most for them.
std::size_t most_for_large_pictures(std::uint64_t ceiling, int together) {
  Pipeline pipeline = endless_pipeline();
  pipeline.source = std::make_shared<LargePictures>(together);
  const LimitOptions limits{.threads = 48, .group = 1, .buffers = 3, .memory = {ceiling}};
  malloc_trim(0);  // what was freed before and is still resident
  reset_most_resident();
  const std::size_t before = most_resident();
  const auto loader = run_parallel(pipeline, limits);
  for (int i = 0; i < 3; ++i) loader->next();
  return most_resident() - before;
}

TEST(Memory, StaysBelowTheCeiling) {
  if (!kCounts) GTEST_SKIP() << "a sanitizer keeps memory that was freed";
  constexpr std::size_t kCeiling = std::size_t{150} << 20U;
  EXPECT_LT(most_for_large_pictures(kCeiling, 1), kCeiling);
  EXPECT_GT(most_for_large_pictures(32 * kCeiling, 40), kCeiling);
}

}  // namespace
}  // namespace inflow
