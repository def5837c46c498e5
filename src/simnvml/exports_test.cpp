// The library as built: the names it exports, what it needs, that it loads at once and unloads.
// Looks for it in SEPTET_BUILD_DIR/lib; a failure where it is not built.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

namespace {

std::string library() { return SEPTET_BUILD_DIR "/lib/libnvidia-ml.so.1"; }

std::vector<std::string> lines_of(const std::string& command) {
  std::vector<std::string> lines;
  FILE* const pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return lines;
  for (char line[512]; std::fgets(line, sizeof line, pipe) != nullptr;) {
    std::string text = line;
    text.erase(text.find_last_not_of('\n') + 1);
    if (!text.empty()) lines.push_back(text);
  }
  ::pclose(pipe);
  return lines;
}

class ExportsTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::access(library().c_str(), R_OK), 0) << library() << " is not built";
  }
};

TEST_F(ExportsTest, NamesAreThoseOfTheGoldenFile) {
  std::ifstream file(SEPTET_SOURCE_DIR "/src/simnvml/exports.golden");
  std::vector<std::string> golden;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line[0] != '#') golden.push_back(line);
  }
  auto exported =
      lines_of("nm -D --defined-only " + library() + " | awk '{print $3}' | sed 's/@.*//'");
  std::ranges::sort(golden);
  std::ranges::sort(exported);
  EXPECT_EQ(golden.size(), 416u);
  EXPECT_EQ(exported, golden);
}

TEST_F(ExportsTest, NeedsLibcAlone) {
  for (const std::string& line : lines_of("readelf -d " + library() + " | grep NEEDED")) {
    const bool libc = line.contains("[libc.so.6]") || line.contains("[ld-linux");
#ifdef __SANITIZE_ADDRESS__  // tests/conformance/release_library asks the library without them
    if (line.contains("[libasan.so") || line.contains("[libubsan.so")) continue;
#endif
    EXPECT_TRUE(libc) << line;
  }
  const auto names = lines_of("readelf -d " + library() + " | grep SONAME");
  ASSERT_EQ(names.size(), 1u);
  EXPECT_NE(names[0].find("[libnvidia-ml.so.1]"), std::string::npos);
}

TEST_F(ExportsTest, LoadsAtOnceAndUnloads) {
  for (int i = 0; i < 3; ++i) {
    void* const handle = ::dlopen(library().c_str(), RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(handle, nullptr) << ::dlerror();
    EXPECT_NE(::dlsym(handle, "nvmlInit_v2"), nullptr);
    EXPECT_EQ(::dlclose(handle), 0);
  }
}

}  // namespace
