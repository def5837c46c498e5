// cli/top/tenant.h — who a process on a GPU is, in the words of the TENANT column.
#pragma once

#include <string>

#include "mig/node.h"

namespace septet::cli::top {

// "4242 python".
std::string tenant_text(const mig::Process& process);

}  // namespace septet::cli::top
