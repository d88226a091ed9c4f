#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <nlohmann/json.hpp>

#include "inflow/pipeline/tar_index.hpp"
#include "inflow/tools/program.hpp"

namespace inflow::tools {
namespace {

ExitCode write(std::span<const std::string> shards, const Program& program) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  index_shards(shards, [&](const IndexedShard& shard) {
    all.push_back({{"shard", shard.path}, {"index", shard.index}, {"samples", shard.samples}});
    if (!program.json) std::cout << shard.index << ": " << shard.samples << " samples" << std::endl;
  });
  if (program.json) std::cout << all.dump() << '\n';
  return ExitCode::done;
}

}  // namespace

void add_index(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand(
      "index", "Write an index beside tar files, so that they open without being gone through");
  const auto shards = std::make_shared<std::vector<std::string>>();
  command->add_option("SHARDS", *shards, "Tar files, folders of them, or train-{0000..0123}.tar")
      ->required();
  command->callback([shards, &program] {
    program.chosen = [shards](const Program& told) { return write(*shards, told); };
  });
}

}  // namespace inflow::tools
