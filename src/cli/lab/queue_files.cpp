#include "cli/lab/queue_files.h"

namespace septet::cli::lab_verbs {

Result<lab::queue::MisoData> read_miso_folder(const std::string& folder, MisoLengths lengths) {
  const auto steps = TRY(read_csv_file(folder + "/a100_40gb_training_iter_time_per_profile.csv"));
  const auto models = TRY(read_yaml_file(folder + "/job_models.json"));
  const auto seconds = TRY(read_yaml_file(
      folder + (lengths == MisoLengths::kTrace ? "/trace_100.json" : "/exp_100.json")));
  return lab::queue::read_miso(steps, models, seconds);
}

}  // namespace septet::cli::lab_verbs
