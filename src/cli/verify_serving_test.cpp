// What verify says when any part of a serving plan's certificate is changed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cli/testing/serving_plans.h"
#include "cli/testing/tampering.h"

namespace septet::cli {
namespace {

TEST(VerifyServing, ObjectsToServicesThatAreChanged) {
  const Tampering cases[] = {
      {"an unknown product", [](Json& c) { c["product"] = "h900"; }, "/product", "no product"},
      {"another product", [](Json& c) { c["product"] = "a30-24gb"; }, "/services/0/options/0",
       "no profile 1g.10gb"},
      {"a higher rate", [](Json& c) { c["services"][0]["rate"] = "99999"; }, "/services/0/rate",
       "of 99999"},
      {"no rate", [](Json& c) { c["services"][0]["rate"] = "0"; }, "/services/0/rate",
       "asks for nothing"},
      {"a rate that is no decimal", [](Json& c) { c["services"][0]["rate"] = "1e3"; },
       "/services/0/rate", "decimal"},
      {"a lower rate", [](Json& c) { c["services"][1]["rate"] = "1"; }, "/prices/service/embed",
       "whole instances carry it for"},
      {"less latency allowed",
       [](Json& c) { c["services"][0]["latency_allowed_ms"] = "39.999999"; },
       "/services/0/options/", "takes longer than chat allows"},
      {"greater needs",
       [](Json& c) { c["services"][0]["needs"]["memory_bytes"] = std::uint64_t{30} << 30u; },
       "/services/0/options/", "does not have what chat needs"},
      {"an unknown need", [](Json& c) { c["services"][0]["needs"]["luck"] = 1; },
       "/services/0/needs/luck", "no need that is known"},
      {"a service twice", [](Json& c) { c["services"].push_back(c["services"][0]); }, "/services/4",
       "listed twice"},
      {"a service renamed", [](Json& c) { c["services"][0]["name"] = "x"; }, "/placed/0/service",
       "no service chat"},
      {"a service dropped", [](Json& c) { c["services"].erase(1); }, "/prices/service/embed",
       "no such service"},
      {"a service added",
       [](Json& c) {
         c["services"].push_back(c["services"][2]);
         c["services"].back()["name"] = "late";
       },
       "/services/4/replicas", "give 0 of 2"},
      {"no service at all", [](Json& c) { c["services"] = Json::array(); }, "/services",
       "there is none"},
      {"more replicas", [](Json& c) { c["services"][2]["replicas"] = 3; }, "/services/2/replicas",
       "give 2 of 3"},
      {"replicas beyond counting",
       [](Json& c) { c["services"][2]["replicas"] = 999'999'999'999'999; }, "/services/2",
       "10^9 replicas"},
      {"replicas and a rate", [](Json& c) { c["services"][2]["rate"] = "2"; }, "/services/2",
       "not both"},
      {"too small a size", [](Json& c) { c["services"][2]["size"] = "2g.20gb"; },
       "/services/2/size", "does not have what notebook needs"},
      {"another size than named", [](Json& c) { c["services"][3]["size"] = "1g.10gb"; },
       "/services/3/size", "book needs"},
  };
  expect_objections(certificate_of(workloads_of(kServices)), cases);
}

TEST(VerifyServing, ObjectsToSizesThatAreChanged) {
  const Tampering cases[] = {
      {"a size that gives more",
       [](Json& c) {
         for (Json& option : c["services"][0]["options"]) option["per_second"] = "5000";
       },
       "/prices/service/chat", "whole instances carry it for"},
      {"a size that gives less",
       [](Json& c) {
         for (Json& option : c["services"][0]["options"]) option["per_second"] = "1.5";
       },
       "/services/0/rate", "the instances of chat give"},
      {"a size that gives nothing",
       [](Json& c) { c["services"][0]["options"][0]["per_second"] = "0"; },
       "/services/0/options/0/per_second", "gives nothing"},
      {"a size twice",
       [](Json& c) {
         Json& options = c["services"][0]["options"];
         options.push_back(options[0]);
       },
       "/services/0/options/3", "listed twice"},
      {"a profile of another product",
       [](Json& c) { c["services"][0]["options"][0]["profile"] = "9g.9gb"; },
       "/services/0/options/0", "no profile 9g.9gb"},
      {"no sizes", [](Json& c) { c["services"][0]["options"] = Json::array(); },
       "/services/0/options", "has none"},
      {"too slow a size",
       [](Json& c) { c["services"][0]["options"][1]["latency_ms"] = "108.000001"; },
       "/services/0/options/1/latency_ms", "takes longer"},
      {"an empty batch", [](Json& c) { c["services"][0]["options"][0]["batch"] = 0; },
       "/services/0/options/0/batch", "empty"},
      {"no process", [](Json& c) { c["services"][0]["options"][0]["processes"] = 0; },
       "/services/0/options/0/processes", "no process"},
  };
  expect_objections(certificate_of(workloads_of(kServices)), cases);
}

TEST(VerifyServing, ObjectsToLayoutsAndPlacesThatAreChanged) {
  const Tampering cases[] = {
      {"an illegal start", [](Json& c) { c["layouts"][0]["holds"] = {"3g.40gb@1"}; },
       "/layouts/0/holds", "not legal"},
      {"an overlap",
       [](Json& c) {
         Json& holds = c["layouts"][0]["holds"];
         holds.push_back(holds[0]);
       },
       "/layouts/0/holds", "taken by another"},
      {"no instance at all", [](Json& c) { c["layouts"][0]["holds"][0] = "9g.9gb@0"; },
       "/layouts/0/holds/0", "no instance of this product"},
      {"a start beyond", [](Json& c) { c["layouts"][0]["holds"][0] = "1g.10gb@77"; },
       "/layouts/0/holds/0", "no instance of this product"},
      {"a GPU more of a layout",
       [](Json& c) { c["layouts"][0]["gpus"] = c["layouts"][0]["gpus"].get<int>() + 1; }, "/gpus",
       "the layouts are of"},
      {"a layout gone", [](Json& c) { c["layouts"].erase(0); }, "/placed/",
       "more than the layouts"},
      {"an instance gone", [](Json& c) { c["layouts"].back()["holds"] = Json::array(); },
       "/placed/", "more than the layouts"},
      {"more instances taken than cut", [](Json& c) { c["placed"][0]["instances"] = 77; },
       "/placed/0/instances", "more than the layouts have"},
      {"fewer instances taken", [](Json& c) { c["placed"][0]["instances"] = 0; },
       "/services/0/rate", "the instances of chat give"},
      {"a placement gone", [](Json& c) { c["placed"].erase(0); }, "/services/0/rate",
       "the instances of chat give"},
      {"instances of another service", [](Json& c) { c["placed"][0]["service"] = "notebook"; },
       "/placed/0/profile", "no size of notebook"},
      {"instances of nobody", [](Json& c) { c["placed"][0]["service"] = "nobody"; },
       "/placed/0/service", "no service nobody"},
      {"instances that are no size", [](Json& c) { c["placed"][0]["profile"] = "7g.80gb"; },
       "/placed/0/profile", "no size of chat"},
      {"fewer GPUs", [](Json& c) { c["gpus"] = c["gpus"].get<int>() - 1; }, "/gpus",
       "the layouts are of"},
  };
  expect_objections(certificate_of(workloads_of(kServices)), cases);
}

TEST(VerifyServing, ObjectsToPricesAndBoundsThatAreChanged) {
  const Tampering cases[] = {
      {"a size too dear", [](Json& c) { scale(c["prices"]["size"]["2g.20gb"], 2); }, "/prices/size",
       "more than a GPU"},
      {"a size too cheap", [](Json& c) { c["prices"]["size"]["3g.40gb"] = "0"; },
       "/prices/service/notebook", "whole instances carry it for 0"},
      {"a size below zero", [](Json& c) { scale(c["prices"]["size"]["2g.20gb"], -1); },
       "/prices/size/2g.20gb", "below zero"},
      {"a size without a price", [](Json& c) { c["prices"]["size"].erase("3g.40gb"); },
       "/prices/size", "3g.40gb has no price"},
      {"a price of no profile", [](Json& c) { c["prices"]["size"]["9g/9"] = "0"; },
       "/prices/size/9g~19", "no such profile"},
      {"prices too fine to compare",
       [](Json& c) {
         c["prices"]["size"]["1g.10gb"] = "1/999999937";
         c["prices"]["size"]["2g.20gb"] = "1/999999929";
       },
       "/prices/size", "no common denominator"},
      {"prices beyond exact sums",
       [](Json& c) {
         c["prices"]["size"]["1g.10gb"] = "1/999999999999999999999999999989";
         c["prices"]["size"]["2g.20gb"] = "1/999999999999999999999999999979";
       },
       "/prices/size", "too large"},
      {"a service too dear", [](Json& c) { scale(c["prices"]["service"]["chat"], 2); },
       "/prices/service/chat", "whole instances carry it for"},
      {"a service too cheap", [](Json& c) { c["prices"]["service"]["chat"] = "1/7"; },
       "/bound_gpus", "come to"},
      {"a service below zero", [](Json& c) { scale(c["prices"]["service"]["chat"], -1); },
       "/prices/service/chat", "below zero"},
      {"a service without a price", [](Json& c) { c["prices"]["service"].erase("chat"); },
       "/prices/service", "chat has no price"},
      {"a price of nobody", [](Json& c) { c["prices"]["service"]["x"] = "1"; }, "/prices/service/x",
       "no such service"},
      {"a service too dear for the numbers",
       [](Json& c) { c["prices"]["service"]["chat"] = "999999999999999999999999999999"; },
       "/prices/service/chat", "too large"},
      {"a better bound", [](Json& c) { c["bound_gpus"] = "40"; }, "/bound_gpus", "not 40"},
      {"another gap", [](Json& c) { c["gap_gpus"] = 1; }, "/gap_gpus", "not 1"},
      {"a search that shows nothing", [](Json& c) { c["searched_least_gpus"] = c["gpus"]; },
       "/searched_least_gpus", "not above"},
      {"the kind", [](Json& c) { c["kind"] = "fleet"; }, "c.json: /", "has no pools"},
      {"no kind", [](Json& c) { c.erase("kind"); }, "c.json: /", "has no pools"},
      {"an unknown kind", [](Json& c) { c["kind"] = "fleets"; }, "/kind", "must be"},
      {"the verdict", [](Json& c) { c["verdict"] = "impossible"; }, "/verdict", "must be"},
      {"the version", [](Json& c) { c["septet_certificate"] = 2; }, "/septet_certificate",
       "only version 1"},
  };
  expect_objections(certificate_of(workloads_of(kServices)), cases);
}

// Prices prove three GPUs, and the planner's search that three do not do: told apart, never counted
// as proven.
TEST(VerifyServing, TellsTheSearchFromTheProof) {
  Json json = certificate_of(workloads_of(kSearched));
  EXPECT_EQ(json["gpus"], 4);
  EXPECT_EQ(json["gap_gpus"], 1);
  ASSERT_EQ(json["searched_least_gpus"], 4);
  EXPECT_EQ(objections(json), "");
  const verify::ServingVerdict verdict = verdict_of(json);
  EXPECT_EQ(verdict.least, 3u);
  ASSERT_EQ(verdict.not_checked.size(), 1u);
  EXPECT_TRUE(verdict.not_checked[0].starts_with("that 3 GPUs do not do:"));
  const Tampering cases[] = {
      {"no gap", [](Json& c) { c["gap_gpus"] = 0; }, "/gap_gpus", "between 4 GPUs and least 3"},
      {"a search that shows less", [](Json& c) { c["searched_least_gpus"] = 3; },
       "/searched_least_gpus", "not above the 3"},
      {"a search beyond the plan", [](Json& c) { c["searched_least_gpus"] = 5; },
       "/searched_least_gpus", "at most the plan's 4"},
      {"a bound that only the search shows",
       [](Json& c) {
         c["bound_gpus"] = "4";
         c["gap_gpus"] = 0;
       },
       "/bound_gpus", "come to"},
  };
  expect_objections(json, cases);
}

// A weaker claim is true too; one that the steps do not decide is none.
TEST(VerifyServing, ObjectsToWhatItCannotDecide) {
  Json json = certificate_of(workloads_of(kServices));
  Json& options = json["services"][0]["options"];
  const char* const gives[] = {"1.000003", "2.000029", "3.000017"};
  for (std::size_t i = 0; i < options.size(); ++i) options[i]["per_second"] = gives[i];
  Json& prices = json["prices"]["size"];
  prices["1g.10gb"] = "1000003/30000000";
  prices["2g.20gb"] = "2000029/30000000";
  prices["3g.40gb"] = "3000017/30000000";
  json["services"][0]["rate"] = "1000000";
  json["prices"]["service"]["chat"] = "30000000000001/900000000";
  EXPECT_NE(objections(json).find("/prices/service/chat"), std::string::npos) << objections(json);
  EXPECT_NE(objections(json).find("do not decide"), std::string::npos) << objections(json);
}

TEST(VerifyServing, ADocumentOfTheWrongFormHasAPlaceAndARemedy) {
  const std::string optional[] = {"kind", "searched_least_gpus"};
  expect_form(certificate_of(workloads_of(kServices)), optional);
  EXPECT_EQ(verify::read_any_certificate("c.json", "{").error().code, Code::kInvalidArgument);
  EXPECT_NE(objections("text").find("must be an object"), std::string::npos);
}

// One unit more or less: of a whole number, of a decimal, of a billionth of a GPU.
Json changed_by(const Json& value, int by) {
  if (value.is_number()) return value.get<std::int64_t>() + by;
  const std::string text = value;
  if (const auto millionths = verify::parse_millionths(text)) {
    const std::uint64_t changed = *millionths + static_cast<std::uint64_t>(by);
    return fmt::format("{}.{:06}", changed / 1'000'000, changed % 1'000'000);
  }
  const auto fraction = *verify::parse_fraction(text);
  return verify::to_string(*verify::sum(fraction, *verify::Fraction::make(by, 1'000'000'000)));
}

TEST(VerifyServingSweep, NoChangedNumberGoesUnnoticedUnlessItIsStillTrue) {
  const Json good = certificate_of(workloads_of(kServices));
  unsigned noticed = 0, still_true = 0;
  const Json flat = good.flatten();
  for (const auto& [key, value] : flat.items()) {
    const bool exact = value.is_string() && (value.get<std::string>()[0] <= '9');
    if (!value.is_number() && !(exact && !key.ends_with("/profile") && !key.ends_with("/size") &&
                                key.find("/holds/") == std::string::npos))
      continue;
    for (const int by : {-1, 1}) {
      Json changed = good;
      changed[Json::json_pointer(key)] = changed_by(value, by);
      if (!objections(changed).empty()) {
        ++noticed;
        continue;
      }
      ++still_true;
      // What nothing rests on: batches and processes; needs and latencies that leave the same
      // sizes; rates and sizes with room; prices of sizes that bind nothing; spare instances.
      const bool harmless = key.starts_with("/services/") || key.starts_with("/prices/size/") ||
                            (key.ends_with("/instances") && by > 0);
      EXPECT_TRUE(harmless) << key << " " << by;
    }
  }
  std::printf("  %u changes noticed, %u still true\n", noticed, still_true);
  EXPECT_GT(noticed, 20u);
}

}  // namespace
}  // namespace septet::cli
