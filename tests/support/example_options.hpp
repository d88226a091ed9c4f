#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "inflow/ops/named_list.hpp"

// Options with a key of every kind, for tests of what is done with options.

namespace inflow::support {

enum class Layout : std::uint8_t { nchw, nhwc };
inline constexpr std::array<std::string_view, 2> kLayoutNames{"nchw", "nhwc"};

struct ViewSection {
  int size = 28;
  float strength = 0.5F;
  std::array<float, 3> mean{0.1F, 0.2F, 0.3F};
  Layout layout = Layout::nchw;
  bool operator==(const ViewSection&) const = default;
  void describe(auto& visitor) {
    visitor("size", size, Between{1, 4096}, "Height and width in pixels");
    visitor("strength", strength, kProbability, "Strength of the colors");
    visitor("mean", mean, "Mean of each channel");
    visitor("layout", layout, kLayoutNames, "Order of the axes");
  }
};

struct AdamwOptions {
  double lr = 1e-3;
  double weight_decay = 0;
  bool operator==(const AdamwOptions&) const = default;
  void describe(auto& visitor) {
    visitor("lr", lr, kPositive, "Learning rate");
    visitor("weight_decay", weight_decay, Between{.low = 0}, "Weight decay");
  }
};

struct LarsOptions {
  float lr = 0.1F;
  bool operator==(const LarsOptions&) const = default;
  void describe(auto& visitor) { visitor("lr", lr, kPositive, "Learning rate"); }
};

inline int make_adamw(const AdamwOptions& /*options*/) { return 1; }
inline int make_lars(const LarsOptions& /*options*/) { return 2; }

inline const Catalog<int>& optimizers() {
  static const Catalog<int> all{"optimizer",
                                {catalog_entry<int>("adamw", "Adam with decay", make_adamw),
                                 catalog_entry<int>("lars", "Layer-wise rates", make_lars)}};
  return all;
}

const Catalog<int>& sources();

struct FolderOptions {
  std::string path;
  void describe(auto& visitor) { visitor("path", path, "Where the pictures are"); }
};

// A part that holds a part of its own kind.
struct SubsetOptions {
  int first = 0;
  PartOptions of;
  void describe(auto& visitor) {
    visitor("first", first, Between{.low = 0}, "Samples to keep");
    visitor("of", of, sources().choices(), "Where the samples come from");
  }
};

inline int make_folder(const FolderOptions& /*options*/) { return 3; }
inline int make_subset(const SubsetOptions& options) { return sources().make(options.of) + 1; }

inline const Catalog<int>& sources() {
  static const Catalog<int> all{"source",
                                {catalog_entry<int>("folder", "Pictures in folders", make_folder),
                                 catalog_entry<int>("subset", "Some samples", make_subset)}};
  return all;
}

// A part with a key beside those of its type.
struct RepeatedSource : PartOptions {
  int times = 1;
  void describe(auto& visitor) {
    visitor("times", times, Between{1, 100}, "How often its samples come");
  }
};

inline PartChoices repeated_sources() {
  PartChoices choices = sources().choices();
  choices.thing = "repeated source";
  return choices;
}

struct PlainOptions {
  int version = 1;
  std::uint64_t seed = 7;
  std::int64_t offset = -3;
  bool shuffle = true;
  double rate = 1e-4;
  std::string name = "run";
  std::vector<int> widths{32, 64};
  std::vector<double> betas{0.9, 0.999};
  std::vector<std::string> share;
  PerView blur = 0.5;
  Bytes memory{std::uint64_t{2} << 30U};
  ViewSection views;
  bool operator==(const PlainOptions&) const = default;
  void describe(auto& visitor) {
    visitor("version", version, Between{1, 1}, "Version of the settings");
    visitor("seed", seed, "Key of every draw");
    visitor("offset", offset, "A number of either sign");
    visitor("shuffle", shuffle, "Whether to shuffle");
    visitor("rate", rate, "A number without bounds");
    visitor("name", name, "A text");
    visitor("widths", widths, Between{1, 4096}, "Channels of each stage");
    visitor("betas", betas, kProbability, "Decay of each mean");
    visitor("share", share, "Draws that views share");
    visitor("blur", blur, kProbability, "How likely each view is blurred");
    visitor("memory", memory, Between{.low = 1024}, "Ceiling of all buffers");
    visitor("views", views, "How samples are rendered");
  }
};

struct ExampleOptions : PlainOptions {
  PartOptions optimizer = optimizers().part("adamw");
  PartOptions source;  // must be named
  std::vector<RepeatedSource> more;
  void describe(auto& visitor) {
    PlainOptions::describe(visitor);
    visitor("optimizer", optimizer, optimizers().choices(), "How weights are changed");
    visitor("source", source, sources().choices(), "Where samples come from");
    visitor("more", more, repeated_sources(), "Where others come from");
  }
};

// `where: what`, a line each.
inline std::string text_of(const std::vector<Problem>& problems) {
  std::string text;
  for (const Problem& problem : problems) text += problem.where + ": " + problem.what + "\n";
  return text;
}

}  // namespace inflow::support
