#include "inflow/training/policy_learning.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include <ATen/core/grad_mode.h>
#include <nlohmann/json.hpp>

#include "inflow/policies/learned/feature_probe.hpp"
#include "inflow/training/detail/state_archive.hpp"
#include "inflow/training/sgd_step.hpp"

namespace inflow {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;
using training::NamedTensors;

// One state of the policy, which nobody changes any more, and what a checkpoint must hold of it.
struct Snapshot {
  std::shared_ptr<Encoder> encoder;
  std::shared_ptr<PolicyNet> net;
};

// The policy keeps its kind, whose ops it refers to.
std::shared_ptr<const MadaugPolicy> policy_of(std::uint64_t version, const Snapshot& snapshot,
                                              const std::shared_ptr<const PolicyKind>& kind) {
  const FrozenFeatures features{.extract =
                                    [encoder = snapshot.encoder, kind](const at::Tensor& images) {
                                      return encoder->forward(in_layout(images, kind->compute));
                                    },
                                .finish = kind->finish,
                                .bf16 = kind->compute.bf16};
  return std::make_shared<MadaugPolicy>(version, kind->options, kind->ops, features, snapshot.net);
}

// The same kind, for every view instead of the share of the curriculum.
std::shared_ptr<const PolicyKind> for_every_view(PolicyKind kind) {
  kind.options.floor = 1;
  return std::make_shared<const PolicyKind>(std::move(kind));
}

std::shared_ptr<Encoder> new_frozen_encoder(const PolicyKind& kind) {
  std::shared_ptr<Encoder> encoder = kind.new_encoder();
  for (at::Tensor& parameter : encoder->parameters()) {
    parameter.set_data(in_layout(parameter, kind.compute));
    parameter.set_requires_grad(false);
  }
  encoder->eval();
  return encoder;
}

void add_tensors(const std::string& prefix, const torch::nn::Module& module, NamedTensors& all) {
  for (const auto& item : module.named_parameters())
    all.insert(prefix + item.key(), item.value().detach());
  for (const auto& item : module.named_buffers()) all.insert(prefix + item.key(), item.value());
}

void take_tensors(const std::string& prefix, torch::nn::Module& module, const NamedTensors& all) {
  const at::NoGradGuard no_gradients;
  const auto take = [&](const std::string& name, at::Tensor tensor) {
    const at::Tensor* const saved = all.find(prefix + name);
    if (saved == nullptr || saved->sizes() != tensor.sizes())
      throw InputError("checkpoint does not fit the policy: " + prefix + name);
    tensor.copy_(*saved);
  };
  for (const auto& item : module.named_parameters()) take(item.key(), item.value());
  for (const auto& item : module.named_buffers()) take(item.key(), item.value());
}

std::string prefix_of(std::uint64_t version) { return "version " + std::to_string(version) + "."; }

constexpr std::string_view kLearnerPrefix = "learner.";
constexpr std::string_view kProbePrefix = "probe.";

using TensorList = std::vector<std::pair<std::string, at::Tensor>>;

void add_tensors(std::string_view prefix, const TensorList& tensors, NamedTensors& all) {
  for (const auto& [name, tensor] : tensors) all.insert(std::string(prefix) + name, tensor);
}

// Those whose names begin like this, without it.
TensorList with_prefix(std::string_view prefix, const NamedTensors& all) {
  TensorList tensors;
  for (const auto& item : all) {
    if (item.key().starts_with(prefix))
      tensors.emplace_back(item.key().substr(prefix.size()), item.value());
  }
  return tensors;
}

Snapshot saved_snapshot(std::uint64_t version, const PolicyKind& kind, const PolicyNet& like,
                        const NamedTensors& tensors) {
  const Snapshot snapshot{.encoder = new_frozen_encoder(kind), .net = like.frozen()};
  take_tensors(prefix_of(version) + "encoder.", *snapshot.encoder, tensors);
  take_tensors(prefix_of(version) + "net.", *snapshot.net, tensors);
  return snapshot;
}

// Batches of samples that are not trained on.
class HeldOut {
 public:
  explicit HeldOut(Pipeline pipeline) : pipeline_(std::move(pipeline)) {}

