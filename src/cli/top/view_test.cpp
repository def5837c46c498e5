#include <gtest/gtest.h>

#include "cli/top/testing/nodes.h"
#include "cli/top/view.h"

namespace septet::cli::top {
namespace {

Key letter_key(const std::string& text) { return {KeyKind::kCharacter, text}; }

struct Board {
  Sample sample = testing::full_node(2);
  View view;
  std::size_t page = 5;

  std::vector<Row> table() const { return table_of(rows_of(sample), view); }
  Ask press_key(const Key& key) {
    const Pressed pressed = press(view, key, table(), page);
    view = pressed.view;
    view = settled(view, table(), page);
    return pressed.ask;
  }
  void type(const std::string& text) {
    for (const char c : text) press_key(letter_key(std::string(1, c)));
  }
  void press_key(KeyKind kind) { press_key(Key{kind, ""}); }
};

struct SortKey {
  std::string key;
  Column column;
  bool reverse;
};
class SortKeys : public ::testing::TestWithParam<SortKey> {};
TEST_P(SortKeys, OrderTheTableAndTurnItAround) {
  Board board;
  board.view.sort = GetParam().column == Column::kTenant ? Column::kGpu : Column::kTenant;
  board.press_key(letter_key(GetParam().key));
  EXPECT_EQ(board.view.sort, GetParam().column);
  EXPECT_EQ(board.view.reverse, GetParam().reverse);
  const auto table = board.table();
  EXPECT_TRUE(std::ranges::is_sorted(table, [&](const Row& a, const Row& b) {
    return before(a, b, board.view.sort, board.view.reverse);
  }));
  board.press_key(letter_key(GetParam().key));
  EXPECT_EQ(board.view.reverse, !GetParam().reverse);
}
INSTANTIATE_TEST_SUITE_P(
    , SortKeys,
    ::testing::Values(SortKey{"G", Column::kGpu, false}, SortKey{"I", Column::kInstance, false},
                      SortKey{"P", Column::kProfile, false}, SortKey{"L", Column::kPlace, false},
                      SortKey{"M", Column::kMemory, true}, SortKey{"S", Column::kSm, true},
                      SortKey{"B", Column::kBandwidth, true}, SortKey{"W", Column::kPower, true},
                      SortKey{"H", Column::kHealth, false}, SortKey{"T", Column::kTenant, false}),
    [](const auto& row) { return row.param.key; });

TEST(View, ArrowsGoRoundAllColumns) {
  Board board;
  for (std::size_t i = 0; i < columns().size(); ++i) {
    EXPECT_EQ(board.view.sort, columns()[i].column);
    board.press_key(KeyKind::kRight);
  }
  EXPECT_EQ(board.view.sort, Column::kGpu);
  board.press_key(letter_key("<"));
  EXPECT_EQ(board.view.sort, Column::kTenant);
}

TEST(View, TheSelectedRowStaysSelectedWhileItMoves) {
  Board board;
  board.press_key(letter_key("S"));
  board.press_key(KeyKind::kDown);
  const std::string selected = board.view.selected;
  EXPECT_EQ(board.view.at, 1u);
  for (mig::GpuInstance& instance : board.sample.node.gpus[0].instances) {
    instance.usage.sm_percent = 100;  // seven overtake it
  }
  board.view = settled(board.view, board.table(), board.page);
  EXPECT_EQ(board.view.selected, selected);
  EXPECT_EQ(board.table()[board.view.at].key, selected);
  EXPECT_EQ(board.view.at, 8u);
  EXPECT_LT(board.view.at, board.view.first + board.page);
}

TEST(View, WhenTheSelectedRowGoesItsPlaceIsSelected) {
  Board board;
  board.press_key(KeyKind::kEnd);
  EXPECT_EQ(board.view.at, 13u);
  EXPECT_EQ(board.view.first, 9u);
  board.sample.node.gpus[1].instances.pop_back();
  board.view = settled(board.view, board.table(), board.page);
  EXPECT_EQ(board.view.at, 12u);
  EXPECT_EQ(board.view.selected, board.table()[12].key);
  board.sample.node.gpus.clear();
  board.view = settled(board.view, board.table(), board.page);
  EXPECT_EQ(board.view.selected, "");
  board.press_key(KeyKind::kDown);  // of nothing
  board.press_key(KeyKind::kEnter);
  EXPECT_EQ(board.view.pane, Pane::kTable);
}

TEST(View, MovesByRowAndByPage) {
  Board board;
  board.press_key(KeyKind::kUp);
  EXPECT_EQ(board.view.at, 0u);
  board.press_key(KeyKind::kPageDown);
  EXPECT_EQ(board.view.at, 4u);
  board.press_key(letter_key("j"));
  EXPECT_EQ(board.view.at, 5u);
  EXPECT_EQ(board.view.first, 1u);
  board.press_key(KeyKind::kPageUp);
  board.press_key(letter_key("k"));
  EXPECT_EQ(board.view.at, 0u);
  EXPECT_EQ(board.view.first, 0u);
  board.press_key(KeyKind::kHome);
  EXPECT_EQ(board.view.at, 0u);
}

TEST(View, AFilterHoldsWhileItIsTyped) {
  Board board;
  testing::add_process(board.sample.node.gpus[1].instances[2], 4242, "Python");
  board.type("/pyt");
  EXPECT_EQ(board.table().size(), 1u);
  board.type("q");  // a letter of the filter, not the end
  EXPECT_EQ(board.table().size(), 0u);
  board.press_key(KeyKind::kBackspace);
  board.press_key(KeyKind::kEnter);
  EXPECT_EQ(board.view.filter, "pyt");
  EXPECT_FALSE(board.view.draft);
  board.type("/zzz");
  board.press_key(KeyKind::kEscape);  // leaves the draft
  EXPECT_EQ(board.table().size(), 1u);
  board.press_key(KeyKind::kEscape);  // and then the filter
  EXPECT_EQ(board.table().size(), 14u);
}

struct FilterCase {
  std::string filter;
  std::size_t rows;
};
class Filters : public ::testing::TestWithParam<FilterCase> {};
TEST_P(Filters, KeepRowsWithAllTheirWords) {
  Board board;
  board.sample = testing::full_node(12);
  testing::add_process(board.sample.node.gpus[1].instances[2], 4242, "python");
  board.view.filter = GetParam().filter;
  EXPECT_EQ(board.table().size(), GetParam().rows) << GetParam().filter;
}
INSTANTIATE_TEST_SUITE_P(, Filters,
                         ::testing::Values(FilterCase{"", 84}, FilterCase{"  ", 84},
                                           FilterCase{"gpu1", 7}, FilterCase{"GPU1 gi3", 1},
                                           FilterCase{"gpu", 84}, FilterCase{"1g.10GB", 84},
                                           FilterCase{"4242", 1}, FilterCase{"42", 0},
                                           FilterCase{"pyth gpu1", 1}, FilterCase{"pyth gpu2", 0},
                                           FilterCase{"mig-0001", 7}, FilterCase{"GPU-0000000b", 7},
                                           FilterCase{"ok h100", 84}));

TEST(View, BackspaceTakesAWholeCharacter) {
  Board board;
  board.press_key(letter_key("/"));
  board.press_key(letter_key("推"));
  board.press_key(letter_key("\x01"));  // control characters are no text
  EXPECT_EQ(board.view.draft, "推");
  board.press_key(KeyKind::kBackspace);
  EXPECT_EQ(board.view.draft, "");
  board.press_key(KeyKind::kBackspace);
  EXPECT_EQ(board.view.draft, "");
  for (int i = 0; i < 1000; ++i) board.type("a");
  EXPECT_LE(board.view.draft->size(), 200u);
}

TEST(View, TheTreeHasAHeadingPerGpuAndKeepsTheGpusTogether) {
  Board board;
  board.type("tS");
  auto table = board.table();
  ASSERT_EQ(table.size(), 16u);
  EXPECT_EQ(table[0].kind, RowKind::kGpu);
  EXPECT_EQ(table[8].kind, RowKind::kGpu);
  EXPECT_EQ(table[8].gpu, 1u);
  EXPECT_EQ(table[1].sm_percent, 6u);  // the busiest of GPU 0 first
  board.view.filter = "gi3";
  table = board.table();
  ASSERT_EQ(table.size(), 4u);  // the heading stays for what is under it
}

TEST(View, FreePlacesOnlyWhenAskedForOrWhereNothingElseIs) {
  Board board;
  EXPECT_EQ(board.table().size(), 14u);
  board.type("f");
  EXPECT_EQ(board.table().size(), 16u);  // unit 7 of each is stranded
  board.type("f");
  board.sample.node.gpus[1].instances.clear();
  EXPECT_EQ(board.table().size(), 8u);
}

TEST(View, IntervalGoesInStepsAndEndsAtBoth) {
  Board board;
  board.type("+");
  EXPECT_EQ(board.view.interval_s, 2);
  for (int i = 0; i < 20; ++i) board.type("+");
  EXPECT_EQ(board.view.interval_s, 60);
  for (int i = 0; i < 20; ++i) board.type("-");
  EXPECT_EQ(board.view.interval_s, 0.2);
  board.view.interval_s = 3600;  // of --interval
  board.type("+");
  EXPECT_EQ(board.view.interval_s, 3600);
  board.type("-");
  EXPECT_EQ(board.view.interval_s, 60);
}

TEST(View, KeysThatAskForSomething) {
  Board board;
  EXPECT_EQ(board.press_key(letter_key(" ")), Ask::kNothing);
  EXPECT_TRUE(board.view.paused);
  EXPECT_EQ(board.press_key(letter_key(" ")), Ask::kSampleNow);
  EXPECT_EQ(board.press_key(letter_key("c")), Ask::kForgetXids);
  EXPECT_EQ(board.press_key(letter_key("R")), Ask::kRepaint);
  EXPECT_EQ(board.press_key(letter_key("Z")), Ask::kNothing);
  EXPECT_EQ(board.press_key(letter_key("q")), Ask::kQuit);
}

TEST(View, PanesOpenAndClose) {
  Board board;
  for (const Key& open : {letter_key("?"), letter_key("h"), Key{KeyKind::kHelp, ""}}) {
    board.press_key(open);
    EXPECT_EQ(board.view.pane, Pane::kHelp);
    EXPECT_EQ(board.press_key(letter_key("q")), Ask::kNothing);
    EXPECT_EQ(board.view.pane, Pane::kTable);
  }
  board.press_key(KeyKind::kEnter);
  EXPECT_EQ(board.view.pane, Pane::kDetails);
  board.press_key(KeyKind::kDown);
  EXPECT_EQ(board.view.scrolled, 1u);
  board.press_key(KeyKind::kEscape);
  EXPECT_EQ(board.view.pane, Pane::kTable);
  EXPECT_EQ(board.view.scrolled, 0u);
}

TEST(View, OnAScreenThatIsTooSmallQEndsItWhateverIsOpen) {
  Board board;
  board.press_key(KeyKind::kEnter);
  board.page = 0;
  EXPECT_EQ(board.press_key(letter_key("q")), Ask::kQuit);
}

}  // namespace
}  // namespace septet::cli::top
