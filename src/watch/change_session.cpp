#include "watch/change_session.h"

#include "container/cdi_teller.h"
#include "partition/leased_driver.h"
#include "partition/node_journal.h"

namespace septet::watch {

Result<ChangeSession> begin_change(const partition::OpenDriver& open, int lock_wait_ms,
                                   const std::string& for_whom) {
  auto bare = TRY(open());
  const mig::Node node = TRY(bare->observe());
  const std::string folder = TRY(partition::journal_folder_of(node));
  partition::OpenDriver watched = [open, folder]() -> Result<std::unique_ptr<driver::Driver>> {
    return partition::with_leases(TRY(open()), folder);
  };
  auto teller = std::make_shared<container::CdiTeller>(
      [folder]() -> Result<std::string> { return folder; }, open);
  auto journal = TRY(partition::open_journal_of(node, for_whom));
  auto lock = TRY(journal->lock(lock_wait_ms));
  return ChangeSession{std::move(watched), partition::with_leases(std::move(bare), folder),
                       std::move(teller), std::move(journal), std::move(lock)};
}

}  // namespace septet::watch
