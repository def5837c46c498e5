#include "partition/take_slice.h"

#include <fmt/format.h>

#include <algorithm>

#include "partition/recover.h"
#include "plan/diff.h"

namespace septet::partition {

namespace {

const mig::Gpu* gpu_of(const mig::Node& node, const Lease& lease) {
  const auto found = std::ranges::find(node.gpus, lease.gpu_uuid, &mig::Gpu::uuid);
  return found == node.gpus.end() ? nullptr : &*found;
}

Result<> carry(const SliceChange& change, const plan::Plan& plan) {
  const auto made = TRY(apply_with_journal(change.journal, change.lock, kPassingVerb, plan,
                                           change.driver, change.apply));
  if (made.outcome.end != End::kDone)
    return std::unexpected(
        failure_of(made.outcome, plan, made.change ? fmt::format("change {}", *made.change) : ""));
  if (made.untold) return std::unexpected(*made.untold);
  return {};
}

// Who gives back must not be refused: what is published may be wrong for a moment, a slice left
// behind stays. What could not be told is told afterwards.
class NeverRefuses final : public Teller {
 public:
  explicit NeverRefuses(std::shared_ptr<Teller> teller) : teller_(std::move(teller)) {}
  Result<> before(const plan::Plan& plan) override {
    (void)teller_->before(plan);
    return {};
  }
  Result<> after() override { return teller_->after(); }

