#include "cli/parted/flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/nearest.h"
#include "base/quoted.h"

namespace septet::cli::parted {

namespace {

std::optional<bool> truth(std::string_view word) {
  for (const std::string_view yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (word == yes) return true;
  }
  for (const std::string_view no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (word == no) return false;
  }
  return std::nullopt;
}

bool is_switch(const Flag& flag) { return std::holds_alternative<bool*>(flag.value); }

Result<> set(const Flag& flag, const std::string& word, const std::string& source) {
  if (!is_switch(flag)) {
    *std::get<std::string*>(flag.value) = word;
    return {};
  }
  const auto value = truth(word);
  if (!value) {
    return fail(Code::kInvalidArgument, source + " must be true or false, got " + quoted(word));
  }
  *std::get<bool*>(flag.value) = *value;
  return {};
}

class Parser {
 public:
  Parser(const std::vector<Flag>& flags, const std::vector<std::string>& words, bool global)
      : flags_(flags), words_(words), global_(global) {}

  Result<Words> run(const FindVariable& environment) {
    for (const Flag& flag : flags_) {
      if (flag.environment.empty()) continue;
      const auto value = environment(flag.environment);
      if (value && !value->empty()) TRY(set(flag, *value, std::string(flag.environment)));
    }
    while (at_ < words_.size() && made_.next == Next::kRun) {
      const std::string& word = words_[at_];
      if (word.size() < 2 || word.front() != '-') break;
      ++at_;
      if (word == "--") break;
      TRY(take(word));
    }
    made_.rest.assign(words_.begin() + static_cast<std::ptrdiff_t>(at_), words_.end());
    if (global_ || made_.next != Next::kRun || made_.rest.empty()) return made_;
    if (made_.rest[0] == "help" || made_.rest[0] == "h") {
      made_.next = Next::kHelp;
      return made_;
    }
    return fail(Code::kInvalidArgument, "no word expected, got " + quoted(made_.rest[0]),
                "flags begin with a dash: --help lists them");
  }

 private:
  const Flag* find(std::string_view name) const {
    const auto found = std::ranges::find_if(flags_, [name](const Flag& flag) {
      return name == flag.name || (name.size() == 1 && name[0] == flag.letter);
    });
    return found == flags_.end() ? nullptr : &*found;
  }

  Result<> take(const std::string& word) {
    const std::string_view bare = std::string_view(word).substr(word.starts_with("--") ? 2 : 1);
    const std::size_t equals = bare.find('=');
    const std::string_view name = bare.substr(0, equals);
    if (name == "help" || name == "h") {
      made_.next = Next::kHelp;
      return {};
    }
    if (global_ && (name == "version" || name == "v")) {
      made_.next = Next::kVersion;
      return {};
    }
    if (const Flag* const flag = find(name)) {
      if (equals != std::string_view::npos)
        return set(*flag, std::string(bare.substr(equals + 1)), "--" + std::string(flag->name));
      return take_value(*flag);
    }
    if (!word.starts_with("--") && equals == std::string_view::npos && all_letters(name)) {
      for (const char letter : name) TRY(take_value(*find(std::string_view(&letter, 1))));
      return {};
    }
    std::vector<std::string_view> known{"help"};
    for (const Flag& flag : flags_) known.push_back(flag.name);
    return fail(Code::kInvalidArgument, "no flag " + quoted(word), did_you_mean(name, known));
  }

  bool all_letters(std::string_view name) const {
    return std::ranges::all_of(
        name, [this](const char& letter) { return find(std::string_view(&letter, 1)) != nullptr; });
  }

  Result<> take_value(const Flag& flag) {
    if (is_switch(flag)) return set(flag, "true", std::string(flag.name));
    if (at_ == words_.size()) {
      return fail(Code::kInvalidArgument, fmt::format("--{} needs a value", flag.name));
    }
    return set(flag, words_[at_++], std::string(flag.name));
  }

  const std::vector<Flag>& flags_;
  const std::vector<std::string>& words_;
  const bool global_;
  std::size_t at_ = 0;
  Words made_;
};

std::string default_of(const Flag& flag) {
  if (is_switch(flag)) return *std::get<bool*>(flag.value) ? " (default: true)" : "";
  const std::string& text = *std::get<std::string*>(flag.value);
  return text.empty() ? "" : " (default: " + text + ")";
}

}  // namespace

FindVariable process_environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing changes the environment while this runs
    const char* const value = std::getenv(std::string(name).c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

Result<Words> parse(const std::vector<Flag>& flags, const std::vector<std::string>& words,
                    const FindVariable& environment, bool global) {
  return Parser(flags, words, global).run(environment);
}

std::string help_lines(const std::vector<Flag>& flags, bool global) {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const Flag& flag : flags) {
    const std::string value = is_switch(flag) ? "" : " value";
    std::string about = std::string(flag.about) + default_of(flag);
    if (!flag.environment.empty()) about += fmt::format(" [${}]", flag.environment);
    rows.emplace_back(fmt::format("--{}{}, -{}{}", flag.name, value, flag.letter, value),
                      std::move(about));
  }
  rows.emplace_back("--help, -h", "this text");
  if (global) rows.emplace_back("--version, -v", "the version");
  std::size_t width = 0;
  for (const auto& row : rows) width = std::max(width, row.first.size());
  std::string text;
  for (const auto& [words, about] : rows)
    text += fmt::format("   {:<{}}  {}\n", words, width, about);
  return text;
}

partition::HookEnvironment overlay_of(const std::vector<Flag>& flags) {
  partition::HookEnvironment overlay;
  for (const Flag& flag : flags) {
    if (flag.environment.empty()) continue;
    overlay.emplace_back(flag.environment, is_switch(flag)
                                               ? (*std::get<bool*>(flag.value) ? "true" : "false")
                                               : *std::get<std::string*>(flag.value));
  }
  return overlay;
}

}  // namespace septet::cli::parted
