#pragma once

#include <string>
#include <string_view>

#include "inflow/ops/options.hpp"

namespace inflow::tools {

// The settings of a source that a command line names in one word:
//
//   {type: npz, path: pool.npz, channels: bgr}   settings, as they would stand under `source`
//   a.yaml a.yml a.json                          a settings file, of which its source is taken
//   a.npz a.npy a.tar a.tar.gz a.tgz a.txt       a source of that kind
//   a.bin a.bin.gz                               CIFAR-10
//   a-images-idx3-ubyte a-images-idx3-ubyte.gz   MNIST's format, with the labels beside it, if any
//   a folder                                     a pool if it has a manifest.json, tar shards if it
//                                                holds some, else pictures
//
// `name` is what messages call the argument. Throws UsageError for what none of these is, and
// InputError for a path where there is nothing.
PartOptions source_argument(std::string_view name, const std::string& text);

}  // namespace inflow::tools
