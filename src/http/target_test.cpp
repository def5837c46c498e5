#include "http/target.h"

#include <gtest/gtest.h>

namespace septet::http {
namespace {

using Query = std::map<std::string, std::string>;

TEST(ReadTarget, WhatHasOneReadingIsRead) {
  const struct {
    std::string_view text, path;
    Query query;
  } cases[] = {
      {"/", "/", {}},
      {"/?", "/", {}},
      {"/api/v1/node", "/api/v1/node", {}},
      {"/a%20b/%C3%A9", "/a b/\xc3\xa9", {}},
      {"/a+b", "/a+b", {}},
      {"/...", "/...", {}},
      {"/.well-known/x", "/.well-known/x", {}},
      {"/s?minutes=60&gpu=0", "/s", {{"minutes", "60"}, {"gpu", "0"}}},
      {"/s?a=b=c&d&e=", "/s", {{"a", "b=c"}, {"d", ""}, {"e", ""}}},
      {"/s?a=1&&b=2&", "/s", {{"a", "1"}, {"b", "2"}}},
      {"/s?a=x+y%2Bz%26%3d", "/s", {{"a", "x y+z&="}}},
      {"/s?a=/../%2e%2e//", "/s", {{"a", "/../..//"}}},
      {"/s?a=?", "/s", {{"a", "?"}}},
      {"/s?=1", "/s", {{"", "1"}}},
  };
  for (const auto& c : cases) {
    const auto target = read_target(c.text);
    ASSERT_TRUE(target) << c.text << ": " << target.error().describe();
    EXPECT_EQ(target->path, c.path);
    EXPECT_EQ(target->query, c.query) << c.text;
  }
}

TEST(ReadTarget, WhatHasSeveralIsRefusedInWords) {
  const struct {
    std::string_view text, why;
  } cases[] = {
      {"", "begin with /"},
      {"*", "begin with /"},
      {"http://other/api", "begin with /"},
      {"host:443", "begin with /"},
      {"?a=1", "begin with /"},
      {"//etc/passwd", "empty segment"},
      {"/a//b", "empty segment"},
      {"/a/", "empty segment"},
      {"/..", ".. segment"},
      {"/a/../b", ".. segment"},
      {"/a/./b", ".. segment"},
      {"/%2e%2e/etc", ".. segment"},
      {"/a/%2E./b", ".. segment"},
      {"/a%2fb", "escaped /"},
      {"/a%5Cb", "escaped /"},
      {"/a\\b", "no \\"},
      {"/%00", "control byte"},
      {"/a%0d%0aHost:x", "control byte"},
      {"/%7f", "control byte"},
      {"/%", "hexadecimal"},
      {"/%4", "hexadecimal"},
      {"/%zz", "hexadecimal"},
      {"/%u0041", "hexadecimal"},
      {"/?a=%", "hexadecimal"},
      {"/?a=%00", "zero byte"},
      {"/?%00=a", "zero byte"},
      {"/a b", "only as an escape"},
      {"/a\tb", "only as an escape"},
      {"/\xc3\xa9", "only as an escape"},
      {"/a#b", "only as an escape"},
      {"/?a=1&a=2", "has already"},
      {"/?a=1&%61=2", "has already"},
      {std::string_view("/a\0b", 4), "only as an escape"},
  };
  for (const auto& c : cases) {
    const auto target = read_target(c.text);
    ASSERT_FALSE(target) << c.text;
    EXPECT_EQ(target.error().code, Code::kInvalidArgument);
    EXPECT_NE(target.error().what.find(c.why), std::string::npos) << target.error().what;
  }
}

TEST(ReadTarget, AQueryHasAFewNames) {
  std::string text = "/?";
  for (std::size_t i = 0; i < kMostQueryNames; ++i) text += "n" + std::to_string(i) + "&";
  EXPECT_TRUE(read_target(text));
  EXPECT_FALSE(read_target(text + "one=more"));
}

}  // namespace
}  // namespace septet::http
