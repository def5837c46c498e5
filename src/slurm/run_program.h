// slurm/run_program.h — what does a program of Slurm say?
//
// Its words are an argv: no shell sees them. Standard input is /dev/null. It must end within
// `limit`; then it is killed.
// Errors. kNotFound: there is no such program. kUnavailable: it failed (what it said on standard
//         error is in the sentence), was killed, took too long, or said more than 256 MiB.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.h"

namespace septet::slurm {

// What it wrote on standard output. What a daemon it leaves behind writes is not waited for.
Result<std::string> run_program(const std::vector<std::string>& words,
                                std::chrono::milliseconds limit);

}  // namespace septet::slurm
