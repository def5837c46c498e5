#include "lab/scenario/trace_file.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace septet::lab {
namespace {

Result<Trace> traced(const std::string& text) {
  const auto table = parse_csv("t.csv", text);
  if (!table) return std::unexpected(table.error());
  return read_trace(*table);
}
std::string verdict(const std::string& text) {
  const auto trace = traced(text);
  return trace ? "ok" : trace.error().what;
}
const std::string kHeader = "TIMESTAMP,ContextTokens,GeneratedTokens\n";

TEST(Trace, azure_stamps_have_seven_digits_or_any_number) {
  const auto trace = traced(kHeader +
                            "2023-11-16 18:15:46.6805900,374,44\n"
                            "2023-11-16 18:15:50.9951690,396,109\n"
                            "2023-11-16 18:15:51,879,55\n"
                            "2023-11-16T18:15:52.5,91,16");
  ASSERT_TRUE(trace) << trace.error().describe();
  ASSERT_EQ(trace->rows.size(), 4u);
  EXPECT_TRUE(trace->tokens);
  EXPECT_DOUBLE_EQ(trace->rows[0].at, 0.0);
  EXPECT_NEAR(trace->rows[1].at, 4.314579, 1e-9);
  EXPECT_NEAR(trace->rows[2].at, 4.31941, 1e-9);
  EXPECT_NEAR(trace->rows[3].at, 5.81941, 1e-9);
  EXPECT_EQ(trace->rows[1].prompt, 396.0);
  EXPECT_EQ(trace->rows[1].output, 109.0);
}

TEST(Trace, midnight_leap_days_and_new_year_are_crossed) {
  const auto gap = [](const std::string& from, const std::string& to) {
    const auto trace = traced(kHeader + from + ",1,1\n" + to + ",1,1\n");
    EXPECT_TRUE(trace) << trace.error().describe();
    return trace ? trace->rows[1].at : -1.0;
  };
  EXPECT_DOUBLE_EQ(gap("2023-11-16 23:59:59.5", "2023-11-17 00:00:00.5"), 1.0);
  EXPECT_DOUBLE_EQ(gap("2024-02-28 23:59:59", "2024-03-01 00:00:00"), 86401.0);
  EXPECT_DOUBLE_EQ(gap("2023-02-28 23:59:59", "2023-03-01 00:00:00"), 1.0);
  EXPECT_DOUBLE_EQ(gap("2023-12-31 23:59:59", "2024-01-01 00:00:00"), 1.0);
  EXPECT_NEAR(gap("2024-05-10 00:00:00.009930+00:00", "2024-05-10 00:00:00.017335+00:00"), 0.007405,
              1e-9);
}

TEST(Trace, rows_that_go_back_are_sorted_in) {
  const auto trace = traced("seconds,size\n5,1\n3,2\n4,0.5\n");
  ASSERT_TRUE(trace);
  EXPECT_FALSE(trace->tokens);
  EXPECT_EQ(trace->rows[0].size, 2.0);
  EXPECT_DOUBLE_EQ(trace->rows[2].at, 2.0);
  EXPECT_EQ(traced("1.5\n2.5\n")->rows[1].size, 1.0) << "no header, no sizes";
}

TEST(Trace, mistakes_are_told_with_their_place) {
  EXPECT_EQ(verdict("when,what\n1,2\n"),
            "t.csv:1:1: the first row names no columns that a trace has");
  EXPECT_EQ(verdict(kHeader), "t.csv:1:1: the trace has no arrivals");
  EXPECT_EQ(verdict(kHeader + "2023-11-16 18:15:46,374,x\n"),
            "t.csv:2:25: GeneratedTokens \"x\" is not a number from 0 to 1e12");
  for (const char* const stamp :
       {"16.11.2023 18:15", "2023-13-16 18:15:46", "2023-02-29 18:15:46", "2023-11-16 24:15:46",
        "2023-11-16 18:61:46", "2023-11-16 18:15:46.x", "2023-11-16 18:15:46 CET", "-5",
        "2023/11/16 18:15:46", "2023-11-16 18:15"}) {
    EXPECT_EQ(verdict(kHeader + stamp + ",1,1\n"),
              "t.csv:2:1: time stamp \"" + std::string(stamp) + "\" is not readable");
  }
  EXPECT_EQ(verdict(kHeader + "2023-11-16 18:15:46Z,1,1\n2023-11-16 18:15:47+01:00,1,1\n"),
            "t.csv:3:1: time zone \"+01:00\" where the first row has \"Z\"");
  EXPECT_EQ(verdict("seconds\n-1\n"), "t.csv:2:1: seconds \"-1\" is not a number from 0 to 1e12");
  EXPECT_EQ(verdict("seconds,size\n1,1e7\n"), "t.csv:2:3: size \"1e7\" is above 1e+06");
}

// The traces themselves; counts and spans are those of their SOURCE.txt.
TEST(Trace, the_public_azure_traces_are_read_whole) {
  const char* const said = std::getenv("SEPTET_DATA");
  const std::filesystem::path folder =
      said != nullptr ? said : std::string(SEPTET_SOURCE_DIR) + "/../shared/data";
  const auto file = folder / "azure_llm" / "AzureLLMInferenceTrace_conv.csv";
  if (!std::filesystem::exists(file)) {
    ASSERT_EQ(std::getenv("CI"), nullptr) << "CI has the data: " << file;
    GTEST_SKIP() << "no data folder here: " << file;
  }
  const auto table = read_csv_file(file.string());
  ASSERT_TRUE(table) << table.error().describe();
  const auto trace = read_trace(*table);
  ASSERT_TRUE(trace) << trace.error().describe();
  EXPECT_EQ(trace->rows.size(), 19366u);
  EXPECT_GT(trace->rows.back().at, 57 * 60.0);
  EXPECT_LT(trace->rows.back().at, 60 * 60.0);
}

}  // namespace
}  // namespace septet::lab
