// Every value of our product files against the compiled reference, where it stands beside the
// checkout.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <set>
#include <string>

#include "base/yaml.h"
#include "mig/product.h"

namespace septet::mig {
namespace {

std::filesystem::path reference_file() {
  return SEPTET_SOURCE_DIR "/../shared/reference/mig/geometry.yaml";
}

class Reference : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(reference_file()))
      GTEST_SKIP() << "SKIPPED: no reference at " << reference_file();
    auto document = read_yaml_file(reference_file().string());
    ASSERT_TRUE(document.has_value()) << document.error().describe();
    root_ = document->root;
    ASSERT_EQ(root_["gpus"].size(), products().size());
  }

  template <typename Visit>
  void for_each_gpu(const Visit& visit) {
    for (const auto& entry : root_["gpus"]) {
      const auto key = entry.first.as<std::string>();
      SCOPED_TRACE(key);
      const Product* const product = find_product(key);
      ASSERT_NE(product, nullptr);
      visit(*product, entry.second);
    }
  }

  YAML::Node root_;
};

bool unknown(const YAML::Node& node) {
  return !node.IsDefined() || (node.IsScalar() && node.Scalar() == "unknown");
}

// "recorded (User Guide says 3)" -> "recorded": the reference explains itself in passing.
std::string first_word(const std::string& text) {
  return text.substr(0, text.find_first_of(" (;"));
}

std::string confidence_of(const YAML::Node& row, const std::string& field) {
  const YAML::Node conf = row["conf"];
  if (!conf.IsDefined()) return "recorded";
  return first_word((conf[field].IsDefined() ? conf[field] : conf["default"]).as<std::string>());
}

void expect_same(const Fact& ours, const YAML::Node& theirs, const std::string& confidence,
                 const std::string& what) {
  if (unknown(theirs)) {
    EXPECT_FALSE(ours.known()) << what;
    return;
  }
  EXPECT_EQ(ours.value, theirs.as<std::uint32_t>()) << what;
  EXPECT_EQ(to_string(ours.confidence), confidence) << what;
}

void expect_same_places(const GpuInstanceProfile& ours, const YAML::Node& theirs) {
  if (!theirs.IsDefined() || unknown(theirs["starts"])) {
    EXPECT_EQ(ours.placement_confidence, Confidence::kEstimated);
    return;
  }
  std::uint16_t starts = 0;
  for (const auto& start : theirs["starts"])
    starts = static_cast<std::uint16_t>(starts | (1u << start.as<unsigned>()));
  EXPECT_EQ(ours.starts, starts);
  EXPECT_EQ(ours.size, theirs["size"].as<unsigned>());
}

void expect_same_profile(const GpuInstanceProfile& ours, const YAML::Node& theirs) {
  const auto check = [&](const Fact& fact, const std::string& field) {
    expect_same(fact, theirs[field], confidence_of(theirs, field), field);
  };
  check({ours.id, ours.id_confidence}, "id");
  check({ours.nvml_enum, ours.enum_confidence}, "nvml_enum");
  check(ours.max, "max");
  check(ours.memory_mib, "mem_mib");
  check(ours.sm, "sm");
  check(ours.ce, "ce");
  check(ours.dec, "dec");
  check(ours.enc, "enc");
  check(ours.jpg, "jpg");
  check(ours.ofa, "ofa");
  if (!unknown(theirs["slices"])) {
    EXPECT_EQ(ours.slices, theirs["slices"].as<unsigned>());
  }
  if (!unknown(theirs["mem_gib"])) {
    EXPECT_EQ(gib_text(ours.memory_mib.value), theirs["mem_gib"].as<std::string>());
  }
  for (const auto& variant : theirs["mem_gib_variants"])
    EXPECT_NE(ours.note.find(variant.as<std::string>()), std::string_view::npos) << variant;
  expect_same_places(ours, theirs["placements"]);
}

