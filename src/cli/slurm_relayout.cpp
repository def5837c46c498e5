// septet slurm relayout — this node's layout and what Slurm knows of it, changed together.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "cli/change_session.h"
#include "cli/command_line.h"
#include "cli/layout_words.h"
#include "cli/open_journal.h"
#include "cli/publish_slurm.h"
#include "cli/recovered_text.h"
#include "cli/slurm_verb.h"
#include "partition/recover.h"
#include "slurm/cluster.h"
#include "slurm/relayout.h"

namespace septet::cli {

namespace {

constexpr double kLongestWaitForJobs = 30.0 * 86400;

struct RelayoutOptions {
  std::string node, config, gres_conf;
  std::vector<std::string> spec;
  double wait_s = 0;
  ChangeOptions change;
};

// Two runs at once would each put back what the other does.
class OneAtATime {
 public:
  static Result<OneAtATime> take(const std::string& path) {
    const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
      return fail(Code::kNoPermission, fmt::format("cannot write {}", path), "run this as root");
    if (flock(file, LOCK_EX | LOCK_NB) == 0) return OneAtATime(file);
    close(file);
    return fail(Code::kBusy, "another septet slurm relayout of this node is under way",
                "wait for its end");
  }
  ~OneAtATime() {
    if (file_ >= 0) close(file_);
  }
  OneAtATime(OneAtATime&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  OneAtATime& operator=(OneAtATime&&) = delete;

 private:
  explicit OneAtATime(int file) : file_(file) {}
  int file_;
};

Result<> carry_out_now(const Globals& globals, const RelayoutOptions& options,
                       const std::vector<plan::GpuCut>& targets) {
  auto session = TRY(begin_change(globals, options.change));
  const auto node = TRY(session.driver->observe());
  const auto plan = plan::diff(node, targets);
  const auto made =
      TRY(carry_out(session, "slurm relayout", plan, apply_options(globals, options.change)));
  if (made.outcome.end != partition::End::kDone) return std::unexpected(failed(made, plan));
  return {};
}

struct Subjects {
  Intent intent;
  std::optional<slurm::Situation> situation;
};

Result<Subjects> look(const Globals& globals, const RelayoutOptions& options) {
  const auto wanted = TRY(wanted_by_words(options.spec, options.config));
  const auto driver = TRY(open_driver(globals));
  Subjects found{TRY(intent_of(*driver, wanted)), std::nullopt};
  if (found.intent.packed && !found.intent.packed->fits())
    return std::unexpected(does_not_fit(*found.intent.packed));
  auto node = TRY(slurm::ask_node(options.node));
  if (!node) return found;
  slurm::Situation situation;
  situation.node = std::move(*node);
  situation.jobs = TRY(slurm::ask_jobs_on(options.node));
  situation.devices = TRY(slurm_devices_of(found.intent.node)).devices;
  situation.order_known = TRY(slurm::detection_of(options.gres_conf, options.node,
                                                  read_site_file)) == publish::Detection::kStatic;
  situation.cut = found.intent.plan;
  found.situation = std::move(situation);
  return found;
}

// Is Slurm told what the node has already?
bool told(const slurm::Situation& situation) {
  const auto meant = publish::parse_gres(publish::slurm_gres(situation.devices));
  if (!meant) return false;
  std::map<std::string, std::uint64_t> wanted, offered;
  for (const auto& one : *meant) wanted[one.type] += one.count;
  for (const auto& one : situation.node.offers) offered[one.type] += one.count;
  return wanted == offered && situation.node.up() && !situation.node.drained();
}

Result<int> say_steps(const std::vector<slurm::RelayoutStep>& steps, bool json) {
  Json list = Json::array();
  for (const slurm::RelayoutStep& step : steps) {
    if (!json) fmt::print("{}\n", step.text);
    list.push_back({{"step", slurm::to_string(step.kind)}, {"text", step.text}});
  }
  if (json) fmt::print("{}", to_text({{"steps", list}}));
  return 2;
}

slurm::Hands hands_of(const Globals& globals, const RelayoutOptions& options,
                      const plan::Plan& plan) {
  slurm::Hands hands;
  hands.cut = [&globals, &options, &plan] { return carry_out_now(globals, options, plan.to); };
  hands.uncut = [&globals, &options, &plan] { return carry_out_now(globals, options, plan.from); };
  hands.observe = [&globals]() -> Result<mig::Node> {
    const auto driver = TRY(open_driver(globals));
    return driver->observe();
  };
  hands.devices = slurm_devices_of;
  hands.read = read_site_file;
  hands.say = [](const std::string& what) {
    fmt::print(stderr, "septet slurm relayout: {}\n", what);
  };
  return hands;
}

Result<int> relayout_now(const Globals& globals, const RelayoutOptions& options) {
  const std::string folder = TRY(journal_folder(globals));
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  const std::string record = fmt::format("{}/slurm-{}.json", folder, options.node);
  const auto alone = TRY(OneAtATime::take(record + ".lock"));
  const bool cut_short = TRY(slurm::read_record(record)).has_value();
  if (cut_short) TRY(recover_before(globals, options.change));
  const auto found = TRY(look(globals, options));
  if (!cut_short && found.intent.plan.empty() && found.situation && told(*found.situation)) {
    fmt::print("nothing to do: {} is cut and registered so\n", options.node);
    return 0;
  }
  if (found.situation) TRY(slurm::relayout_steps(*found.situation));  // or why it cannot be
  const slurm::RelayoutOrder order{
      options.node, options.gres_conf, record,
      std::chrono::milliseconds(static_cast<std::int64_t>(options.wait_s * 1000))};
  TRY(slurm::relayout(order, found.situation, hands_of(globals, options, found.intent.plan)));
  const auto node = TRY(slurm::ask_node(options.node));
  if (options.change.json) {
    fmt::print("{}", to_text({{"node", options.node}, {"gres", node ? node->gres : ""}}));
  } else {
    fmt::print("{} is registered with {}\n", options.node, node ? node->gres : "nothing");
  }
  return 0;
}

Result<int> run_relayout(const Globals& globals, const std::vector<std::string>& arguments) {
  RelayoutOptions options;
  options.change.json = globals.json;
  options.gres_conf = default_gres_conf();
  CommandLine line(
      "drain this node, cut its GPUs anew, and register it with Slurm as they are then; when that "
      "fails, layout and node are put back. Run again after a kill, it takes up where it was",
      "septet slurm relayout");
  line.option("NODE", options.node, "what Slurm calls this node; a dynamic one (slurmd -Z)")
      .required();
  line.option("SPEC", options.spec,
              "3g.40gb,4g.40gb for every GPU; 0=3g.40gb,4g.40gb 1=7g.80gb for some; or a file")
      .required();
  line.option("-c,--config", options.config, "which layout or config of a file with several");
  line.option("--wait", options.wait_s, "seconds to wait for jobs to end (default 0)")
      .range(0.0, kLongestWaitForJobs);
  line.option("--gres-conf", options.gres_conf,
              "the file with this node's lines (default: beside slurm.conf)");
  line.flag("--allow-reset", options.change.allow_reset,
            "GPUs whose change of mode needs it may be reset");
  line.flag("--dry-run", options.change.dry_run, "only say the steps; exit 2");
  line.flag("--json", options.change.json, "for programs");
  if (TRY(line.parse(arguments)).finished) return 0;
  if (!options.change.dry_run) return relayout_now(globals, options);
  const auto found = TRY(look(globals, options));
  if (!found.situation)
    return fail(Code::kNotFound, fmt::format("Slurm has no node {}", options.node),
                "sinfo -N lists them");
  if (found.intent.plan.empty() && told(*found.situation)) {
    fmt::print("nothing to do: {} is cut and registered so\n", options.node);
    return 0;
  }
  return say_steps(TRY(slurm::relayout_steps(*found.situation)), options.change.json);
}

}  // namespace

Result<> recover_before(const Globals& globals, const ChangeOptions& options) {
  auto session = TRY(begin_change(globals, options));
  partition::RecoverOptions how;
  how.apply = apply_options(globals, options);
  for (const auto& one :
       TRY(partition::recover(*session.journal, session.lock, *session.driver, how))) {
    if (one.failure) return std::unexpected(unrecovered(one));
    fmt::print(stderr, "septet slurm: {}", recovered_text(one));
  }
  return {};
}

std::string default_gres_conf() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing changes the environment while this runs
  const char* const conf = std::getenv("SLURM_CONF");
  const std::string path = conf == nullptr ? "/etc/slurm/slurm.conf" : conf;
  return path.substr(0, path.rfind('/') + 1) + "gres.conf";
}

const Verb kSlurmRelayout{"relayout", "drain, cut anew, register again, resume", run_relayout};

}  // namespace septet::cli
