#include "http/sse.h"

#include <gtest/gtest.h>

namespace septet::http {
namespace {

TEST(Sse, EachLineOfTheDataHasAFieldOfItsOwn) {
  const struct {
    std::string_view name, data, bytes;
  } cases[] = {
      {"state", "{}", "event: state\ndata: {}\n\n"},
      {"", "{}", "data: {}\n\n"},
      {"state", "", "event: state\ndata: \n\n"},
      {"state", "a\nb", "event: state\ndata: a\ndata: b\n\n"},
      {"state", "a\r\nb\rc\n", "event: state\ndata: a\ndata: b\ndata: c\ndata: \n\n"},
      {"state", "\n\nevent: forged", "event: state\ndata: \ndata: \ndata: event: forged\n\n"},
      {"a\ndata: forged\r", "x", "event: adata: forged\ndata: x\n\n"},
  };
  for (const auto& c : cases) EXPECT_EQ(sse_event(c.name, c.data), c.bytes);
}

TEST(Sse, ACommentStaysOne) {
  EXPECT_EQ(sse_comment("keep-alive"), ": keep-alive\n\n");
  EXPECT_EQ(sse_comment(""), ": \n\n");
  EXPECT_EQ(sse_comment("a\nevent: forged"), ": a\n: event: forged\n\n");
}

}  // namespace
}  // namespace septet::http
