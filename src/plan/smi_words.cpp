#include "plan/smi_words.h"

#include <algorithm>

#include "base/nearest.h"
#include "base/quoted.h"

namespace septet::plan {

namespace {

std::vector<std::string> split(std::string_view text, std::string_view at) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(at), text.size());
    if (end > 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

enum class FlagKind { kCreate, kValue, kFlag };

struct Known {
  std::string_view word, longer;
  FlagKind kind;
  std::optional<std::string> SmiCommand::*value = nullptr;
  bool SmiCommand::*flag = nullptr;
};

constexpr Known kKnown[] = {
    {"-cgi", "--create-gpu-instance", FlagKind::kCreate, nullptr, &SmiCommand::creates},
    {"-C", "--default-compute-instance", FlagKind::kFlag, nullptr, &SmiCommand::with_compute},
    {"-cci", "--create-compute-instance", FlagKind::kFlag, nullptr, &SmiCommand::creates_compute},
    {"-dci", "--destroy-compute-instance", FlagKind::kFlag, nullptr, &SmiCommand::destroys_compute},
    {"-dgi", "--destroy-gpu-instance", FlagKind::kFlag, nullptr, &SmiCommand::destroys_instances},
    {"-lgi", "--list-gpu-instances", FlagKind::kFlag, nullptr, &SmiCommand::lists},
    {"-lci", "--list-compute-instances", FlagKind::kFlag, nullptr, &SmiCommand::lists},
    {"-lgip", "--list-gpu-instance-profiles", FlagKind::kFlag, nullptr, &SmiCommand::lists},
    {"-lgipp", "--list-gpu-instance-possible-placements", FlagKind::kFlag, nullptr,
     &SmiCommand::lists},
    {"-lcip", "--list-compute-instance-profiles", FlagKind::kFlag, nullptr, &SmiCommand::lists},
    {"-lcipp", "--list-compute-instance-possible-placements", FlagKind::kFlag, nullptr,
     &SmiCommand::lists},
    {"-i", "--id", FlagKind::kValue, &SmiCommand::gpus, nullptr},
    {"-gi", "--gpu-instance-id", FlagKind::kValue, &SmiCommand::instances, nullptr},
    {"-ci", "--compute-instance-id", FlagKind::kValue, &SmiCommand::compute, nullptr},
    {"-mig", "--multi-instance-gpu", FlagKind::kValue, &SmiCommand::mode, nullptr},
};

bool is_front(const std::string& word) {
  return word == "sudo" || word == "mig" || word == "nvidia-smi" || word.ends_with("/nvidia-smi");
}

std::vector<std::string> flattened(const std::vector<std::string>& words) {
  std::vector<std::string> flat;
  for (const std::string& word : words)
    std::ranges::move(split(word, " \t="), std::back_inserter(flat));
  return flat;
}

}  // namespace

bool looks_like_smi(const std::vector<std::string>& words) {
  const auto flat = flattened(words);
  return !flat.empty() && (is_front(flat[0]) || flat[0].starts_with('-'));
}

Result<SmiCommand> parse_smi(const std::vector<std::string>& words) {
  SmiCommand command;
  const std::vector<std::string> flat = flattened(words);
  std::size_t next = 0;
  while (next < flat.size() && is_front(flat[next])) ++next;
  for (; next < flat.size(); ++next) {
    const std::string& word = flat[next];
    const auto known = std::ranges::find_if(
        kKnown, [&word](const Known& row) { return row.word == word || row.longer == word; });
    if (known == std::end(kKnown)) {
      std::vector<std::string_view> options;
      for (const Known& row : kKnown) options.push_back(row.word);
      return fail(Code::kInvalidArgument, "nvidia-smi mig has no option " + quoted(word),
                  did_you_mean(word, options));
    }
    if (known->flag != nullptr) command.*(known->flag) = true;
    // -cci may stand alone or name profiles; what it names changes nothing we judge.
    const bool has_value = next + 1 < flat.size() && !flat[next + 1].starts_with('-');
    if (known->kind == FlagKind::kFlag) {
      next += (known->word == "-cci" && has_value) ? 1u : 0u;
      continue;
    }
    if (!has_value) return fail(Code::kInvalidArgument, "after " + word + " a value is missing");
    ++next;
    if (known->value != nullptr) command.*(known->value) = flat[next];
    if (known->kind == FlagKind::kCreate) command.create = split(flat[next], ",");
  }
  return command;
}

}  // namespace septet::plan
