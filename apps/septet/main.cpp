// apps/septet/main.cpp — only wires: words in, exit code out.
#include <string>
#include <vector>

#include "cli/verb.h"

int main(int argc, char** argv) {
  return septet::cli::run_septet(std::vector<std::string>(argv, argv + argc));
}
