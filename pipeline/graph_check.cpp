#include <array>
#include <cmath>
#include <set>
#include <utility>

#include <boost/graph/strong_components.hpp>

#include "inflow/pipeline/detail/graph_nodes.hpp"

namespace inflow {
namespace {

// The only kind that a graph may do without.
constexpr std::size_t kMix = 6;
static_assert(kKinds[kMix] == "mix");

// An epoch has 32 bits in a key.
constexpr std::uint64_t kMostEpochs = std::uint64_t{1} << 32;

// No batch is meant to be larger; what is, is a slip of the pen.
constexpr std::uint64_t kMostBatchBytes = std::uint64_t{1} << 40;

// Gathers the problems of a graph: first those of its shape, then those of each stage, then those
// between stages.
class Validator {
 public:
  explicit Validator(const StageNodes& nodes) : nodes_(nodes), settings_(settings_of(nodes)) {}

  std::vector<Problem> run() {
    check_names();
    check_kinds();
    check_edges();
    check_cycles();
    for (const auto node : boost::make_iterator_range(vertices(nodes_))) {
      name_ = nodes_[node].name;
      const std::size_t before = problems_.size();
      std::visit(*this, nodes_[node].stage);
      sound_[nodes_[node].stage.index()] = problems_.size() == before;
    }
    check_together();
    return std::move(problems_);
  }

  void operator()(const stage::Order& order) {
    expect(order.epochs <= kMostEpochs, "epochs", "must be at most 4294967296",
           std::to_string(order.epochs));
  }

  void operator()(const stage::Draw& draw) {
    check_options(draw.views);
    for (const Problem& problem : what_is_wrong(draw.views)) {
      problems_.push_back({name_ + "." + problem.where, problem.what});
    }
  }

  void operator()(const stage::Read& read) {
    if (!read.source) return add("has no source");
    const Spec spec = read.source->spec();
    if (spec.kind != Kind::image || spec.depth != Depth::u8 || spec.channels != 3) {
      add("takes planes of image u8, 3 channels only: " + plane_text(spec));
    }
    if (read.source->size() == 0) add("the source is empty");
    if (read.source->size() > kMostSamples) {
      add("the source has more than 2^48 samples: " + std::to_string(read.source->size()));
    }
  }

  void operator()(const stage::Choose& choose) {
    if (!choose.policy && !choose.series) return add("has no policy");
    if (choose.policy && choose.series) return add("has both a policy and a series of policies");
    if ((choose.series ? choose.series->group() : choose.policy->group()) == 0) {
      add("a policy chooses for groups of at least one sample: 0");
    }
  }

  void operator()(const stage::Render& render) {
    std::set<std::string_view> names;
    for (const Op& op : render.ops) {
      if (!names.insert(op.name).second) add("two ops have one name: " + std::string(op.name));
      if (!op.apply) add("an op does nothing: " + std::string(op.name));
    }
  }

  void operator()(const stage::Collect& collect) {
    check_options(collect.batch);
    check_options(collect.faults);
    check_options(collect.ranks);
    expect(collect.batch.channels != 2, "channels", "must be 1 or 3", "2");
    const RankOptions& ranks = collect.ranks;
    expect(ranks.count < 1 || ranks.rank < ranks.count, "rank",
           "must be below " + std::to_string(ranks.count), std::to_string(ranks.rank));
    expect(ranks.count < 1 || collect.batch.size % ranks.count == 0, "size",
           "must be a multiple of the " + std::to_string(ranks.count) + " ranks",
           std::to_string(collect.batch.size));
    const double budget = collect.faults.budget;
    expect(budget < 1 || budget == std::floor(budget), "budget",
           "must be below 1 or a whole number", std::to_string(budget));
  }

  void operator()(const stage::Mix& mix) { check_options(mix.mix); }

  void operator()(const stage::Deliver&) {}

 private:
  void add(std::string what) { problems_.push_back({name_, std::move(what)}); }

