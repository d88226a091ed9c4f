#include "inflow/inflation/audit/warnings.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace inflow {
namespace {

// With three significant digits.
std::string text_of(double value) {
  std::array<char, 32> text{};
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, 3);
  return {text.data(), end.ptr};
}

std::string percent(double share) { return text_of(100 * share) + " %"; }

double share_of(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

class Warnings {
 public:
  void add(std::string_view measure, std::string reason) {
    all_.push_back({.measure = std::string(measure), .reason = std::move(reason)});
  }
  std::vector<AuditWarning> take() { return std::move(all_); }

 private:
  std::vector<AuditWarning> all_;
};

void look_at_side(std::string_view side, const Sides& pool, const Sides& real, double most,
                  Warnings& warnings) {
  if (std::abs(pool.median - real.median) <= most * real.median) return;
  warnings.add("size", "the median " + std::string(side) + " of the pool is " +
                           std::to_string(pool.median) + " pixels, that of real images " +
                           std::to_string(real.median));
}

void look_at_grey(const SetFindings& pool, const SetFindings& real, Warnings& warnings) {
  const bool grey_pool = pool.grey == pool.readable();
  const bool grey_real = real.grey == real.readable();
  if (grey_pool == grey_real) return;
  warnings.add("channels", grey_pool ? "all images of the pool are grey, but not all real ones"
                                     : "all real images are grey, but not all of the pool");
}

void look_at_pictures(const PictureFindings& found, const AuditThresholds& thresholds,
                      Warnings& warnings) {
  const SetFindings& pool = found.pool;
  const SetFindings& real = found.real;
  if (!pool.unreadable.empty()) {
    warnings.add("unreadable",
                 std::to_string(pool.unreadable.size()) +
                     " images of the pool cannot be read, the first: " + pool.reasons.front());
  }
  look_at_side("width", pool.width, real.width, thresholds.size, warnings);
  look_at_side("height", pool.height, real.height, thresholds.size, warnings);
  look_at_grey(pool, real, warnings);
  const ChannelOrder& order = found.channel_order;
  if (order.swapped < thresholds.channel_order * order.as_is) {
    warnings.add("channel_order",
                 "with red and blue swapped the colors of the pool are nearer to real ones (" +
                     text_of(order.swapped) + " instead of " + text_of(order.as_is) +
                     "): it may hold BGR, which `channels: bgr` turns round");
  }
  const double known = share_of(real.duplicates, real.readable());
  const double repeated = share_of(pool.duplicates, pool.readable());
  if (repeated > known + thresholds.duplicates) {
    warnings.add("duplicates",
                 percent(repeated) +
                     " of the pool have the pixels of an earlier image of it, of real "
                     "images " +
                     percent(known));
  }
  const double copied = share_of(found.copied, pool.readable());
  if (copied > known + thresholds.copies) {
    warnings.add("copies", percent(copied) + " of the pool have the pixels of a real image (" +
                               std::to_string(found.copied) + ")");
  }
}

void look_at_memorization(std::string_view space, const Memorization& found,
                          const ComparedFindings& compared, double most, Warnings& warnings) {
  const double variance = found.baseline * (1 - found.baseline);
  const double error = std::sqrt(variance / static_cast<double>(compared.pool) +
                                 variance / static_cast<double>(compared.real));
  if (found.share <= found.baseline + most + 3 * error) return;
  warnings.add("memorization", percent(found.share) +
                                   " of the pool are as near to a real image, by " +
                                   std::string(space) + ", as " + percent(found.baseline) +
                                   " of real images are to another one");
}

}  // namespace

std::vector<AuditWarning> warnings_of(const AuditFindings& findings,
                                      const AuditThresholds& thresholds) {
  Warnings warnings;
  if (findings.pictures) look_at_pictures(*findings.pictures, thresholds, warnings);
  if (findings.memorization && findings.compared) {
    const auto look = [&](std::string_view space, const Memorization& found) {
      look_at_memorization(space, found, *findings.compared, thresholds.memorization, warnings);
    };
    look("pixels", findings.memorization->pixels);
    look("features", findings.memorization->features);
  }
  if (findings.frechet && findings.frechet->pool > thresholds.frechet * findings.frechet->real) {
    warnings.add("frechet", "the Frechet distance to real images is " +
                                text_of(findings.frechet->pool) + ", that of other real images " +
                                text_of(findings.frechet->real));
  }
  if (findings.manifolds &&
      findings.manifolds->recall.pool < thresholds.recall * findings.manifolds->recall.real) {
    warnings.add("recall", "only " + percent(findings.manifolds->recall.pool) +
                               " of real images lie where the pool has images, where other real "
                               "images have them " +
                               percent(findings.manifolds->recall.real));
  }
  if (findings.discriminator && findings.discriminator->accuracy.pool > thresholds.discriminator) {
    warnings.add("discriminator",
                 "a linear classifier tells the pool from real images with an accuracy of " +
                     percent(findings.discriminator->accuracy.pool) +
                     ": inflating with it as it is will likely hurt; weigh real images higher");
  }
  return warnings.take();
}

}  // namespace inflow
