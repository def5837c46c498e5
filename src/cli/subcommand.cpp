#include "cli/subcommand.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/nearest.h"

namespace septet::cli {

namespace {

void print_subcommands(std::string_view usage, std::string_view verb,
                       std::span<const Verb* const> table) {
  fmt::print("usage: {} SUBCOMMAND ...\n\n", usage);
  for (const Verb* one : table) fmt::print("  {:<9} {}\n", one->name, one->summary);
  fmt::print("\nseptet {} SUBCOMMAND --help says what each takes.\n", verb);
}

}  // namespace

Result<int> run_subcommand(std::string_view usage, std::string_view verb,
                           std::span<const Verb* const> table, const Globals& globals,
                           const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h") {
    print_subcommands(usage, verb, table);
    return arguments.empty() ? 1 : 0;
  }
  const auto named = std::ranges::find(table, arguments[0], [](const Verb* v) { return v->name; });
  if (named == table.end()) {
    std::vector<std::string_view> known;
    for (const Verb* one : table) known.push_back(one->name);
    return fail(Code::kInvalidArgument, fmt::format("no subcommand '{}'", arguments[0]),
                did_you_mean(arguments[0], known));
  }
  return (*named)->run(globals, {arguments.begin() + 1, arguments.end()});
}

}  // namespace septet::cli
