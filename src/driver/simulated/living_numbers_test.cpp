// Identity (R4), living numbers, faults and events: what is not a yes or no of one call.
#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "driver/simulated/fixed_text.h"
#include "driver/simulated/machine.h"

namespace septet::driver::simulated {
namespace {

std::unique_ptr<NodeState> node_of(const std::string& product, std::size_t gpus = 1) {
  NodeSpec spec;
  spec.boards.resize(gpus);
  for (BoardSpec& board : spec.boards) {
    board.product = product;
    board.mig = true;
  }
  const auto node = make_node(spec);
  EXPECT_TRUE(node) << node.error().describe();
  return std::make_unique<NodeState>(*node);
}

ProcessState worker(std::uint32_t gi, std::uint32_t ci, std::uint64_t mib, std::uint32_t sm,
                    std::uint32_t memory) {
  ProcessState process{};
  process.pid = 100 + static_cast<std::int32_t>(gi * 8 + ci);
  process.gpu_instance = gi;
  process.compute_instance = ci;
  process.memory_mib = mib;
  process.sm_percent = sm;
  process.memory_percent = memory;
  set_text(process.name, "train");
  return process;
}

TEST(Identity, TheSameLayoutHasTheSameUuidsWhateverTheOrder) {
  const auto there = node_of("a100-40gb");
  const auto back = node_of("a100-40gb");
  const auto make = [](NodeState& node, std::uint32_t profile, std::uint8_t start,
                       std::uint8_t size) {
    const Created gi = create_gpu_instance(node, 0, profile, mig::Placement{start, size});
    ASSERT_EQ(gi.status, Status::kSuccess);
    for (std::uint32_t i = 0; i < 2; ++i)
      ASSERT_EQ(create_compute_instance(node, 0, gi.id, 0, std::nullopt).status, Status::kSuccess);
  };
  make(*there, 9, 0, 4);
  make(*there, 14, 4, 2);
  make(*back, 14, 4, 2);
  make(*back, 9, 0, 4);
  std::array<MigDevice, 64> devices;
  ASSERT_EQ(mig_devices(there->gpus[0], devices), 4u);
  std::set<mig::Uuid> uuids;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto& a = there->gpus[0].instances[devices[i].gi].compute[devices[i].ci];
    const auto& b = back->gpus[0].instances[devices[i].gi].compute[devices[i].ci];
    EXPECT_EQ(a.uuid, b.uuid);
    uuids.insert(a.uuid);
  }
  EXPECT_EQ(uuids.size(), 4u);
}

TEST(Identity, DevicesAreInOrderOfGpuInstanceThenComputeInstance) {
  const auto node = node_of("a100-40gb");
  for (const std::uint32_t profile : {19u, 14u, 5u})  // ids 13, 5, 1
    create_compute_instance(*node, 0, create_gpu_instance(*node, 0, profile, std::nullopt).id, 0,
                            std::nullopt);
  std::array<MigDevice, 2> two;
  ASSERT_EQ(mig_devices(node->gpus[0], two), 2u);  // as many as there is room for
  EXPECT_EQ(two[0].gi, 1u);
  EXPECT_EQ(two[1].gi, 5u);
}

TEST(Load, AnIdleInstanceUsesItsReserveAndTheGpuTheSum) {
  const auto node = node_of("h100-sxm5-80gb");
  const std::uint64_t empty = gpu_load(*node, 0).memory_used_mib;
  for (int i = 0; i < 2; ++i) create_gpu_instance(*node, 0, 9, std::nullopt);
  const Load instance = instance_load(*node, 0, 2, std::nullopt);
  EXPECT_EQ(instance.memory_used_mib, 44u);  // recorded: h100-80gb.2x3g.nvidia-smi.txt
  EXPECT_EQ(instance.memory_total_mib, 40448u);
  EXPECT_EQ(instance.bar1_total_mib, 24740u);
  EXPECT_EQ(gpu_load(*node, 0).memory_used_mib, empty + 88);
}

TEST(Load, ActivityIsWeightedByShareOfTheGpu) {
  const auto node = node_of("h100-sxm5-80gb");
  const std::uint32_t gi = create_gpu_instance(*node, 0, 9, std::nullopt).id;
  ASSERT_EQ(create_compute_instance(*node, 0, gi, 2, std::nullopt).id, 0u);
  ASSERT_EQ(attach_process(*node, worker(gi, 0, 1000, 100, 50)), Status::kSuccess);
  EXPECT_EQ(instance_load(*node, 0, gi, 0).sm_percent, 100u);
  EXPECT_EQ(instance_load(*node, 0, gi, std::nullopt).sm_percent, 100u);
  EXPECT_EQ(instance_load(*node, 0, gi, 0).memory_used_mib, 1044u);
  EXPECT_EQ(gpu_load(*node, 0).sm_percent, 45u);      // 60 of 132 SMs
  EXPECT_EQ(gpu_load(*node, 0).memory_percent, 25u);  // half of 4 of 8 units
}

TEST(Load, MemoryHasAnEnd) {
  const auto node = node_of("h100-sxm5-80gb");
  const std::uint32_t gi = create_gpu_instance(*node, 0, 9, std::nullopt).id;
  create_compute_instance(*node, 0, gi, 0, std::nullopt);
  create_compute_instance(*node, 0, gi, 0, std::nullopt);
  EXPECT_EQ(attach_process(*node, worker(gi, 0, 40405, 0, 0)), Status::kInsufficientResources);
  EXPECT_EQ(attach_process(*node, worker(gi, 0, 40404, 0, 0)), Status::kSuccess);
  EXPECT_EQ(attach_process(*node, worker(gi, 0, 40404, 10, 0)), Status::kSuccess);  // itself again
  EXPECT_EQ(attach_process(*node, worker(gi, 1, 1, 0, 0)), Status::kInsufficientResources);
  EXPECT_TRUE(check(*node));
}

TEST(Load, InstancesOfUnifiedMemoryUseTheGpus) {
  const auto node = node_of("thor-igpu");
  const std::uint32_t gi = create_gpu_instance(*node, 0, 14, std::nullopt).id;
  create_compute_instance(*node, 0, gi, 1, std::nullopt);
  const std::uint64_t before = gpu_load(*node, 0).memory_used_mib;
  ASSERT_EQ(attach_process(*node, worker(gi, 0, 5000, 0, 0)), Status::kSuccess);
  EXPECT_EQ(gpu_load(*node, 0).memory_used_mib, before + 5000);
  EXPECT_EQ(instance_load(*node, 0, gi, std::nullopt).memory_used_mib, 0u);
  EXPECT_TRUE(check(*node));
}

TEST(Telemetry, FollowsThePowerModel) {
  const auto node = node_of("h100-sxm5-80gb");
  const Telemetry idle = telemetry(*node, 0);
  const std::uint32_t gi = create_gpu_instance(*node, 0, 0, std::nullopt).id;
  create_compute_instance(*node, 0, gi, 4, std::nullopt);
  ASSERT_EQ(attach_process(*node, worker(gi, 0, 1, 100, 0)), Status::kSuccess);
  const Telemetry busy = telemetry(*node, 0);
  EXPECT_EQ(busy.power_mw, idle.power_mw + (idle.power_limit_mw - idle.power_mw) * 55 / 100);
  EXPECT_GT(busy.temperature_c, idle.temperature_c);
  EXPECT_LT(idle.sm_clock_mhz, busy.sm_clock_mhz);
  EXPECT_EQ(busy.sm_clock_mhz, busy.sm_clock_max_mhz);
  EXPECT_EQ(idle.memory_clock_mhz, idle.memory_clock_max_mhz);  // HBM
}

TEST(Telemetry, EnergyIsPowerTimesTimeAndSettles) {
  const auto node = node_of("h100-sxm5-80gb");
  const std::uint64_t second = 1'000'000'000;
  node->gpus[0].energy_at_ns = 5 * second;
  const std::uint64_t per_second = telemetry(*node, 0).power_mw;
  EXPECT_EQ(energy_mj(*node, 0, 8 * second), 3 * per_second);
  settle_energy(*node, 8 * second);
  EXPECT_EQ(energy_mj(*node, 0, 9 * second), 4 * per_second);
  EXPECT_EQ(energy_mj(*node, 0, 1 * second),
            3 * per_second);  // a clock set back takes nothing away
}

TEST(Faults, FailTheNthCallThatManyTimes) {
  FaultState fault{};
  fault.kind = FaultKind::kCallFails;
  fault.code = 19;
  const auto answers = [&](std::uint32_t nth, std::uint32_t times) {
    fault.nth = nth;
    fault.times = times;
    std::string text;
    for (std::uint32_t call = 1; call <= 5; ++call)
      text += fault_answer(fault, call) == Status::kSuccess ? '.' : 'x';
    return text;
  };
  EXPECT_EQ(answers(0, 0), "xxxxx");
  EXPECT_EQ(answers(1, 1), "x....");
  EXPECT_EQ(answers(3, 1), "..x..");
  EXPECT_EQ(answers(2, 2), ".xx..");
  EXPECT_EQ(answers(4, 0), "...xx");
}

TEST(Faults, ConcernTheCallAndTheGpuTheyName) {
  FaultState fault{};
  fault.kind = FaultKind::kCallFails;
  fault.gpu = 1;
  fault.call = fault_call_hash("nvmlDeviceGetName");
  EXPECT_TRUE(fault_concerns(fault, fault_call_hash("nvmlDeviceGetName"), 1));
  EXPECT_FALSE(fault_concerns(fault, fault_call_hash("nvmlDeviceGetName"), 0));
  EXPECT_FALSE(fault_concerns(fault, fault_call_hash("nvmlDeviceGetUUID"), 1));
  fault.kind = FaultKind::kDenied;
  fault.call = 0;
  EXPECT_TRUE(fault_concerns(fault, fault_call_hash("nvmlDeviceCreateGpuInstance"), 1));
  EXPECT_FALSE(fault_concerns(fault, fault_call_hash("nvmlDeviceGetName"), 1));
}

TEST(Faults, AreBoundedAndNumbered) {
  const auto node = node_of("h100-sxm5-80gb");
  FaultState fault{};
  fault.kind = FaultKind::kDenied;
  fault.gpu = kNone;
  for (std::uint32_t i = 1; i <= kMaxFaults; ++i) EXPECT_EQ(add_fault(*node, fault).value(), i);
  EXPECT_EQ(node->faults[0].code, 4u);
  EXPECT_FALSE(add_fault(*node, fault));
  EXPECT_TRUE(check(*node));
  clear_faults(*node);
  EXPECT_EQ(add_fault(*node, fault).value(), kMaxFaults + 1);  // a number is never used twice
  fault.gpu = 1;
  EXPECT_FALSE(add_fault(*node, fault));
}

TEST(Events, KeepTheLastOnes) {
  const auto node = node_of("h100-sxm5-80gb");
  for (std::uint64_t i = 1; i <= kMaxEvents + 5; ++i) post_event(*node, 8, i, 0, kNone, kNone);
  EXPECT_EQ(node->next_event, kMaxEvents + 6);
  EXPECT_EQ(node->events[(kMaxEvents + 5) % kMaxEvents].data, kMaxEvents + 5);
  EXPECT_TRUE(check(*node));
}

TEST(Processes, TheDeadAreForgotten) {
  const auto node = node_of("h100-sxm5-80gb");
  const std::uint32_t gi = create_gpu_instance(*node, 0, 9, std::nullopt).id;
  create_compute_instance(*node, 0, gi, 0, std::nullopt);
  create_compute_instance(*node, 0, gi, 0, std::nullopt);
  attach_process(*node, worker(gi, 0, 1, 0, 0));
  attach_process(*node, worker(gi, 1, 1, 0, 0));
  reap_processes(*node, [](const ProcessState& process) { return process.compute_instance == 1; });
  EXPECT_EQ(destroy_compute_instance(*node, 0, gi, 0), Status::kSuccess);
  EXPECT_EQ(destroy_compute_instance(*node, 0, gi, 1), Status::kInUse);
}

}  // namespace
}  // namespace septet::driver::simulated
