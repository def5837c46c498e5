#include "cli/product_record.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "base/yaml.h"
#include "cli/told_gpu.h"

namespace septet::cli {
namespace {

namespace fs = std::filesystem;

class Recorded : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "septet-record-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  void write(const std::string& id, const std::string& text) {
    std::ofstream(folder_ / (id + ".yaml")) << text;
  }

  // Runs embed_products over everything written; its exit status.
  int embed() {
    const fs::path program = fs::path(SEPTET_BUILD_DIR) / "exe" / "embed_products";
    if (!fs::exists(program)) {
      ADD_FAILURE() << program << " is not built";
      return -1;
    }
    std::string command = program.string() + " " + (folder_ / "tables.cpp").string();
    for (const auto& file : fs::directory_iterator(folder_)) command += " " + file.path().string();
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  YAML::Node parsed(const std::string& text) {
    auto document = parse_yaml("recorded", text);
    EXPECT_TRUE(document.has_value()) << document.error().describe();
    return document ? document->root : YAML::Node();
  }

  fs::path folder_;
};

TEST_F(Recorded, FilesOfEverySimulatedProductEmbed) {
  for (const mig::Product& product : mig::products()) {
    const auto text =
        record_product(node_with(product, true), told_gpu(product), std::string(product.id));
    ASSERT_TRUE(text.has_value()) << text.error().describe();
    write(std::string(product.id), *text);
  }
  EXPECT_EQ(embed(), 0);
}

TEST_F(Recorded, FilesOfEveryRealProductEmbed) {
  for (const mig::Product& product : mig::products()) {
    const auto text =
        record_product(node_with(product, false), told_gpu(product), std::string(product.id));
    ASSERT_TRUE(text.has_value()) << text.error().describe();
    write(std::string(product.id), *text);
  }
  EXPECT_EQ(embed(), 0);
}

TEST_F(Recorded, ASimulatedNodeProvesNothing) {
  const mig::Product& pcie = *mig::find_product("h100-pcie-80gb");
  const auto text = record_product(node_with(pcie, true), told_gpu(pcie), "h100-pcie-80gb");
  ASSERT_TRUE(text.has_value());
  const auto root = parsed(*text);
  const auto first = root["gpu_instances"][0];
  EXPECT_EQ(first["sm"].as<std::string>(), "unknown");
  EXPECT_EQ(first["estimate"]["sm"].as<int>(), 14);
  EXPECT_EQ(first["conf"]["max"].as<std::string>(), "documented");
  EXPECT_NE(root["sources"]["DRIVER"].as<std::string>().find("SIMULATED"), std::string::npos);
}

TEST_F(Recorded, ARealDriverIsARecording) {
  const mig::Product& pcie = *mig::find_product("h100-pcie-80gb");
  const auto text = record_product(node_with(pcie, false), told_gpu(pcie), "h100-pcie-80gb");
  ASSERT_TRUE(text.has_value());
  const auto root = parsed(*text);
  ASSERT_EQ(root["gpu_instances"].size(), pcie.geometry.profiles.size());
  for (std::size_t i = 0; i < root["gpu_instances"].size(); ++i) {
    const auto row = root["gpu_instances"][i];
    const auto& profile = pcie.geometry.profiles[i];
    EXPECT_EQ(row["name"].as<std::string>(), profile.name);
    EXPECT_EQ(row["id"].as<unsigned>(), profile.id);
    EXPECT_EQ(row["sm"].as<unsigned>(), profile.sm.value);
    EXPECT_EQ(row["mem_mib"].as<unsigned>(), profile.memory_mib.value);
    EXPECT_EQ(row["conf"].size(), 1u);
    EXPECT_EQ(row["conf"]["default"].as<std::string>(), "recorded");
  }
  EXPECT_EQ(root["sources"]["DRIVER"].as<std::string>(),
            "driver 550.163.01 on NVIDIA H100 PCIe, septet products record");
}

TEST_F(Recorded, AStrangerEmbedsUnderANameOfItsOwn) {
  const mig::Product& h100 = *mig::find_product("h100-sxm5-80gb");
  auto gpu = told_gpu(h100, [](std::vector<mig::GpuInstanceProfile>& profiles) {
    for (auto& profile : profiles) profile.compute = {};
  });
  gpu.product = nullptr;
  gpu.name = "NVIDIA X900 \"Ultra\"\n200GB: #1";
  EXPECT_EQ(record_id(gpu), "x900-ultra-200gb-1");
  const auto text = record_product(node_with(h100, false), gpu, record_id(gpu));
  ASSERT_TRUE(text.has_value());
  write(record_id(gpu), *text);
  EXPECT_EQ(embed(), 0);
  EXPECT_EQ(parsed(*text)["boards"][0]["name"].as<std::string>(), gpu.name);
}

TEST_F(Recorded, NeedsThePlacements) {
  const mig::Product& h100 = *mig::find_product("h100-sxm5-80gb");
  const auto gpu = told_gpu(h100, [](std::vector<mig::GpuInstanceProfile>& profiles) {
    profiles[2].sources = "driver; placements from the tables";
  });
  const auto text = record_product(node_with(h100, false), gpu, "h100-sxm5-80gb");
  ASSERT_FALSE(text.has_value());
  EXPECT_EQ(text.error().code, Code::kNoPermission);
  EXPECT_NE(text.error().describe().find("1g.20gb"), std::string::npos);
}

TEST_F(Recorded, BrokenFilesAreRefused) {
  const mig::Product& a30 = *mig::find_product("a30-24gb");
  std::string text = record_product(node_with(a30, false), told_gpu(a30), "a30-24gb").value();
  const auto at = text.find("max: 4");
  ASSERT_NE(at, std::string::npos);
  text.replace(at, 6, "max: 5");
  write("a30-24gb", text);
  EXPECT_EQ(embed(), 1);
}

TEST(DistinctBoards, AreOnePerKindInDriverOrder) {
  mig::Node node;
  for (const char* id : {"a30-24gb", "h100-sxm5-80gb", "a30-24gb"}) {
    node.gpus.push_back(told_gpu(*mig::find_product(id)));
    node.gpus.back().index = static_cast<std::uint32_t>(node.gpus.size() - 1);
  }
  node.gpus.emplace_back();  // cannot be cut
  const auto boards = distinct_boards(node);
  ASSERT_EQ(boards.size(), 2u);
  EXPECT_EQ(boards[0]->index, 0u);
  EXPECT_EQ(boards[1]->index, 1u);
}

}  // namespace
}  // namespace septet::cli
