#include "partition/history.h"

#include <fmt/format.h>

#include <utility>

namespace septet::partition {

namespace {

constexpr double kSecond = 1e9, kMillisecond = 1e6;

std::string took_text(std::int64_t ns) {
  const auto time = static_cast<double>(ns);
  return time < kSecond ? fmt::format("{:.0f} ms", time / kMillisecond)
                        : fmt::format("{:.1f} s", time / kSecond);
}

// Further lines below the first.
std::string indented(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? std::string("\n      ") : std::string(1, c);
  return out;
}

Json cuts_json(const std::vector<plan::GpuCut>& cuts) {
  Json json = Json::array();
  for (const plan::GpuCut& cut : cuts) json.push_back(plan::to_json(cut));
  return json;
}

Json step_json(const StepRecord& step) {
  Json json{{"step", step.text},       {"gpu", step.gpu},
            {"run", step.run},         {"way", step.way},
            {"round", step.round},     {"number", step.number},
            {"attempt", step.attempt}, {"intended", utc_text(step.intended_ns)}};
  json["ended"] = step.ended_ns ? Json(utc_text(*step.ended_ns)) : Json(nullptr);
  json["failure"] = step.failure ? Json(*step.failure) : Json(nullptr);
  return json;
}

std::string_view state_of(const ChangeRecord& change) {
  return change.ended ? to_string(*change.ended) : "unfinished";
}

}  // namespace

std::optional<std::int64_t> duration_ns(const ChangeRecord& change) {
  if (!change.ended_ns) return std::nullopt;
  return *change.ended_ns - change.began_ns;
}

std::string to_string(const ChangeRecord& change) {
  const auto took = duration_ns(change);
  std::string text = fmt::format(
      "{}  {}  {} (pid {})  {}  {}{}\n", change.id, utc_text(change.began_ns), change.actor.user,
      change.actor.pid, change.verb, state_of(change), took ? " in " + took_text(*took) : "");
  for (std::size_t i = 0; i < change.from.size(); ++i) {
    const std::string from = plan::to_string(change.from[i]), to = plan::to_string(change.to[i]);
    if (from == to) continue;
    text += fmt::format("   from {}\n     to {}\n", from, to);
  }
  if (!change.why.empty()) text += fmt::format("    why {}\n", indented(change.why));
  return text;
}

Json to_json(const ChangeRecord& change) {
  Json json{{"change", change.id},       {"verb", change.verb},
            {"user", change.actor.user}, {"uid", change.actor.uid},
            {"pid", change.actor.pid},   {"command", change.actor.command},
            {"boot", change.boot},       {"began", utc_text(change.began_ns)}};
  json["ended"] = change.ended_ns ? Json(utc_text(*change.ended_ns)) : Json(nullptr);
  const auto took = duration_ns(change);
  json["seconds"] = took ? Json(static_cast<double>(*took) / kSecond) : Json(nullptr);
  json["state"] = state_of(change);
  json["unfinished"] = change.unfinished();
  json["why"] = change.why;
  json["from"] = cuts_json(change.from);
  json["to"] = cuts_json(change.to);
  json["steps"] = Json::array();
  for (const StepRecord& step : change.steps) json["steps"].push_back(step_json(step));
  return json;
}

Json to_json(const std::vector<ChangeRecord>& changes) {
  Json json = Json::array();
  for (const ChangeRecord& change : changes) json.push_back(to_json(change));
  return json;
}

}  // namespace septet::partition