  void expect(bool right, std::string_view key, std::string_view what, const std::string& found) {
    if (!right)
      problems_.push_back({name_ + "." + std::string(key), std::string(what) + ": " + found});
  }

  // Options may come from code, past every reader: writing and reading them finds what is out of
  // range.
  template <class Options>
  void check_options(Options options) {
    Options copy;
    for (const Problem& problem : read_json(to_json(describe(options)), describe(copy))) {
      problems_.push_back({name_ + "." + problem.where, problem.what});
    }
  }

  void check_names() {
    std::set<std::string_view> names;
    for (const auto node : boost::make_iterator_range(vertices(nodes_))) {
      const std::string& name = nodes_[node].name;
      if (name.empty())
        problems_.push_back({"", "a " + kind_of(nodes_[node].stage) + " stage has no name"});
      if (!names.insert(name).second && !name.empty()) {
        problems_.push_back({"", "two stages have one name: " + name});
      }
    }
  }

  void check_kinds() {
    std::array<std::string, kKinds.size()> first;
    std::array<std::size_t, kKinds.size()> found{};
    for (const auto node : boost::make_iterator_range(vertices(nodes_))) {
      const std::size_t kind = nodes_[node].stage.index();
      if (found[kind]++ == 0) {
        first[kind] = nodes_[node].name;
      } else {
        problems_.push_back({nodes_[node].name, "there is a " + std::string(kKinds[kind]) +
                                                    " stage already: " + first[kind]});
      }
    }
    for (std::size_t kind = 0; kind < kKinds.size(); ++kind) {
      if (found[kind] == 0 && kind != kMix) {
        problems_.push_back({"", "a stage is missing: " + std::string(kKinds[kind])});
      }
    }
  }

  void check_edges() {
    for (const auto node : boost::make_iterator_range(vertices(nodes_))) {
      name_ = nodes_[node].name;
      const Stage& stage = nodes_[node].stage;
      check_count("input", in_degree(node, nodes_), !std::holds_alternative<stage::Order>(stage));
      check_count("output", out_degree(node, nodes_),
                  !std::holds_alternative<stage::Deliver>(stage));
      for (const auto edge : boost::make_iterator_range(in_edges(node, nodes_))) {
        const StageNode& from = nodes_[source(edge, nodes_)];
        if (from.stage.index() > stage.index()) {
          add(kind_of(stage) + " must come before " + kind_of(from.stage) +
              ", not after it: " + from.name);
        }
      }
    }
  }

  void check_count(std::string_view what, std::size_t found, bool wanted) {
    if (found == (wanted ? 1U : 0U)) return;
    add("needs " + std::string(wanted ? "exactly one " : "no ") + std::string(what) + ": has " +
        std::to_string(found));
  }

  void check_cycles() {
    std::vector<std::size_t> component(num_vertices(nodes_));
    const auto by_node =
        boost::make_iterator_property_map(component.begin(), get(boost::vertex_index, nodes_));
    const std::size_t count = boost::strong_components(nodes_, by_node);
    std::vector<std::vector<std::string>> members(count);
    std::vector<bool> cyclic(count);
    for (const auto node : boost::make_iterator_range(vertices(nodes_))) {
      members[component[node]].push_back(nodes_[node].name);
      const bool loop = edge(node, node, nodes_).second;
      cyclic[component[node]] = loop || members[component[node]].size() > 1;
    }
    for (std::size_t i = 0; i < count; ++i) {
      if (!cyclic[i]) continue;
      std::string names;
      for (const std::string& name : members[i]) names += (names.empty() ? "" : ", ") + name;
      problems_.push_back({"", "the stages form a cycle: " + names});
    }
  }

  template <class Kind>
  bool is_sound() const {
    return sound_[Stage(Kind{}).index()];
  }

