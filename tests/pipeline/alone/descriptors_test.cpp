// How many files a loader holds open: few, whatever it reads. This program lowers what it may open.

#include <filesystem>
#include <functional>
#include <string>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "inflow/pipeline/run.hpp"
#include "support/flow_graph_test.hpp"
#include "support/golden.hpp"
#include "support/small_pipeline.hpp"
#include "support/tar.hpp"
#include "support/temporary_directory.hpp"
#include "support/tiny_data.hpp"

namespace inflow {
namespace {

constexpr int kFiles = 120;

std::uint64_t open_files() {
  const std::filesystem::directory_iterator all("/proc/self/fd");
  return static_cast<std::uint64_t>(std::distance(begin(all), end(all))) - 1;
}

// Lets this process open so many files beside those that are open, as long as it lives.
class FilesAllowed {
 public:
  explicit FilesAllowed(std::uint64_t more) {
    EXPECT_EQ(getrlimit(RLIMIT_NOFILE, &before_), 0);
    const rlimit limit{open_files() + more, before_.rlim_max};
    EXPECT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  }
  ~FilesAllowed() { setrlimit(RLIMIT_NOFILE, &before_); }
  FilesAllowed(const FilesAllowed&) = delete;
  FilesAllowed& operator=(const FilesAllowed&) = delete;

 private:
  rlimit before_{};
};

class Descriptors : public support::FlowGraphTest {
 protected:
  // Opens the source and takes two epochs of it on eight threads.
  static void expect_few(const std::function<std::shared_ptr<const Source>()>& make) {
    const FilesAllowed allowed(30);
    const std::uint64_t before = open_files();
    const Pipeline pipeline = support::small_pipeline(make());
    const std::uint64_t of_source = open_files() - before;
    std::uint64_t samples = 0;
    const auto loader = run_parallel(pipeline, {.threads = 8, .group = 2, .buffers = 4});
    for (const Batch& batch : *loader) samples += batch->count;
    EXPECT_EQ(samples, 2U * kFiles);
    EXPECT_LE(of_source, 4U);
  }

  support::TemporaryDirectory directory_;
};

TEST_F(Descriptors, OfAFolderAreOneForEachThreadAtMost) {
  for (int i = 0; i < kFiles; ++i) {
    support::write_picture(directory_ / ("a/" + std::to_string(i) + ".png"),
                           support::tiny_picture(6, 4));
  }
  expect_few([&] {
    return sources().make(sources().part("image_folder", {{"path", directory_.path().string()}}));
  });
}

TEST_F(Descriptors, OfShardsAreNotOneForEach) {
  support::write_picture(directory_ / "picture.png", support::tiny_picture(6, 4));
  const std::string picture = support::read_file(directory_ / "picture.png");
  for (int i = 0; i < kFiles; ++i) {
    support::write_file(directory_ / ("shard-" + std::to_string(1000 + i) + ".tar"),
                        support::tar_member("1.png", picture) + support::tar_member("1.cls", "0") +
                            support::tar_end());
  }
  expect_few([&] {
    const std::string pattern = (directory_ / "shard-{1000..1119}.tar").string();
    return support::make_source({{"type", "tar"}, {"shards", {pattern}}});
  });
}

}  // namespace
}  // namespace inflow
