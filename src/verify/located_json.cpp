#include "verify/located_json.h"

namespace septet::verify {

std::unexpected<Error> LocatedJson::complain(const std::string& what) const {
  return fail(Code::kInvalidArgument,
              document_ + ": " + (place_.empty() ? "/" : place_) + ": " + what,
              "write it again with septet plan --certificate");
}

Result<LocatedJson> LocatedJson::member(const char* key) const {
  if (!json_.is_object()) return complain("must be an object");
  const auto found = json_.find(key);
  if (found == json_.end()) return complain(std::string("has no ") + key);
  return LocatedJson(document_, pointer_to(place_, key), *found);
}

Result<std::vector<LocatedJson>> LocatedJson::list() const {
  if (!json_.is_array()) return complain("must be a list");
  if (json_.size() > kMostEntries) return complain("has more than a million entries");
  std::vector<LocatedJson> values;
  for (std::size_t i = 0; i < json_.size(); ++i)
    values.emplace_back(document_, place_ + "/" + std::to_string(i), json_[i]);
  return values;
}

Result<std::vector<std::pair<std::string, LocatedJson>>> LocatedJson::members() const {
  if (!json_.is_object()) return complain("must be an object");
  if (json_.size() > kMostEntries) return complain("has more than a million members");
  std::vector<std::pair<std::string, LocatedJson>> values;
  for (const auto& [key, value] : json_.items())
    values.emplace_back(key, LocatedJson(document_, pointer_to(place_, key), value));
  return values;
}

Result<std::string> LocatedJson::text() const {
  if (!json_.is_string()) return complain("must be text");
  return json_.get<std::string>();
}

Result<bool> LocatedJson::truth() const {
  if (!json_.is_boolean()) return complain("must be true or false");
  return json_.get<bool>();
}

Result<std::uint64_t> LocatedJson::whole() const {
  constexpr std::uint64_t kMost = 1'000'000'000'000'000;
  if (!json_.is_number_unsigned() || json_.get<std::uint64_t>() > kMost)
    return complain("must be a whole number from 0 to 10^15");
  return json_.get<std::uint64_t>();
}

Result<double> LocatedJson::number() const {
  if (!json_.is_number()) return complain("must be a number");
  return json_.get<double>();
}

Result<Fraction> LocatedJson::fraction() const {
  const auto written = TRY(text());
  const auto parsed = parse_fraction(written);
  if (!parsed) return complain("must be a fraction like \"30/7\"");
  return *parsed;
}

Result<std::uint64_t> LocatedJson::millionths() const {
  const auto written = TRY(text());
  const auto parsed = parse_millionths(written);
  if (!parsed)
    return complain(
        "must be a decimal like \"412.097\", from 0 to 10^9, six digits after the point");
  return *parsed;
}

Result<std::vector<std::string>> LocatedJson::texts() const {
  std::vector<std::string> found;
  const auto values = TRY(list());
  for (const LocatedJson& value : values) found.push_back(TRY(value.text()));
  return found;
}

Result<std::string> LocatedJson::text_of(const char* key) const {
  const auto found = TRY(member(key));
  return found.text();
}
Result<bool> LocatedJson::truth_of(const char* key) const {
  const auto found = TRY(member(key));
  return found.truth();
}
Result<std::uint64_t> LocatedJson::whole_of(const char* key) const {
  const auto found = TRY(member(key));
  return found.whole();
}
Result<Fraction> LocatedJson::fraction_of(const char* key) const {
  const auto found = TRY(member(key));
  return found.fraction();
}
Result<std::uint64_t> LocatedJson::millionths_of(const char* key) const {
  const auto found = TRY(member(key));
  return found.millionths();
}
Result<std::vector<std::string>> LocatedJson::texts_of(const char* key) const {
  const auto found = TRY(member(key));
  return found.texts();
}

std::string pointer_to(const std::string& place, const std::string& key) {
  std::string pointer = place + "/";
  for (const char c : key) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
  return pointer;
}

}  // namespace septet::verify
