#include "kube/rpc/message.h"

#include <gtest/gtest.h>

namespace septet::kube::rpc {
namespace {

TEST(RpcMessage, TravelsBehindItsLength) {
  const std::string bytes = framed(std::string(300, 'a'));
  EXPECT_EQ(bytes.substr(0, 5), std::string("\0\0\0\1\x2c", 5));
  EXPECT_EQ(unframed(bytes).message, std::string(300, 'a'));
  EXPECT_TRUE(unframed(framed("")).status.ok());
}

TEST(RpcMessage, WhatIsNotExactlyOneMessageIsRefused) {
  const std::string good = framed("abc");
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_EQ(unframed(good.substr(0, size)).status.code, StatusCode::kInternal) << size;
  }
  EXPECT_EQ(unframed(good + "x").status.code, StatusCode::kInternal);
  std::string compressed = good;
  compressed[0] = 1;
  EXPECT_EQ(unframed(compressed).status.code, StatusCode::kUnimplemented);
}

TEST(RpcMessage, EveryByteOfAStatusComesBack) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  const std::string there = escaped(all);
  for (const char c : there) EXPECT_TRUE(c >= 0x20 && c < 0x7f);
  EXPECT_EQ(unescaped(there), all);
  EXPECT_EQ(escaped("50 % off\n"), "50 %25 off%0A");
  EXPECT_EQ(unescaped("100% of %zz %4"), "100% of %zz %4");
}

TEST(RpcMessage, OnlyNumbersThatThereAreAreStatuses) {
  EXPECT_EQ(code_of("0"), StatusCode::kOk);
  EXPECT_EQ(code_of("16"), StatusCode::kUnauthenticated);
  for (const char* odd : {"", "17", "-1", "3x", " 3", "99999999999"}) {
    EXPECT_EQ(code_of(odd), StatusCode::kUnknown) << odd;
  }
}

}  // namespace
}  // namespace septet::kube::rpc
