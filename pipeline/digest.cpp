#include <bit>
#include <concepts>
#include <type_traits>

#include "inflow/pipeline/batch.hpp"
#include "inflow/pipeline/checksum.hpp"

namespace inflow {
namespace {

static_assert(std::endian::native == std::endian::little,
              "values are hashed as they lie in memory");

// Hashes value by value, never a struct at once: its gaps hold anything.
class Hasher {
 public:
  template <class T>
  requires std::is_arithmetic_v<T> || std::is_enum_v<T>
  void add(T value) { add_bytes(std::as_bytes(std::span(&value, 1))); }

  void add_bytes(std::span<const std::byte> bytes) { checksum_.add(bytes); }

  std::string digits() const { return checksum_.digits(); }

 private:
  Checksum checksum_;
};

// A member that came after the first version: it counts where it says something, so that digests of
// what could be drawn before stay as they were. The tag tells it from the others.
template <class T>
void add_later(Hasher& hasher, char tag, T value, T plain) {
  if (value == plain) return;
  hasher.add(tag);
  hasher.add(value);
}

void add(Hasher& hasher, const Box& box) {
  hasher.add(box.top);
  hasher.add(box.left);
  hasher.add(box.height);
  hasher.add(box.width);
}

void add(Hasher& hasher, Size size) {
  hasher.add(size.height);
  hasher.add(size.width);
}

void add(Hasher& hasher, const Finish& finish) {
  hasher.add(finish.channels);
  hasher.add(finish.dtype);
  hasher.add(finish.layout);
  for (const float mean : finish.mean) hasher.add(mean);
  for (const float stddev : finish.stddev) hasher.add(stddev);
  if (finish.cutout) add(hasher, *finish.cutout);
}

void add(Hasher& hasher, const Jitter& jitter) {
  for (const JitterPart part : jitter.order) hasher.add(part);
  hasher.add(jitter.count);
  hasher.add(jitter.brightness);
  hasher.add(jitter.contrast);
  hasher.add(jitter.saturation);
  hasher.add(jitter.hue_shift);
}

void add(Hasher& hasher, const Base& base) {
  add(hasher, base.crop);
  add(hasher, base.size);
  hasher.add(base.flip);
  add(hasher, base.jitter);
  hasher.add(base.grayscale);
  hasher.add(base.blur.kernel);
  hasher.add(base.blur.sigma);
  const Base plain;
  add_later(hasher, 'f', base.filter, plain.filter);
  add_later(hasher, 'a', base.antialias, plain.antialias);
  add_later(hasher, 'b', base.blur.form, plain.blur.form);
  add_later(hasher, 's', base.solarize.value_or(-1), -1);
  add_later(hasher, 'k', base.shrunk, plain.shrunk);
  add_later(hasher, 'y', base.ycc, plain.ycc);
  add_later(hasher, 'e', base.equalize, plain.equalize);
}

void add(Hasher& hasher, const Plan& plan) {
  hasher.add(plan.count);
  for (const Step& step : plan.chosen()) {
    hasher.add(step.op);
    hasher.add(step.magnitude);
    hasher.add(step.u);
    hasher.add(step.v);
  }
  if (!plan.is_mixture()) return;
  hasher.add(plan.untouched);
  hasher.add(plan.chain_count);
  for (const Chain& chain : plan.mixed()) {
    hasher.add(chain.count);
    hasher.add(chain.weight);
  }
}

void add(Hasher& hasher, const DrawnView& view) {
  hasher.add(view.key.seed);
  hasher.add(view.key.index);
  hasher.add(view.key.epoch);
  hasher.add(view.key.view);
  add(hasher, view.base);
  add(hasher, view.plan);
  add(hasher, view.finish);
}

template <class T>
void add(Hasher& hasher, const std::vector<T>& values) {
  hasher.add(std::uint64_t{values.size()});
  hasher.add_bytes(std::as_bytes(std::span(values)));
}

}  // namespace

std::string digest(const BatchData& batch) {
  Hasher hasher;
  hasher.add(batch.epoch);
  hasher.add(batch.number);
  hasher.add(batch.count);
  add(hasher, batch.finish);
  if (!batch.sizes.empty()) add(hasher, batch.sizes.front());
  add(hasher, batch.indices);
  add(hasher, batch.labels);
  add(hasher, batch.identities);
  add(hasher, batch.origins);
  hasher.add(std::uint64_t{batch.views.size()});
  for (std::size_t view = 0; view < batch.views.size(); ++view) {
    if (batch.sizes[view] != batch.sizes.front()) add(hasher, batch.sizes[view]);
    hasher.add_bytes(batch.rows(view));
  }
  for (std::size_t view = 0; view < batch.bases.size(); ++view) {
    const std::size_t bytes = row_bytes(kBaseFinish, batch.sizes[view]);
    hasher.add_bytes({batch.bases[view].data(), static_cast<std::size_t>(batch.count) * bytes});
  }
  hasher.add(std::uint64_t{batch.drawn.size()});
  for (const DrawnView& view : batch.drawn) add(hasher, view);
  if (!batch.second_labels.empty()) {
    add(hasher, batch.second_labels);
    add(hasher, batch.label_weights);
  }
  add_later(hasher, 'p', batch.padded, std::uint64_t{0});
  if (batch.policy) add_later(hasher, 'v', batch.policy->version(), std::uint64_t{0});
  for (const BadSample& failure : batch.failures) {
    add_later(hasher, 'i', failure.index + 1, std::uint64_t{0});
    hasher.add(failure.error.fault);
  }
  return hasher.digits();
}

}  // namespace inflow
