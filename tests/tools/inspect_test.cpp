#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include "support/example_pool.hpp"
#include "support/flow_graph_test.hpp"
#include "support/golden.hpp"
#include "tools/program_test.hpp"

namespace inflow::tools {
namespace {

using nlohmann::json;
using support::tiny_picture;
using support::write_picture;
using testing::HasSubstr;

// A folder in which there is something of everything.
class InspectTest : public ProgramTest {
 protected:
  InspectTest() {
    write_picture(directory_ / "set/cat/1.png", tiny_picture(6, 4));
    write_picture(directory_ / "set/cat/2.bmp", tiny_picture(6, 4));
    write_picture(directory_ / "set/cat/3.jpg", tiny_picture(16, 8, 20));
    write_picture(directory_ / "set/dog/1.webp", tiny_picture(9, 33));
    write_picture(directory_ / "set/dog/2.tif", tiny_picture(6, 4));
    write_picture(directory_ / "set/dog/3.png", Image(5, 5, cv::Vec3b(9, 9, 9)));
    const std::string jpeg = read_file(directory_ / "set/cat/3.jpg");
    write_file(directory_ / "set/dog/4.jpg", jpeg.substr(0, jpeg.size() / 2));
    write_file(directory_ / "set/dog/5.png", "no picture");
    write_file(directory_ / "set.yaml", "source: {type: image_folder, path: set}\n");
  }

