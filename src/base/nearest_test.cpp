#include "base/nearest.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace septet {
namespace {

using Words = std::vector<std::string_view>;

TEST(EditDistance, known_pairs) {
  EXPECT_EQ(edit_distance("", ""), 0u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(edit_distance("Replicas", "replicas"), 0u) << "case does not count";
}

RC_GTEST_PROP(EditDistance, is_a_metric,
              (const std::string& a, const std::string& b, const std::string& c)) {
  RC_ASSERT(edit_distance(a, a) == 0u);
  RC_ASSERT(edit_distance(a, b) == edit_distance(b, a));
  RC_ASSERT(edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c));
  RC_ASSERT(edit_distance(a, b) <= std::max(a.size(), b.size()));
}

RC_GTEST_PROP(EditDistance, one_deleted_letter_costs_one_at_most, (const std::string& word)) {
  RC_PRE(!word.empty());
  std::string shorter = word;
  shorter.erase(*rc::gen::inRange<std::size_t>(0, word.size()), 1);
  RC_ASSERT(edit_distance(word, shorter) == 1u);
}

TEST(Nearest, closest_first_and_only_those_near) {
  const Words known = {"status", "products", "profiles", "layouts", "explain"};
  EXPECT_EQ(nearest("profile", known, 3), (std::vector<std::string>{"profiles"}));
  EXPECT_EQ(nearest("statsu", known, 3), (std::vector<std::string>{"status"}));
  EXPECT_TRUE(nearest("zzzzzz", known, 3).empty());
  const Words alike = {"abcd", "abce", "abxx"};
  EXPECT_EQ(nearest("abce", alike, 3), (std::vector<std::string>{"abce", "abcd", "abxx"}));
  EXPECT_EQ(nearest("abce", alike, 1), (std::vector<std::string>{"abce"}));
  EXPECT_TRUE(nearest("abce", alike, 0).empty());
}

TEST(Nearest, a_name_cut_short_comes_first) {
  const Words known = {"b300", "gb200", "h200-141gb", "h20-96gb"};
  EXPECT_EQ(nearest("h200", known, 1), (std::vector<std::string>{"h200-141gb"}));
  EXPECT_EQ(nearest("H20", known, 2), (std::vector<std::string>{"h200-141gb", "h20-96gb"}));
}

TEST(DidYouMean, reads_as_a_sentence) {
  EXPECT_EQ(did_you_mean("aple", Words{"maple", "apple"}), "did you mean maple or apple?");
  EXPECT_EQ(did_you_mean("statsu", Words{"status", "explain"}), "did you mean status?");
  EXPECT_EQ(did_you_mean("zzzzzz", Words{"status", "explain"}), "known: status, explain");
  EXPECT_EQ(did_you_mean("zzzzzz", Words(30, "status")).size(),
            std::string("known: ").size() + 24 * 8 - 2 + 5);
}

}  // namespace
}  // namespace septet
