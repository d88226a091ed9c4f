#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "inflow/pipeline/sink.hpp"
#include "inflow/pipeline/source.hpp"
#include "support/example_pool.hpp"
#include "support/tar.hpp"
#include "support/tiny_data.hpp"

// A small data set for every kind of source, for tests of what all of them promise.

namespace inflow::support {

// Writes its files into a folder; returns the settings of a source whose epochs have 15 samples.
struct ExampleSource {
  std::string_view name;  // of the test
  std::string_view type;
  nlohmann::json (*make)(const std::filesystem::path& folder);
};

inline constexpr std::uint32_t kExampleSamples = 15;

inline nlohmann::json idx_settings(const std::filesystem::path& folder, std::uint32_t count) {
  write_file(folder / "images", tiny_idx_images(count, 5, 4));
  write_file(folder / "labels", tiny_idx_labels(count, 3));
  return {{"type", "idx"}, {"images", folder / "images"}, {"labels", folder / "labels"}};
}

inline nlohmann::json example_idx(const std::filesystem::path& folder) {
  return idx_settings(folder, kExampleSamples);
}

inline nlohmann::json example_idx_gz(const std::filesystem::path& folder) {
  write_file(folder / "images.gz", gzipped(tiny_idx_images(kExampleSamples, 5, 4)));
  write_file(folder / "labels.gz", gzipped(tiny_idx_labels(kExampleSamples, 3)));
  return {{"type", "idx"}, {"images", folder / "images.gz"}, {"labels", folder / "labels.gz"}};
}

inline nlohmann::json example_cifar(const std::filesystem::path& folder) {
  const auto records = [](std::uint8_t first, std::uint8_t end) {
    std::string all;
    for (std::uint8_t i = first; i < end; ++i)
      all += cifar_record({static_cast<std::uint8_t>(i % 10)});
    return all;
  };
  write_file(folder / "a.bin", records(0, 8));
  write_file(folder / "b.bin", records(8, kExampleSamples));
  return {{"type", "cifar"}, {"files", {folder / "a.bin", folder / "b.bin"}}};
}

// The name of a picture of example_folder; every third is a JPEG file.
inline std::string example_file(std::uint32_t picture) {
  return std::string(picture % 2 == 0 ? "cat/" : "dog/") + std::to_string(10 + picture) +
         (picture % 3 == 0 ? ".jpg" : ".png");
}

inline nlohmann::json example_folder(const std::filesystem::path& folder) {
  for (std::uint32_t picture = 0; picture < kExampleSamples; ++picture) {
    const int number = static_cast<int>(picture);
    write_picture(folder / example_file(picture),
                  tiny_picture(6 + number % 4, 9 - number % 3, 3 * number));
  }
  return {{"type", "image_folder"}, {"path", folder}};
}

inline nlohmann::json example_list(const std::filesystem::path& folder) {
  example_folder(folder);
  std::string lines;
  for (std::uint32_t picture = kExampleSamples; picture-- > 0;) {
    const std::string file = example_file(picture);
    lines += file + "\t" + file.substr(0, file.find('/')) + "\n";
  }
  write_file(folder / "list.txt", lines);
  return {{"type", "list"}, {"path", folder / "list.txt"}};
}

// A file as numpy.save writes it.
inline std::string npy(const std::string& descr, const std::string& shape,
                       std::string_view values) {
  constexpr std::size_t kBefore = 10;
  std::string header =
      "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }";
  header.resize(64 - (kBefore + 1) + (header.size() + kBefore) / 64 * 64, ' ');
  header += '\n';
  std::string bytes{"\x93NUMPY\1\0", 8};
  bytes += static_cast<char>(header.size() & 0xFF);
  bytes += static_cast<char>(header.size() >> 8);
  return bytes + header + std::string(values);
}

inline nlohmann::json example_npy(const std::filesystem::path& folder) {
  std::string pixels;
  std::string labels;
  for (std::uint32_t picture = 0; picture < kExampleSamples; ++picture) {
    for (std::size_t pixel = 0; pixel < 4 * 6 * 3; ++pixel)
      pixels += static_cast<char>(tiny_value(picture, pixel));
    labels += static_cast<char>(picture % 3);
  }
  write_file(folder / "images.npy", npy("|u1", "(15, 4, 6, 3)", pixels));
  write_file(folder / "labels.npy", npy("|i1", "(15,)", labels));
  return {{"type", "npy"}, {"images", folder / "images.npy"}, {"labels", folder / "labels.npy"}};
}

inline nlohmann::json example_npz(const std::filesystem::path& folder) {
  static constexpr Size kSize{.height = 5, .width = 7};
  const std::vector<std::string> classes{"cat", "dog"};
  std::vector<Image> images;
  std::vector<OutputPicture> pictures(kExampleSamples);
  for (std::uint32_t i = 0; i < kExampleSamples; ++i) {
    images.push_back(tiny_picture(kSize.height, kSize.width, static_cast<int>(3 * i)));
    pictures[i].name = std::to_string(i);
    pictures[i].origin.index = i;
    pictures[i].origin.label = static_cast<std::int32_t>(i % 2);
    pictures[i].size = kSize;
    pictures[i].pixels = std::as_bytes(std::span(images[i].data, images[i].total() * 3));
  }
  const auto sink = sinks().make(
      sinks().part("npz"),
      SinkContext{.directory = folder, .classes = classes, .sizes = {kSize}, .threads = 1});
  sink->begin(0);
  sink->add(pictures);
  return {{"type", "npz"}, {"path", folder / sink->commit().front().path}};
}

inline nlohmann::json example_tar(const std::filesystem::path& folder) {
  example_folder(folder / "pictures");
  std::vector<std::string> shards(2);
  for (std::uint32_t picture = 0; picture < kExampleSamples; ++picture) {
    const std::string file = example_file(picture);
    const std::string name = std::to_string(picture);
    shards[picture / 8] +=
        tar_member(name + file.substr(file.find('.')), read_file(folder / "pictures" / file)) +
        tar_member(name + ".cls", std::to_string(picture % 3));
  }
  write_file(folder / "train-0.tar", shards[0] + tar_end());
  write_file(folder / "train-1.tar", shards[1] + tar_end());
  return {{"type", "tar"}, {"shards", {folder / "train-{0..1}.tar"}}};
}

inline nlohmann::json example_pool(const std::filesystem::path& folder) {
  write_pool(folder, pool_manifest(kExampleSamples, {}, 3, {"cat", "dog", "hen"}));
  return {{"type", "pool"}, {"path", folder}};
}

// So many of 20 pictures, in an order of their own.
inline nlohmann::json subset_settings(const std::filesystem::path& folder, std::uint32_t count) {
  nlohmann::json indices = nlohmann::json::array();
  for (std::uint32_t i = 0; i < count; ++i) indices.push_back((3 + 7 * i) % 20);
  return {{"type", "subset"},
          {"of", idx_settings(folder, 20)},
          {"select", {{"type", "list"}, {"indices", indices}}}};
}

inline nlohmann::json example_subset(const std::filesystem::path& folder) {
  return subset_settings(folder, kExampleSamples);
}

// Real pictures and a pool of generated ones.
inline nlohmann::json mixed_settings(const std::filesystem::path& folder, std::uint32_t real,
                                     const nlohmann::json& of_pool, const std::string& mode) {
  nlohmann::json pool = subset_settings(folder / "pool", 3);
  pool.update(of_pool);
  return {
      {"type", "mixed"}, {"parts", {idx_settings(folder / "real", real), pool}}, {"mode", mode}};
}

inline nlohmann::json example_mixed(const std::filesystem::path& folder) {
  return mixed_settings(folder, 9, {{"copies", 2}}, "shuffle");
}

inline nlohmann::json example_mixed_exact(const std::filesystem::path& folder) {
  return mixed_settings(folder, 9, {{"share", 0.4}}, "exact");
}

inline nlohmann::json example_mixed_bernoulli(const std::filesystem::path& folder) {
  return mixed_settings(folder, 9, {{"share", 0.4}}, "bernoulli");
}

inline nlohmann::json example_mixed_changing(const std::filesystem::path& folder) {
  return mixed_settings(folder, 9, {{"share", 0.4}, {"last_share", 0.1}, {"share_epochs", 2}},
                        "exact");
}

// One at least of each kind; a test of EverySource says which is missing.
inline constexpr ExampleSource kExampleSources[] = {
    {"idx", "idx", example_idx},
    {"idx_gz", "idx", example_idx_gz},
    {"cifar", "cifar", example_cifar},
    {"image_folder", "image_folder", example_folder},
    {"list", "list", example_list},
    {"npy", "npy", example_npy},
    {"npz", "npz", example_npz},
    {"tar", "tar", example_tar},
    {"pool", "pool", example_pool},
    {"subset", "subset", example_subset},
    {"mixed", "mixed", example_mixed},
    {"mixed_exact", "mixed", example_mixed_exact},
    {"mixed_bernoulli", "mixed", example_mixed_bernoulli},
    {"mixed_changing", "mixed", example_mixed_changing},
};

}  // namespace inflow::support
