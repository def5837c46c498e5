// publish/hostlist.h — which names does one of Slurm's bracket expressions stand for?
//
// "gn[0-3,07],login" is gn0 gn1 gn2 gn3 gn07 login. Any number of brackets, zero padding as
// written ("[08-11]" is 08 09 10 11).
// Source. slurm.conf(5), NodeName; File and MultipleFiles of gres.conf(5) are written the same way.
// Errors. kInvalidArgument: brackets that do not close, ranges that fall, more than 65536 names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace septet::publish {

Result<std::vector<std::string>> expand_hostlist(std::string_view text);

}  // namespace septet::publish
