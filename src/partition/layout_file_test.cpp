#include "partition/layout_file.h"

#include <gtest/gtest.h>

#include "driver/simulated/simulated_driver.h"
#include "partition/layout_targets.h"
#include "plan/diff.h"
#include "plan/keep_compute.h"
#include "plan/testing/layout_as_gpu.h"

namespace septet::partition {
namespace {

namespace sim = driver::simulated;

Result<std::vector<NamedLayout>> read(const std::string& text) {
  const auto document = TRY(parse_yaml("l.yaml", text));
  return read_layouts(document);
}

std::string gpus(const std::string& entry) { return "gpus:\n- " + entry + "\n"; }

TEST(LayoutFile, ReadsTheGrammar) {
  const auto layouts = read(
      "layouts:\n"
      "  day:\n"
      "  - gpu: [0, GPU-11, \"36:00.0\"]\n"
      "    product: h100-sxm5-80gb\n"
      "    instances:\n"
      "    - 3g.40gb:4\n"
      "    - {profile: 9, start: 0, compute: [\"2c.3g.40gb:0\", 1c.3g.40gb]}\n"
      "    - {profile: 1g.10gb, count: 2, compute: none}\n"
      "    - {memory: 18GiB, compute: 20%}\n"
      "    rest: keep\n"
      "  night:\n"
      "  - {gpu: all, mig-enabled: false}\n");
  ASSERT_TRUE(layouts) << layouts.error().describe();
  const auto day = select_layout(*layouts, "day");
  ASSERT_TRUE(day);
  const LayoutEntry& entry = day->entries[0];
  EXPECT_EQ(to_string(entry.gpus[1]), "GPU-11");
  EXPECT_TRUE(entry.keep_rest);
  ASSERT_EQ(entry.instances.size(), 4u);
  EXPECT_EQ(entry.instances[0].needs.profile, "3g.40gb");
  EXPECT_EQ(entry.instances[0].start, 4);
  EXPECT_FALSE(entry.instances[0].compute);
  EXPECT_EQ(entry.instances[1].compute->at(0).start, 0);
  EXPECT_TRUE(entry.instances[2].compute->empty());
  EXPECT_EQ(entry.instances[3].needs.compute_percent, 20);
  EXPECT_TRUE(select_layout(*layouts, "night")->entries[0].all);
  EXPECT_NE(select_layout(*layouts, "nigth").error().remedy.find("night"), std::string::npos);
  EXPECT_NE(select_layout(*layouts, "").error().remedy.find("day, night"), std::string::npos);
}

struct Mistake {
  std::string text, place, says;
};

TEST(LayoutFile, EveryMistakeHasItsPlaceAndAWayOut) {
  for (const auto& [text, place, says] : std::vector<Mistake>{
           {"gpus: 3\n", "l.yaml:1:7", "- gpu:"},
           {"gpus: []\nlayouts: {}\n", "l.yaml:2:10", "under a name"},
           {"version: 7\ngpus: []\n", "l.yaml:1:10", "v1"},
           {"layouts: []\n", "l.yaml:1:10", "map"},
           {gpus("{instances: [3g.40gb]}"), "l.yaml:2:3", "gpu: all"},
           {gpus("{gpu: 0, instance: [3g.40gb]}"), "l.yaml:2:12", "instances"},
           {gpus("{gpu: 0, gpu: 1, instances: []}"), "l.yaml:2:12", "twice"},
           {gpus("{gpu: 0}"), "l.yaml:2:3", "instances: []"},
           {gpus("{gpu: first, instances: []}"), "l.yaml:2:9", "UUID"},
           {gpus("{gpu: 5000, instances: []}"), "l.yaml:2:9", "5000"},
           {gpus("{gpu: 0, product: h100-sxm-80gb, instances: []}"), "l.yaml:2:21",
            "h100-sxm5-80gb"},
           {gpus("{gpu: 0, mig-enabled: false, instances: []}"), "l.yaml:2:43", "off"},
           {gpus("{gpu: 0, rest: stay}"), "l.yaml:2:18", "rest: keep"},
           {gpus("{gpu: 0, instances: {1g.10gb: 7}}"), "l.yaml:2:23", "count"},
           {gpus("{gpu: 0, instances: [3g.4gbb]}"), "l.yaml:2:24", "3g.4gbb"},
           {gpus("{gpu: 0, instances: [\"3g.40gb:x\"]}"), "l.yaml:2:24", "3g.40gb:4"},
           {gpus("{gpu: 0, instances: [\"3g.40gb:99\"]}"), "l.yaml:2:24", "memory unit"},
           {gpus("{gpu: 0, instances: [1c.3g.40gb]}"), "l.yaml:2:24",
            "{profile: 3g.40gb, compute: [1c.3g.40gb]}"},
           {gpus("{gpu: 0, instances: [{profile: 1g.10gb, count: 16}]}"), "l.yaml:2:50", "15"},
           {gpus("{gpu: 0, instances: [{profile: 1g.10gb, count: 0}]}"), "l.yaml:2:50",
            "at least 1"},
           {gpus("{gpu: 0, instances: [{profile: 1g.10gb, count: 9}, {profile: 1g.10gb, count: "
                 "9}]}"),
            "l.yaml:2:54", "18 instances"},
           {gpus("{gpu: 0, instances: [{profile: 1g.10gb, count: 2, start: 0}]}"), "l.yaml:2:24",
            "same place"},
           {gpus("{gpu: 0, instances: [{profile: \"1g.10gb:0\", start: 0}]}"), "l.yaml:2:54",
            "twice"},
           {gpus("{gpu: 0, instances: [{profile: 1g.10gb, memory: 3GiB}]}"), "l.yaml:2:51",
            "keep the profile"},
           {gpus("{gpu: 0, instances: [{memory: 3}]}"), "l.yaml:2:33", "GiB"},
           {gpus("{gpu: 0, instances: [{count: 3}]}"), "l.yaml:2:24", "memory"},
           {gpus("{gpu: 0, instances: [{profile: 3g.40gb, compute: 1}]}"), "l.yaml:2:52",
            "neither"},
           {gpus("{gpu: 0, instances: [{profile: 3g.40gb, compute: [9]}]}"), "l.yaml:2:53", "9"},
       }) {
    const auto layouts = read(text);
    ASSERT_FALSE(layouts) << text;
    EXPECT_EQ(layouts.error().code, Code::kInvalidArgument) << text;
    EXPECT_TRUE(layouts.error().what.starts_with(place + ":")) << layouts.error().describe();
    EXPECT_NE(layouts.error().describe().find(says), std::string::npos)
        << layouts.error().describe();
  }
}

mig::Node node_of(const std::vector<std::string>& products, bool mig = true) {
  sim::NodeSpec spec;
  for (const std::string& product : products) {
    sim::BoardSpec board;
    board.product = product;
    board.mig = mig;
    spec.boards.push_back(board);
  }
  const auto state = sim::make_node(spec).value();
  mig::Node node;
  for (std::uint32_t gpu = 0; gpu < products.size(); ++gpu)
    node.gpus.push_back(sim::describe_gpu(state, gpu));
  return node;
}

Result<std::vector<plan::GpuCut>> targets(const std::string& text, const mig::Node& node) {
  const auto layouts = TRY(read(text));
  return targets_of(layouts[0], node);
}

TEST(LayoutTargets, GpusByIndexUuidAndPciAddress) {
  const mig::Node node = node_of({"h100-sxm5-80gb", "h100-sxm5-80gb", "a30-24gb"});
  const std::string address = node.gpus[1].pci_bus_id;
  ASSERT_EQ(address.size(), 16u);
  for (const std::string& name :
       {std::string("1"), node.gpus[1].uuid, address, address.substr(4), address.substr(9)}) {
    const auto cuts = targets(gpus("{gpu: \"" + name + "\", instances: [3g.40gb]}"), node);
    ASSERT_TRUE(cuts) << name << ": " << cuts.error().describe();
    ASSERT_EQ(cuts->size(), 1u);
    EXPECT_EQ(cuts->at(0).gpu, 1u) << name;
  }
  const auto none = targets(gpus("{gpu: GPU-none, instances: [3g.40gb]}"), node);
  EXPECT_EQ(none.error().code, Code::kNotFound);
  EXPECT_NE(none.error().remedy.find(node.gpus[2].uuid), std::string::npos);
  const auto twice = targets(
      "gpus:\n- {gpu: 1, instances: []}\n- {gpu: " + node.gpus[1].uuid + ", mig-enabled: false}\n",
      node);
  EXPECT_NE(twice.error().describe().find("l.yaml:2:3"), std::string::npos);
}

TEST(LayoutTargets, AnEntryOfItsOwnGoesBeforeAll) {
  const mig::Node node = node_of({"h100-sxm5-80gb", "h100-sxm5-80gb", "a30-24gb"});
  const auto cuts = targets(
      "gpus:\n- {gpu: 1, mig-enabled: false}\n- {gpu: all, product: h100-sxm5-80gb, instances: "
      "[\"3g.40gb:4\"]}\n",
      node);
  ASSERT_TRUE(cuts) << cuts.error().describe();
  ASSERT_EQ(cuts->size(), 2u);
  EXPECT_EQ(plan::to_string(cuts->at(0)), "GPU 0: MIG on, 3g.40gb@4");
  EXPECT_EQ(cuts->at(1).mode, mig::MigMode::kOff);
}

TEST(LayoutTargets, WhatABoardLacksIsSaidWithItsPlace) {
  const mig::Node node = node_of({"h100-sxm5-80gb", "a30-24gb"});
  for (const auto& [text, place, says] : std::vector<Mistake>{
           {gpus("{gpu: 1, instances: [3g.40gb]}"), "l.yaml:2:24: GPU 1 (NVIDIA A30)", "nearest"},
           {gpus("{gpu: 0, instances: [\"3g.40gb:1\"]}"), "l.yaml:2:24: GPU 0", "0, 4"},
           {gpus("{gpu: 0, product: a30-24gb, instances: []}"), "l.yaml:2:9", "not a a30-24gb"},
           {gpus("{gpu: all, product: b200-180gb, instances: []}"), "l.yaml:2:3", "no GPU"},
           {gpus("{gpu: 0, instances: [{profile: 3g.40gb, compute: [1c.2g.20gb]}]}"), "l.yaml:2:53",
            "2c.3g.40gb"},
           {gpus("{gpu: 0, instances: [{profile: 3g.40gb, compute: [\"2c.3g.40gb:1\"]}]}"),
            "l.yaml:2:53", "cannot start at slice 1"},
           {gpus("{gpu: 0, instances: [{memory: 100GiB}]}"), "l.yaml:2:24", "fits no profile"},
           {gpus("{gpu: 0, instances: [{memory: 30GiB, start: 1}]}"), "l.yaml:2:24", "leave start"},
           {gpus("{gpu: 0, instances: [3g.40gb, 3g.40gb, 1g.10gb]}"), "l.yaml:2:3",
            "of it fits: 2x 3g.40gb"},
           {gpus("{gpu: 0, instances: [{profile: 3g.40gb, compute: [2c.3g.40gb, 2c.3g.40gb]}]}"),
            "l.yaml:2:3", "cannot hold"}}) {
    const auto cuts = targets(text, node);
    ASSERT_FALSE(cuts) << text;
    EXPECT_TRUE(cuts.error().what.starts_with(place)) << cuts.error().describe();
    EXPECT_NE(cuts.error().describe().find(says), std::string::npos) << cuts.error().describe();
  }
}

TEST(LayoutTargets, AMixtureOfNeedsAndProfiles) {
  const mig::Node node = node_of({"h100-sxm5-80gb"}, false);
  const auto cuts = targets(
      gpus("{gpu: 0, instances: [\"3g.40gb:4\", {memory: 18GiB}, {slices: 2, start: 0}]}"), node);
  ASSERT_TRUE(cuts) << cuts.error().describe();
  EXPECT_EQ(plan::to_string(cuts->at(0)), "GPU 0: MIG on, 2g.20gb@0 1g.20gb@2 3g.40gb@4");
}

// As written by layout_text and read back, every layout is exactly itself.
TEST(LayoutFile, WrittenAndReadBackNothingDiffers) {
  for (const char* const id : {"a30-24gb", "h100-sxm5-80gb"}) {
    const mig::Product& product = *mig::find_product(id);
    const auto plain = [](const mig::GpuInstanceProfile& profile) {
      return profile.media == mig::Media::kPlain && !profile.graphics;
    };
    std::size_t count = 0;
    for (const mig::Layout& layout : mig::layouts(product.geometry, plain, false)) {
      mig::Node node;
      node.gpus.push_back(plan::testing::layout_as_gpu(product, layout));
      mig::Gpu& gpu = node.gpus[0];
      gpu.name = product.id;
      // Every third instance holds another set of compute instances, or none.
      for (std::size_t i = 0; i < gpu.instances.size(); ++i) {
        const auto* const profile = layout.instances()[i].profile;
        const auto sets = plan::testing::compute_sets(*profile);
        if ((count + i) % 3 != 0) continue;
        gpu.instances[i].compute.clear();
        for (const auto& [row, at] : sets[(count + i) % sets.size()]) {
          const auto number = static_cast<std::uint32_t>(gpu.instances[i].compute.size());
          gpu.instances[i].compute.push_back(
              {number, row->id, at, std::string(row->name), "MIG-x", 0, 0});
        }
      }
      const auto text = layout_text(node);
      ASSERT_TRUE(text) << text.error().describe();
      const auto cuts = targets(*text, node);
      ASSERT_TRUE(cuts) << *text << cuts.error().describe();
      ASSERT_TRUE(plan::diff(node, *cuts).empty()) << *text;
      // Only its own GPU can be meant, and on another layout it asks for exactly this one.
      ASSERT_TRUE(plan::satisfies(plan::cut_of(gpu), cuts->at(0))) << *text;
      ++count;
    }
    EXPECT_GT(count, 20u);
  }
}

}  // namespace
}  // namespace septet::partition
