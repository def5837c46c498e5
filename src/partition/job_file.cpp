#include "partition/job_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "base/quoted.h"
#include "mig/profile_name.h"

namespace septet::partition {

namespace {

constexpr std::size_t kTickDecimals = 6;  // of a second, in ticks

// "210.5" -> 210500000; no sign, no exponent, at most six decimals.
std::optional<plan::Ticks> parse_job_seconds(const std::string& text) {
  const std::size_t point = text.find('.');
  std::string digits = text.substr(0, point);
  const std::string decimals = point == std::string::npos ? "" : text.substr(point + 1);
  if (digits.empty() || decimals.size() > kTickDecimals) return std::nullopt;
  if (point != std::string::npos && decimals.empty()) return std::nullopt;
  digits += decimals;
  digits.append(kTickDecimals - decimals.size(), '0');
  plan::Ticks ticks = 0;
  const auto* const end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, ticks);
  if (digits.front() == '-' || parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  if (ticks > plan::kLongestJob) return std::nullopt;
  return ticks;
}

// "2", "2g" -> 2; nullopt for a profile's name.
std::optional<unsigned> slices_written(std::string text) {
  if (!text.empty() && (text.back() == 'g' || text.back() == 'G')) text.pop_back();
  if (text.empty() || text.size() > 9) return std::nullopt;
  if (!std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
  return static_cast<unsigned>(std::stoul(text));
}

class JobFileReader {
 public:
  JobFileReader(const YamlDocument& document, const mig::Geometry& geometry)
      : document_(document), geometry_(geometry) {}

  Result<JobFile> run() {
    TRY(check_keys(document_, document_.root, {"version", "jobs", "calls"}));
    const YAML::Node list = document_.root["jobs"];
    if (!list || !list.IsSequence() || list.size() == 0) {
      return fail_at(document_, list ? list : document_.root, "jobs must be a list of at least one",
                     "write \"jobs:\" and below it lines like \"- {name: train, seconds: {1g: 400, "
                     "7g: 70}}\"");
    }
    for (const YAML::Node& entry : list) TRY(read_job(entry));
    if (const YAML::Node calls = document_.root["calls"]; calls) TRY(read_calls(calls));
    return std::move(file_);
  }

 private:
  Result<> read_job(const YAML::Node& entry) {
    if (!entry.IsMap())
      return fail_at(document_, entry, "a job must be a map with a name and seconds");
    TRY(check_keys(document_, entry, {"name", "copies", "seconds"}));
    for (const char* const key : {"name", "seconds"}) {
      if (!entry[key])
        return fail_at(document_, entry, fmt::format("this job has no {}", key),
                       fmt::format("add {}: ...", key));
    }
    plan::MoldableJob job;
    job.name = TRY(read_name(entry["name"]));
    TRY(read_seconds(entry["seconds"], job));
    const std::uint64_t copies =
        entry["copies"] ? TRY(as_count(document_, entry["copies"], "copies", plan::kMostJobs)) : 1;
    if (copies == 0 || file_.jobs.size() + copies > plan::kMostJobs) {
      return fail_at(document_, copies == 0 ? entry["copies"] : entry,
                     copies == 0 ? "copies must be at least 1" : "these are more than 256 jobs",
                     copies == 0 ? "leave copies out for one" : "plan them in parts");
    }
    for (std::uint64_t copy = 1; copy <= copies; ++copy) {
      file_.jobs.push_back(job);
      if (copies > 1) file_.jobs.back().name += fmt::format(" {}", copy);
    }
    return {};
  }

  Result<std::string> read_name(const YAML::Node& node) {
    auto name = TRY(as_text(document_, node, "name"));
    const bool printable = std::ranges::all_of(name, [](char c) { return c > ' ' && c != '\x7f'; });
    if (name.empty() || name.size() > 63 || !printable) {
      return fail_at(document_, node, "name " + quoted(name) + " cannot be shown in a table",
                     "write 1 to 63 letters, digits or signs without spaces");
    }
    if (!names_.insert(name).second) {
      return fail_at(document_, node, "job " + quoted(name) + " is named twice",
                     "give it another name, or copies: to the first");
    }
    return name;
  }

  Result<const mig::GpuInstanceProfile*> read_profile(const YAML::Node& node) {
    const auto text = TRY(as_text(document_, node, "profile"));
    const mig::GpuInstanceProfile* found = nullptr;
    if (const auto slices = slices_written(text)) {
      for (const mig::GpuInstanceProfile& profile : geometry_.profiles) {
        if (profile.media != mig::Media::kPlain || profile.graphics) continue;
        if (profile.slices != *slices) continue;
        if (found == nullptr || profile.size < found->size) found = &profile;
      }
      if (found != nullptr) return found;
      return fail_at(document_, node, "this GPU has no instance with " + quoted(text) + " slices",
                     "septet profiles lists what it has");
    }
    const auto named = mig::match_profile(geometry_, text);
    if (!named) return fail_at(document_, node, named.error().what, named.error().remedy);
    if ((*named)->media == mig::Media::kPlain && !(*named)->graphics) return *named;
    return fail_at(document_, node, quoted(text) + " has media or graphics of its own",
                   "only plain profiles are planned over time; name the plain one");
  }

  Result<plan::Ticks> read_ticks(const YAML::Node& node, const char* what, plan::Ticks least) {
    const auto text = TRY(as_text(document_, node, what));
    const auto ticks = parse_job_seconds(text);
    if (ticks && *ticks >= least) return *ticks;
    return fail_at(document_, node,
                   fmt::format("{} {} is not a time that can be planned with", what, quoted(text)),
                   fmt::format("write seconds, {} to 10000000, with at most six decimals",
                               least == 0 ? "0" : "0.000001"));
  }

  Result<> read_seconds(const YAML::Node& map, plan::MoldableJob& job) {
    if (!map.IsMap() || map.size() == 0) {
      return fail_at(document_, map, "seconds must say how long the job takes on which profile",
                     "write seconds: {1g: 412, 7g: 75}");
    }
    for (const auto& pair : map) {
      const auto* const profile = TRY(read_profile(pair.first));
      const plan::Ticks ticks = TRY(read_ticks(pair.second, "seconds", 1));
      if (!job.takes.emplace(profile, ticks).second)
        return fail_at(document_, pair.first, twice(*profile), "leave one of them out");
    }
    return {};
  }

  static std::string twice(const mig::GpuInstanceProfile& profile) {
    return std::string(profile.name) + " is written twice here";
  }

  Result<> read_calls(const YAML::Node& node) {
    if (node.IsMap()) return read_call_costs(node);
    const auto text = TRY(as_text(document_, node, "calls"));
    if (text == "measured" || text == "none") {
      file_.calls = text == "none" ? CallTimes::kNone : CallTimes::kMeasured;
      return {};
    }
    return fail_at(document_, node, "calls " + quoted(text) + " is not known",
                   "write measured, none, or {1g: {create: 0.16, destroy: 0.2}}");
  }

  Result<> read_call_costs(const YAML::Node& map) {
    file_.calls = CallTimes::kWritten;
    for (const auto& pair : map) {
      const auto* const profile = TRY(read_profile(pair.first));
      if (!pair.second.IsMap()) {
        return fail_at(document_, pair.second, "create and destroy are missing here",
                       "write {create: 0.16, destroy: 0.2}");
      }
      TRY(check_keys(document_, pair.second, {"create", "destroy"}));
      plan::CallTicks ticks;
      if (pair.second["create"]) ticks.create = TRY(read_ticks(pair.second["create"], "create", 0));
      if (pair.second["destroy"])
        ticks.destroy = TRY(read_ticks(pair.second["destroy"], "destroy", 0));
      if (!file_.costs.emplace(profile, ticks).second)
        return fail_at(document_, pair.first, twice(*profile), "leave one of them out");
    }
    return {};
  }

  const YamlDocument& document_;
  const mig::Geometry& geometry_;
  JobFile file_;
  std::set<std::string> names_;
};

}  // namespace

bool looks_like_jobs(const YamlDocument& document) {
  return document.root.IsMap() && document.root["jobs"];
}

Result<JobFile> read_jobs(const YamlDocument& document, const mig::Geometry& geometry) {
  return JobFileReader(document, geometry).run();
}

}  // namespace septet::partition
