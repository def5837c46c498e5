#include "partition/layout_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/nearest.h"
#include "base/quoted.h"
#include "mig/product.h"
#include "mig/profile_name.h"
#include "partition/workload_file.h"

namespace septet::partition {

namespace {

constexpr std::uint64_t kMostGpuIndex = 1024;     // an index beyond is a mistake
constexpr std::uint64_t kMostInstancesAGpu = 15;  // on one GPU of any product
constexpr std::uint64_t kMostStart = 15;

bool digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// "00000000:36:00.0", "0000:36:00.0", "36:00.0" or a UUID: told apart by what they are made of.
bool like_uuid(std::string_view text) { return text.starts_with("GPU-") && text.size() > 4; }
bool like_pci(std::string_view text) {
  return text.size() >= 7 && text.find(':') != std::string_view::npos &&
         std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') ||
                  c == ':' || c == '.';
         });
}

class LayoutReader {
 public:
  explicit LayoutReader(const YamlDocument& document) : document_(document) {}

  Result<std::vector<NamedLayout>> run() {
    TRY(check_keys(document_, document_.root, {"version", "gpus", "layouts"}));
    TRY(check_version());
    const YAML::Node gpus = document_.root["gpus"], map = document_.root["layouts"];
    if (gpus && map) {
      return fail_at(document_, map, "gpus and layouts are both written",
                     "put the entries of gpus under a name in layouts");
    }
    std::vector<NamedLayout> layouts;
    if (gpus) {
      layouts.push_back({"", TRY(read_entries(gpus, gpus, "gpus"))});
      return layouts;
    }
    if (!map || !map.IsMap() || map.size() == 0) {
      return fail_at(document_, map ? map : document_.root,
                     "layouts must be a map from names to lists of entries");
    }
    for (const auto& pair : map) {
      const auto name = TRY(as_text(document_, pair.first, "the name of a layout"));
      if (name.empty()) return fail_at(document_, pair.first, "the name of a layout is empty");
      if (std::ranges::find(layouts, name, &NamedLayout::name) != layouts.end())
        return fail_at(document_, pair.first, "layout " + quoted(name) + " is written twice");
      layouts.push_back({name, TRY(read_entries(pair.second, pair.first, quoted(name)))});
    }
    return layouts;
  }

 private:
  Result<> check_version() {
    const YAML::Node version = document_.root["version"];
    if (!version) return {};
    const auto text = TRY(as_text(document_, version, "version"));
    if (text == "1" || text == "v1") return {};
    return fail_at(document_, version, "version " + quoted(text) + " of a layout file is not known",
                   "write version: v1, or leave it out");
  }

  Result<std::vector<LayoutEntry>> read_entries(const YAML::Node& list, const YAML::Node& at,
                                                const std::string& name) {
    if (!list.IsSequence() || list.size() == 0) {
      return fail_at(document_, at, name + " must be a list of entries",
                     "begin each with \"- gpu:\"");
    }
    std::vector<LayoutEntry> entries;
    for (const YAML::Node& entry : list) entries.push_back(TRY(read_entry(entry)));
    return entries;
  }

  Result<LayoutEntry> read_entry(const YAML::Node& node) {
    if (!node.IsMap()) {
      return fail_at(document_, node, "an entry must be a map with a gpu",
                     "write - gpu: 0 and below it instances: [3g.40gb]");
    }
    TRY(check_keys(document_, node, {"gpu", "product", "mig-enabled", "instances", "rest"}));
    LayoutEntry entry;
    entry.where = where(document_, node);
    if (!node["gpu"]) {
      return fail_at(document_, node, "this entry names no gpu",
                     "add gpu: 0, gpu: GPU-..., gpu: 0000:36:00.0, a list of them, or gpu: all");
    }
    TRY(read_gpus(node["gpu"], entry));
    if (node["product"]) TRY(read_product(node["product"], entry));
    if (node["mig-enabled"])
      entry.mig_enabled = TRY(as_bool(document_, node["mig-enabled"], "mig-enabled"));
    if (node["rest"]) TRY(read_rest(node["rest"], entry));
    if (!entry.mig_enabled) {
      for (const char* const key : {"instances", "rest"}) {
        if (!node[key]) continue;
        return fail_at(document_, node[key], fmt::format("{} on a GPU whose MIG is to be off", key),
                       fmt::format("take {} out, or mig-enabled: false", key));
      }
      return entry;
    }
    if (node["instances"]) {
      TRY(read_instances(node["instances"], entry));
    } else if (!node["mig-enabled"] && !entry.keep_rest) {
      return fail_at(document_, node, "this entry says nothing about its GPU",
                     "add instances: [...] (or instances: [] for an empty GPU in MIG mode), or "
                     "mig-enabled: false");
    }
    return entry;
  }

