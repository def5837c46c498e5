// plan/solver_library.h — Clp and CBC, loaded when the first linear program is to be solved.
//
// Not linked: with the nine libraries that they draw in (LAPACK, BLAS, Fortran's) every start of
// septet took 15 to 20 ms instead of 3, and a node that plans no fleet needs none of them.
#pragma once

#include <coin/Cbc_C_Interface.h>
#include <coin/Clp_C_Interface.h>

#include "base/result.h"

namespace septet::plan {

// The functions by their own names. Types come from the headers, so a wrong call does not compile.
struct SolverLibrary {
  decltype(&::Clp_newModel) Clp_newModel;
  decltype(&::Clp_deleteModel) Clp_deleteModel;
  decltype(&::Clp_setLogLevel) Clp_setLogLevel;
  decltype(&::Clp_loadProblem) Clp_loadProblem;
  decltype(&::Clp_dual) Clp_dual;
  decltype(&::Clp_status) Clp_status;
  decltype(&::Clp_objectiveValue) Clp_objectiveValue;
  decltype(&::Clp_primalColumnSolution) Clp_primalColumnSolution;
  decltype(&::Clp_dualRowSolution) Clp_dualRowSolution;
  decltype(&::Cbc_newModel) Cbc_newModel;
  decltype(&::Cbc_deleteModel) Cbc_deleteModel;
  decltype(&::Cbc_loadProblem) Cbc_loadProblem;
  decltype(&::Cbc_setInteger) Cbc_setInteger;
  decltype(&::Cbc_setParameter) Cbc_setParameter;
  decltype(&::Cbc_solve) Cbc_solve;
  decltype(&::Cbc_isProvenInfeasible) Cbc_isProvenInfeasible;
  decltype(&::Cbc_isProvenOptimal) Cbc_isProvenOptimal;
  decltype(&::Cbc_bestSolution) Cbc_bestSolution;
  decltype(&::Cbc_getObjValue) Cbc_getObjValue;
  decltype(&::Cbc_getBestPossibleObjValue) Cbc_getBestPossibleObjValue;
};

// Loaded once, and for as long as the process lives. kNotFound: not installed.
Result<const SolverLibrary*> solver_library();

}  // namespace septet::plan