  // What no stage can see alone; asked only where the stages themselves are right.
  void check_together() {
    name_ = "";
    if (is_sound<stage::Read>() && settings_.order() != nullptr && !settings_.shuffle) {
      add("shuffle must be true for a source with an order of its own");
    }
    if (!is_sound<stage::Collect>()) return;
    if (is_sound<stage::Read>() && settings_.batches_per_epoch() == 0) {
      add("an epoch has no batch, since its last is dropped: " +
          std::to_string(settings_.samples_per_epoch()) + " samples, " +
          std::to_string(settings_.batch.size) + " a batch");
    }
    if (is_sound<stage::Read>()) check_last_batch();
    if (is_sound<stage::Read>() && settings_.batch.distinct) check_distinct();
    if (settings_.ranks.count > 1 && settings_.mix.type != MixType::none) {
      add("rows are mixed over whole batches, of which each rank has only a part: mix.type must be "
          "none for " +
          std::to_string(settings_.ranks.count) + " ranks");
    }
    if (is_sound<stage::Choose>()) check_groups();
    if (is_sound<stage::Draw>() && settings_.batch_bytes() > kMostBatchBytes) {
      add("a batch takes more than 1 TiB: " + std::to_string(settings_.batch_bytes()) + " bytes");
    }
  }

  // Training on several ranks hangs where one has nothing.
  void check_last_batch() {
    const auto size = static_cast<std::uint64_t>(settings_.batch.size);
    const std::uint64_t rest = settings_.samples_per_epoch() % size;
    const auto ranks = static_cast<std::uint64_t>(settings_.ranks.count);
    if (settings_.batch.last != LastBatch::partial || rest == 0 || rest >= ranks) return;
    add("the last batch of an epoch leaves a rank empty: " + std::to_string(rest) +
        " samples for " + std::to_string(ranks) + " ranks (batch.last: drop or pad)");
  }

  // Where a rank began in the middle of a group, what it is chosen would depend on their number.
  void check_groups() {
    const std::uint64_t group = settings_.group();
    const auto ranks = static_cast<std::uint64_t>(settings_.ranks.count);
    if (ranks == 1) return;
    if (settings_.rows() % group != 0) {
      add("the rows of a rank must be a multiple of the samples that the policy chooses for "
          "together: " +
          std::to_string(settings_.rows()) + " rows, groups of " + std::to_string(group));
    }
    if (!is_sound<stage::Read>() || settings_.batch.last != LastBatch::partial) return;
    const std::uint64_t rest =
        settings_.samples_per_epoch() % static_cast<std::uint64_t>(settings_.batch.size);
    if (rest % (ranks * group) == 0 || group == 1) return;
    add("the last batch of an epoch must be a multiple of " + std::to_string(ranks) +
        " ranks with groups of " + std::to_string(group) + " samples: " + std::to_string(rest) +
        " samples (batch.last: drop or pad)");
  }

  void check_distinct() {
    const auto size = static_cast<std::uint64_t>(settings_.batch.size);
    const bool copies = settings_.source->has_copies();
    const SampleOrder* const order = settings_.order();
    if (copies && order == nullptr) {
      return add(
          "batch.distinct must be false for a source that draws with replacement (mode bernoulli) "
          "or has copies that nothing keeps apart");
    }
    if (copies && size > order->apart()) {
      add("a batch may show an image twice: for batch.distinct, batch.size must be at most " +
          std::to_string(order->apart()) + " with this source: " + std::to_string(size));
    }
    if (settings_.batch.last == LastBatch::pad && (copies || size > settings_.samples_per_epoch()))
      add("the last batch may show an image twice for batch.last: pad; batch.distinct needs drop "
          "or partial");
    if (settings_.faults.on_bad_sample == OnBadSample::replace && settings_.ranks.count > 1)
      add("no rank knows the images of the others, so for batch.distinct, faults.on_bad_sample "
          "must be fail or skip for " +
          std::to_string(settings_.ranks.count) + " ranks");
  }

  const StageNodes& nodes_;
  Pipeline settings_;
  std::string name_;  // of the node that is looked at
  std::array<bool, kKinds.size()> sound_{};
  std::vector<Problem> problems_;
};

}  // namespace

std::vector<Problem> validate(const Graph& graph) {
  return Validator(graph.description().nodes).run();
}

}  // namespace inflow
