#include <string>
#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <torch/nn/modules/linear.h>

#include "inflow/training/classifier.hpp"

namespace inflow::training {
namespace {

struct ClassificationOptions {
  double label_smoothing = 0;

  void describe(auto& visitor) {
    visitor("label_smoothing", label_smoothing, kProbability,
            "Share of a label that is spread evenly over all classes");
  }
};

// A linear layer behind the encoder, and the cross-entropy of its scores.
class Classification final : public Classifier {
 public:
  Classification(const ClassificationOptions& options, std::shared_ptr<Encoder> encoder,
                 std::int64_t classes)
      : label_smoothing_(options.label_smoothing),
        classes_(classes),
        encoder_(register_module("encoder", std::move(encoder))),
        head_(register_module("head", torch::nn::Linear(encoder_->features(), classes))) {}

  at::Tensor loss(const BatchTensors& batch) override {
    const at::Tensor scores = this->scores(batch.views.front());
    if (!batch.second_labels.defined()) return losses(scores, batch.labels).mean();
    const at::Tensor& weights = batch.label_weights;
    return (weights * losses(scores, batch.labels) +
            (1 - weights) * losses(scores, batch.second_labels))
        .mean();
  }

  at::Tensor scores(const at::Tensor& images) override {
    return head_->forward(encoder_->forward(images)).to(at::kFloat);
  }

  Encoder& encoder() override { return *encoder_; }
  std::int64_t classes() const override { return classes_; }

 private:
  // Of each row.
  at::Tensor losses(const at::Tensor& scores, const at::Tensor& labels) const {
    const auto least = labels.min().item<std::int64_t>();
    const auto most = labels.max().item<std::int64_t>();
    if (least < 0 || most >= classes_) {
      throw UsageError("classification needs labels from 0 to " + std::to_string(classes_ - 1) +
                       ": " + std::to_string(least < 0 ? least : most));
    }
    return at::cross_entropy_loss(scores, labels, /*weight=*/{}, at::Reduction::None,
                                  /*ignore_index=*/-100, label_smoothing_);
  }

  double label_smoothing_;
  std::int64_t classes_;
  std::shared_ptr<Encoder> encoder_;
  torch::nn::Linear head_;
};

std::shared_ptr<Classifier> make(const ClassificationOptions& options,
                                 std::shared_ptr<Encoder> encoder, std::int64_t classes) {
  if (classes < 2) {
    throw UsageError("classification needs two classes or more: " + std::to_string(classes));
  }
  return std::make_shared<Classification>(options, std::move(encoder), classes);
}

}  // namespace

CatalogEntry<std::shared_ptr<Classifier>, std::shared_ptr<Encoder>, std::int64_t> classification() {
  return catalog_entry<std::shared_ptr<Classifier>, std::shared_ptr<Encoder>, std::int64_t>(
      "classification", "Cross-entropy of a linear layer behind the encoder", make);
}

}  // namespace inflow::training
