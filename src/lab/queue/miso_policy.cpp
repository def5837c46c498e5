// lab/queue/miso_policy.cpp — MISO's way, re-implemented: probe under MPS, then the cut with the
// highest sum of speeds.
#include <algorithm>

#include "lab/queue/baselines.h"
#include "lab/queue/best_cut.h"

namespace septet::lab::queue {

namespace {

constexpr double kProbeSpeed = 1.0 / 3;  // upstream's simulator

class Miso : public Policy {
 public:
  explicit Miso(double probe) : probe_(probe) {}
  std::string name() const override { return "MISO (re-implemented)"; }
  void begin(Fleet& fleet) override { probing_.assign(fleet.gpus().size(), kForever); }

  double alarm() const override { return *std::ranges::min_element(probing_); }

  void decide(Fleet& fleet, const Happened& happened) override {
    for (unsigned gpu = 0; gpu < probing_.size(); ++gpu) {
      if (probing_[gpu] > fleet.now()) continue;
      probing_[gpu] = kForever;
      cut(fleet, gpu);
    }
    while (!fleet.waiting().empty() && admit(fleet, fleet.waiting().front())) {
    }
    if (!fleet.waiting().empty()) return;
    for (const unsigned gpu : happened.ended)
      if (probing_[gpu] == kForever) cut(fleet, gpu);
  }

 private:
  // An instance for every job, least mean slowdown; nothing when there is no such cut.
  static std::vector<Seat> cut_for(const Fleet& fleet, const std::vector<unsigned>& jobs) {
    if (jobs.size() > fleet.world().places.slices) return {};
    std::vector<Candidate> candidates(jobs.size());
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      for (std::size_t p = 0; p < kMostProfiles; ++p) {
        const double speed = fleet.about(jobs[i]).speed[p];
        // So much for having an instance at all that nobody is ever left out to save slowdown.
        if (speed > 0) candidates[i].value[p] = 1e6 - 1 / speed;
      }
    }
    const Cut best = best_cut(fleet.world().places, candidates);
    std::vector<Seat> seats;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (best.place[i] == kNowhere) return {};
      seats.push_back({jobs[i], best.place[i]});
    }
    return seats;
  }

  static void cut(Fleet& fleet, unsigned gpu) {
    const std::vector<unsigned> jobs = fleet.gpus()[gpu].jobs;
    if (!jobs.empty()) fleet.recut(gpu, cut_for(fleet, jobs));
  }

  bool admit(Fleet& fleet, unsigned job) {
    int chosen = kNowhere;
    std::size_t fewest = kAnyNumber;
    for (unsigned gpu = 0; gpu < probing_.size(); ++gpu) {
      std::vector<unsigned> jobs = fleet.gpus()[gpu].jobs;
      if (probing_[gpu] != kForever || jobs.size() >= fewest) continue;
      jobs.push_back(job);
      if (cut_for(fleet, jobs).empty()) continue;
      fewest = jobs.size() - 1;
      chosen = static_cast<int>(gpu);
    }
    if (chosen == kNowhere) return false;
    const auto gpu = static_cast<unsigned>(chosen);
    if (fewest == 0) {  // alone: on the whole GPU at once, as upstream's testbed does
      const std::vector<Seat> seats = cut_for(fleet, {job});
      fleet.recut(gpu, seats);
    } else {
      probe(fleet, gpu, job);
    }
    return true;
  }

  // All jobs of the GPU, and the new one, under MPS on one instance of the whole GPU.
  void probe(Fleet& fleet, unsigned gpu, unsigned fresh) {
    const std::vector<unsigned> before = fleet.gpus()[gpu].jobs;
    fleet.recut(gpu, {});
    const World& world = fleet.world();
    const std::size_t whole = world.places.profiles.size() - 1;
    double ready = fleet.now() + world.costs.checkpoint + world.costs.create[whole];
    for (const int instance : fleet.gpus()[gpu].instances)
      ready += world.costs.destroy[world.places.all[static_cast<std::size_t>(instance)].profile];
    int whole_place = 0;
    while (world.places.all[static_cast<std::size_t>(whole_place)].profile != whole) ++whole_place;
    fleet.prepare(gpu, {whole_place});
    for (const unsigned job : before)
      fleet.join(gpu, job, kProbeSpeed,
                 ready + (fleet.job(job).started() ? world.costs.restart : 0));
    fleet.join(gpu, fresh, kProbeSpeed,
               ready + (fleet.job(fresh).started() ? world.costs.restart : 0));
    probing_[gpu] = ready + probe_;
  }

  static constexpr std::size_t kAnyNumber = 1000;
  double probe_;
  std::vector<double> probing_;  // by GPU: when its probe ends
};

}  // namespace

std::unique_ptr<Policy> miso(double probe) { return std::make_unique<Miso>(probe); }

}  // namespace septet::lab::queue
