#include "cli/cdi_teller.h"

#include "cli/open_journal.h"
#include "container/cdi_teller.h"

namespace septet::cli {

std::shared_ptr<partition::Teller> cdi_teller(const Globals& globals) {
  return std::make_shared<container::CdiTeller>([globals] { return journal_folder(globals); },
                                                [globals] { return open_driver(globals); });
}

}  // namespace septet::cli
