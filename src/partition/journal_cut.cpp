#include "partition/journal_cut.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "base/json.h"
#include "base/quoted.h"

namespace septet::partition {

namespace {

using mig::MigMode;
using plan::ComputeCut;
using plan::GpuCut;
using plan::InstanceCut;

constexpr std::size_t kMostInstances = 15, kMostCompute = 8;  // the driver's ids: 0..14 and 0..7
constexpr unsigned kMostUnits = 16;

std::string_view mode_text(MigMode mode) {
  switch (mode) {
    case MigMode::kOff: return "off";
    case MigMode::kOn: return "on";
    case MigMode::kUnsupported: return "unsupported";
  }
  std::unreachable();
}

Json place_json(mig::Placement at) { return {{"start", at.start}, {"size", at.size}}; }

[[nodiscard]] std::unexpected<Error> wrong(const std::string& what) {
  return fail(Code::kInvalidArgument, "a recorded layout is damaged: " + what);
}

// An object with exactly these keys.
Result<> check_object(const Json& json, std::initializer_list<const char*> keys) {
  if (!json.is_object()) return wrong("not an object");
  for (const char* const key : keys) {
    if (!json.contains(key)) return wrong(fmt::format("no key {}", key));
  }
  if (json.size() != keys.size()) return wrong("a key too many");
  return {};
}

Result<std::uint32_t> number(const Json& json, const char* key, std::uint64_t most) {
  const Json& value = json.at(key);
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() > most)
    return wrong(fmt::format("{} is not a number up to {}", key, most));
  return static_cast<std::uint32_t>(value.get<std::uint64_t>());
}

Result<std::string> text(const Json& json, const char* key) {
  if (!json.at(key).is_string()) return wrong(fmt::format("{} is not a text", key));
  return json.at(key).get<std::string>();
}

Result<MigMode> mode(const Json& json, const char* key) {
  const auto word = TRY(text(json, key));
  for (const MigMode known : {MigMode::kOff, MigMode::kOn, MigMode::kUnsupported}) {
    if (word == mode_text(known)) return known;
  }
  return wrong(fmt::format("{} is {}", key, quoted(word)));
}

Result<mig::Placement> place(const Json& json) {
  TRY(check_object(json, {"start", "size"}));
  const auto start = TRY(number(json, "start", kMostUnits - 1));
  const auto size = TRY(number(json, "size", kMostUnits));
  if (size == 0 || start + size > kMostUnits) return wrong("a placement past the last unit");
  return mig::Placement{static_cast<std::uint8_t>(start), static_cast<std::uint8_t>(size)};
}

Result<ComputeCut> compute(const Json& json) {
  TRY(check_object(json, {"profile", "profile_id", "placement", "uuid"}));
  ComputeCut cut;
  cut.name = TRY(text(json, "profile"));
  cut.profile_id = TRY(number(json, "profile_id", UINT32_MAX));
  cut.uuid = TRY(text(json, "uuid"));
  const Json& at = json.at("placement");
  if (!at.is_null()) cut.at = TRY(place(at));
  return cut;
}

Result<InstanceCut> instance(const Json& json) {
  TRY(check_object(json, {"profile", "profile_id", "placement", "compute"}));
  InstanceCut cut;
  cut.name = TRY(text(json, "profile"));
  cut.profile_id = TRY(number(json, "profile_id", UINT32_MAX));
  cut.at = TRY(place(json.at("placement")));
  const Json& inside = json.at("compute");
  if (!inside.is_array() || inside.size() > kMostCompute)
    return wrong("compute is not a list of at most 8");
  for (const Json& one : inside) cut.compute.push_back(TRY(compute(one)));
  return cut;
}

Result<GpuCut> read(const Json& json) {
  TRY(check_object(json, {"gpu", "uuid", "mig_mode", "pending_mode", "instances"}));
  GpuCut cut;
  cut.gpu = TRY(number(json, "gpu", UINT32_MAX));
  cut.uuid = TRY(text(json, "uuid"));
  cut.mode = TRY(mode(json, "mig_mode"));
  cut.pending = TRY(mode(json, "pending_mode"));
  const Json& instances = json.at("instances");
  if (!instances.is_array() || instances.size() > kMostInstances)
    return wrong("instances is not a list of at most 15");
  for (const Json& one : instances) cut.instances.push_back(TRY(instance(one)));
  if (cut.mode != MigMode::kOn && !cut.instances.empty())
    return wrong("instances, but MIG mode is not on");
  return cut;
}

}  // namespace

std::string cut_text(const GpuCut& cut) {
  Json instances = Json::array();
  for (const InstanceCut& held : cut.instances) {
    Json inside = Json::array();
    for (const ComputeCut& one : held.compute) {
      inside.push_back({{"profile", one.name},
                        {"profile_id", one.profile_id},
                        {"placement", one.at ? place_json(*one.at) : Json(nullptr)},
                        {"uuid", one.uuid}});
    }
    instances.push_back({{"profile", held.name},
                         {"profile_id", held.profile_id},
                         {"placement", place_json(held.at)},
                         {"compute", std::move(inside)}});
  }
  const Json json = {{"gpu", cut.gpu},
                     {"uuid", cut.uuid},
                     {"mig_mode", mode_text(cut.mode)},
                     {"pending_mode", mode_text(cut.pending)},
                     {"instances", std::move(instances)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<GpuCut> parse_cut(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return wrong("not JSON");
  return read(json);
}

Located locate(const std::vector<GpuCut>& cuts, const mig::Node& node) {
  Located located;
  for (const GpuCut& cut : cuts) {
    const auto here = std::ranges::find(node.gpus, cut.uuid, &mig::Gpu::uuid);
    const auto nameless = std::ranges::find_if(
        node.gpus, [](const mig::Gpu& gpu) { return gpu.problem && gpu.uuid.empty(); });
    if (here == node.gpus.end() && nameless != node.gpus.end()) {
      located.unreadable.push_back(fmt::format("{} may be GPU {}, which does not answer: {}",
                                               cut.uuid, nameless->index, *nameless->problem));
    } else if (here == node.gpus.end()) {
      located.missing.push_back(cut.uuid);
    } else if (here->problem) {
      located.unreadable.push_back(fmt::format("GPU {}: {}", here->index, *here->problem));
    } else {
      located.cuts.push_back(cut);
      located.cuts.back().gpu = here->index;
    }
  }
  return located;
}

}  // namespace septet::partition
