#include "base/result.h"

#include <gtest/gtest.h>

#include <map>

namespace septet {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0)
    return fail(Code::kInvalidArgument, "halve " + std::to_string(number), "give an even number");
  return number / 2;
}

Result<int> quarter(int number) {
  const int once = TRY(half(number));
  const int twice = TRY(half(once));
  return twice;
}

Result<> check(int number) {
  TRY(half(number));
  return {};
}

TEST(Result, try_unwraps_or_returns_the_error_as_it_is) {
  EXPECT_EQ(quarter(12), 3);
  const auto refused = quarter(6);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what, "halve 3");
  EXPECT_TRUE(check(2));
  EXPECT_FALSE(check(3));
}

TEST(Error, describes_the_chain_and_the_outermost_remedy) {
  const Error low{Code::kBusy, "in use by another client", "stop pid 4121", 19, nullptr};
  const auto outer = fail_because(low, "destroy 3g.20gb@4").error();
  EXPECT_EQ(outer.describe(), "destroy 3g.20gb@4: in use by another client\n  try: stop pid 4121");
  EXPECT_EQ(outer.code, Code::kBusy)
      << "the code says what the caller should do: that of the cause";
  EXPECT_EQ(outer.driver_status, 19);
  const auto outermost = fail_because(outer, "apply to GPU 2", "septet recover").error();
  EXPECT_EQ(outermost.describe(),
            "apply to GPU 2: destroy 3g.20gb@4: in use by another client\n  try: septet recover");
  EXPECT_EQ(fail(Code::kInternal, "alone").error().describe(), "alone")
      << "no honest remedy, no line";
}

TEST(ExitCode, follows_the_command_lines_contract) {
  const std::map<Code, int> contract = {
      {Code::kInvalidArgument, 1}, {Code::kInfeasible, 3},   {Code::kBusy, 4},
      {Code::kNoPermission, 5},    {Code::kUnavailable, 1},  {Code::kNoDriver, 6},
      {Code::kNotFound, 1},        {Code::kNotSupported, 1}, {Code::kNeedsReset, 1},
      {Code::kConflict, 1},        {Code::kInternal, 1}};
  for (const auto& [code, status] : contract) {
    EXPECT_EQ(exit_code(Error{code, "", "", 0, nullptr}), status) << static_cast<int>(code);
  }
}

TEST(Assert, stops_the_process_and_names_the_invariant) {
  const int instances = 3;
  EXPECT_DEATH(SEPTET_ASSERT(instances == 4), "invariant: instances == 4");
  SEPTET_ASSERT(instances == 3);
}

}  // namespace
}  // namespace septet
