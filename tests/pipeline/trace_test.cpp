#include "inflow/pipeline/trace.hpp"

#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "inflow/pipeline/run.hpp"
#include "support/flow_graph_test.hpp"
#include "support/message.hpp"
#include "support/small_pipeline.hpp"
#include "support/temporary_directory.hpp"

namespace inflow {
namespace {

using nlohmann::json;

class TraceOfARun : public support::FlowGraphTest {
 protected:
  // The events of the file, which ends behind a comma.
  json events() const {
    std::string text = read_file(directory_ / "trace.json");
    EXPECT_EQ(text.substr(text.size() - 2), ",\n");
    text.resize(text.size() - 2);
    return json::parse(text + "]");
  }

  support::TemporaryDirectory directory_;
};

TEST_F(TraceOfARun, HoldsEveryPieceOfWork) {
  const Pipeline pipeline = support::small_pipeline();
  const auto trace = std::make_shared<Trace>(directory_ / "trace.json");
  const auto loader = run_parallel(pipeline, {.threads = 2, .group = 3}, {.seed = 7}, trace);
  EXPECT_EQ(support::digests_of(*loader).size(), 10U);
  trace->finish();

  std::map<std::string, std::uint64_t> rows;
  std::set<std::pair<int, int>> batches;
  for (const json& event : events()) {
    EXPECT_EQ(event.at("ph"), "X");
    EXPECT_GE(event.at("ts"), 0);
    EXPECT_GT(event.at("dur"), 0);
    EXPECT_GE(event.at("tid"), 0);
    rows[event.at("name")] += event.at("args").at("rows").get<std::uint64_t>();
    batches.emplace(event.at("args").at("epoch"), event.at("args").at("batch"));
  }
  EXPECT_EQ(rows, (std::map<std::string, std::uint64_t>{
                      {"read", 90}, {"choose", 90}, {"render", 90}, {"repair", 90}, {"mix", 90}}));
  EXPECT_EQ(batches.size(), 10U);
}

TEST_F(TraceOfARun, SaysWhenItCannotBeWritten) {
  EXPECT_EQ(support::message_of<RuntimeError>([] { Trace("/no/such/folder/trace.json"); }),
            "cannot open: /no/such/folder/trace.json: No such file or directory");
  Trace full("/dev/full");
  full.note({});
  EXPECT_EQ(support::message_of<RuntimeError>([&] { full.finish(); }),
            "cannot write: /dev/full: No space left on device");
}

}  // namespace
}  // namespace inflow
