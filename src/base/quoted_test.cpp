#include "base/quoted.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace septet {
namespace {

TEST(Quoted, plain_text_stands_as_it_is) {
  EXPECT_EQ(quoted("3g.40gb"), "\"3g.40gb\"");
  EXPECT_EQ(quoted(""), "\"\"");
  EXPECT_EQ(quoted("größe"), "\"größe\"");
}

TEST(Quoted, nothing_can_leave_the_quotes_or_steer_a_terminal) {
  EXPECT_EQ(quoted("a\"b\\c"), R"("a\x22b\x5cc")");
  EXPECT_EQ(quoted("\x1b[2J\n"), R"("\x1b[2J\x0a")");
  EXPECT_EQ(quoted(std::string_view("\0\x7f", 2)), R"("\x00\x7f")");
}

TEST(Quoted, long_text_is_cut) {
  EXPECT_EQ(quoted(std::string(48, 'x')), "\"" + std::string(48, 'x') + "\"");
  EXPECT_EQ(quoted(std::string(1000, 'x')), "\"" + std::string(48, 'x') + "...\"");
}

RC_GTEST_PROP(Quoted, has_exactly_two_quotes_and_no_control_byte, (const std::string& text)) {
  const std::string safe = quoted(text);
  RC_ASSERT(std::count(safe.begin(), safe.end(), '"') == 2);
  for (const char c : safe) RC_ASSERT(static_cast<unsigned char>(c) >= 0x20);
}

}  // namespace
}  // namespace septet
