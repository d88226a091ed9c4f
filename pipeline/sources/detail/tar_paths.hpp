#pragma once

#include <span>
#include <string>
#include <vector>

namespace inflow {

// A tar file of a set.
struct ShardPath {
  std::string path;
  std::string name;  // from the folder that holds all of the set, without ending; of no other shard
};

// The shards that `patterns` name, one after another: a file; what ends in .tar, .tar.gz or .tgz in
// a folder, by name in the order of its bytes; what comes of a range in braces, {000..123}, in
// order. Throws InputError if there are none, or if two have one name.
std::vector<ShardPath> shards_of(std::span<const std::string> patterns);

}  // namespace inflow