  json inspected(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"inspect", "set.yaml", "--json", "--quiet"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const ProgramEnd end = run(std::move(arguments));
    EXPECT_EQ(end.exit_code, 0);
    // Some ask for more threads than a small machine has cores.
    EXPECT_THAT(end.err,
                testing::MatchesRegex("(warning: limits.threads is .* of this machine\n)?"));
    return json::parse(end.out);
  }
};

TEST_F(InspectTest, CountsClassesFormatsAndSizes) {
  const json all = inspected();
  EXPECT_EQ(all["samples"], 8);
  EXPECT_EQ(all["classes"], json::parse(R"([{"name": "cat", "samples": 3},
                                            {"name": "dog", "samples": 5}])"));
  EXPECT_EQ(all["without_label"], 0);
  EXPECT_EQ(all["images"], 8);
  EXPECT_EQ(all["readable"], 6);
  EXPECT_EQ(all["formats"],
            json::parse(R"({"bmp": 1, "jpeg": 1, "png": 2, "tiff": 1, "webp": 1})"));
  EXPECT_EQ(all["orientations"], json::parse(R"({"1": 6})"));
  EXPECT_EQ(all["without_file"], 0);
  EXPECT_EQ(all["grey"], 1);
  EXPECT_EQ(all["width"], json::parse(R"({"min": 4, "median": 4, "max": 33})"));
  EXPECT_EQ(all["height"], json::parse(R"({"min": 5, "median": 6, "max": 16})"));
  EXPECT_EQ(all["sides"], json::parse(R"([{"from": 4, "to": 7, "widths": 4, "heights": 4},
                                          {"from": 8, "to": 15, "widths": 1, "heights": 1},
                                          {"from": 16, "to": 31, "widths": 0, "heights": 1},
                                          {"from": 32, "to": 63, "widths": 1, "heights": 0}])"));
}

TEST_F(InspectTest, SumsUpTheSizesOfFilesThatCanBeRead) {
  std::uintmax_t bytes = 0;
  for (const char* name :
       {"cat/1.png", "cat/2.bmp", "cat/3.jpg", "dog/1.webp", "dog/2.tif", "dog/3.png"})
    bytes += std::filesystem::file_size(directory_ / "set" / name);
  EXPECT_EQ(inspected()["file_bytes"], bytes);
}

TEST_F(InspectTest, NamesWhatIsCorruptAndWhy) {
  EXPECT_EQ(inspected()["corrupt"], json::parse(R"([
      {"index": 6, "sample": "dog/4.jpg", "fault": "malformed", "reason": "picture is cut short",
       "file": "set/dog/4.jpg", "offset": null},
      {"index": 7, "sample": "dog/5.png", "fault": "malformed",
       "reason": "picture cannot be decoded", "file": "set/dog/5.png", "offset": null}])"));
}

TEST_F(InspectTest, FindsEqualPixelsInOtherFormatsAndUnderOtherLabels) {
  EXPECT_EQ(inspected()["duplicates"], json::parse(R"([
      {"index": 1, "sample": "cat/2.bmp", "first_index": 0, "first_sample": "cat/1.png",
       "other_label": false},
      {"index": 4, "sample": "dog/2.tif", "first_index": 0, "first_sample": "cat/1.png",
       "other_label": true}])"));
}

TEST_F(InspectTest, PrintsATable) {
  const ProgramEnd end = run({"inspect", "set.yaml", "--quiet", "--list", "1"});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.err, "");
  EXPECT_THAT(end.out, testing::StartsWith("samples      8, 0 of them without a label\n"
                                           "images       8, 2 of them corrupt\n"
                                           "duplicates   2, 1 of them under another label\n"
                                           "formats      bmp 1, jpeg 1, png 2, tiff 1, webp 1\n"
                                           "turned       0\n"));
  EXPECT_THAT(end.out, HasSubstr("\nwidth        4 to 33, median 4\n"));
  EXPECT_THAT(end.out, HasSubstr("\nclass        samples\n"
                                 "cat                3\n"
                                 "dog                5\n"));
  EXPECT_THAT(end.out, HasSubstr("\n32-63              1        0\n"));
  EXPECT_THAT(end.out, testing::EndsWith("\ncorrupt\n"
                                         "  dog/4.jpg: picture is cut short: set/dog/4.jpg\n"
                                         "  and 1 more (--list, --json)\n"
                                         "\nduplicates\n"
                                         "  cat/2.bmp = cat/1.png\n"
                                         "  and 1 more (--list, --json)\n"));
}

TEST_F(InspectTest, CountsPicturesThatAreNotUpright) {
  for (const std::string name : {"turned_6.jpg", "turned_6.png", "turned_3.webp"})
    std::filesystem::copy_file(support::golden("decode/" + name), directory_ / ("set/dog/" + name));
  EXPECT_EQ(inspected()["orientations"], json::parse(R"({"1": 6, "3": 1, "6": 2})"));
  EXPECT_THAT(run({"inspect", "set.yaml", "--quiet"}).out,
              HasSubstr("\nturned       1 of orientation 3, 2 of orientation 6\n"));
}

TEST_F(InspectTest, FindsTheSameOnAnyNumberOfThreads) {
  const ProgramEnd one = run({"inspect", "set.yaml", "--json", "--threads", "1", "-q"});
  for (const char* threads : {"2", "3", "8"})
    EXPECT_EQ(run({"inspect", "set.yaml", "--json", "--threads", threads, "-q"}).out, one.out);
}

TEST_F(InspectTest, TellsBadSamplesByItsExitStatusIfAskedTo) {
  EXPECT_EQ(run({"inspect", "set.yaml", "--strict-exit"}).exit_code, 3);
  EXPECT_EQ(run({"inspect", "config.yaml", "--strict-exit"}).exit_code, 0);
}

// A picture may have half of the memory, its pixels and its file; not more, however few threads.
TEST_F(InspectTest, TellsPicturesThatHaveNoRoomInTheMemoryLimit) {
  write_picture(directory_ / "set/cat/large.bmp", tiny_picture(1000, 1000));  // 9 MB
  write_file(directory_ / "set/dog/large.tif",
             read_file(directory_ / "set/dog/2.tif") + std::string(7'000'000, '\0'));
  for (const char* threads : {"1", "2", "8"}) {
    const json enough = inspected({"--threads", threads, "--memory-limit", "20000000"});
    EXPECT_EQ(enough["readable"], 8) << threads;
    EXPECT_EQ(enough["no_room"], json::array());
    const json all = inspected({"--threads", threads, "--memory-limit", "11000000"});
    EXPECT_EQ(all["readable"], 6);
    EXPECT_EQ(all["corrupt"].size(), 2);
    EXPECT_EQ(all["no_room"], json::parse(R"([
        {"index": 3, "sample": "cat/large.bmp", "fault": "no_room",
         "reason": "takes 6000000 bytes, where 2499946 are left",
         "file": "set/cat/large.bmp", "offset": null},
        {"index": 9, "sample": "dog/large.tif", "fault": "no_room",
         "reason": "takes 7000206 bytes, where 5500000 are left",
         "file": "set/dog/large.tif", "offset": null}])"));
  }
  const ProgramEnd end =
      run({"inspect", "set.yaml", "--memory-limit", "11000000", "--strict-exit"});
  EXPECT_EQ(end.exit_code, 3);
  EXPECT_THAT(end.out, HasSubstr("\nno room      2, not looked at: limits.memory\n"));
  EXPECT_THAT(end.out, HasSubstr("\nno room\n  cat/large.bmp: takes 6000000 bytes, where "));
}

// Two of these on two threads, if each had its own way, or one beside the pixels of another.
TEST_F(InspectTest, TakesNoMoreThanTheMemoryLimit) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer takes memory of its own";
#endif
  const auto most_kibibytes = [] {
    rusage usage{};
    getrusage(RUSAGE_CHILDREN, &usage);
    return usage.ru_maxrss;
  };
  inspected();
  const auto of_small_pictures = most_kibibytes();  // most of it is the program
  std::filesystem::remove_all(directory_ / "set");
  write_picture(directory_ / "set/1.jpg", tiny_picture(5000, 5000));  // 75 MB
  for (const char* name : {"2", "3", "4", "5", "6"})
    std::filesystem::copy_file(directory_ / "set/1.jpg",
                               directory_ / ("set/" + std::string(name) + ".jpg"));
  const json all = inspected({"--threads", "6", "--memory-limit", "170000000"});
  EXPECT_EQ(all["readable"], 6);
  EXPECT_LT(most_kibibytes() - of_small_pictures, 180 << 10);
  EXPECT_EQ(inspected({"--memory-limit", "140000000"})["no_room"].size(), 6);
}