  // Batch `number` of all epochs, one after the other from the first that is asked for.
  BatchTensors next(std::int64_t number) {
    if (!loader_) loader_ = run_parallel(pipeline_, {.threads = 1, .buffers = 2}, at(number));
    return as_tensors(loader_->next());
  }

 private:
  LoaderState at(std::int64_t batch) const {
    const std::uint64_t of_epoch = pipeline_.batches_per_epoch();
    const auto number = static_cast<std::uint64_t>(batch);
    return {.seed = pipeline_.seed, .epoch = number / of_epoch, .batch = number % of_epoch};
  }

  Pipeline pipeline_;
  std::unique_ptr<Loader> loader_;
};

// The views of a batch before their plans: all first views, then all second ones, and so on.
struct BaseViews {
  std::vector<ViewKey> keys;
  std::vector<Image> images;
};

BaseViews bases_of(const BatchData& batch, std::uint64_t seed) {
  BaseViews bases;
  for (std::size_t view = 0; view < batch.bases.size(); ++view) {
    for (std::uint64_t row = 0; row < batch.count; ++row) {
      bases.keys.push_back({.seed = seed,
                            .index = batch.indices[row],
                            .epoch = static_cast<std::uint32_t>(batch.epoch),
                            .view = static_cast<std::uint16_t>(view)});
      bases.images.push_back(batch.base(view, row));
    }
  }
  return bases;
}

// In epochs, as the curriculum counts them.
double position_of(const BatchData& batch, const PolicyKind& kind) {
  const double within = kind.options.fractional_epochs
                            ? static_cast<double>(batch.number) / static_cast<double>(batch.batches)
                            : 0;
  return static_cast<double>(batch.epoch) + within;
}

void require_a_batch(const Pipeline& pipeline, std::string_view for_what) {
  if (pipeline.batches_per_epoch() > 0) return;
  throw UsageError("policy.validation_batch is more than there are samples " +
                   std::string(for_what) + ": " + std::to_string(pipeline.batch.size) + ", " +
                   std::to_string(pipeline.samples_per_epoch()) + " samples");
}

}  // namespace

void check(const PolicyLearningSetup& setup) {
  const ViewOptions& views = setup.training.views;
  for (std::size_t view = 1; view < views.views(); ++view) {
    if (views.size_of(view) == views.size_of(0)) continue;
    throw UsageError("policy madaug learns from views of one size: view " + std::to_string(view) +
                     " has another than view 0");
  }
  require_a_batch(setup.validation, "to validate on");
  if (setup.kind.options.outer != OuterLoss::probe) return;
  if (!setup.probe)
    throw UsageError("policy.outer probe needs samples for the probe to learn from");
  require_a_batch(*setup.probe, "for the probe to learn from");
}

struct PolicyLearning::State {
  explicit State(PolicyLearningSetup with)
      : kind(std::make_shared<const PolicyKind>(std::move(with.kind))),
        setup(std::move(with)),
        learner(kind->options, kind->ops, setup.encoder->features(),
                {.finish = kind->finish, .cutout = setup.training.views.cutout},
                setup.training.seed),
        history(kind->ops,
                {setup.training.source->classes().begin(), setup.training.source->classes().end()}),
        validation(setup.validation) {
    if (kind->options.outer != OuterLoss::probe) return;
    const auto classes = static_cast<std::int64_t>(setup.validation.source->classes().size());
    probe.emplace(kind->options.probe, setup.encoder->features(), classes);
    of_probe.emplace(*setup.probe);
  }

