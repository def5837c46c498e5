// cli/lab/queue_files.h — the files that the queueing lab reads.
#pragma once

#include <string>

#include "lab/queue/miso_world.h"

namespace septet::cli::lab_verbs {

enum class MisoLengths : std::uint8_t { kTrace, kCollected };  // trace_100.json, exp_100.json

// A folder like data/miso of the reference data. kNotFound names the file.
Result<lab::queue::MisoData> read_miso_folder(const std::string& folder, MisoLengths lengths);

}  // namespace septet::cli::lab_verbs
