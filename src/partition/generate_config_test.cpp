#include "partition/generate_config.h"

#include <gtest/gtest.h>

#include "driver/simulated/simulated_driver.h"
#include "partition/apply.h"
#include "partition/parted_targets.h"

namespace septet::partition {
namespace {

namespace sim = driver::simulated;

mig::Node node_of(const std::vector<std::string>& products, bool mig = false) {
  sim::NodeSpec spec;
  for (const std::string& product : products) {
    sim::BoardSpec board;
    board.product = product;
    board.mig = mig;
    spec.boards.push_back(board);
  }
  sim::SimulatedDriver driver(*sim::make_node(spec));
  return driver.observe().value();
}

TEST(GenerateConfig, OneKindOfGpuNeedsNoFilter) {
  const auto configs = generate_configs(node_of({"a30-24gb", "a30-24gb"}));
  ASSERT_TRUE(configs) << configs.error().describe();
  EXPECT_EQ(to_yaml(*configs),
            "version: v1\nmig-configs:\n"
            "  all-1g.6gb:\n  - devices: all\n    mig-enabled: true\n    mig-devices:\n"
            "      1g.6gb: 4\n"
            "  all-1g.6gb.me:\n  - devices: all\n    mig-enabled: true\n    mig-devices:\n"
            "      1g.6gb+me: 1\n"
            "  all-2g.12gb:\n  - devices: all\n    mig-enabled: true\n    mig-devices:\n"
            "      2g.12gb: 2\n"
            "  all-2g.12gb.me:\n  - devices: all\n    mig-enabled: true\n    mig-devices:\n"
            "      2g.12gb+me: 1\n"
            "  all-4g.24gb:\n  - devices: all\n    mig-enabled: true\n    mig-devices:\n"
            "      4g.24gb: 1\n"
            "  all-balanced:\n  - devices: all\n    mig-enabled: true\n    mig-devices:\n"
            "      1g.6gb: 2\n      2g.12gb: 1\n"
            "  all-disabled:\n  - devices: all\n    mig-enabled: false\n    mig-devices: {}\n"
            "  all-enabled:\n  - devices: all\n    mig-enabled: true\n    mig-devices: {}\n");
}

TEST(GenerateConfig, SeveralKindsAreToldApart) {
  const auto configs = generate_configs(node_of({"a30-24gb", "h100-sxm5-80gb", "h200-141gb"}));
  ASSERT_TRUE(configs);
  const auto balanced = select_config(*configs, "all-balanced");
  ASSERT_TRUE(balanced);
  EXPECT_EQ(to_yaml(*balanced),
            "version: v1\nmig-configs:\n  all-balanced:\n"
            "  - device-filter: \"0x20B710DE\"\n    devices: all\n    mig-enabled: true\n"
            "    mig-devices:\n      1g.6gb: 2\n      2g.12gb: 1\n"
            "  - device-filter: \"0x233010DE\"\n    devices: all\n    mig-enabled: true\n"
            "    mig-devices:\n      1g.10gb: 2\n      2g.20gb: 1\n      3g.40gb: 1\n"
            "  - device-filter: \"0x233510DE\"\n    devices: all\n    mig-enabled: true\n"
            "    mig-devices:\n      1g.18gb: 2\n      2g.35gb: 1\n      3g.71gb: 1\n");
  EXPECT_TRUE(select_config(*configs, "all-disabled")->entries[0].filters.empty());
}

// What is generated for a product, applies to it, reads back as text, and is reached.
TEST(GenerateConfigSweep, EveryConfigOfEveryProductApplies) {
  std::size_t applied = 0;
  for (const mig::Product& product : mig::products()) {
    if (product.geometry.profiles.empty() || product.geometry.units == 0) continue;
    sim::NodeSpec spec;
    spec.boards.resize(1);
    spec.boards[0].product = product.id;
    spec.boards[0].mig = true;
    const auto made = sim::make_node(spec);
    if (!made) continue;
    sim::SimulatedDriver driver(*made);
    const auto configs = generate_configs(driver.observe().value());
    ASSERT_TRUE(configs) << product.id << configs.error().describe();
    for (const PartedConfig& config : *configs) {
      const auto document = parse_yaml("g.yaml", to_yaml(config));
      const auto again = read_parted(*document);
      ASSERT_TRUE(again) << again.error().describe();
      const auto node = driver.observe().value();
      const auto targets = targets_of(again->front(), node);
      ASSERT_TRUE(targets) << product.id << " " << config.name << targets.error().describe();
      ApplyOptions options;
      options.allow_reset = true;
      const auto outcome = apply(plan::diff(node, *targets), driver, options);
      ASSERT_TRUE(outcome && outcome->end == End::kDone) << product.id << " " << config.name;
      ++applied;
    }
  }
  EXPECT_GT(applied, 100u);
  RecordProperty("applied", static_cast<int>(applied));
}

}  // namespace
}  // namespace septet::partition
