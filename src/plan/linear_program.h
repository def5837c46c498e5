// plan/linear_program.h — a linear program and the two questions asked of it: the best fractions
// with their prices, and the best whole numbers.
//
// The only one that uses the solver library (Clp and CBC, solver_library.h, docs/adr/0008).
// Floating point: nothing that septet claims rests on these numbers alone (plan/fleet/price_bound.h
// recomputes in whole numbers). Shapes. Minimize cost . x with row.lower <= A x <= row.upper and 0
// <= x <= upper.
#pragma once

#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "base/result.h"

namespace septet::plan {

class LinearProgram {
 public:
  static constexpr double kNoLimit = std::numeric_limits<double>::infinity();
  struct Entry {
    int row = 0;
    double value = 0;
  };

  int add_row(double lower, double upper);  // its number
  // Its number. Each row at most once.
  int add_column(double cost, double upper, const std::vector<Entry>& entries);
  int rows() const { return static_cast<int>(row_lower_.size()); }
  int columns() const { return static_cast<int>(cost_.size()); }

 private:
  friend struct Solvers;
  std::vector<double> row_lower_, row_upper_, cost_, upper_, values_;
  std::vector<int> starts_{0}, indices_;
};

// Before anything is solved: kNotFound when the solver's libraries are not installed.
Result<> solver_ready();

enum class Outcome : std::uint8_t { kOptimal, kInfeasible, kStopped };

struct Fractions {
  Outcome outcome = Outcome::kStopped;
  double value = 0;
  std::vector<double> x, row_price;  // d value / d row bound
};
Fractions best_fractions(const LinearProgram& program);

struct WholeLimits {
  double gap = 0.999;   // good enough: this much above the least possible
  double fraction = 0;  // or this part of the value
  int nodes = 200;      // then the best so far
};
struct WholeNumbers {
  Outcome outcome =
      Outcome::kStopped;  // kStopped: the limit was met; x is empty if nothing was found
  double value = 0;
  double least = 0;  // no better value than this exists, as far as floating point can tell
  std::vector<double> x;
};
WholeNumbers best_whole_numbers(const LinearProgram& program, const WholeLimits& limits);

}  // namespace septet::plan
