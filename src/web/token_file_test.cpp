#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "partition/testing/scratch_journal.h"
#include "web/service.h"

namespace septet::web {

namespace {

std::string file_with(const partition::ScratchFolder& folder, const std::string& text,
                      mode_t mode) {
  std::string path = folder.path() + "/token";
  std::ofstream(path) << text;
  chmod(path.c_str(), mode);
  return path;
}

TEST(TokenFile, IsReadWithoutTheSpaceAroundIt) {
  const partition::ScratchFolder folder;
  EXPECT_EQ(read_token(file_with(folder, " 0123456789abcdef\n", 0600)).value(), "0123456789abcdef");
  EXPECT_EQ(read_token(file_with(folder, "0123456789abcdef", 0400)).value(), "0123456789abcdef");
}

TEST(TokenFile, WhatOthersMayReadIsNoSecret) {
  const partition::ScratchFolder folder;
  for (const mode_t mode : {0640, 0604, 0660, 0620, 0601}) {
    const auto token = read_token(file_with(folder, "0123456789abcdef", mode));
    ASSERT_FALSE(token) << mode;
    EXPECT_EQ(token.error().code, Code::kNoPermission);
    EXPECT_FALSE(token.error().describe().contains("0123456789abcdef")) << "not told in the error";
  }
}

TEST(TokenFile, WhatIsNoTokenIsRefused) {
  const partition::ScratchFolder folder;
  EXPECT_EQ(read_token(folder.path() + "/none").error().code, Code::kNotFound);
  EXPECT_FALSE(read_token(folder.path()));
  for (const std::string& text :
       {std::string(), std::string("short"), std::string("two words here"), std::string(600, 'a'),
        std::string("0123456789\0abcdef", 17), std::string("0123456789\xc3\xa4")})
    EXPECT_FALSE(read_token(file_with(folder, text, 0600))) << text;
}

}  // namespace

}  // namespace septet::web
