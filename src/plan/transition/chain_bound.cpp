#include "plan/transition/chain_bound.h"

#include <algorithm>
#include <bit>
#include <functional>

namespace septet::plan {

namespace {

constexpr double kAlmostAll = 1e-6;  // of a memory unit: rounding must not lengthen the bound

// Replicas of a service: room in memory units and what they give.
struct VolumeGiven {
  double units = 0.0, capacity = 0.0;
};
// More room goes free by `slope` times the room of what came, up to `units` of that.
struct ReleaseSlope {
  double units = 0.0, slope = 0.0;
};
struct ServiceVolumes {
  double slack = 0.0;
  std::vector<VolumeGiven> coming, leaving;
};

std::uint16_t unit_mask(const mig::Instance& instance) {
  return static_cast<std::uint16_t>(((1u << instance.at.size) - 1u) << instance.at.start);
}

class VolumeBound {
 public:
  explicit VolumeBound(const TransitionProblem& problem)
      : problem_(problem), services_(problem.services.size()) {
    const auto capacity = capacities(problem, problem.from);
    for (std::size_t s = 0; s < services_.size(); ++s)
      services_[s].slack = static_cast<double>(capacity[s] - problem.services[s].floor);
    for (std::size_t g = 0; g < problem.gpus.size(); ++g) count_gpu(g);
    for (ServiceVolumes& service : services_) add_slopes(service);
    std::ranges::sort(slopes_, std::greater<>(), &ReleaseSlope::slope);
  }

  // What came by each link in room that was free or had gone free by the one before.
  unsigned run() const {
    double before_last = 0.0, last = 0.0, came = std::min(free_, wanted_);
    unsigned chain = wanted_ > 0.0 ? 1 : 0;
    while (came < wanted_ - kAlmostAll) {
      before_last = last;
      last = came;
      came = std::min(free_ + released_after(before_last), wanted_);
      ++chain;
      if (came <= before_last) break;  // nothing moves any more: temporary replicas are needed
    }
    return chain;
  }

 private:
  void count_gpu(std::size_t gpu) {
    std::uint16_t wanted = 0, taken = 0;
    for (const RunningReplica& replica : problem_.to[gpu]) {
      if (holds(problem_.from[gpu], replica)) continue;
      wanted = static_cast<std::uint16_t>(wanted | unit_mask(replica.instance));
      add(replica, replica.instance.at.size, true);
    }
    for (const RunningReplica& replica : problem_.from[gpu]) {
      taken = static_cast<std::uint16_t>(taken | unit_mask(replica.instance));
      if (holds(problem_.to[gpu], replica)) continue;
      const unsigned useful = unit_mask(replica.instance) & wanted;
      add(replica, static_cast<unsigned>(std::popcount(useful)), false);
    }
    free_ += std::popcount(static_cast<unsigned>(wanted & ~taken));
  }

  void add(const RunningReplica& replica, unsigned units, bool comes) {
    if (comes) wanted_ += units;
    if (replica.service == kIdle) {
      if (!comes) at_once_ += units;
      return;
    }
    ServiceVolumes& service = services_[replica.service];
    (comes ? service.coming : service.leaving)
        .push_back({static_cast<double>(units), static_cast<double>(problem_.gives(replica))});
  }

  // First what gives most for its room, instead of what frees most for what it gave.
  void add_slopes(ServiceVolumes& service) {
    const auto denser = [](const VolumeGiven& a, const VolumeGiven& b) {
      return a.capacity * b.units > b.capacity * a.units;
    };
    std::ranges::sort(service.coming, denser);
    std::ranges::sort(service.leaving,
                      [&](const VolumeGiven& a, const VolumeGiven& b) { return denser(b, a); });
    std::size_t next = 0;
    double used = 0.0;  // capacity of leaving[next] that is made up for
    const auto release = [&](double capacity, const auto& told) {
      while (capacity > 0.0 && next < service.leaving.size()) {
        const VolumeGiven& leaves = service.leaving[next];
        const double part = std::min(capacity, leaves.capacity - used);
        told(part, leaves.units / leaves.capacity);
        capacity -= part;
        used += part;
        if (used < leaves.capacity) return;
        ++next;
        used = 0.0;
      }
    };
    release(service.slack, [&](double part, double room) { at_once_ += part * room; });
    for (const VolumeGiven& comes : service.coming) {
      const double dense = comes.capacity / comes.units;
      release(comes.capacity, [&](double part, double room) {
        slopes_.push_back({part / dense, room * dense});
      });
    }
  }

  double released_after(double came) const {
    double released = at_once_;
    for (const ReleaseSlope& one : slopes_) {
      const double part = std::min(came, one.units);
      released += part * one.slope;
      came -= part;
      if (came <= 0.0) break;
    }
    return released;
  }

  const TransitionProblem& problem_;
  std::vector<ServiceVolumes> services_;
  std::vector<ReleaseSlope> slopes_;  // steepest first
  double wanted_ = 0.0, free_ = 0.0;  // room of what comes; of it free from the start
  double at_once_ = 0.0;              // room that goes free before anything comes
};

unsigned chain_to(const TransitionProblem& problem, const std::vector<std::int64_t>& capacity,
                  std::size_t gpu, const RunningReplica& wanted) {
  const auto leaving = in_the_way(problem, gpu, wanted);
  if (leaving.empty()) return 1;
  return short_without(problem, capacity, leaving).empty() ? 2 : 3;
}

}  // namespace

unsigned least_chain(const TransitionProblem& problem) {
  unsigned least = 0;
  const auto capacity = capacities(problem, problem.from);
  for (std::size_t g = 0; g < problem.gpus.size(); ++g) {
    for (const RunningReplica& there : problem.from[g])
      least = std::max(least, holds(problem.to[g], there) ? 0u : 1u);
    for (const RunningReplica& wanted : problem.to[g]) {
      if (!holds(problem.from[g], wanted))
        least = std::max(least, chain_to(problem, capacity, g, wanted));
    }
  }
  return least;
}

unsigned least_chain_of_fewest(const TransitionProblem& problem) {
  return std::max(least_chain(problem), VolumeBound(problem).run());
}

}  // namespace septet::plan
