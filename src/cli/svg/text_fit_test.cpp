#include "cli/svg/text_fit.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace septet::cli::svg {
namespace {

TEST(TextFit, ForeignTextBecomesPrintable) {
  EXPECT_EQ(printable("a\tb\nc"), "a b c");
  EXPECT_EQ(printable("\x01\x7f"), "\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(printable("\xe4\xb8\xad"), "\xe4\xb8\xad");
  EXPECT_EQ(printable("\xf0\x9f\x8e\x89"), "\xf0\x9f\x8e\x89");
  for (const char* bad : {"\xff", "\xe2\x80\xae", "\xef\xbf\xbf", "\xc2\x85", "\xe2\x81\xa6"})
    EXPECT_EQ(printable(bad), "\xef\xbf\xbd") << bad;
  EXPECT_EQ(printable("\xc0\xaf"), "\xef\xbf\xbd\xef\xbf\xbd");       // overlong
  EXPECT_EQ(printable("\xe4\xb8"), "\xef\xbf\xbd\xef\xbf\xbd");       // cut off
  EXPECT_EQ(printable("\xed\xa0\x80").substr(0, 3), "\xef\xbf\xbd");  // half of a surrogate pair
  EXPECT_EQ(printable(printable("\xff x")), printable("\xff x"));
}

TEST(TextFit, ShortenedTextFitsAtEveryWidth) {
  for (const std::string text :
       {"chat-7b#12", "video-tagger", "#", "W#1", "\xe4\xb8\xad\xe6\x96\x87#3"}) {
    for (double width = 0; width < 120; width += 1) {
      const std::string shown = fitted(text, width, {});
      EXPECT_LE(width_of(shown, {}), width) << text;
      EXPECT_EQ(printable(shown), shown) << text;
      const auto lines = lines_of(text, width, {}, 2);
      EXPECT_LE(lines.size(), 2u);
      for (const auto& line : lines) EXPECT_LE(width_of(line, {}), width) << text;
    }
    EXPECT_EQ(fitted(text, 1000, {}), text);
  }
}

TEST(TextFit, TheNumberOfAReplicaStays) {
  EXPECT_TRUE(fitted("a-very-long-name#12", 60, {}).ends_with("\xe2\x80\xa6#12"));
  EXPECT_FALSE(fitted("a#very-long-name-without", 60, {}).contains('#') &&
               fitted("a#very-long-name-without", 60, {}).ends_with("without"));
}

TEST(TextFit, LinesBreakWhereNamesDo) {
  EXPECT_EQ(lines_of("video-tagger", 50, {}, 2), (std::vector<std::string>{"video-", "tagger"}));
  EXPECT_EQ(lines_of("notebook#1", 55, {}, 2), (std::vector<std::string>{"notebook", "#1"}));
  EXPECT_EQ(lines_of("one two three", 45, {}, 9), (std::vector<std::string>{"one two", "three"}));
  EXPECT_TRUE(lines_of("", 45, {}, 9).empty());
  EXPECT_TRUE(lines_of("   ", 45, {}, 9).empty());
}

TEST(TextFit, EvenLinesAreAsManyAndNoneIsAlone) {
  const std::string words = "one two three four five six seven eight nine";
  for (double width = 60; width < 300; width += 3) {
    const auto lines = lines_of(words, width, {}, 9), even = even_lines(words, width, {}, 9);
    ASSERT_EQ(even.size(), lines.size()) << width;
    std::string all;
    double widest = 0;
    for (const auto& line : even) {
      all += (all.empty() ? "" : " ") + line;
      widest = std::max(widest, width_of(line, {}));
    }
    EXPECT_EQ(all, words);
    EXPECT_LE(widest, width);
    // The widest could not be narrower by a word.
    EXPECT_GT(lines_of(words, widest - 6, {}, 9).size(), lines.size() == 1 ? 0u : lines.size())
        << width;
  }
  EXPECT_EQ(even_lines("a very long sentence, cut", 60, {}, 2),
            lines_of("a very long sentence, cut", 60, {}, 2));
  EXPECT_TRUE(even_lines("", 60, {}, 2).empty());
}

}  // namespace
}  // namespace septet::cli::svg
