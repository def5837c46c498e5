// septet checkpoint — this node to the place, in mig-parted's checkpoint format.
#include <fmt/format.h>

#include "base/replace_file.h"
#include "cli/command_line.h"
#include "cli/verb.h"
#include "partition/checkpoint_file.h"

namespace septet::cli {

namespace {

Result<int> run_checkpoint(const Globals& globals, const std::vector<std::string>& arguments) {
  std::string file = "-";
  bool json = globals.json;
  CommandLine line("this node to the place, as a checkpoint of mig-parted", "septet checkpoint");
  line.option("FILE", file, "where to; - is standard output").show_default();
  line.flag("--json", json, "the format is JSON anyway");
  if (TRY(line.parse(arguments)).finished) return 0;
  const auto driver = TRY(open_driver(globals));
  const auto node = TRY(driver->observe());
  const auto made = TRY(partition::checkpoint_of(node));
  for (const std::string& loss : made.losses)
    fmt::print(stderr, "septet checkpoint: this format cannot say: {}\n", loss);
  const std::string text = to_text(made.json);
  if (file == "-") {
    fmt::print("{}", text);
    return 0;
  }
  TRY(replace_file(file, text));
  if (json) return 0;
  fmt::print("wrote the layout of {} GPUs to {}\n", made.json["MigState"]["Devices"].size(), file);
  return 0;
}

}  // namespace

extern const Verb kCheckpoint{"checkpoint", "this node to the place, as a file for restore",
                              run_checkpoint};

}  // namespace septet::cli
