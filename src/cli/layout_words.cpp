#include "cli/layout_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/quoted.h"

namespace septet::cli {
namespace {

bool names_a_file(const std::string& word) {
  return word == "-" || word.contains('/') || word.ends_with(".yaml") || word.ends_with(".yml") ||
         word.ends_with(".json");
}

// Only what profile names and GPU numbers are made of: the words become a document.
bool is_plain(const std::string& word) {
  return std::ranges::all_of(word, [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view(".+:_-,").contains(static_cast<char>(c));
  });
}

}  // namespace

Result<Wanted> wanted_by_words(const std::vector<std::string>& words, const std::string& config) {
  if (words.size() == 1 && names_a_file(words.front())) {
    PlanInput input;
    input.file = words.front();
    input.config = config;
    return read_wanted(input);
  }
  std::string text = "gpus:\n";
  for (const std::string& word : words) {
    const std::size_t equals = word.find('=');
    const std::string gpu = equals == word.npos ? "all" : word.substr(0, equals);
    const std::string profiles = equals == word.npos ? word : word.substr(equals + 1);
    const bool number = !gpu.empty() && std::ranges::all_of(gpu, [](unsigned char c) {
      return std::isdigit(c) != 0;
    });
    if ((equals != word.npos && !number) || !is_plain(profiles) ||
        (equals == word.npos && words.size() > 1))
      return fail(Code::kInvalidArgument, fmt::format("{} is no layout", quoted(word)),
                  "write 3g.40gb,4g.40gb for every GPU, 0=3g.40gb,4g.40gb for one, or a file");
    text += fmt::format("- gpu: {}\n  instances: [{}]\n", gpu, profiles);
  }
  Wanted wanted;
  wanted.file = fmt::format("{}", fmt::join(words, " "));
  const auto document = TRY(parse_yaml("the layout", text));
  const auto layouts = TRY(partition::read_layouts(document));
  wanted.layout = TRY(partition::select_layout(layouts, ""));
  return wanted;
}

}  // namespace septet::cli
