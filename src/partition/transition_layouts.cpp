#include "partition/transition_layouts.h"

#include <fmt/format.h>

#include "base/quoted.h"

namespace septet::partition {

namespace {

std::string replica_line(const plan::TransitionProblem& problem, const char* what,
                         const plan::ReplicaPlace& place) {
  const std::size_t service = place.replica.service;
  const std::string name =
      service == plan::kIdle ? "nothing (idle)" : quoted(problem.services[service].name);
  return fmt::format("  # {} {} in {} on GPU {}\n", what, name,
                     mig::to_string(place.replica.instance), place.gpu);
}

std::string gpu_entry(const plan::TransitionProblem& problem, const plan::GpuAfterStage& after) {
  std::string text = fmt::format("  - gpu: {}\n    product: {}\n    instances:", after.gpu,
                                 problem.gpus[after.gpu].product->id);
  if (after.instances.empty()) return text + " []\n";
  text += "\n";
  for (const mig::Instance& instance : after.instances)
    text += fmt::format("    - {}:{}\n", instance.profile->name, instance.at.start);
  return text;
}

}  // namespace

std::string transition_layouts_text(const plan::TransitionProblem& problem,
                                    const std::vector<plan::CutStage>& stages) {
  std::string text =
      "# One layout a stage: septet apply FILE -c step-1, then step-2, and so on. Before each, "
      "end\n"
      "# what it says stops; after it, start what it says and wait until it serves.\n"
      "layouts:\n";
  for (std::size_t i = 0; i < stages.size(); ++i) {
    text += fmt::format("  step-{}:\n", i + 1);
    for (const auto& place : stages[i].stop) text += replica_line(problem, "before: stop", place);
    for (const auto& place : stages[i].start) text += replica_line(problem, "after: start", place);
    for (const auto& after : stages[i].cuts) text += gpu_entry(problem, after);
  }
  return text;
}

}  // namespace septet::partition
