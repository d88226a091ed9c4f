// How far do views of profile `fast` lie from torchvision's v2 on float tensors, given the same
// draws?

#include <cstdio>

#include "support/fast_reference.hpp"

int main() {
  std::printf(
      "| step | most | mean | mean signed | within 2 levels |\n| --- | --- | --- | --- | --- |\n");
  for (const auto& [group, deviation] : inflow::support::fast_deviations()) {
    std::printf("| %s | %.2f | %.3f | %+.4f | %.3f %% |\n", group.c_str(), deviation.most,
                deviation.mean(), deviation.signed_mean(), 100 * deviation.share_within_two());
  }
}
