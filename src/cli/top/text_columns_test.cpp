#include <gtest/gtest.h>

#include "cli/top/text_columns.h"

namespace septet::cli::top {
namespace {

struct FitCase {
  const char* name;
  std::string text;
  unsigned room;
  bool ascii;
  std::string shown;
  unsigned columns;
};
class TextColumns : public ::testing::TestWithParam<FitCase> {};

TEST_P(TextColumns, ShowsWhatFitsAndNothingThatATerminalObeys) {
  const FitCase& row = GetParam();
  const Fitted fitted = fit(row.text, row.room, row.ascii);
  EXPECT_EQ(fitted.text, row.shown);
  EXPECT_EQ(fitted.columns, row.columns);
}
INSTANTIATE_TEST_SUITE_P(
    , TextColumns,
    ::testing::Values(FitCase{"fits", "python", 8, false, "python", 6},
                      FitCase{"fits_exactly", "python", 6, false, "python", 6},
                      FitCase{"cut", "python3", 6, false, "pytho…", 6},
                      FitCase{"cut_in_ascii", "python3", 6, true, "pytho$", 6},
                      FitCase{"no_room", "python", 0, false, "", 0},
                      FitCase{"nothing", "", 5, false, "", 0},
                      FitCase{"one_column", "python", 1, false, "…", 1},
                      FitCase{"escape_sequence", "a\x1b[2Jb", 20, false, "a?[2Jb", 6},
                      FitCase{"newline_and_delete", "a\nb\x7f", 20, false, "a?b?", 4},
                      FitCase{"nul", std::string("a\0b", 3), 20, false, "a?b", 3},
                      FitCase{"c1_control",
                              "a\xc2\x9b"
                              "2J",
                              20, false, "a?2J", 4},
                      FitCase{"wide", "推論", 20, false, "推論", 4},
                      FitCase{"wide_cut_between", "推論推論", 5, false, "推論…", 5},
                      FitCase{"wide_does_not_straddle", "推論推論", 4, false, "推…", 3},
                      FitCase{"wide_in_ascii", "推論x", 20, true, "??x", 3},
                      FitCase{"combining", "e\xcc\x81x", 20, false, "e\xcc\x81x", 2},
                      FitCase{"broken_utf8", "a\xff\xfe", 20, false, "a??", 3},
                      FitCase{"cut_off_utf8", "a\xe6\x8e", 20, false, "a??", 3},
                      FitCase{"turned_around",
                              "a\xe2\x80\xae"
                              "b",
                              20, false, "a?b", 3}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace septet::cli::top