 private:
  std::shared_ptr<Teller> teller_;
};

SliceChange never_refused(const SliceChange& change) {
  SliceChange made{change.journal, change.lock, change.driver, change.folder, change.apply};
  if (change.apply.teller) made.apply.teller = std::make_shared<NeverRefuses>(change.apply.teller);
  made.apply.interrupted = nullptr;  // nor given up half-way
  return made;
}

plan::Plan plan_without(const mig::Node& node, const mig::Gpu& gpu, const Lease& lease) {
  plan::GpuCut target = plan::cut_of(gpu);
  std::erase_if(target.instances, [&lease](const plan::InstanceCut& there) {
    return there.profile_id == lease.profile_id && there.at == lease.at;
  });
  return plan::diff(node, {target});
}

// Was it this lease's run that cut it? Asked where it was killed before it could note the UUID.
Result<bool> journal_says_made(Journal& journal, const Lease& lease) {
  const auto changes = TRY(journal.changes(0));
  for (const ChangeRecord& change : changes) {
    if (change.verb != kPassingVerb || change.actor.pid != lease.holder.pid ||
        change.began_ns < lease.since_ns)
      continue;
    const bool about = std::ranges::any_of(
        change.to, [&lease](const plan::GpuCut& cut) { return cut.uuid == lease.gpu_uuid; });
    if (about) return change.ended && reached_target(*change.ended);
  }
  return false;
}

Result<bool> still_the_same(Journal& journal, const mig::GpuInstance& instance,
                            const Lease& lease) {
  if (lease.mig_uuid.empty()) return journal_says_made(journal, lease);
  return std::ranges::any_of(instance.compute, [&lease](const mig::ComputeInstance& compute) {
    return compute.uuid == lease.mig_uuid;
  });
}

// What the lease is about goes, if it was cut for it and is idle. The answer says what was done.
Result<std::string> fold(const SliceChange& change, const Lease& lease, const std::string& path) {
  const std::string which =
      fmt::format("{} of pid {} ({})", lease.profile, lease.holder.pid, lease.holder.command);
  if (!lease.made || lease.keep) return which + ": let go of";
  mig::Node node = TRY(change.driver.observe());
  add_lease_holders(node, TRY(live_leases(change.folder, path)));
  const mig::Gpu* const gpu = gpu_of(node, lease);
  if (gpu == nullptr) {
    const bool unread =
        std::ranges::any_of(node.gpus, [](const mig::Gpu& one) { return one.problem.has_value(); });
    if (!unread) return which + ": its GPU is not on this node any more";
    return fail(Code::kUnavailable, which + ": its GPU does not answer", "try again when it does");
  }
  if (gpu->problem) return fail(Code::kUnavailable, which + ": " + *gpu->problem);
  const mig::GpuInstance* const instance = leased_instance(*gpu, lease);
  if (instance == nullptr) return which + ": not there any more";
  const bool same = TRY(still_the_same(change.journal, *instance, lease));
  if (!same) return which + ": what is at its place now is somebody else's, and stays";
  if (plan::in_use(*instance))
    return fail(Code::kBusy,
                fmt::format("{} on GPU {} is still used by {}", which, gpu->index,
                            plan::who(instance->processes)),
                "end that, then septet recover");
  TRY(carry(never_refused(change), plan_without(node, *gpu, lease)));
  return which + ": folded back";
}

// Only if all that is unfinished are runs: what else was cut short is for a person to decide.
Result<> recover_runs(const SliceChange& change) {
  const auto unfinished = TRY(change.journal.unfinished());
  const bool runs = std::ranges::all_of(
      unfinished, [](const ChangeRecord& one) { return one.verb == kPassingVerb; });
  if (unfinished.empty() || !runs) return {};
  RecoverOptions options;
  options.apply = change.apply;
  const auto recovered = TRY(recover(change.journal, change.lock, change.driver, options));
  for (const Recovered& one : recovered)
    if (one.failure) return std::unexpected(*one.failure);
  return {};
}

Result<std::string> uuid_there(driver::Driver& driver, const Lease& lease, std::uint32_t gpu) {
  const mig::Gpu now = TRY(driver.observe_gpu(gpu));
  const mig::GpuInstance* const instance = leased_instance(now, lease);
  if (instance != nullptr && instance->compute.size() == 1) return instance->compute[0].uuid;
  return fail(
      Code::kConflict,
      fmt::format("the slice {} just cut on GPU {} is not there any more", lease.profile, gpu),
      "somebody else changes this node: septet history shows who");
}

}  // namespace

Result<TakenSlice> take_slice(const SliceChange& change, const SliceWish& wish, bool keep) {
  mig::Node node = TRY(change.driver.observe());
  add_lease_holders(node, TRY(live_leases(change.folder)));
  const ChosenSlice chosen = TRY(choose_slice(node, wish));
  Lease lease;
  for (const mig::Gpu& gpu : node.gpus)
    if (gpu.index == chosen.gpu) lease.gpu_uuid = gpu.uuid;
  lease.profile_id = chosen.cut.profile_id;
  lease.profile = chosen.cut.name;
  lease.at = chosen.cut.at;
  lease.made = !chosen.plan.empty();
  lease.keep = keep;
  lease.holder = change.journal.context().actor;
  lease.since_ns = change.journal.context().clock();
  TakenSlice taken{lease, TRY(HeldLease::begin(change.folder, lease))};
  const auto cut = [&]() -> Result<> {
    if (lease.made) TRY(carry(change, chosen.plan));
    taken.lease.mig_uuid = TRY(uuid_there(change.driver, lease, chosen.gpu));
    return taken.held.rewrite(taken.lease);
  };
  if (auto done = cut(); !done) {
    // Rolled back, or done and not told: fold() finds out which.
    if (auto folded = fold(change, taken.lease, taken.held.path()); folded) (void)taken.held.end();
    return std::unexpected(std::move(done).error());
  }
  return taken;
}

Result<> give_back(const SliceChange& change, TakenSlice& taken) {
  TRY(fold(change, taken.lease, taken.held.path()));
  return taken.held.end();
}

Result<Folded> fold_strays(const SliceChange& change) {
  Folded folded;
  auto strays = TRY(take_strays(change.folder));
  if (strays.empty()) return folded;
  TRY(recover_runs(change));
  for (Stray& stray : strays) {
    auto done = fold(change, stray.lease, stray.held.path());
    if (done) {
      folded.notes.push_back(*std::move(done));
      TRY(stray.held.end());
    } else if (!folded.failure) {
      folded.failure = std::move(done).error();
    }
  }
  return folded;
}

}  // namespace septet::partition
