// plan/transition/testing/problems.h — transitions to test with, and what must hold of their
// answers.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "plan/transition/testing/replay.h"
#include "plan/transition/transition.h"

namespace septet::plan::testing {

inline const mig::Product& product(const char* id) { return *mig::find_product(id); }

// `gpus` of one product, `services` that give as many thousands as an instance has slices.
inline TransitionProblem problem_on(const mig::Product& product, std::size_t gpus,
                                    std::size_t services) {
  TransitionProblem problem;
  for (std::size_t g = 0; g < gpus; ++g)
    problem.gpus.push_back({"GPU " + std::to_string(g), &product});
  for (std::size_t s = 0; s < services; ++s) {
    MovingService service{std::string(1, static_cast<char>('a' + s)), 0, 10.0, {}};
    for (const auto& profile : product.geometry.profiles) {
      if (profile.classic()) service.gives.push_back({&profile, profile.slices * 1000});
    }
    problem.services.push_back(std::move(service));
  }
  problem.from.resize(gpus);
  problem.to.resize(gpus);
  return problem;
}

// Floors as high as they can be.
inline void keep_capacity(TransitionProblem& problem) {
  const auto before = capacities(problem, problem.from), after = capacities(problem, problem.to);
  for (std::size_t s = 0; s < before.size(); ++s)
    problem.services[s].floor = std::min(before[s], after[s]);
}

inline void expect_sound(const TransitionProblem& problem, const Transition& transition,
                         std::mt19937& random) {
  for (int i = 0; i < 4; ++i) ASSERT_EQ(Replay(problem).in_random_order(transition, random), "");
  ASSERT_EQ(Replay(problem).in_time(transition), "");
  ASSERT_EQ(Replay(problem).in_stages(cut_stages(problem, transition)), "");
  ASSERT_GE(transition.starts, transition.least_starts);
  ASSERT_GE(transition.chain, transition.least_chain);
  ASSERT_GE(transition.seconds, transition.least_seconds - 1e-9);
}

}  // namespace septet::plan::testing
