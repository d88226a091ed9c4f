#include "inflow/training/detail/safetensors.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <vector>

#include <ATen/ops/empty.h>
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

std::uint64_t size_from_bytes(std::string_view bytes) {
  std::uint64_t size = 0;
  for (std::size_t at = 0; at < 8; ++at)
    size |= std::uint64_t{static_cast<unsigned char>(bytes[at])} << (8 * at);
  return size;
}

[[noreturn]] void refuse(const std::string& what) { throw InputError("safetensors " + what); }

at::ScalarType type_of(const std::string& name, const ordered_json& about) {
  const auto type = about.at("dtype").get<std::string>();
  if (type == "F32") return at::kFloat;
  if (type == "I64") return at::kLong;
  refuse("hold a tensor of another type than F32 and I64: " + name + " is " + type);
}

at::Tensor tensor_of(const std::string& name, const ordered_json& about, std::string_view data) {
  const auto shape = about.at("shape").get<std::vector<std::int64_t>>();
  const auto begin = about.at("data_offsets").at(0).get<std::size_t>();
  const auto end = about.at("data_offsets").at(1).get<std::size_t>();
  if (std::ranges::any_of(shape, [](std::int64_t side) { return side < 0; }) || begin > end ||
      end > data.size()) {
    refuse("are cut short, or their header is damaged: " + name);
  }
  at::Tensor tensor = at::empty({0}, type_of(name, about));
  const std::size_t size = tensor.element_size();
  std::size_t expected = size;
  for (const std::int64_t side : shape) {
    expected *= static_cast<std::size_t>(side);
    if (expected > data.size()) break;
  }
  if (expected != end - begin) refuse("have another number of bytes than the shape says: " + name);
  tensor.resize_(shape);
  std::memcpy(tensor.mutable_data_ptr(), data.data() + begin, expected);
  return tensor;
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

torch::OrderedDict<std::string, at::Tensor> tensors_of(std::string_view bytes) {
  if (bytes.size() < 8 || size_from_bytes(bytes) > bytes.size() - 8) refuse("are cut short");
  const std::size_t header = size_from_bytes(bytes);
  torch::OrderedDict<std::string, at::Tensor> tensors;
  try {
    const ordered_json abouts = ordered_json::parse(bytes.substr(8, header));
    for (const auto& [name, about] : abouts.items()) {
      if (name == "__metadata__") continue;
      tensors.insert(name, tensor_of(name, about, bytes.substr(8 + header)));
    }
  } catch (const ordered_json::exception& error) {
    refuse(std::string("have a damaged header: ") + error.what());
  }
  return tensors;
}

}  // namespace inflow::training