TEST_F(InspectTest, TellsPicturesOfArraysThatHaveNoRoom) {
  write_file(directory_ / "large.idx", support::tiny_idx_images(2, 1000, 1000));
  const ProgramEnd end = run({"inspect", "--json", "--quiet", "--memory-limit", "5000000", "--set",
                              "source={type: idx, images: large.idx}"});
  EXPECT_EQ(json::parse(end.out)["no_room"].size(), 2);
}

TEST_F(InspectTest, ShowsNamesThatAreNoUtf8AsFarAsTheyAre) {
  write_picture(directory_ / "set/dog/caf\xE9.png", tiny_picture(6, 4));
  EXPECT_EQ(inspected()["duplicates"].back()["sample"], "dog/caf\uFFFD.png");
}

TEST_F(InspectTest, LooksAtRepeatsOnce) {
  const ProgramEnd end = run({"inspect", "--json", "--quiet", "--set",
                              "source={type: mixed, parts: [{type: idx, images: images, copies: "
                              "10}, {type: image_folder, path: set/dog, copies: 2}]}"});
  EXPECT_EQ(end.err, "");
  const json all = json::parse(end.out);
  EXPECT_EQ(all["samples"], 970);
  EXPECT_EQ(all["without_label"], 970);
  EXPECT_EQ(all["origins"], json::parse(R"([{"origin": 0, "samples": 960},
                                            {"origin": 1, "samples": 10}])"));
  const json balance = all["balance"];
  EXPECT_EQ(balance["real"], 96);
  EXPECT_EQ(balance["generated"], 5);
  EXPECT_EQ(balance["samples_per_epoch"], 970);
  EXPECT_EQ(balance["beta"], 960.0 / 970);
  EXPECT_EQ(balance["copies"], 5.0);
  EXPECT_EQ(all["images"], 101);
  EXPECT_EQ(all["without_file"], 96);
  EXPECT_EQ(all["corrupt"].size(), 2);
  EXPECT_EQ(all["corrupt"][0]["index"], 963);
}

