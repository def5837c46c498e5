// partition/testing/scratch_journal.h — for tests: a state directory of its own, a clock that
// ticks, and layouts in words.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "driver/simulated/simulated_driver.h"
#include "partition/apply.h"
#include "partition/journal.h"

namespace septet::partition {

class ScratchFolder {
 public:
  explicit ScratchFolder(
      const std::filesystem::path& base = std::filesystem::temp_directory_path()) {
    std::string folder = (base / "septet-XXXXXX").string();
    EXPECT_NE(mkdtemp(folder.data()), nullptr);
    path_ = folder;
  }
  ~ScratchFolder() {
    std::error_code ignored;  // a folder left in /tmp fails no test
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// 2026-01-01T00:00:01Z, 2026-01-01T00:00:02Z, ...
inline Clock ticking_clock() {
  auto now = std::make_shared<std::int64_t>(1'767'225'600'000'000'000);
  return [now] { return *now += 1'000'000'000; };
}

inline JournalContext scratch_context(const std::string& node = "simulated:/scratch",
                                      const std::string& boot = "boot-1") {
  return {node, {1000, "alice", 4242, "septet apply -f spec.yaml"}, boot, ticking_clock()};
}

inline std::unique_ptr<Journal> scratch_journal(const std::string& boot = "boot-1") {
  auto journal = Journal::in_memory(scratch_context("simulated:/scratch", boot));
  EXPECT_TRUE(journal) << journal.error().describe();
  return *std::move(journal);
}

inline driver::simulated::NodeState scratch_node(const std::vector<std::string>& products,
                                                 bool mig) {
  driver::simulated::NodeSpec spec;
  for (const std::string& product : products) {
    driver::simulated::BoardSpec board;
    board.product = product;
    board.mig = mig;
    spec.boards.push_back(board);
  }
  return driver::simulated::make_node(spec).value();
}

// "1c.3g.40gb,2c.3g.40gb" of a profile, at open places.
inline std::vector<plan::ComputeCut> compute_as(const mig::GpuInstanceProfile& profile,
                                                const std::string& names) {
  std::vector<plan::ComputeCut> cuts;
  std::istringstream in(names);
  for (std::string name; std::getline(in, name, ',');) {
    const auto found = std::ranges::find(profile.compute, name, &mig::ComputeInstanceProfile::name);
    EXPECT_NE(found, profile.compute.end()) << name;
    cuts.push_back({found->id, name, {}, ""});
  }
  return cuts;
}

// "3g.40gb@4 1g.10gb@0", each with the compute instance that fills it, or with those after a slash:
// "3g.40gb@4/1c.3g.40gb,2c.3g.40gb"; "off": MIG mode off.
inline plan::GpuCut cut_as(const mig::Gpu& gpu, const std::string& words) {
  plan::GpuCut cut{gpu.index, gpu.uuid, mig::MigMode::kOn, mig::MigMode::kOn, {}};
  std::istringstream in(words);
  for (std::string word; in >> word;) {
    if (word == "off") {
      cut.mode = cut.pending = mig::MigMode::kOff;
      break;
    }
    const auto at = word.find('@');
    const auto* const profile = gpu.geometry->geometry.find_name(word.substr(0, at));
    EXPECT_NE(profile, nullptr) << word;
    const auto start = static_cast<std::uint8_t>(std::stoi(word.substr(at + 1)));
    cut.instances.push_back(plan::whole_instance(*profile, {start, profile->size}));
    const auto slash = word.find('/');
    if (slash == std::string::npos) continue;
    cut.instances.back().compute = compute_as(*profile, word.substr(slash + 1));
  }
  std::ranges::sort(cut.instances, {}, [](const plan::InstanceCut& one) { return one.at.start; });
  return cut;
}

inline plan::Plan plan_as(const mig::Node& node, const std::vector<std::string>& words) {
  std::vector<plan::GpuCut> targets;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!words[i].empty()) targets.push_back(cut_as(node.gpus[i], words[i]));
  }
  return plan::diff(node, targets);
}

// Retries do not sleep.
inline ApplyOptions quick(bool allow_reset = false) {
  ApplyOptions options;
  options.allow_reset = allow_reset;
  options.patience.sleep = [](std::chrono::milliseconds) {};
  return options;
}

inline std::vector<plan::GpuCut> cuts_now(driver::Driver& driver) {
  std::vector<plan::GpuCut> cuts;
  const auto node = driver.observe().value();
  for (const mig::Gpu& gpu : node.gpus) cuts.push_back(plan::cut_of(gpu));
  return cuts;
}

inline driver::simulated::ProcessState process_in(std::uint32_t gpu, std::uint32_t gi) {
  driver::simulated::ProcessState process{};
  process.pid = 4121;
  process.gpu = gpu;
  process.gpu_instance = gi;
  process.compute_instance = 0;
  process.memory_mib = 100;
  return process;
}

}  // namespace septet::partition
