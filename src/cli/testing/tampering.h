// cli/testing/tampering.h — certificates with one part changed, and what verify objects to.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <span>
#include <string>

#include "base/json.h"
#include "verify/any_certificate.h"
#include "verify/check.h"
#include "verify/check_serving.h"

namespace septet::cli {

// "AT: WHAT" lines, or the error of a document that cannot be read.
inline std::string objections(const Json& json) {
  const auto any = verify::read_any_certificate("c.json", to_text(json));
  if (!any) return any.error().what;
  const auto* const serving = std::get_if<verify::ServingCertificate>(&*any);
  std::string text;
  for (const verify::Objection& objection :
       serving != nullptr ? verify::check_serving(*serving).objections
                          : verify::check(std::get<verify::Certificate>(*any)).objections)
    text += objection.at + ": " + objection.what + "\n";
  return text;
}

struct Tampering {
  const char* part;
  std::function<void(Json&)> change;
  const char* at;    // where the complaint points
  const char* says;  // and a word of it
};

inline void expect_objections(const Json& good, std::span<const Tampering> cases) {
  for (const Tampering& one : cases) {
    Json changed = good;
    one.change(changed);
    ASSERT_NE(changed, good) << one.part;
    const std::string text = objections(changed);
    EXPECT_NE(text.find(one.at), std::string::npos) << one.part << "\n" << text;
    EXPECT_NE(text.find(one.says), std::string::npos) << one.part << "\n" << text;
  }
}

inline void scale(Json& price, int times) {
  const auto fraction = *verify::parse_fraction(price.get<std::string>());
  price = verify::to_string(*verify::product(fraction, times));
}

// Every member taken out, and put in another kind's place, is noticed; `optional` may be missing.
inline void expect_form(const Json& good, std::span<const std::string> optional) {
  const Json flat = good.flatten();
  for (const auto& pointer : flat.items()) {
    const Json::json_pointer place(pointer.key());
    for (const Json& other : {Json(nullptr), Json(Json::array({1})), Json(-3), Json("?")}) {
      Json changed = good;
      if (changed[place] == other) continue;
      changed[place] = other;
      EXPECT_NE(objections(changed), "") << pointer.key() << " = " << other.dump();
    }
  }
  for (const auto& [key, value] : good.items()) {
    if (std::ranges::find(optional, key) != optional.end()) continue;
    Json changed = good;
    changed.erase(key);
    EXPECT_NE(objections(changed).find("has no " + key), std::string::npos) << key;
  }
}

}  // namespace septet::cli
