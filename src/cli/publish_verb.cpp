// septet publish — the node in other people's formats, once or from now on.
#include "cli/publish_slurm.h"
#include "cli/subcommand.h"

namespace septet::cli {

// NOLINTNEXTLINE(readability-redundant-declaration): not where lint reads several files as one
extern const Verb kPublishCdi, kPublishMetrics;

namespace {

Result<int> run_publish(const Globals& globals, const std::vector<std::string>& arguments) {
  static constexpr const Verb* kFormats[] = {&kPublishCdi, &kPublishMetrics, &kPublishSlurm};
  return run_subcommand("septet [--sim[=STATE]] publish", "publish", kFormats, globals, arguments);
}

}  // namespace

extern const Verb kPublish{"publish", "the node in other people's formats: cdi, metrics, slurm",
                           run_publish};

}  // namespace septet::cli
