#include <array>
#include <cmath>

#include <ATen/ops/from_blob.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "inflow/training/class_scores.hpp"
#include "inflow/training/classifier.hpp"
#include "inflow/training/trainer.hpp"
#include "support/message.hpp"
#include "training/toy.hpp"

namespace inflow {
namespace {

using support::message_of;
using support::part;

// Hands the first pixels of its pictures on.
class FirstPixels : public Encoder {
 public:
  at::Tensor forward(const at::Tensor& images) override {
    return images.flatten(1).narrow(1, 0, 3);
  }
  std::int64_t features() const override { return 3; }
  std::int64_t channels() const override { return 1; }
  std::string stem() const override { return "small"; }
};

// Scores are the first pixels themselves.
std::shared_ptr<Classifier> pixel_classifier(std::string_view options = "{}") {
  const auto classifier = objectives().make(part(objectives(), "classification", options),
                                            std::make_shared<FirstPixels>(), std::int64_t{3});
  const at::NoGradGuard no_gradients;
  classifier->named_parameters()["head.weight"].zero_().fill_diagonal_(1);
  classifier->named_parameters()["head.bias"].zero_();
  return classifier;
}

BatchTensors batch_of(std::vector<std::array<float, 3>> scores, std::vector<std::int64_t> labels) {
  at::Tensor images = at::zeros({static_cast<std::int64_t>(scores.size()), 1, 2, 2});
  for (std::size_t row = 0; row < scores.size(); ++row) {
    for (int at = 0; at < 3; ++at)
      images[static_cast<std::int64_t>(row)][0][at / 2][at % 2] =
          scores[row][static_cast<std::size_t>(at)];
  }
  return {.views = {images}, .labels = at::tensor(labels), .identities = {}};
}

// -log of the softmax of (1, 2, 4) at each place.
std::array<double, 3> log_losses() {
  const double all = std::log(std::exp(1.0) + std::exp(2.0) + std::exp(4.0));
  return {all - 1, all - 2, all - 4};
}

TEST(Classification, LossIsTheCrossEntropyOfItsScores) {
  const auto [first, second, third] = log_losses();
  const BatchTensors batch = batch_of({{1, 2, 4}, {1, 2, 4}}, {0, 2});
  EXPECT_NEAR(pixel_classifier()->loss(batch).item<double>(), (first + third) / 2, 1e-6);
}

TEST(Classification, SmoothingSpreadsAShareOfTheLabel) {
  const auto [first, second, third] = log_losses();
  const BatchTensors batch = batch_of({{1, 2, 4}}, {2});
  EXPECT_NEAR(pixel_classifier(R"({"label_smoothing": 0.1})")->loss(batch).item<double>(),
              0.9 * third + 0.1 * (first + second + third) / 3, 1e-6);
}

TEST(Classification, LabelsOfMixedRowsCountByTheirWeight) {
  const auto [first, second, third] = log_losses();
  BatchTensors batch = batch_of({{1, 2, 4}, {1, 2, 4}}, {0, 1});
  batch.second_labels = at::tensor(std::vector<std::int64_t>{2, 1});
  batch.label_weights = at::tensor(std::vector<float>{0.75F, 0.5F});
  EXPECT_NEAR(pixel_classifier()->loss(batch).item<double>(),
              (0.75 * first + 0.25 * third + second) / 2, 1e-6);
}

TEST(Classification, RefusesLabelsItHasNoClassFor) {
  const auto loss = [](std::int64_t label) { pixel_classifier()->loss(batch_of({{}}, {label})); };
  EXPECT_EQ(message_of<UsageError>([&] { loss(-1); }),
            "classification needs labels from 0 to 2: -1");
  EXPECT_EQ(message_of<UsageError>([&] { loss(3); }), "classification needs labels from 0 to 2: 3");
}

TEST(Classification, NeedsTwoClasses) {
  EXPECT_EQ(message_of<UsageError>([] {
              objectives().make(part(objectives(), "classification"),
                                std::make_shared<FirstPixels>(), std::int64_t{1});
            }),
            "classification needs two classes or more: 1");
}

std::shared_ptr<Classifier> toy_classifier() {
  const auto classifier = objectives().make(
      part(objectives(), "classification"),
      encoders().make(part(encoders(), "resnet", R"({"widths": [4], "blocks": [1], "pool": 2})"),
                      std::int64_t{1}),
      std::int64_t{2});
  classifier->begin(1);
  return classifier;
}

TEST(ClassScores, CountEveryClassAndChangeNothing) {
  const auto classifier = toy_classifier();
  Trainer trainer({.steps = 40,
                   .optimizer = part(optimizers(), "adamw", R"({"lr": 0.02})"),
                   .compute = {.threads = 1, .bf16 = false}},
                  classifier);
  for (std::uint64_t step = 0; step < 40; ++step)
    trainer.train(as_tensors(support::toy_batch(step)));
  const Checkpoint before = trainer.checkpoint({}, "{}");

  support::ToyLoader loader({.batch = 100}, 103);
  const ClassScores scores = scores_of(*classifier, loader);
  EXPECT_EQ(scores.samples, (std::vector<std::uint64_t>{48, 48}));
  EXPECT_EQ(scores.count(), 96U);
  EXPECT_GT(scores.accuracy(), 90);
  EXPECT_DOUBLE_EQ(scores.accuracy(), (scores.accuracy_of(0) + scores.accuracy_of(1)) / 2);
  EXPECT_GT(scores.loss, 0);
  EXPECT_LT(scores.loss, 0.5);
  EXPECT_TRUE(classifier->is_training());
  EXPECT_EQ(trainer.checkpoint({}, "{}").tensors, before.tensors);
}

// One batch, with the labels it is given.
class OneBatch : public Loader {
 public:
  explicit OneBatch(std::vector<std::int32_t> labels) : labels_(std::move(labels)) {}
  Batch next() override {
    if (labels_.empty()) return nullptr;
    Batch batch = support::toy_batch(0, static_cast<int>(labels_.size()));
    batch->labels = std::exchange(labels_, {});
    batch->indices = {10, 11};
    return batch;
  }
  LoaderState state() const override { return {}; }
  double seconds_waited() const override { return 0; }

 private:
  std::vector<std::int32_t> labels_;
};

TEST(ClassScores, NeedALabelForEverySample) {
  const auto classifier = toy_classifier();
  OneBatch without_label({0, -1});
  EXPECT_EQ(message_of<UsageError>([&] { scores_of(*classifier, without_label); }),
            "evaluation needs a label from 0 to 1 for every sample: sample 11 has -1");
  OneBatch of_no_samples({});
  EXPECT_EQ(message_of<UsageError>([&] { scores_of(*classifier, of_no_samples); }),
            "there are no samples to evaluate");
}

}  // namespace
}  // namespace inflow