TEST_F(Reference, AgreesOnEveryGpuInstanceProfileInOrder) {
  for_each_gpu([](const Product& product, const YAML::Node& gpu) {
    const YAML::Node rows = gpu["gpu_instance_profiles"];
    ASSERT_EQ(product.geometry.profiles.size(), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      SCOPED_TRACE(rows[i]["name"].as<std::string>());
      EXPECT_EQ(product.geometry.profiles[i].name, rows[i]["name"].as<std::string>());
      expect_same_profile(product.geometry.profiles[i], rows[i]);
    }
  });
}

TEST_F(Reference, AgreesOnEveryComputeInstanceProfile) {
  for_each_gpu([](const Product& product, const YAML::Node& gpu) {
    for (const auto& row : gpu["compute_instance_profiles"]) {
      const auto name = row["name"].as<std::string>();
      SCOPED_TRACE(name);
      const auto* instance = product.geometry.find_name(row["gi"].as<std::string>());
      ASSERT_NE(instance, nullptr);
      const auto* ours = instance->find_compute(row["id"].as<unsigned>());
      ASSERT_NE(ours, nullptr);
      EXPECT_EQ(ours->name, name);
      EXPECT_EQ(ours->slices, row["slices"].as<unsigned>());
      EXPECT_EQ(ours->is_default, row["default"].as<bool>());
      const auto text = row["confidence"].as<std::string>();
      // What was recorded on A100 alone is derived for the boards of other chips.
      const bool elsewhere = text.find("on A100") != std::string::npos && product.chip != "GA100";
      const std::string confidence = elsewhere ? "derived" : first_word(text);
      expect_same(ours->sm, row["sm"], confidence, "sm");
      expect_same(ours->max, row["max"], confidence, "max");
      if (unknown(row["starts"]) || unknown(row["size"])) {
        EXPECT_EQ(ours->placement_confidence, Confidence::kEstimated);
        continue;
      }
      EXPECT_EQ(ours->size, row["size"].as<unsigned>());
      std::uint16_t starts = 0;
      for (const auto& start : row["starts"])
        starts = static_cast<std::uint16_t>(starts | (1u << start.as<unsigned>()));
      EXPECT_EQ(ours->starts, starts);
    }
  });
}

TEST_F(Reference, AgreesOnTheBoards) {
  for_each_gpu([](const Product& product, const YAML::Node& gpu) {
    expect_same(product.total_sms, gpu["total_sms"]["value"],
                gpu["total_sms"]["confidence"].as<std::string>(), "total_sms");
    expect_same(product.memory_total_mib, gpu["memory_total_mib"]["value"],
                gpu["memory_total_mib"]["confidence"].as<std::string>(), "memory_total_mib");
    expect_same(product.units_fact, gpu["memory_units"]["value"],
                gpu["memory_units"]["confidence"].as<std::string>(), "memory_units");
    if (!unknown(gpu["gpu_slices"])) {
      EXPECT_EQ(product.geometry.slices, gpu["gpu_slices"].as<unsigned>());
    }
    EXPECT_EQ(product.architecture_name, gpu["architecture"].as<std::string>());
    EXPECT_EQ(product.chip, gpu["chip"].as<std::string>());
    EXPECT_EQ(product.note, gpu["note"].as<std::string>());
    const auto capability = gpu["compute_capability"].as<std::string>();
    if (product.cc_confidence > Confidence::kEstimated) {
      EXPECT_EQ(std::to_string(product.cc_major) + "." + std::to_string(product.cc_minor),
                first_word(capability));
    }
    std::set<std::uint32_t> theirs, ours;
    for (const auto& id : gpu["pci_device_ids"])
      theirs.insert(
          static_cast<std::uint32_t>(std::stoul(id.second.as<std::string>(), nullptr, 16)));
    for (const Board& board : product.boards)
      if (board.pci_confidence > Confidence::kEstimated) ours.insert(board.pci_device_id);
    EXPECT_EQ(ours, theirs);
  });
}

}  // namespace
}  // namespace septet::mig
