// cli/product_check.h — where a driver and the product tables disagree.
//
// A value that the tables do not know (unknown or estimated) is news, not a difference. What the
// driver did not tell (placements to the unprivileged, compute profiles outside live instances) is
// not compared.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "mig/node.h"

namespace septet::cli {

struct Finding {
  std::string subject;  // "3g.40gb", "1c.3g.40gb in 3g.40gb", "the board"
  std::string field;    // "memory GiB"
  std::string tables;   // "39.50", "unknown", "no such profile"
  std::string driver;   // "39.25"
  mig::Confidence confidence = mig::Confidence::kUnknown;  // of the tables' value
  std::string sources;                                     // of the tables' value
  std::string note;                                        // what else the tables say about it
};

struct Comparison {
  std::uint32_t gpu = 0;
  std::string name, product;  // product: "" when the board is not in the tables
  std::size_t compared = 0;   // values
  std::vector<Finding> differences, news;
};

Comparison compare_with_tables(const mig::Node& node, const mig::Gpu& gpu);

// "3g.40gb, memory GiB: the tables say 39.50 (derived, from G_H100), the driver says 39.25"
std::string to_string(const Finding& finding);
Json to_json(const Comparison& comparison);

}  // namespace septet::cli
