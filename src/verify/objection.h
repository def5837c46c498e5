// verify/objection.h — what is not true in a certificate, and where.
#pragma once

#include <string>

namespace septet::verify {

struct Objection {
  std::string at;    // JSON pointer
  std::string what;  // "3g.40gb@1 is not legal here: the profile does not allow that start"
};

}  // namespace septet::verify
