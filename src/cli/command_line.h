// cli/command_line.h — the words after a verb: what it takes, what was given.
//
// A verb names its flags and options with the variables they fill, then parses; --help comes of
// itself. Names are as typed, between commas: "-p,--product"; a name without dashes is positional.
// A variable keeps its value when its option is not given.
// The parser behind it costs many seconds per file that sees it: only command_line.cpp does.
// Errors. kInvalidArgument: a word is wrong, missing or too many; the remedy is --help.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace septet::cli {

// What else holds for one option. A handle: valid as long as its CommandLine.
class Option {
 public:
  Option required();
  Option range(int lowest, int highest);
  Option range(double lowest, double highest);
  Option one_of(const std::vector<std::string>& words);
  Option comma_separated();  // a,b as well as a b
  Option one_at_a_time();    // --name a --name b; the word after a is not its own
  Option needs(const Option& other);
  Option excludes(const Option& other);
  Option show_default();  // in --help
  // "2GiB": the number times the factor of its unit; without a unit as it stands.
  Option with_unit(const std::map<std::string, std::uint64_t>& factors);

 private:
  friend class CommandLine;
  struct Impl;
  explicit Option(Impl* impl) : impl_(impl) {}
  Impl* impl_;
};

struct Parsed {
  bool finished = false;  // --help was printed; nothing is left to do
};

class CommandLine {
 public:
  // `about` opens --help; `command` is what was typed so far: "septet sim create".
  CommandLine(const std::string& about, const std::string& command);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  Option flag(const std::string& names, bool& value, const std::string& help);
  Option option(const std::string& names, std::string& value, const std::string& help);
  Option option(const std::string& names, double& value, const std::string& help);
  Option option(const std::string& names, std::int32_t& value, const std::string& help);
  Option option(const std::string& names, std::uint32_t& value, const std::string& help);
  Option option(const std::string& names, std::uint64_t& value, const std::string& help);
  Option option(const std::string& names, std::vector<std::string>& values,
                const std::string& help);
  Option option(const std::string& names, std::vector<std::int32_t>& values,
                const std::string& help);
  Option option(const std::string& names, std::vector<std::uint32_t>& values,
                const std::string& help);

  // Lives as long as this one, which parses its words too.
  CommandLine& subcommand(const std::string& name, const std::string& about);

  Result<Parsed> parse(const std::vector<std::string>& arguments);
  bool parsed() const;                          // of a subcommand: it was the one named
  bool given(const std::string& option) const;  // "--gpu"

 private:
  struct Impl;
  explicit CommandLine(std::unique_ptr<Impl> impl);
  template <typename Value>
  Option add(const std::string& names, Value& value, const std::string& help);
  std::unique_ptr<Impl> impl_;
};

}  // namespace septet::cli
