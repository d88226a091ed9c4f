#include <gtest/gtest.h>

#include "support/message.hpp"
#include "support/temporary_directory.hpp"
#include "support/tiny_data.hpp"

namespace inflow {
namespace {

using support::message_of;

// A GiB is unpacked, and then no more: slow.
TEST(GzipBomb, IsReadNoFurtherThanAListOrAFileOfCifarMayBe) {
  const support::TemporaryDirectory directory;
  const std::string file = directory / "data.gz";
  support::write_file(file, support::gzip_bomb(6400));
  const std::string what = " file is too long: expected at most 1073741824 bytes, found more: ";
  EXPECT_EQ(message_of<InputError>([&] {
              support::make_source({{"type", "list"}, {"path", file}});
            }),
            "list" + what + file);
  EXPECT_EQ(message_of<InputError>([&] {
              support::make_source({{"type", "cifar"}, {"files", {file}}});
            }),
            "cifar" + what + file);
}

TEST(GzipBomb, IsUnpackedNoFurtherThanAShardMayBe) {
  const support::TemporaryDirectory directory;
  const std::string file = directory / "data.tar.gz";
  support::write_file(file, support::gzip_bomb(6400));
  EXPECT_EQ(message_of<InputError>([&] {
              support::make_source({{"type", "tar"}, {"shards", {file}}});
            }),
            "tar file is too long: expected at most 1073741824 bytes unpacked, found more (gunzip "
            "may unpack it beforehand): " +
                file);
}

}  // namespace
}  // namespace inflow
