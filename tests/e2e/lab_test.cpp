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
  const auto twice = septet(words);
  EXPECT_EQ(twice.code, 0) << twice.err;
  EXPECT_EQ(twice.out, once.out);
  const auto wrong = septet("lab replay mig --policy best");
  EXPECT_EQ(wrong.code, 1);
  EXPECT_NE(wrong.err.find("best-fit"), std::string::npos) << wrong.err;
}

// A folder that is not there yet, gone with this object.
std::string fresh_folder(const std::string& name) {
  const std::string folder =
      testing::TempDir() + "septet_lab_" + std::to_string(::getpid()) + "_" + name;
  std::filesystem::remove_all(folder);
  return folder;
}

TEST(Lab, DrawsReplaysOfSlicesWithoutTouchingTheAnswer) {
  const std::string folder = fresh_folder("mig");
  const std::string words =
      "lab replay mig --gpus 8 --arrivals 3000 --seeds 2 --policy septet,fgd,mfi";
  const auto plain = septet(words);
  const auto drawn = septet(words + " --svg " + folder);
  ASSERT_EQ(drawn.code, 0) << drawn.err;
  EXPECT_EQ(drawn.out, plain.out + "wrote " + folder + "/accepted.svg\n");
  const std::string picture = read_file(folder + "/accepted.svg");
  for (const char* const word : {"<svg", "unlimited repacking", "septet", "fgd", "mfi"})
    EXPECT_NE(picture.find(word), std::string::npos) << word;
  const auto json = septet("--json " + words + " --svg " + folder);
  EXPECT_EQ(Json::parse(json.out)["pictures"][0], folder + "/accepted.svg");
  EXPECT_EQ(read_file(folder + "/accepted.svg"), picture);
  const auto nowhere = septet(words + " --svg " + folder + "/no/such");
  EXPECT_EQ(nowhere.code, 1);
  EXPECT_NE(nowhere.err.find("cannot make the directory"), std::string::npos) << nowhere.err;
  std::filesystem::remove_all(folder);
}

TEST(Lab, DrawsReplaysOfJobsThatWait) {
  const std::string folder = fresh_folder("queue");
  const Scratch jobs("jobs.csv",
                     "arrival_s,profile,seconds\n0,3g,600\n1,4g,600\n2,7g,60\n3,1g,60\n4,2g,9\n");
  const auto drawn = septet("lab replay queue --product a100-40gb --gpus 1 --jobs " + jobs.path() +
                            " --svg " + folder);
  ASSERT_EQ(drawn.code, 0) << drawn.err;
  EXPECT_NE(drawn.out.find("wrote " + folder + "/waits.svg\nwrote " + folder + "/waiting.svg\n"),
            std::string::npos);
  for (const char* const picture : {"/waits.svg", "/waiting.svg"})
    EXPECT_TRUE(read_file(folder + picture).starts_with("<svg") ||
                read_file(folder + picture).starts_with("<?xml"))
        << picture;
  std::filesystem::remove_all(folder);
}

TEST(Lab, DrawsReplaysOfPods) {
  const std::string folder = fresh_folder("pods");
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/openb_node_list_gpu_node.csv")
      << "sn,cpu_milli,memory_mib,gpu,model\na,64000,262144,4,T4\nb,64000,262144,8,V100\n";
  std::ofstream(folder + "/openb_pod_list_small.csv")
      << "name,cpu_milli,memory_mib,num_gpu,gpu_milli\np,4000,8192,1,460\nq,2000,8192,1,1000\n";
  const auto drawn = septet("lab replay pods --trace small --seeds 3 --policy ours,fgd --data " +
                            folder + " --svg " + folder + "/svg");
  ASSERT_EQ(drawn.code, 0) << drawn.err;
  EXPECT_NE(drawn.out.find("wrote " + folder + "/svg/allocated-small.svg\n"), std::string::npos);
  EXPECT_NE(read_file(folder + "/svg/allocated-small.svg").find("GPU allocated"),
            std::string::npos);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace septet::e2e
