#include "verify/certificate.h"

#include "base/json.h"

namespace septet::verify {

namespace {

constexpr std::size_t kMostEntries = 1'000'000;  // of any list

// A JSON value with its place; every member asked for must be there and of the right kind.
class Value {
 public:
  Value(const std::string& document, std::string place, const Json& json)
      : document_(document), place_(std::move(place)), json_(json) {}

  std::unexpected<Error> complain(const std::string& what) const {
    return fail(Code::kInvalidArgument,
                document_ + ": " + (place_.empty() ? "/" : place_) + ": " + what,
                "write it again with septet plan --certificate");
  }

  bool has(const char* key) const { return json_.is_object() && json_.contains(key); }

  Result<Value> member(const char* key) const {
    if (!json_.is_object()) return complain("must be an object");
    const auto found = json_.find(key);
    if (found == json_.end()) return complain(std::string("has no ") + key);
    return Value(document_, place_ + "/" + key, *found);
  }

  Result<std::vector<Value>> list() const {
    if (!json_.is_array()) return complain("must be a list");
    if (json_.size() > kMostEntries) return complain("has more than a million entries");
    std::vector<Value> values;
    for (std::size_t i = 0; i < json_.size(); ++i)
      values.emplace_back(document_, place_ + "/" + std::to_string(i), json_[i]);
    return values;
  }

  Result<std::vector<std::pair<std::string, Value>>> members() const {
    if (!json_.is_object()) return complain("must be an object");
    std::vector<std::pair<std::string, Value>> values;
    for (const auto& [key, value] : json_.items())
      values.emplace_back(key, Value(document_, place_ + "/" + key, value));
    return values;
  }

  Result<std::string> text() const {
    if (!json_.is_string()) return complain("must be text");
    return json_.get<std::string>();
  }

  Result<std::uint64_t> whole() const {
    constexpr std::uint64_t kMost = 1'000'000'000'000'000;
    if (!json_.is_number_unsigned() || json_.get<std::uint64_t>() > kMost)
      return complain("must be a whole number from 0 to 10^15");
    return json_.get<std::uint64_t>();
  }

  Result<double> number() const {
    if (!json_.is_number()) return complain("must be a number");
    return json_.get<double>();
  }

  Result<Fraction> fraction() const {
    const auto written = TRY(text());
    const auto parsed = parse_fraction(written);
    if (!parsed) return complain("must be a fraction like \"30/7\"");
    return *parsed;
  }

  Result<std::vector<std::string>> texts() const {
    std::vector<std::string> found;
    const auto values = TRY(list());
    for (const Value& value : values) found.push_back(TRY(value.text()));
    return found;
  }

  Result<std::string> text_of(const char* key) const {
    const auto found = TRY(member(key));
    return found.text();
  }
  Result<std::uint64_t> whole_of(const char* key) const {
    const auto found = TRY(member(key));
    return found.whole();
  }
  Result<Fraction> fraction_of(const char* key) const {
    const auto found = TRY(member(key));
    return found.fraction();
  }
  Result<std::vector<std::string>> texts_of(const char* key) const {
    const auto found = TRY(member(key));
    return found.texts();
  }