  // Keeps the state of now.
  const Snapshot& take_snapshot(std::uint64_t version) {
    Snapshot now{.encoder = new_frozen_encoder(*kind), .net = learner.net().frozen()};
    NamedTensors tensors;
    add_tensors("", *setup.encoder, tensors);
    take_tensors("", *now.encoder, tensors);
    return snapshots.emplace_back(version, std::move(now)).second;
  }

  // What the series has let go of.
  void forget() {
    const std::uint64_t oldest = series->kept().front()->version();
    std::erase_if(snapshots, [&](const auto& entry) { return entry.first < oldest; });
  }

  // The objective's loss, as a step computes it.
  at::Tensor loss(BatchTensors batch) const {
    const AutocastScope autocast(kind->compute.bf16);
    for (at::Tensor& view : batch.views) view = in_layout(view, kind->compute);
    return setup.objective->loss(batch);
  }

  // The encoder's, as the objective computes them.
  at::Tensor features(const at::Tensor& images) const {
    const AutocastScope autocast(kind->compute.bf16);
    return setup.encoder->forward(in_layout(images, kind->compute));
  }

  // Brings the probe to where the encoder is.
  void teach_probe() {
    const EvaluationMode evaluation(*setup.objective);
    const at::NoGradGuard no_gradients;
    const BatchTensors labeled = of_probe->next(validated);
    probe->learn(features(labeled.views.front()), labeled.labels);
  }

  at::Tensor outer_loss(const BatchTensors& held_out) const {
    if (!probe) return loss(held_out);
    return probe->loss(features(held_out.views.front()), held_out.labels);
  }

  PolicyUpdate update(const BatchTensors& batch, const std::vector<InnerParameter>& parameters) {
    if (probe) teach_probe();
    const BatchTensors held_out = validation.next(validated);
    ++validated;
    const BaseViews bases = bases_of(*batch.data, setup.training.seed);
    const auto views = static_cast<std::int64_t>(batch.bases.size());
    const LearningModel model{
        .module = *setup.objective,
        .parameters = parameters,
        .features = [this](const at::Tensor& images) { return features(images); },
        .inner_loss =
            [&](const at::Tensor& mixed) {
              return loss({.views = mixed.chunk(views),
                           .labels = batch.labels,
                           .identities = batch.identities});
            },
        .outer_loss = [&] { return outer_loss(held_out); }};
    return learner.update(model, {.keys = bases.keys, .images = bases.images},
                          batch.labels.repeat({views}));
  }

  // The series of what `snapshots` holds.
  void start_series() {
    std::vector<std::shared_ptr<const Policy>> kept;
    for (const auto& [version, snapshot] : snapshots)
      kept.push_back(policy_of(version, snapshot, kind));
    series = std::make_shared<PublishedPolicies>(static_cast<std::uint64_t>(kind->options.every),
                                                 static_cast<std::uint64_t>(kind->options.lag),
                                                 std::move(kept));
  }

  std::shared_ptr<const PolicyKind> kind;
  PolicyLearningSetup setup;  // but for its kind
  MadaugLearner learner;
  PolicyHistory history;
  std::vector<std::pair<std::uint64_t, Snapshot>> snapshots;  // of the policies in the series
  std::shared_ptr<PublishedPolicies> series;
  HeldOut validation;
  std::optional<FeatureProbe> probe;  // with what it learns from, or none
  std::optional<HeldOut> of_probe;
  std::int64_t validated = 0;  // held-out batches of each kind so far
  double seconds = 0;
};

PolicyLearning::PolicyLearning(PolicyLearningSetup setup) {
  check(setup);
  state_ = std::make_unique<State>(std::move(setup));
  state_->take_snapshot(0);
  state_->start_series();
}

PolicyLearning::~PolicyLearning() = default;

std::shared_ptr<PolicySeries> PolicyLearning::series() const { return state_->series; }

std::shared_ptr<const Policy> PolicyLearning::newest() const {
  const auto& [version, snapshot] = state_->snapshots.back();
  return policy_of(version, snapshot, for_every_view(*state_->kind));
}

