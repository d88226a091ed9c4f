#pragma once

#include <string>
#include <utility>
#include <vector>

#include "support/written_tree.hpp"
#include "tools/program_test.hpp"

namespace inflow::tools {

// Runs `inflow augment` on a folder of tiny pictures in two classes.
class AugmentTest : public ProgramTest {
 protected:
  AugmentTest() {
    for (int i = 0; i < 300; ++i) write_picture(i);
    write_file(directory_ / "config.yaml",
               "seed: 3\n"
               "source: {type: image_folder, path: pictures}\n"
               "views: {size: 8}\n"
               "epochs: 2\n"
               "limits: {threads: 2, group: 4}\n"
               "output: {save_every: 0}\n");
  }

  static std::string name_of(int picture) {
    return "pictures/" + std::string(picture % 2 == 0 ? "even" : "odd") + "/" +
           std::to_string(picture) + ".png";
  }

  void write_picture(int picture) const {
    support::write_picture(directory_ / name_of(picture),
                           support::tiny_picture(9, 11, picture % 50));
  }

  static std::vector<std::string> augment(const std::string& out,
                                          std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"augment", "config.yaml", "--out", out});
    return more;
  }

  std::map<std::string, std::string> tree(const std::string& out) const {
    return support::written_tree(directory_ / out);
  }

  bool exists(const std::string& name) const { return std::filesystem::exists(directory_ / name); }
};

}  // namespace inflow::tools
