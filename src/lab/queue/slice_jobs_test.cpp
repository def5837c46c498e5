#include "lab/queue/slice_jobs.h"

#include <gtest/gtest.h>

namespace septet::lab::queue {
namespace {

Result<std::vector<SliceJob>> read(std::string_view text) {
  const mig::Geometry& geometry = mig::find_product("h100-sxm5-80gb")->geometry;
  const plan::online::Shape shape(geometry, plan::online::plain_profiles(geometry));
  return read_slice_jobs(TRY(parse_csv("jobs.csv", text)), shape);
}

std::string complaint(std::string_view text) {
  const auto jobs = read(text);
  return jobs ? "read" : jobs.error().what;
}

TEST(SliceJobsTest, AreReadAndPutInOrder) {
  const auto jobs =
      read("profile,seconds,arrival_s\n3g.40gb,60,20\n1g,5,0.5\n1g.20gb,7,1\n").value();
  ASSERT_EQ(jobs.size(), 3u);
  EXPECT_DOUBLE_EQ(jobs[0].arrives, 0.5);
  EXPECT_EQ(jobs[0].request, 0u);
  EXPECT_EQ(jobs[1].request, 1u);
  EXPECT_EQ(jobs[2].request, 3u);
  EXPECT_DOUBLE_EQ(jobs[2].seconds, 60);
}

TEST(SliceJobsTest, MistakesAreSaidWithTheirPlace) {
  EXPECT_NE(complaint("arrival_s,profile\n0,1g\n").find("jobs.csv:1:1"), std::string::npos);
  EXPECT_NE(complaint("arrival_s,profile,seconds\n0,5g,1\n").find("jobs.csv:2:3"),
            std::string::npos);
  EXPECT_NE(complaint("arrival_s,profile,seconds\n0,1g,0\n").find("jobs.csv:2:6"),
            std::string::npos);
  EXPECT_NE(complaint("arrival_s,profile,seconds\nsoon,1g,4\n").find("jobs.csv:2:1"),
            std::string::npos);
  EXPECT_NE(complaint("arrival_s,profile,seconds\n").find("no jobs"), std::string::npos);
}

}  // namespace
}  // namespace septet::lab::queue
