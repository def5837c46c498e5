#include "cli/smi/arguments.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <span>

namespace septet::cli::smi {
namespace {

constexpr int kInvalidArgument = 2;  // both nvidia-smi's code for a bad word and NVML's

std::unexpected<Error> wrong(std::string what) {
  return fail(Code::kInvalidArgument, std::move(what), "septet smi -h, septet smi mig -h",
              kInvalidArgument);
}

enum class Value { kNone, kOptional, kRequired };
struct Option {
  std::string_view brief, spelled;
  Value value = Value::kNone;
  std::optional<Action> action;
};

constexpr Option kMigOptions[] = {
    {"-h", "--help", Value::kNone, Action::kMigHelp},
    {"-i", "--id", Value::kRequired, std::nullopt},
    {"-gi", "--gpu-instance-id", Value::kRequired, std::nullopt},
    {"-ci", "--compute-instance-id", Value::kRequired, std::nullopt},
    {"-C", "--default-compute-instance", Value::kNone, std::nullopt},
    {"-lgip", "--list-gpu-instance-profiles", Value::kNone, Action::kListGpuProfiles},
    {"-lgipp", "--list-gpu-instance-possible-placements", Value::kNone, Action::kListGpuPlacements},
    {"-cgi", "--create-gpu-instance", Value::kRequired, Action::kCreateGpuInstances},
    {"-dgi", "--destroy-gpu-instance", Value::kNone, Action::kDestroyGpuInstances},
    {"-lgi", "--list-gpu-instances", Value::kNone, Action::kListGpuInstances},
    {"-lcip", "--list-compute-instance-profiles", Value::kNone, Action::kListComputeProfiles},
    {"-lcipp", "--list-compute-instance-possible-placements", Value::kNone,
     Action::kListComputePlacements},
    {"-cci", "--create-compute-instance", Value::kOptional, Action::kCreateComputeInstances},
    {"-dci", "--destroy-compute-instance", Value::kNone, Action::kDestroyComputeInstances},
    {"-lci", "--list-compute-instances", Value::kNone, Action::kListComputeInstances},
};

constexpr Option kTopOptions[] = {
    {"-h", "--help", Value::kNone, Action::kHelp},
    {"-L", "--list-gpus", Value::kNone, Action::kListGpus},
    {"-i", "--id", Value::kRequired, std::nullopt},
    {"-mig", "--multi-instance-gpu", Value::kRequired, Action::kSetMode},
    {"-r", "--gpu-reset", Value::kNone, Action::kReset},
};

// One option taken off the words, with its value if it has one.
struct Taken {
  const Option* option = nullptr;
  std::optional<std::string> value;
};

Result<Taken> take(std::span<const Option> options, const std::vector<std::string>& words,
                   std::size_t& next) {
  const std::string& word = words[next++];
  const std::size_t equals = word.find('=');
  const std::string_view name = std::string_view(word).substr(0, equals);
  const auto option = std::ranges::find_if(
      options, [&](const Option& o) { return o.brief == name || o.spelled == name; });
  if (option == options.end()) return wrong(fmt::format("invalid option: {}", word));
  Taken taken{&*option, std::nullopt};
  if (equals != std::string::npos) {
    if (option->value == Value::kNone) return wrong(fmt::format("{} takes no value", name));
    taken.value = word.substr(equals + 1);
  } else if (option->value != Value::kNone && next < words.size() &&
             !words[next].starts_with('-')) {
    taken.value = words[next++];
  }
  if (option->value == Value::kRequired && (!taken.value || taken.value->empty())) {
    return wrong(fmt::format("{} needs a value", name));
  }
  return taken;
}

Result<std::vector<std::uint32_t>> numbers(const Taken& taken) {
  std::vector<std::uint32_t> ids;
  for (const std::string& part : split_list(*taken.value)) {
    const auto id = parse_number(part);
    if (!id) return wrong(fmt::format("{}: '{}' is not an instance id", taken.option->brief, part));
    ids.push_back(*id);
  }
  return ids;
}

Result<> set_mode(const std::string& value, Command& command) {
  std::string lower = value;
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower != "0" && lower != "1" && lower != "enabled" && lower != "disabled") {
    return wrong(fmt::format("-mig takes 0 or 1, not '{}'", value));
  }
  command.mode_on = lower == "1" || lower == "enabled";
  return {};
}

Result<> apply(const Taken& taken, bool& has_action, Command& command) {
  const Option& option = *taken.option;
  if (option.brief == "-i") {
    command.gpus = split_list(*taken.value);
  } else if (option.brief == "-gi") {
    command.gpu_instances = TRY(numbers(taken));
  } else if (option.brief == "-ci") {
    command.compute_instances = TRY(numbers(taken));
  } else if (option.brief == "-C") {
    command.default_compute = true;
  } else if (option.brief == "-mig") {
    TRY(set_mode(*taken.value, command));
  } else if (taken.value) {
    command.profiles = split_list(*taken.value);
  }
  if (!option.action) return {};
  if (*option.action == Action::kHelp || *option.action == Action::kMigHelp) {
    command.action = *option.action;
    has_action = true;
    return {};
  }
  if (has_action && command.action != *option.action) {
    return wrong(fmt::format("{} cannot be combined with another command", option.brief));
  }
  has_action = true;
  command.action = *option.action;
  return {};
}

Result<> check(const Command& command) {
  const bool creates = command.action == Action::kCreateGpuInstances;
  if (command.default_compute && !creates) return wrong("-C goes with -cgi");
  const bool gpu_only = creates || command.action == Action::kListGpuProfiles ||
                        command.action == Action::kListGpuPlacements ||
                        command.action == Action::kListGpuInstances;
  if (gpu_only && command.gpu_instances) return wrong("-gi does not go with this command");
  if (command.compute_instances && command.action != Action::kDestroyComputeInstances) {
    return wrong("-ci goes with -dci");
  }
  return {};
}

}  // namespace

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  for (;;) {
    const std::size_t comma = text.find(',');
    parts.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

std::optional<std::uint32_t> parse_number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

Result<Command> parse_arguments(const std::vector<std::string>& words) {
  Command command;
  const bool mig = !words.empty() && words.front() == "mig";
  const std::span<const Option> options = mig ? std::span<const Option>(kMigOptions) : kTopOptions;
  bool has_action = false;
  for (std::size_t next = mig ? 1 : 0; next < words.size();) {
    const Taken taken = TRY(take(options, words, next));
    TRY(apply(taken, has_action, command));
    if (command.action == Action::kHelp || command.action == Action::kMigHelp) return command;
  }
  if (mig && !has_action) {
    command.action = Action::kMigHelp;
    return command;
  }
  TRY(check(command));
  return command;
}

}  // namespace septet::cli::smi
