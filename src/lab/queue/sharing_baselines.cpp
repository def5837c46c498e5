// lab/queue/sharing_baselines.cpp — whole GPUs, time-slicing and MPS, to compare with
// (baselines.h).
#include <algorithm>
#include <cmath>

#include "lab/queue/baselines.h"

namespace septet::lab::queue {

namespace {

constexpr double kTurnOverhead = 0.108;  // nebuly's nos demo, 3 to 7 clients: facts.md, 2d and 3
constexpr double kMpsOverhead = 0.02;    // per client more: model.md, 2
constexpr unsigned kGpuUnits = 8;

using Speed = double (*)(const TrainingJob& job, unsigned sharers);

double in_turns(const TrainingJob&, unsigned sharers) {
  return sharers == 1 ? 1.0 : 1.0 / (sharers * (1 + kTurnOverhead));
}

double at_once(const TrainingJob& job, unsigned sharers) {
  const auto seconds = [&](double factor) {
    return std::pow(std::pow(job.host, job.overlap) + std::pow(job.device * factor, job.overlap),
                    1 / job.overlap);
  };
  return seconds(1) / (seconds(sharers) * (1 + kMpsOverhead * (sharers - 1)));
}

// Jobs on GPUs without MIG, first come, first served, on the GPU with the fewest.
class SharedGpus : public Policy {
 public:
  SharedGpus(std::string name, unsigned most, Speed speed)
      : name_(std::move(name)), most_(most), speed_(speed) {}
  std::string name() const override { return name_; }

  void decide(Fleet& fleet, const Happened& happened) override {
    std::vector<bool> changed(fleet.gpus().size(), false);
    for (const unsigned gpu : happened.ended) changed[gpu] = true;
    while (!fleet.waiting().empty()) {
      const unsigned job = fleet.waiting().front();
      const int gpu = roomiest(fleet, job);
      if (gpu == kNowhere) break;
      fleet.join(static_cast<unsigned>(gpu), job, 1, fleet.now());
      changed[static_cast<std::size_t>(gpu)] = true;
    }
    for (unsigned gpu = 0; gpu < changed.size(); ++gpu) {
      if (!changed[gpu]) continue;
      const auto jobs = fleet.gpus()[gpu].jobs;
      for (const unsigned job : jobs)
        fleet.set_speed(job, speed_(fleet.about(job), static_cast<unsigned>(jobs.size())), 0);
    }
  }

 private:
  // A job needs at least the memory of the smallest instance it was seen to run on; how much of
  // that it uses was not published.
  static unsigned units_of(const Fleet& fleet, unsigned job) {
    return fleet.world().places.profiles[fleet.about(job).smallest()]->size;
  }

  int roomiest(const Fleet& fleet, unsigned job) const {
    int best = kNowhere;
    std::size_t fewest = most_;
    for (unsigned gpu = 0; gpu < fleet.gpus().size(); ++gpu) {
      const auto& jobs = fleet.gpus()[gpu].jobs;
      unsigned units = units_of(fleet, job);
      for (const unsigned other : jobs) units += units_of(fleet, other);
      if (jobs.size() >= fewest || units > kGpuUnits) continue;
      fewest = jobs.size();
      best = static_cast<int>(gpu);
    }
    return best;
  }

  std::string name_;
  unsigned most_;
  Speed speed_;
};

}  // namespace

std::unique_ptr<Policy> whole_gpus() {
  return std::make_unique<SharedGpus>("whole GPUs", 1, in_turns);
}

std::unique_ptr<Policy> time_slicing(unsigned most) {
  return std::make_unique<SharedGpus>("time-slicing", most, in_turns);
}

std::unique_ptr<Policy> mps(unsigned most) {
  return std::make_unique<SharedGpus>("MPS", most, at_once);
}

}  // namespace septet::lab::queue
