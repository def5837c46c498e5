// lab/queue/world.h — training jobs that arrive, wait, and run at a known speed on each instance
// size: what a policy for moldable jobs is judged on.
//
// Units. Seconds; work is in seconds of the whole GPU; a speed is work per second (1 on the whole
//        GPU, 0 where the job does not fit into memory).
#pragma once

#include <array>
#include <limits>
#include <string>
#include <vector>

#include "lab/queue/places.h"

namespace septet::lab::queue {

inline constexpr double kForever = std::numeric_limits<double>::infinity();

struct TrainingJob {
  std::string name;
  double arrives = 0, work = 0;
  std::array<double, kMostProfiles> speed{};  // by Places::profiles
  // Shares of a step's time on the whole GPU that no GPU shortens, and that it does (to the power
  // of `overlap` they add up to 1): what sharing without MIG is modelled from.
  double host = 0, device = 1, overlap = 1.5;

  // The smallest instance it fits into: kMostProfiles when into none.
  std::size_t smallest() const {
    std::size_t profile = 0;
    while (profile < kMostProfiles && speed[profile] <= 0) ++profile;
    return profile;
  }
};

// What changing a GPU costs. Jobs whose instance stays are not disturbed.
struct ChangeCosts {
  // Of a job that is moved or stopped, and of one that is moved or brought back. MISO's authors
  // draw 1 to 10 s per job and move (their simulator, --exp_ovhd; mean 5.5, and 5 without it): we
  // take the most of that; the halves are our assumption.
  double checkpoint = 5, restart = 5;
  // One driver call each; calls on one GPU follow each other.
  std::array<double, kMostProfiles> create{}, destroy{};
};

struct World {
  Places places;
  std::vector<TrainingJob> jobs;  // by arrival
  unsigned gpus = 8;
  ChangeCosts costs;
};

}  // namespace septet::lab::queue
