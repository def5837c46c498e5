// plan/transition/deployment.h — which replica of which service runs in which instance of which
// GPU, and what a change from one such deployment to another must respect.
//
// Units.  Capacity in thousandths of whatever a service counts (items per second; 1000 = one
//         replica). Whole numbers, so that "never below" is exact.
// Shapes. A deployment lists the replicas of each GPU of the problem; its instances are a legal
//         layout. At most kMostServices services.
// Errors. check: kInvalidArgument when the two deployments do not fit the problem; kInfeasible when
//         a floor is above what the first or the last deployment gives.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/result.h"
#include "mig/layout.h"

namespace septet::plan {

inline constexpr std::size_t kMostServices = 250;
// An instance that nobody uses.
inline constexpr std::size_t kIdle = std::numeric_limits<std::size_t>::max();

struct RunningReplica {
  mig::Instance instance;
  std::size_t service = kIdle;
  friend bool operator==(const RunningReplica&, const RunningReplica&) = default;
};

using Deployment = std::vector<std::vector<RunningReplica>>;  // by GPU

struct Gives {
  const mig::GpuInstanceProfile* profile = nullptr;  // of one product
  std::int64_t amount = 0;
};

struct MovingService {
  std::string name;
  std::int64_t floor = 0;     // the capacity it never goes below
  double load_seconds = 0.0;  // from an instance that is there to a replica that serves
  std::vector<Gives> gives;   // in profiles that are not here it cannot run

  std::int64_t in(const mig::GpuInstanceProfile* profile) const;  // 0: it cannot
};

struct TransitionGpu {
  std::string name;  // "GPU 3"
  const mig::Product* product = nullptr;
};

// GPUs that are empty in both deployments are the spare ones: a transition may use them in between,
// and leaves them empty.
struct TransitionProblem {
  std::vector<TransitionGpu> gpus;
  std::vector<MovingService> services;
  Deployment from, to;

  const mig::Geometry& geometry(std::size_t gpu) const { return gpus[gpu].product->geometry; }
  std::int64_t gives(const RunningReplica& replica) const;  // 0 of an idle instance
  bool spare(std::size_t gpu) const { return from[gpu].empty() && to[gpu].empty(); }
};

std::vector<std::int64_t> capacities(const TransitionProblem& problem,
                                     const Deployment& deployment);
// Two instances cannot be on one GPU at the same time. Layouts are legal exactly when no two of
// their instances conflict: every budget of a GPU is about pairs.
bool conflict(const mig::Geometry& geometry, const mig::Instance& a, const mig::Instance& b);
bool holds(const std::vector<RunningReplica>& replicas, const RunningReplica& replica);

// What of the first deployment must go before `wanted`, of the last, can come.
std::vector<RunningReplica> in_the_way(const TransitionProblem& problem, std::size_t gpu,
                                       const RunningReplica& wanted);
// Services that cannot spare `leaving` before a replica came; `capacity` is what they give.
std::vector<std::size_t> short_without(const TransitionProblem& problem,
                                       std::vector<std::int64_t> capacity,
                                       const std::vector<RunningReplica>& leaving);

Result<> check(const TransitionProblem& problem);

std::string to_string(const TransitionProblem& problem,
                      const RunningReplica& replica);  // "3g.40gb@4 chat"

}  // namespace septet::plan
