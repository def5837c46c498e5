// septet status — the node as a picture.
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "cli/change_session.h"
#include "cli/command_line.h"
#include "cli/node_picture.h"
#include "cli/verb.h"
#include "mig/node_json.h"
#include "mig/slice_share.h"

namespace septet::cli {

namespace {

struct StatusOptions {
  bool json = false, ascii = false, watch = false, brief = false;
  double interval_s = 1.0;
  std::vector<std::uint32_t> gpus;
};

volatile std::sig_atomic_t interrupted = 0;

std::string headline(const mig::Node& node) {
  std::string text = fmt::format("{} GPU{}, driver {}", node.gpus.size(),
                                 node.gpus.size() == 1 ? "" : "s", node.driver_version);
  if (node.simulated) text += fmt::format("   SIMULATED ({})", node.simulated_state);
  return text + "\n";
}

std::string footer(const mig::Node& node) {
  const mig::SliceShare share = mig::slice_share(node);
  if (share.compute_total == 0) return "no GPU here can be cut (MIG)\n";
  std::size_t instances = 0;
  for (const mig::Gpu& gpu : node.gpus) instances += gpu.instances.size();
  return fmt::format("{} instance{}: {} of {} compute slices, {} of {} memory slices\n", instances,
                     instances == 1 ? "" : "s", share.compute_used, share.compute_total,
                     share.memory_used, share.memory_total);
}

Result<mig::Node> observe(driver::Driver& driver, const StatusOptions& options) {
  auto node = TRY(driver.observe());
  for (const std::uint32_t wanted : options.gpus) {
    if (wanted >= node.gpus.size()) {
      return fail(Code::kNotFound, fmt::format("there is no GPU {}", wanted),
                  fmt::format("the node has GPUs 0 to {}", static_cast<int>(node.gpus.size()) - 1));
    }
  }
  if (!options.gpus.empty()) {
    std::erase_if(node.gpus, [&options](const mig::Gpu& gpu) {
      return std::ranges::find(options.gpus, gpu.index) == options.gpus.end();
    });
  }
  return node;
}

void show(const mig::Node& node, const StatusOptions& options) {
  if (options.json) {
    fmt::print("{}", to_text(mig::to_json(node)));
    return;
  }
  PictureOptions picture;
  picture.ascii = options.ascii;
  picture.color = color_wanted();
  picture.width = terminal_width();
  picture.details = !options.brief;
  fmt::print("{}\n{}\n{}", headline(node), draw_node(node, picture), footer(node));
}

Result<int> watch(driver::Driver& driver, const StatusOptions& options) {
  std::signal(SIGINT, [](int) { interrupted = 1; });
  while (interrupted == 0) {
    const auto node = TRY(observe(driver, options));
    if (isatty(STDOUT_FILENO) == 1) fmt::print("\x1b[H\x1b[2J");
    show(node, options);
    std::fflush(stdout);
    if (std::ferror(stdout) != 0) return 1;
    poll(nullptr, 0, static_cast<int>(options.interval_s * 1000.0));
  }
  return 0;
}

Result<int> run_status(const Globals& globals, const std::vector<std::string>& arguments) {
  StatusOptions options;
  options.json = globals.json;
  CommandLine line("the node as a picture: every GPU, its slices, instances, users",
                   "septet status");
  line.flag("--json", options.json, "for programs");
  line.flag("--ascii", options.ascii, "plain characters instead of boxes");
  line.flag("--brief", options.brief, "without the line per instance");
  line.flag("--watch", options.watch, "again and again until interrupted");
  line.option("--interval", options.interval_s, "seconds between pictures of --watch")
      .range(0.1, 3600.0);
  line.option("-i,--gpu", options.gpus, "only these GPUs").comma_separated();
  if (TRY(line.parse(arguments)).finished) return 0;

  const auto driver = TRY(open_watched_driver(globals));
  if (options.watch) return watch(*driver, options);
  show(TRY(observe(*driver, options)), options);
  return 0;
}

}  // namespace

extern const Verb kStatus{
    "status", "the node as a picture: every GPU, its slices, instances, users", run_status};

}  // namespace septet::cli
