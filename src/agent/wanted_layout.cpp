#include "agent/wanted_layout.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/yaml.h"
#include "kube/read_json.h"
#include "partition/layout_targets.h"
#include "partition/parted_targets.h"

namespace septet::agent {

namespace {

enum class Rank : std::uint8_t { kNotThis, kBySelector, kByName };

std::string metadata_text(const Json& object, std::string_view key) {
  return kube::text_at(object, {"metadata", key});
}

std::int64_t generation_of(const Json& object) {
  const Json* const metadata = kube::member(object, "metadata");
  const Json* const generation =
      metadata == nullptr ? nullptr : kube::member(*metadata, "generation");
  return generation != nullptr && generation->is_number_integer() ? generation->get<std::int64_t>()
                                                                  : 0;
}

bool selects(const Json& selector, const NodeLabels& labels) {
  if (!selector.is_object() || !selector.contains("matchLabels")) return false;
  const Json& wanted = selector.at("matchLabels");
  if (!wanted.is_object() || wanted.empty()) return false;  // never the whole cluster by omission
  return std::ranges::all_of(wanted.items(), [&labels](const auto& item) {
    const auto label = labels.find(item.key());
    return item.value().is_string() && label != labels.end() &&
           label->second == item.value().template get<std::string>();
  });
}

Rank rank_of(const Json& object, const std::string& node_name, const NodeLabels& labels) {
  if (!object.is_object() || !object.contains("spec")) return Rank::kNotThis;
  const Json& spec = object.at("spec");
  if (!spec.is_object()) return Rank::kNotThis;
  if (spec.contains("nodeName"))
    return spec.at("nodeName") == Json(node_name) ? Rank::kByName : Rank::kNotThis;
  if (!spec.contains("nodeSelector")) return Rank::kNotThis;
  return selects(spec.at("nodeSelector"), labels) ? Rank::kBySelector : Rank::kNotThis;
}

// JSON is YAML: the readers that give places for every complaint read it as it is.
Result<Request> read_request(const Json& object) {
  Request request;
  request.name_space = metadata_text(object, "namespace");
  request.name = metadata_text(object, "name");
  request.uid = metadata_text(object, "uid");
  request.generation = generation_of(object);
  const std::string title = fmt::format("MigLayout {}/{}", request.name_space, request.name);
  const Json& spec = object.at("spec");
  const bool gpus = spec.contains("gpus");
  if (gpus == spec.contains("migParted")) {
    return fail(Code::kInvalidArgument, title + ": spec must hold gpus or migParted, and not both",
                "gpus is septet's own form, migParted the entries of a mig-parted config");
  }
  if (gpus) {
    const auto document = TRY(parse_yaml(title, to_text(Json{{"gpus", spec.at("gpus")}})));
    const auto layouts = TRY(partition::read_layouts(document));
    request.layout = TRY(partition::select_layout(layouts, ""));
    return request;
  }
  const Json parted{{"version", "v1"}, {"mig-configs", {{request.name, spec.at("migParted")}}}};
  const auto document = TRY(parse_yaml(title, to_text(parted)));
  const auto configs = TRY(partition::read_parted(document));
  request.layout = TRY(partition::select_config(configs, request.name));
  return request;
}

Error governed_by(const std::string& other) {
  return {Code::kConflict, "MigLayout " + other + " governs this node",
          "delete one of the two, or narrow its nodeSelector", 0, nullptr};
}

Error quarrel(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
  return {Code::kConflict, "several MigLayouts ask for this node: " + all,
          "leave one of them; until then the node stays as it is", 0, nullptr};
}

struct Candidate {
  const Json* object = nullptr;
  Rank rank = Rank::kNotThis;
  std::string name;
};

std::vector<Candidate> candidates_of(const std::vector<Json>& mig_layouts,
                                     const std::string& node_name, const NodeLabels& labels) {
  std::vector<Candidate> candidates;
  for (const Json& object : mig_layouts) {
    const Rank rank = rank_of(object, node_name, labels);
    if (rank == Rank::kNotThis) continue;
    candidates.push_back(
        {&object, rank,
         fmt::format("{}/{}", metadata_text(object, "namespace"), metadata_text(object, "name"))});
  }
  return candidates;
}

void choose_mig_layout(const std::vector<Candidate>& candidates, Choice& choice) {
  const Rank best = std::ranges::max(candidates, {}, &Candidate::rank).rank;
  std::vector<std::string> first;
  for (const Candidate& one : candidates) {
    if (one.rank == best) first.push_back(one.name);
  }
  for (const Candidate& one : candidates) {
    Concerned concerned{metadata_text(*one.object, "namespace"), metadata_text(*one.object, "name"),
                        generation_of(*one.object), std::nullopt};
    if (one.rank != best) {
      concerned.problem = governed_by(first.front());
    } else if (first.size() > 1) {
      concerned.problem = quarrel(first);
    } else if (auto request = read_request(*one.object); request) {
      choice.request = std::move(*request);
    } else {
      concerned.problem = std::move(request).error();
    }
    choice.layouts.push_back(std::move(concerned));
  }
}

Result<Request> request_of_label(const std::string& value, const Configs& configs) {
  const auto known = TRY(configs());
  Request request;
  request.by_label = true;
  request.name = value;
  request.layout = TRY(partition::select_config(known, value));
  return request;
}

}  // namespace

std::string Request::key() const {
  return fmt::format("{}/{}/{}/{}/{}", by_label ? "label" : "object", name_space, name, uid,
                     generation);
}

std::string Request::title() const {
  return by_label ? fmt::format("label {}={}", kConfigLabel, name)
                  : fmt::format("MigLayout {}/{}", name_space, name);
}

Choice choose_layout(const std::vector<Json>& mig_layouts, const std::string& node_name,
                     const NodeLabels& labels, const Configs& configs) {
  Choice choice;
  const auto candidates = candidates_of(mig_layouts, node_name, labels);
  if (!candidates.empty()) choose_mig_layout(candidates, choice);
  const auto label = labels.find(kConfigLabel);
  if (label == labels.end() || label->second.empty()) return choice;
  choice.label = label->second;
  if (!candidates.empty()) {
    choice.label_problem = governed_by(candidates.front().name);
    choice.label_problem->remedy = "take the label off, or delete the MigLayout";
    return choice;
  }
  auto request = request_of_label(label->second, configs);
  if (request) {
    choice.request = std::move(*request);
  } else {
    choice.label_problem = std::move(request).error();
  }
  return choice;
}

Result<std::vector<plan::GpuCut>> targets_of(const Request& request, const mig::Node& node) {
  return std::visit([&node](const auto& layout) { return partition::targets_of(layout, node); },
                    request.layout);
}

}  // namespace septet::agent
