#include "lab/queue/dynamic_mig.h"

#include <algorithm>
#include <cmath>

#include "lab/queue/best_cut.h"

namespace septet::lab::queue {

namespace {

constexpr std::size_t kMostFromQueue = 4;
constexpr unsigned kMostTakeovers = 4;
constexpr double kPatience = 2;

class DynamicMig : public Policy {
 public:
  explicit DynamicMig(const DynamicTuning& tuning) : tuning_(tuning) {}
  std::string name() const override {
    return tuning_.lengths_known ? "dynamic MIG, lengths known" : "dynamic MIG";
  }

  void begin(Fleet& fleet) override { due_.assign(fleet.gpus().size(), kForever); }
  double alarm() const override { return *std::ranges::min_element(due_); }

  void decide(Fleet& fleet, const Happened& happened) override {
    const ChangeCosts& costs = fleet.world().costs;
    for (const unsigned gpu : happened.ended) {
      if (!fleet.waiting().empty()) refill(fleet, gpu);
      due_[gpu] = fleet.now() + kPatience * (costs.checkpoint + costs.restart);
    }
    for (const unsigned job : happened.arrived)
      if (fleet.job(job).gpu == kNowhere) admit(fleet, job);
    for (unsigned gpu = 0; gpu < due_.size(); ++gpu) {
      if (due_[gpu] > fleet.now()) continue;
      due_[gpu] = kForever;
      if (fleet.waiting().empty()) take_over(fleet, gpu);
      refill(fleet, gpu);
    }
  }

 private:
  double weight(const Fleet& fleet, unsigned job) const {
    const double had = fleet.attained(job);
    const double expected =
        tuning_.lengths_known ? std::max(1.0, fleet.about(job).work - had) : had + tuning_.prior;
    return std::pow(expected, -tuning_.power);
  }
  double lasting(double stalled) const { return std::max(0.0, 1 - stalled / tuning_.horizon); }

  // `gpu`: where it would run.
  Candidate candidate(const Fleet& fleet, unsigned index, unsigned gpu) const {
    const JobState& job = fleet.job(index);
    const ChangeCosts& costs = fleet.world().costs;
    const double weighs = weight(fleet, index);
    double stalled = job.started() ? costs.restart : 0;
    if (job.gpu != kNowhere && job.started()) stalled += costs.checkpoint;
    Candidate candidate;
    if (job.gpu != kNowhere)
      candidate.left_out = -weighs * (costs.checkpoint + costs.restart) / tuning_.horizon;
    for (std::size_t p = 0; p < kMostProfiles; ++p) {
      candidate.value[p] = candidate.left_out;
      if (fleet.about(index).speed[p] <= 0) continue;
      candidate.value[p] = weighs * fleet.about(index).speed[p] *
                           lasting(stalled + costs.create[p] + costs.destroy[p]);
    }
    if (job.gpu == static_cast<int>(gpu)) {
      candidate.place = job.place;
      candidate.kept = weighs * job.speed * lasting(std::max(0.0, job.resumes - fleet.now()));
    }
    return candidate;
  }

  struct Proposal {
    std::vector<Seat> seats;
    double value = 0;
    bool changes = false;
  };
  Proposal propose(const Fleet& fleet, unsigned gpu, const std::vector<unsigned>& jobs) const {
    std::vector<Candidate> candidates;
    for (const unsigned job : jobs) candidates.push_back(candidate(fleet, job, gpu));
    const Cut cut = best_cut(fleet.world().places, candidates);
    Proposal proposal{{}, cut.value, false};
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (cut.place[i] != candidates[i].place) proposal.changes = true;
      if (cut.place[i] != kNowhere) proposal.seats.push_back({jobs[i], cut.place[i]});
    }
    return proposal;
  }

  static bool seated(const Proposal& proposal, unsigned job) {
    return std::ranges::find(proposal.seats, job, &Seat::job) != proposal.seats.end();
  }

  void apply(Fleet& fleet, unsigned gpu, const Proposal& proposal) const {
    if (proposal.changes) fleet.recut(gpu, proposal.seats);
  }

  // Those of the queue that bring most per slice; ties first come, first served.
  std::vector<unsigned> most_wanted(const Fleet& fleet, std::size_t most) const {
    std::vector<std::pair<double, unsigned>> ranked;
    for (const unsigned job : fleet.waiting()) {
      double density = 0;
      for (std::size_t p = 0; p < fleet.world().places.profiles.size(); ++p) {
        density =
            std::max(density, fleet.about(job).speed[p] / fleet.world().places.profiles[p]->size);
      }
      ranked.emplace_back(-density * weight(fleet, job), job);
    }
    std::ranges::sort(ranked);
    std::vector<unsigned> chosen;
    for (std::size_t i = 0; i < std::min(most, ranked.size()); ++i)
      chosen.push_back(ranked[i].second);
    return chosen;
  }

  void refill(Fleet& fleet, unsigned gpu) const {
    while (true) {
      std::vector<unsigned> jobs = fleet.gpus()[gpu].jobs;
      for (const unsigned job : most_wanted(fleet, kMostFromQueue)) jobs.push_back(job);
      const std::size_t waiting = fleet.waiting().size();
      apply(fleet, gpu, propose(fleet, gpu, jobs));
      if (fleet.waiting().size() >= waiting) break;  // until no more of the queue fit in
    }
  }

  void admit(Fleet& fleet, unsigned job) const {
    Proposal best;
    unsigned on = 0;
    double gain = 0;
    for (unsigned gpu = 0; gpu < fleet.gpus().size(); ++gpu) {
      std::vector<unsigned> jobs = fleet.gpus()[gpu].jobs;
      const double before = propose(fleet, gpu, jobs).value;
      jobs.push_back(job);
      Proposal proposal = propose(fleet, gpu, jobs);
      if (proposal.value - before <= gain) continue;
      gain = proposal.value - before;
      best = std::move(proposal);
      on = gpu;
    }
    if (gain > 0) apply(fleet, on, best);
  }

  // Jobs of other GPUs, one at a time, each time the one that gains most.
  void take_over(Fleet& fleet, unsigned gpu) const {
    for (unsigned round = 0; round < kMostTakeovers; ++round) {
      const std::vector<unsigned> own = fleet.gpus()[gpu].jobs;
      const double before = propose(fleet, gpu, own).value;
      double gain = 0;
      Proposal here, there;
      unsigned from = gpu;
      for (unsigned other = 0; other < fleet.gpus().size(); ++other) {
        const std::vector<unsigned> theirs = fleet.gpus()[other].jobs;
        if (other == gpu || theirs.size() <= own.size()) continue;
        const double theirs_before = propose(fleet, other, theirs).value;
        for (const unsigned job : theirs) {
          std::vector<unsigned> with = own, without = theirs;
          with.push_back(job);
          std::erase(without, job);
          Proposal taken = propose(fleet, gpu, with), left = propose(fleet, other, without);
          const double more = taken.value + left.value - before - theirs_before;
          if (more <= gain || !seated(taken, job)) continue;
          gain = more;
          here = std::move(taken);
          there = std::move(left);
          from = other;
        }
      }
      if (from == gpu) return;
      fleet.recut(gpu, here.seats);
      apply(fleet, from, there);
    }
  }

  DynamicTuning tuning_;
  std::vector<double> due_;  // by GPU: when it is improved
};

}  // namespace

std::unique_ptr<Policy> dynamic_mig(const DynamicTuning& tuning) {
  return std::make_unique<DynamicMig>(tuning);
}

}  // namespace septet::lab::queue
