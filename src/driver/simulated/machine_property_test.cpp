// Random calls, legal and not, on every product and both chips, against a model that knows no
// machine: a list of instances, and mig::Layout to say which lists are legal.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "driver/simulated/machine.h"
#include "mig/identity.h"

namespace septet::driver::simulated {
namespace {

struct ModelInstance {
  mig::Instance instance;
  std::map<std::uint32_t, mig::Placement> compute;  // by id
  std::map<std::uint32_t, int> busy;                // compute id -> pid
};

class Model {
 public:
  Model(const mig::Product& product, const mig::Geometry& geometry, mig::ChipLayout chip)
      : product_(product), geometry_(geometry), chip_(chip) {}

  bool legal_with(const mig::GpuInstanceProfile& profile, mig::Placement at) const {
    std::vector<mig::Instance> all;
    for (const auto& [id, live] : live_) all.push_back(live.instance);
    all.push_back({&profile, at});
    return mig::Layout::make(geometry_, all).has_value();
  }
  bool fits(const mig::GpuInstanceProfile& profile) const {
    for (std::uint8_t start = 0; start < geometry_.units; ++start) {
      if (legal_with(profile, {start, profile.size})) return true;
    }
    return false;
  }

  Status create(std::uint32_t profile_id, std::optional<mig::Placement> at) const {
    const auto* profile = geometry_.find_id(profile_id);
    if (profile == nullptr) return Status::kInvalidArgument;
    if (!at) return fits(*profile) ? Status::kSuccess : Status::kInsufficientResources;
    if (!profile->allows(*at)) return Status::kInvalidArgument;
    return legal_with(*profile, *at) ? Status::kSuccess : Status::kInsufficientResources;
  }
  void created(std::uint32_t id, std::uint32_t profile_id, mig::Placement at) {
    const auto* profile = geometry_.find_id(profile_id);
    RC_ASSERT(legal_with(*profile, at));  // also where the machine chose
    RC_ASSERT(mig::gpu_instance_id(*profile, at.start, chip_) == id);
    RC_ASSERT(live_.count(id) == 0u);
    live_[id] = {{profile, at}, {}, {}};
  }

  Status destroy(std::uint32_t id) {
    const auto found = live_.find(id);
    if (found == live_.end()) return Status::kNotFound;
    if (!found->second.compute.empty()) return Status::kInUse;
    live_.erase(found);
    return Status::kSuccess;
  }

  Status create_compute(std::uint32_t gi, std::uint32_t profile_id,
                        std::optional<mig::Placement> at) const {
    const auto found = live_.find(gi);
    if (found == live_.end()) return Status::kNotFound;
    if (profile_id > 8) return Status::kInvalidArgument;
    const auto* profile = found->second.instance.profile->find_compute(profile_id);
    if (profile == nullptr) return Status::kNotSupported;
    if (!at)
      return any_free(found->second, *profile) ? Status::kSuccess : Status::kInsufficientResources;
    if (at->size != profile->size || ((profile->starts >> at->start) & 1u) == 0)
      return Status::kInvalidArgument;
    if (is_free(found->second, *at)) return Status::kSuccess;
    return product_.architecture == mig::Architecture::kAmpere ? Status::kInsufficientResources
                                                               : Status::kInUse;
  }
  void created_compute(std::uint32_t gi, std::uint32_t ci, mig::Placement at) {
    ModelInstance& live = live_.at(gi);
    RC_ASSERT(is_free(live, at));
    for (std::uint32_t lower = 0; lower < ci; ++lower) RC_ASSERT(live.compute.count(lower) == 1u);
    live.compute[ci] = at;
  }

  Status destroy_compute(std::uint32_t gi, std::uint32_t ci) {
    const auto found = live_.find(gi);
    if (found == live_.end() || found->second.compute.count(ci) == 0) return Status::kNotFound;
    if (found->second.busy.count(ci) != 0) return Status::kInUse;
    found->second.compute.erase(ci);
    return Status::kSuccess;
  }

  Status attach(std::uint32_t gi, std::uint32_t ci, int pid) {
    const auto found = live_.find(gi);
    if (found == live_.end() || found->second.compute.count(ci) == 0) return Status::kNotFound;
    if (found->second.busy.count(ci) != 0) return Status::kInvalidArgument;  // the test skips it
    found->second.busy[ci] = pid;
    return Status::kSuccess;
  }
  Status detach(int pid) {
    for (auto& [id, live] : live_) {
      for (const auto& [ci, holder] : live.busy) {
        if (holder != pid) continue;
        live.busy.erase(ci);
        return Status::kSuccess;
      }
    }
    return Status::kNotFound;
  }

  std::size_t devices() const {
    std::size_t count = 0;
    for (const auto& [id, live] : live_) count += live.compute.size();
    return count;
  }

 private:
  static bool is_free(const ModelInstance& live, mig::Placement at) {
    return std::ranges::none_of(live.compute,
                                [&](const auto& entry) { return entry.second.overlaps(at); });
  }
  static bool any_free(const ModelInstance& live, const mig::ComputeInstanceProfile& profile) {
    for (std::uint8_t start = 0; start < 12; ++start) {
      if (((profile.starts >> start) & 1u) != 0 && is_free(live, {start, profile.size}))
        return true;
    }
    return false;
  }
  const mig::Product& product_;
  const mig::Geometry& geometry_;
  mig::ChipLayout chip_;
  std::map<std::uint32_t, ModelInstance> live_;
};

class Run {
 public:
  // `numbers` decides every call; a shorter or smaller one is a simpler run, so failures shrink.
  Run(NodeState& node, Model& model, const mig::Geometry& geometry,
      std::vector<std::uint32_t> numbers)
      : node_(node), model_(model), geometry_(geometry), numbers_(std::move(numbers)) {}

