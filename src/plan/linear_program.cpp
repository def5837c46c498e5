#include "plan/linear_program.h"

#include <cmath>
#include <memory>
#include <string>

#include "base/result.h"
#include "plan/solver_library.h"

namespace septet::plan {

int LinearProgram::add_row(double lower, double upper) {
  row_lower_.push_back(lower);
  row_upper_.push_back(upper);
  return rows() - 1;
}

int LinearProgram::add_column(double cost, double upper, const std::vector<Entry>& entries) {
  cost_.push_back(cost);
  upper_.push_back(upper);
  for (const Entry& entry : entries) {
    SEPTET_ASSERT(entry.row >= 0 && entry.row < rows());
    indices_.push_back(entry.row);
    values_.push_back(entry.value);
  }
  starts_.push_back(static_cast<int>(indices_.size()));
  return columns() - 1;
}

namespace {

// solver_ready() was asked before.
const SolverLibrary& coin() {
  static const auto library = solver_library();
  SEPTET_ASSERT(library.has_value());
  return **library;
}

}  // namespace

Result<> solver_ready() {
  (void)TRY(solver_library());
  return {};
}

// The library's types are in `Clp_Simplex` and `Cbc_Model`, both opaque.
struct Solvers {
  static Fractions fractions(const LinearProgram& program) {
    const std::unique_ptr<Clp_Simplex, decltype(SolverLibrary::Clp_deleteModel)> model(
        coin().Clp_newModel(), coin().Clp_deleteModel);
    coin().Clp_setLogLevel(model.get(), 0);
    const std::vector<double> lower(program.cost_.size(), 0.0);
    coin().Clp_loadProblem(model.get(), program.columns(), program.rows(), program.starts_.data(),
                           program.indices_.data(), program.values_.data(), lower.data(),
                           program.upper_.data(), program.cost_.data(), program.row_lower_.data(),
                           program.row_upper_.data());
    coin().Clp_dual(model.get(), 0);
    Fractions found;
    if (coin().Clp_status(model.get()) == 1) found.outcome = Outcome::kInfeasible;
    if (coin().Clp_status(model.get()) != 0) return found;
    found.outcome = Outcome::kOptimal;
    found.value = coin().Clp_objectiveValue(model.get());
    const double* const x = coin().Clp_primalColumnSolution(model.get());
    const double* const prices = coin().Clp_dualRowSolution(model.get());
    found.x.assign(x, x + program.columns());
    found.row_price.assign(prices, prices + program.rows());
    return found;
  }

  static WholeNumbers whole(const LinearProgram& program, const WholeLimits& limits) {
    const std::unique_ptr<Cbc_Model, decltype(SolverLibrary::Cbc_deleteModel)> model(
        coin().Cbc_newModel(), coin().Cbc_deleteModel);
    const std::vector<double> lower(program.cost_.size(), 0.0);
    coin().Cbc_loadProblem(model.get(), program.columns(), program.rows(), program.starts_.data(),
                           program.indices_.data(), program.values_.data(), lower.data(),
                           program.upper_.data(), program.cost_.data(), program.row_lower_.data(),
                           program.row_upper_.data());
    for (int column = 0; column < program.columns(); ++column)
      coin().Cbc_setInteger(model.get(), column);
    const auto set = [&model](const char* name, const std::string& value) {
      coin().Cbc_setParameter(model.get(), name, value.c_str());
    };
    set("log", "0");
    set("allowableGap", std::to_string(limits.gap));
    set("ratioGap", std::to_string(limits.fraction));
    set("maxNodes", std::to_string(limits.nodes));
    coin().Cbc_solve(model.get());
    return answer(program, model.get());
  }

 private:
  static WholeNumbers answer(const LinearProgram& program, Cbc_Model* model) {
    WholeNumbers found;
    if (coin().Cbc_isProvenInfeasible(model) != 0) found.outcome = Outcome::kInfeasible;
    const double* const x = coin().Cbc_bestSolution(model);
    if (found.outcome == Outcome::kInfeasible || x == nullptr) return found;
    if (coin().Cbc_isProvenOptimal(model) != 0) found.outcome = Outcome::kOptimal;
    found.value = coin().Cbc_getObjValue(model);
    found.least = coin().Cbc_getBestPossibleObjValue(model);
    for (int column = 0; column < program.columns(); ++column)
      found.x.push_back(std::round(x[column]));
    return found;
  }
};

Fractions best_fractions(const LinearProgram& program) { return Solvers::fractions(program); }

WholeNumbers best_whole_numbers(const LinearProgram& program, const WholeLimits& limits) {
  return Solvers::whole(program, limits);
}

}  // namespace septet::plan
