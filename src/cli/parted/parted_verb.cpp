// septet parted — takes nvidia-mig-parted's words and gives its answers; also under that name.
#include <fmt/format.h>

#include <algorithm>

#include "base/nearest.h"
#include "base/quoted.h"
#include "cli/parted/log.h"
#include "cli/parted/subcommand.h"
#include "cli/stop_on_signal.h"

namespace septet::cli {

namespace parted {

namespace {

constexpr const Subcommand* kSubcommands[] = {&kApply,          &kAssert,     &kExport,
                                              &kGenerateConfig, &kCheckpoint, &kRestore};

void print_parted_help(const std::vector<Flag>& flags) {
  fmt::print(
      "NAME:\n   septet parted - nvidia-mig-parted's commands, done by septet; also under its "
      "name\n\n"
      "USAGE:\n   septet parted [global options] command [command options]\n\n"
      "COMMANDS:\n");
  for (const Subcommand* const one : kSubcommands)
    fmt::print("   {:<16} {}\n", one->name, one->about);
  fmt::print("   {:<16} {}\n", "help, h", "this text, or that of a command");
  fmt::print(
      "\nGLOBAL OPTIONS:\n{}\nEXIT STATUS:\n   0 done, or nothing to do; 1 everything else\n",
      help_lines(flags, true));
}

Result<> run_named(const Context& context, std::vector<std::string> words,
                   const std::vector<Flag>& flags) {
  const std::string name = words.front();
  words.erase(words.begin());
  if (name == "help" || name == "h") {
    if (words.empty()) {
      print_parted_help(flags);
      return {};
    }
    return run_named(context, {words.front(), "--help"}, flags);
  }
  std::vector<std::string_view> known;
  for (const Subcommand* const one : kSubcommands) {
    if (one->name == name) return one->run(context, words);
    known.push_back(one->name);
  }
  return fail(Code::kInvalidArgument, "no command " + quoted(name), did_you_mean(name, known));
}

Result<> run_words(const Globals& globals, const std::vector<std::string>& arguments) {
  Context context{globals};
  const std::vector<Flag> flags{
      {"debug", 'd', "MIG_PARTED_DEBUG", "say what is done, and what hooks say", &context.debug}};
  auto words = TRY(parse(flags, arguments, process_environment(), true));
  if (words.next == Next::kVersion) {
    fmt::print("nvidia-mig-parted as spoken by {}\n", kVersion);
    return {};
  }
  if (words.next == Next::kHelp || words.rest.empty()) {
    context.debug = false;  // its default, in the text
    print_parted_help(flags);
    return {};
  }
  return run_named(context, words.rest, flags);
}

}  // namespace

Result<bool> answered(const Context&, const Subcommand& self, const std::vector<Flag>& flags,
                      const std::vector<std::string>& words) {
  const std::string help = help_lines(flags);  // before they are filled: with the defaults
  const auto parsed = TRY(parse(flags, words, process_environment()));
  if (parsed.next != Next::kHelp) return false;
  fmt::print(
      "NAME:\n   septet parted {} - {}\n\nUSAGE:\n   septet parted {} [options]\n\nOPTIONS:\n{}",
      self.name, self.about, self.name, help);
  return true;
}

void debug(const Context& context, std::string_view text) {
  if (context.debug) log("debug", text);
}

Result<> require(const Flag& flag) {
  if (!std::get<std::string*>(flag.value)->empty()) return {};
  return fail(Code::kInvalidArgument, fmt::format("missing required flag '{}'", flag.name),
              fmt::format("-{} FILE, or set {}", flag.letter, flag.environment));
}

}  // namespace parted

namespace {

Result<int> run_parted(const Globals& globals, const std::vector<std::string>& arguments) {
  const auto done = parted::run_words(globals, arguments);
  if (done) return 0;
  parted::log("fatal", parted::one_line(done.error()));
  if (done.error().code == Code::kInterrupted) return StopOnSignal::exit_code();
  return 1;  // mig-parted knows no other
}

}  // namespace

extern const Verb kParted{"parted", "nvidia-mig-parted's commands, texts and exit codes",
                          run_parted};

}  // namespace septet::cli
