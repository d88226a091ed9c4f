#include "inflow/training/csv.hpp"

#include <gtest/gtest.h>

namespace inflow {
namespace {

using Rows = std::vector<std::vector<std::string>>;

TEST(Csv, ReadsBackWhatItWrites) {
  const Rows rows{{"epoch", "class"}, {"0", "dog, wet"}, {"", "\"a\"\nb"}, {"\"", ""}, {""}};
  std::string table;
  for (const std::vector<std::string>& row : rows) {
    for (std::size_t at = 0; at < row.size(); ++at) {
      if (at > 0) table += ',';
      table += csv_field(row[at]);
    }
    table += '\n';
  }
  EXPECT_EQ(csv_rows(table), rows);
}

TEST(Csv, ATableMayBeEmptyAndItsLastLineUnended) {
  EXPECT_EQ(csv_rows(""), Rows{});
  EXPECT_EQ(csv_rows("a,b\r\nc,"), (Rows{{"a", "b"}, {"c", ""}}));
}

}  // namespace
}  // namespace inflow