  Result<> read_gpus(const YAML::Node& node, LayoutEntry& entry) {
    if (node.IsScalar()) {
      const auto text = TRY(as_text(document_, node, "gpu"));
      if (text == "all") {
        entry.all = true;
        return {};
      }
      return read_gpu(node, entry);
    }
    if (!node.IsSequence() || node.size() == 0) {
      return fail_at(document_, node, "gpu is neither a GPU, a list of GPUs nor all",
                     "write gpu: 0, gpu: [0, 1] or gpu: all");
    }
    for (const YAML::Node& one : node) TRY(read_gpu(one, entry));
    return {};
  }

  Result<> read_gpu(const YAML::Node& node, LayoutEntry& entry) {
    const auto text = TRY(as_text(document_, node, "a GPU"));
    if (digits(text)) {
      const auto index = TRY(as_count(document_, node, "a GPU index", kMostGpuIndex));
      entry.gpus.push_back({static_cast<std::uint32_t>(index), where(document_, node)});
      return {};
    }
    if (!like_uuid(text) && !like_pci(text)) {
      return fail_at(document_, node, quoted(text) + " names no GPU",
                     "write its index (0), UUID (GPU-...), PCI address (0000:36:00.0), or all");
    }
    entry.gpus.push_back({text, where(document_, node)});
    return {};
  }

  Result<> read_product(const YAML::Node& node, LayoutEntry& entry) {
    entry.product = TRY(as_text(document_, node, "product"));
    if (mig::find_product(entry.product) != nullptr) return {};
    std::vector<std::string_view> known;
    for (const mig::Product& product : mig::products()) known.push_back(product.id);
    return fail_at(document_, node, "no product is called " + quoted(entry.product),
                   did_you_mean(entry.product, known));
  }

  Result<> read_rest(const YAML::Node& node, LayoutEntry& entry) {
    const auto text = TRY(as_text(document_, node, "rest"));
    if (text != "keep" && text != "remove") {
      return fail_at(document_, node, "rest is " + quoted(text),
                     "write rest: keep, or rest: remove (as when it is not written)");
    }
    entry.keep_rest = text == "keep";
    return {};
  }

  Result<> read_instances(const YAML::Node& node, LayoutEntry& entry) {
    if (!node.IsSequence()) {
      return fail_at(document_, node, "instances must be a list",
                     "write instances: [3g.40gb, {profile: 1g.10gb, count: 3}]");
    }
    unsigned count = 0;
    for (const YAML::Node& one : node) {
      entry.instances.push_back(TRY(one.IsMap() ? read_instance(one) : read_short(one)));
      count += entry.instances.back().count;
      if (count <= kMostInstancesAGpu) continue;
      return fail_at(document_, one, fmt::format("these are {} instances for one GPU", count),
                     fmt::format("no GPU holds more than {}", kMostInstancesAGpu));
    }
    return {};
  }

  // "3g.40gb:4"
  Result<InstanceWish> read_short(const YAML::Node& node) {
    const auto text = TRY(as_text(document_, node, "an instance"));
    InstanceWish wish;
    wish.where = where(document_, node);
    const auto [profile, start] = TRY(with_start(node, text));
    TRY(check_profile(node, profile, false));
    wish.needs.profile = profile;
    wish.needs.where = wish.where;
    wish.start = start;
    return wish;
  }

  Result<InstanceWish> read_instance(const YAML::Node& node) {
    TRY(check_keys(document_, node,
                   {"profile", "count", "start", "compute", "memory", "sms", "slices", "media"}));
    InstanceWish wish;
    wish.where = where(document_, node);
    if (node["profile"]) {
      TRY(read_profile(node, wish));
    } else {
      wish.needs = TRY(read_needs(document_, node, "this instance"));
    }
    if (node["count"]) {
      const auto count = TRY(as_count(document_, node["count"], "count", kMostInstancesAGpu));
      if (count == 0) {
        return fail_at(document_, node["count"], "count must be at least 1",
                       "take the instance out of the list instead");
      }
      wish.count = static_cast<unsigned>(count);
    }
    if (node["start"]) {
      if (wish.start) return fail_at(document_, node["start"], "the start is written twice");
      wish.start =
          static_cast<std::uint8_t>(TRY(as_count(document_, node["start"], "start", kMostStart)));
    }
    if (wish.start && wish.count > 1) {
      return fail_at(document_, node,
                     fmt::format("{} instances cannot start at the same place", wish.count),
                     "write one line for each start, or leave start out");
    }
    return wish;
  }

