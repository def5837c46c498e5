// Every number about hardware says where it is from.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/yaml.h"
#include "rules/tree.h"

namespace septet::rules {
namespace {

bool is_product(const TextFile& file) {
  return file.under("src/mig/products/") && file.named(".yaml");
}

// "G_H100" of `src: [G_H100, UG]`, or of `src: G_H100`.
std::set<std::string> keys_in(const YAML::Node& src) {
  std::set<std::string> keys;
  if (src.IsScalar()) keys.insert(src.Scalar());
  for (const auto& key : src) keys.insert(key.Scalar());
  return keys;
}

// Visits every map below `node`.
template <typename F>
void each_map(const YAML::Node& node, const F& visit) {
  if (node.IsMap()) visit(node);
  for (const auto& child : node) each_map(node.IsMap() ? child.second : child, visit);
}

// Calls f(row) for the GPU and compute instances of the product and of its older geometries.
template <typename F>
std::size_t each_row(const YAML::Node& root, const F& f) {
  std::size_t count = 0;
  each_map(root, [&](const YAML::Node& map) {
    for (const char* rows : {"gpu_instances", "compute_instances"}) {
      if (!map[rows] || !map[rows].IsSequence()) continue;
      for (const auto& row : map[rows]) {
        f(row);
        ++count;
      }
    }
  });
  return count;
}

Offenders unsourced(const TextFile& file) {
  const auto document = parse_yaml(file.path, file.text);
  if (!document) return {document.error().describe()};
  const YAML::Node& root = document->root;
  Offenders found;
  const auto complain = [&](const YAML::Node& node, const std::string& what) {
    found.push_back(where(*document, node) + ": " + what);
  };
  const std::size_t rows = each_row(root, [&](const YAML::Node& row) {
    if (!row["src"] || keys_in(row["src"]).empty()) complain(row, "a row without src");
    if (!row["conf"] || !row["conf"]["default"]) complain(row, "a row without conf.default");
  });
  if (rows == 0) complain(root, "no rows");
  if (!root["src"] || keys_in(root["src"]).empty()) complain(root, "facts without src");

  std::set<std::string> used;
  each_map(root, [&](const YAML::Node& map) {
    if (!map["src"]) return;
    for (const auto& key : keys_in(map["src"])) {
      used.insert(key);
      if (!root["sources"] || !root["sources"][key]) complain(map, "no sources: entry for " + key);
    }
  });
  if (root["sources"]) {
    for (const auto& source : root["sources"]) {
      if (!source.second.IsScalar() || source.second.Scalar().size() < 12) {
        complain(source.first, source.first.Scalar() + " does not say where that is");
      }
    }
  }
  return found;
}

TEST(Products, EveryRowHasSourcesAndConfidence) {
  std::size_t products = 0;
  const auto offenders = scan(is_product, [&](const TextFile& file, Offenders& out) {
    ++products;
    for (auto& found : unsourced(file)) out.push_back(std::move(found));
  });
  EXPECT_TRUE(offenders.empty()) << to_string(offenders);
  EXPECT_GE(products, 20u);
}

TEST(Products, FactsHaveAConfidence) {
  const auto offenders = scan(is_product, [](const TextFile& file, Offenders& out) {
    const auto document = parse_yaml(file.path, file.text);
    ASSERT_TRUE(document.has_value()) << document.error().describe();
    for (const auto& fact : document->root["facts"]) {
      const YAML::Node& value = fact.second;
      if (value.IsScalar() && value.Scalar() == "unknown") continue;
      const bool unknown = value.IsMap() && value["value"] && value["value"].Scalar() == "unknown";
      if (!value.IsMap() || (!value["conf"] && !unknown)) {
        out.push_back(where(*document, fact.first) + ": " + fact.first.Scalar() + " without conf");
      }
    }
  });
  EXPECT_TRUE(offenders.empty()) << to_string(offenders);
}

TEST(Products, PlantedRowsAreFound) {
  const std::string good =
      "src: [A]\n"
      "gpu_instances:\n"
      "  - {name: x, conf: {default: recorded}, src: [A]}\n"
      "sources: {A: \"nvidia-smi of a board\"}\n";
  EXPECT_EQ(unsourced({"p.yaml", good}).size(), 0u);
  EXPECT_EQ(unsourced({"p.yaml",
                       "src: [A]\ngpu_instances:\n  - {name: x, src: [A]}\n"
                       "sources: {A: \"nvidia-smi of a board\"}\n"})
                .size(),
            1u);
  EXPECT_EQ(unsourced({"p.yaml",
                       "src: [A]\ngpu_instances:\n  - {name: x, conf: {default: a}, src: [B]}\n"
                       "sources: {A: \"nvidia-smi of a board\"}\n"})
                .size(),
            1u);
}

}  // namespace
}  // namespace septet::rules