TEST_F(InspectTest, SaysWhatMadeThePools) {
  const std::vector<std::string> source{
      "--set",
      "source={type: mixed, parts: [{type: idx, images: images}, {type: pool, path: pool}]}"};
  support::write_pool(directory_ / "pool", support::pool_manifest(9));
  const std::string hash = ImageHashes().digits();
  const ProgramEnd end = run({"inspect", "--json", "--quiet", source[0], source[1]});
  EXPECT_EQ(json::parse(end.out)["pools"],
            json({{{"path", "pool"},
                   {"images", 9},
                   {"generator", "ddpm"},
                   {"step", 1200},
                   {"weights", "0123456789abcdef0123456789abcdef"},
                   {"training_data", {{"images", 0}, {"hash", hash}}}}}));
  EXPECT_THAT(run({"inspect", "--quiet", source[0], source[1]}).out,
              testing::EndsWith("\npools\npool\n  9 images of ddpm after step 1200, trained on 0 "
                                "images of hash " +
                                hash + "\n"));
  EXPECT_EQ(inspected()["pools"], json::array());
}

TEST_F(InspectTest, SaysWhatAMixtureComesTo) {
  const std::string mixture =
      "source={type: mixed, parts: [{type: idx, images: images, share: 0.4}, "
      "{type: image_folder, path: set/cat, copies: 20}]}";
  EXPECT_THAT(run({"inspect", "--quiet", "--set", mixture}).out,
              HasSubstr("\n96 real and 3 generated samples, each real one 0.02083 times as often "
                        "(d), so that 40.00 % of the 100 samples of an epoch are real (beta)\n"));
  EXPECT_EQ(inspected()["balance"], nullptr);
}

TEST_F(InspectTest, NeedsNoSettingsFile) {
  const ProgramEnd end = run({"inspect", "--set", "source={type: image_folder, path: set}"});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_THAT(end.out, HasSubstr("samples      8,"));
}

TEST_F(InspectTest, GivesNoStatisticsOfNothing) {
  std::filesystem::remove_all(directory_ / "set/cat");
  for (const char* name : {"1.webp", "2.tif", "3.png"})
    std::filesystem::remove(directory_ / "set/dog" / name);
  EXPECT_THAT(run({"inspect", "set.yaml", "--list", "0"}).out,
              testing::StartsWith("samples      2, 0 of them without a label\n"
                                  "images       2, 2 of them corrupt\n\nclass "));
  EXPECT_EQ(inspected()["width"], json::parse(R"({"min": 0, "median": 0, "max": 0})"));
}

TEST_F(InspectTest, NamesASourceThatIsMissing) {
  expect_failure(run({"inspect", "set.yaml", "--set", "source.path=gone"}), 6,
                 "image folder does not exist: gone");
}

TEST_F(InspectTest, EndsAtOnceWhenInterrupted) {
  if (!support::flow_graph_can_be_tested()) GTEST_SKIP() << "the sanitizer has a thread of its own";
  write_picture(directory_ / "large.jpg", tiny_picture(2000, 2000));
  std::string list;
  for (int i = 0; i < 10'000; ++i) list += "large.jpg\n";
  write_file(directory_ / "list.txt", list);
  const ProgramEnd end =
      run_and_interrupt({"inspect", "--quiet", "--set", "source={type: list, path: list.txt}"});
  EXPECT_EQ(end.exit_code, 130);
  EXPECT_EQ(end.out, "");
  EXPECT_EQ(end.err, "\nnot everything was looked at\n");
}

}  // namespace
}  // namespace inflow::tools
