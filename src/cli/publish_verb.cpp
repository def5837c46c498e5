// septet publish — this node in other people's formats, once.
#include "cli/publish_slurm.h"
#include "cli/subcommand.h"

namespace septet::cli {

namespace {

Result<int> run_publish(const Globals& globals, const std::vector<std::string>& arguments) {
  static constexpr const Verb* kPublishers[] = {&kPublishSlurm};
  return run_subcommand("septet publish", "publish", kPublishers, globals, arguments);
}

}  // namespace

extern const Verb kPublish{"publish", "this node in other people's formats: slurm", run_publish};

}  // namespace septet::cli