PolicyHistory& PolicyLearning::history() { return state_->history; }
double PolicyLearning::seconds() const { return state_->seconds; }

void PolicyLearning::before_step(std::int64_t step, const BatchTensors& batch,
                                 const torch::optim::Optimizer& optimizer) {
  State& state = *state_;
  const BatchData& data = *batch.data;
  if (!updates_at(state.kind->options, data.epoch, static_cast<std::uint64_t>(step))) return;
  const Clock::time_point begin = Clock::now();
  const PolicyUpdate update = state.update(batch, next_sgd_step(optimizer));
  state.history.add(data.epoch, share_at(state.kind->options, position_of(data, *state.kind)),
                    update);
  state.seconds += std::chrono::duration<double>(Clock::now() - begin).count();
}

void PolicyLearning::after_step(std::int64_t step) {
  State& state = *state_;
  if (step % state.kind->options.every != 0) return;
  const Clock::time_point begin = Clock::now();
  const auto version = static_cast<std::uint64_t>(step);
  state.series->publish(policy_of(version, state.take_snapshot(version), state.kind));
  state.series->forget_before(version);
  state.forget();
  state.seconds += std::chrono::duration<double>(Clock::now() - begin).count();
}

std::string PolicyLearning::state() const {
  const State& state = *state_;
  const LearnerState learner = state.learner.state();
  NamedTensors tensors;
  add_tensors(kLearnerPrefix, learner.tensors, tensors);
  std::vector<std::uint64_t> versions;
  for (const auto& [version, snapshot] : state.snapshots) {
    versions.push_back(version);
    add_tensors(prefix_of(version) + "encoder.", *snapshot.encoder, tensors);
    add_tensors(prefix_of(version) + "net.", *snapshot.net, tensors);
  }
  Json facts{{"ops", learner.ops},         {"updates", learner.updates},
             {"skipped", learner.skipped}, {"validated", state.validated},
             {"versions", versions},       {"history", state.history.state()}};
  if (state.probe) {
    const ProbeState probe = state.probe->state();
    add_tensors(kProbePrefix, probe.tensors, tensors);
    facts["probe_steps"] = probe.steps;
  }
  return training::save_tensors(tensors, facts.dump());
}

void PolicyLearning::restore(std::string_view saved) {
  State& state = *state_;
  const training::TensorArchive archive = training::load_tensors(saved);
  const Json facts = Json::parse(archive.facts);
  state.learner.restore({.ops = facts.at("ops"),
                         .updates = facts.at("updates"),
                         .skipped = facts.at("skipped"),
                         .tensors = with_prefix(kLearnerPrefix, archive.tensors)});
  if (state.probe) {
    state.probe->restore({.steps = facts.value("probe_steps", std::int64_t{0}),
                          .tensors = with_prefix(kProbePrefix, archive.tensors)});
  }
  state.history.restore(facts.at("history").get<std::string>());
  state.snapshots.clear();
  for (const std::uint64_t version : facts.at("versions")) {
    state.snapshots.emplace_back(
        version, saved_snapshot(version, *state.kind, state.learner.net(), archive.tensors));
  }
  state.start_series();
  state.validated = facts.at("validated");
}

std::shared_ptr<const Policy> newest_policy(PolicyKind kind, std::string_view saved) {
  const auto shared = for_every_view(std::move(kind));
  const training::TensorArchive archive = training::load_tensors(saved);
  const Json facts = Json::parse(archive.facts);
  require_same_ops(facts.at("ops").get<std::vector<std::string>>(), shared->ops);
  const std::uint64_t version = facts.at("versions").back();
  const auto features = shared->new_encoder()->features();
  const PolicyNet net(shared->options.net, features, static_cast<std::int64_t>(shared->ops.size()),
                      /*seed=*/0);
  return policy_of(version, saved_snapshot(version, *shared, net, archive.tensors), shared);
}

}  // namespace inflow
