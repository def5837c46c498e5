#include "partition/way_back.h"

#include <fmt/format.h>

#include <algorithm>

namespace septet::partition {

namespace {

using mig::MigMode;
using plan::ComputeCut;
using plan::GpuCut;
using plan::InstanceCut;
using plan::Step;
using plan::StepKind;

bool about(const Step& step, const InstanceCut& instance) {
  return step.profile_id == instance.profile_id && step.at == instance.at;
}

const InstanceCut* find(const GpuCut& cut, const InstanceCut& place) {
  const auto found = std::ranges::find_if(cut.instances, [&place](const InstanceCut& instance) {
    return plan::same_place(instance, place);
  });
  return found == cut.instances.end() ? nullptr : &*found;
}

bool same_compute(const ComputeCut& a, const ComputeCut& b) {
  return a.profile_id == b.profile_id && a.at == b.at;
}

bool has(const InstanceCut& instance, const ComputeCut& compute) {
  return std::ranges::any_of(
      instance.compute, [&compute](const ComputeCut& one) { return same_compute(one, compute); });
}

class Undo {
 public:
  Undo(const GpuCut& now, const GpuCut& from, const std::vector<Taken>& ours)
      : now_(now), from_(from), ours_(ours) {}

  WayBack run() {
    back_.to = now_;
    back_.to.instances.clear();
    mode();
    for (const InstanceCut& there : now_.instances) {
      const InstanceCut* const before = find(from_, there);
      if (before != nullptr && theirs(there)) {
        back_.to.instances.push_back(there);
        other("{} was created by somebody else meanwhile", there);
        cannot_return(*before, there);
      } else if (before != nullptr) {
        back_.to.instances.push_back(inside(there, *before));
      } else if (!did(StepKind::kCreateInstance, there)) {
        other("{} was created by somebody else meanwhile", there);
        back_.to.instances.push_back(there);
      }
    }
    if (back_.to.mode != MigMode::kOn && !back_.to.instances.empty()) {
      cannot("MIG mode cannot be turned off again: somebody else created an instance");
      back_.to.mode = back_.to.pending = now_.mode;
    }
    for (const InstanceCut& before : from_.instances) restore(before);
    std::ranges::sort(back_.to.instances, {},
                      [](const InstanceCut& instance) { return instance.at.start; });
    return std::move(back_);
  }

 private:
  bool did(StepKind kind, const InstanceCut& instance) const {
    return std::ranges::any_of(ours_, [&](const Taken& taken) {
      const Step& step = taken.step;
      return step.kind == kind && about(step, instance);
    });
  }

  // It stands where we destroyed the same, and it was not we who created it.
  bool theirs(const InstanceCut& there) const {
    bool gone = false;
    for (const Taken& taken : ours_) {
      if (!about(taken.step, there)) continue;
      if (taken.step.kind == StepKind::kDestroyInstance && taken.sure) gone = true;
      if (taken.step.kind == StepKind::kCreateInstance) gone = false;
    }
    return gone;
  }

  void mode() {
    const bool ours = std::ranges::any_of(ours_, [](const Taken& taken) {
      return taken.step.kind == StepKind::kSetMode || taken.step.kind == StepKind::kReset;
    });
    if (ours) {
      back_.to.mode = from_.mode;
      back_.to.pending = from_.pending;
    }
  }

  // An instance that was there before: our compute instances go, those we destroyed return.
  InstanceCut inside(const InstanceCut& there, const InstanceCut& before) {
    InstanceCut back = there;
    std::erase_if(back.compute, [&](const ComputeCut& compute) {
      return !has(before, compute) && made(there, compute);
    });
    for (const ComputeCut& compute : before.compute) {
      if (has(there, compute)) continue;
      const bool gone_with_us =
          did_destroy(there, compute) || did(StepKind::kDestroyInstance, there);
      if (gone_with_us) {
        back.compute.push_back(compute);
      } else {
        other("a compute instance of {} was destroyed by somebody else meanwhile", there);
      }
    }
    const bool theirs = std::ranges::any_of(
        back.compute, [&before](const ComputeCut& compute) { return !has(before, compute); });
    if (theirs) other("{} holds a compute instance of somebody else", there);
    return back;
  }

  bool made(const InstanceCut& holder, const ComputeCut& compute) const {
    return std::ranges::any_of(ours_, [&](const Taken& taken) {
      const Step& step = taken.step;
      if (step.kind != StepKind::kCreateCompute || !about(step, holder)) return false;
      if (!step.compute.uuid.empty()) return step.compute.uuid == compute.uuid;
      return step.compute.profile_id == compute.profile_id;  // its answer never reached us
    });
  }

  bool did_destroy(const InstanceCut& holder, const ComputeCut& compute) const {
    return std::ranges::any_of(ours_, [&](const Taken& taken) {
      const Step& step = taken.step;
      return step.kind == StepKind::kDestroyCompute && about(step, holder) &&
             same_compute(step.compute, compute);
    });
  }

  void restore(const InstanceCut& before) {
    if (find(now_, before) != nullptr) return;
    if (!did(StepKind::kDestroyInstance, before)) {
      other("{} was destroyed by somebody else meanwhile", before);
      return;
    }
    const auto taken = std::ranges::find_if(back_.to.instances, [&](const InstanceCut& there) {
      return (there.at.mask() & before.at.mask()) != 0;
    });
    if (taken != back_.to.instances.end()) {
      return cannot_return(before, *taken);
    }
    if (back_.to.mode != MigMode::kOn) {
      return cannot(fmt::format("{} cannot return: somebody else turned MIG mode off",
                                plan::to_string(before)));
    }
    back_.to.instances.push_back(before);
  }

  void other(const char* text, const InstanceCut& instance) {
    back_.others.push_back(fmt::format("GPU {}: ", now_.gpu) +
                           fmt::format(fmt::runtime(text), plan::to_string(instance)));
  }

  void cannot_return(const InstanceCut& before, const InstanceCut& taken) {
    cannot(fmt::format("{} cannot return: somebody else created {} in its place",
                       plan::to_string(before), plan::to_string(taken)));
  }

  void cannot(const std::string& why) {
    if (back_.impossible) return;  // the first reason is the one to report
    back_.impossible = Error{Code::kConflict, fmt::format("GPU {}: {}", now_.gpu, why),
                             "agree with whoever changes this GPU, then plan again", 0, nullptr};
  }

  const GpuCut& now_;
  const GpuCut& from_;
  const std::vector<Taken>& ours_;
  WayBack back_;
};

}  // namespace

WayBack way_back(const GpuCut& now, const GpuCut& from, const std::vector<Taken>& ours) {
  return Undo(now, from, ours).run();
}

}  // namespace septet::partition
