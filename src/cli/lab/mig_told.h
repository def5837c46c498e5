// cli/lab/mig_told.h — the answer of `septet lab replay mig`, as values that text, JSON and the
// picture are made of.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/lab/request_mix.h"
#include "lab/replay/online.h"
#include "lab/replay/spread.h"
#include "plan/online/policy.h"

namespace septet::cli::lab_verbs {

struct MigOptions {
  std::string product = "h100-sxm5-80gb", mix = "uniform", life = "exponential", svg;
  std::vector<std::string> policies;
  std::uint32_t gpus = 100, seeds = 4, moves = 0;
  std::uint64_t arrivals = 60'000;
  double load = 1.0, budget = 5.0;
};

// What is asked, checked.
struct MigQuestion {
  MigOptions options;
  std::vector<plan::online::Pool> pools;
  RequestMix mix;
  lab::replay::Life life = lab::replay::Life::kExponential;
  std::vector<const plan::online::PolicyRow*> rows;
};

// Of one policy or reference line, over the seeds; in per cent.
struct MigLine {
  std::string name;
  lab::replay::Spread by_count, by_memory, occupied;
  std::optional<double> moves;  // per hundred accepted
};

struct ToldMig {
  MigQuestion question;
  std::vector<MigLine> lines;
  std::optional<MigLine> repacked;
  std::optional<double> bound_by_count, bound_by_memory;  // per cent
  std::string no_bound;                                   // why not
};

}  // namespace septet::cli::lab_verbs
