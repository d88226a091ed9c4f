#include "inflow/tools/training/versions.hpp"

#include <fstream>
#include <string>
#include <thread>

#include <boost/version.hpp>
#include <nlohmann/json.hpp>
#include <oneapi/tbb/version.h>
#include <opencv2/core/version.hpp>
#include <torch/version.h>

#include "inflow/ops/random.hpp"

namespace inflow::tools {
namespace {

std::string processor_name() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

}  // namespace

std::string versions_json(const std::string& command_line) {
  const nlohmann::ordered_json versions{
      {"inflow", INFLOW_VERSION},
      {"results_version", kResultsVersion},
      {"torch", TORCH_VERSION},
      {"opencv", CV_VERSION},
      {"tbb", std::to_string(TBB_VERSION_MAJOR) + "." + std::to_string(TBB_VERSION_MINOR)},
      {"boost",
       std::to_string(BOOST_VERSION / 100000) + "." + std::to_string(BOOST_VERSION / 100 % 1000)},
      {"compiler", __VERSION__},
      {"processor", processor_name()},
      {"cores", std::thread::hardware_concurrency()},
      {"command_line", command_line},
  };
  return versions.dump(2) + "\n";
}

}  // namespace inflow::tools
