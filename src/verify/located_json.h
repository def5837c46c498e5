// verify/located_json.h — a value of a JSON document with its place in it; whatever is asked for
// must be there and be of the right kind.
//
// Units.  Exact numbers are text: fractions "30/7", decimals "412.097" (six digits after the point
//         at most, read as millionths).
// Errors. kInvalidArgument with the document's name and a JSON pointer ("/layouts/3/gpus").
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "verify/fraction.h"

namespace septet::verify {

// Refers to the name and the value it was made from.
class LocatedJson {
 public:
  static constexpr std::size_t kMostEntries = 1'000'000;  // of any list or object

  LocatedJson(const std::string& document, std::string place, const Json& json)
      : document_(document), place_(std::move(place)), json_(json) {}

  std::unexpected<Error> complain(const std::string& what) const;
  bool has(const char* key) const { return json_.is_object() && json_.contains(key); }
  Result<LocatedJson> member(const char* key) const;
  Result<std::vector<LocatedJson>> list() const;
  Result<std::vector<std::pair<std::string, LocatedJson>>> members() const;

  Result<std::string> text() const;
  Result<bool> truth() const;
  Result<std::uint64_t> whole() const;  // 0 to 10^15
  Result<double> number() const;
  Result<Fraction> fraction() const;
  Result<std::uint64_t> millionths() const;  // of a decimal from 0 to 10^9
  Result<std::vector<std::string>> texts() const;

  // The same of a member.
  Result<std::string> text_of(const char* key) const;
  Result<bool> truth_of(const char* key) const;
  Result<std::uint64_t> whole_of(const char* key) const;
  Result<Fraction> fraction_of(const char* key) const;
  Result<std::uint64_t> millionths_of(const char* key) const;
  Result<std::vector<std::string>> texts_of(const char* key) const;

  // Every entry of a member that is a list, as `read` understands it.
  template <typename Claim>
  Result<std::vector<Claim>> all_of(const char* key,
                                    Result<Claim> (*read)(const LocatedJson&)) const {
    std::vector<Claim> claims;
    const auto found = TRY(member(key));
    const auto values = TRY(found.list());
    for (const LocatedJson& value : values) claims.push_back(TRY(read(value)));
    return claims;
  }

 private:
  const std::string& document_;
  std::string place_;
  const Json& json_;
};

// "/prices/replica" and "a/b": "/prices/replica/a~1b" (RFC 6901).
std::string pointer_to(const std::string& place, const std::string& key);

}  // namespace septet::verify
