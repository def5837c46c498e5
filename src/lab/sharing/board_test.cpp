#include "lab/sharing/board.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "lab/testing/tenants.h"

namespace septet::lab::sharing {
namespace {

Work host_only(double seconds) {
  Work work;
  work.host = seconds;
  work.overlap = 1.0;
  return work;
}

Domain whole(Discipline discipline) {
  Domain domain;
  domain.discipline = discipline;
  domain.link_cap = 25e9;
  return domain;
}

// Runs until every client is done; when each was, in seconds by client.
std::vector<double> ends(Board& board, std::size_t clients) {
  std::vector<double> at(clients, 0.0);
  while (board.next() != kNothing) {
    const Nanoseconds now = board.next();
    board.advance(now);
    for (const std::size_t client : board.take_finished()) at[client] = seconds_of(now);
    board.settle();
  }
  return at;
}

TEST(Board, ContextsTakeTurnsOfOneQuantum) {
  const GpuModel gpu = testing::model_of("a100-80gb");
  Board board(gpu, Mode::kTimeSlicing, true);
  board.cut({whole(Discipline::kTurns)});
  board.record_spans(0, nanoseconds(1.0), 1000);
  const Work work = host_only(10 * kQuantumSeconds);
  for (std::size_t client = 0; client < 3; ++client) board.start(client, Seat{}, work, 1.0);
  board.settle();
  const auto at = ends(board, 3);
  const double turn = kQuantumSeconds * (1.0 + kTurnOverhead);
  // 30 turns; only the first switches from nobody.
  EXPECT_NEAR(at[2], 30 * turn - kQuantumSeconds * kTurnOverhead, 1e-6);
  EXPECT_NEAR(at[1], at[2] - turn, 1e-6);
  const auto spans = board.take_spans();
  ASSERT_EQ(spans.size(), 30u);
  for (std::size_t i = 0; i < spans.size(); ++i) {
    EXPECT_EQ(spans[i].client, i % 3);
    EXPECT_NEAR(seconds_of(spans[i].to - spans[i].from), kQuantumSeconds, 1e-8);
  }
}

TEST(Board, NewcomerWaitsForTheTurnUnderWay) {
  const GpuModel gpu = testing::model_of("a100-80gb");
  Board board(gpu, Mode::kTimeSlicing, true);
  board.cut({whole(Discipline::kTurns)});
  const Work long_work = host_only(1.0), tiny = host_only(1e-4);
  board.start(0, Seat{}, long_work, 1.0);
  board.settle();
  const Nanoseconds arrives = nanoseconds(10.25 * kQuantumSeconds);
  board.advance(arrives);
  board.start(1, Seat{}, tiny, 1.0);
  board.settle();
  const auto at = ends(board, 2);
  const double waits = at[1] - seconds_of(arrives) - 1e-4;
  EXPECT_NEAR(waits, 0.75 * kQuantumSeconds + kTurnOverhead * kQuantumSeconds, 1e-6);
  EXPECT_LE(waits, longest_wait_for_turn(2));
}

TEST(Board, EqualDivisionIsTheLimitOfTurns) {
  const GpuModel gpu = testing::model_of("a100-80gb");
  std::vector<double> last;
  for (const bool exact : {true, false}) {
    Board board(gpu, Mode::kTimeSlicing, exact);
    board.cut({whole(Discipline::kTurns)});
    const Work work = host_only(2.0);
    for (std::size_t client = 0; client < 4; ++client) board.start(client, Seat{}, work, 1.0);
    board.settle();
    last.push_back(ends(board, 4)[3]);
  }
  EXPECT_NEAR(last[0] / last[1], 1.0, 1e-3);
  EXPECT_NEAR(last[1], time_sliced_seconds(2.0, 4), 1e-6);
}

TEST(Board, SlicesSlowEachOtherByTheResidual) {
  const GpuModel gpu = testing::model_of("a30-24gb");
  Board board(gpu, Mode::kMig, true);
  Domain slice = whole(Discipline::kTurns);
  slice.share = {0.25, 0.25};
  slice.weight = 0.25;
  board.cut({slice, slice, slice, slice});
  const Work work = testing::yolos();
  const double alone = seconds_on(work, slice.share);
  for (unsigned d = 0; d < 4; ++d) board.start(d, Seat{0, d, 0.0}, work, 1.0);
  board.settle();
  const auto at = ends(board, 4);
  for (const double one : at) EXPECT_NEAR(one, alone * 1.09, alone * 1e-6);
}

RC_GTEST_PROP(Board, EveryRequestBringsItsOwnActivity, (const std::vector<std::uint8_t>& tenths)) {
  const GpuModel gpu = testing::model_of("a100-80gb");
  for (const Discipline discipline : {Discipline::kTurns, Discipline::kTogether}) {
    const bool turns = discipline == Discipline::kTurns;
    Board board(gpu, turns ? Mode::kTimeSlicing : Mode::kMps, true);
    board.cut({whole(discipline)});
    std::vector<Work> works;
    for (const std::uint8_t one : tenths) {
      Work work;
      work.host = 0.001 + one * 1e-4;
      work.compute = (one % 7) * 1e-3;
      work.bandwidth = (one % 5) * 1e-3;
      works.push_back(work);
    }
    double sm = 0.0, dram = 0.0;
    for (std::size_t c = 0; c < works.size(); ++c) {
      board.start(c, Seat{}, works[c], 1.0);
      sm += sm_seconds_on(works[c], {1.0, 1.0});
      dram += works[c].bandwidth;
    }
    board.settle();
    const auto at = ends(board, works.size());
    RC_ASSERT(std::abs(board.totals().sm - sm) <= 1e-6 + 1e-6 * sm);
    RC_ASSERT(std::abs(board.totals().dram - dram) <= 1e-6 + 1e-6 * dram);
    RC_ASSERT(board.totals().engine >= board.totals().sm - 1e-9);
    for (const double one : at) RC_ASSERT(one > 0.0);
  }
}

}  // namespace
}  // namespace septet::lab::sharing
