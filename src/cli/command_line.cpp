#include "cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <deque>

namespace septet::cli {

struct Option::Impl {
  CLI::Option* option;  // its App owns it
};

Option Option::required() {
  impl_->option->required();
  return *this;
}

Option Option::range(int lowest, int highest) {
  impl_->option->check(CLI::Range(lowest, highest));
  return *this;
}

Option Option::range(double lowest, double highest) {
  impl_->option->check(CLI::Range(lowest, highest));
  return *this;
}

Option Option::one_of(const std::vector<std::string>& words) {
  impl_->option->check(CLI::IsMember(words));
  return *this;
}

Option Option::comma_separated() {
  impl_->option->delimiter(',');
  return *this;
}

Option Option::one_at_a_time() {
  impl_->option->allow_extra_args(false);
  return *this;
}

Option Option::needs(const Option& other) {
  impl_->option->needs(other.impl_->option);
  return *this;
}

Option Option::excludes(const Option& other) {
  impl_->option->excludes(other.impl_->option);
  return *this;
}

Option Option::show_default() {
  impl_->option->capture_default_str();
  return *this;
}

Option Option::with_unit(const std::map<std::string, std::uint64_t>& factors) {
  impl_->option->transform(CLI::AsNumberWithUnit(factors));
  return *this;
}

struct CommandLine::Impl {
  std::shared_ptr<CLI::App> app;     // of a subcommand: shared with its parent's
  std::deque<Option::Impl> options;  // a deque: handles point into it
  std::vector<std::unique_ptr<CommandLine>> subcommands;
};

CommandLine::CommandLine(const std::string& about, const std::string& command)
    : impl_(new Impl{std::make_shared<CLI::App>(about, command), {}, {}}) {}

CommandLine::CommandLine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

CommandLine::~CommandLine() = default;

Option CommandLine::flag(const std::string& names, bool& value, const std::string& help) {
  return Option(&impl_->options.emplace_back(impl_->app->add_flag(names, value, help)));
}

template <typename Value>
Option CommandLine::add(const std::string& names, Value& value, const std::string& help) {
  return Option(&impl_->options.emplace_back(impl_->app->add_option(names, value, help)));
}

Option CommandLine::option(const std::string& names, std::string& value, const std::string& help) {
  return add(names, value, help);
}

Option CommandLine::option(const std::string& names, double& value, const std::string& help) {
  return add(names, value, help);
}

Option CommandLine::option(const std::string& names, std::int32_t& value, const std::string& help) {
  return add(names, value, help);
}

Option CommandLine::option(const std::string& names, std::uint32_t& value,
                           const std::string& help) {
  return add(names, value, help);
}

Option CommandLine::option(const std::string& names, std::uint64_t& value,
                           const std::string& help) {
  return add(names, value, help);
}

Option CommandLine::option(const std::string& names, std::vector<std::string>& values,
                           const std::string& help) {
  return add(names, values, help);
}

Option CommandLine::option(const std::string& names, std::vector<std::int32_t>& values,
                           const std::string& help) {
  return add(names, values, help);
}

Option CommandLine::option(const std::string& names, std::vector<std::uint32_t>& values,
                           const std::string& help) {
  return add(names, values, help);
}

CommandLine& CommandLine::subcommand(const std::string& name, const std::string& about) {
  auto* const app = impl_->app->add_subcommand(name, about);
  std::unique_ptr<Impl> impl(new Impl{impl_->app->get_subcommand_ptr(app), {}, {}});
  impl_->subcommands.emplace_back(new CommandLine(std::move(impl)));
  return *impl_->subcommands.back();
}

Result<Parsed> CommandLine::parse(const std::vector<std::string>& arguments) {
  CLI::App& app = *impl_->app;
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // last word first
  } catch (const CLI::CallForHelp&) {
    fmt::print("{}", app.help());
    return Parsed{.finished = true};
  } catch (const CLI::CallForAllHelp&) {
    fmt::print("{}", app.help("", CLI::AppFormatMode::All));
    return Parsed{.finished = true};
  } catch (const CLI::ParseError& error) {
    return fail(Code::kInvalidArgument, error.what(), fmt::format("{} --help", app.get_name()));
  }
  return Parsed{};
}

bool CommandLine::parsed() const { return impl_->app->parsed(); }

bool CommandLine::given(const std::string& option) const { return impl_->app->count(option) > 0; }

}  // namespace septet::cli
