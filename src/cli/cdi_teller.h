// cli/cdi_teller.h — the published CDI files of the node that the words before the verb name.
#pragma once

#include <memory>

#include "cli/verb.h"
#include "partition/apply.h"

namespace septet::cli {

std::shared_ptr<partition::Teller> cdi_teller(const Globals& globals);

}  // namespace septet::cli
