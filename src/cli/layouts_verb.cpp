// septet layouts — every way to cut a product or a GPU, one line each.
#include <fmt/format.h>

#include <algorithm>

#include "cli/command_line.h"
#include "cli/subject.h"
#include "cli/verb.h"
#include "mig/layout.h"
#include "mig/profile_name.h"

namespace septet::cli {

namespace {

struct LayoutsOptions {
  SubjectOptions subject;
  bool maximal = false, classic = false, no_media = false, json = false;
  std::vector<std::string> profiles;
};

constexpr std::size_t kCell = 6;  // characters per memory unit: "1g+me" and a wall

unsigned units_of(const mig::Layout& layout) {
  unsigned units = 0;
  for (const mig::Instance& instance : layout.instances()) units += instance.at.size;
  return units;
}

// "3g", "1g+me": without the memory size, which the width of the drawing shows.
std::string short_name(std::string_view name) {
  const auto dot = name.find('.');
  const auto unit = name.find("gb");
  if (dot == std::string_view::npos || unit == std::string_view::npos) return std::string(name);
  return std::string(name.substr(0, dot)) + std::string(name.substr(unit + 2));
}

// |      3g      |  .     .  |1g   |
std::string layout_line(const mig::Geometry& geometry, const mig::Layout& layout) {
  std::string line(geometry.units * kCell + 1, ' ');
  for (std::size_t unit = 0; unit < geometry.units; ++unit) line[unit * kCell + kCell / 2] = '.';
  for (const mig::Instance& instance : layout.instances()) {
    const std::size_t first = instance.at.start * kCell;
    const std::size_t width = instance.at.size * kCell - 1;
    const std::string label = short_name(instance.profile->name).substr(0, width);
    line.replace(first + 1, width, fmt::format("{:^{}}", label, width));
    line[first] = line[first + width + 1] = '|';
  }
  return line;
}

Json layout_json(const mig::Layout& layout) {
  Json json;
  json["instances"] = Json::array();
  for (const mig::Instance& instance : layout.instances()) {
    Json one;
    one["profile"] = instance.profile->name;
    one["id"] = instance.profile->id;
    one["start"] = instance.at.start;
    one["size"] = instance.at.size;
    json["instances"].push_back(std::move(one));
  }
  json["compute_slices"] = layout.compute_slices();
  json["memory_units"] = units_of(layout);
  return json;
}

Result<mig::ProfileFilter> filter_of(const LayoutsOptions& options, const mig::Geometry& geometry) {
  std::vector<const mig::GpuInstanceProfile*> named;
  for (const std::string& name : options.profiles) {
    const auto* profile = TRY(mig::match_profile(geometry, name));
    named.push_back(profile);
  }
  return [named, classic = options.classic,
          no_media = options.no_media](const mig::GpuInstanceProfile& profile) {
    if (!named.empty() && std::ranges::find(named, &profile) == named.end()) return false;
    if (classic && !profile.classic()) return false;
    return !no_media || (profile.media == mig::Media::kPlain && !profile.graphics);
  };
}

std::string summary(const LayoutsOptions& options, const Subject& subject, std::size_t layouts,
                    const mig::ProfileFilter& use) {
  std::string names;
  for (const mig::GpuInstanceProfile& profile : subject.geometry->profiles)
    if (use(profile)) names += (names.empty() ? "" : ", ") + std::string(profile.name);
  return fmt::format("{} {}layout{} of {}{} from {}\n", layouts, options.maximal ? "maximal " : "",
                     layouts == 1 ? "" : "s", subject.label,
                     options.maximal ? "" : ", the empty one counted,", names);
}

void add_options(CommandLine& line, LayoutsOptions& options) {
  add_subject_options(line, options.subject);
  line.flag("--maximal", options.maximal, "only those nothing can be added to");
  line.flag("--classic", options.classic, "without double-memory, media and graphics variants");
  line.flag("--no-media", options.no_media, "without media and graphics variants");
  line.option("--profiles", options.profiles, "only from these, e.g. 1g.10gb,3g.40gb")
      .comma_separated();
  line.flag("--json", options.json, "an array of layouts, for programs");
}

Result<int> run_layouts(const Globals& globals, const std::vector<std::string>& arguments) {
  LayoutsOptions options;
  options.json = globals.json;
  CommandLine line("every way to cut a product or a GPU into instances", "septet layouts");
  add_options(line, options);
  if (TRY(line.parse(arguments)).finished) return 0;

  const auto subject = TRY(subject_of(globals, options.subject));
  const mig::Geometry& geometry = *subject.geometry;
  const auto use = TRY(filter_of(options, geometry));
  std::size_t count = 0;
  Json list = Json::array();
  if (!options.json)
    fmt::print("{:<{}}  SLICES  UNITS\n", "MEMORY UNITS, one cell each",
               geometry.units * kCell + 1);
  mig::visit_layouts(geometry, use, [&](const mig::Layout& layout) {
    if (options.maximal && !mig::maximal(geometry, layout, use)) return;
    ++count;
    if (options.json) {
      list.push_back(layout_json(layout));
    } else {
      fmt::print("{}  {:>2}/{:<3}  {:>2}/{}\n", layout_line(geometry, layout),
                 layout.compute_slices(), geometry.slices, units_of(layout), geometry.units);
    }
  });
  fmt::print("{}", options.json ? to_text(list) : summary(options, subject, count, use));
  return 0;
}

}  // namespace

extern const Verb kLayouts{"layouts", "every way to cut a product or a GPU into instances",
                           run_layouts};

}  // namespace septet::cli
