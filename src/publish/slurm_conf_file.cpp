#include "publish/slurm_conf_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/quoted.h"

namespace septet::publish {
namespace {

constexpr std::size_t kMostBytes = 1 << 20;
constexpr unsigned kMostFiles = 64, kDeepestInclude = 16;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

class ConfReader {
 public:
  explicit ConfReader(const ReadFile& read) : read_(read) {}

  Result<> read(const std::string& path, unsigned depth) {
    if (folder_.empty()) folder_ = path.substr(0, path.rfind('/') + 1);
    if (depth > kDeepestInclude || ++files_ > kMostFiles)
      return fail(Code::kInvalidArgument, fmt::format("{} is included too deep", path),
                  "does a file include itself?");
    const std::string text = TRY(read_(path));
    if (text.size() > kMostBytes)
      return fail(Code::kInvalidArgument, fmt::format("{} is larger than 1 MiB", path),
                  "is it a Slurm configuration?");
    unsigned number = 0;
    std::string_view rest = text;
    while (!rest.empty()) {
      const unsigned first = number + 1;
      const std::string line = joined_line(rest, number);
      TRY(take(path, first, line, depth));
    }
    return {};
  }

  std::vector<SlurmLine> lines;

 private:
  // The next line without its comment, and those that a backslash joins to it.
  static std::string joined_line(std::string_view& rest, unsigned& number) {
    std::string joined;
    while (!rest.empty()) {
      std::string_view row = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(row.size() + 1, rest.size()));
      ++number;
      const bool goes_on = trimmed(row).ends_with('\\');
      for (std::size_t i = 0; i < row.size(); ++i) {
        if (row[i] == '#' && (i == 0 || row[i - 1] != '\\')) break;
        if (row[i] == '\\' && i + 1 < row.size() && row[i + 1] == '#') continue;
        joined += row[i];
      }
      if (!goes_on) break;
      if (const auto slash = joined.rfind('\\'); slash != joined.npos) joined.resize(slash);
    }
    return std::string(trimmed(joined));
  }

  Result<> take(const std::string& path, unsigned number, std::string_view line, unsigned depth) {
    if (line.empty()) return {};
    if (line.size() > 8 && in_lower_case(line.substr(0, 7)) == "include" && is_blank(line[7])) {
      const std::string_view name = trimmed(line.substr(8));
      const std::string whole =
          name.starts_with('/') ? std::string(name) : folder_ + std::string(name);
      if (auto read_it = read(whole, depth + 1); !read_it)
        return fail_because(std::move(read_it).error(),
                            fmt::format("{}:{}: what is included cannot be read", path, number));
      return {};
    }
    SlurmLine found{path, number, {}};
    while (!line.empty()) TRY(take_setting(found, line));
    lines.push_back(std::move(found));
    return {};
  }

  static Result<> take_setting(SlurmLine& into, std::string_view& rest) {
    const std::size_t equals = rest.find('=');
    const std::string_view key = trimmed(rest.substr(0, equals));
    if (equals == rest.npos || key.empty() || std::ranges::any_of(key, is_blank))
      return fail(Code::kInvalidArgument,
                  fmt::format("{}: {} is not KEY=VALUE", into.where(), quoted(rest)),
                  "write one setting as KEY=VALUE, with no comma or space in it");
    rest.remove_prefix(equals + 1);
    while (!rest.empty() && is_blank(rest.front())) rest.remove_prefix(1);
    std::string_view value;
    if (rest.starts_with('"')) {
      const std::size_t end = rest.find('"', 1);
      if (end == rest.npos)
        return fail(Code::kInvalidArgument,
                    fmt::format("{}: a quote does not close: {}", into.where(), quoted(rest)));
      value = rest.substr(1, end - 1);
      rest.remove_prefix(end + 1);
    } else {
      value = rest.substr(0, rest.find_first_of(" \t\r"));
      rest.remove_prefix(value.size());
    }
    into.settings.emplace_back(in_lower_case(key), std::string(value));
    rest = trimmed(rest);
    return {};
  }

  const ReadFile& read_;
  std::string folder_;
  unsigned files_ = 0;
};

}  // namespace

std::string SlurmLine::where() const { return fmt::format("{}:{}", file, line); }

std::optional<std::string> SlurmLine::value(std::string_view lower_key) const {
  for (const auto& [key, value] : settings)
    if (key == lower_key) return value;
  return std::nullopt;
}

Result<std::vector<SlurmLine>> read_slurm_conf(const std::string& path, const ReadFile& read) {
  ConfReader reader(read);
  TRY(reader.read(path, 0));
  return std::move(reader.lines);
}

}  // namespace septet::publish
