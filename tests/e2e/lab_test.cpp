// The lab as a user meets it: answers of the shipped scenarios, the same bytes twice, and what
// mistakes are told.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "program.h"

namespace septet::e2e {
namespace {

std::string scenario(const std::string& name) {
  return source_dir() + "/examples/lab/" + name + ".yaml";
}

// A file of its own, gone with this object.
class Scratch {
 public:
  Scratch(const std::string& name, const std::string& text)
      : path_(testing::TempDir() + "septet_lab_" + std::to_string(::getpid()) + "_" + name) {
    std::ofstream(path_) << text;
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class LabScenario : public testing::TestWithParam<const char*> {};

TEST_P(LabScenario, IsComparedUnderEveryModeAndSaysWhereMigLoses) {
  const auto compared = septet("--json lab compare --seconds 120 " + scenario(GetParam()));
  ASSERT_EQ(compared.code, 0) << compared.err;
  const Json json = Json::parse(compared.out);
  ASSERT_GE(json["modes"].size(), 4u);
  for (const Json& mode : json["modes"]) {
    if (mode.contains("impossible")) continue;
    EXPECT_LE(mode["sm_active"].get<double>(), 1.0);
    EXPECT_GE(mode["sm_active"].get<double>(), 0.0);
    EXPECT_GT(mode["gpus"].get<unsigned>(), 0u);
  }
  EXPECT_FALSE(json["where_mig_loses"].get<std::string>().empty());
}
INSTANTIATE_TEST_SUITE_P(, LabScenario,
                         testing::Values("seven-small-services", "noisy-neighbour", "small-llms",
                                         "notebooks-day-night", "voice-pipeline"),
                         [](const auto& row) {
                           std::string name = row.param;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

TEST(Lab, GivesTheSameBytesTwiceAndPicturesOfThem) {
  const std::string folder =
      testing::TempDir() + "septet_lab_pictures_" + std::to_string(::getpid());
  const std::string words =
      "lab compare --seconds 60 --svg " + folder + " " + scenario("noisy-neighbour");
  const auto once = septet(words);
  ASSERT_EQ(once.code, 0) << once.err;
  EXPECT_EQ(septet(words).out, once.out);
  for (const char* picture : {"latency", "utilization", "timeline", "summary", "faults"})
    EXPECT_TRUE(read_file(folder + "/" + picture + ".svg").starts_with("<svg") ||
                read_file(folder + "/" + picture + ".svg").starts_with("<?xml"))
        << picture;
  std::filesystem::remove_all(folder);
}

TEST(Lab, NamesThePlaceOfAMistakeInAScenario) {
  const Scratch unknown_mode("mode.yaml", "product: a100-80gb\nmodes: [migg]\ntenants: []\n");
  const auto mode = septet("lab compare " + unknown_mode.path());
  EXPECT_EQ(mode.code, 1);
  EXPECT_NE(mode.err.find("mode.yaml:2:"), std::string::npos) << mode.err;
  const auto absent = septet("lab compare no-such-file.yaml");
  EXPECT_EQ(absent.code, 1);
  EXPECT_NE(absent.err.find("no-such-file.yaml"), std::string::npos) << absent.err;
  const auto word = septet("lab compair");
  EXPECT_EQ(word.code, 1);
  EXPECT_NE(word.err.find("compare"), std::string::npos) << word.err;
}

TEST(Lab, ReplaysSlicesTheSameWayTwice) {
  const std::string words =
      "--json lab replay mig --gpus 8 --arrivals 3000 --seeds 2 --policy septet,fgd,mfi";
  const auto once = septet(words);
  ASSERT_EQ(once.code, 0) << once.err;
  EXPECT_EQ(septet(words).out, once.out);
  const auto wrong = septet("lab replay mig --policy best");
  EXPECT_EQ(wrong.code, 1);
  EXPECT_NE(wrong.err.find("best-fit"), std::string::npos) << wrong.err;
}

}  // namespace
}  // namespace septet::e2e
