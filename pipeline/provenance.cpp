#include "inflow/pipeline/provenance.hpp"

#include <algorithm>
#include <limits>

#include <nlohmann/json.hpp>

#include "inflow/pipeline/checksum.hpp"

namespace inflow {
namespace {

using Json = nlohmann::ordered_json;

// Names of files may be any bytes; text of JSON is UTF-8.
std::string written(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// No line has more levels; deeper texts could not even be shown.
constexpr int kMostLevels = 64;

bool is_within_levels(int depth, Json::parse_event_t, const Json&) {
  if (depth > kMostLevels) throw UsageError("provenance has too many levels of brackets");
  return true;
}

// The settings of a line, described as those of a pipeline are.
struct Parts {
  PartOptions source;
  PartOptions policy;

  void describe(auto& visitor) {
    visitor("source", source, sources().choices(), "Where samples come from");
    visitor("policy", policy, policies().choices(), "Which ops a view gets on top");
  }
};

// How each row of a batch was mixed, and with which other.
std::vector<std::optional<PairMix>> mixes_of(const Pipeline& pipeline, const BatchData& batch) {
  std::vector<std::optional<PairMix>> mixes(batch.count);
  if (pipeline.mix.type == MixType::none) return mixes;
  const BatchKey key{.seed = pipeline.seed, .epoch = batch.epoch, .number = batch.number};
  for (std::uint64_t pair = 0; pair < batch.count / 2; ++pair) {
    PairMix mix = draw_pair(pipeline.mix, key, batch.count, pair);
    if (mix.type == MixType::none) continue;
    mixes[mix.first] = mix;
    std::swap(mix.first, mix.second);
    mixes[mix.first] = mix;
  }
  return mixes;
}

// Reads the members of one object, each of which must be there, and no others.
class Reader {
 public:
  Reader(const Json& object, std::string where) : object_(object), where_(std::move(where)) {
    if (!object.is_object()) refuse(where_, "an object", object);
  }

  const Json& member(std::string_view key) {
    known_.push_back(key);
    const auto found = object_.find(key);
    if (found == object_.end()) throw UsageError("provenance lacks a key: " + at(key));
    return *found;
  }

  std::string text(std::string_view key) {
    const Json& found = member(key);
    if (!found.is_string()) refuse(at(key), "text", found);
    return found.get<std::string>();
  }

  template <class T>
  T integer(std::string_view key) {
    const Json& found = member(key);
    const auto lowest = std::int64_t{std::numeric_limits<T>::min()};
    const bool whole = found.is_number_unsigned() || (lowest < 0 && found.is_number_integer());
    const bool fits =
        whole && (found.is_number_unsigned()
                      ? found.get<std::uint64_t>() <= std::uint64_t{std::numeric_limits<T>::max()}
                      : found.get<std::int64_t>() >= lowest);
    if (!fits) {
      refuse(at(key),
             "an integer from " + std::to_string(lowest) + " to " +
                 std::to_string(std::numeric_limits<T>::max()),
             found);
    }
    return found.get<T>();
  }

  float share(std::string_view key) {
    const Json& found = member(key);
    if (!found.is_number() || found.get<double>() < 0 || found.get<double>() > 1) {
      refuse(at(key), "a number from 0 to 1", found);
    }
    return found.get<float>();
  }

  // False where it is missing, as in lines of before there was such a key.
  bool flag(std::string_view key) {
    known_.push_back(key);
    const auto found = object_.find(key);
    if (found == object_.end()) return false;
    if (!found->is_boolean()) refuse(at(key), "true or false", *found);
    return found->get<bool>();
  }

  template <class E>
  E name(std::string_view key, std::span<const std::string_view> names) {
    const std::string found = text(key);
    const auto place = std::ranges::find(names, found);
    if (place == names.end())
      throw UsageError("provenance: " + unknown_name(at(key), found, names));
    return static_cast<E>(place - names.begin());
  }

  // Of a part that may be missing.
  void add_part(std::string_view key, Json& parts) {
    known_.push_back(key);
    if (const auto found = object_.find(key); found != object_.end()) parts[key] = *found;
  }

  void refuse_other_keys() const {
    for (const auto& [key, value] : object_.items()) {
      if (std::ranges::find(known_, key) == known_.end()) {
        throw UsageError("provenance: " + unknown_name("key", at(key), known_));
      }
    }
  }

 private:
  std::string at(std::string_view key) const {
    return where_.empty() ? std::string(key) : where_ + "." + std::string(key);
  }

  [[noreturn]] static void refuse(const std::string& where, const std::string& expected,
                                  const Json& found) {
    throw UsageError("provenance: " + (where.empty() ? "it" : where) + " must be " + expected +
                     ": " + written(found));
  }

  const Json& object_;
  std::string where_;
  std::vector<std::string_view> known_;
};

Provenance::Mixed mixed_from(const Json& object, std::span<const Op> ops) {
  Reader reader(object, "mixed");
  Provenance::Mixed mixed{.type = reader.name<MixType>("type", kMixTypes),
                          .weight = reader.share("weight"),
                          .u = reader.share("u"),
                          .v = reader.share("v"),
                          .sample = reader.text("sample"),
                          .view = drawn_view_from_json(reader.member("view").dump(), ops)};
  reader.refuse_other_keys();
  return mixed;
}

Json json_of(const Provenance::Mixed& mixed, std::span<const Op> ops) {
  return {{"type", kMixTypes[static_cast<std::size_t>(mixed.type)]},
          {"weight", mixed.weight},
          {"u", mixed.u},
          {"v", mixed.v},
          {"sample", mixed.sample},
          {"view", Json::parse(to_json(mixed.view, ops))}};
}

void render_into(std::span<std::byte> row, const std::string& name, const DrawnView& view,
                 const Provenance& provenance, const Source& source, std::span<const Op> ops) {
  const std::uint64_t index = view.key.index;
  if (index >= source.size() || written(source.name(index)) != written(name)) {
    throw InputError("the source has no sample " + std::to_string(index) + " called " + name);
  }
  Sample sample;
  const auto whole = [&](Size size) {
    return Wanted({.height = size.height, .width = size.width}, view.base.shrunk, view.base.ycc);
  };
  if (const SampleError error = source.at(index, sample, whole); error.fault != Fault::none) {
    throw InputError(error.message());
  }
  if (sample.shrunk != view.base.shrunk) {
    throw InputError("the source shrinks " + name + " by " + std::to_string(sample.shrunk) +
                     ", not by " + std::to_string(view.base.shrunk));
  }
  if (sample.is_ycc != view.base.ycc) {
    throw InputError("the source gives the colors of " + name + (sample.is_ycc ? "" : " not") +
                     " as its file stores them");
  }
  RenderScratch scratch;
  sample.with_picture([&](const auto& picture) {
    if (!provenance.needs_pixels)
      return render(provenance.profile, ops, picture, view, row, scratch);
    Image base;
    render_base(provenance.profile, picture, view.base, base, scratch);
    render_planned(ops, base, view, row, scratch);
  });
}

}  // namespace

std::vector<Provenance> provenance_of(const Pipeline& pipeline, const BatchData& batch) {
  const std::size_t views = batch.views.size();
  if (batch.drawn.size() != batch.count * views) {
    throw UsageError("provenance needs batch.keep_drawn: true");
  }
  const std::vector<std::optional<PairMix>> mixes = mixes_of(pipeline, batch);
  std::vector<Provenance> all;
  all.reserve(batch.drawn.size());
  for (std::uint64_t row = 0; row < batch.count; ++row) {
    Provenance of_row{.source = pipeline.source_settings,
                      .policy = pipeline.policy_settings,
                      .policy_version = batch.policy->version(),
                      .needs_pixels = pipeline.needs_pixels(),
                      .profile = pipeline.views.profile,
                      .sample = pipeline.source->name(batch.indices[row]),
                      .label = batch.labels[row],
                      .identity = batch.identities[row],
                      .origin = batch.origins[row]};
    for (std::size_t view = 0; view < views; ++view) {
      of_row.view = batch.drawn[row * views + view];
      if (const auto& mix = mixes[row]) {
        of_row.mixed = {.type = mix->type,
                        .weight = mix->weight,
                        .u = mix->u,
                        .v = mix->v,
                        .sample = pipeline.source->name(batch.indices[mix->second]),
                        .view = batch.drawn[mix->second * views + view]};
      }
      of_row.checksum = checksum_of(batch.row(view, row)).digits();
      all.push_back(of_row);
    }
  }
  return all;
}

std::string to_json(const Provenance& provenance, std::span<const Op> ops) {
  Parts parts{.source = provenance.source, .policy = provenance.policy};
  Json line{{"results_version", kResultsVersion}};
  line.update(Json::parse(to_json(describe(parts))));
  line.update({{"policy_version", provenance.policy_version},
               {"needs_pixels", provenance.needs_pixels},
               {"profile", kProfiles[static_cast<std::size_t>(provenance.profile)]},
               {"sample", provenance.sample},
               {"label", provenance.label},
               {"identity", provenance.identity},
               {"origin", provenance.origin},
               {"view", Json::parse(to_json(provenance.view, ops))},
               {"mixed", provenance.mixed ? json_of(*provenance.mixed, ops) : Json()},
               {"checksum", provenance.checksum}});
  return written(line);
}

Provenance provenance_from_json(std::string_view json, std::span<const Op> ops) {
  const Json object = Json::parse(json, is_within_levels, /*allow_exceptions=*/false);
  if (object.is_discarded())
    throw UsageError("provenance is not JSON: " + std::string(json.substr(0, 80)));
  Reader reader(object, "");
  const auto version = reader.integer<std::int32_t>("results_version");
  if (version != kResultsVersion) {
    throw UsageError("provenance is of another results version than " +
                     std::to_string(kResultsVersion) + ": " + std::to_string(version));
  }
  Json settings = Json::object();
  reader.add_part("source", settings);
  reader.add_part("policy", settings);
  Parts parts;
  std::vector<Option> options = describe(parts);
  std::erase_if(options, [&](const Option& part) { return !settings.contains(part.name); });
  throw_if_any("provenance", read_json(settings.dump(), std::move(options)));
  Provenance provenance{.source = std::move(parts.source),
                        .policy = std::move(parts.policy),
                        .policy_version = reader.integer<std::uint64_t>("policy_version"),
                        .needs_pixels = reader.flag("needs_pixels"),
                        .profile = reader.name<Profile>("profile", kProfiles),
                        .sample = reader.text("sample"),
                        .label = reader.integer<std::int32_t>("label"),
                        .identity = reader.integer<std::uint64_t>("identity"),
                        .origin = reader.integer<Origin>("origin"),
                        .view = drawn_view_from_json(reader.member("view").dump(), ops)};
  if (const Json& mixed = reader.member("mixed"); !mixed.is_null()) {
    provenance.mixed = mixed_from(mixed, ops);
  }
  provenance.checksum = reader.text("checksum");
  reader.refuse_other_keys();
  return provenance;
}

std::vector<std::byte> replay(const Provenance& provenance, const Source& source,
                              std::span<const Op> ops) {
  const DrawnView& view = provenance.view;
  const std::optional<Provenance::Mixed>& mixed = provenance.mixed;
  const std::size_t bytes = row_bytes(view.finish, view.base.size);
  BatchData pair{.count = 2, .finish = view.finish, .sizes = {view.base.size}};
  pair.views.emplace_back(2 * bytes);
  const std::span<std::byte> rows(pair.views.front().data(), 2 * bytes);
  render_into(rows.first(bytes), provenance.sample, view, provenance, source, ops);
  if (mixed) {
    DrawnView other = mixed->view;
    // Each row has a cutout of its own; what else there is to finish is the batch's.
    const auto cutout = other.finish.cutout;
    other.finish = view.finish;
    other.finish.cutout = cutout;
    render_into(rows.last(bytes), mixed->sample, other, provenance, source, ops);
    mix_pair(
        {.second = 1, .type = mixed->type, .weight = mixed->weight, .u = mixed->u, .v = mixed->v},
        pair);
  }
  return {rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(bytes)};
}

}  // namespace inflow
