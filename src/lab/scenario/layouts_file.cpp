#include "lab/scenario/layouts_file.h"

#include <fmt/format.h>

#include <charconv>

#include "base/quoted.h"
#include "lab/scenario/quantity.h"
#include "mig/profile_name.h"
#include "plan/place.h"

namespace septet::lab {

namespace {

constexpr std::size_t kMostOnOneGpu = 16;
constexpr std::size_t kMostChanges = 1000;

struct CountedName {
  unsigned count = 1;
  std::string_view name;
};

// "7 x 1g.10gb", "7x1g.10gb", "1g.10gb".
CountedName counted(std::string_view text) {
  unsigned count = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  std::string_view rest = text.substr(static_cast<std::size_t>(stop - text.data()));
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  if (error != std::errc{} || !rest.starts_with('x')) return {1, text};
  rest.remove_prefix(1);
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  return {count, rest};
}

Result<std::vector<std::string>> read_one_gpu(const YamlDocument& document, const YAML::Node& node,
                                              const mig::Geometry& geometry) {
  if (!node.IsSequence() || node.size() == 0) {
    return fail_at(document, node, "the layout of a GPU must be a list of profiles",
                   "write [3g.40gb, 4g.40gb] or [7 x 1g.10gb]");
  }
  std::vector<std::string> names;
  std::vector<const mig::GpuInstanceProfile*> wanted;
  for (const YAML::Node& entry : node) {
    const auto text = TRY(as_text(document, entry, "profile"));
    const CountedName one = counted(text);
    auto profile = mig::match_profile(geometry, one.name);
    if (!profile) return fail_because(std::move(profile).error(), where(document, entry));
    if (one.count == 0 || names.size() + one.count > kMostOnOneGpu)
      return fail_at(document, entry, "a GPU holds 1 to 16 instances, not " + quoted(text));
    names.insert(names.end(), one.count, std::string((*profile)->name));
    wanted.insert(wanted.end(), one.count, *profile);
  }
  auto layout = plan::place(geometry, {}, wanted);
  if (layout) return names;
  Error error = std::move(layout).error();
  error.code = Code::kInvalidArgument;
  return fail_because(std::move(error), where(document, node) + ": these do not fit on one GPU");
}

}  // namespace

Result<GpuLayouts> read_layouts(const YamlDocument& document, const YAML::Node& node,
                                const mig::Geometry& geometry, unsigned most_gpus) {
  if (!node || !node.IsSequence() || node.size() == 0) {
    return fail_at(document, node, "layouts must be a list with one list of profiles per GPU",
                   "write [[7 x 1g.10gb]]");
  }
  if (node.size() > most_gpus) {
    return fail_at(document, node,
                   fmt::format("{} layouts, and gpus allows {}", node.size(), most_gpus),
                   "raise gpus, or leave some out");
  }
  GpuLayouts layouts;
  for (const YAML::Node& gpu : node) layouts.push_back(TRY(read_one_gpu(document, gpu, geometry)));
  return layouts;
}

Result<std::vector<LayoutChange>> read_changes(const YamlDocument& document, const YAML::Node& node,
                                               const mig::Geometry& geometry, unsigned most_gpus,
                                               double seconds) {
  if (!node.IsSequence() || node.size() > kMostChanges)
    return fail_at(document, node, "changes must be a list of at most 1000",
                   "write [{at: 8h, layouts: [[3g.40gb, 4g.40gb]]}]");
  std::vector<LayoutChange> changes;
  for (const YAML::Node& entry : node) {
    TRY(check_keys(document, entry, {"at", "layouts", "overhead"}));
    if (!entry["at"]) return fail_at(document, entry, "this change has no time", "add at: 8h");
    LayoutChange change;
    change.at = TRY(as_seconds(document, entry["at"], "at", {0.0, seconds}));
    if (!changes.empty() && change.at <= changes.back().at)
      return fail_at(document, entry["at"], "changes must be in order of time");
    change.layouts = TRY(read_layouts(document, entry["layouts"], geometry, most_gpus));
    if (entry["overhead"])
      change.overhead_seconds =
          TRY(as_seconds(document, entry["overhead"], "overhead", {0.0, 86400.0}));
    changes.push_back(std::move(change));
  }
  return changes;
}

}  // namespace septet::lab
