// cli/sim/absent_files.h — shows a file that the kernel does not have at all, to any program.
//
// A bind mount needs something to stand on; a kernel without loadable modules has no /proc/modules.
// There the child's openat calls are handed to this process (seccomp user notification): a listed
// path gets the generated file's descriptor, every other call goes on as if nothing were there.
// Works for static programs too. Kernel 5.14 or later.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "base/result.h"

namespace septet::cli::sim {

// In the child, before exec: from now on openat asks. Sends the listening descriptor through
// `socket`.
bool ask_before_opening(int socket);
// In the parent: receives it; -1 when the child could not.
int receive_listener(int socket);
// Answers one waiting call of `listener`; `files` maps absent paths to generated ones.
void answer_one(int listener, const std::map<std::string, std::filesystem::path>& files);

}  // namespace septet::cli::sim
