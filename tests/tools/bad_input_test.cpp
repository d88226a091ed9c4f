#include "tools/program_test.hpp"

namespace inflow::tools {
namespace {

class BadInputTest : public ProgramTest {
 protected:
  ProgramEnd check(std::vector<std::string> assignments) const {
    std::vector<std::string> arguments{"config", "check", "config.yaml"};
    for (std::string& assignment : assignments) {
      arguments.insert(arguments.end(), {"--set", std::move(assignment)});
    }
    return run(std::move(arguments));
  }
};

TEST_F(BadInputTest, AMissingIdxFileIsNamed) {
  expect_failure(check({"source.images=gone"}), 6,
                 "cannot read file: No such file or directory: gone");
}

TEST_F(BadInputTest, ATruncatedIdxFileIsNamedWithTheLengthItShouldHave) {
  const std::string whole = read_file(directory_ / "images");
  write_file(directory_ / "images", whole.substr(0, 500));
  expect_failure(check({}), 6,
                 "idx file is truncated: expected 9616 bytes, found 500 bytes: images");
}

TEST_F(BadInputTest, LabelsOfAnotherCountAreNamed) {
  write_file(directory_ / "labels", support::tiny_idx_labels(95, 4));
  expect_failure(check({}), 6,
                 "idx file does not match images: expected 96 labels, found 95 labels: labels");
}

TEST_F(BadInputTest, ATruncatedCifarFileIsNamed) {
  write_file(directory_ / "cifar.bin", support::cifar_record({1}).substr(0, 3000));
  write_file(directory_ / "config.yaml", "source: {type: cifar, files: [cifar.bin]}\n");
  const ProgramEnd end = check({});
  EXPECT_EQ(end.exit_code, 6);
  EXPECT_EQ(end.out, "");
  EXPECT_THAT(end.err, testing::ContainsRegex("^error: cifar file .*expected .*: cifar.bin\n$"));
}

TEST_F(BadInputTest, ImpossibleSizesAreRefusedWithWhatIsPossible) {
  expect_failure(check({"views.size=0", "views.crop_min=2"}), 2,
                 "settings cannot be used:\n"
                 "  --set views.size: views.size: expected an integer in [1, 4096], found: 0\n"
                 "  --set views.crop_min: views.crop_min: expected a number in [0, 1], found: 2");
}

TEST_F(BadInputTest, ABatchLargerThanTheSourceIsRefused) {
  expect_failure(check({"batch.size=500"}), 2,
                 "the pipeline cannot run:\n"
                 "  an epoch has no batch, since its last is dropped: 96 samples, 500 a batch");
}

TEST_F(BadInputTest, NoSourceIsRefused) {
  write_file(directory_ / "config.yaml", "seed: 3\n");
  expect_failure(check({}), 2,
                 "settings cannot be used:\n"
                 "  config.yaml: source.type: expected one of idx, cifar, image_folder, list, npy, "
                 "npz, tar, pool, subset, mixed, found: nothing");
}

}  // namespace
}  // namespace inflow::tools
