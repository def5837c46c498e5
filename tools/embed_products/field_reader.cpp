#include "embed_products/field_reader.h"

#include <algorithm>
#include <charconv>

namespace septet::embed {
namespace {

bool says_unknown(const YAML::Node& node) {
  return node.IsDefined() && node.IsScalar() && node.Scalar() == "unknown";
}

// Decimal, or hexadecimal as PCI ids are written.
std::optional<std::uint64_t> whole_number(const YAML::Node& node) {
  if (!node.IsDefined() || !node.IsScalar()) return std::nullopt;
  std::string_view text = node.Scalar();
  const bool hex = text.starts_with("0x");
  if (hex) text.remove_prefix(2);
  std::uint64_t value = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value, hex ? 16 : 10);
  if (text.empty() || error != std::errc() || end != last) return std::nullopt;
  return value;
}

}  // namespace

YAML::Node FieldReader::at(const std::string& field) const {
  if (!map_.IsMap()) return YAML::Node(YAML::NodeType::Undefined);
  const YAML::Node& map = map_;  // the const operator[] adds nothing
  const YAML::Node found = map[field];
  return found.IsDefined() ? found : YAML::Node(YAML::NodeType::Undefined);
}

std::unexpected<Error> FieldReader::complain(const std::string& complaint) const {
  return fail_at(document_, map_, complaint);
}

std::unexpected<Error> FieldReader::complain(const std::string& field,
                                             const std::string& complaint) const {
  const YAML::Node node = at(field);
  return fail_at(document_, node.IsDefined() ? node : map_, field + ": " + complaint);
}

Result<> FieldReader::keys(const std::vector<std::string_view>& allowed) const {
  return check_keys(document_, map_, allowed);
}

Result<std::string> FieldReader::optional_text(const std::string& field) const {
  if (!has(field)) return std::string();
  return as_text(document_, at(field), field);
}

Result<std::string> FieldReader::text(const std::string& field) const {
  auto found = TRY(optional_text(field));
  if (found.empty()) return complain(field, "is missing or empty");
  return found;
}

Result<bool> FieldReader::flag(const std::string& field) const {
  if (!has(field)) return false;
  return as_bool(document_, at(field), field);
}

Result<unsigned> FieldReader::count(const std::string& field, std::uint64_t most) const {
  if (!has(field)) return complain(field, "is missing");
  const auto number = TRY(as_count(document_, at(field), field, most));
  return static_cast<unsigned>(number);
}

Result<Confidence> FieldReader::confidence(const std::string& field,
                                           const std::string& asked) const {
  const FieldReader conf(document_, at("conf"));
  const bool plain = at("conf").IsDefined() && at("conf").IsScalar();
  if (!plain && !has("conf")) return complain(field, "is known but has no confidence (conf)");
  const std::string key = plain || conf.has(asked) ? asked : "default";
  const std::string word =
      TRY(plain ? as_text(document_, at("conf"), "conf") : conf.optional_text(key));
  if (word == "recorded") return Confidence::kRecorded;
  if (word == "documented") return Confidence::kDocumented;
  if (word == "derived") return Confidence::kDerived;
  return complain("conf",
                  "of " + field + " must be recorded, documented or derived, got \"" + word + "\"");
}

Result<FieldReader::Value> FieldReader::value(const std::string& field,
                                              const std::string& conf_field) const {
  const YAML::Node written = at(field);
  const YAML::Node estimates = at("estimate");
  YAML::Node estimate(YAML::NodeType::Undefined);
  if (estimates.IsDefined() && estimates.IsMap()) {
    estimate = FieldReader(document_, estimates).at(field);
  } else if (estimates.IsDefined() && (field == "value" || field == "pci")) {
    estimate = estimates;  // {value: unknown, estimate: 9984}
  }
  const bool known = written.IsDefined() && !says_unknown(written);
  if (known && estimate.IsDefined())
    return fail_at(document_, estimate, field + " is known, so it has no estimate");
  if (known) return Value{written, TRY(confidence(field, conf_field))};
  if (estimate.IsDefined()) return Value{estimate, Confidence::kEstimated};
  return Value{};
}

Result<Fact> FieldReader::optional_fact(const std::string& field, std::uint64_t most) const {
  const Value found = TRY(value(field, field));
  if (found.confidence == Confidence::kUnknown) return Fact{};
  const auto number = whole_number(found.node);
  if (!number || *number > most) {
    return fail_at(document_, found.node,
                   field + " must be a whole number up to " + std::to_string(most) + " or unknown");
  }
  return Fact{static_cast<std::uint32_t>(*number), found.confidence};
}

Result<Fact> FieldReader::fact(const std::string& field, std::uint64_t most) const {
  if (!has(field)) return complain(field, "is missing; write unknown when it is");
  return optional_fact(field, most);
}

Result<std::uint16_t> FieldReader::starts(const YAML::Node& list, unsigned width) const {
  if (!list.IsSequence() || list.size() == 0)
    return fail_at(document_, list, "starts must be a list like [0, 4], or unknown");
  std::uint16_t mask = 0;
  for (const YAML::Node& item : list) {
    const auto start = TRY(as_count(document_, item, "start", width - 1));
    const auto bit = static_cast<std::uint16_t>(1u << start);
    if (bit <= mask) return fail_at(document_, item, "starts must ascend, each written once");
    mask = static_cast<std::uint16_t>(mask | bit);
  }
  return mask;
}

Result<Places> FieldReader::places(unsigned width) const {
  if (!has("starts") || !has("size"))
    return complain("starts and size are missing; write unknown when they are");
  const Value where = TRY(value("starts", "placements"));
  const Value wide = TRY(value("size", "placements"));
  Places places;
  places.confidence = std::min(where.confidence, wide.confidence);
  if (places.confidence == Confidence::kUnknown)
    return complain("starts and size need a value or an estimate: nothing can be placed without");
  places.starts = TRY(starts(where.node, width));
  const auto size = TRY(as_count(document_, wide.node, "size", width));
  places.size = static_cast<unsigned>(size);
  for (unsigned start = 0; start < width; ++start) {
    if (((places.starts >> start) & 1u) != 0 && (size == 0 || start + size > width)) {
      return fail_at(document_, wide.node,
                     "start " + std::to_string(start) + ", size " + std::to_string(size) +
                         " leaves the axis of " + std::to_string(width));
    }
  }
  return places;
}

Result<std::vector<std::string>> FieldReader::texts(const std::string& field) const {
  std::vector<std::string> list;
  if (!has(field)) return list;
  if (!at(field).IsSequence()) return complain(field, "must be a list");
  for (const YAML::Node& item : at(field)) {
    auto word = TRY(as_text(document_, item, field));
    list.push_back(std::move(word));
  }
  return list;
}

Result<std::string> FieldReader::sources(const std::set<std::string>& known,
                                         std::set<std::string>& used) const {
  const auto keys = TRY(texts("src"));
  if (keys.empty()) return complain("src", "names no source");
  std::string joined;
  for (const std::string& key : keys) {
    if (!known.contains(key)) return complain("src", "\"" + key + "\" is not among sources:");
    used.insert(key);
    joined += (joined.empty() ? "" : ", ") + key;
  }
  return joined;
}

Result<> FieldReader::qualifiers(const std::vector<std::string_view>& fields) const {
  auto in_conf = fields;
  in_conf.insert(in_conf.end(), {"default", "placements"});
  if (has("conf")) TRY(check_keys(document_, at("conf"), in_conf));
  if (has("estimate")) TRY(check_keys(document_, at("estimate"), fields));
  return {};
}

}  // namespace septet::embed
