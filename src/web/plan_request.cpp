#include "web/plan_request.h"

#include <fmt/format.h>

#include "base/yaml.h"
#include "partition/fleet_file.h"
#include "partition/workload_file.h"
#include "web/answer.h"

namespace septet::web {

namespace {

constexpr std::uint64_t kMostGpus = 64, kMostInstances = 16, kMostChange = 1'000'000'000;

Result<Json> instances_of(const Body& list, const std::string& what) {
  if (!list.is_array() || list.size() > kMostInstances) {
    return fail(Code::kInvalidArgument,
                fmt::format("{} is not a list of at most {} profiles", what, kMostInstances),
                "write [\"3g.40gb:0\", \"1g.10gb\"]");
  }
  Json names = Json::array();
  for (std::size_t i = 0; i < list.size(); ++i)
    names.push_back(TRY(text_of(list[i], fmt::format("{}[{}]", what, i))));
  return names;
}

// As an entry of a layout file, so that both mean the same.
Result<Json> entry_of(const Body& wish, const std::string& what) {
  TRY(check_object(wish, what, {"gpu", "mig", "instances", "rest"}));
  if (!wish.contains("gpu"))
    return fail(Code::kInvalidArgument, what + " names no gpu", "add its index: \"gpu\": 0");
  Json entry{{"gpu", TRY(count_of(wish["gpu"], what + ".gpu", kMostGpus - 1))}};
  if (wish.contains("mig")) entry["mig-enabled"] = TRY(truth_of(wish["mig"], what + ".mig"));
  const bool off = entry.contains("mig-enabled") && !entry["mig-enabled"].get<bool>();
  if (wish.contains("instances")) {
    Json instances = TRY(instances_of(wish["instances"], what + ".instances"));
    // The dashboard sends the whole card of a GPU: an empty list says nothing more than "off".
    if (!off || !instances.empty()) entry["instances"] = std::move(instances);
  }
  if (wish.contains("rest") && !off) entry["rest"] = TRY(text_of(wish["rest"], what + ".rest"));
  return entry;
}

Result<PlanRequest> read_gpus(const Body& list) {
  if (!list.is_array() || list.empty() || list.size() > kMostGpus) {
    return fail(Code::kInvalidArgument,
                fmt::format("gpus is not a list of 1 to {} GPUs", kMostGpus),
                R"(write {"gpus": [{"gpu": 0, "instances": ["3g.40gb"]}]})");
  }
  Json entries = Json::array();
  for (std::size_t i = 0; i < list.size(); ++i)
    entries.push_back(TRY(entry_of(list[i], fmt::format("gpus[{}]", i))));
  const std::string text = compact(Json{{"gpus", std::move(entries)}});
  const auto document = TRY(parse_yaml("request", text));
  auto layouts = partition::read_layouts(document);
  if (!layouts) return std::unexpected(without_place(std::move(layouts).error()));
  return PlanRequest{TRY(partition::select_layout(*layouts, ""))};
}

Result<PlanRequest> read_file(const Body& body) {
  const std::string text = TRY(text_of(body["file"], "file"));
  std::string config;
  if (body.contains("config") && !body["config"].is_null())
    config = TRY(text_of(body["config"], "config"));
  const auto document = TRY(parse_yaml("file", text));
  if (partition::looks_like_parted(document)) {
    const auto configs = TRY(partition::read_parted(document));
    return PlanRequest{TRY(partition::select_config(configs, config))};
  }
  if (partition::looks_like_layouts(document)) {
    const auto layouts = TRY(partition::read_layouts(document));
    return PlanRequest{TRY(partition::select_layout(layouts, config))};
  }
  if (!partition::looks_like_workloads(document) || partition::looks_like_fleet(document)) {
    return fail(Code::kInvalidArgument,
                "file: neither workloads, layouts nor a mig-parted config for this node",
                "begin it with \"workloads:\", \"gpus:\", \"layouts:\", or \"version: v1\" and "
                "\"mig-configs:\"");
  }
  if (!config.empty()) {
    return fail(Code::kInvalidArgument,
                "config chooses a layout or a mig-parted config; this file lists workloads",
                "leave config out");
  }
  return PlanRequest{TRY(partition::read_workloads(document))};
}

Result<PlanRequest> read_undo(const Body& which) {
  if (which.is_number_integer())
    return PlanRequest{Undo{std::to_string(TRY(count_of(which, "undo", kMostChange)))}};
  if (which.is_string() && which.get<std::string>() == "last") return PlanRequest{Undo{"last"}};
  return fail(Code::kInvalidArgument, "undo is neither \"last\" nor the number of a change",
              "GET /api/v1/changes lists them");
}

}  // namespace

Error without_place(Error error) {
  constexpr std::string_view kName = "request:";
  const auto begin = error.what.find(kName);
  if (begin != std::string::npos) {
    const auto end = error.what.find(": ", begin);
    error.what.erase(begin, end == std::string::npos ? end : end + 2 - begin);
  }
  if (!error.cause) return error;
  Error cause = without_place(*error.cause);
  // Nothing but the place was said around it.
  if (error.what.empty()) {
    if (cause.remedy.empty()) cause.remedy = std::move(error.remedy);
    return cause;
  }
  error.cause = std::make_shared<const Error>(std::move(cause));
  return error;
}

Result<PlanRequest> read_plan_request(const Body& body) {
  TRY(check_object(body, "the request", {"gpus", "file", "config", "undo"}));
  const auto given = body.count("gpus") + body.count("file") + body.count("undo");
  if (given != 1) {
    return fail(Code::kInvalidArgument,
                given == 0 ? "the request says nothing that is wanted"
                           : "the request wants several things at once",
                "give exactly one of gpus, file and undo");
  }
  if (body.contains("config") && !body.contains("file")) {
    return fail(Code::kInvalidArgument, "config goes with a file", "leave it out");
  }
  if (body.contains("gpus")) return read_gpus(body["gpus"]);
  if (body.contains("file")) return read_file(body);
  return read_undo(body["undo"]);
}

}  // namespace septet::web
