// septet parted checkpoint — how every GPU is cut, to the place, in a file.
#include <fmt/format.h>

#include "base/replace_file.h"
#include "cli/parted/log.h"
#include "cli/parted/subcommand.h"
#include "partition/checkpoint_file.h"

namespace septet::cli::parted {

namespace {

Result<> run_checkpoint(const Context& context, const std::vector<std::string>& words) {
  std::string file;
  const std::vector<Flag> flags{
      {"checkpoint-file", 'f', "MIG_PARTED_CHECKPOINT_FILE", "where to", &file}};
  if (TRY(answered(context, kCheckpoint, flags, words))) return {};
  TRY(require(flags[0]));
  const auto driver = TRY(open_driver(context.globals));
  const auto node = TRY(driver->observe());
  const auto made = TRY(partition::checkpoint_of(node));
  for (const std::string& loss : made.losses) log("warning", "this format cannot say: " + loss);
  TRY(replace_file(file, made.json.dump()));
  fmt::print("MIG configuration checkpointed successfully\n");
  return {};
}

}  // namespace

const Subcommand kCheckpoint{"checkpoint", "write down how every GPU is cut, to the place",
                             run_checkpoint};

}  // namespace septet::cli::parted
