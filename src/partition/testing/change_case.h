// partition/testing/change_case.h — for tests: a node, what it shall become, and one run of apply.
//
// Grammar of a cut, one GPU: "off", "off+" (on waits for a reset), or instances by start:
//          ["!"] PROFILE "@" START ["/" COMPUTE ("," COMPUTE)*], "!" = in use; without compute
//          instances named, the one that fills it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <sstream>

#include "partition/apply.h"
#include "partition/testing/shared_node.h"

namespace septet::partition::testing {

namespace sim = driver::simulated;

struct ChangeCase {
  const char* name;
  std::vector<const char*> products;
  std::vector<const char*> from, to;  // by GPU
};

// Together they hold each kind of step, on Ampere, on Hopper and on a node of three kinds of GPU.
inline const std::vector<ChangeCase>& change_cases() {
  static const char* const kA = "a100-80gb";
  static const char* const kH = "h100-sxm5-80gb";
  static const std::vector<ChangeCase> cases = {
      {"ampere, another cut",
       {kA},
       {"2g.20gb@0 1g.10gb@2 !3g.40gb@4"},
       {"1g.10gb@0 1g.10gb@1 2g.20gb@2 3g.40gb@4"}},
      {"ampere, mode on", {kA}, {"off"}, {"3g.40gb@0 3g.40gb@4"}},
      {"ampere, mode off", {kA}, {"3g.40gb@0 1g.10gb@4"}, {"off"}},
      {"ampere, waiting mode taken back", {kA}, {"off+"}, {"off"}},
      {"ampere, compute instances",
       {kA},
       {"3g.40gb@0 !1g.10gb@6"},
       {"3g.40gb@0/2c.3g.40gb,1c.3g.40gb 1g.10gb@6"}},
      {"hopper, another cut",
       {kH},
       {"2g.20gb@0 1g.10gb@2 !3g.40gb@4"},
       {"1g.10gb@0 1g.10gb@1 2g.20gb@2 3g.40gb@4"}},
      {"hopper, mode on", {kH}, {"off"}, {"3g.40gb@0 3g.40gb@4"}},
      {"hopper, mode off", {kH}, {"3g.40gb@0 1g.10gb@4"}, {"off"}},
      {"hopper, compute instances",
       {kH},
       {"3g.40gb@0/1c.3g.40gb,1c.3g.40gb !1g.10gb@6"},
       {"3g.40gb@0 1g.10gb@6"}},
      {"mixed node",
       {kA, kH, "a30-24gb"},
       {"off", "!3g.40gb@0 1g.10gb@4", "!2g.12gb@0 1g.6gb@2"},
       {"2g.20gb@0", "3g.40gb@0 2g.20gb@4", "2g.12gb@0 1g.6gb@3"}},
  };
  return cases;
}

inline bool whole_sweep() {
  const char* const wish = std::getenv("SEPTET_SWEEP");
  return wish != nullptr && std::string_view(wish) == "all";
}

struct Piece {
  const mig::GpuInstanceProfile* profile = nullptr;
  mig::Placement at;
  bool busy = false;
  std::vector<const mig::ComputeInstanceProfile*> compute;
};

inline std::vector<Piece> pieces_of(const mig::Geometry& geometry, const std::string& text) {
  std::vector<Piece> pieces;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    Piece piece;
    piece.busy = word[0] == '!';
    if (piece.busy) word.erase(0, 1);
    const auto at = word.find('@'), slash = word.find('/');
    piece.profile = geometry.find_name(word.substr(0, at));
    EXPECT_NE(piece.profile, nullptr) << word;
    piece.at = {static_cast<std::uint8_t>(std::stoi(word.substr(at + 1))), piece.profile->size};
    if (slash == std::string::npos) {
      piece.compute.push_back(piece.profile->default_compute());
    } else {
      std::istringstream names(word.substr(slash + 1));
      for (std::string name; std::getline(names, name, ',');) {
        const auto& rows = piece.profile->compute;
        const auto row = std::ranges::find(rows, name, &mig::ComputeInstanceProfile::name);
        EXPECT_NE(row, rows.end()) << name;
        piece.compute.push_back(&*row);
      }
    }
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

inline bool attach(sim::NodeState& node, std::int32_t pid, std::uint32_t gpu, std::uint32_t gi,
                   std::uint32_t ci, bool graphics = false) {
  sim::ProcessState process{};
  process.pid = pid;
  process.gpu = gpu;
  process.gpu_instance = gi;
  process.compute_instance = ci;
  process.memory_mib = 10;
  process.graphics = graphics ? 1 : 0;
  return sim::attach_process(node, process) == sim::Status::kSuccess;
}

inline sim::NodeState start_of(const ChangeCase& wanted) {
  sim::NodeSpec spec;
  for (std::size_t i = 0; i < wanted.products.size(); ++i) {
    sim::BoardSpec board;
    board.product = wanted.products[i];
    board.mig = !std::string_view(wanted.from[i]).starts_with("off");
    spec.boards.push_back(board);
  }
  auto node = sim::make_node(spec).value();
  for (std::uint32_t gpu = 0; gpu < node.gpu_count; ++gpu) {
    const std::string text = wanted.from[gpu];
    if (text == "off+") (void)sim::set_mig_mode(node, gpu, true);
    if (text.starts_with("off")) continue;
    for (const Piece& piece : pieces_of(sim::geometry_of(node, node.gpus[gpu]), text)) {
      const auto made = sim::create_gpu_instance(node, gpu, piece.profile->id, piece.at);
      EXPECT_EQ(made.status, sim::Status::kSuccess);
      for (const auto* row : piece.compute) {
        EXPECT_EQ(sim::create_compute_instance(node, gpu, made.id, row->id, {}).status,
                  sim::Status::kSuccess);
      }
      if (piece.busy) {
        EXPECT_TRUE(attach(node, 4000 + static_cast<int>(gpu), gpu, made.id, 0));
      }
    }
  }
  return node;
}

inline plan::GpuCut cut_now(const sim::NodeState& node, std::uint32_t gpu) {
  return plan::cut_of(sim::describe_gpu(node, gpu));
}

inline plan::Plan plan_of(const ChangeCase& wanted, const sim::NodeState& start) {
  mig::Node node;
  std::vector<plan::GpuCut> targets;
  for (std::uint32_t gpu = 0; gpu < start.gpu_count; ++gpu) {
    node.gpus.push_back(sim::describe_gpu(start, gpu));
    plan::GpuCut target = cut_now(start, gpu);
    target.instances.clear();
    target.mode = target.pending = mig::MigMode::kOff;
    const std::string text = wanted.to[gpu];
    if (text != "off") {
      target.mode = target.pending = mig::MigMode::kOn;
      for (const Piece& piece : pieces_of(sim::geometry_of(start, start.gpus[gpu]), text)) {
        plan::InstanceCut cut{piece.profile->id, std::string(piece.profile->name), piece.at, {}};
        for (const auto* row : piece.compute)
          cut.compute.push_back({row->id, std::string(row->name), {}, {}});
        target.instances.push_back(std::move(cut));
      }
    }
    targets.push_back(std::move(target));
  }
  return plan::diff(node, targets);
}

inline ApplyOptions options_for(SharedNode& node, bool parallel) {
  ApplyOptions options;
  options.allow_reset = true;
  options.patience.sleep = [](std::chrono::milliseconds) {};
  if (parallel)
    options.open_driver = [&node] { return Result<std::unique_ptr<driver::Driver>>(node.open()); };
  return options;
}

// Instances that were in use, or that start and target share, are the very same ones: a stamp is
// never given twice.
inline void expect_kept(const plan::Plan& plan, const sim::NodeState& start,
                        const sim::NodeState& now) {
  for (const sim::ProcessState& process : start.processes) {
    if (process.pid == 0) continue;
    const auto& before = start.gpus[process.gpu].instances[process.gpu_instance];
    const auto& after = now.gpus[process.gpu].instances[process.gpu_instance];
    EXPECT_EQ(before.stamp, after.stamp) << "in use";
    EXPECT_EQ(before.compute[0].stamp, after.compute[0].stamp) << "in use";
    EXPECT_TRUE(std::ranges::any_of(now.processes,
                                    [&](const auto& one) { return one.pid == process.pid; }));
  }
  for (std::size_t i = 0; i < plan.from.size(); ++i) {
    for (const auto& live : sim::describe_gpu(start, plan.from[i].gpu).instances) {
      const auto stays = [&](const plan::InstanceCut& cut) {
        return cut.profile_id == live.profile_id && cut.at == live.at;
      };
      if (std::ranges::none_of(plan.to[i].instances, stays)) continue;
      EXPECT_EQ(start.gpus[plan.from[i].gpu].instances[live.id].stamp,
                now.gpus[plan.from[i].gpu].instances[live.id].stamp)
          << "kept";
    }
  }
}

// What the report says the GPUs are like is what they are like.
inline void expect_true_report(const Outcome& outcome, const sim::NodeState& now) {
  End worst = End::kDone;
  for (const GpuOutcome& gpu : outcome.gpus) {
    const plan::GpuCut truth = cut_now(now, gpu.from.gpu);
    worst = std::max(worst, gpu.end);
    if (gpu.now) {
      EXPECT_EQ(*gpu.now, truth);
    }
    if (gpu.end == End::kDone) {
      EXPECT_TRUE(plan::satisfies(truth, gpu.to));
    }
    if (gpu.end == End::kDone) {
      EXPECT_EQ(gpu.steps_done, gpu.steps);
    }
    if (gpu.end == End::kStuck) {
      EXPECT_TRUE(gpu.rollback_failure.has_value());
    }
    if (gpu.end == End::kStuck && gpu.now && truth != gpu.from && gpu.others.empty()) {
      EXPECT_FALSE(gpu.left.empty());
    }
    if (gpu.end == End::kRolledBack && gpu.others.empty()) {
      EXPECT_TRUE(plan::satisfies(truth, gpu.from)) << plan::to_string(truth);
    }
  }
  EXPECT_EQ(outcome.end, worst);
  EXPECT_EQ(outcome.failure.has_value(), outcome.end != End::kDone);
}

// With nothing in the way any more, the way back from wherever a run got stuck is open.
inline void expect_way_back(const plan::Plan& plan, const sim::NodeState& stuck) {
  SharedNode node(stuck);
  mig::Node seen;
  for (std::uint32_t gpu = 0; gpu < stuck.gpu_count; ++gpu)
    seen.gpus.push_back(sim::describe_gpu(stuck, gpu));
  const auto driver = node.open();
  const auto outcome = apply(plan::diff(seen, plan.from), *driver, options_for(node, false));
  ASSERT_TRUE(outcome) << outcome.error().describe();
  EXPECT_EQ(outcome->end, End::kDone);
}

}  // namespace septet::partition::testing
