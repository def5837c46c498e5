#include "lab/queue/best_static.h"

#include <algorithm>

#include "lab/queue/baselines.h"

namespace septet::lab::queue {

namespace {

std::vector<std::vector<int>> maximal_layouts(const Places& places, const mig::Geometry& geometry) {
  std::vector<std::vector<int>> all;
  const auto plain = [](const mig::GpuInstanceProfile& profile) { return profile.classic(); };
  for (const mig::Layout& layout : mig::layouts(geometry, plain, true)) {
    std::vector<int> instances;
    for (const mig::Instance& instance : layout.instances())
      instances.push_back(places.find(instance));
    all.push_back(std::move(instances));
  }
  return all;
}

bool runs_all(const World& world, const std::vector<std::vector<int>>& layouts) {
  return std::ranges::all_of(world.jobs, [&](const TrainingJob& job) {
    return std::ranges::any_of(layouts, [&](const std::vector<int>& layout) {
      return std::ranges::any_of(layout, [&](int place) {
        return job.speed[world.places.all[static_cast<std::size_t>(place)].profile] > 0;
      });
    });
  });
}

double mean_under(std::span<const World> worlds, const StaticChoice& choice) {
  double sum = 0;
  for (const World& world : worlds) {
    if (!runs_all(world, choice.layouts)) return kForever;
    const auto policy = fixed_layouts(choice.layouts, choice.promotion, "");
    sum += run_policy(world, *policy).mean_completion;
  }
  return sum / static_cast<double>(worlds.size());
}

std::string text_of(const Places& places, const std::vector<std::vector<int>>& layouts) {
  std::vector<std::pair<std::string, unsigned>> kinds;
  for (const std::vector<int>& layout : layouts) {
    std::string text;
    for (const int place : layout) {
      const auto profile = places.all[static_cast<std::size_t>(place)].profile;
      text += (text.empty() ? "" : " ") + std::string(places.profiles[profile]->name);
    }
    const auto found = std::ranges::find(kinds, text, &std::pair<std::string, unsigned>::first);
    if (found != kinds.end())
      ++found->second;
    else
      kinds.emplace_back(text, 1);
  }
  std::string all;
  for (const auto& [text, count] : kinds)
    all += (all.empty() ? "" : ", ") + std::to_string(count) + " x (" + text + ")";
  return all;
}

}  // namespace

Result<StaticChoice> best_uniform(std::span<const World> worlds, const mig::Geometry& geometry) {
  const World& first = worlds.front();
  StaticChoice best;
  best.mean_completion = kForever;
  std::size_t tried = 0;
  for (const std::vector<int>& layout : maximal_layouts(first.places, geometry)) {
    for (const bool promotion : {false, true}) {
      StaticChoice choice{std::vector<std::vector<int>>(first.gpus, layout), promotion, 0, 0, {}};
      choice.mean_completion = mean_under(worlds, choice);
      ++tried;
      if (choice.mean_completion < best.mean_completion) best = std::move(choice);
    }
  }
  if (best.mean_completion == kForever)
    return fail(Code::kInvalidArgument, "no fixed layout runs every job");
  best.tried = tried;
  best.text = text_of(first.places, best.layouts);
  return best;
}

StaticChoice best_mixed(std::span<const World> worlds, const mig::Geometry& geometry,
                        const StaticChoice& from) {
  StaticChoice best = from;
  const auto all = maximal_layouts(worlds.front().places, geometry);
  for (bool better = true; better;) {
    better = false;
    for (std::size_t gpu = 0; gpu < best.layouts.size(); ++gpu) {
      for (const std::vector<int>& layout : all) {
        StaticChoice choice = best;
        choice.layouts[gpu] = layout;
        choice.mean_completion = mean_under(worlds, choice);
        ++best.tried;
        if (choice.mean_completion >= best.mean_completion - 1e-6) continue;
        choice.tried = best.tried;
        best = std::move(choice);
        better = true;
      }
    }
  }
  best.text = text_of(worlds.front().places, best.layouts);
  return best;
}

}  // namespace septet::lab::queue
