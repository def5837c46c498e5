#include "plan/solver_library.h"

#include <dlfcn.h>

#include <string>

namespace septet::plan {

namespace {

// The ABIs of Debian 12's coinor-libclp1 and coinor-libcbc3.
constexpr const char* kClp = "libClp.so.1";
constexpr const char* kCbc = "libCbcSolver.so.3";
constexpr const char* kInstall = "apt-get install coinor-libcbc3, or the packages of that name";

template <typename Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

Result<SolverLibrary> load() {
  void* const clp = dlopen(kClp, RTLD_NOW | RTLD_LOCAL);
  void* const cbc = clp == nullptr ? nullptr : dlopen(kCbc, RTLD_NOW | RTLD_LOCAL);
  if (cbc == nullptr) {
    const char* const why = dlerror();  // NOLINT(concurrency-mt-unsafe): glibc's is, per thread
    return fail(Code::kNotFound,
                std::string("the solver for mixed fleets cannot be loaded: ") +
                    (why == nullptr ? kCbc : why),
                kInstall);
  }
  SolverLibrary all{};
  const char* missing = nullptr;
#define SEPTET_FIND(library, name) \
  if (!find(library, #name, all.name)) missing = #name
  SEPTET_FIND(clp, Clp_newModel);
  SEPTET_FIND(clp, Clp_deleteModel);
  SEPTET_FIND(clp, Clp_setLogLevel);
  SEPTET_FIND(clp, Clp_loadProblem);
  SEPTET_FIND(clp, Clp_dual);
  SEPTET_FIND(clp, Clp_status);
  SEPTET_FIND(clp, Clp_objectiveValue);
  SEPTET_FIND(clp, Clp_primalColumnSolution);
  SEPTET_FIND(clp, Clp_dualRowSolution);
  SEPTET_FIND(cbc, Cbc_newModel);
  SEPTET_FIND(cbc, Cbc_deleteModel);
  SEPTET_FIND(cbc, Cbc_loadProblem);
  SEPTET_FIND(cbc, Cbc_setInteger);
  SEPTET_FIND(cbc, Cbc_setParameter);
  SEPTET_FIND(cbc, Cbc_solve);
  SEPTET_FIND(cbc, Cbc_isProvenInfeasible);
  SEPTET_FIND(cbc, Cbc_isProvenOptimal);
  SEPTET_FIND(cbc, Cbc_bestSolution);
  SEPTET_FIND(cbc, Cbc_getObjValue);
  SEPTET_FIND(cbc, Cbc_getBestPossibleObjValue);
#undef SEPTET_FIND
  if (missing == nullptr) return all;
  return fail(Code::kNotFound, std::string("the solver library has no ") + missing, kInstall);
}

}  // namespace

Result<const SolverLibrary*> solver_library() {
  static const Result<SolverLibrary> loaded = load();
  if (!loaded) return std::unexpected(loaded.error());
  return &*loaded;
}

}  // namespace septet::plan
