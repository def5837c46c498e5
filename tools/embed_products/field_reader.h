// embed_products/field_reader.h — one mapping of a product file, read field by field.
//
// Shapes. A mapping may carry `conf: {default: W, FIELD: W}`, `estimate: {FIELD: VALUE}` and
//         `src: [KEY, ...]`, which qualify its other fields; W is recorded, documented or derived.
//         A field written `unknown` becomes kEstimated with the estimate's value, or kUnknown.
// Errors. kInvalidArgument with FILE:LINE:COLUMN. A known value without a confidence, or an
//         estimate of a value that is known, is an error.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/yaml.h"
#include "embed_products/product_data.h"

namespace septet::embed {

class FieldReader {
 public:
  FieldReader(const YamlDocument& document, const YAML::Node& map)
      : document_(document), map_(map) {}

  Result<> keys(const std::vector<std::string_view>& allowed) const;
  bool has(const std::string& field) const { return at(field).IsDefined(); }
  YAML::Node at(const std::string& field) const;
  Result<std::string> text(const std::string& field) const;           // never empty
  Result<std::string> optional_text(const std::string& field) const;  // "" when absent
  Result<bool> flag(const std::string& field) const;                  // false when absent
  Result<unsigned> count(const std::string& field, std::uint64_t most) const;
  Result<Fact> fact(const std::string& field, std::uint64_t most) const;  // must be present
  Result<Fact> optional_fact(const std::string& field, std::uint64_t most) const;
  Result<Places> places(unsigned width) const;  // fields `starts` and `size`
  Result<std::vector<std::string>> texts(const std::string& field) const;  // {} when absent
  Result<std::string> sources(const std::set<std::string>& known,
                              std::set<std::string>& used) const;
  // Every field of `conf` and `estimate` must be one of `fields`.
  Result<> qualifiers(const std::vector<std::string_view>& fields) const;
  std::unexpected<Error> complain(const std::string& complaint) const;
  std::unexpected<Error> complain(const std::string& field, const std::string& complaint) const;

 private:
  Result<Confidence> confidence(const std::string& field, const std::string& asked) const;
  // The node that holds the value: the field itself or its estimate; undefined when unknown.
  struct Value {
    YAML::Node node;
    Confidence confidence = Confidence::kUnknown;
  };
  Result<Value> value(const std::string& field, const std::string& conf_field) const;
  Result<std::uint16_t> starts(const YAML::Node& list, unsigned width) const;

  const YamlDocument& document_;
  YAML::Node map_;
};

}  // namespace septet::embed
