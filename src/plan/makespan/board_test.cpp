#include "plan/makespan/board.h"

#include <gtest/gtest.h>

namespace septet::plan {
namespace {

bool is_above(const Board& board, unsigned upper, unsigned lower) {
  for (unsigned at = lower; at != 0; at = board[at].above) {
    if (board[at].above == upper) return true;
  }
  return false;
}

// Above each other or side by side: then they may exist at the same time, and only then.
TEST(Board, SaysWhichInstancesExcludeEachOther) {
  unsigned boards = 0;
  for (const mig::Product& product : mig::products()) {
    const auto board = board_of(product.geometry);
    if (!board) continue;
    ++boards;
    for (unsigned i = 1; i < board->size(); ++i) {
      for (unsigned j = 1; j < i; ++j) {
        const auto together = mig::Layout::make(
            product.geometry,
            {{(*board)[i].profile, (*board)[i].at}, {(*board)[j].profile, (*board)[j].at}});
        EXPECT_EQ(together.has_value(), !is_above(*board, j, i)) << product.id;
      }
    }
  }
  EXPECT_GE(boards, 10u);
}

// All smallest places at once are a legal layout: no budget binds but the windows.
TEST(Board, AllowsAllOfItsSmallestPlacesAtOnce) {
  for (const mig::Product& product : mig::products()) {
    const auto board = board_of(product.geometry);
    if (!board) continue;
    std::vector<mig::Instance> all;
    for (unsigned i = 1; i < board->size(); ++i) {
      if ((*board)[i].below.empty()) all.push_back({(*board)[i].profile, (*board)[i].at});
    }
    EXPECT_TRUE(mig::Layout::make(product.geometry, all).has_value()) << product.id;
  }
}

TEST(Board, OfAnA100HasEighteenPlaces) {
  const auto board = board_of(mig::find_product("a100-80gb")->geometry);
  ASSERT_TRUE(board.has_value());
  EXPECT_EQ(board->size(), 1u + 18u);
  std::vector<bool> classic(board->size());
  for (unsigned i = 1; i < board->size(); ++i) classic[i] = (*board)[i].profile->classic();
  const Board fewer = board_without(*board, classic);
  EXPECT_EQ(fewer.size(), 1u + 14u);
  EXPECT_EQ(fewer[0].below.size(), 1u);
  EXPECT_EQ(fewer[1].below.size(), 2u);  // the two halves
}

TEST(Board, OfAGpuWithOtherRulesIsRefused) {
  const auto board = board_of(mig::find_product("thor-igpu")->geometry);
  ASSERT_FALSE(board.has_value());
  EXPECT_EQ(board.error().code, Code::kNotSupported);
}

}  // namespace
}  // namespace septet::plan
