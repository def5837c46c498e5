// Certificates that are true, and what verify says when any part of one is changed.
#include <gtest/gtest.h>

#include "cli/certificate_json.h"
#include "cli/testing/tampering.h"
#include "partition/fleet_file.h"
#include "partition/workload_file.h"
#include "plan/fleet/solve_fleet.h"

namespace septet::cli {
namespace {

plan::Fleet fleet_of(const char* text) {
  const auto document = parse_yaml("fleet.yaml", text);
  EXPECT_TRUE(document.has_value());
  auto fleet = partition::read_fleet(*document);
  EXPECT_TRUE(fleet.has_value()) << fleet.error().what;
  const auto workloads = partition::read_workloads(*document);
  EXPECT_TRUE(workloads.has_value()) << workloads.error().what;
  for (const plan::Workload& workload : *workloads)
    fleet->demands.push_back(*plan::size_for_fleet(fleet->products, workload));
  return *fleet;
}

constexpr const char* kMixed =
    "fleet:\n"
    "  - {product: h100-sxm5-80gb, gpus: 12, cost: 2.4}\n"
    "  - {product: a100-80gb, gpus: 6, cost: 1.3}\n"
    "  - {product: a30-24gb, gpus: 9, cost: 0.45}\n"
    "  - {product: h100-sxm5-80gb, gpus: 3, holds: [3g.40gb@4, 1g.10gb@0]}\n"
    "workloads:\n"
    "  - {name: chat, replicas: 9, memory: 34GiB, sms: 40}\n"
    "  - {name: embed, replicas: 25, memory: 5GiB}\n"
    "  - {name: code, replicas: 11, memory: 15GiB, slices: 2}\n"
    "  - {name: tagger, replicas: 4, memory: 8GiB, media: {optical-flow: 1}}\n"
    "  - {name: book, replicas: 5, profile: 1g.10gb}\n";

constexpr const char* kTooSmall =
    "fleet:\n"
    "  - {product: h100-sxm5-80gb, gpus: 2, cost: 2.4}\n"
    "  - {product: a100-80gb, gpus: 1, cost: 1.3}\n"
    "workloads:\n"
    "  - {name: chat, replicas: 7, memory: 34GiB}\n"
    "  - {name: embed, replicas: 2, memory: 5GiB}\n";

Json certificate_of(const char* text) {
  const plan::Fleet fleet = fleet_of(text);
  return certificate_json(fleet, plan::solve_fleet(fleet));
}

TEST(Verify, HoldsForWhatThePlannerWrites) {
  const Json mixed = certificate_of(kMixed);
  EXPECT_EQ(mixed["verdict"], "fits");
  EXPECT_EQ(objections(mixed), "");
  const Json small = certificate_of(kTooSmall);
  EXPECT_EQ(small["verdict"], "impossible");
  EXPECT_EQ(objections(small), "");
  // One product, one profile each: the closed form writes the same kind of proof.
  const Json counted = certificate_of(
      "fleet: [{product: a100-80gb, gpus: 1000000}]\n"
      "workloads: [{name: a, replicas: 700000, profile: 3g.40gb},\n"
      "            {name: b, replicas: 900000, profile: 2g.20gb},\n"
      "            {name: c, replicas: 300000, profile: 1g.10gb+me}]\n");
  EXPECT_EQ(objections(counted), "");
  EXPECT_EQ(counted["gap_thousandths"], 0);
}

TEST(Verify, PricesEveryLayoutOfEveryPool) {
  const auto certificate = verify::read_certificate(
      "c.json", to_text(certificate_of("fleet: [{product: a30-24gb, gpus: 3},\n"
                                       "        {product: h100-sxm5-80gb, gpus: 1}]\n"
                                       "workloads: [{name: a, replicas: 3, memory: 5GiB}]\n")));
  ASSERT_TRUE(certificate.has_value());
  std::size_t layouts = 0;
  for (const char* const id : {"a30-24gb", "h100-sxm5-80gb"}) {
    mig::visit_layouts(
        mig::find_product(id)->geometry, [](const auto&) { return true; },
        [&layouts](const mig::Layout&) { ++layouts; });
  }
  EXPECT_EQ(verify::check(*certificate).layouts_priced, layouts);
}

TEST(Verify, ObjectsToLayoutsThatAreChanged) {
  const Tampering cases[] = {
      {"an illegal start", [](Json& c) { c["layouts"][0]["adds"] = {"3g.40gb@1"}; },
       "/layouts/0/adds", "not legal"},
      {"an overlap",
       [](Json& c) {
         Json& adds = c["layouts"][0]["adds"];
         adds.push_back(adds[0]);
       },
       "/layouts/0/adds", "taken by another"},
      {"a profile of another product", [](Json& c) { c["layouts"][0]["adds"][0] = "9g.9gb@0"; },
       "/layouts/0/adds/0", "no instance of this product"},
      {"more GPUs than there are", [](Json& c) { c["layouts"][0]["gpus"] = 100; }, "/pools/0/gpus",
       "of this pool's 12"},
      {"fewer GPUs cut than needed", [](Json& c) { c["layouts"].erase(c["layouts"].begin()); },
       "/placed/", "more than the layouts have"},
      {"a pool that is not there", [](Json& c) { c["layouts"][0]["pool"] = 17; }, "/layouts/0/pool",
       "no pool 17"},
      {"a layout on what a GPU holds",
       [](Json& c) {
         c["layouts"].push_back({{"pool", 3}, {"gpus", 0}, {"adds", {"1g.10gb@0"}}});
       },
       "/adds", "taken by another"},
      {"held instances that overlap",
       [](Json& c) { c["pools"][3]["holds"].push_back("4g.40gb@0"); }, "/pools/3/holds",
       "not legal"},
      {"held instances forgotten", [](Json& c) { c["pools"][3]["holds"] = Json::array(); },
       "/prices/gpu/3", "worth"},
  };
  expect_objections(certificate_of(kMixed), cases);
}

TEST(Verify, ObjectsToQuestionsAndPlacesThatAreChanged) {
  const Tampering cases[] = {
      {"a larger supply", [](Json& c) { c["pools"][1]["gpus"] = 7; }, "/bound_thousandths",
       "the prices give"},
      {"a cheaper pool", [](Json& c) { c["pools"][0]["cost_thousandths"] = 2000; },
       "/cost_thousandths", "the layouts cost"},
      {"an unknown product", [](Json& c) { c["pools"][0]["product"] = "h900"; }, "/pools/0/product",
       "no product"},
      {"more replicas", [](Json& c) { c["workloads"][0]["replicas"] = 10; },
       "/workloads/0/replicas", "9 of chat's 10"},
      {"no replicas", [](Json& c) { c["workloads"][0]["replicas"] = 0; }, "/workloads/0/replicas",
       "has none"},
      {"greater needs", [](Json& c) { c["workloads"][0]["needs"]["sms"] = 66; }, "/placed/",
       "does not do for chat"},
      {"smaller needs", [](Json& c) { c["workloads"][0]["needs"]["memory_bytes"] = 1u << 30u; },
       "/prices/gpu/", "worth"},
      {"another profile named", [](Json& c) { c["workloads"][4]["profile"] = "2g.20gb"; },
       "/placed/", "does not do for book"},
      {"a workload twice", [](Json& c) { c["workloads"].push_back(c["workloads"][0]); },
       "/workloads/5", "listed twice"},
      {"a placement in too small a profile", [](Json& c) { c["placed"][0]["profile"] = "1g.10gb"; },
       "/placed/0/profile", "does not do"},
      {"more placed than cut", [](Json& c) { c["placed"][0]["replicas"] = 99; },
       "/placed/0/replicas", "more than the layouts have"},
      {"a placement gone", [](Json& c) { c["placed"].erase(c["placed"].begin()); },
       "/workloads/0/replicas", "have a place"},
      {"an unknown workload placed", [](Json& c) { c["placed"][0]["workload"] = "nobody"; },
       "/placed/0/workload", "no workload nobody"},
  };
  expect_objections(certificate_of(kMixed), cases);
}

TEST(Verify, ObjectsToSumsAndPricesThatAreChanged) {
  const Tampering cases[] = {
      {"another cost", [](Json& c) { c["cost_thousandths"] = 1; }, "/cost_thousandths",
       "the layouts cost"},
      {"another gap", [](Json& c) { c["gap_thousandths"] = 123456; }, "/gap_thousandths",
       "not 123456"},
      {"a better bound", [](Json& c) { c["bound_thousandths"] = "1000000/7"; },
       "/bound_thousandths", "not 1000000/7"},
      {"a price that is too high", [](Json& c) { scale(c["prices"]["replica"]["chat"], 2); },
       "/prices/gpu/", "worth"},
      {"a price that is too low", [](Json& c) { c["prices"]["replica"]["chat"] = "0"; },
       "/bound_thousandths", "the prices give"},
      {"a negative price", [](Json& c) { scale(c["prices"]["replica"]["chat"], -1); },
       "/prices/replica/chat", "below zero"},
      {"a price missing", [](Json& c) { c["prices"]["replica"].erase("code"); }, "/prices/replica",
       "code has no price"},
      {"a price of nobody", [](Json& c) { c["prices"]["replica"]["x"] = "1"; }, "/prices/replica/x",
       "no such workload"},
      {"a GPU's price too high", [](Json& c) { c["prices"]["gpu"][0] = "5"; }, "/bound_thousandths",
       "the prices give"},
      {"a GPU's price too low", [](Json& c) { c["prices"]["gpu"][3] = "0"; }, "/prices/gpu/3",
       "worth"},
      {"a GPU's price negative", [](Json& c) { c["prices"]["gpu"][0] = "-5"; }, "/prices/gpu/0",
       "below zero"},
      {"a GPU's price missing", [](Json& c) { c["prices"]["gpu"].erase(0); }, "/prices/gpu",
       "3 prices for 4 pools"},
      {"numbers beyond exact sums",
       [](Json& c) {
         c["prices"]["replica"]["chat"] = "999999999999999999999999999999/999999999999999999999999";
         c["prices"]["replica"]["embed"] = "1/999999999999999999999999999989";
       },
       "/prices", "too large"},
      {"the verdict", [](Json& c) { c["verdict"] = "impossible"; }, "/prices/gpu/", "worth"},
  };
  expect_objections(certificate_of(kMixed), cases);
}

TEST(Verify, ObjectsToAProofOfImpossibilityThatProvesNothing) {
  const Json good = certificate_of(kTooSmall);
  const Tampering cases[] = {
      {"more GPUs", [](Json& c) { c["pools"][0]["gpus"] = 3; }, "/bound_thousandths", "not prove"},
      {"fewer replicas", [](Json& c) { c["workloads"][0]["replicas"] = 5; }, "/bound_thousandths",
       "not prove"},
      {"no prices at all",
       [](Json& c) {
         for (auto& [name, price] : c["prices"]["replica"].items()) price = "0";
         for (Json& price : c["prices"]["gpu"]) price = "0";
         c["bound_thousandths"] = "0";
       },
       "/bound_thousandths", "not prove"},
      {"GPUs worth nothing", [](Json& c) { c["prices"]["gpu"][0] = "0"; }, "/prices/gpu/0",
       "worth"},
      {"the other verdict", [](Json& c) { c["verdict"] = "fits"; }, "c.json: /", "has no layouts"},
  };
  expect_objections(good, cases);
}

constexpr const char* kTerms =
    "fleet:\n"
    "  - {product: h100-sxm5-80gb, gpus: 8, cost: 2.4}\n"
    "  - {product: a100-80gb, gpus: 6, cost: 1.3}\n"
    "  - {product: a30-24gb, gpus: 3, holds: [2g.12gb@0]}\n"
    "workloads:\n"
    "  - {name: gate, replicas: 8, memory: 4GiB, anti-affinity: self}\n"
    "  - {name: pair, replicas: 2, memory: 18GiB, anti-affinity: self, products: [a100-80gb]}\n"
    "  - {name: chat, replicas: 9, memory: 17GiB, products: [h100-sxm5-80gb]}\n"
    "  - {name: embed, replicas: 25, memory: 5GiB}\n";

constexpr const char* kFewTerms =
    "fleet: [{product: a30-24gb, gpus: 4}, {product: a100-80gb, gpus: 2, cost: 3}]\n"
    "workloads:\n"
    "  - {name: gate, replicas: 3, memory: 4GiB, anti-affinity: self, products: [a30-24gb]}\n"
    "  - {name: embed, replicas: 9, memory: 5GiB}\n";

Json* placed_of(Json& c, const char* workload) {
  for (Json& placed : c["placed"]) {
    if (placed["workload"] == workload) return &placed;
  }
  return nullptr;
}

// A layout that carries this workload, and where.
std::pair<std::size_t, std::size_t> carried_at(const Json& c, const char* workload) {
  for (std::size_t l = 0; l < c["layouts"].size(); ++l) {
    const Json& carries = c["layouts"][l]["carries"];
    for (std::size_t i = 0; i < carries.size(); ++i) {
      if (carries[i] == workload) return {l, i};
    }
  }
  ADD_FAILURE() << workload;
  return {0, 0};
}

TEST(Verify, ObjectsToTermsThatAreNotKept) {
  const Json good = certificate_of(kTerms);
  ASSERT_EQ(good["verdict"], "fits");
  ASSERT_EQ(objections(good), "");
  const Tampering cases[] = {
      {"a product that is not allowed",
       [](Json& c) { c["workloads"][2]["products"] = {"a100-80gb"}; }, "/placed/",
       "chat may not run on h100-sxm5-80gb"},
      {"placed on another product",
       [](Json& c) { (*placed_of(c, "chat"))["product"] = "a100-80gb"; }, "/placed/",
       "chat may not run on a100-80gb"},
      {"products taken away: others may take the place, the prices no longer hold",
       [](Json& c) { c["workloads"][2].erase("products"); }, "/prices/gpu/", "worth"},
      {"an unknown product", [](Json& c) { c["workloads"][1]["products"] = {"a900"}; },
       "/workloads/1/products/0", "a900 is no product"},
      {"no product at all", [](Json& c) { c["workloads"][1]["products"] = Json::array(); },
       "/workloads/1", "no product at all"},
      {"one more of those that keep apart",
       [](Json& c) {
         const auto [l, i] = carried_at(c, "gate");
         Json& carries = c["layouts"][l]["carries"];
         carries[i == 0 ? 1 : 0] = "gate";
       },
       "/carries/", "gate is on the same GPU twice"},
      {"another workload in its place",
       [](Json& c) {
         const auto [l, i] = carried_at(c, "gate");
         c["layouts"][l]["carries"][i] = "embed";
       },
       "/placed/", "more than the layouts carry of gate"},
      {"a workload that is not there", [](Json& c) { c["layouts"][0]["carries"][0] = "nobody"; },
       "/layouts/0/carries/0", "no workload nobody"},
      {"nothing said of one instance", [](Json& c) { c["layouts"][0]["carries"].erase(0); },
       "/layouts/0/carries", "workloads for"},
      {"nothing said at all", [](Json& c) { c["layouts"][0].erase("carries"); },
       "/layouts/0/carries", "0 workloads for"},
      {"another that keeps apart", [](Json& c) { c["workloads"][3]["anti_affinity"] = {"self"}; },
       "/carries/", "embed is on the same GPU twice"},
      {"apart from others", [](Json& c) { c["workloads"][0]["anti_affinity"] = {"chat"}; },
       "/workloads/0", "must be"},
  };
  expect_objections(good, cases);
}

// A layout is paid once by those that keep apart: not more, so that the bound is as good as it can
// be, and not less, so that it is true.
TEST(Verify, PricesWhatKeepsApartOnceALayout) {
  const Json good = certificate_of(
      "fleet: [{product: a30-24gb, gpus: 9, cost: 1}]\n"
      "workloads: [{name: a, replicas: 4, profile: 1g.6gb, anti-affinity: self}]\n");
  EXPECT_EQ(objections(good), "");
  EXPECT_EQ(good["cost_thousandths"], 4000);
  EXPECT_EQ(good["bound_thousandths"], "4000");
  Json shared = good;
  shared["workloads"][0].erase("anti_affinity");
  EXPECT_NE(objections(shared).find("the layout 1g.6gb@0 1g.6gb@1 1g.6gb@2 1g.6gb@3 is worth 4000"),
            std::string::npos)
      << objections(shared);
}

// Every member: taken out, and put in another kind's place.
TEST(Verify, ADocumentOfTheWrongFormHasAPlaceAndARemedy) {
  const Json good = certificate_of(kMixed);
  const std::string optional[] = {"kind"};
  expect_form(good, optional);
  expect_form(certificate_of(kFewTerms), optional);
  EXPECT_NE(objections("text").find("must be an object"), std::string::npos);
  EXPECT_EQ(verify::read_certificate("c.json", "{").error().code, Code::kInvalidArgument);
}

// A number anywhere, one more or one less: noticed, or the document still says something true.
TEST(VerifySweep, NoChangedNumberGoesUnnoticedUnlessItIsStillTrue) {
  const Json good = certificate_of(kMixed);
  unsigned noticed = 0, still_true = 0;
  const Json flat = good.flatten();
  for (const auto& [key, value] : flat.items()) {
    if (!value.is_number()) continue;
    for (const int by : {-1, 1}) {
      Json changed = good;
      const Json::json_pointer place(key);
      changed[place] = value.get<std::int64_t>() + by;
      if (!objections(changed).empty()) {
        ++noticed;
        continue;
      }
      ++still_true;
      // Needs that change by one byte or SM may well lead to the same answer, and pool 0 has GPUs
      // left over: one more or less of those is worth nothing. Everything else is exact.
      const bool harmless = key.find("/needs/") != std::string::npos || key == "/pools/0/gpus";
      EXPECT_TRUE(harmless) << key << " " << by;
    }
  }
  std::printf("  %u changes noticed, %u still true\n", noticed, still_true);
  EXPECT_GT(noticed, 60u);
}

}  // namespace
}  // namespace septet::cli
