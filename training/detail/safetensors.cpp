#include "inflow/training/detail/safetensors.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <vector>

#include <c10/core/ScalarType.h>
#include <nlohmann/json.hpp>

#include "inflow/ops/error.hpp"

namespace inflow::training {
namespace {

using nlohmann::ordered_json;
using Item = torch::OrderedDict<std::string, at::Tensor>::Item;

std::string type_name(const Item& item) {
  if (item.value().scalar_type() == at::kFloat) return "F32";
  if (item.value().scalar_type() == at::kLong) return "I64";
  throw UsageError("only float32 and int64 tensors can be exported: " + item.key() + " is " +
                   c10::toString(item.value().scalar_type()));
}

std::string size_as_bytes(std::uint64_t size) {
  std::string bytes;
  for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(size >> shift & 0xFFU);
  return bytes;
}

}  // namespace

std::string safetensors(const torch::OrderedDict<std::string, at::Tensor>& tensors) {
  std::vector<Item> items = tensors.items();
  std::ranges::stable_sort(items, std::greater{},
                           [](const Item& item) { return item.value().element_size(); });
  ordered_json header{{"__metadata__", {{"format", "pt"}}}};
  std::string data;
  for (const Item& item : items) {
    const at::Tensor tensor = item.value().detach().contiguous();
    const std::size_t begin = data.size();
    data.append(static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes());
    header[item.key()] = {{"dtype", type_name(item)},
                          {"shape", tensor.sizes().vec()},
                          {"data_offsets", {begin, data.size()}}};
  }
  std::string text = header.dump();
  text.append((8 - text.size() % 8) % 8, ' ');
  return size_as_bytes(text.size()) + text + data;
}

}  // namespace inflow::training