  bool more() const { return next_number_ < numbers_.size(); }

  void one_call() {
    switch (below(8)) {
      case 0:
      case 1: create(); break;
      case 2:
      case 3: create_compute(); break;
      case 4: destroy(); break;
      case 5: destroy_compute(); break;
      case 6: attach(); break;
      default: detach(); break;
    }
    const auto sane = check(node_);
    if (!sane) RC_FAIL(sane.error().what);
    std::array<MigDevice, kMaxGpuInstances * kMaxComputeInstances> devices;
    RC_ASSERT(mig_devices(node_.gpus[0], devices) == model_.devices());
  }

 private:
  void create() {
    const bool known = below(8) != 0;
    const auto& some =
        geometry_.profiles[below(static_cast<std::uint32_t>(geometry_.profiles.size()))];
    const std::uint32_t profile_id = known ? some.id : below(80);
    std::optional<mig::Placement> at;
    if (below(2) == 0) at = mig::Placement{static_cast<std::uint8_t>(below(13)), some.size};
    const Status expected = model_.create(profile_id, at);
    const Created created = create_gpu_instance(node_, 0, profile_id, at);
    RC_ASSERT(created.status == expected);
    if (expected != Status::kSuccess) return;
    const GpuInstanceState& made = node_.gpus[0].instances[created.id];
    model_.created(created.id, profile_id, {made.start, made.size});
  }
  void create_compute() {
    const std::uint32_t gi = a_gpu_instance(), profile_id = below(10);
    std::optional<mig::Placement> at;
    if (below(2) == 0)
      at = mig::Placement{static_cast<std::uint8_t>(below(8)),
                          static_cast<std::uint8_t>(1 + below(8))};
    const Status expected = model_.create_compute(gi, profile_id, at);
    const Created created = create_compute_instance(node_, 0, gi, profile_id, at);
    RC_ASSERT(created.status == expected);
    if (expected != Status::kSuccess) return;
    const ComputeInstanceState& made = node_.gpus[0].instances[gi].compute[created.id];
    model_.created_compute(gi, created.id, {made.start, made.size});
  }
  void destroy() {
    const std::uint32_t gi = a_gpu_instance();
    const Status expected = model_.destroy(gi);
    RC_ASSERT(destroy_gpu_instance(node_, 0, gi) == expected);
  }
  void destroy_compute() {
    const std::uint32_t gi = a_gpu_instance(), ci = below(9);
    const Status expected = model_.destroy_compute(gi, ci);
    RC_ASSERT(destroy_compute_instance(node_, 0, gi, ci) == expected);
  }
  void attach() {
    const std::uint32_t gi = a_gpu_instance(), ci = below(4);
    const int pid = next_pid_++;
    const Status expected = model_.attach(gi, ci, pid);
    if (expected == Status::kInvalidArgument) return;
    ProcessState process{};
    process.pid = pid;
    process.gpu_instance = gi;
    process.compute_instance = ci;
    RC_ASSERT(attach_process(node_, process) == expected);
  }
  void detach() {
    const int pid = 1 + static_cast<int>(below(static_cast<std::uint32_t>(next_pid_)));
    const Status expected = model_.detach(pid);
    RC_ASSERT(detach_process(node_, pid) == expected);
  }
  // Mostly a live one, so that most calls reach further than "not found".
  std::uint32_t a_gpu_instance() {
    const std::uint32_t from = below(kMaxGpuInstances + 1);
    for (std::uint32_t i = 0; i < kMaxGpuInstances && from < kMaxGpuInstances; ++i) {
      const std::uint32_t gi = (from + i) % kMaxGpuInstances;
      if (node_.gpus[0].instances[gi].stamp != 0) return gi;
    }
    return from;
  }

  std::uint32_t below(std::uint32_t end) {
    return next_number_ < numbers_.size() ? numbers_[next_number_++] % end : 0;
  }

  NodeState& node_;
  Model& model_;
  const mig::Geometry& geometry_;
  std::vector<std::uint32_t> numbers_;
  std::size_t next_number_ = 0;
  int next_pid_ = 1;
};

void random_calls(const mig::Product& product, bool rotated) {
  NodeSpec spec;
  spec.boards.resize(1);
  spec.boards[0].product = product.id;
  spec.boards[0].mig = true;
  spec.boards[0].chip = rotated ? mig::ChipLayout::kRotated : mig::ChipLayout::kNormal;
  const auto node = std::make_unique<NodeState>(*make_node(spec));
  const mig::Geometry& geometry = geometry_of(*node, node->gpus[0]);
  Model model(product, geometry, spec.boards[0].chip);
  Run run(*node, model, geometry,
          *rc::gen::container<std::vector<std::uint32_t>>(120, rc::gen::inRange(0u, 27720u)));
  while (run.more()) run.one_call();
}

TEST(MachineProperty, AnswersLikeTheModelAndStaysSound) {
  for (const mig::Product& product : mig::products()) {
    for (const bool rotated : {false, true}) {
      const std::string name = std::string(product.id) + (rotated ? ", rotated" : "");
      EXPECT_TRUE(rc::check(name, [&] { random_calls(product, rotated); })) << name;
    }
  }
}

}  // namespace
}  // namespace septet::driver::simulated
