// septet lab replay mig — slices are placed at once or refused.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/json.h"
#include "base/nearest.h"
#include "cli/command_line.h"
#include "cli/lab/replay_pictures.h"
#include "cli/lab/subcommands.h"
#include "cli/subject.h"
#include "plan/online/fluid_bound.h"
#include "plan/online/losses.h"

namespace septet::cli::lab_verbs {

namespace {

namespace online = plan::online;
namespace replay = lab::replay;

constexpr double kMeanLife = 1000;

Result<replay::Life> life_named(const std::string& text) {
  constexpr replay::Life kLives[] = {replay::Life::kExponential, replay::Life::kConstant,
                                     replay::Life::kLognormal, replay::Life::kPareto,
                                     replay::Life::kTwoKinds};
  std::vector<std::string_view> known;
  for (const replay::Life life : kLives) {
    if (to_string(life) == text) return life;
    known.push_back(to_string(life));
  }
  return fail(Code::kInvalidArgument, fmt::format("--life: no kind of life '{}'", text),
              did_you_mean(text, known));
}

Result<std::vector<const online::PolicyRow*>> policies_named(
    const std::vector<std::string>& names) {
  std::vector<const online::PolicyRow*> rows;
  for (const std::string& name : names) {
    if (name == "all") {
      for (const online::PolicyRow& row : online::policies()) rows.push_back(&row);
      continue;
    }
    const online::PolicyRow* const row = online::find_policy(name);
    if (row == nullptr) {
      std::vector<std::string_view> known = {"all"};
      for (const online::PolicyRow& one : online::policies()) known.push_back(one.name);
      return fail(Code::kInvalidArgument, fmt::format("--policy: no policy '{}'", name),
                  did_you_mean(name, known));
    }
    rows.push_back(row);
  }
  return rows;
}

Result<MigOptions> parse_mig(const std::vector<std::string>& arguments, bool& finished) {
  MigOptions options;
  CommandLine line(
      "Requests for slices arrive and leave all day; each is placed at once or refused. What does "
      "every policy accept?",
      "septet lab replay mig");
  line.option("-p,--product", options.product, "the GPU (septet products)").show_default();
  line.option("--gpus", options.gpus, "how many").range(1, 1'000'000).show_default();
  line.option("--mix", options.mix,
              "uniform, skew-small, skew-big, bimodal or PROFILE=SHARE,... of requests")
      .show_default();
  line.option("--load", options.load, "offered memory over the fleet's")
      .range(0.01, 100.0)
      .show_default();
  line.option("--policy", options.policies, "names between commas, or all").comma_separated();
  line.option("--seeds", options.seeds, "how many runs").range(1, 1000).show_default();
  line.option("--arrivals", options.arrivals, "per run; the first fifth is not counted")
      .range(10, 1'000'000'000)
      .show_default();
  line.option("--life", options.life, "exponential, constant, lognormal, pareto or two-kinds")
      .show_default();
  const auto moves =
      line.option("--moves", options.moves, "running instances that may move to let a request in")
          .range(0, 8)
          .show_default();
  line.option("--budget", options.budget, "moves per hundred accepted requests")
      .range(0.0, 100.0)
      .needs(moves)
      .show_default();
  line.option("--svg", options.svg, "draw pictures into this folder");
  finished = TRY(line.parse(arguments)).finished;
  if (options.policies.empty())
    options.policies = {"first-fit", "best-fit", "best-index", "mfi", "fgd", "septet"};
  return options;
}

Result<MigQuestion> question_of(MigOptions options) {
  const mig::Product* const product = TRY(product_named(options.product));
  const mig::Geometry& geometry = product->geometry;
  const auto shape =
      std::make_shared<const online::Shape>(geometry, online::plain_profiles(geometry));
  auto mix = TRY(request_mix(options.mix, *shape));
  const auto life = TRY(life_named(options.life));
  auto rows = TRY(policies_named(options.policies));
  std::vector<online::Pool> pools = {{shape, options.gpus, {}}};
  return MigQuestion{std::move(options), std::move(pools), std::move(mix), life, std::move(rows)};
}

replay::Stream stream_of(const MigQuestion& question, std::uint64_t seed) {
  replay::Stream stream;
  stream.share = question.mix.share;
  stream.life = question.life;
  stream.mean_life = kMeanLife;
  stream.rate =
      replay::rate_for_load(question.pools, stream.share, question.options.load, kMeanLife);
  stream.seed = seed;
  return stream;
}

std::optional<replay::OnlineResult> run_once(const MigQuestion& question,
                                             const online::PolicyRow& row, std::uint64_t seed) {
  const MigOptions& options = question.options;
  online::FleetState fleet(question.pools);
  const double moved = options.moves == 0 ? 0 : options.budget / 100;
  const auto policy = row.make(fleet, {question.mix.share, options.load, seed, moved});
  if (policy == nullptr) return std::nullopt;
  const replay::OnlineLength length{options.arrivals, 0.2};
  const replay::Stream stream = stream_of(question, seed);
  // GPUs that are cut once have no room to make.
  const bool fixed = row.name.starts_with("static");
  if (options.moves == 0 || fixed) return replay_online(fleet, *policy, stream, length);
  online::MoveLimits limits;
  limits.moves_per_refusal = options.moves;
  limits.share = options.budget / 100;
  online::Migration migration(fleet, limits);
  return replay_online(fleet, *policy, migration, stream, length);
}

MigLine line_of(std::string name, const std::vector<replay::OnlineResult>& runs) {
  std::vector<double> count, memory, occupied;
  double moves = 0;
  double accepted = 0;
  for (const replay::OnlineResult& run : runs) {
    count.push_back(100 * run.accepted_share());
    memory.push_back(100 * run.accepted_memory());
    occupied.push_back(100 * run.occupied_share);
    moves += static_cast<double>(run.moves);
    accepted += static_cast<double>(run.accepted);
  }
  MigLine line{std::move(name), replay::spread(count), replay::spread(memory),
               replay::spread(occupied), std::nullopt};
  if (moves > 0) line.moves = 100 * moves / accepted;
  return line;
}

void add_bounds(ToldMig& told) {
  const MigQuestion& question = told.question;
  online::Fluid fluid;
  const replay::Stream stream = stream_of(question, 1);
  for (const double share : question.mix.share)
    fluid.offered.push_back(stream.rate * share * kMeanLife);
  fluid.value.assign(fluid.offered.size(), 1.0);
  const auto by_count = online::fluid_bound(question.pools, fluid);
  if (!by_count) {
    told.no_bound = by_count.error().what;
    return;
  }
  told.bound_by_count = 100 * by_count->share;
  for (std::size_t r = 0; r < fluid.value.size(); ++r)
    fluid.value[r] = replay::request_units(question.pools)[r];
  const auto by_memory = online::fluid_bound(question.pools, fluid);
  if (by_memory) told.bound_by_memory = 100 * by_memory->share;
}

Result<ToldMig> answer(MigQuestion question) {
  ToldMig told{std::move(question), {}, {}, {}, {}, {}};
  const MigOptions& options = told.question.options;
  for (const online::PolicyRow* row : told.question.rows) {
    std::vector<replay::OnlineResult> runs;
    for (std::uint64_t seed = 1; seed <= options.seeds; ++seed) {
      auto run = run_once(told.question, *row, seed);
      if (!run) break;
      runs.push_back(std::move(*run));
    }
    if (!runs.empty()) told.lines.push_back(line_of(std::string(row->name), runs));
  }
  std::vector<replay::OnlineResult> repacked;
  for (std::uint64_t seed = 1; seed <= options.seeds; ++seed) {
    repacked.push_back(TRY(replay::replay_repacked(
        told.question.pools, stream_of(told.question, seed), {options.arrivals, 0.2})));
  }
  told.repacked = line_of("unlimited repacking", repacked);
  add_bounds(told);
  return told;
}

std::string spread_text(const replay::Spread& spread) {
  if (!spread.half) return fmt::format("{:>6.2f}       ", spread.mean);
  return fmt::format("{:>6.2f} ±{:<5.2f}", spread.mean, *spread.half);
}

std::string line_text(const MigLine& line) {
  const std::string moves = line.moves ? fmt::format(" {:>6.2f}", *line.moves) : "";
  return fmt::format("{:<20} {} {} {}{}\n", line.name, spread_text(line.by_count),
                     spread_text(line.by_memory), spread_text(line.occupied), moves);
}

std::string bound_text(const ToldMig& told) {
  if (!told.bound_by_count) return fmt::format("no bound: {}\n", told.no_bound);
  return fmt::format(
      "{:<20} {:>6.2f}        {:>6.2f}        the fluid bound: no policy passes it\n", "at most",
      *told.bound_by_count, told.bound_by_memory.value_or(100));
}

std::string mig_text(const ToldMig& told) {
  const MigOptions& options = told.question.options;
  std::string text = fmt::format(
      "{} x {}, mix {}, load {:.2f}\n{} of {} arrivals, the first fifth not counted; {} "
      "lives; "
      "modelled\n\n",
      options.gpus, options.product, told.question.mix.name, options.load,
      options.seeds == 1 ? "1 run" : fmt::format("{} runs", options.seeds), options.arrivals,
      to_string(told.question.life));
  text += fmt::format("{:<20} {:<13} {:<13} {:<13}{}\n", "per cent", "accepted", "by memory",
                      "occupied", options.moves > 0 ? " moves" : "");
  for (const MigLine& line : told.lines) text += line_text(line);
  text += "\n";
  if (told.repacked) text += line_text(*told.repacked);
  text += bound_text(told);
  text += options.seeds == 1 ? "\nOne run: no interval; --seeds 10 gives one.\n"
                             : "\nThe interval is that of the mean at 95 %.\n";
  for (const online::PolicyRow* row : told.question.rows)
    text += fmt::format("  {:<15} {}\n", row->name, row->label);
  return text;
}

Json line_json(const MigLine& line) {
  const auto of = [](const replay::Spread& spread) {
    Json value = {{"mean", spread.mean}};
    if (spread.half) value["half_interval"] = *spread.half;
    return value;
  };
  Json value = {{"name", line.name},
                {"accepted_percent", of(line.by_count)},
                {"accepted_memory_percent", of(line.by_memory)},
                {"occupied_percent", of(line.occupied)}};
  if (line.moves) value["moves_per_hundred_accepted"] = *line.moves;
  return value;
}

Json told_json(const ToldMig& told) {
  const MigOptions& options = told.question.options;
  Json value = {{"product", options.product},
                {"gpus", options.gpus},
                {"mix", told.question.mix.name},
                {"load", options.load},
                {"life", std::string(to_string(told.question.life))},
                {"runs", options.seeds},
                {"arrivals", options.arrivals},
                {"modelled", true},
                {"policies", Json::array()}};
  for (const MigLine& line : told.lines) value["policies"].push_back(line_json(line));
  if (told.repacked) value["unlimited_repacking"] = line_json(*told.repacked);
  if (told.bound_by_count) {
    value["fluid_bound"] = {{"accepted_percent", *told.bound_by_count},
                            {"accepted_memory_percent", told.bound_by_memory.value_or(100)}};
  }
  return value;
}

Result<int> run_replay_mig(const Globals& globals, const std::vector<std::string>& arguments) {
  bool finished = false;
  auto options = TRY(parse_mig(arguments, finished));
  if (finished) return 0;
  auto question = TRY(question_of(std::move(options)));
  const ToldMig told = TRY(answer(std::move(question)));
  return tell(globals, told_json(told), mig_text(told), told.question.options.svg,
              pictures_of(told));
}

}  // namespace

extern const Verb kReplayMig{"mig", "slices are placed at once or refused", run_replay_mig};

}  // namespace septet::cli::lab_verbs
