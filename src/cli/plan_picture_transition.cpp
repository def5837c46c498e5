// cli/plan_picture_transition.cpp — which service runs where, before and after a transition, and
// its steps.
#include <fmt/format.h>

#include <algorithm>

#include "cli/plan_picture.h"
#include "cli/transition_text.h"

namespace septet::cli {

namespace {

using plan::TransitionProblem;

class TransitionPainter {
 public:
  TransitionPainter(const TransitionProblem& problem, const plan::Transition& transition)
      : problem_(problem), transition_(transition) {}

  svg::BoardRow row(std::size_t gpu) const {
    svg::BoardRow row;
    row.label = problem_.gpus[gpu].name;
    row.notes = {std::string(problem_.gpus[gpu].product->id)};
    row.boards = {board(gpu, true), board(gpu, false)};
    return row;
  }

 private:
  svg::Board board(std::size_t gpu, bool before) const {
    const auto& [here, there] = before ? std::tie(problem_.from[gpu], problem_.to[gpu])
                                       : std::tie(problem_.to[gpu], problem_.from[gpu]);
    svg::Board board{problem_.geometry(gpu).units, "empty", {}};
    for (const plan::RunningReplica& replica : here) {
      svg::DrawnInstance box = drawn_whole(replica.instance);
      if (replica.service == plan::kIdle) {
        box.occupants = {{"idle"}};
      } else {
        box.occupants = {{problem_.services[replica.service].name, replica.service}};
      }
      const svg::Fate changed = before ? svg::Fate::kGoes : svg::Fate::kNew;
      box.fate = plan::holds(there, replica) ? svg::Fate::kStays : changed;
      if (box.fate != svg::Fate::kStays) box.steps = steps_of({gpu, replica}, before);
      board.instances.push_back(std::move(box));
    }
    std::ranges::sort(board.instances, {}, &svg::DrawnInstance::start);
    return board;
  }

  // "3", "3, 9": the steps that end it, or that start it.
  std::string steps_of(const plan::ReplicaPlace& place, bool ends) const {
    std::string text;
    for (std::size_t i = 0; i < transition_.steps.size(); ++i) {
      const plan::TransitionStep& step = transition_.steps[i];
      if ((ends ? step.from : step.to) != place) continue;
      text += fmt::format("{}{}", text.empty() ? "" : ", ", i + 1);
    }
    return text;
  }

  const TransitionProblem& problem_;
  const plan::Transition& transition_;
};

svg::NumberedLine numbered(const TransitionProblem& problem, const plan::Transition& transition,
                           std::size_t i) {
  const plan::TransitionStep& step = transition.steps[i];
  std::string text =
      fmt::format("{} {}", plan::to_string(step.kind), transition_step_text(problem, step));
  for (std::size_t k = 0; k < step.after.size(); ++k)
    text += fmt::format("{}{}", k == 0 ? "; after " : ", ", step.after[k] + 1);
  return {std::to_string(i + 1), text};
}

}  // namespace

svg::Picture picture_of(const TransitionProblem& problem, const plan::Transition& transition) {
  svg::Picture picture;
  picture.title = transition.steps.empty() ? "Nothing to do: the two deployments are the same"
                                           : "Transition: no service below its floor";
  picture.summary = {fmt::format(
      "{} not touched, {} to start ({}), {:.4g} s",
      transition.kept == 1 ? "1 replica" : fmt::format("{} replicas", transition.kept),
      transition.starts,
      transition.fewest() ? "fewer cannot do" : fmt::format("at least {}", transition.least_starts),
      transition.seconds)};
  picture.columns = {"before", "after"};
  const TransitionPainter painter(problem, transition);
  svg::Section& section = picture.sections.emplace_back();
  for (std::size_t gpu = 0; gpu < problem.gpus.size(); ++gpu) {
    if (!problem.spare(gpu)) section.rows.push_back(painter.row(gpu));
  }
  for (std::size_t s = 0; s < problem.services.size(); ++s)
    picture.keys.push_back({s, problem.services[s].name, ""});
  if (!transition.steps.empty()) picture.list_heading = "Steps";
  for (std::size_t i = 0; i < transition.steps.size(); ++i)
    picture.list.push_back(numbered(problem, transition, i));
  return picture;
}

}  // namespace septet::cli
