#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "driver/simulated/fixed_text.h"
#include "driver/simulated/machine.h"
#include "driver/simulated/pci_address.h"

namespace septet::driver::simulated {
namespace {

NodeSpec spec_of(std::size_t gpus, const std::string& product = "h100-sxm5-80gb") {
  NodeSpec spec;
  spec.boards.resize(gpus);
  for (BoardSpec& board : spec.boards) board.product = product;
  return spec;
}

std::string why_not(const NodeSpec& spec) {
  const auto node = make_node(spec);
  return node ? "made" : node.error().describe();
}

TEST(MakeNode, EveryProductAtEveryCount) {
  for (const mig::Product& product : mig::products()) {
    for (const std::size_t gpus : {1u, 2u, 3u, 8u, 32u}) {
      const auto node = make_node(spec_of(gpus, std::string(product.id)));
      ASSERT_TRUE(node) << product.id << ": " << node.error().describe();
      const auto sane = check(*node);
      ASSERT_TRUE(sane) << product.id << ": " << sane.error().describe();
    }
  }
}

TEST(MakeNode, GivesEachGpuItsOwnPlaceAndNames) {
  const auto node = make_node(spec_of(8));
  ASSERT_TRUE(node);
  std::set<std::string> serials;
  std::set<mig::Uuid> uuids;
  for (std::uint32_t i = 0; i < 8; ++i) {
    EXPECT_EQ(node->gpus[i].minor, i);
    EXPECT_EQ(node->gpus[i].numa_node, i < 4 ? 0 : 1);
    EXPECT_EQ(text_of(node->gpus[i].serial).size(), 13u);
    serials.emplace(text_of(node->gpus[i].serial));
    uuids.insert(node->gpus[i].uuid);
  }
  EXPECT_EQ(serials.size(), 8u);
  EXPECT_EQ(uuids.size(), 8u);
  EXPECT_EQ(node->gpus[0].pci_bus, 0x1bu);
  EXPECT_EQ(make_node(spec_of(1))->gpus[0].numa_node, 0);
}

TEST(MakeNode, TheSeedDecidesTheNames) {
  NodeSpec other = spec_of(1);
  other.seed = 2;
  EXPECT_EQ(make_node(spec_of(1))->gpus[0].uuid, make_node(spec_of(1))->gpus[0].uuid);
  EXPECT_NE(make_node(spec_of(1))->gpus[0].uuid, make_node(other)->gpus[0].uuid);
}

TEST(MakeNode, TakesWhatIsSaid) {
  NodeSpec spec = spec_of(2);
  spec.boards[0].name = "NVIDIA H800";  // with or without the vendor
  spec.boards[0].pci = "0000:C3:00.0";  // the second default of two is 9D; C3 is nobody's
  spec.boards[0].uuid = "GPU-2f815c32-768d-d782-1073-db01d7b90215";
  spec.boards[0].numa = 5;
  spec.driver_version = "580.65.06";
  const auto node = make_node(spec);
  ASSERT_TRUE(node) << node.error().describe();
  EXPECT_EQ(text_of(node->gpus[0].name), mig::find_product_by_pci(0x232410DEu)->boards[1].name);
  EXPECT_EQ(node->gpus[0].pci_device_id, 0x232410DEu);
  EXPECT_EQ(node->gpus[0].pci_bus, 0xc3u);
  EXPECT_EQ(mig::uuid_text(node->gpus[0].uuid), "2f815c32-768d-d782-1073-db01d7b90215");
  EXPECT_EQ(node->gpus[0].numa_node, 5);
  EXPECT_EQ(node->cuda_version, 13000u);
}

TEST(MakeNode, ADefaultPlaceGivesWay) {
  NodeSpec spec = spec_of(2);
  spec.boards[1].pci = "00000000:1B:00.0";  // the first one's default
  const auto node = make_node(spec);
  ASSERT_TRUE(node);
  EXPECT_EQ(node->gpus[0].pci_bus, 0x1cu);
}

TEST(MakeNode, SaysWhatIsWrong) {
  EXPECT_NE(why_not(spec_of(1, "h100-sxm-80gb")).find("h100-sxm5-80gb"), std::string::npos);
  EXPECT_NE(why_not(spec_of(0)).find("without GPUs"), std::string::npos);
  EXPECT_NE(why_not(spec_of(33)).find("at most 32"), std::string::npos);
  NodeSpec spec = spec_of(2);
  spec.boards[1].pci = "36:00.0";
  EXPECT_NE(why_not(spec).find("GPU 1: \"36:00.0\" is not a PCI address"), std::string::npos);
  spec.boards[0].pci = spec.boards[1].pci = "0000:36:00.0";
  EXPECT_NE(why_not(spec).find("another GPU already sits"), std::string::npos);
  spec = spec_of(2);
  spec.boards[0].uuid = spec.boards[1].uuid = "2f815c32-768d-d782-1073-db01d7b90215";
  EXPECT_NE(why_not(spec).find("the same UUID"), std::string::npos);
  spec.boards[0].uuid = "nonsense";
  EXPECT_NE(why_not(spec).find("is not a UUID"), std::string::npos);
  spec = spec_of(1);
  spec.boards[0].name = "NVIDIA H100 80GB HBM2";
  EXPECT_NE(why_not(spec).find("did you mean NVIDIA H100 80GB HBM3"), std::string::npos);
  spec = spec_of(1);
  spec.driver_version = "latest";
  EXPECT_NE(why_not(spec).find("is not a driver version"), std::string::npos);
}

struct AgeCase {
  const char* product;
  const char* too_old;
  const char* old_enough;
};
class DriverAge : public testing::TestWithParam<AgeCase> {};
TEST_P(DriverAge, IsChecked) {
  NodeSpec spec = spec_of(1, GetParam().product);
  spec.driver_version = GetParam().too_old;
  EXPECT_NE(why_not(spec).find("is too old for GPU 0"), std::string::npos) << why_not(spec);
  spec.driver_version = GetParam().old_enough;
  EXPECT_EQ(why_not(spec), "made");
}
INSTANTIATE_TEST_SUITE_P(, DriverAge,
                         testing::Values(AgeCase{"a100-40gb", "440.33.01", "450.80.02"},
                                         AgeCase{"h100-sxm5-80gb", "520.61.05", "525.60.13"},
                                         AgeCase{"b200-180gb", "565.57.01", "570.86.15"},
                                         AgeCase{"rtx-pro-6000-blackwell-96gb", "570.86.15",
                                                 "575.51.02"}));

TEST(PciAddress, ReadsBothFormsAndWritesTheLong) {
  EXPECT_EQ(to_string(*parse_pci_address("0000:3b:1f.0")), "00000000:3B:1F.0");
  EXPECT_EQ(to_string(*parse_pci_address("0001ABCD:3B:00.0")), "0001ABCD:3B:00.0");
  for (const char* bad : {"", ":", "0000:3b:20.0", "0000:3b:00.1", "000:3b:00.0", "0000:3b:00",
                          "0000:3g:00.0", "00000000:36:00.00"})
    EXPECT_FALSE(parse_pci_address(bad)) << bad;
}

// Each mutation is one that a damaged or forged file could hold; check must name the field.
TEST(Check, RefusesEveryFieldThatCannotBe) {
  NodeSpec spec = spec_of(2);
  spec.boards[0].mig = spec.boards[1].mig = true;
  const auto clean = std::make_unique<NodeState>(*make_node(spec));
  ASSERT_EQ(create_gpu_instance(*clean, 0, 9, std::nullopt).id, 2u);
  ASSERT_EQ(create_compute_instance(*clean, 0, 2, 0, std::nullopt).id, 0u);
  ASSERT_TRUE(check(*clean));
  struct Damage {
    const char* field;
    void (*make)(NodeState&);
  };
  const Damage damages[] = {
      {"gpu_count", [](NodeState& n) { n.gpu_count = 33; }},
      {"driver_version", [](NodeState& n) { n.driver_version[0] = 'x'; }},
      {"cuda_version", [](NodeState& n) { n.cuda_version = 1; }},
      {"product", [](NodeState& n) { n.gpus[1].product[0] = 'z'; }},
      {"name", [](NodeState& n) { n.gpus[1].name[9] = '?'; }},
      {"pci address", [](NodeState& n) { n.gpus[1].pci_bus = 0x100; }},
      {"pci address", [](NodeState& n) { n.gpus[1].pci_bus = n.gpus[0].pci_bus; }},
      {"minor", [](NodeState& n) { n.gpus[1].minor = 0; }},
      {"uuid", [](NodeState& n) { n.gpus[1].uuid = n.gpus[0].uuid; }},
      {"yes-or-no", [](NodeState& n) { n.gpus[1].rotated = 2; }},
      {"mig_current", [](NodeState& n) { n.gpus[0].mig_current = 0; }},
      {"stamp", [](NodeState& n) { n.gpus[0].instances[2].stamp = 99; }},
      {"profile_id", [](NodeState& n) { n.gpus[0].instances[2].profile_id = 3; }},
      {"placement", [](NodeState& n) { n.gpus[0].instances[2].start = 2; }},
      {"id", [](NodeState& n) { n.gpus[0].instances[2].start = 0; }},
      {"profile_id", [](NodeState& n) { n.gpus[0].instances[2].compute[0].profile_id = 8; }},
      {"placement", [](NodeState& n) { n.gpus[0].instances[2].compute[0].start = 200; }},
      {"engine", [](NodeState& n) { n.gpus[0].instances[2].compute[0].engine ^= 1; }},
      {"uuid", [](NodeState& n) { n.gpus[0].instances[2].compute[0].uuid[3] ^= 1; }},
      {"gpu",
       [](NodeState& n) {
         n.processes[3].pid = 1;
         n.processes[3].gpu = 2;
       }},
      {"gpu_instance",
       [](NodeState& n) {
         n.processes[3].pid = 1;
         n.processes[3].gpu_instance = 7;
       }},
      {"code", [](NodeState& n) { n.faults[3].kind = FaultKind::kCallFails; }},
      {"sequence", [](NodeState& n) { n.events[3].sequence = 4; }},
  };
  for (const Damage& damage : damages) {
    const auto node = std::make_unique<NodeState>(*clean);
    damage.make(*node);
    const auto sane = check(*node);
    ASSERT_FALSE(sane) << damage.field;
    EXPECT_NE(sane.error().what.find(damage.field), std::string::npos) << sane.error().what;
  }
}

}  // namespace
}  // namespace septet::driver::simulated
