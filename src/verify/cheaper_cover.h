// verify/cheaper_cover.h — can a service be carried for less than a certificate says?
//
// Whole numbers n with sum gives n >= need and sum price n < `claimed`: an integer covering
// knapsack, decided exactly. What is reached and paid is extended option by option, the dearest per
// item first; of two partial choices the one that gives no more for no less is dropped, and so is
// one whose rest, in parts of the option that is cheapest per item, already costs too much. That
// option comes last and fills the rest.
// Units.  Whole numbers throughout; need and gives in (0, 10^15], prices in [0, 10^15].
#pragma once

#include <cstddef>
#include <vector>

#include "verify/fraction.h"

namespace septet::verify {

struct PricedOption {
  Whole gives = 0, price = 0;
};

enum class Cheaper : unsigned char {
  kNo,         // proved: no instances that carry it cost less
  kYes,        // these do
  kUndecided,  // more steps than there were
};

struct CheaperCover {
  Cheaper answer = Cheaper::kUndecided;
  Whole price = 0;  // kYes: of such instances
};

// `options` is not empty. What was looked at is taken from `steps`.
CheaperCover cheaper_cover(Whole need, std::vector<PricedOption> options, Whole claimed,
                           std::size_t& steps);

}  // namespace septet::verify
