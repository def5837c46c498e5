// verify/claimed_layout.h — the layout that a certificate writes down, if it is a legal one.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "mig/layout.h"
#include "verify/objection.h"

namespace septet::verify {

// `texts` ("3g.40gb@4", the list at the pointer `at`) beside the instances that are `there`.
// The objection: one is no instance of this product, or they are not legal together.
std::expected<mig::Layout, Objection> claimed_layout(const mig::Geometry& geometry,
                                                     std::vector<mig::Instance> there,
                                                     const std::vector<std::string>& texts,
                                                     const std::string& at);

}  // namespace septet::verify
