// From every set of compute instances inside a GPU instance to every multiset of them, as planned
// by place() and carried out on the simulated node, with some in use.
#include <gtest/gtest.h>

#include <set>

#include "partition/testing/change_case.h"
#include "plan/place.h"
#include "plan/testing/layout_as_gpu.h"

namespace septet::partition {
namespace {

namespace sim = driver::simulated;
using Set = plan::testing::ComputeSet;

sim::NodeState empty_node(const char* product) {
  sim::NodeSpec spec;
  sim::BoardSpec board;
  board.product = product;
  board.mig = true;
  spec.boards = {board};
  return sim::make_node(spec).value();
}

// The GPU instance at its first start, with `held` inside; those of the bits of `busy` in use.
sim::NodeState node_with(const sim::NodeState& empty, const mig::GpuInstanceProfile& profile,
                         const Set& held, std::size_t busy) {
  sim::NodeState node = empty;
  const auto made = sim::create_gpu_instance(node, 0, profile.id, {});
  EXPECT_EQ(made.status, sim::Status::kSuccess);
  for (std::size_t i = 0; i < held.size(); ++i) {
    const auto inside =
        sim::create_compute_instance(node, 0, made.id, held[i].first->id, held[i].second);
    EXPECT_EQ(inside.status, sim::Status::kSuccess);
    if (((busy >> i) & 1u) != 0) {
      EXPECT_TRUE(testing::attach(node, 5000 + static_cast<int>(i), 0, made.id, inside.id));
    }
  }
  return node;
}

struct Counts {
  std::size_t done = 0, refused = 0;
};

void change(const sim::NodeState& start, const plan::Wanted& wanted, Counts& counts) {
  mig::Node seen;
  seen.gpus.push_back(sim::describe_gpu(start, 0));
  const auto target = plan::place(seen.gpus[0], wanted);
  ASSERT_TRUE(target) << target.error().describe();
  const plan::Plan plan = plan::diff(seen, {*target});
  testing::SharedNode node(start);
  const auto driver = node.open();
  const auto outcome = apply(plan, *driver, testing::options_for(node, false));
  if (!outcome) {
    // Only what in-use instances leave no room for.
    ASSERT_EQ(outcome.error().code, Code::kBusy);
    ASSERT_FALSE(plan.blocked().empty());
    ++counts.refused;
    return;
  }
  ASSERT_EQ(outcome->end, End::kDone)
      << plan::to_string(plan.from[0]) << " -> " << plan::to_string(plan.to[0]) << "\n"
      << plan::to_string(plan) << outcome->failure->describe();
  for (const sim::ProcessState& process : start.processes) {
    if (process.pid == 0) continue;
    const auto& before =
        start.gpus[0].instances[process.gpu_instance].compute[process.compute_instance];
    const auto& after =
        node.state().gpus[0].instances[process.gpu_instance].compute[process.compute_instance];
    ASSERT_EQ(before.stamp, after.stamp);
  }
  ++counts.done;
}

TEST(PlaceApplySweep, EverySetOfComputeInstancesToEveryOther) {
  for (const auto& [product, name] : {std::pair("a100-80gb", "3g.40gb"),
                                      {"a100-80gb", "4g.40gb"},
                                      {"h100-sxm5-80gb", "3g.40gb"},
                                      {"h100-sxm5-80gb", "4g.40gb"},
                                      {"a30-24gb", "4g.24gb"}}) {
    const sim::NodeState empty = empty_node(product);
    const auto& profile = *sim::geometry_of(empty, empty.gpus[0]).find_name(name);
    const std::vector<Set> all = plan::testing::compute_sets(profile);
    std::set<std::vector<std::uint32_t>> multisets;
    for (const Set& set : all) {
      std::vector<std::uint32_t> ids;
      for (const auto& spot : set) ids.push_back(spot.first->id);
      std::ranges::sort(ids);
      multisets.insert(ids);
    }
    Counts counts;
    std::size_t turn = 0;
    for (const Set& held : all) {
      for (const auto& ids : multisets) {
        const std::size_t busy = turn++ % (std::size_t{1} << held.size());
        plan::WantedInstance wanted{&profile, {}, {}};
        for (const std::uint32_t id : ids)
          wanted.compute.push_back({id, std::string(profile.find_compute(id)->name), {}, {}});
        change(node_with(empty, profile, held, busy), {{wanted}, false}, counts);
        ASSERT_FALSE(HasFailure()) << product << " " << name;
      }
    }
    std::printf("%s %s: %zu sets x %zu multisets: %zu carried out, %zu refused as in use\n",
                product, name, all.size(), multisets.size(), counts.done, counts.refused);
  }
}

}  // namespace
}  // namespace septet::partition
