#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inflow/inflation/audit/channel_order.hpp"
#include "inflow/inflation/audit/copies.hpp"
#include "inflow/inflation/audit/memorization.hpp"

// What an audit of a pool of generated images finds. Each aggregate names its fields once, for the
// text that they are written to and read from.

namespace inflow {

// One measure of the pool against real images, and the same of other real images against these: as
// many, so that a pool that is as good as real gets the same up to chance.
struct Compared {
  double pool = 0;
  double real = 0;

  static void fields(auto& of, auto& visit) {
    visit("pool", of.pool);
    visit("real", of.real);
  }
};

struct SideFindings : Sides {
  static void fields(auto& of, auto& visit) {
    visit("min", of.least);
    visit("median", of.median);
    visit("max", of.largest);
  }
};

// What a set holds. All but the first three speak of the images that can be read.
struct SetFindings {
  std::uint64_t samples = 0;
  std::uint64_t images = 0;                 // without repeats
  std::vector<std::uint64_t> unreadable{};  // by index
  std::vector<std::string> reasons{};       // of the first of these
  std::uint64_t classes = 0;
  std::uint64_t unlabeled = 0;  // samples
  std::uint64_t grey = 0;       // with three equal channels
  SideFindings width{};
  SideFindings height{};
  std::uint64_t duplicates = 0;  // with the pixels of an earlier one
  ChannelStatistics channels{};

  std::uint64_t readable() const { return images - unreadable.size(); }

  static void fields(auto& of, auto& visit) {
    visit("samples", of.samples);
    visit("images", of.images);
    visit("unreadable", of.unreadable);
    visit("reasons", of.reasons);
    visit("classes", of.classes);
    visit("unlabeled", of.unlabeled);
    visit("grey", of.grey);
    visit("width", of.width);
    visit("height", of.height);
    visit("duplicates", of.duplicates);
    visit("channels", of.channels);
  }
};

// Both sets, picture by picture.
struct PictureFindings {
  SetFindings pool{};
  SetFindings real{};
  ChannelOrder channel_order{};
  std::uint64_t copied = 0;    // images of the pool with the pixels of a real one
  std::vector<Copy> copies{};  // the first of these

  static void fields(auto& of, auto& visit) {
    visit("pool", of.pool);
    visit("real", of.real);
    visit("channel_order", of.channel_order);
    visit("copied", of.copied);
    visit("copies", of.copies);
  }
};

// What the other measures compare.
struct ComparedFindings {
  std::int64_t pool = 0;      // images of the pool
  std::int64_t real = 0;      // real images
  std::int64_t matched = 0;   // of the pool, and real ones in their place
  std::int64_t features = 0;  // of an image

  static void fields(auto& of, auto& visit) {
    visit("pool", of.pool);
    visit("real", of.real);
    visit("matched", of.matched);
    visit("features", of.features);
  }
};

struct ManifoldFindings {
  Compared precision{};
  Compared recall{};

  static void fields(auto& of, auto& visit) {
    visit("precision", of.precision);
    visit("recall", of.recall);
  }
};

struct DiscriminatorFindings {
  Compared accuracy{};
  Compared bound{};           // of the total variation
  double standard_error = 0;  // of the pool's accuracy
  std::int64_t held_out = 0;  // images of each kind

  static void fields(auto& of, auto& visit) {
    visit("accuracy", of.accuracy);
    visit("total_variation", of.bound);
    visit("standard_error", of.standard_error);
    visit("held_out", of.held_out);
  }
};

struct MemorizationFindings {
  Memorization features{};  // pairs are indices
  Memorization pixels{};

  static void fields(auto& of, auto& visit) {
    visit("features", of.features);
    visit("pixels", of.pixels);
  }
};

// Of a classifier that was trained on generated images, or on real ones in their place.
struct ClassificationFindings {
  std::string skipped{};  // why there is none; empty if there is
  Compared accuracy{};
  std::int64_t trained_on = 0;
  std::int64_t tested_on = 0;

  static void fields(auto& of, auto& visit) {
    visit("skipped", of.skipped);
    visit("accuracy", of.accuracy);
    visit("trained_on", of.trained_on);
    visit("tested_on", of.tested_on);
  }
};

// What was found so far.
struct AuditFindings {
  std::optional<PictureFindings> pictures{};
  std::optional<ComparedFindings> compared{};
  std::optional<Compared> frechet{};
  std::optional<ManifoldFindings> manifolds{};
  std::optional<DiscriminatorFindings> discriminator{};
  std::optional<MemorizationFindings> memorization{};
  std::optional<ClassificationFindings> classification{};

  static void fields(auto& of, auto& visit) {
    visit("pictures", of.pictures);
    visit("compared", of.compared);
    visit("frechet", of.frechet);
    visit("manifolds", of.manifolds);
    visit("discriminator", of.discriminator);
    visit("memorization", of.memorization);
    visit("classification", of.classification);
  }
};

// A JSON object of what was found; and what such a text says, added to `into`. Numbers come back as
// they were. Reading throws InputError for other texts.
std::string to_json(const AuditFindings& findings);
void read_findings(std::string_view json, AuditFindings& into);

}  // namespace inflow
