#include "partition/job_file.h"

#include <gtest/gtest.h>

namespace septet::partition {
namespace {

const mig::Geometry& a100() { return mig::find_product("a100-80gb")->geometry; }

Result<JobFile> read(const std::string& text) {
  const auto document = parse_yaml("jobs.yaml", text);
  EXPECT_TRUE(document.has_value());
  return read_jobs(*document, a100());
}

TEST(JobFile, ReadsTimesByNameAndBySlices) {
  const auto file = read(
      "jobs:\n- {name: a, seconds: {1g: 412, 2: 210.5, 1g.20gb: 0.000001}}\n"
      "- {name: b, copies: 2, seconds: {7g.80gb: 75}}\n"
      "calls: {1g: {create: 0.16, destroy: 0.2}, 7: {create: 1}}\n");
  ASSERT_TRUE(file.has_value()) << file.error().what;
  ASSERT_EQ(file->jobs.size(), 3u);
  EXPECT_EQ(file->jobs[0].takes.at(a100().find_name("1g.10gb")), 412 * plan::kSecond);
  EXPECT_EQ(file->jobs[0].takes.at(a100().find_name("2g.20gb")), 210'500'000);
  EXPECT_EQ(file->jobs[0].takes.at(a100().find_name("1g.20gb")), 1);
  EXPECT_EQ(file->jobs[1].name, "b 1");
  EXPECT_EQ(file->jobs[2].name, "b 2");
  EXPECT_EQ(file->calls, CallTimes::kWritten);
  EXPECT_EQ(file->costs.at(a100().find_name("1g.10gb")).destroy, 200'000);
  EXPECT_EQ(file->costs.at(a100().find_name("7g.80gb")).create, plan::kSecond);
  EXPECT_EQ(read("jobs: [{name: a, seconds: {1: 1}}]")->calls, CallTimes::kMeasured);
  EXPECT_EQ(read("{jobs: [{name: a, seconds: {1: 1}}], calls: none}")->calls, CallTimes::kNone);
}

struct Mistake {
  const char* text;
  const char* place;
  const char* complaint;
};

TEST(JobFile, SaysWhereAMistakeIs) {
  const Mistake mistakes[] = {
      {"{}", "jobs.yaml:1:1", "jobs must be a list"},
      {"jobs: []", "jobs.yaml:1:7", "jobs must be a list"},
      {"jobs: [a]", "jobs.yaml:1:8", "a job must be a map"},
      {"jobs: [{name: a}]", "jobs.yaml:1:8", "no seconds"},
      {"jobs: [{seconds: {1: 1}}]", "jobs.yaml:1:8", "no name"},
      {"jobs: [{name: a, secnds: {1: 1}}]", "jobs.yaml:1:18", "secnds"},
      {"jobs: [{name: 'a b', seconds: {1: 1}}]", "jobs.yaml:1:15", "cannot be shown"},
      {"jobs: [{name: a, seconds: 3}]", "jobs.yaml:1:27", "seconds must say"},
      {"jobs: [{name: a, seconds: {}}]", "jobs.yaml:1:27", "seconds must say"},
      {"jobs: [{name: a, seconds: {5g: 1}}]", "jobs.yaml:1:28", "no instance with"},
      {"jobs: [{name: a, seconds: {8g.80gb: 1}}]", "jobs.yaml:1:28", "8g.80gb"},
      {"jobs: [{name: a, seconds: {1g.10gb+me: 1}}]", "jobs.yaml:1:28", "media"},
      {"jobs: [{name: a, seconds: {1g: 1, 1: 2}}]", "jobs.yaml:1:35", "written twice"},
      {"jobs: [{name: a, seconds: {1g: 0}}]", "jobs.yaml:1:32", "not a time"},
      {"jobs: [{name: a, seconds: {1g: -1}}]", "jobs.yaml:1:32", "not a time"},
      {"jobs: [{name: a, seconds: {1g: 1e3}}]", "jobs.yaml:1:32", "not a time"},
      {"jobs: [{name: a, seconds: {1g: .nan}}]", "jobs.yaml:1:32", "not a time"},
      {"jobs: [{name: a, seconds: {1g: 1.0000001}}]", "jobs.yaml:1:32", "not a time"},
      {"jobs: [{name: a, seconds: {1g: 10000001}}]", "jobs.yaml:1:32", "not a time"},
      {"jobs: [{name: a, seconds: {1g: 99999999999999999999}}]", "jobs.yaml:1:32", "not a time"},
      {"jobs: [{name: a, copies: 0, seconds: {1: 1}}]", "jobs.yaml:1:26", "at least 1"},
      {"jobs: [{name: a, copies: 257, seconds: {1: 1}}]", "jobs.yaml:1:26", "copies"},
      {"jobs: [{name: b, seconds: {1: 1}}, {name: a, copies: 256, seconds: {1: 1}}]",
       "jobs.yaml:1:36", "more than 256"},
      {"jobs: [{name: a, seconds: {1: 1}}, {name: a, seconds: {1: 1}}]", "jobs.yaml:1:43",
       "named twice"},
      {"{jobs: [{name: a, seconds: {1: 1}}], calls: soon}", "jobs.yaml:1:45", "not known"},
      {"{jobs: [{name: a, seconds: {1: 1}}], calls: {1g: 2}}", "jobs.yaml:1:50", "missing"},
      {"{jobs: [{name: a, seconds: {1: 1}}], calls: {1g: {make: 2}}}", "jobs.yaml:1:51", "make"},
  };
  for (const Mistake& mistake : mistakes) {
    const auto file = read(mistake.text);
    ASSERT_FALSE(file.has_value()) << mistake.text;
    EXPECT_EQ(file.error().code, Code::kInvalidArgument);
    EXPECT_TRUE(file.error().what.starts_with(mistake.place)) << file.error().what;
    EXPECT_NE(file.error().what.find(mistake.complaint), std::string::npos) << file.error().what;
  }
}

}  // namespace
}  // namespace septet::partition
