// Files and functions stay small enough to read in one go.
#include <gtest/gtest.h>

#include <map>

#include "rules/cpp_text.h"
#include "rules/tree.h"

namespace septet::rules {
namespace {

constexpr std::size_t kMostFileLines = 600;
constexpr std::size_t kFewFileLines = 400;
constexpr std::size_t kMostFunctionLines = 70;

// Files between 400 and 600 lines, and why they are not two files.
const std::map<std::string, std::string, std::less<>>& long_for_a_reason() {
  static const std::map<std::string, std::string, std::less<>> reasons = {
      {"src/mig/layout_test.cpp", "tables of recorded layouts beside the properties they prove"},
  };
  return reasons;
}

bool is_code(const TextFile& file) { return file.is_cpp() || file.is_script(); }

TEST(FileSize, NoFileOver600Lines) {
  const auto offenders = scan(is_code, [](const TextFile& file, Offenders& out) {
    const auto lines = lines_of(file.text).size();
    if (lines > kMostFileLines) out.push_back(file.path + ": " + std::to_string(lines) + " lines");
  });
  EXPECT_TRUE(offenders.empty()) << "at most 600 lines; split by question answered:\n"
                                 << to_string(offenders);
}

TEST(FileSize, Over400OnlyWithAReason) {
  const auto offenders = scan(is_code, [](const TextFile& file, Offenders& out) {
    const auto lines = lines_of(file.text).size();
    if (lines <= kFewFileLines || long_for_a_reason().contains(file.path)) return;
    out.push_back(file.path + ": " + std::to_string(lines) + " lines");
  });
  EXPECT_TRUE(offenders.empty()) << "at most 400 lines, or a reason in this test's list:\n"
                                 << to_string(offenders);
}

TEST(FileSize, ReasonsAreNotKeptForFilesThatShrank) {
  for (const auto& [path, reason] : long_for_a_reason()) {
    const TextFile* const file = find(path);
    EXPECT_TRUE(file != nullptr && lines_of(file->text).size() > kFewFileLines)
        << path << " needs no reason any more: take it off the list";
    EXPECT_FALSE(reason.empty()) << path;
  }
}

TEST(FunctionSize, NoFunctionOver70Lines) {
  std::size_t measured = 0;
  const auto offenders =
      scan([](const TextFile& file) { return file.is_cpp(); },
           [&](const TextFile& file, Offenders& out) {
             for (const auto& span : functions_of(file.text)) {
               ++measured;
               if (span.lines <= kMostFunctionLines) continue;
               out.push_back(at(file, span.first_line) + ": " + std::to_string(span.lines) +
                             " lines: " + span.head);
             }
           });
  EXPECT_TRUE(offenders.empty()) << "a function has at most 70 lines:\n" << to_string(offenders);
  EXPECT_GT(measured, 500u) << "the measure sees too few functions to mean anything";
}

TEST(FunctionSize, TheMeasureSeesFunctionsWhereTheyAre) {
  const std::string text =
      "#define M() {\n"                      // 1: not a function
      "namespace a {\n"                      // 2
      "// int f() {\n"                       // 3
      "struct S {\n"                         // 4
      "  int one() const { return '{'; }\n"  // 5
      "  explicit S(int x)\n"                // 6
      "      : x_{x}, y_{2} {\n"             // 7
      "    use(\"}\");\n"                    // 8
      "  }\n"                                // 9
      "  int x_ = 0;\n"                      // 10
      "};\n"                                 // 11
      "const int kTable[] = {f(1),\n"        // 12: data
      "                      f(2)};\n"       // 13
      "TEST(A, B) {\n"                       // 14
      "  run([&] {\n"                        // 15
      "    if (x) { y(); }\n"                // 16
      "  });\n"                              // 17
      "}\n"                                  // 18
      "}  // namespace a\n";
  const auto spans = functions_of(text);
  ASSERT_EQ(spans.size(), 3u);
  EXPECT_EQ(spans[0].first_line, 5u);
  EXPECT_EQ(spans[0].lines, 1u);
  EXPECT_EQ(spans[1].first_line, 6u);
  EXPECT_EQ(spans[1].lines, 4u);
  EXPECT_EQ(spans[2].first_line, 14u);
  EXPECT_EQ(spans[2].lines, 5u);
}

TEST(FunctionSize, APlantedLongFunctionIsMeasured) {
  std::string text = "int f() {\n";
  for (int i = 0; i < 80; ++i) text += "  g();\n";
  const auto spans = functions_of(text + "}\n");
  ASSERT_EQ(spans.size(), 1u);
  EXPECT_EQ(spans[0].lines, 82u);
}

}  // namespace
}  // namespace septet::rules
