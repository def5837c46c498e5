#include "partition/recover_target.h"

#include <fmt/format.h>

#include <algorithm>

namespace septet::partition {

namespace {

using plan::GpuCut;
using plan::InstanceCut;

bool holds(const GpuCut& cut, const InstanceCut& instance) {
  return std::ranges::any_of(cut.instances, [&instance](const InstanceCut& held) {
    return plan::same_place(held, instance);
  });
}

class Aim {
 public:
  Aim(const GpuCut& now, const GpuCut& aim, const GpuCut& other) : now_(now), other_(other) {
    target_.to = aim;
  }

  RecoverTarget run(bool booted_since) {
    if (!booted_since) leave_gone();
    for (const InstanceCut& held : now_.instances) {
      if (!holds(target_.to, held) && !holds(other_, held)) keep(held);
    }
    std::ranges::sort(target_.to.instances, {},
                      [](const InstanceCut& instance) { return instance.at.start; });
    return std::move(target_);
  }

 private:
  // What start and target both have was not ours to destroy.
  void leave_gone() {
    std::erase_if(target_.to.instances, [this](const InstanceCut& instance) {
      if (!holds(other_, instance) || holds(now_, instance)) return false;
      note(
          fmt::format("{} was destroyed by somebody else and stays so", plan::to_string(instance)));
      return true;
    });
  }

  void keep(const InstanceCut& held) {
    note(fmt::format("{} is somebody else's and stays", plan::to_string(held)));
    const auto in_its_place = std::ranges::find_if(
        target_.to.instances,
        [&held](const InstanceCut& wanted) { return wanted.at.overlaps(held.at); });
    if (in_its_place != target_.to.instances.end()) {
      refuse(fmt::format("{} cannot be there: {} is in its place", plan::to_string(*in_its_place),
                         plan::to_string(held)));
    } else if (target_.to.mode != mig::MigMode::kOn) {
      refuse(fmt::format("MIG mode cannot be turned off: {} is there", plan::to_string(held)));
    } else {
      target_.to.instances.push_back(held);
    }
  }

  void note(const std::string& text) {
    target_.notes.push_back(fmt::format("GPU {}: {}", now_.gpu, text));
  }

  void refuse(const std::string& text) {
    if (target_.impossible) return;
    target_.impossible =
        Error{Code::kConflict, fmt::format("GPU {}: {}", now_.gpu, text),
              "ask whose it is; or accept what is there and apply the layout you want", 0, nullptr};
  }

  const GpuCut& now_;
  const GpuCut& other_;
  RecoverTarget target_;
};

}  // namespace

RecoverTarget recover_target(const GpuCut& now, const GpuCut& aim, const GpuCut& other,
                             bool booted_since) {
  return Aim(now, aim, other).run(booted_since);
}

}  // namespace septet::partition
