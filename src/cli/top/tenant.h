// cli/top/tenant.h — who a process on a GPU is, in the words of the TENANT column.
#pragma once

#include <string>

#include "metrics/tenants.h"

namespace septet::cli::top {

// "4242 python", "job 42", "container 1f2e3d4c5b6a". `cgroups`: of the processes, as far as /proc
// tells.
std::string tenant_text(const mig::Process& process, const metrics::CgroupTexts& cgroups);

}  // namespace septet::cli::top