 private:
  const std::string& document_;
  std::string place_;
  const Json& json_;
};

Result<PoolClaim> read_pool(const Value& value) {
  PoolClaim pool;
  pool.product = TRY(value.text_of("product"));
  pool.gpus = TRY(value.whole_of("gpus"));
  pool.cost = TRY(value.whole_of("cost_thousandths"));
  pool.holds = TRY(value.texts_of("holds"));
  return pool;
}

Result<Needs> read_needs(const Value& value) {
  Needs needs;
  const auto members = TRY(value.members());
  for (const auto& [key, need] : members) {
    if (key == "compute_percent") {
      needs.compute_percent = TRY(need.number());
      continue;
    }
    const std::pair<const char*, std::uint64_t*> known[] = {{"memory_bytes", &needs.memory_bytes},
                                                            {"sms", &needs.sms},
                                                            {"slices", &needs.slices},
                                                            {"decoders", &needs.decoders},
                                                            {"jpeg", &needs.jpeg},
                                                            {"optical_flow", &needs.optical_flow}};
    std::uint64_t* target = nullptr;
    for (const auto& [name, field] : known) target = key == name ? field : target;
    if (target == nullptr) return need.complain("is no need that is known");
    *target = TRY(need.whole());
  }
  return needs;
}

Result<WorkloadClaim> read_workload(const Value& value) {
  WorkloadClaim workload;
  workload.name = TRY(value.text_of("name"));
  workload.replicas = TRY(value.whole_of("replicas"));
  if (value.has("profile") == value.has("needs"))
    return value.complain("must have a profile or needs, and not both");
  if (value.has("profile")) {
    workload.profile = TRY(value.text_of("profile"));
    if (workload.profile.empty()) return value.complain("names an empty profile");
  } else {
    const auto needs = TRY(value.member("needs"));
    workload.needs = TRY(read_needs(needs));
  }
  if (value.has("products")) {
    workload.products = TRY(value.texts_of("products"));
    if (workload.products.empty()) return value.complain("may run on no product at all");
  }
  if (!value.has("anti_affinity")) return workload;
  if (TRY(value.texts_of("anti_affinity")) != std::vector<std::string>{"self"})
    return value.complain("anti_affinity must be [\"self\"]");
  workload.apart = true;
  return workload;
}

Result<LayoutClaim> read_layout(const Value& value) {
  LayoutClaim layout;
  layout.pool = TRY(value.whole_of("pool"));
  layout.gpus = TRY(value.whole_of("gpus"));
  layout.adds = TRY(value.texts_of("adds"));
  if (value.has("carries")) layout.carries = TRY(value.texts_of("carries"));
  return layout;
}

Result<PlacedClaim> read_placed(const Value& value) {
  PlacedClaim placed;
  placed.workload = TRY(value.text_of("workload"));
  placed.product = TRY(value.text_of("product"));
  placed.profile = TRY(value.text_of("profile"));
  placed.replicas = TRY(value.whole_of("replicas"));
  return placed;
}

template <typename Claim>
Result<std::vector<Claim>> read_all(const Value& root, const char* key,
                                    Result<Claim> (*read)(const Value&)) {
  std::vector<Claim> claims;
  const auto list = TRY(root.member(key));
  const auto values = TRY(list.list());
  for (const Value& value : values) claims.push_back(TRY(read(value)));
  return claims;
}

Result<> read_prices(const Value& prices, Certificate& certificate) {
  const auto replica = TRY(prices.member("replica"));
  const auto members = TRY(replica.members());
  for (const auto& [name, value] : members)
    certificate.replica_prices.push_back({name, TRY(value.fraction())});
  const auto gpu = TRY(prices.member("gpu"));
  const auto values = TRY(gpu.list());
  for (const Value& value : values) certificate.gpu_prices.push_back(TRY(value.fraction()));
  return {};
}

Result<Certificate> read_root(const Value& root) {
  const auto version = TRY(root.member("septet_certificate"));
  if (TRY(version.whole()) != 1) return version.complain("only version 1 is known");
  Certificate certificate;
  const auto verdict = TRY(root.member("verdict"));
  const auto verdict_text = TRY(verdict.text());
  if (verdict_text != "fits" && verdict_text != "impossible")
    return verdict.complain("must be \"fits\" or \"impossible\"");
  certificate.fits = verdict_text == "fits";
  certificate.pools = TRY(read_all(root, "pools", read_pool));
  certificate.workloads = TRY(read_all(root, "workloads", read_workload));
  const auto prices = TRY(root.member("prices"));
  TRY(read_prices(prices, certificate));
  certificate.bound = TRY(root.fraction_of("bound_thousandths"));
  if (!certificate.fits) return certificate;
  certificate.layouts = TRY(read_all(root, "layouts", read_layout));
  certificate.placed = TRY(read_all(root, "placed", read_placed));
  certificate.cost = TRY(root.whole_of("cost_thousandths"));
  certificate.gap = TRY(root.whole_of("gap_thousandths"));
  return certificate;
}

}  // namespace

Result<Certificate> read_certificate(const std::string& name, std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded())
    return fail(Code::kInvalidArgument, name + ": is not JSON",
                "give a file that septet plan --certificate wrote");
  return read_root(Value(name, "", json));
}

}  // namespace septet::verify