  Result<> read_profile(const YAML::Node& node, InstanceWish& wish) {
    for (const char* const key : {"memory", "sms", "slices", "media"}) {
      if (!node[key]) continue;
      return fail_at(document_, node[key], fmt::format("a profile is named, and {} as well", key),
                     "keep the profile, or the needs and let septet choose");
    }
    const YAML::Node& profile = node["profile"];
    const auto text = TRY(as_text(document_, profile, "profile"));
    const auto [name, start] = TRY(with_start(profile, text));
    TRY(check_profile(profile, name, false));
    wish.needs.profile = name;
    wish.needs.where = where(document_, profile);
    wish.start = start;
    if (node["compute"]) wish.compute = TRY(read_compute(node["compute"]));
    return {};
  }

  Result<std::vector<ComputeWish>> read_compute(const YAML::Node& node) {
    std::vector<ComputeWish> wishes;
    if (node.IsScalar() && node.Scalar() == "none") return wishes;
    if (!node.IsSequence()) {
      return fail_at(document_, node, "compute is neither a list of compute instances nor none",
                     "write compute: [2c.3g.40gb, 1c.3g.40gb]");
    }
    for (const YAML::Node& one : node) {
      const auto text = TRY(as_text(document_, one, "a compute instance"));
      const auto [name, start] = TRY(with_start(one, text));
      TRY(check_profile(one, name, true));
      wishes.push_back({name, start, where(document_, one)});
      if (wishes.size() <= kMostStart) continue;
      return fail_at(document_, one, "more compute instances than a GPU has slices");
    }
    return wishes;
  }

  // Profile ids ("9") are names too; compute instances have names only.
  Result<> check_profile(const YAML::Node& node, const std::string& name, bool compute) {
    if (!compute && digits(name)) return {};
    const auto parsed = mig::parse_profile_name(name);
    if (!parsed) return fail_at(document_, node, parsed.error().what, parsed.error().remedy);
    if (compute || !parsed->compute_written || parsed->compute_slices == parsed->slices) return {};
    auto whole = *parsed;
    whole.compute_written = false;
    return fail_at(
        document_, node, quoted(name) + " is a compute instance, a part of an instance",
        fmt::format("write {{profile: {}, compute: [{}]}}", mig::to_string(whole), name));
  }

  // "3g.40gb:4" -> ("3g.40gb", 4)
  Result<std::pair<std::string, std::optional<std::uint8_t>>> with_start(const YAML::Node& node,
                                                                         const std::string& text) {
    std::pair<std::string, std::optional<std::uint8_t>> parts{text, {}};
    const std::size_t colon = text.rfind(':');
    if (colon == std::string::npos) return parts;
    const std::string_view number = std::string_view(text).substr(colon + 1);
    unsigned start = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), start);
    if (!digits(number) || error != std::errc() || start > kMostStart) {
      return fail_at(document_, node,
                     quoted(text) + " has no number of a memory unit after the ':'",
                     "write 3g.40gb:4, or 3g.40gb to leave the start open");
    }
    parts.first = text.substr(0, colon);
    parts.second = static_cast<std::uint8_t>(start);
    return parts;
  }

  const YamlDocument& document_;
};

}  // namespace

std::string to_string(const GpuName& name) {
  if (const auto* const index = std::get_if<std::uint32_t>(&name.name))
    return fmt::format("{}", *index);
  return std::get<std::string>(name.name);
}

bool looks_like_layouts(const YamlDocument& document) {
  return document.root.IsMap() && (document.root["gpus"] || document.root["layouts"]);
}

Result<std::vector<NamedLayout>> read_layouts(const YamlDocument& document) {
  return LayoutReader(document).run();
}

Result<NamedLayout> select_layout(const std::vector<NamedLayout>& layouts, std::string_view name) {
  std::vector<std::string_view> names;
  for (const NamedLayout& layout : layouts) names.push_back(layout.name);
  const bool only = layouts.size() == 1;
  if (only && (name.empty() || layouts[0].name == name)) return layouts[0];
  if (only && layouts[0].name.empty()) {
    return fail(Code::kNotFound,
                "the file has one layout without a name, and none called " + quoted(name),
                "leave -c out");
  }
  if (name.empty()) {
    return fail(Code::kInvalidArgument, fmt::format("the file has {} layouts", layouts.size()),
                fmt::format("choose one with -c: {}", fmt::join(names, ", ")));
  }
  const auto found = std::ranges::find(layouts, name, &NamedLayout::name);
  if (found != layouts.end()) return *found;
  return fail(Code::kNotFound, "the file has no layout " + quoted(name), did_you_mean(name, names));
}

}  // namespace septet::partition
