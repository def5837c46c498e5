#include "partition/parted_file.h"

#include <gtest/gtest.h>

#include "driver/simulated/simulated_driver.h"
#include "partition/apply.h"
#include "partition/parted_export.h"
#include "partition/parted_targets.h"

namespace septet::partition {
namespace {

namespace sim = driver::simulated;

Result<std::vector<PartedConfig>> read(const std::string& text) {
  const auto document = TRY(parse_yaml("p.yaml", text));
  return read_parted(document);
}

std::string config(const std::string& entry) {
  return "version: v1\nmig-configs:\n  c:\n  - " + entry + "\n";
}

TEST(PartedFile, ReadsTheGrammar) {
  const auto configs = read(
      "version: v1\nmig-configs:\n"
      "  off:\n  - {devices: all, mig-enabled: false}\n"
      "  mixed:\n"
      "  - {devices: [0, 2], device-filter: \"0x233010DE\", mig-enabled: true, mig-devices: "
      "{\"1g.10gb\": 7}}\n"
      "  - {devices: all, device-filter: [\"0x20B210DE\", \"0x233010DE:0x16C110DE\"], mig-enabled: "
      "true, mig-devices: {}}\n");
  ASSERT_TRUE(configs) << configs.error().what;
  ASSERT_EQ(configs->size(), 2u);
  const auto mixed = select_config(*configs, "mixed");
  ASSERT_TRUE(mixed);
  EXPECT_EQ(mixed->entries[0].devices, (std::vector<std::uint32_t>{0, 2}));
  EXPECT_EQ(mixed->entries[0].filters[0].device, 0x233010DEu);
  EXPECT_EQ(mixed->entries[1].filters[1].subsystem, 0x16C110DEu);
  EXPECT_TRUE(mixed->entries[1].mig_devices.empty());
  EXPECT_FALSE(select_config(*configs, ""));
  EXPECT_NE(select_config(*configs, "mixd").error().remedy.find("mixed"), std::string::npos);
}

TEST(PartedFile, EveryMistakeHasItsPlace) {
  for (const auto& [text, says] : std::vector<std::pair<std::string, std::string>>{
           {"mig-configs: {c: [{devices: all, mig-enabled: false}]}", "version"},
           {"version: v2\nmig-configs: {c: [{devices: all, mig-enabled: false}]}", "v1"},
           {config("{devices: all, mig-enabled: true}"), "mig-devices"},
           {config("{devices: all, mig-enabled: false, mig-devices: {\"1g.10gb\": 1}}"),
            "mig-enabled"},
           {config("{devices: every, mig-enabled: false}"), "all"},
           {config("{mig-enabled: false}"), "devices"},
           {config("{devices: all, mig-enabled: perhaps}"), "mig-enabled"},
           {config("{devices: all, mig-enable: true}"), "mig-enabled"},
           {config("{devices: all, mig-enabled: true, mig-devices: {\"1h.10gb\": 1}}"), "1h.10gb"},
           {config("{devices: all, mig-enabled: true, mig-devices: {\"1g.10gb\": 0}}"),
            "every count"},
           {config("{devices: all, mig-enabled: true, mig-devices: {\"1g.10gb\": -1}}"), "count"},
           {config(
                "{devices: all, mig-enabled: true, mig-devices: {\"1g.10gb\": 1, \"1g.10gb\": 2}}"),
            "twice"},
           {config("{devices: all, device-filter: h100, mig-enabled: false}"), "PCI"},
           {"version: v1\nmig-configs: {c: []}", "list"}}) {
    const auto configs = read(text);
    ASSERT_FALSE(configs) << text;
    EXPECT_TRUE(configs.error().what.starts_with("p.yaml:")) << configs.error().what;
    EXPECT_NE(configs.error().describe().find(says), std::string::npos)
        << configs.error().describe();
  }
}

sim::NodeSpec spec_of(const std::vector<std::string>& products) {
  sim::NodeSpec spec;
  for (const std::string& product : products) {
    sim::BoardSpec board;
    board.product = product;
    board.mig = true;
    spec.boards.push_back(board);
  }
  return spec;
}

Result<plan::Plan> plan_for(driver::Driver& driver, const std::string& text) {
  const auto configs = TRY(read(text));
  const auto config = TRY(select_config(configs, "c"));
  const auto node = TRY(driver.observe());
  const auto targets = TRY(targets_of(config, node));
  return plan::diff(node, targets);
}

// What export writes, read back, changes nothing: for what a few configs make of a mixed node.
TEST(PartedFile, ExportReadBackChangesNothing) {
  const auto node = sim::make_node(spec_of({"h100-sxm5-80gb", "a30-24gb", "h100-sxm5-80gb"}));
  ASSERT_TRUE(node) << node.error().what;
  for (const std::string entry :
       {"{devices: all, mig-enabled: true, mig-devices: {}}",
        "{devices: [0, 2], mig-enabled: true, mig-devices: {1g.10gb: 2, 2g.20gb: 1, 3g.40gb: 1}}",
        "{devices: [0], mig-enabled: true, mig-devices: {\"1c.3g.40gb\": 4, \"2c.3g.40gb\": 1}}",
        "{devices: [2], mig-enabled: true, mig-devices: {\"1g.10gb+me\": 1, \"1g.20gb\": 2}}",
        "{devices: [1], mig-enabled: true, mig-devices: {\"1g.6gb\": 2, \"2g.12gb\": 1}}",
        "{devices: [0], mig-enabled: false}"}) {
    sim::SimulatedDriver driver(*node);
    const auto plan = plan_for(driver, config(entry));
    ASSERT_TRUE(plan) << plan.error().describe();
    const auto outcome = apply(*plan, driver, {});
    ASSERT_TRUE(outcome) << outcome.error().describe();
    ASSERT_EQ(outcome->end, End::kDone) << outcome->failure->describe();
    const auto exported = export_node(driver.observe().value(), "c").value();
    EXPECT_TRUE(exported.losses.empty());
    const auto again = plan_for(driver, to_yaml(exported.config));
    ASSERT_TRUE(again) << again.error().describe() << to_yaml(exported.config);
    EXPECT_TRUE(again->empty()) << to_yaml(exported.config) << plan::to_string(*again);
  }
}

TEST(PartedTargets, LaterEntriesWinAndOthersStay) {
  sim::SimulatedDriver driver(*sim::make_node(spec_of({"h100-sxm5-80gb", "h100-sxm5-80gb"})));
  const auto plan =
      plan_for(driver,
               "version: v1\nmig-configs:\n  c:\n"
               "  - {devices: [1], mig-enabled: true, mig-devices: {\"1g.10gb\": 7}}\n"
               "  - {devices: [1], mig-enabled: true, mig-devices: {\"7g.80gb\": 1}}\n");
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan::to_string(*plan), "+ 1 7g.80gb@0\n+ 1 7g.80gb@0 / 7g.80gb\n");
}

TEST(PartedTargets, WhatCannotBeIsSaid) {
  sim::SimulatedDriver driver(*sim::make_node(spec_of({"h100-sxm5-80gb"})));
  const auto crowded = plan_for(
      driver,
      config("{devices: all, mig-enabled: true, mig-devices: {\"3g.40gb\": 2, \"1g.10gb\": 1}}"));
  ASSERT_FALSE(crowded);
  EXPECT_EQ(crowded.error().code, Code::kInfeasible);
  EXPECT_TRUE(crowded.error().what.starts_with("p.yaml:4:")) << crowded.error().what;
  const auto absent = plan_for(driver, config("{devices: [3], mig-enabled: false}"));
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, Code::kNotFound);
  const auto foreign =
      plan_for(driver, config("{devices: all, mig-enabled: true, mig-devices: {\"1g.5gb\": 1}}"));
  ASSERT_FALSE(foreign);
}

}  // namespace
}  // namespace septet::partition
