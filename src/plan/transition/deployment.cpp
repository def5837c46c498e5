#include "plan/transition/deployment.h"

#include <fmt/format.h>

#include <algorithm>

namespace septet::plan {

namespace {

Result<> check_gpu(const TransitionProblem& problem, const Deployment& deployment,
                   std::size_t gpu) {
  std::vector<mig::Instance> instances;
  for (const RunningReplica& replica : deployment[gpu]) {
    instances.push_back(replica.instance);
    if (replica.service == kIdle) continue;
    if (replica.service >= problem.services.size())
      return fail(Code::kInternal, "a replica of a service that is not listed");
    if (problem.gives(replica) > 0) continue;
    return fail(Code::kInvalidArgument,
                fmt::format("{}: {} gives nothing in a {}", problem.gpus[gpu].name,
                            problem.services[replica.service].name, replica.instance.profile->name),
                "say under gives: what it gives there");
  }
  const auto layout = mig::Layout::make(problem.geometry(gpu), std::move(instances));
  if (!layout) return fail_because(layout.error(), problem.gpus[gpu].name + " cannot be cut so");
  return {};
}

std::string amount_text(std::int64_t thousandths) {
  return fmt::format("{:.6g}", static_cast<double>(thousandths) / 1000);
}

Result<> check_floors(const TransitionProblem& problem, const Deployment& deployment,
                      const char* which) {
  const auto capacity = capacities(problem, deployment);
  for (std::size_t s = 0; s < problem.services.size(); ++s) {
    const MovingService& service = problem.services[s];
    if (capacity[s] >= service.floor) continue;
    return fail(Code::kInfeasible,
                fmt::format("{} gives {} {}, which is below its floor of {}", which, service.name,
                            amount_text(capacity[s]), amount_text(service.floor)),
                "lower the floor, or change the deployment");
  }
  return {};
}

}  // namespace

std::int64_t MovingService::in(const mig::GpuInstanceProfile* profile) const {
  const auto row = std::ranges::find(gives, profile, &Gives::profile);
  return row == gives.end() ? 0 : row->amount;
}

std::int64_t TransitionProblem::gives(const RunningReplica& replica) const {
  return replica.service == kIdle ? 0 : services[replica.service].in(replica.instance.profile);
}

std::vector<std::int64_t> capacities(const TransitionProblem& problem,
                                     const Deployment& deployment) {
  std::vector<std::int64_t> capacity(problem.services.size(), 0);
  for (const auto& replicas : deployment) {
    for (const RunningReplica& replica : replicas) {
      if (replica.service != kIdle) capacity[replica.service] += problem.gives(replica);
    }
  }
  return capacity;
}

bool conflict(const mig::Geometry& geometry, const mig::Instance& a, const mig::Instance& b) {
  mig::Occupancy taken;
  taken.add(*a.profile, a.at);
  return mig::may_add(geometry, taken, *b.profile, b.at) != mig::Refusal::kNone;
}

bool holds(const std::vector<RunningReplica>& replicas, const RunningReplica& replica) {
  return std::ranges::find(replicas, replica) != replicas.end();
}

std::vector<RunningReplica> in_the_way(const TransitionProblem& problem, std::size_t gpu,
                                       const RunningReplica& wanted) {
  std::vector<RunningReplica> found;
  for (const RunningReplica& there : problem.from[gpu]) {
    if (conflict(problem.geometry(gpu), there.instance, wanted.instance)) found.push_back(there);
  }
  return found;
}

std::vector<std::size_t> short_without(const TransitionProblem& problem,
                                       std::vector<std::int64_t> capacity,
                                       const std::vector<RunningReplica>& leaving) {
  std::vector<std::size_t> services;
  for (const RunningReplica& there : leaving) {
    if (there.service == kIdle) continue;
    std::int64_t& left = capacity[there.service];
    const std::int64_t floor = problem.services[there.service].floor;
    const bool enough = left >= floor;
    left -= problem.gives(there);
    if (enough && left < floor) services.push_back(there.service);
  }
  return services;
}

Result<> check(const TransitionProblem& problem) {
  SEPTET_ASSERT(problem.from.size() == problem.gpus.size());
  SEPTET_ASSERT(problem.to.size() == problem.gpus.size());
  if (problem.services.size() > kMostServices) {
    return fail(Code::kNotSupported,
                fmt::format("{} services are more than {}", problem.services.size(), kMostServices),
                "plan the transition of fewer GPUs at a time");
  }
  for (std::size_t g = 0; g < problem.gpus.size(); ++g) {
    TRY(check_gpu(problem, problem.from, g));
    TRY(check_gpu(problem, problem.to, g));
  }
  TRY(check_floors(problem, problem.from, "the first deployment"));
  TRY(check_floors(problem, problem.to, "the last deployment"));
  return {};
}

std::string to_string(const TransitionProblem& problem, const RunningReplica& replica) {
  const bool idle = replica.service == kIdle;
  return mig::to_string(replica.instance) + " " +
         (idle ? "idle" : problem.services[replica.service].name);
}

}  // namespace septet::plan
